package edge

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// world is an edge with one distribution, whose origin is a handler.
type world struct {
	*Edge
	tb     testing.TB
	d      *Distribution
	b      *Behavior
	asked  atomic.Int64
	mu     sync.Mutex
	now    time.Time
	visits []Visit
}

// noBuckets is S3 for those who have none.
type noBuckets struct{}

func (noBuckets) Serve(w http.ResponseWriter, _ *http.Request, _ *aws.Principal, _ aws.Scope) {
	http.Error(w, "no bucket", http.StatusNotFound)
}

func newWorld(tb testing.TB, origin http.HandlerFunc) *world {
	tb.Helper()
	x := &world{tb: tb, now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x.asked.Add(1)
		origin(w, r)
	}))
	u, err := url.Parse(server.URL)
	if err != nil {
		tb.Fatal(err)
	}
	port, err := strconv.Atoi(u.Port())
	if err != nil {
		tb.Fatal(err)
	}
	x.b = &Behavior{
		Allowed: Methods{"GET": true, "HEAD": true, "POST": true, "OPTIONS": true}, Cached: Methods{"GET": true, "HEAD": true},
		Default: 24 * time.Hour, Max: 365 * 24 * time.Hour,
		Origin: &Origin{Domain: u.Hostname(), HTTP: port, Scheme: "http", Attempts: 2, Connect: time.Second, Read: 10 * time.Second},
	}
	x.d = &Distribution{
		ID: "E1DISTRIBUTION", Domain: "d3example.cloudfront.net", Enabled: true, Behaviors: []*Behavior{x.b},
		Errors: map[int]ErrorResponse{}, Counts: &Counts{},
	}
	x.Edge = New(Config{
		Now: x.read, IDs: aws.NewIDs(nil), Buckets: noBuckets{}, Cloud: http.NotFoundHandler(), Dir: tb.TempDir(), Memory: 8 << 20, Disk: 64 << 20,
		Observe: func(v *Visit) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.visits = append(x.visits, *v)
		},
	})
	tb.Cleanup(func() {
		x.Close()
		server.Close()
	})
	return x
}

func (x *world) read() time.Time {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.now
}

func (x *world) advance(d time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.now = x.now.Add(d)
}

// get asks the edge for a path. Headers are name, value, name, value.
func (x *world) get(path string, headers ...string) *httptest.ResponseRecorder {
	return x.do(http.MethodGet, path, headers...)
}

