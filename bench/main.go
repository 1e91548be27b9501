package main

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const region = "eu-west-3"

// bench is one run.
type bench struct {
	niebla, before, dynalite, kumo, moto, nginx string // commands
	self                                        string
	root                                        string // of the source, for scripts/run
	time                                        time.Duration
	count                                       int // items of large
	only, loads                                 []string
	tmp                                         string
	report                                      report
}

func main() {
	var b bench
	flag.StringVar(&b.niebla, "niebla", "bin/niebla", "the binary to measure")
	flag.StringVar(&b.before, "before", "", "an earlier niebla, to measure items beside")
	flag.StringVar(&b.dynalite, "dynalite", "", "dynalite's command, to measure beside")
	flag.StringVar(&b.kumo, "kumo", "", "kumo's command, to measure beside")
	flag.StringVar(&b.moto, "moto", "", "moto's command, to measure beside")
	flag.StringVar(&b.nginx, "nginx", "", "nginx' command, to measure beside")
	flag.StringVar(&b.root, "root", ".", "where the source is; everything is built")
	flag.DurationVar(&b.time, "time", 5*time.Second, "how long each load lasts")
	only := flag.String("only", "", "measure only some of large (never without being named),start,items,objects,lambda,applications,graphql,edge,follow")
	loads := flag.String("loads", "", "of items, only some operations, such as GetItem,Query")
	flag.IntVar(&b.count, "items", 1_000_000, "how many items -only large writes")
	markdown := flag.Bool("markdown", false, "print tables for docs/performance.md")
	ceiling := flag.String("ceiling", "", "be the ceiling's server at this address")
	files := flag.String("files", "", "directory the ceiling serves")
	raw := flag.String("pebble", "", "commit to a Pebble in this directory, and print the rate")
	commit := flag.Int("commit", 1, "how many items each commit of -pebble has")
	function := flag.String("function", "", "be a Lambda function, of the Runtime API at this address")
	flag.Parse()
	if *only != "" {
		b.only = strings.Split(*only, ",")
	}
	if *loads != "" {
		b.loads = strings.Split(*loads, ",")
	}
	var err error
	switch {
	case *raw != "":
		err = commitRaw(*raw, *commit, b.time)
	case *ceiling != "":
		err = serveCeiling(*ceiling, *files)
	case *function != "":
		err = serveFunction(*function)
	default:
		err = b.run()
		if *markdown {
			b.report.markdown(os.Stdout)
		} else {
			b.report.text(os.Stdout)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) wants(names ...string) bool {
	return b.only == nil || slices.ContainsFunc(names, func(n string) bool { return slices.Contains(b.only, n) })
}

func (b *bench) run() (err error) {
	if b.tmp, err = os.MkdirTemp("", "niebla-bench"); err != nil {
		return err
	}
	defer os.RemoveAll(b.tmp)
	if b.self, err = os.Executable(); err != nil {
		return err
	}
	bare, err := startServer("ceiling", func(addr string) []string { return []string{b.self, "-ceiling", addr, "-files", b.tmp} })
	if err != nil {
		return err
	}
	defer bare.stop()
	if slices.Contains(b.only, "large") { // takes too long to be one of all
		if err := b.large(); err != nil {
			return err
		}
	}
	if b.wants("start") {
		if err := b.startUp(); err != nil {
			return err
		}
	}
	if b.wants("items", "objects", "lambda") {
		if err := b.services(bare); err != nil {
			return err
		}
	}
	if b.wants("applications", "graphql", "edge", "follow") {
		return b.applications(bare)
	}
	return nil
}

// cloud starts a Niebla on a directory.
func (b *bench) cloud(dir string) (*server, error) {
	return startServer("niebla", func(addr string) []string {
		return []string{b.niebla, "start", "--listen", addr, "--dir", filepath.Join(b.tmp, dir)}
	})
}

// services measures what needs no application.
func (b *bench) services(bare *server) error {
	cloud, err := b.cloud("cloud")
	if err != nil {
		return err
	}
	defer cloud.stop()
	if b.wants("items") {
		if err := b.items(cloud, bare); err != nil {
			return err
		}
	}
	if b.wants("objects") {
		if err := b.objects(cloud, bare); err != nil {
			return err
		}
	}
	if b.wants("lambda") {
		return b.invoke(cloud)
	}
	return nil
}

// startUp measures the time from exec to the first answer, and idle memory.
func (b *bench) startUp() error {
	var took []time.Duration
	var held memory
	for i := range roundCount {
		start := time.Now()
		s, err := b.cloud("empty" + strconv.Itoa(i))
		if err != nil {
			return err
		}
		res, err := http.Get(s.url + "/_niebla/health")
		took = append(took, time.Since(start))
		if err != nil {
			s.stop()
			return err
		}
		res.Body.Close()
		time.Sleep(time.Second)
		held = memoryOf(s.pid)
		s.stop()
	}
	slices.Sort(took)
	b.report.add("Empty directory, exec to first answer", "under 150 ms", "%s (%s to %s)", short(took[len(took)/2]), short(took[0]), short(took[len(took)-1]))
	b.report.add("Idle memory, empty", "under 60 MB", "%s", held)
	return nil
}
