package main

import (
	"encoding/json"
	"slices"
	"testing"
	"testing/fstest"
)

func TestReadSite(t *testing.T) {
	site := fstest.MapFS{
		"index.html": {}, "sw.js": {}, "assets/app-1.js": {}, "config.json": {Data: []byte("of development")}, "icon.svg": {},
	}
	files, err := readSite(site)
	if err != nil {
		t.Fatal(err)
	}
	slices.SortStableFunc(files, func(a, b file) int { return rank(a.name) - rank(b.name) })
	var names []string
	for _, f := range files {
		names = append(names, f.name)
	}
	if want := []string{"assets/app-1.js", "icon.svg", "sw.js", "index.html"}; !slices.Equal(names, want) {
		t.Errorf("order %q, want %q", names, want)
	}
	if _, err := readSite(fstest.MapFS{"readme.txt": {}}); err == nil {
		t.Error("a folder without a page is taken for a site")
	}
}

func TestHeaders(t *testing.T) {
	for name, want := range map[string][2]string{
		"assets/app-1.js": {"text/javascript; charset=utf-8", "public, max-age=31536000, immutable"},
		"sw.js":           {"text/javascript; charset=utf-8", "no-cache"},
		"index.html":      {"text/html; charset=utf-8", "no-cache"},
		"x.bin":           {"application/octet-stream", "no-cache"},
	} {
		if got := [2]string{contentType(name), cacheControl(name)}; got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestConfig(t *testing.T) {
	o := outputs{Region: "r", WebBucket: "w", MediaBucket: "m", CatalogTable: "c", UsersTable: "u", IdentityPoolID: "r:1", Trials: "true"}
	b, err := o.config("http://localhost:4566")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got["endpoint"] != "http://localhost:4566" || got["trials"] != true || got["mediaBucket"] != "m" {
		t.Errorf("config %s", b)
	}
	if b, _ := o.config(""); string(b) == "" || json.Unmarshal(b, &got) != nil {
		t.Errorf("config %s", b)
	}
	o.UsersTable = ""
	if _, err := o.config(""); err == nil {
		t.Error("a stack without a table is taken")
	}
}
