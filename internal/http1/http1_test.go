package http1

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// serve serves handler on an address of its own until the test ends.
func serve(t *testing.T, handler http.HandlerFunc) (*Server, string) {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	// Whom net/http serves, a header tells.
	rest := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("By", "net/http")
		handler(w, r)
	}
	quiet := slog.New(slog.DiscardHandler)
	s := &Server{Handler: handler, Rest: &http.Server{Handler: http.HandlerFunc(rest), ErrorLog: slog.NewLogLogger(quiet.Handler(), 0)}, Log: quiet}
	done := make(chan error, 1)
	go func() { done <- s.Serve(ln) }()
	t.Cleanup(func() {
		s.Close()
		if err := <-done; err != http.ErrServerClosed {
			t.Errorf("Serve ended with %v", err)
		}
	})
	return s, ln.Addr().String()
}

// client is a connection that speaks bytes.
type client struct {
	*testing.T
	net.Conn
	r *bufio.Reader
}

func dial(t *testing.T, addr string) client {
	t.Helper()
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(20 * time.Second))
	return client{t, c, bufio.NewReader(c)}
}

func (c client) send(s string) {
	c.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		c.Fatal(err)
	}
}

// answer is what a client makes of an answer.
type answer struct {
	Status int
	Header http.Header
	Body   string
	Length int64
	Coding []string
	Close  bool
}

func (c client) receive() answer {
	c.Helper()
	res, err := http.ReadResponse(c.r, &http.Request{Method: "POST"})
	if err != nil {
		c.Fatal(err)
	}
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.Fatal(err)
	}
	return answer{res.StatusCode, res.Header, string(body), res.ContentLength, res.TransferEncoding, res.Close}
}

// over fails the test unless the server has ended the connection.
func (c client) over() {
	c.Helper()
	if b, err := c.r.ReadByte(); err == nil {
		c.Errorf("the connection goes on with %q", b)
	} else if e, ok := errors.AsType[net.Error](err); ok && e.Timeout() {
		c.Error("the connection goes on")
	}
}

func post(target, body string, fields ...string) string {
	return fmt.Sprintf("POST %s HTTP/1.1\r\nHost: localhost:4566\r\n%sContent-Length: %d\r\n\r\n%s", target, strings.Join(append(fields, ""), "\r\n"), len(body), body)
}

// echo answers with what it was asked.
func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %q %v", r.Method, r.URL, body, err)
}

func TestCalls(t *testing.T) {
	_, addr := serve(t, echo)
	c := dial(t, addr)
	for i, body := range []string{"", "{}", strings.Repeat("long ", 10_000)} {
		c.send(post(fmt.Sprintf("/path?n=%d", i), body))
		a := c.receive()
		if want := fmt.Sprintf("POST /path?n=%d %q <nil>", i, body); a.Body != want || a.Header.Get("By") != "" {
			t.Errorf("answer %d: %.200v", i, a)
		}
	}
	// Both in one piece.
	c.send(post("/one", "1") + post("/two", "2"))
	if one, two := c.receive().Body, c.receive().Body; one != `POST /one "1" <nil>` || two != `POST /two "2" <nil>` {
		t.Error(one, two)
	}
	// A body in pieces.
	whole := post("/", "slow body")
	c.send(whole[:len(whole)-4])
	c.send(whole[len(whole)-4:])
	if a := c.receive(); a.Body != `POST / "slow body" <nil>` {
		t.Error(a)
	}
}

