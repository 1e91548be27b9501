package scripttest

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// oneLine is the length up to which a JSON answer stays on one line.
const oneLine = 160

// quiet are the headers that say nothing about the behaviour of a service.
var quiet = []string{
	"Connection", "Content-Length", "Date", "Server", "Transfer-Encoding", "Vary", "X-Amz-Id-2", "X-Amz-Request-Id",
	"X-Amzn-Requestid", "X-Amz-Crc32", "X-Niebla-Request",
}

// envelope is what awsQuery puts around every answer, and what every error
// carries to tell one request from another. The tests of the protocols hold it.
var (
	envelope  = regexp.MustCompile(`<ResponseMetadata>.*?</ResponseMetadata>| xmlns="[^"]*"`)
	requestID = regexp.MustCompile(`<RequestId>[^<]*</RequestId>|<HostId>[^<]*</HostId>`)
)

// render writes an answer as scripts record it. Headers are part of what a
// REST service answers; of others only ignored members are.
func render(res *http.Response, body []byte, rest bool) string {
	body = requestID.ReplaceAll(body, nil)
	if !rest {
		body = envelope.ReplaceAll(body, nil)
	}
	var b strings.Builder
	fmt.Fprint(&b, res.StatusCode)
	if rest {
		for _, name := range sortedNames(res.Header) {
			fmt.Fprintf(&b, "\n%s: %s", name, strings.Join(res.Header[name], ", "))
		}
	}
	if text := renderBody(body); text != "" {
		sep := " "
		if rest || strings.Contains(text, "\n") {
			sep = "\n"
		}
		b.WriteString(sep + text)
	}
	if members := res.Header.Get("X-Niebla-Ignored"); members != "" && !rest {
		b.WriteString("\nignored: " + members)
	}
	return b.String()
}

func sortedNames(h http.Header) []string {
	var names []string
	for name := range h {
		if !slices.Contains(quiet, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

func renderBody(body []byte) string {
	trimmed := bytes.TrimSpace(body)
	var out bytes.Buffer
	switch {
	case len(trimmed) == 0:
		return ""
	case !utf8.Valid(body) || bytes.ContainsRune(body, 0):
		return fmt.Sprintf("(%d bytes, SHA-256 %s)", len(body), hash(string(body)))
	case trimmed[0] == '{' && json.Compact(&out, trimmed) == nil && out.Len() <= oneLine:
		return out.String()
	case trimmed[0] == '{' && json.Valid(trimmed):
		out.Reset()
		_ = json.Indent(&out, trimmed, "", "  ") // it is valid
		return out.String()
	case trimmed[0] == '<':
		if text, err := indentXML(trimmed); err == nil {
			return text
		}
	}
	return strings.ReplaceAll(string(body), "\n\n", "\n\\n\n") // an empty line would end the block
}

// indentXML puts each element on a line of its own.
func indentXML(body []byte) (string, error) {
	var b strings.Builder
	depth := 0
	leaf := false // the last thing written was a start tag, or text after it
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		from := d.InputOffset()
		t, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return strings.TrimSpace(b.String()), nil
		}
		if err != nil {
			return "", err
		}
		raw := strings.TrimSpace(string(body[from:d.InputOffset()]))
		switch t.(type) {
		case xml.StartElement:
			b.WriteString("\n" + strings.Repeat("  ", depth) + raw)
			depth++
			leaf = true
		case xml.EndElement:
			depth--
			if !leaf {
				b.WriteString("\n" + strings.Repeat("  ", depth))
			}
			b.WriteString(raw)
			leaf = false
		default:
			b.WriteString(raw)
		}
	}
}

// lookup finds a part of an answer: of JSON by member names and indices, of
// XML by element names, of the headers after "header.".
func lookup(res *http.Response, body []byte, path string) (any, error) {
	if name, ok := strings.CutPrefix(path, "header."); ok {
		return res.Header.Get(name), nil
	}
	var v any
	if trimmed := bytes.TrimSpace(body); len(trimmed) > 0 && trimmed[0] == '<' {
		n, err := parseXML(trimmed)
		if err != nil {
			return nil, err
		}
		v = n
	} else if err := json.Unmarshal(trimmed, &v); err != nil {
		return nil, err
	}
	if path == "" {
		return v, nil
	}
	for _, part := range strings.Split(path, ".") {
		if v = step(v, part); v == nil {
			return nil, fmt.Errorf("the answer has no %s", path)
		}
	}
	return v, nil
}

func step(v any, part string) any {
	switch v := v.(type) {
	case map[string]any:
		return v[part]
	case []any:
		if i, err := strconv.Atoi(part); err == nil && i >= 0 && i < len(v) {
			return v[i]
		}
	}
	return nil
}

// parseXML turns elements into maps, repeated elements into lists and text
// into strings. The root element, and a FooResult within a FooResponse, are
// left out of paths.
func parseXML(body []byte) (any, error) {
	d := xml.NewDecoder(bytes.NewReader(body))
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		if start, ok := t.(xml.StartElement); ok {
			v, err := parseElement(d)
			if m, ok := v.(map[string]any); ok {
				if result, ok := m[strings.TrimSuffix(start.Name.Local, "Response")+"Result"]; ok {
					return result, err
				}
			}
			return v, err
		}
	}
}

func parseElement(d *xml.Decoder) (any, error) {
	children := map[string]any{}
	var text strings.Builder
	for {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.CharData:
			text.Write(t)
		case xml.EndElement:
			if len(children) == 0 {
				return text.String(), nil
			}
			return children, nil
		case xml.StartElement:
			v, err := parseElement(d)
			if err != nil {
				return nil, err
			}
			switch old := children[t.Name.Local].(type) {
			case nil:
				children[t.Name.Local] = v
			case []any:
				children[t.Name.Local] = append(old, v)
			default:
				children[t.Name.Local] = []any{old, v}
			}
		}
	}
}
