package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cloud"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
)

// options is a command line that makes sense.
type options struct {
	folder    string
	cloud     cloud.Options
	mode      fogfile.Mode
	chunkSize int
	jobs      int
	dryRun    bool
	plain     bool
}

// given is a command line as it was given.
type given struct {
	outputs, mode, lang string
	chunk               int
	trials              bool
	options
}

func (g *given) flags() *pflag.FlagSet {
	f := pflag.NewFlagSet("fog-seed", pflag.ContinueOnError)
	f.Usage = func() {}
	f.SortFlags = false
	f.StringVarP(&g.outputs, "outputs", "o", "", "")
	f.StringVar(&g.cloud.Bucket, "bucket", "", "")
	f.StringVar(&g.cloud.Table, "table", "", "")
	f.StringVar(&g.cloud.Key, "key", "", "")
	f.StringVar(&g.cloud.Endpoint, "endpoint", "", "")
	f.StringVar(&g.cloud.Region, "region", "", "")
	f.StringVar(&g.cloud.Profile, "profile", "", "")
	f.StringVar(&g.mode, "mode", "kms", "")
	f.BoolVar(&g.trials, "trials", false, "")
	f.IntVar(&g.chunk, "chunk", fogfile.DefaultChunkSize>>10, "")
	f.IntVarP(&g.jobs, "jobs", "j", 4, "")
	f.BoolVarP(&g.dryRun, "dry-run", "n", false, "")
	f.BoolVar(&g.plain, "plain", false, "")
	f.StringVar(&g.lang, "lang", "", "")
	return f
}

// outputs are those of the stack, as `pulumi stack output --json` and
// `niebla up` write them. There are more; these are the ones used here.
type outputs struct {
	Region       string `json:"region"`
	MediaBucket  string `json:"mediaBucket"`
	CatalogTable string `json:"catalogTable"`
	KeyAlias     string `json:"keyAlias"`
	Trials       bool   `json:"trials"`
}

// parse reads the command line. Its errors are the user's mistakes.
func parse(args []string, in io.Reader, w *words) (options, error) {
	var g given
	f := g.flags()
	if err := f.Parse(args); err != nil {
		return options{}, err
	}
	if f.NArg() != 1 {
		return options{}, fmt.Errorf(w.oneFolder, f.NArg())
	}
	g.folder = f.Arg(0)
	if g.outputs != "" {
		o, err := readOutputs(g.outputs, in)
		if err != nil {
			return options{}, fmt.Errorf(w.badOutputs, g.outputs, err)
		}
		if g.trials && !o.Trials {
			return options{}, errors.New(w.trialsDenied)
		}
		g.take(o)
	}
	return g.options, g.check(w)
}

func readOutputs(path string, in io.Reader) (outputs, error) {
	var o outputs
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return o, err
		}
		defer f.Close()
		in = f
	}
	return o, json.NewDecoder(in).Decode(&o)
}

// take fills in from the outputs what no flag gave.
func (g *given) take(o outputs) {
	g.trials = o.Trials
	for _, m := range []struct {
		to   *string
		from string
	}{{&g.cloud.Bucket, o.MediaBucket}, {&g.cloud.Table, o.CatalogTable}, {&g.cloud.Key, o.KeyAlias}, {&g.cloud.Region, o.Region}} {
		if *m.to == "" {
			*m.to = m.from
		}
	}
}

// check completes g.options.
func (g *given) check(w *words) error {
	if g.cloud.Bucket == "" || g.cloud.Table == "" {
		return errors.New(w.whichStack)
	}
	switch g.mode {
	case "kms":
		g.options.mode = fogfile.ModeKMS
		if g.cloud.Key == "" {
			return errors.New(w.whichKey)
		}
	case "static":
		g.options.mode = fogfile.ModeStatic
		g.cloud.Key = ""
		if !g.trials {
			return errors.New(w.staticDenied)
		}
	default:
		return fmt.Errorf(w.badMode, g.mode)
	}
	g.chunkSize = g.chunk << 10
	if !slices.Contains([]int{64, 128, 256}, g.chunk) {
		return fmt.Errorf(w.badChunk, g.chunk)
	}
	if g.jobs < 1 || g.jobs > 64 {
		return fmt.Errorf(w.badJobs, g.jobs)
	}
	if g.lang != "" && g.lang != "es" && g.lang != "en" {
		return fmt.Errorf(w.badLang, g.lang)
	}
	return nil
}

// songFiles gives the MP3 files in the folder and below, in order.
func songFiles(folder string) ([]string, error) {
	// A link to a folder is followed when it is the folder itself.
	root, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return nil, err
	}
	var paths []string
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if path != root && strings.HasPrefix(name, ".") { // hidden; also macOS' "._song.mp3"
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if !d.IsDir() && strings.EqualFold(filepath.Ext(name), ".mp3") {
			paths = append(paths, path)
		}
		return nil
	})
	return paths, err
}
