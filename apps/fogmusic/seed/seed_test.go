package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cloud"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// command runs the command in a language and gives its status and what it said.
func command(t *testing.T, lang, stdin string, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	c := console{in: strings.NewReader(stdin), out: &o, err: &e, now: time.Now, getenv: func(name string) string {
		if name == "LANG" {
			return lang
		}
		return ""
	}}
	status = c.run(t.Context(), args)
	return status, o.String(), e.String()
}

func TestHelp(t *testing.T) {
	for _, lang := range []string{"es_MX.UTF-8", "en_US.UTF-8"} {
		status, out, errOut := command(t, lang, "", "--help")
		if status != exitOK || errOut != "" {
			t.Errorf("%s: status %d, %s", lang, status, errOut)
		}
		flags := (&given{}).flags()
		flags.VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(out, "--"+f.Name+" ") || f.Shorthand != "" && !strings.Contains(out, "-"+f.Shorthand+", --"+f.Name) {
				t.Errorf("%s: --%s is not explained", lang, f.Name)
			}
		})
		for _, name := range regexp.MustCompile(`  --([a-z-]+)`).FindAllStringSubmatch(out, -1) {
			if flags.Lookup(name[1]) == nil && name[1] != "help" {
				t.Errorf("%s: --%s is explained and not there", lang, name[1])
			}
		}
	}
	if _, out, _ := command(t, "es", "", "-h"); !strings.Contains(out, "Código de salida") {
		t.Error("LANG=es does not speak Spanish")
	}
	if _, out, _ := command(t, "es", "", "-h", "--lang", "en"); !strings.Contains(out, "Exit status") {
		t.Error("--lang en does not speak English")
	}
}