// TestOthersAreHandedOver sends what is not a plain call, after one that is:
// net/http answers, and goes on with the connection.
func TestOthersAreHandedOver(t *testing.T) {
	_, addr := serve(t, echo)
	for name, c := range map[string]struct {
		request string
		status  int
		close   bool
	}{
		"another method":     {"GET /a HTTP/1.1\r\nHost: h\r\n\r\n", 200, false},
		"an older version":   {"POST /a HTTP/1.0\r\nHost: h\r\nContent-Length: 1\r\n\r\nx", 200, true},
		"chunks":             {"POST /a HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n", 200, false},
		"both lengths":       {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, false},
		"two lengths":        {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxy", 400, true},
		"a signed length":    {"POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: +1\r\n\r\nx", 400, true},
		"no length":          {"POST /a HTTP/1.1\r\nHost: h\r\n\r\n", 200, false},
		"no host":            {"POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 400, true},
		"two hosts":          {"POST /a HTTP/1.1\r\nHost: h\r\nHost: i\r\nContent-Length: 1\r\n\r\nx", 400, true},
		"the last request":   {post("/a", "x", "Connection: close"), 200, true},
		"a continued line":   {post("/a", "x", "A: b\r\n c"), 200, false},
		"a space in a name":  {post("/a", "x", "A : b"), 400, true},
		"a bare line feed":   {"POST /a HTTP/1.1\nHost: h\nContent-Length: 1\n\nx", 200, false},
		"a control byte":     {post("/a", "x", "A: \x01"), 400, true},
		"an absolute target": {post("http://other/a", "x"), 200, false},
		"a large head":       {post("/a", "x", "A: "+strings.Repeat("long", 4000)), 200, false},
		"too large a head":   {post("/a", "x", "A: "+strings.Repeat("long", 400_000)), 431, true},
	} {
		t.Run(name, func(t *testing.T) {
			k := dial(t, addr)
			k.send(post("/first", ""))
			if a := k.receive(); a.Header.Get("By") != "" {
				t.Fatalf("the call before: %v", a)
			}
			go io.WriteString(k, c.request) // who refuses a head does not read the rest
			a := k.receive()
			if a.Status != c.status || a.Status == 200 && a.Header.Get("By") != "net/http" {
				t.Fatalf("answer %v", a)
			}
			if c.close {
				k.over()
				return
			}
			k.send(post("/last", ""))
			if a := k.receive(); a.Header.Get("By") != "net/http" {
				t.Errorf("the call after: %v", a)
			}
		})
	}
	t.Run("a head in pieces", func(t *testing.T) {
		k, whole := dial(t, addr), post("/slow", "x")
		for i := range whole {
			k.send(whole[i : i+1])
		}
		if a := k.receive(); a.Body != `POST /slow "x" <nil>` {
			t.Errorf("answer %v", a)
		}
	})
	t.Run("continue", func(t *testing.T) {
		k := dial(t, addr)
		k.send("POST /a HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n")
		if line, err := k.r.ReadString('\n'); line != "HTTP/1.1 100 Continue\r\n" {
			t.Error(line, err)
		}
	})
}

// TestAnswers has handlers answer by this package and by net/http.
func TestAnswers(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	handlers := map[string]http.HandlerFunc{
		"nothing": func(w http.ResponseWriter, r *http.Request) {},
		"text":    func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello") },
		"a page":  func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "<!DOCTYPE html><p>hello") },
		"a type": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "a/b")
			io.WriteString(w, "hello")
		},
		"no type": func(w http.ResponseWriter, r *http.Request) {
			w.Header()["Content-Type"] = nil
			io.WriteString(w, "hello")
		},
		"a coding": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			io.WriteString(w, "hello")
		},
		"a status":       func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(404); io.WriteString(w, "hello") },
		"its own status": func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(799) },
		"a late status":  func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "hello"); w.WriteHeader(500) },
		"a late field": func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			w.Header().Set("Late", "1")
			io.WriteString(w, "hello")
		},
		"a late field, held back": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hello")
			w.Header().Set("Late", "1")
		},
		"no content": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(204)
			if _, err := io.WriteString(w, "hello"); err != http.ErrBodyNotAllowed {
				t.Error(err)
			}
		},
		"not modified": func(w http.ResponseWriter, r *http.Request) { w.Header().Set("ETag", `"1"`); w.WriteHeader(304) },
		"all but no content": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "0")
			w.Header().Set("Content-Type", "a/b")
			w.WriteHeader(204)
		},
		"all but not modified": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			w.Header().Set("Content-Type", "a/b")
			w.WriteHeader(304)
		},
		"a length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
		},
		"too much": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "5")
			io.WriteString(w, "hello")
			if _, err := io.WriteString(w, "!"); err != http.ErrContentLength {
				t.Error(err)
			}
		},
		"long":            func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long) },
		"long and longer": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, long); io.WriteString(w, long) },
		"in pieces": func(w http.ResponseWriter, r *http.Request) {
			for range 900 {
				io.WriteString(w, "0123456789")
			}
		},
		"very long": func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, strings.Repeat(long, 30)) },
		"long of a length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "10000")
			io.WriteString(w, long)
		},
		"very long of a length": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "300000")
			io.WriteString(w, strings.Repeat(long, 30))
		},
		"flushed": func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, "hello")
			w.(http.Flusher).Flush()
			w.(http.Flusher).Flush()
			io.WriteString(w, " world")
		},
		"the last": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Connection", "close")
			io.WriteString(w, "hello")
		},
		"fields": func(w http.ResponseWriter, r *http.Request) {
			h := w.Header()
			h["Two"] = []string{"1", "2"}
			h.Set("Lines", " a\r\nb\nc ")
			h["as-it-is"] = []string{"1"}
			h["bad name"] = []string{"1"}
			h.Set("Date", "yesterday")
		},
		"half a body": func(w http.ResponseWriter, r *http.Request) {
			io.CopyN(io.Discard, r.Body, 3)
			io.WriteString(w, "hello")
		},
		"the body": func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) },
	}
	for _, name := range slices.Sorted(maps.Keys(handlers)) {
		t.Run(name, func(t *testing.T) {
			_, addr := serve(t, handlers[name])
			theirs, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			plain := &http.Server{Handler: handlers[name], ErrorLog: slog.NewLogLogger(slog.DiscardHandler, 0)}
			go plain.Serve(theirs)
			defer plain.Close()
			ask := func(addr string) (a answer, goes bool) {
				c := dial(t, addr)
				c.send(post("/", "some body"))
				a = c.receive()
				if d := a.Header["Date"]; len(d) == 1 {
					if _, err := http.ParseTime(d[0]); err == nil {
						a.Header["Date"] = []string{"now"}
					}
				}
				c.send(post("/", "some body"))
				_, err := http.ReadResponse(c.r, nil)
				return a, err == nil
			}
			ours, goes := ask(addr)
			want, theirsGo := ask(theirs.Addr().String())
			if fmt.Sprint(ours) != fmt.Sprint(want) || goes != theirsGo {
				t.Errorf("we answer\n%.300v, goes on: %v\nnet/http\n%.300v, goes on: %v", ours, goes, want, theirsGo)
			}
		})
	}
}

