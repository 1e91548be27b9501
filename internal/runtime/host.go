package runtime

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	goruntime "runtime"
	"slices"
	"sync"
	"time"
)

// Deps is what a Host needs from the world. Every field but Dir is required.
type Deps struct {
	// Dir is for what can be made again: unpacked code, temporary files. ""
	// is a folder that is gone when the Host is closed.
	Dir string
	// Machine is the clock of this machine: processes live in its time, whatever the cloud's clock says.
	Machine func() time.Time
	// LookPath finds an interpreter.
	LookPath func(name string) (string, error)
}

// Limits of a Host.
const (
	maxInstances = 96               // processes at once; further events wait for one
	idleFor      = 10 * time.Minute // then an instance is ended
	initLimit    = 10 * time.Second // for the first request for an event, beside the function's timeout
)

// Function is a version of a function as it is executed.
type Function struct {
	Key     string // instances are shared by what has the same key
	Runtime string // "nodejs20.x"
	Handler string
	Code    string // folder of the unpacked package
	Memory  int    // MB
	Timeout time.Duration

	// New is called once for each instance.
	New func() Setup
}

// Setup is what one instance gets from outside.
type Setup struct {
	// Log takes the lines of the instance, in order. It must not block, nor
	// keep the line.
	Log func(line []byte)
	// Environment gives it variables, beside those of the Runtime API. Fresh is
	// asked before each event: an instance that is not fresh any more
	// (credentials end) is replaced.
	Environment func(context.Context) (variables map[string]string, fresh func() bool, err error)
}

// Invocation is one event for a function.
type Invocation struct {
	RequestID     string
	FunctionARN   string // as it was invoked
	Version       string
	TraceID       string
	ClientContext string
	Payload       []byte
	Tail          bool // the result is to have the end of the log
}

// Result is what came of an invocation.
type Result struct {
	Payload   []byte
	Error     string // "" or "Unhandled": Payload describes the error
	Duration  time.Duration
	Init      time.Duration // of an instance that was started for it
	Tail      []byte        // the last 4 KB of the log
	MaxMemory int           // MB; only with Tail
}

// ErrClosed is returned for events that came too late.
var ErrClosed = errors.New("runtime: the host is closed")

// Host executes functions.
type Host struct {
	Deps
	dir     string
	prepare func() error
	spawn   chan func() // to the one thread whose end ends the processes

	mu        sync.Mutex
	closed    bool
	pools     map[string]*pool
	instances map[*instance]bool
	ending    sync.WaitGroup // instances that are not gone yet

	found  interpreters
	unpack sync.Mutex
}

// pool is the instances of one function, and the events that wait for one.
type pool struct {
	retired  bool
	idle     []*instance // the last was used last
	starting int
	waiting  []*job
}

// New returns a host. It takes nothing of the machine before it is used.
func New(d Deps) *Host {
	if d.Machine == nil || d.LookPath == nil {
		panic("runtime: incomplete Deps")
	}
	h := &Host{Deps: d, spawn: make(chan func()), pools: map[string]*pool{}, instances: map[*instance]bool{}}
	h.found.lookPath = d.LookPath
	h.prepare = sync.OnceValue(h.open)
	return h
}

// open makes the host's folders, without what an earlier one left there, and
// its thread.
func (h *Host) open() (err error) {
	if h.dir = h.Dir; h.dir == "" {
		if h.dir, err = os.MkdirTemp("", "niebla-runtime-"); err != nil {
			return err
		}
	}
	if err := errors.Join(removeAll(h.tmp()), os.MkdirAll(h.tmp(), 0o700), h.writeBootstraps()); err != nil {
		return err
	}
	go func() {
		// A process is killed when the thread that started it ends, so that
		// thread has to be one that stays.
		goruntime.LockOSThread()
		for f := range h.spawn {
			f()
		}
	}()
	return nil
}

// Close ends all processes, and waits for that.
func (h *Host) Close() error {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil
	}
	h.closed = true
	var waiting []*job
	for _, p := range h.pools {
		waiting = append(waiting, p.waiting...)
		p.waiting = nil
	}
	instances := make([]*instance, 0, len(h.instances))
	for i := range h.instances {
		instances = append(instances, i)
	}
	h.mu.Unlock()
	for _, j := range waiting {
		j.fail(ErrClosed)
	}
	for _, i := range instances {
		i.end(nil)
	}
	h.ending.Wait()
	close(h.spawn)
	switch {
	case h.dir == "":
		return nil
	case h.Dir == "":
		return removeAll(h.dir)
	}
	return removeAll(h.tmp())
}

// removeAll also removes folders without write permission.
func removeAll(dir string) error {
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			return os.Chmod(p, 0o700)
		}
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errors.Join(err, os.RemoveAll(dir))
}

