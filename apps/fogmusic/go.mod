module github.com/niebla-cloud/niebla/apps/fogmusic

go 1.26