func (x *world) do(method, path string, headers ...string) *httptest.ResponseRecorder {
	x.tb.Helper()
	r := httptest.NewRequest(method, "http://d3example.cloudfront.net"+path, nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	x.Serve(w, r, x.d, &aws.Call{SourceIP: "192.0.2.1", TLS: r.Header.Get("X-Test-Tls") != ""})
	return w
}

// expect checks the status, what X-Cache says, and how often the origin was asked.
func (x *world) expect(w *httptest.ResponseRecorder, status int, cache string, asked int64) {
	x.tb.Helper()
	if got := strings.TrimSuffix(w.Header().Get("X-Cache"), " from cloudfront"); w.Code != status || got != cache || x.asked.Load() != asked {
		x.tb.Errorf("got %d %q after %d requests of the origin, want %d %q after %d", w.Code, got, x.asked.Load(), status, cache, asked)
	}
}

func serve(body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		for i := 0; i < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		if w.Header().Get("Etag") != "" && r.Header.Get("If-None-Match") == w.Header().Get("Etag") {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		io.WriteString(w, body)
	}
}

func TestTimeToLive(t *testing.T) {
	const hour = time.Hour
	for name, c := range map[string]struct {
		min, usual, max time.Duration
		cacheControl    string
		want            time.Duration // 0: not kept
	}{
		"default":                       {0, 24 * hour, 100 * hour, "", 24 * hour},
		"default below the minimum":     {48 * hour, 24 * hour, 100 * hour, "", 48 * hour},
		"max-age":                       {0, 24 * hour, 100 * hour, "max-age=7200", 2 * hour},
		"s-maxage before max-age":       {0, 24 * hour, 100 * hour, "max-age=7200, s-maxage=3600", hour},
		"max-age above the maximum":     {0, 24 * hour, 100 * hour, "max-age=31536000", 100 * hour},
		"max-age below the minimum":     {5 * hour, 24 * hour, 100 * hour, "max-age=60", 5 * hour},
		"no-store":                      {0, 24 * hour, 100 * hour, "no-store", 0},
		"no-cache":                      {0, 24 * hour, 100 * hour, "no-cache", 0},
		"private":                       {0, 24 * hour, 100 * hour, "private, max-age=60", 0},
		"private of one header":         {0, 24 * hour, 100 * hour, `private="Set-Cookie", max-age=3600`, hour},
		"no-store, with a minimum":      {hour, 24 * hour, 100 * hour, "no-store", hour},
		"caching is off":                {0, 0, 0, "max-age=3600", 0},
		"seconds beyond all bounds":     {0, 24 * hour, 100 * hour, "max-age=99999999999999999999", 100 * hour},
		"seconds that are no number":    {0, 24 * hour, 100 * hour, "max-age=soon", 0},
		"negative seconds":              {0, 24 * hour, 100 * hour, "max-age=-1", 0},
		"immutable and everything else": {0, hour, 100 * hour, "public, immutable", hour},
	} {
		t.Run(name, func(t *testing.T) {
			x := newWorld(t, serve("hello", "Cache-Control", c.cacheControl))
			x.b.Min, x.b.Default, x.b.Max = c.min, c.usual, c.max
			x.expect(x.get("/a"), 200, "Miss", 1)
			if c.want == 0 {
				x.expect(x.get("/a"), 200, "Miss", 2)
				return
			}
			x.advance(c.want - time.Second)
			w := x.get("/a")
			x.expect(w, 200, "Hit", 1)
			if got, want := w.Header().Get("Age"), strconv.Itoa(int((c.want-time.Second)/time.Second)); got != want {
				t.Errorf("Age %s, want %s", got, want)
			}
			x.advance(time.Second)
			x.expect(x.get("/a"), 200, "Miss", 2)
		})
	}
}

func TestExpires(t *testing.T) {
	x := newWorld(t, nil)
	at := x.now
	x = newWorld(t, serve("hello", "Date", at.Format(http.TimeFormat), "Expires", at.Add(time.Hour).Format(http.TimeFormat)))
	x.expect(x.get("/a"), 200, "Miss", 1)
	x.advance(time.Hour - time.Second)
	x.expect(x.get("/a"), 200, "Hit", 1)
	x.advance(time.Second)
	x.expect(x.get("/a"), 200, "Miss", 2)
}

func TestRevalidation(t *testing.T) {
	x := newWorld(t, serve("hello", "Etag", `"v1"`, "Cache-Control", "max-age=60"))
	x.expect(x.get("/a"), 200, "Miss", 1)
	x.advance(time.Minute)
	w := x.get("/a")
	x.expect(w, 200, "RefreshHit", 2)
	if w.Body.String() != "hello" {
		t.Errorf("body %q", w.Body)
	}
	x.advance(59 * time.Second)
	x.expect(x.get("/a"), 200, "Hit", 2)
	x.expect(x.get("/a", "If-None-Match", `"v1"`), 304, "Hit", 2)
}

func TestStaleOnError(t *testing.T) {
	var down atomic.Bool
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		}
		w.Header().Set("Cache-Control", "max-age=60")
		io.WriteString(w, "hello")
	})
	x.expect(x.get("/a"), 200, "Miss", 1)
	down.Store(true)
	x.advance(time.Hour)
	x.expect(x.get("/a"), 200, "Hit", 2)
	x.expect(x.get("/a"), 200, "Hit", 2) // the origin is left alone for ten seconds
	x.advance(10 * time.Second)
	x.expect(x.get("/a"), 200, "Hit", 3)
	x.expect(x.get("/b"), 503, "Error", 4)
	down.Store(false)
	x.advance(10 * time.Second)
	x.expect(x.get("/a"), 200, "Miss", 5)
}

func TestStaleWhileRevalidate(t *testing.T) {
	asked := make(chan bool, 8)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "max-age=60, stale-while-revalidate=600")
		io.WriteString(w, "hello")
		asked <- true
	})
	x.get("/a")
	<-asked
	x.advance(2 * time.Minute)
	if got := x.get("/a").Header().Get("X-Cache"); got != hit[0] {
		t.Errorf("got %q", got)
	}
	<-asked // in the background
	x.fetches.Wait()
	x.expect(x.get("/a"), 200, "Hit", 2)
}

