package http1

import (
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
)

// head is what comes before a call's body.
type head struct {
	target string
	url    url.URL
	host   string
	header http.Header // without Host, as net/http has it
	length int64       // of the body
}

// parse reads a head with the empty line at its end. It knows only what is
// plain: POST, HTTP/1.1, a path, a Content-Length, one Host, no word on how the
// connection or the body are to be treated. Of anything else it says false, and
// what it takes it takes exactly as net/http does (FuzzHead).
func parse(block []byte) (h head, ok bool) {
	const method, version = "POST ", " HTTP/1.1"
	s := string(block) // once: everything below is a part of it
	line, s, ok := strings.Cut(s, "\r\n")
	if !ok || !strings.HasPrefix(line, method+"/") || !strings.HasSuffix(line, version) || len(line) <= len(method)+len(version) {
		return h, false
	}
	h.target = line[len(method) : len(line)-len(version)]
	if !h.location() {
		return h, false
	}
	lines := strings.Count(s, "\r\n") - 1
	if lines < 2 || lines > maxLines {
		return h, false
	}
	h.header = make(http.Header, lines)
	values := make([]string, lines)
	h.length = -1
	for s != "\r\n" {
		var name, value string
		if name, value, s, ok = field(s); !ok {
			return h, false
		}
		key := canonical(name)
		switch key {
		case "Host":
			if h.host != "" || !plainHost(value) {
				return h, false
			}
			h.host = value
			continue
		case "Content-Length":
			if h.length >= 0 || !h.size(value) {
				return h, false
			}
		case "Connection":
			if !strings.EqualFold(value, "keep-alive") {
				return h, false
			}
		case "", "Transfer-Encoding", "Trailer", "Te", "Upgrade", "Expect", "Pragma":
			return h, false
		}
		if before := h.header[key]; before != nil {
			h.header[key] = append(before, value)
			continue
		}
		if len(values) == 0 {
			return h, false
		}
		values[0] = value
		h.header[key], values = values[:1:1], values[1:]
	}
	return h, h.host != "" && h.length >= 0
}

// maxLines bounds the fields of a plain head.
const maxLines = 100

// location reads the target.
func (h *head) location() bool {
	if h.target == "/" { // where most calls go
		h.url.Path = "/"
		return true
	}
	for i := range len(h.target) {
		if c := h.target[i]; c <= ' ' || c >= 0x7f {
			return false
		}
	}
	u, err := url.ParseRequestURI(h.target)
	if err != nil || u.Host != "" {
		return false
	}
	h.url = *u
	return true
}

// size reads the Content-Length.
func (h *head) size(value string) bool {
	n, err := strconv.ParseUint(value, 10, 62)
	if err != nil || value[0] == '+' {
		return false
	}
	h.length = int64(n)
	return true
}

// field cuts the first line off s.
func field(s string) (name, value, rest string, ok bool) {
	colon := 0
	for ; colon < len(s) && token[s[colon]]; colon++ {
	}
	if colon == 0 || colon == len(s) || s[colon] != ':' {
		return "", "", "", false
	}
	end := colon + 1
	for ; end < len(s) && (s[end] >= ' ' && s[end] != 0x7f || s[end] == '\t'); end++ {
	}
	if !strings.HasPrefix(s[end:], "\r\n") {
		return "", "", "", false
	}
	return s[:colon], strings.Trim(s[colon+1:end], " \t"), s[end+2:], true
}

// plainHost reports whether a Host is a name or an address, perhaps with a port.
func plainHost(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(".-_:[]", c) >= 0) {
			return false
		}
	}
	return s != ""
}

// canonical is the name of a field as http.Header has it.
func canonical(name string) string {
	if key := canonicals[name]; key != "" {
		return key
	}
	return textproto.CanonicalMIMEHeaderKey(name)
}

// canonicals are names as they are often sent.
var canonicals = func() map[string]string {
	m := map[string]string{}
	for _, key := range []string{
		"Accept", "Accept-Encoding", "Amz-Sdk-Invocation-Id", "Amz-Sdk-Request", "Authorization", "Connection", "Content-Length", "Content-Type",
		"Host", "Origin", "Referer", "User-Agent", "X-Amz-Api-Version", "X-Amz-Content-Sha256", "X-Amz-Date", "X-Amz-Security-Token", "X-Amz-Target",
		"X-Amz-User-Agent", "X-Api-Key",
	} {
		m[key], m[strings.ToLower(key)] = key, key
	}
	return m
}()

// token marks the bytes of a field's name.
var token = func() (t [256]bool) {
	for c := range t {
		t[c] = 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return t
}()
