package appsyncjs

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"runtime/metrics"
	"strings"
	"sync"
	"time"

	"github.com/dop251/goja"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// Bounds of one evaluation.
const (
	maxTime  = 5 * time.Second // AppSync ends whole requests after 30 seconds
	maxCalls = 200             // of functions within each other
	maxHeap  = 256 << 20       // bytes by which the process grows meanwhile

	// Nearly all evaluations end before anybody looks how they are doing.
	firstLook = 20 * time.Millisecond
	nextLook  = 5 * time.Millisecond
)

// evaluation is one run of code, on a machine of its own.
type evaluation struct {
	vm     *goja.Runtime
	util   *vtl.Util
	budget int   // bytes that may still be converted
	ended  error // why the code was ended from outside, or gave up
	stash  *goja.Object
	calls  map[position]position
}

// earlyReturn ends an evaluation with a value.
type earlyReturn struct {
	value  any
	skipTo string
}

func (*earlyReturn) Error() string { return "the code returned early" }

func newEvaluation(ctx context.Context, env vtl.Env, calls map[position]position) *evaluation {
	e := &evaluation{vm: goja.New(), util: vtl.NewUtil(ctx, env), budget: maxValue, calls: calls}
	e.vm.SetMaxCallStackSize(maxCalls)
	e.vm.SetTimeSource(env.Now)
	e.vm.SetRandSource(func() float64 {
		var b [8]byte
		if _, err := env.IDs.Read(b[:]); err != nil {
			return 0
		}
		return float64(binary.BigEndian.Uint64(b[:])>>11) / (1 << 53)
	})
	return e
}

// run calls the function, and answers why it ended if it did not return.
func (e *evaluation) run(p *Program, function string, c *vtl.Map) (value any, err error) {
	defer func() {
		if x := recover(); x != nil { // out of a conversion, which is not within the machine
			value, err = nil, e.failed(x)
		}
	}()
	for _, name := range []string{"util", "extensions", "runtime", "console"} {
		if err := e.vm.Set(name, e.object(name)); err != nil {
			return nil, e.failed(err)
		}
	}
	code, err := e.vm.RunProgram(p.code)
	if err != nil {
		return nil, e.failed(err)
	}
	args := make([]goja.Value, len(p.imports))
	for i, b := range p.imports {
		args[i] = e.imported(b)
	}
	body, _ := goja.AssertFunction(code)
	exports, err := body(goja.Undefined(), args...)
	if err != nil {
		return nil, e.failed(err)
	}
	f, ok := goja.AssertFunction(exports.ToObject(e.vm).Get(function))
	if !ok {
		return nil, &Error{Message: "The code does not export the function " + function}
	}
	context, err := e.context(c)
	if err != nil {
		return nil, err
	}
	v, err := f(goja.Undefined(), context)
	if err != nil {
		return nil, e.failed(err)
	}
	return e.fromJS(v, 0)
}

// context is ctx, with args beside arguments and a stash that code can fill.
func (e *evaluation) context(c *vtl.Map) (goja.Value, error) {
	v := e.toJS(c)
	ctx, ok := v.(*goja.Object)
	if !ok {
		return nil, &Error{Message: "The context is no object"}
	}
	arguments, args := ctx.Get("arguments"), ctx.Get("args")
	switch {
	case absent(args) && absent(arguments):
		arguments = e.vm.NewObject()
		args = arguments
	case absent(args):
		args = arguments
	default:
		arguments = args
	}
	stash, ok := ctx.Get("stash").(*goja.Object)
	if !ok {
		stash = e.vm.NewObject()
	}
	e.stash = stash
	err := errors.Join(ctx.Set("arguments", arguments), ctx.Set("args", args), ctx.Set("stash", stash))
	return ctx, err
}

func absent(v goja.Value) bool {
	return v == nil || goja.IsUndefined(v) || goja.IsNull(v)
}

// keepStash writes the stash back for what is evaluated next.
func (e *evaluation) keepStash(c *vtl.Map) error {
	if e.stash == nil || c == nil {
		return nil
	}
	v, err := e.fromJS(e.stash, 0)
	if err != nil {
		return err
	}
	c.Put("stash", v)
	return nil
}

