package runtime_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/runtime"
)

// TestMain makes this binary the function's bootstrap when a host runs it as one.
func TestMain(m *testing.M) {
	if api := os.Getenv("AWS_LAMBDA_RUNTIME_API"); api != "" {
		act(os.Getenv("_HANDLER"), api)
		return
	}
	if dir := os.Getenv("RUNTIME_TEST_HOST"); dir != "" {
		beHost(dir)
		return
	}
	os.Exit(m.Run())
}

// act is a function that does as its handler's name says.
func act(how, api string) {
	base := "http://" + api + "/2018-06-01/runtime/"
	post := func(path, body string) int {
		res, err := http.Post(base+path, "application/json", strings.NewReader(body))
		if err != nil {
			os.Exit(9)
		}
		defer res.Body.Close()
		io.Copy(io.Discard, res.Body)
		return res.StatusCode
	}
	switch how {
	case "init-exit":
		os.Exit(4)
	case "init-error":
		post("init/error", `{"errorType":"Runtime.ImportModuleError","errorMessage":"no module"}`)
		os.Exit(1)
	case "init-hang":
		select {}
	}
	for n := 1; ; n++ {
		res, err := http.Get(base + "invocation/next")
		if err != nil {
			os.Exit(9)
		}
		event, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			os.Exit(9)
		}
		id := res.Header.Get("Lambda-Runtime-Aws-Request-Id")
		switch how {
		case "exit":
			os.Exit(3)
		case "exit-well":
			os.Exit(0)
		case "hang":
			select {}
		case "print":
			for {
				fmt.Println(strings.Repeat("x", 1000))
			}
		case "grow":
			var all [][]byte
			for {
				b := make([]byte, 1<<20)
				for i := range b {
					b[i] = 1
				}
				all = append(all, b)
			}
		case "error":
			post("invocation/"+id+"/error", `{"errorType":"E","errorMessage":"m"}`)
			continue
		case "huge":
			post("invocation/"+id+"/response", `"`+strings.Repeat("x", runtime.MaxPayload)+`"`)
			continue
		case "children":
			if err := exec.Command("sleep", "1000").Start(); err != nil {
				os.Exit(8)
			}
		case "env":
			event, _ = json.Marshal(os.Environ())
		case "twice":
			second, _ := http.Get(base + "invocation/next") // while it has an event
			event = fmt.Appendf(nil, "[%d,%d,%d,%d]", post("invocation/other/response", "{}"), second.StatusCode,
				post("invocation/"+id+"/response", `"first"`), post("invocation/"+id+"/response", `"second"`))
			fmt.Println("seen", string(event))
			continue
		case "log":
			fmt.Printf("line of %s\nno newline of %s", event, event)
		case "count":
			event = fmt.Appendf(nil, "%d", n)
		}
		post("invocation/"+id+"/response", string(event))
	}
}

// world is a host, and the lines of its functions' logs.
type world struct {
	*runtime.Host
	t    *testing.T
	code string

	mu     sync.Mutex
	lines  []string
	fresh  bool
	starts int
}

// started is how many instances were started.
func (w *world) started() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.starts
}

func newWorld(t *testing.T) *world {
	w := &world{Host: runtime.New(deps(t.TempDir())), t: t, code: t.TempDir(), fresh: true}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(w.code, "bootstrap")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func deps(dir string) runtime.Deps {
	return runtime.Deps{Dir: dir, Machine: time.Now, LookPath: exec.LookPath}
}

func (w *world) function(how string) *runtime.Function {
	return &runtime.Function{
		Key: how, Runtime: "provided.al2023", Handler: how, Code: w.code, Memory: 128, Timeout: 20 * time.Second,
		New: func() runtime.Setup {
			return runtime.Setup{
				Log: func(line []byte) {
					w.mu.Lock()
					defer w.mu.Unlock()
					w.lines = append(w.lines, string(line))
				},
				Environment: func(context.Context) (map[string]string, func() bool, error) {
					w.mu.Lock()
					w.starts++
					w.mu.Unlock()
					return map[string]string{"COLOUR": "grey"}, func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.fresh }, nil
				},
			}
		},
	}
}

