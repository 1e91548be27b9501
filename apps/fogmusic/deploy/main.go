// Command deploy puts the player into its bucket: what changed and only that,
// config.json from the stack's outputs, and the page itself last, so that a
// visitor never gets a page whose parts are not there yet.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

const help = `Usage: fog-deploy --outputs FILE [--endpoint URL] DIST

Puts the player that "npm run build" wrote to DIST into the stack's web bucket,
with the config.json that it reads at start. FILE is what "niebla up --outputs"
wrote, or "pulumi stack output --json". Credentials come the usual AWS ways.

  --outputs FILE    the stack's outputs (needed)
  --endpoint URL    where the browser finds AWS' services: a Niebla's address;
                    leave it out on AWS

Examples:
  niebla run -- fog-deploy --outputs fog-music.json --endpoint http://localhost:4566 web/dist
  pulumi stack output --json > fog-music.json && fog-deploy --outputs fog-music.json web/dist

Exit status: 0 the player is in its bucket; 1 it is not, and why; 2 wrong command line.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("fog-deploy", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, help) }
	outputsFile := flags.String("outputs", "", "")
	endpoint := flags.String("endpoint", "", "")
	err := flags.Parse(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil || flags.NArg() != 1 || *outputsFile == "":
		fmt.Fprintln(os.Stderr, "fog-deploy: one folder and --outputs are needed; see fog-deploy --help")
		os.Exit(2)
	}
	if err := run(ctx, *outputsFile, *endpoint, flags.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "fog-deploy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, outputsFile, endpoint, dist string) error {
	b, err := os.ReadFile(outputsFile)
	if err != nil {
		return err
	}
	var out outputs
	if err := json.Unmarshal(b, &out); err != nil {
		return fmt.Errorf("%s is not a stack's outputs: %w", outputsFile, err)
	}
	if out.WebBucket == "" {
		return fmt.Errorf("%s names no webBucket: is it the output of this stack?", outputsFile)
	}
	files, err := readSite(os.DirFS(dist))
	if err != nil {
		return fmt.Errorf("%s: %w; run npm run build first", dist, err)
	}
	config, err := out.config(endpoint)
	if err != nil {
		return err
	}
	files = append(files, file{"config.json", config})
	slices.SortStableFunc(files, func(a, b file) int { return rank(a.name) - rank(b.name) })
	site, err := newBucket(ctx, out)
	if err != nil {
		return err
	}
	return site.put(ctx, files)
}

// outputs are the members of the stack's outputs that the player needs.
type outputs struct {
	Region         string `json:"region"`
	WebBucket      string `json:"webBucket"`
	MediaBucket    string `json:"mediaBucket"`
	CatalogTable   string `json:"catalogTable"`
	UsersTable     string `json:"usersTable"`
	IdentityPoolID string `json:"identityPoolId"`
	Trials         any    `json:"trials"` // a bool, or its text
}

// config is what the player reads at start.
func (o outputs) config(endpoint string) ([]byte, error) {
	c := map[string]any{
		"region": o.Region, "mediaBucket": o.MediaBucket, "catalogTable": o.CatalogTable,
		"usersTable": o.UsersTable, "identityPoolId": o.IdentityPoolID,
	}
	for name, v := range c {
		if v == "" {
			return nil, fmt.Errorf("the stack's outputs have no %s", name)
		}
	}
	c["trials"] = o.Trials == true || o.Trials == "true"
	if endpoint != "" {
		c["endpoint"] = endpoint
	}
	return json.MarshalIndent(c, "", "  ")
}

// file is one file of the site.
type file struct {
	name string
	body []byte
}

func readSite(dist fs.FS) (files []file, err error) {
	if _, err := fs.Stat(dist, "index.html"); err != nil {
		return nil, errors.New("there is no player in it")
	}
	err = fs.WalkDir(dist, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || name == "config.json" {
			return err
		}
		b, err := fs.ReadFile(dist, name)
		files = append(files, file{filepath.ToSlash(name), b})
		return err
	})
	return files, err
}

// rank orders the upload: parts, then what names them.
func rank(name string) int {
	switch {
	case strings.HasPrefix(name, "assets/"):
		return 0
	case name == "index.html":
		return 3
	case name == "sw.js":
		return 2
	}
	return 1
}

// cacheControl lets browsers keep what carries its hash in its name.
func cacheControl(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}

var contentTypes = map[string]string{
	".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".json": "application/json", ".webmanifest": "application/manifest+json", ".svg": "image/svg+xml",
	".png": "image/png", ".ico": "image/x-icon", ".woff2": "font/woff2", ".txt": "text/plain; charset=utf-8", ".map": "application/json",
}

func contentType(name string) string {
	if t := contentTypes[path.Ext(name)]; t != "" {
		return t
	}
	return "application/octet-stream"
}
