package scripttest

import (
	"fmt"
	"regexp"
	"strings"
)

// block is one request and its recorded answer.
type block struct {
	line     int      // where it begins, from 1
	input    string   // as written, comments included
	signer   string   // "root"
	service  string   // "" is the script's own
	request  []string // the lines of the request
	captures []capture
	want     string
}

// capture is a line "> name = path", or "> name = path /part/".
type capture struct {
	name, path string
	part       *regexp.Regexp // nil for all of it
}

const separator = "----"

var (
	captureLine = regexp.MustCompile(`^> *(\w+) *= *([^\s/]*)(?: +/(.+)/)?$`)
	requestLine = regexp.MustCompile(`^(?:@(\S+) )?(?:([a-z][a-z0-9-]*):)?(.*)$`)
)

// parse splits a script into its blocks.
func parse(script string) ([]block, error) {
	var blocks []block
	line := 1
	for _, text := range strings.SplitAfter(script, "\n\n") {
		body := strings.Trim(text, "\n")
		if body != "" {
			b, err := parseBlock(body)
			b.line = line + strings.Index(text, body[:1])
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", b.line, err)
			}
			blocks = append(blocks, b)
		}
		line += strings.Count(text, "\n")
	}
	return blocks, nil
}

func parseBlock(text string) (block, error) {
	input, want, _ := strings.Cut(text, "\n"+separator)
	b := block{input: input, want: strings.TrimSpace(want), signer: "root"}
	for _, l := range strings.Split(input, "\n") {
		switch m := captureLine.FindStringSubmatch(l); {
		case strings.HasPrefix(l, "#") && len(b.request) == 0:
		case m != nil:
			c := capture{name: m[1], path: m[2]}
			if m[3] != "" {
				var err error
				if c.part, err = regexp.Compile(m[3]); err != nil {
					return b, err
				}
			}
			b.captures = append(b.captures, c)
		case len(b.captures) > 0:
			return b, fmt.Errorf("%q after a capture", l)
		default:
			b.request = append(b.request, l)
		}
	}
	if len(b.request) == 0 {
		return b, nil // a comment on its own
	}
	m := requestLine.FindStringSubmatch(b.request[0])
	if m[1] != "" {
		b.signer = m[1]
	}
	b.service, b.request[0] = m[2], m[3]
	return b, nil
}

// comment reports that the block asks for nothing.
func (b *block) comment() bool { return len(b.request) == 0 }

// advance is the duration of a block that moves the clock, or "".
func (b *block) advance() string {
	d, ok := strings.CutPrefix(b.request[0], "advance ")
	if !ok {
		return ""
	}
	return d
}

// format writes a block as it stands in a script, with another answer.
func (b *block) format(answer string) string {
	if answer == "" {
		return b.input + "\n"
	}
	return b.input + "\n" + separator + "\n" + answer + "\n"
}
