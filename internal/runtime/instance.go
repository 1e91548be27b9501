package runtime

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

// instance is one process, and its Runtime API.
type instance struct {
	host  *Host
	key   string
	f     *Function
	setup Setup
	fresh func() bool

	mu     sync.Mutex
	state  state
	job    *job      // of an instance that is busy
	work   chan *job // to the process that waits for it
	gone   chan struct{}
	began  time.Time
	old    bool          // it did not just start
	init   time.Duration // reported with the first event
	broken *fault        // of the start, as the process reported it
	killed *fault        // why we killed it
	memory int64         // the most it was seen to have, in bytes
	retire *time.Timer

	server *http.Server
	out    *output
	cmd    *exec.Cmd
	tmp    string
}

func newInstance(h *Host, key string, f *Function) *instance {
	return &instance{host: h, key: key, f: f, setup: f.New(), work: make(chan *job, 1), gone: make(chan struct{})}
}

// become changes the state, if it may. i.mu is held.
func (i *instance) become(to state) bool {
	if !i.state.may(to) {
		return false
	}
	i.state = to
	return true
}

// live is the whole life of an instance.
func (i *instance) live() {
	defer i.host.gone(i)
	i.began = i.host.Machine()
	why, err := i.start()
	if err != nil || why != nil {
		i.mu.Lock()
		i.state = ended
		i.mu.Unlock()
		i.host.unborn(i, why, err)
		i.clean()
		return
	}
	patience := time.AfterFunc(initLimit+i.f.Timeout, func() { i.lateStart() })
	err = i.cmd.Wait()
	patience.Stop()
	i.out.drain()
	i.exited(err)
	i.clean()
}

// start starts the process. A fault is the function's own.
func (i *instance) start() (*fault, error) {
	if err := i.host.prepare(); err != nil {
		return nil, err
	}
	variables, fresh, err := i.setup.Environment(context.Background())
	if err != nil {
		return nil, err
	}
	i.fresh = fresh
	command, why := i.host.command(i.f)
	if why != nil {
		return why, nil
	}
	if i.tmp, err = os.MkdirTemp(i.host.tmp(), "i"); err != nil {
		return nil, err
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	i.server = &http.Server{Handler: i.api(), ReadHeaderTimeout: time.Minute}
	go i.server.Serve(ln) // ends with clean
	i.out, err = newOutput(i)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Dir = i.f.Code
	cmd.Env = i.host.environment(i.f, variables, ln.Addr().String(), i.tmp)
	cmd.Stdout, cmd.Stderr = i.out.write, i.out.write
	isolate(cmd)
	err = i.host.start(cmd)
	i.out.write.Close()
	i.out.follow()
	if err != nil {
		var path *os.PathError
		if errors.As(err, &path) {
			err = path.Err
		}
		return &fault{kind: "Runtime.InvalidEntrypoint", text: fmt.Sprintf("fork/exec %s: %v", filepath.Base(command[0]), err)}, nil
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	i.cmd = cmd
	if i.state == ended { // meanwhile
		i.kill()
	}
	return nil, nil
}

// clean releases what an instance holds when its process is gone.
func (i *instance) clean() {
	close(i.gone)
	if i.server != nil {
		i.server.Close()
	}
	if i.out != nil {
		i.out.close()
	}
	if i.tmp != "" {
		removeAll(i.tmp) // what cannot be removed now goes with the next start
	}
}

// fault is why an event ends without an answer.
type fault struct {
	kind, text string
	reported   []byte // or the error as the process itself described it
}

// result is what the event's caller is told.
func (f *fault) result(in *Invocation) *Result {
	if f.reported != nil {
		return &Result{Payload: f.reported, Error: "Unhandled"}
	}
	payload, _ := json.Marshal(struct { // two strings
		Type    string `json:"errorType"`
		Message string `json:"errorMessage"`
	}{f.kind, "RequestId: " + in.RequestID + " Error: " + f.text})
	return &Result{Payload: payload, Error: "Unhandled"}
}

func timeoutOf(f *Function) *fault {
	return &fault{kind: "Sandbox.Timedout", text: fmt.Sprintf("Task timed out after %.2f seconds", f.Timeout.Seconds())}
}

// stale reports whether an idle instance should be replaced. One that just
// started never is: its replacement would be no better.
func (i *instance) stale() bool {
	i.mu.Lock()
	old := i.old
	i.mu.Unlock()
	return old && !i.fresh()
}

// age notes that the instance is not one that just started, whether it had an
// event to begin with or not.
func (i *instance) age() {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.old = true
}

// give hands an event over. It reports whether the instance took it.
func (i *instance) give(j *job) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.become(busy) {
		return false
	}
	if i.retire != nil {
		i.retire.Stop()
	}
	i.job = j
	j.began = i.host.Machine()
	j.deadline = j.began.Add(i.f.Timeout)
	j.timer = time.AfterFunc(i.f.Timeout, func() { i.timedOut(j) })
	i.out.begin(j)
	i.watch(j)
	i.work <- j
	return true
}

// asks is what a request for the next event does first. It reports whether
// the process may ask.
func (i *instance) asks() bool {
	i.mu.Lock()
	first := i.state == starting
	if !i.become(idle) {
		i.mu.Unlock()
		return false
	}
	if first {
		i.init = i.host.Machine().Sub(i.began)
	}
	i.retire = time.AfterFunc(idleFor, i.tooIdle)
	i.mu.Unlock()
	i.host.ready(i, first)
	return true
}

// answer settles the event that the process has. It reports whether it has it.
func (i *instance) answer(id string, r *Result) bool {
	i.mu.Lock()
	j := i.job
	if j == nil || j.in.RequestID != id || !i.become(answered) {
		i.mu.Unlock()
		return false
	}
	i.settle(j, r)
	i.mu.Unlock()
	if j.in.Tail {
		i.report(j, r, nil)
		j.finish(r)
	} else {
		j.finish(r) // the caller need not wait for the log
		i.report(j, r, nil)
	}
	return true
}

// settle ends the event of an instance, and completes its result. i.mu is held.
func (i *instance) settle(j *job, r *Result) {
	j.timer.Stop()
	i.job = nil
	r.Duration = i.host.Machine().Sub(j.began)
	r.Init, i.init = i.init, 0
}

// end kills the process. why is the result of the event that it has, or of
// its start; nil where there is none.
func (i *instance) end(why *fault) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if !i.become(ended) {
		return
	}
	i.killed = why
	i.kill()
}