func TestErrorsAreRemembered(t *testing.T) {
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		status, _ := strconv.Atoi(strings.Trim(r.URL.Path, "/"))
		w.WriteHeader(status)
	})
	x.expect(x.get("/404"), 404, "Error", 1)
	x.expect(x.get("/404"), 404, "Error", 1)
	x.advance(10 * time.Second)
	x.expect(x.get("/404"), 404, "Error", 2)
	x.expect(x.get("/403"), 403, "Error", 3)
	x.expect(x.get("/403"), 403, "Error", 4) // unless it is configured
	x.d.Errors[403] = ErrorResponse{TTL: time.Minute}
	x.expect(x.get("/403"), 403, "Error", 5)
	x.advance(59 * time.Second)
	x.expect(x.get("/403"), 403, "Error", 5)
}

func TestErrorPages(t *testing.T) {
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/index.html" {
			io.WriteString(w, "the application")
			return
		}
		w.WriteHeader(http.StatusNotFound)
	})
	x.d.Errors[404] = ErrorResponse{TTL: 10 * time.Second, Page: "/index.html", Status: 200}
	w := x.get("/some/place")
	x.expect(w, 200, "Error", 2)
	if w.Body.String() != "the application" {
		t.Errorf("body %q", w.Body)
	}
	x.d.Errors[404] = ErrorResponse{Page: "/nowhere.html", Status: 200}
	x.expect(x.get("/other"), 404, "Error", 4)
}

func TestKey(t *testing.T) {
	x := newWorld(t, serve("hello"))
	x.b.Key = Selection{
		Headers: Names{Mode: Only, Names: []string{"X-City"}},
		Query:   Names{Mode: Only, Names: []string{"v", "w"}},
		Cookies: Names{Mode: Except, Names: []string{"session"}},
	}
	x.expect(x.get("/a?v=1&utm=x"), 200, "Miss", 1)
	x.expect(x.get("/a?v=1&utm=y"), 200, "Hit", 1)
	x.expect(x.get("/a?v=2"), 200, "Miss", 2)
	x.expect(x.get("/a?v=1", "X-City", "Paris"), 200, "Miss", 3)
	x.expect(x.get("/a?v=1", "X-City", "Paris", "User-Agent", "other"), 200, "Hit", 3)
	x.expect(x.get("/a?v=1", "Cookie", "lang=fr; session=1"), 200, "Miss", 4)
	x.expect(x.get("/a?v=1", "Cookie", "session=2; lang=fr"), 200, "Hit", 4)
	x.expect(x.do("HEAD", "/a?v=1"), 200, "Hit", 4)
	x.expect(x.get("/%61?v=1"), 200, "Hit", 4) // the same path, spelt differently
	x.expect(x.get("/b/../a?v=1"), 200, "Hit", 4)
}

func TestForwarding(t *testing.T) {
	var got http.Header
	var target string
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) { got, target = r.Header, r.URL.String() })
	x.b.Max = 0
	x.b.Forward = Selection{
		Headers: Names{Mode: Only, Names: []string{"Authorization", "Cloudfront-Forwarded-Proto"}},
		Query:   Names{Mode: All}, Cookies: Names{Mode: Only, Names: []string{"lang"}},
	}
	x.b.Origin.Header = http.Header{"X-Secret": {"s"}}
	x.b.Origin.Path = "/production"
	x.get("/a%20b?x=1", "Authorization", "Bearer t", "X-Other", "1", "Cookie", "lang=fr; session=1", "Range", "bytes=0-1")
	for name, want := range map[string]string{
		"Authorization": "Bearer t", "X-Other": "", "Cookie": "lang=fr", "X-Secret": "s", "User-Agent": "Amazon CloudFront",
		"X-Forwarded-For": "192.0.2.1", "Cloudfront-Forwarded-Proto": "http", "Range": "bytes=0-1",
	} {
		if got.Get(name) != want {
			t.Errorf("%s: %q, want %q", name, got.Get(name), want)
		}
	}
	if target != "/production/a%20b?x=1" {
		t.Errorf("asked for %s", target)
	}
}