// TestWords: both languages say everything, with the same gaps to fill.
func TestWords(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]`)
	en, es := reflect.ValueOf(english), reflect.ValueOf(spanish)
	for i := range en.NumField() {
		field := en.Type().Field(i)
		if field.Type.Kind() != reflect.String {
			continue
		}
		a, b := en.Field(i).String(), es.Field(i).String()
		if a == "" || b == "" || !slices.Equal(verbs.FindAllString(a, -1), verbs.FindAllString(b, -1)) {
			t.Errorf("%s: %q and %q", field.Name, a, b)
		}
	}
	for i := range english.passes {
		if english.passes[i] == "" || spanish.passes[i] == "" {
			t.Error("a pass has no name")
		}
	}
}

func TestUsage(t *testing.T) {
	dir := t.TempDir()
	stack := []string{"--bucket", "b", "--table", "t", "--key", "k"}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"nothing":          {nil, "one folder"},
		"two folders":      {append([]string{dir, dir}, stack...), "one folder of MP3 files, not 2"},
		"no such flag":     {[]string{"--nothing", dir}, "--nothing"},
		"no stack":         {[]string{dir}, "which stack"},
		"no table":         {[]string{dir, "--bucket", "b"}, "which stack"},
		"no key":           {[]string{dir, "--bucket", "b", "--table", "t"}, "which key"},
		"mode":             {append([]string{dir, "--mode", "rot13"}, stack...), "rot13"},
		"chunk":            {append([]string{dir, "--chunk", "65"}, stack...), "--chunk 65"},
		"chunk huge":       {append([]string{dir, "--chunk", "9007199254740993"}, stack...), "--chunk 9007199254740993"},
		"no jobs":          {append([]string{dir, "-j", "0"}, stack...), "--jobs 0"},
		"jobs no number":   {append([]string{dir, "-j", "many"}, stack...), "many"},
		"language":         {append([]string{dir, "--lang", "fr"}, stack...), "--lang fr"},
		"outputs missing":  {[]string{dir, "--outputs", filepath.Join(dir, "none.json")}, "none.json"},
		"outputs not JSON": {[]string{dir, "-o", "-"}, "outputs in -"},
	} {
		status, out, errOut := command(t, "C", "this is not JSON", c.args...)
		if lines := strings.Count(errOut, "\n"); status != exitUsage || out != "" || lines != 2 || !strings.Contains(errOut, c.says) {
			t.Errorf("%s: status %d, %q", name, status, errOut)
		}
	}
	// The folder is looked at only now.
	for path, says := range map[string]string{dir: "no MP3 files in " + dir, filepath.Join(dir, "none"): "there is no"} {
		if status, _, errOut := command(t, "C", "", append([]string{path}, stack...)...); status != exitFailed || !strings.Contains(errOut, says) {
			t.Errorf("%s: status %d, %q", path, status, errOut)
		}
	}
}

func TestStaticNeedsTrials(t *testing.T) {
	const live, trials = `{"mediaBucket":"b","catalogTable":"t","keyAlias":"k","trials":false}`, `{"mediaBucket":"b","catalogTable":"t","trials":true}`
	for _, c := range []struct {
		name, outputs string
		args          []string
		allowed       bool
	}{
		{"by flags alone", "", []string{"--bucket", "b", "--table", "t"}, false},
		{"by flags, for trials", "", []string{"--bucket", "b", "--table", "t", "--trials"}, true},
		{"not for trials", live, []string{"-o", "-"}, false},
		{"not for trials, and insisted", live, []string{"-o", "-", "--trials"}, false},
		{"silent outputs, and insisted", `{"mediaBucket":"b","catalogTable":"t"}`, []string{"-o", "-", "--trials"}, false},
		{"for trials", trials, []string{"-o", "-"}, true},
	} {
		o, err := parse(append(c.args, "--mode", "static", "music"), strings.NewReader(c.outputs), &english)
		if (err == nil) != c.allowed || c.allowed && (o.mode != fogfile.ModeStatic || o.cloud.Key != "") {
			t.Errorf("%s: %v, %+v", c.name, err, o)
		}
	}
}

func TestOutputs(t *testing.T) {
	const file = `{"region":"eu-west-3","mediaBucket":"media","catalogTable":"Catalogo","keyAlias":"alias/songs","trials":true,"webBucket":"web","n":3}`
	o, err := parse([]string{"-o", "-", "--bucket", "mine", "music"}, strings.NewReader(file), &english)
	want := options{folder: "music", mode: fogfile.ModeKMS, chunkSize: 64 << 10, jobs: 4,
		cloud: cloud.Options{Region: "eu-west-3", Bucket: "mine", Table: "Catalogo", Key: "alias/songs"}}
	if err != nil || o != want {
		t.Errorf("%+v, %v", o, err)
	}
}

func TestSongFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"b.mp3", "a/c.MP3", "a/cover.jpg", ".hidden/x.mp3", "._b.mp3", "mp3", "z.mp3/inside.mp3"} {
		path := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o777), os.WriteFile(path, nil, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Fatal(err)
	}
	for _, from := range []string{dir, link} {
		paths, err := songFiles(from)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range paths {
			rel, _ := filepath.Rel(dir, p)
			got = append(got, filepath.ToSlash(rel))
		}
		if want := []string{"a/c.MP3", "b.mp3", "z.mp3/inside.mp3"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	}
}

func TestExplain(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{&mp3.CorruptError{Flaw: mp3.CutShort, Have: 3, Want: 9}, "MP3 dañado: está cortado, hay 3 tramas de 9"},
		{&mp3.CorruptError{Flaw: mp3.NoFrames}, "MP3 dañado: no contiene tramas MPEG de capa III"},
		{&song.TooLargeError{Size: 3 << 30}, "demasiado grande: 3.0 GiB, como mucho 512.0 MiB"},
		{&cloud.MissingError{Kind: "table", Name: "Catalogo"}, `no existe la tabla "Catalogo": ¿está desplegado el stack, y son éstas sus salidas?`},
		{fmt.Errorf("x: %w", seeding.ErrChanged), "el archivo cambió mientras se leía"},
		{&fs.PathError{Op: "open", Path: "a.mp3", Err: fs.ErrPermission}, "no se permite leer a.mp3"},
		{errors.New("two\nlines"), "two lines"},
	} {
		if got := spanish.explain(c.err); got != c.want {
			t.Errorf("%v: %q", c.err, got)
		}
	}
}

// TestReport: the last line counts, the status is that of the worst.
func TestReport(t *testing.T) {
	results := []*seeding.Result{
		{Path: "a.mp3", Outcome: seeding.Uploaded, Bytes: 3 << 20}, {Path: "b.mp3", Outcome: seeding.Unchanged, Bytes: 9},
		{Path: "c.mp3", Outcome: seeding.Duplicate, Of: "a.mp3"}, {Path: "d.mp3", Outcome: seeding.Failed, Err: errors.New("why")},
	}
	for _, live := range []bool{false, true} {
		for _, noColor := range []string{"", "1"} {
			var out, errOut bytes.Buffer
			c := console{out: &out, err: &errOut, words: &english, live: live, getenv: func(string) string { return noColor }}
			status := c.report(results, options{}, 2*time.Second, false)
			if want := "4 songs: 1 uploaded (3.0 MiB in 2.0 s), 1 unchanged, 1 the same as another, 1 failed\n"; status != exitFailed || out.String() != want {
				t.Errorf("status %d, %q", status, out.String())
			}
			if !strings.Contains(errOut.String(), "d.mp3: why") || !strings.Contains(errOut.String(), "c.mp3: the same audio as a.mp3") {
				t.Errorf("%q", errOut.String())
			}
			if coloured := strings.Contains(errOut.String(), "\x1b["); coloured != (live && noColor == "") {
				t.Errorf("terminal %v, NO_COLOR=%q: coloured %v", live, noColor, coloured)
			}
		}
	}
	var out bytes.Buffer
	c := console{out: &out, err: &out, words: &english, getenv: func(string) string { return "" }}
	if status := c.report(results[:3], options{}, time.Second, false); status != exitOK {
		t.Errorf("status %d without a failure", status)
	}
	if status := c.report([]*seeding.Result{{}}, options{}, time.Second, true); status != exitInterrupted {
		t.Errorf("status %d when interrupted", status)
	}
}

// TestLines: rate and remaining time, and what failed is not waited for.
func TestLines(t *testing.T) {
	now := time.Unix(0, 0)
	var out bytes.Buffer
	l := &lines{out: &out, words: &english, now: func() time.Time { return now }}
	l.Pass(seeding.Sending, 3, 3<<20)
	a := &seeding.Result{Outcome: seeding.Uploaded, Bytes: 1 << 20, Song: song.Song{Title: "T", Artist: "A"}}
	b := &seeding.Result{Outcome: seeding.Failed, Bytes: 1 << 20, Song: song.Song{Title: "U", Artist: "B"}}
	ta, tb := l.Sending(a), l.Sending(b)
	now = now.Add(2 * time.Second)
	ta.Sent(1 << 20)
	ta.Done()
	tb.Done()
	want := "Uploading: 3 songs, 3.0 MiB\n" +
		"[1/3] T — A: uploaded, 1.0 MiB · 512.0 KiB/s · 4.0 s left\n" +
		"[2/3] U — B: failed, 1.0 MiB · 512.0 KiB/s · 2.0 s left\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

// TestBars: they end, whatever became of the songs.
func TestBars(t *testing.T) {
	for _, outcome := range []seeding.Outcome{seeding.Uploaded, seeding.Failed, seeding.Pending} {
		var out bytes.Buffer
		b := newBars(&out, &english)
		b.Pass(seeding.Reading, 2, 0)
		b.Checked()
		b.Checked()
		b.Pass(seeding.Comparing, 2, 0)
		b.Checked() // interrupted here, it still ends
		b.Pass(seeding.Sending, 1, 100)
		if outcome != seeding.Pending {
			r := &seeding.Result{Bytes: 100, Song: song.Song{Title: "Rompeolas", Artist: "Los Faros"}, Outcome: outcome}
			tr := b.Sending(r)
			tr.Sent(60)
			tr.Sent(-60)
			tr.Sent(100)
			tr.Done()
		}
		done := make(chan struct{})
		go func() { b.finish(); close(done) }()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Fatalf("outcome %d: the bars do not end", outcome)
		}
	}
}
