package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
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
	o := outputs{"region": "r", "webBucket": "w", "graphqlUrl": "https://api", "trials": true, "empty": ""}
	b, err := o.config([]string{"region", "graphqlUrl", "trials"}, "http://localhost:4566")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{"region": "r", "graphqlUrl": "https://api", "trials": true, "endpoint": "http://localhost:4566"}
	if !maps.Equal(got, want) {
		t.Errorf("config %s", b)
	}
	if b, err := o.config([]string{"region"}, ""); err != nil || strings.Contains(string(b), "endpoint") {
		t.Errorf("config %s, %v", b, err)
	}
	for _, name := range []string{"usersTable", "empty"} {
		if _, err := o.config([]string{name}, ""); err == nil {
			t.Errorf("a stack without %s is taken", name)
		}
	}
}