func TestCollapsing(t *testing.T) {
	release := make(chan bool)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		<-release
		w.Header().Set("Content-Length", "5")
		io.WriteString(w, "hello")
	})
	var wg sync.WaitGroup
	var right atomic.Int64
	for range 50 {
		wg.Go(func() {
			if w := x.get("/a"); w.Code == 200 && w.Body.String() == "hello" {
				right.Add(1)
			}
		})
	}
	for { // until all are waiting
		x.Edge.mu.Lock()
		users := 0
		for _, f := range x.flights {
			users = f.users
		}
		x.Edge.mu.Unlock()
		if users == 51 {
			break
		}
	}
	close(release)
	wg.Wait()
	if right.Load() != 50 || x.asked.Load() != 1 {
		t.Errorf("%d of 50 were answered after %d requests of the origin", right.Load(), x.asked.Load())
	}
}

func TestInvalidationDuringFetch(t *testing.T) {
	arrived, release := make(chan bool), make(chan bool)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		arrived <- true
		<-release
		io.WriteString(w, "hello")
	})
	var wg sync.WaitGroup
	wg.Go(func() { x.get("/a/b") })
	<-arrived
	x.Invalidate("E1DISTRIBUTION", []string{"/a/*"})
	close(release)
	wg.Wait()
	x.fetches.Wait()
	wg.Go(func() { x.expect(x.get("/a/b"), 200, "Miss", 2) })
	<-arrived
	wg.Wait()
}

func TestInvalidationPaths(t *testing.T) {
	x := newWorld(t, serve("hello"))
	x.b.Key.Query.Mode = All
	all := []string{"/a", "/a?v=1", "/a/b.jpg", "/a%20b", "/A"}
	for path, gone := range map[string][]string{
		"/a": {"/a"}, "/a*": {"/a", "/a?v=1", "/a/b.jpg", "/a%20b"}, "/a/*": {"/a/b.jpg"}, "/a%20b": {"/a%20b"}, "/a?v=1": {"/a?v=1"}, "/*": all, "/none": nil,
	} {
		x.Invalidate("E1DISTRIBUTION", []string{"/*"})
		for _, p := range all {
			x.get(p)
		}
		x.Invalidate("EOTHER", []string{"/*"})
		x.Invalidate("E1DISTRIBUTION", []string{path})
		var missing []string
		for _, p := range all {
			if x.get(p).Header().Get("X-Cache") == miss[0] {
				missing = append(missing, p)
			}
		}
		if fmt.Sprint(missing) != fmt.Sprint(gone) {
			t.Errorf("%s invalidates %v, want %v", path, missing, gone)
		}
	}
}

func TestTruncatedIsNotCached(t *testing.T) {
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		io.WriteString(w, "hello")
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	for n := int64(1); n <= 2; n++ {
		func() {
			defer func() {
				if p := recover(); p != http.ErrAbortHandler {
					t.Errorf("the viewer was told %v", p)
				}
			}()
			x.get("/a")
		}()
		if x.asked.Load() != n {
			t.Errorf("asked %d times, want %d", x.asked.Load(), n)
		}
	}
}

func TestBudgets(t *testing.T) {
	big := make([]byte, 3<<20)
	rand.Read(big)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		n := 100 << 10
		if strings.HasPrefix(r.URL.Path, "/big") {
			n = len(big)
		}
		w.Header().Set("Content-Length", strconv.Itoa(n))
		w.Write(big[:n])
	})
	for i := range 200 {
		x.get(fmt.Sprintf("/%d", i))
		x.get("/popular")
	}
	for i := range 40 {
		if w := x.get(fmt.Sprintf("/big%d", i)); !bytes.Equal(w.Body.Bytes(), big) {
			t.Fatal("another body")
		}
	}
	x.fetches.Wait()
	c := x.cache
	if c.memory > c.maxMemory || c.disk > c.maxDisk || c.disk == 0 {
		t.Errorf("memory %d of %d, disk %d of %d", c.memory, c.maxMemory, c.disk, c.maxDisk)
	}
	if w := x.get("/popular"); w.Header().Get("X-Cache") != hit[0] {
		t.Error("what was asked for again and again is gone")
	}
	w := x.get("/big39", "Range", "bytes=2000000-2000009")
	if w.Code != 206 || !bytes.Equal(w.Body.Bytes(), big[2000000:2000010]) || w.Header().Get("X-Cache") != hit[0] {
		t.Errorf("range of a file: %d %s", w.Code, w.Header())
	}
}