// Invoke gives an event to an instance of f, and waits for its result. ctx
// bounds the wait for an instance; what a function has begun goes on to its end.
func (h *Host) Invoke(ctx context.Context, f *Function, in *Invocation) (*Result, error) {
	j := newJob(f, in)
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return nil, ErrClosed
	}
	p := h.pools[f.Key]
	if p == nil {
		p = &pool{}
		h.pools[f.Key] = p
	}
	p.waiting = append(p.waiting, j)
	h.dispatch(f.Key, p)
	h.mu.Unlock()
	select {
	case <-j.done:
		return j.result, j.err
	case <-ctx.Done():
		if h.withdraw(f.Key, j) {
			return nil, ctx.Err()
		}
		<-j.done
		return j.result, j.err
	}
}

// withdraw takes back an event that no instance has taken.
func (h *Host) withdraw(key string, j *job) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pools[key]
	if p == nil {
		return false
	}
	n := len(p.waiting)
	p.waiting = slices.DeleteFunc(p.waiting, func(o *job) bool { return o == j })
	return len(p.waiting) < n
}

// dispatch gives waiting events to idle instances, and starts as many more as
// there are events left. h.mu is held.
func (h *Host) dispatch(key string, p *pool) {
	for len(p.waiting) > 0 && len(p.idle) > 0 {
		i := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if i.stale() {
			go i.end(nil)
			continue
		}
		if i.give(p.waiting[0]) {
			p.waiting = p.waiting[1:]
		}
	}
	for p.starting < len(p.waiting) && !h.closed {
		if len(h.instances) >= maxInstances {
			h.evict(p)
			return
		}
		i := newInstance(h, key, p.waiting[p.starting].f)
		h.instances[i] = true
		h.ending.Add(1)
		p.starting++
		go i.live()
	}
}

// evict ends an idle instance of another function to make room. When it is
// gone, dispatch is called again.
func (h *Host) evict(but *pool) {
	for _, p := range h.pools {
		if p != but && len(p.idle) > 0 {
			go p.idle[0].end(nil)
			p.idle = p.idle[1:]
			return
		}
	}
}

// ready takes an instance that asks for an event.
func (h *Host) ready(i *instance, first bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.pools[i.key]
	if first {
		p.starting--
	}
	if p.retired && len(p.waiting) == 0 || h.closed {
		go i.end(nil)
		return
	}
	p.idle = append(p.idle, i)
	h.dispatch(i.key, p)
	i.age()
}

// unborn takes the failure of an instance that never asked for an event. It
// costs the event that waited longest.
func (h *Host) unborn(i *instance, why *fault, err error) {
	h.mu.Lock()
	p := h.pools[i.key]
	p.starting--
	var j *job
	if len(p.waiting) > 0 {
		j, p.waiting = p.waiting[0], p.waiting[1:]
	}
	h.mu.Unlock()
	if j == nil {
		return
	}
	if err != nil {
		j.fail(err)
		return
	}
	r := why.result(j.in)
	r.Init = h.Machine().Sub(i.began)
	i.report(j, r, why)
	j.finish(r)
}

// gone forgets an instance whose process has ended.
func (h *Host) gone(i *instance) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.instances, i)
	if p := h.pools[i.key]; p != nil {
		p.idle = slices.DeleteFunc(p.idle, func(o *instance) bool { return o == i })
		if len(p.waiting) == 0 && !h.has(i.key) {
			delete(h.pools, i.key)
		}
	}
	for key, p := range h.pools { // its place is free
		h.dispatch(key, p)
	}
	h.ending.Done()
}

// Retire ends the instances of a function version that is no more; those with
// an event end after it.
func (h *Host) Retire(key string) {
	h.mu.Lock()
	p := h.pools[key]
	var idle []*instance
	if p != nil {
		p.retired = true
		idle, p.idle = p.idle, nil
	}
	h.mu.Unlock()
	for _, i := range idle {
		i.end(nil)
	}
}

func (h *Host) has(key string) bool {
	for i := range h.instances {
		if i.key == key {
			return true
		}
	}
	return false
}

// Instances is how many processes there are.
func (h *Host) Instances() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.instances)
}

// start starts a process on the thread that stays.
func (h *Host) start(cmd *exec.Cmd) error {
	result := make(chan error, 1)
	h.spawn <- func() { result <- cmd.Start() }
	return <-result
}

// job is an invocation on its way.
type job struct {
	f  *Function
	in *Invocation

	once   sync.Once
	done   chan struct{}
	result *Result
	err    error

	began    time.Time
	deadline time.Time
	timer    *time.Timer
}

func newJob(f *Function, in *Invocation) *job {
	return &job{f: f, in: in, done: make(chan struct{})}
}

func (j *job) finish(r *Result) { j.once.Do(func() { j.result = r; close(j.done) }) }
func (j *job) fail(err error)   { j.once.Do(func() { j.err = err; close(j.done) }) }
