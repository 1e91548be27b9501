module github.com/niebla-cloud/niebla

go 1.26