// stuck is a viewer who does not read until it is told to.
type stuck struct {
	*httptest.ResponseRecorder
	held, free chan bool
	once       sync.Once
}

func (s *stuck) Write(p []byte) (int, error) {
	s.once.Do(func() { close(s.held) })
	<-s.free
	return s.ResponseRecorder.Write(p)
}

func TestSlowViewer(t *testing.T) {
	body := bytes.Repeat([]byte("0123456789"), 200_000)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
		w.Write(body)
	})
	slow := &stuck{httptest.NewRecorder(), make(chan bool), make(chan bool), sync.Once{}}
	var wg sync.WaitGroup
	wg.Go(func() {
		x.Serve(slow, httptest.NewRequest("GET", "http://d3example.cloudfront.net/a", nil), x.d, &aws.Call{})
	})
	<-slow.held
	if w := x.get("/a"); !bytes.Equal(w.Body.Bytes(), body) {
		t.Error("another body")
	}
	close(slow.free)
	wg.Wait()
	if !bytes.Equal(slow.Body.Bytes(), body) || x.asked.Load() != 1 {
		t.Errorf("the slow viewer got %d bytes after %d requests", slow.Body.Len(), x.asked.Load())
	}
}

// TestEndless has an origin that sends more than the cache takes: it flows
// through, and stays nowhere.
func TestEndless(t *testing.T) {
	part := bytes.Repeat([]byte("x"), 1<<20)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		for range 40 {
			w.Write(part)
		}
	})
	w := x.get("/a")
	if w.Body.Len() != 40<<20 {
		t.Errorf("%d bytes", w.Body.Len())
	}
	x.fetches.Wait()
	if x.cache.disk != 0 {
		t.Errorf("%d bytes were kept", x.cache.disk)
	}
}

func TestRanges(t *testing.T) {
	x := newWorld(t, serve("0123456789", "Etag", `"v1"`, "Content-Type", "text/plain"))
	for value, want := range map[string]string{
		"bytes=2-4": "206 234", "bytes=-3": "206 789", "bytes=7-": "206 789", "bytes=0-99": "206 0123456789",
		"bytes=10-": "416 ", "bytes=4-2": "200 0123456789", "items=1-2": "200 0123456789", "bytes=3-5,1-2": "200 0123456789",
	} {
		w := x.get("/a", "Range", value)
		if got := fmt.Sprint(w.Code, " ", w.Body); got != want {
			t.Errorf("%s: %s, want %s", value, got, want)
		}
	}
	w := x.get("/a", "Range", "bytes=0-1,4-5")
	if w.Code != 206 || !strings.Contains(w.Body.String(), "bytes 4-5/10\r\n\r\n45\r\n") && !strings.Contains(w.Body.String(), "45\r\n") {
		t.Errorf("several ranges: %d %s", w.Code, w.Body)
	}
	if w := x.get("/a", "Range", "bytes=0-1", "If-Range", `"v0"`); w.Code != 200 {
		t.Errorf("range of another version: %d", w.Code)
	}
	if x.asked.Load() != 1 {
		t.Errorf("asked %d times", x.asked.Load())
	}
}

func TestProtocols(t *testing.T) {
	x := newWorld(t, serve("hello"))
	x.b.Protocol = RedirectToHTTPS
	w := x.get("/a?b=1")
	x.expect(w, 301, "Redirect", 0)
	if got := w.Header().Get("Location"); got != "https://d3example.cloudfront.net/a?b=1" {
		t.Errorf("redirected to %s", got)
	}
	x.expect(x.do("POST", "/a"), 307, "Redirect", 0)
	x.expect(x.get("/a", "X-Test-Tls", "1"), 200, "Miss", 1)
	x.b.Protocol = HTTPSOnly
	x.expect(x.get("/a"), 403, "Error", 1)
	x.expect(x.do("DELETE", "/a", "X-Test-Tls", "1"), 403, "Error", 1)
}

func TestRoot(t *testing.T) {
	var asked string
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) { asked = r.URL.Path })
	x.d.Root = "index.html"
	x.get("/")
	if asked != "/index.html" {
		t.Errorf("asked for %s", asked)
	}
	x.get("/folder/")
	if asked != "/folder/" {
		t.Errorf("asked for %s", asked)
	}
}

