// Command deploy puts an application's page into its bucket: what changed and
// only that, config.json from the stack's outputs, and the page itself last, so
// that a visitor never gets a page whose parts are not there yet.
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

const help = `Usage: site-deploy --outputs FILE --config NAME,... [--endpoint URL] DIST

Puts the page that "npm run build" wrote to DIST into the stack's web bucket,
with the config.json that it reads at start. FILE is what "niebla up --outputs"
wrote, or "pulumi stack output --json". Credentials come the usual AWS ways.

  --outputs FILE    the stack's outputs (needed)
  --config NAME,... the outputs that the page needs in config.json (needed)
  --endpoint URL    where the browser finds AWS' services: a Niebla's address;
                    leave it out on AWS

Examples:
  niebla run -- site-deploy --outputs biihlive.json --config region,graphqlUrl --endpoint http://localhost:4566 web/dist
  pulumi stack output --json > biihlive.json && site-deploy --outputs biihlive.json --config region,graphqlUrl web/dist

Exit status: 0 the page is in its bucket; 1 it is not, and why; 2 wrong command line.
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("site-deploy", flag.ContinueOnError)
	flags.Usage = func() { fmt.Fprint(os.Stderr, help) }
	outputsFile := flags.String("outputs", "", "")
	members := flags.String("config", "", "")
	endpoint := flags.String("endpoint", "", "")
	err := flags.Parse(os.Args[1:])
	switch {
	case errors.Is(err, flag.ErrHelp):
		return
	case err != nil || flags.NArg() != 1 || *outputsFile == "" || *members == "":
		fmt.Fprintln(os.Stderr, "site-deploy: one folder, --outputs and --config are needed; see site-deploy --help")
		os.Exit(2)
	}
	if err := run(ctx, *outputsFile, strings.Split(*members, ","), *endpoint, flags.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "site-deploy:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, outputsFile string, members []string, endpoint, dist string) error {
	b, err := os.ReadFile(outputsFile)
	if err != nil {
		return err
	}
	var out outputs
	if err := json.Unmarshal(b, &out); err != nil {
		return fmt.Errorf("%s is not a stack's outputs: %w", outputsFile, err)
	}
	bucket, region := out.text("webBucket"), out.text("region")
	if bucket == "" || region == "" {
		return fmt.Errorf("%s names no webBucket or no region: is it the output of this stack?", outputsFile)
	}
	files, err := readSite(os.DirFS(dist))
	if err != nil {
		return fmt.Errorf("%s: %w; run npm run build first", dist, err)
	}
	config, err := out.config(members, endpoint)
	if err != nil {
		return err
	}
	files = append(files, file{"config.json", config})
	slices.SortStableFunc(files, func(a, b file) int { return rank(a.name) - rank(b.name) })
	site, err := newBucket(ctx, region, bucket)
	if err != nil {
		return err
	}
	return site.put(ctx, files)
}

// outputs are the stack's outputs.
type outputs map[string]any

func (o outputs) text(name string) string {
	s, _ := o[name].(string)
	return s
}

// config is what the page reads at start: what it needs, and nothing else.
func (o outputs) config(members []string, endpoint string) ([]byte, error) {
	c := map[string]any{}
	for _, name := range members {
		v, ok := o[name]
		if !ok || v == "" {
			return nil, fmt.Errorf("the stack's outputs have no %s", name)
		}
		c[name] = v
	}
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
		return nil, errors.New("there is no page in it")
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