// fail ends the code. There is nothing in it that catches.
func (e *evaluation) fail(err error) {
	if e.ended == nil {
		e.ended = err
	}
	panic(e.vm.NewGoError(err))
}

// failed says what ended the code, and where.
func (e *evaluation) failed(x any) error {
	err, ok := x.(error)
	if !ok {
		err = fmt.Errorf("%v", x)
	}
	var thrown *vtl.Thrown
	var early *earlyReturn
	if errors.As(e.ended, &thrown) {
		return thrown
	}
	if errors.As(e.ended, &early) {
		return early
	}
	out := &Error{Message: err.Error()}
	var at position
	var interrupted *goja.InterruptedError
	var overflow *goja.StackOverflowError
	var exception *goja.Exception
	switch {
	case errors.As(err, &interrupted):
		out.cause, _ = interrupted.Value().(error)
		out.Message = "The code was ended"
		if out.cause != nil {
			out.Message += ": " + out.cause.Error()
		}
		at = e.place(interrupted.Stack())
	case errors.As(err, &overflow):
		out.cause = ErrLimit
		out.Message = fmt.Sprintf("The code calls deeper than %d levels", maxCalls)
		at = e.place(overflow.Stack())
	case errors.As(err, &exception):
		out.Message = exception.Value().String()
		if e.ended != nil {
			out.Message, out.cause = e.ended.Error(), limit(e.ended)
		}
		at = e.place(exception.Stack())
	case errors.Is(err, ErrLimit):
		out.cause = ErrLimit
	}
	out.Line, out.Column = at.line, at.column
	return out
}

// limit turns what $util says of limits into our own.
func limit(err error) error {
	if errors.Is(err, vtl.ErrLimit) {
		return ErrLimit
	}
	return err
}

// place is that of the innermost frame that is in the code.
func (e *evaluation) place(stack []goja.StackFrame) (p position) {
	for _, f := range stack {
		if at := f.Position(); at.Filename == fileName && at.Line > 1 {
			p = position{at.Line - 1, at.Column}
			if begins, ok := e.calls[p]; ok {
				return begins
			}
			return p
		}
	}
	return p
}

// watch ends the code when its time is over, its context is done, or the
// process grows out of bounds while it runs: the memory of one machine cannot be
// told apart, so beside one that grows another may end that has run for long as
// well. The function that it returns ends the watch.
func (e *evaluation) watch(ctx context.Context) func() {
	w := &watch{vm: e.vm, ctx: ctx}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.timer = time.AfterFunc(firstLook, w.look)
	cancel := context.AfterFunc(ctx, func() { e.vm.Interrupt(ctx.Err()) })
	return func() {
		cancel()
		w.mu.Lock()
		defer w.mu.Unlock()
		w.over = true
		w.timer.Stop()
	}
}

type watch struct {
	mu    sync.Mutex
	vm    *goja.Runtime
	ctx   context.Context
	timer *time.Timer
	over  bool
	spent time.Duration
	heap  uint64 // when we first looked
}

func (w *watch) look() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.over {
		return
	}
	heap := heapSize()
	if w.heap == 0 {
		w.heap, w.spent = heap, firstLook
	} else {
		w.spent += nextLook
	}
	switch {
	case w.spent > maxTime:
		w.vm.Interrupt(fmt.Errorf("%w: it takes more than %s", ErrLimit, maxTime))
	case heap > w.heap+maxHeap:
		w.vm.Interrupt(fmt.Errorf("%w: it takes more than %d MiB of memory", ErrLimit, maxHeap>>20))
	default:
		w.timer.Reset(nextLook)
	}
}

func heapSize() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// log writes a line such as INFO - code.js:3:5: "text".
func (e *evaluation) log(level string, args []goja.Value) {
	var b strings.Builder
	at := e.place(e.vm.CaptureCallStack(0, nil))
	fmt.Fprintf(&b, "%s:%d:%d:", fileName, at.line, at.column)
	for _, a := range args {
		v, err := e.fromJS(a, 0)
		if err != nil {
			e.fail(err)
		}
		text, err := vtl.AppendJSON(nil, v)
		if err != nil {
			e.fail(err)
		}
		b.WriteByte(' ')
		b.Write(text)
	}
	if err := e.util.Log(vtl.Log{Level: level, Message: b.String()}); err != nil {
		e.fail(err)
	}
}