// TestTooLittle declares more than it sends: the client must not wait for it.
func TestTooLittle(t *testing.T) {
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "10")
		io.WriteString(w, "hello")
	})
	c := dial(t, addr)
	c.send(post("/", ""))
	res, err := http.ReadResponse(c.r, nil)
	if err != nil {
		t.Fatal(err)
	}
	if body, err := io.ReadAll(res.Body); err != io.ErrUnexpectedEOF || string(body) != "hello" {
		t.Errorf("%q %v", body, err)
	}
}

func TestEarlyHints(t *testing.T) {
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "</a>")
		w.WriteHeader(http.StatusEarlyHints)
		io.WriteString(w, "hello")
	})
	c := dial(t, addr)
	c.send(post("/", ""))
	if a := c.receive(); a.Status != 103 || a.Header.Get("Link") != "</a>" {
		t.Error(a)
	}
	if a := c.receive(); a.Status != 200 || a.Body != "hello" {
		t.Error(a)
	}
}

// TestUnreadBody answers before the request was read: the client sees the answer.
func TestUnreadBody(t *testing.T) {
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusForbidden) })
	c := dial(t, addr)
	c.send(post("/", strings.Repeat("x", maxDiscard)))
	if a := c.receive(); a.Status != 403 || a.Close {
		t.Error(a)
	}
	go io.WriteString(c, post("/", strings.Repeat("x", 10<<20)))
	if a := c.receive(); a.Status != 403 || !a.Close {
		t.Error(a)
	}
	c.over()
}

// TestCutBody ends the connection in the middle of a body.
func TestCutBody(t *testing.T) {
	got := make(chan error, 1)
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		got <- err
	})
	c := dial(t, addr)
	c.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nabc")
	c.Conn.Close()
	if err := <-got; err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}

func TestPanic(t *testing.T) {
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.RequestURI {
		case "/abort":
			panic(http.ErrAbortHandler)
		case "/panic":
			io.WriteString(w, "never seen")
			panic("a bug")
		}
	})
	for _, target := range []string{"/abort", "/panic"} {
		c := dial(t, addr)
		c.send(post(target, ""))
		c.over()
	}
	c := dial(t, addr)
	c.send(post("/", ""))
	if a := c.receive(); a.Status != 200 {
		t.Error(a)
	}
}

func TestGoneClient(t *testing.T) {
	for name, look := range map[string]func(r *http.Request){
		"before the body is read": func(r *http.Request) { done := r.Context().Done(); io.ReadAll(r.Body); <-done },
		"after":                   func(r *http.Request) { io.ReadAll(r.Body); <-r.Context().Done() },
		"by one made of it": func(r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), time.Hour)
			defer cancel()
			io.ReadAll(r.Body)
			<-ctx.Done()
		},
	} {
		t.Run(name, func(t *testing.T) {
			called, got := make(chan bool), make(chan error, 1)
			_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
				called <- true
				look(r)
				got <- r.Context().Err()
			})
			c := dial(t, addr)
			c.send(post("/", "x"))
			<-called
			c.Conn.Close()
			if err := <-got; err != context.Canceled {
				t.Error(err)
			}
		})
	}
}

