package dynamodb

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// rewriting reports whether -rewrite, which package scripttest brings along, was given.
func rewriting() bool { return flag.Lookup("rewrite").Value.String() == "true" }

// TestScripts runs testdata/*.script: an operation and its input, four dashes,
// and what it answers. "Pass 1h" lets time pass, "Throttle" has tables held to
// their capacity, "$iterator" is the shard iterator or token that was answered last,
// "$backup" the backup that was created last, and "$x5000" a text of so many characters.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, f := range files {
		t.Run(strings.TrimSuffix(filepath.Base(f), ".script"), func(t *testing.T) { runScript(t, f) })
	}
}

// iteratorText is what scripts call "$iterator": they differ with every run that
// asks for another number of random bytes.
var iteratorText = regexp.MustCompile(`"(?:(?:Next)?ShardIterator|NextToken)":"([^"]*)"`)

var partText = regexp.MustCompile(`^{"(?:BackupDetails|ExportDescription|ImportTableDescription)":{"(?:Backup|Export|Import)Arn":"([^"]*/(backup|export|import)/[^"]*)"`)

// long is a text of so many characters: "$x5000".
var long = regexp.MustCompile(`\$x[0-9]+`)

func lengthen(s string) string {
	n, _ := strconv.Atoi(s[2:])
	return strings.Repeat("x", n)
}

func runScript(t *testing.T, file string) {
	old, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	var out bytes.Buffer
	iterator := ""
	parts := map[string]string{}
	for _, block := range strings.Split(strings.TrimSpace(string(old)), "\n\n") {
		ask, _, _ := strings.Cut(block, "\n----")
		out.WriteString(ask)
		last := ask[strings.LastIndexByte(ask, '\n')+1:]
		wait, passes := strings.CutPrefix(last, "Pass ")
		switch {
		case passes:
			d, err := time.ParseDuration(wait)
			if err != nil {
				t.Fatal(err)
			}
			b.pass(t, d)
		case last == "Throttle":
			b.limiter = newLimiter()
		case !strings.HasPrefix(last, "#"):
			answer := b.answer(long.ReplaceAllStringFunc(strings.NewReplacer("$iterator", iterator, "$backup", parts["backup"], "$export", parts["export"], "$import", parts["import"]).Replace(ask), lengthen))
			if m := partText.FindStringSubmatch(answer); m != nil {
				parts[m[2]] = m[1]
			}
			if m := iteratorText.FindStringSubmatch(answer); m != nil {
				iterator = m[1]
				answer = strings.Replace(answer, iterator, "$iterator", 1)
			}
			out.WriteString("\n----\n" + answer)
		}
		out.WriteString("\n\n")
	}
	got := append(bytes.TrimSpace(out.Bytes()), '\n')
	if rewriting() {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(got, old) {
		want := strings.Split(string(old), "\n")
		for i, line := range strings.Split(string(got), "\n") {
			if i >= len(want) || line != want[i] {
				t.Fatalf("%s:%d:\n got %s\nwant %s", file, i+1, line, want[min(i, len(want)-1)])
			}
		}
		t.Fatalf("%s: the answers are shorter", file)
	}
}

// answer runs the operation in a block, whose comment lines begin with #.
func (b *bench) answer(block string) string {
	var lines []string
	for _, l := range strings.Split(block, "\n") {
		if !strings.HasPrefix(l, "#") {
			lines = append(lines, l)
		}
	}
	op, in, _ := strings.Cut(strings.Join(lines, "\n"), " ")
	if op == "Objects" {
		return b.others.show(in)
	}
	out, _, err := b.do(op, in)
	if err != nil {
		return b.errorText(err)
	}
	return compact(out)
}