func (w *world) invoke(f *runtime.Function, id, payload string) *runtime.Result {
	w.t.Helper()
	r, err := w.Invoke(context.Background(), f, &runtime.Invocation{RequestID: id, FunctionARN: "arn", Version: "$LATEST", Payload: []byte(payload), Tail: true})
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// until polls for what a host does in the background.
func until(t *testing.T, what string, cond func() bool) {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for !cond() {
		select {
		case <-timeout:
			t.Fatalf("not so after 20 seconds: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestWarm(t *testing.T) {
	w := newWorld(t)
	f := w.function("count")
	for n := 1; n <= 3; n++ {
		r := w.invoke(f, fmt.Sprint("r", n), `{}`)
		if string(r.Payload) != fmt.Sprint(n) || r.Error != "" || (r.Init > 0) != (n == 1) {
			t.Errorf("event %d: %s %q, init %v", n, r.Payload, r.Error, r.Init)
		}
	}
	// Its credentials end: the next event goes to another.
	w.mu.Lock()
	w.fresh = false
	w.mu.Unlock()
	if r := w.invoke(f, "r4", `{}`); string(r.Payload) != "1" {
		t.Errorf("after it was not fresh: %s", r.Payload)
	}
	w.Retire("count")
	until(t, "the retired are gone", func() bool { return w.Instances() == 0 })
}

// TestUnusedInstancesAge starts an instance for an event that is withdrawn: when
// its credentials have ended, the next event goes to another all the same.
func TestUnusedInstancesAge(t *testing.T) {
	w := newWorld(t)
	f := w.function("count")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := w.Invoke(ctx, f, &runtime.Invocation{RequestID: "r0", Payload: []byte(`{}`)}); err != context.Canceled {
		t.Fatal(err)
	}
	until(t, "an instance is idle", func() bool { return w.Idle("count") == 1 })
	started := w.started()
	w.mu.Lock()
	w.fresh = false
	w.mu.Unlock()
	w.invoke(f, "r1", `{}`)
	if n := w.started() - started; n != 1 {
		t.Errorf("%d instances were started", n)
	}
}

func TestFailures(t *testing.T) {
	w := newWorld(t)
	for how, want := range map[string]string{
		"exit":       `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited with error: exit status 3"}`,
		"exit-well":  `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited without providing a reason"}`,
		"hang":       `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r Error: Task timed out after 1.00 seconds"}`,
		"grow":       `{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: r Error: Runtime exited with error: signal: killed"}`,
		"error":      `{"errorType":"E","errorMessage":"m"}`,
		"init-exit":  `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r Error: Runtime exited with error: exit status 4"}`,
		"init-error": `{"errorType":"Runtime.ImportModuleError","errorMessage":"no module"}`,
		"huge":       `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"RequestId: r Error: Response payload size exceeded maximum allowed payload size (6291456 bytes)."}`,
	} {
		f := w.function(how)
		if how == "hang" {
			f.Timeout = time.Second
		}
		r := w.invoke(f, "r", `{}`)
		if string(r.Payload) != want || r.Error != "Unhandled" {
			t.Errorf("%s: %s, %s", how, r.Error, r.Payload)
		}
		if !strings.Contains(string(r.Tail), "\nEND RequestId: r\nREPORT RequestId: r\t") {
			t.Errorf("%s: the log ends with %q", how, r.Tail)
		}
	}
	gone := w.function("gone")
	gone.Code = t.TempDir()
	if r := w.invoke(gone, "r", `{}`); !strings.Contains(string(r.Payload), "Couldn't find valid bootstrap(s)") {
		t.Errorf("without a bootstrap: %s", r.Payload)
	}
	if err := os.WriteFile(filepath.Join(gone.Code, "bootstrap"), []byte("\x7fELF nonsense"), 0o700); err != nil {
		t.Fatal(err)
	}
	if r := w.invoke(gone, "r", `{}`); !strings.Contains(string(r.Payload), "fork/exec bootstrap: exec format error") {
		t.Errorf("with nonsense as a bootstrap: %s", r.Payload)
	}
}

func TestOneEventAtATime(t *testing.T) {
	w := newWorld(t)
	r := w.invoke(w.function("twice"), "r", `{}`)
	if string(r.Payload) != `"first"` {
		t.Errorf("answered %s", r.Payload)
	}
	until(t, "it saw 400 for another's event, 403 for a second event, and 400 for a second answer", func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		return slices.Contains(w.lines, "seen [400,403,202,400]")
	})
	// Several events at once go to several instances, each answered once.
	var wg sync.WaitGroup
	for n := range 8 {
		wg.Go(func() {
			r, err := w.Invoke(context.Background(), w.function("echo"), &runtime.Invocation{RequestID: fmt.Sprint(n), Payload: fmt.Appendf(nil, "%d", n)})
			if err != nil || string(r.Payload) != fmt.Sprint(n) {
				t.Errorf("event %d: %v %v", n, r, err)
			}
		})
	}
	wg.Wait()
}

func TestLogOrder(t *testing.T) {
	w := newWorld(t)
	f := w.function("log")
	for n := range 20 {
		id := fmt.Sprint("r", n)
		r := w.invoke(f, id, fmt.Sprintf(`"%s"`, id))
		want := fmt.Sprintf("START RequestId: %[1]s Version: $LATEST\nline of %[1]q\nno newline of %[1]q\nEND RequestId: %[1]s\nREPORT", id)
		if !strings.HasPrefix(string(r.Tail), want) {
			t.Fatalf("tail %q", r.Tail)
		}
	}
}

func TestEndlessOutput(t *testing.T) {
	w := newWorld(t)
	f := w.function("print")
	f.Timeout = 2 * time.Second
	r := w.invoke(f, "r", `{}`)
	if !strings.Contains(string(r.Payload), "timed out") || len(r.Tail) > 4<<10 {
		t.Errorf("%s, and a tail of %d bytes", r.Payload, len(r.Tail))
	}
	size := 0
	dropped := false
	for _, l := range w.lines {
		size += len(l)
		dropped = dropped || strings.Contains(l, "bytes were dropped here")
	}
	if size > 4<<20 || !dropped {
		t.Errorf("%d bytes in the log, dropped told: %v", size, dropped)
	}
}

func TestEnvironment(t *testing.T) {
	t.Setenv("MY_SECRET", "hunter2")
	w := newWorld(t)
	r := w.invoke(w.function("env"), "r", `{}`)
	var env []string
	if err := json.Unmarshal(r.Payload, &env); err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(env, "\n"); strings.Contains(text, "hunter2") || !slices.Contains(env, "COLOUR=grey") || !slices.Contains(env, "LAMBDA_TASK_ROOT="+w.code) {
		t.Errorf("environment:\n%s", text)
	}
}

func TestCloseEndsProcesses(t *testing.T) {
	w := newWorld(t)
	hang := make(chan error, 1)
	go func() {
		r, err := w.Invoke(context.Background(), w.function("hang"), &runtime.Invocation{RequestID: "h", Payload: []byte("{}")})
		if err == nil && r.Error == "" {
			err = errors.New("it answered")
		} else {
			err = nil
		}
		hang <- err
	}()
	starting := make(chan struct{})
	go func() {
		_, _ = w.Invoke(context.Background(), w.function("init-hang"), &runtime.Invocation{RequestID: "i", Payload: []byte("{}")})
		close(starting)
	}()
	w.invoke(w.function("echo"), "r", `{}`)
	until(t, "three processes", func() bool { return w.Instances() == 3 })
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	if err := <-hang; err != nil {
		t.Error(err)
	}
	<-starting
	if n := w.Instances(); n != 0 {
		t.Errorf("%d instances after Close", n)
	}
	if _, err := w.Invoke(context.Background(), w.function("echo"), &runtime.Invocation{}); !errors.Is(err, runtime.ErrClosed) {
		t.Errorf("Invoke after Close: %v", err)
	}
}

// beHost is a process with a host that hangs, for the test to kill.
func beHost(dir string) {
	h := runtime.New(deps(filepath.Join(dir, "host")))
	_, _ = h.Invoke(context.Background(), &runtime.Function{
		Key: "hang", Runtime: "provided", Handler: "hang", Code: dir, Memory: 128, Timeout: time.Hour,
		New: func() runtime.Setup {
			return runtime.Setup{
				Log: func(line []byte) { fmt.Println(string(line)) },
				Environment: func(context.Context) (map[string]string, func() bool, error) {
					return nil, func() bool { return true }, nil
				},
			}
		},
	}, &runtime.Invocation{RequestID: "r", Payload: []byte("{}")})
}

func TestProcessesDieWithUs(t *testing.T) {
	dir := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	script := fmt.Sprintf("#!/bin/sh\necho $$ > %q\nexec %q\n", filepath.Join(dir, "pid"), self)
	if err := os.WriteFile(filepath.Join(dir, "bootstrap"), []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), "RUNTIME_TEST_HOST="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var pid string
	until(t, "the function's process has begun", func() bool {
		b, _ := os.ReadFile(filepath.Join(dir, "pid"))
		pid = strings.TrimSpace(string(b))
		return pid != ""
	})
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait() // killed
	until(t, "it died with us", func() bool {
		b, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
		return err != nil || bytes.Contains(b, []byte(") Z "))
	})
}

func pack(t testing.TB, files map[string]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, text); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	h := runtime.New(deps(t.TempDir()))
	good := pack(t, map[string]string{"a/b.txt": "text", "bootstrap": "#!/bin/sh"})
	dir, err := h.Unpack("good", bytes.NewReader(good), int64(len(good)))
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(filepath.Join(dir, "a", "b.txt")); err != nil || string(b) != "text" {
		t.Errorf("unpacked %q, %v", b, err)
	}
	if info, err := os.Stat(filepath.Join(dir, "bootstrap")); err != nil || info.Mode().Perm() != 0o555 {
		t.Errorf("bootstrap: %v, %v", info.Mode(), err)
	}
	for name, package_ := range map[string][]byte{
		"outside":  pack(t, map[string]string{"../x": "y"}),
		"absolute": pack(t, map[string]string{"/x": "y"}),
		"no zip":   []byte("text"),
	} {
		if _, err := h.Unpack(name, bytes.NewReader(package_), int64(len(package_))); !errors.Is(err, runtime.ErrNotZip) {
			t.Errorf("%s: %v", name, err)
		}
	}
	bomb := pack(t, map[string]string{"zeros": strings.Repeat("\x00", runtime.MaxUnpacked+1)})
	if _, err := h.Unpack("bomb", bytes.NewReader(bomb), int64(len(bomb))); !errors.Is(err, runtime.ErrTooLarge) {
		t.Errorf("bomb: %v", err)
	}
	if err := h.Sweep(func(string) bool { return false }); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("swept, and still there")
	}
	if err := h.Close(); err != nil {
		t.Error(err)
	}
}

// FuzzUnpack: whatever is in a package, nothing is written beside its folder.
func FuzzUnpack(f *testing.F) {
	f.Add(pack(f, map[string]string{"a/../../x": "y", "l": "z"}))
	f.Add(pack(f, map[string]string{"a": "1", "a/b": "2"}))
	f.Fuzz(func(t *testing.T, package_ []byte) {
		top := t.TempDir()
		h := runtime.New(deps(filepath.Join(top, "host")))
		_, _ = h.Unpack("x", bytes.NewReader(package_), int64(len(package_)))
		if err := h.Close(); err != nil {
			t.Error(err)
		}
		list, err := os.ReadDir(top)
		if err != nil || len(list) != 1 {
			t.Errorf("%v, %v", list, err)
		}
	})
}

func TestSupports(t *testing.T) {
	h := runtime.New(runtime.Deps{Machine: time.Now, LookPath: func(string) (string, error) { return "", exec.ErrNotFound }})
	for name, want := range map[string]string{
		"nodejs20.x": "the runtime nodejs20.x needs node20 or node on the PATH of niebla, and it is not there",
		"python3.12": "the runtime python3.12 needs python3.12 or python3 on the PATH of niebla, and it is not there",
		"java21":     "niebla does not run functions of the runtime java21: it knows provided.al2023, provided.al2, nodejs and python",
	} {
		if err := h.Supports(name, "x86_64"); err == nil || err.Error() != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if h.Supports("provided.al2023", "x86_64") != nil && h.Supports("provided.al2023", "arm64") != nil {
		t.Error("no architecture is this machine's")
	}
}

func BenchmarkWarm(b *testing.B) {
	t := &testing.T{}
	w := &world{Host: runtime.New(deps(b.TempDir())), t: t, code: b.TempDir(), fresh: true}
	self, err := os.Executable()
	if err != nil {
		b.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(w.code, "bootstrap")); err != nil {
		b.Fatal(err)
	}
	f := w.function("echo")
	in := &runtime.Invocation{RequestID: "r", Payload: []byte(`{"a":1}`)}
	for b.Loop() {
		if _, err := w.Invoke(context.Background(), f, in); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Error(err)
	}
}