// kill ends the process and all it started. i.mu is held.
func (i *instance) kill() {
	if i.cmd != nil && i.cmd.Process != nil {
		killGroup(i.cmd.Process)
	}
}

func (i *instance) timedOut(j *job) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.job != j || !i.become(ended) {
		return
	}
	i.killed = timeoutOf(i.f)
	i.kill()
}

func (i *instance) lateStart() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state != starting || !i.become(ended) {
		return
	}
	i.killed = timeoutOf(i.f)
	i.kill()
}

func (i *instance) tooIdle() {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.state == idle && i.become(ended) {
		i.kill()
	}
}

// look is how often the memory of a process is looked at while it works.
const look = 50 * time.Millisecond

// watch ends an instance that takes more memory than its function has. i.mu is held.
func (i *instance) watch(j *job) {
	time.AfterFunc(look, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.job != j || i.state != busy {
			return
		}
		i.measure()
		if i.memory > int64(i.f.Memory)<<20 && i.become(ended) {
			i.killed = &fault{kind: "Runtime.OutOfMemory", text: "Runtime exited with error: signal: killed"}
			i.kill()
			return
		}
		i.watch(j)
	})
}

// measure notes the memory of the process. On a busy machine it may be at work
// before start has learnt of it. i.mu is held.
func (i *instance) measure() {
	if i.cmd != nil {
		i.memory = max(i.memory, residentMemory(i.cmd.Process.Pid))
	}
}

// exited takes the end of the process, for whatever reason.
func (i *instance) exited(err error) {
	i.mu.Lock()
	killGroup(i.cmd.Process) // what it left behind
	was, j, why := i.state, i.job, i.killed
	i.state = ended
	text := "Runtime exited without providing a reason"
	if err != nil {
		text = "Runtime exited with error: " + err.Error()
	}
	switch {
	case why != nil:
	case i.broken != nil:
		why = i.broken
	default:
		why = &fault{kind: "Runtime.ExitError", text: text}
	}
	var r *Result
	if j != nil {
		r = why.result(j.in)
		i.settle(j, r)
	}
	born := i.retire != nil
	i.mu.Unlock()
	switch {
	case j != nil:
		i.report(j, r, why)
		j.finish(r)
	case !born && was == ended && i.killed == nil: // the host is closing
		i.host.unborn(i, nil, ErrClosed)
	case !born:
		i.host.unborn(i, why, nil)
	}
}

// report writes the end of an event into the log, after all that the process
// wrote before, and completes its result if wanted.
func (i *instance) report(j *job, r *Result, why *fault) {
	if i.out != nil {
		i.out.drain()
	}
	i.mu.Lock()
	if i.cmd != nil && i.state != ended {
		i.measure()
	}
	memory := min(int(i.memory>>20)+1, i.f.Memory)
	i.mu.Unlock()
	tail := i.logEnd(j, r, why, memory)
	if j.in.Tail {
		r.Tail, r.MaxMemory = tail, memory
	}
}

// Billed is the duration that is paid for: started milliseconds.
func (r *Result) Billed() time.Duration {
	return time.Duration(math.Ceil(float64(r.Duration+r.Init)/float64(time.Millisecond))) * time.Millisecond
}