// TestWatched goes on with a connection that was watched.
func TestWatched(t *testing.T) {
	var last atomic.Pointer[context.Context]
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		last.Store(&ctx)
		body, err := io.ReadAll(r.Body)
		select {
		case <-ctx.Done():
			t.Error("the context has ended")
		default:
		}
		fmt.Fprintf(w, "%s %v", body, err)
	})
	c := dial(t, addr)
	for i := range 20 {
		body := fmt.Sprint("call ", i)
		c.send(post("/", body))
		if i%3 == 0 { // the watch sees what comes next
			c.send(post("/", "and another"))
		}
		if a := c.receive(); a.Body != body+" <nil>" {
			t.Fatal(a)
		}
		if i%3 == 0 {
			if a := c.receive(); a.Body != "and another <nil>" {
				t.Fatal(a)
			}
		}
	}
	if ctx := *last.Load(); ctx.Err() != nil && ctx.Err() != context.Canceled {
		t.Error(ctx.Err())
	} else {
		<-ctx.Done() // since the call is over
	}
}

// TestEndedContext looks at a context when its call is over.
func TestEndedContext(t *testing.T) {
	kept := make(chan context.Context, 1)
	_, addr := serve(t, func(w http.ResponseWriter, r *http.Request) { kept <- r.Context() })
	c := dial(t, addr)
	c.send(post("/", "") + post("/", ""))
	c.receive()
	ctx := <-kept
	c.receive() // so that the first has ended
	if ctx.Err() != context.Canceled {
		t.Error(ctx.Err())
	}
	<-ctx.Done()
	if ctx.Err() != context.Canceled {
		t.Error(ctx.Err())
	}
}

func TestShutdown(t *testing.T) {
	called, goOn := make(chan bool), make(chan bool)
	s, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		called <- true
		<-goOn
		io.WriteString(w, "hello")
	})
	idle, busy, other := dial(t, addr), dial(t, addr), dial(t, addr)
	call := func(c client, request string) {
		c.send(request)
		<-called
		goOn <- true
		c.receive()
	}
	call(idle, post("/", ""))
	busy.send(post("/", ""))
	<-called
	other.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n")
	<-called
	done := make(chan error, 1)
	go func() { done <- s.Shutdown(t.Context()) }()
	idle.over()
	if _, err := net.Dial("tcp", addr); err == nil {
		t.Error("a connection is accepted")
	}
	select {
	case err := <-done:
		t.Fatalf("Shutdown returned %v before the calls", err)
	default:
	}
	goOn <- true
	goOn <- true
	for _, c := range []client{busy, other} {
		if a := c.receive(); a.Body != "hello" {
			t.Error(a)
		}
		c.over()
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}

func TestShutdownGivesUp(t *testing.T) {
	called := make(chan bool)
	s, addr := serve(t, func(w http.ResponseWriter, r *http.Request) {
		close(called)
		<-r.Context().Done()
	})
	c := dial(t, addr)
	c.send(post("/", ""))
	<-called
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Shutdown(ctx); err != context.Canceled {
		t.Error(err)
	}
	s.Close() // ends the call, or the test would not
	c.over()
}

// FuzzHead: what parse takes, net/http reads as the same.
func FuzzHead(f *testing.F) {
	for _, s := range []string{
		post("/", ""), post("/a?b=%20#c", "x"), post("//x/y", "x", "A: b", "a: c ", "Connection: Keep-Alive"), post("/%zz", ""), post("/", "", "Cookie: a=b; c", "X-Amz-Target: DynamoDB_20120810.GetItem"),
		post("/", "", "Pragma: no-cache"), post("/", "", "TE: trailers"), post("/", "", "A:\tb\t"), post("/", "", "Host: [::1]:80"), "POST / HTTP/1.1\r\nhost: h\r\ncontent-length: 007\r\n\r\n",
		post("/", "", "A: \xff"), post("/\x7f", ""), post("/", "", ": x"), post("/", "", "Content-Length: 0"), post("*", ""), post("/", "", "Transfer-Encoding: identity"), post("/a b", ""),
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, block []byte) {
		end := bytes.Index(block, headEnd)
		if end < 0 {
			return
		}
		block = block[:end+len(headEnd)]
		h, ok := parse(block)
		if !ok {
			return
		}
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(block)))
		if err != nil {
			t.Fatalf("net/http: %v", err)
		}
		k := &call{conn: &conn{}}
		ours := k.request(&h)
		if r.Method != ours.Method || r.URL.String() != ours.URL.String() || fmt.Sprintf("%#v", r.URL) != fmt.Sprintf("%#v", ours.URL) || r.Proto != ours.Proto || r.Host != ours.Host ||
			r.RequestURI != ours.RequestURI || r.ContentLength != ours.ContentLength || fmt.Sprint(r.Header) != fmt.Sprint(ours.Header) || len(r.TransferEncoding) > 0 || r.Close {
			t.Errorf("net/http reads\n%+v\nwe read\n%+v", r, ours)
		}
	})
}