func TestCompression(t *testing.T) {
	text := strings.Repeat("fog ", 1000)
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css")
		w.Header().Set("Content-Length", strconv.Itoa(len(text)))
		w.Header().Set("Etag", `"v1"`)
		io.WriteString(w, text)
	})
	x.b.Compress, x.b.Gzip = true, true
	for _, cache := range []string{"Miss", "Hit"} {
		w := x.get("/a", "Accept-Encoding", "gzip, br")
		x.expect(w, 200, cache, 1)
		if w.Header().Get("Content-Encoding") != "gzip" || w.Header().Get("Etag") != `W/"v1"` || w.Body.Len() > 200 {
			t.Errorf("%d bytes with %v", w.Body.Len(), w.Header())
		}
	}
	w := x.get("/a")
	x.expect(w, 200, "Miss", 2)
	if w.Body.String() != text || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("%d bytes with %v", w.Body.Len(), w.Header())
	}
}

func TestUnreachable(t *testing.T) {
	x := newWorld(t, nil)
	x.b.Origin.HTTP = 1
	w := x.get("/a")
	if w.Code != 502 || !strings.Contains(w.Body.String(), "The request could not be satisfied") {
		t.Errorf("%d %s", w.Code, w.Body)
	}
	x.b.Failover = &Failover{Origin: x.b.Origin, On: map[int]bool{502: true}}
	if w := x.get("/a"); w.Code != 502 {
		t.Errorf("%d", w.Code)
	}
}

func TestSilentOrigin(t *testing.T) {
	release := make(chan bool)
	x := newWorld(t, func(http.ResponseWriter, *http.Request) { <-release })
	x.b.Origin.Connect, x.b.Origin.Read = 20*time.Millisecond, 20*time.Millisecond
	w := x.get("/a")
	close(release)
	x.expect(w, 504, "Error", 2)
}

func TestFailover(t *testing.T) {
	x := newWorld(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	second := newWorld(t, serve("second"))
	x.b.Failover = &Failover{Origin: second.b.Origin, On: map[int]bool{500: true}}
	w := x.get("/a")
	x.expect(w, 200, "Miss", 1)
	if w.Body.String() != "second" {
		t.Errorf("body %s", w.Body)
	}
	x.expect(x.do("POST", "/a"), 500, "Error", 2)
}

func TestResponseHeaders(t *testing.T) {
	x := newWorld(t, serve("hello", "X-Powered-By", "fog", "X-Frame-Options", "SAMEORIGIN"))
	x.b.Response = &ResponseHeaders{
		CORS:   &CORS{Origins: []string{"https://*.biihlive.com"}, Methods: []string{"GET"}, MaxAge: 600},
		Set:    []SetHeader{{"X-Frame-Options", "DENY", false}, {"X-Content-Type-Options", "nosniff", true}},
		Remove: []string{"X-Powered-By"},
	}
	for _, c := range []struct{ origin, allowed string }{
		{"https://www.biihlive.com", "https://www.biihlive.com"}, {"https://evil.com", ""}, {"http://www.biihlive.com", ""},
	} {
		h := x.get("/a", "Origin", c.origin).Header()
		if h.Get("Access-Control-Allow-Origin") != c.allowed || h.Get("X-Powered-By") != "" || h.Get("X-Frame-Options") != "SAMEORIGIN" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %v", c.origin, h)
		}
	}
}

func TestBehaviorsInOrder(t *testing.T) {
	d := &Distribution{Behaviors: []*Behavior{{Pattern: "/fotos/*.jpg"}, {Pattern: "fotos/*"}, {Pattern: "*/secret?.txt"}, {}}}
	for path, want := range map[string]int{"/fotos/a.jpg": 0, "/fotos/a.png": 1, "/x/secret1.txt": 2, "/Fotos/a.jpg": 3, "/": 3, "/fotos": 3} {
		if got := d.behavior(path); got != d.Behaviors[want] {
			t.Errorf("%s has the behavior %q", path, got.Pattern)
		}
	}
}

// TestLoop has a distribution whose origin is itself.
func TestLoop(t *testing.T) {
	x := newWorld(t, nil)
	x.b.Origin.Domain = "d3example.cloudfront.net"
	x.Cloud = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { x.Serve(w, r, x.d, &aws.Call{}) })
	x.expect(x.get("/a"), 403, "Error", 0)
}
