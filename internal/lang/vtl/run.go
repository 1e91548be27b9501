package vtl

import (
	"context"
	"regexp"
)

// run is one execution.
type run struct {
	ctx    context.Context
	t      *Template
	env    *Env
	limits Limits
	slots  []any // of the variables; nil is null
	out    []byte
	loop   *loop

	// nullText says, for parameters of macros, what the caller wrote: it is
	// rendered where the parameter is null.
	nullText map[int]string
	patterns map[pattern]*regexp.Regexp

	steps, memory, depth int
	result               Result
}

// loop is $foreach.
type loop struct {
	index, size int
	parent      *loop
}

// block is the value of a #define: it renders when it is referred to.
type block struct{ body []node }

// signal says how a list of nodes ended.
type signal uint8

const (
	signalNone signal = iota
	signalBreak
	signalStop
)

// step counts n units of work.
func (r *run) step(n int) error {
	before := r.steps
	r.steps += n
	if r.steps > r.limits.Steps {
		return limitf("The template takes more than %d steps", r.limits.Steps)
	}
	if before>>8 != r.steps>>8 {
		if err := r.ctx.Err(); err != nil {
			return &fault{message: "The template was ended: " + err.Error(), cause: err}
		}
	}
	return nil
}

// grow counts n bytes of values.
func (r *run) grow(n int) error {
	if r.memory += n; r.memory > r.limits.Memory {
		return limitf("The template makes values of more than %d bytes", r.limits.Memory)
	}
	return r.step(n >> 8)
}

func (r *run) enter() error {
	if r.depth++; r.depth > r.limits.Depth {
		return limitf("The template calls deeper than %d levels", r.limits.Depth)
	}
	return nil
}

func (r *run) write(s string) error {
	if len(r.out)+len(s) > r.limits.Output {
		return limitf("The template writes more than %d bytes", r.limits.Output)
	}
	r.out = append(r.out, s...)
	return nil
}

// exec renders nodes. Errors come with their place.
func (r *run) exec(nodes []node) (signal, error) {
	for _, n := range nodes {
		var s signal
		var err error
		pos := 0
		if err = r.step(1); err == nil {
			switch n := n.(type) {
			case textNode:
				err = r.write(string(n))
			case *reference:
				pos, err = n.pos, r.render(n)
			case *setNode:
				pos, err = n.pos, r.assign(n)
			case *ifNode:
				s, err = r.branch(n)
			case *foreachNode:
				pos = n.pos
				s, err = r.foreach(n)
			case *callNode:
				pos = n.pos
				s, err = r.call(n)
			case *defineNode:
				r.slots[n.slot] = &block{n.body}
			case breakNode:
				s = signalBreak
			case stopNode:
				s = signalStop
			case *returnNode:
				pos = n.pos
				s, err = r.returned(n)
			}
		}
		if err != nil {
			return 0, r.t.at(pos, err)
		}
		if s != signalNone {
			return s, nil
		}
	}
	return signalNone, nil
}

func (r *run) branch(n *ifNode) (signal, error) {
	for i := range n.arms {
		v, err := r.eval(n.arms[i].cond)
		if err != nil {
			return 0, r.t.at(n.arms[i].pos, err)
		}
		if truth(v) {
			return r.exec(n.arms[i].body)
		}
	}
	return r.exec(n.rest)
}

// truth is what counts as true: all but false and null.
func truth(v any) bool {
	if b, ok := v.(bool); ok {
		return b
	}
	return v != nil
}

func (r *run) returned(n *returnNode) (signal, error) {
	r.result.Early = true
	if n.value != nil {
		v, err := r.eval(n.value)
		if err != nil {
			return 0, err
		}
		r.result.Returned = v
	}
	return signalStop, nil
}

// foreach goes over what the list was when the loop began.
func (r *run) foreach(n *foreachNode) (signal, error) {
	v, err := r.eval(n.list)
	if err != nil {
		return 0, err
	}
	var items []any
	switch v := v.(type) {
	case *List:
		items = v.items
	case *Map:
		items = values(v).items
	case *iterator:
		items = v.rest()
	}
	if len(items) == 0 {
		return r.exec(n.rest)
	}
	saved := r.slots[n.slot]
	counter, hasCounter := r.t.slots["velocityCount"]
	var savedCounter any
	if hasCounter {
		savedCounter = r.slots[counter]
	}
	r.loop = &loop{size: len(items), parent: r.loop}
	defer func() {
		r.slots[n.slot] = saved
		r.loop = r.loop.parent
		if hasCounter {
			r.slots[counter] = savedCounter
		}
	}()
	for i, item := range items {
		if i >= r.limits.Iterations {
			return 0, limitf("The #foreach goes on for more than %d iterations", r.limits.Iterations)
		}
		r.slots[n.slot] = item
		r.loop.index = i
		if hasCounter {
			r.slots[counter] = int64(i + 1)
		}
		s, err := r.exec(n.body)
		if s == signalBreak {
			break
		}
		if err != nil || s == signalStop {
			return s, err
		}
	}
	return signalNone, nil
}

// call runs a macro. Its parameters hide variables of the same names.
func (r *run) call(n *callNode) (signal, error) {
	m := r.t.macros[n.name]
	if m == nil {
		return signalNone, r.unknownCall(n)
	}
	if err := r.enter(); err != nil {
		return 0, err
	}
	defer func() { r.depth-- }()
	args := make([]any, len(m.params))
	texts := make([]string, len(m.params))
	for i := range m.params {
		e := m.defaults[i]
		if i < len(n.args) {
			e = n.args[i]
			texts[i] = source(e)
		}
		if e == nil {
			continue
		}
		v, err := r.eval(e)
		if err != nil {
			return 0, err
		}
		args[i] = v
	}
	if n.body != nil {
		if slot, ok := r.t.slots["bodyContent"]; ok {
			saved := r.slots[slot]
			r.slots[slot] = &block{n.body}
			defer func() { r.slots[slot] = saved }()
		}
	}
	restore := r.bind(m.params, args, texts)
	defer restore()
	s, err := r.exec(m.body)
	if s == signalBreak { // ends the macro
		s = signalNone
	}
	return s, err
}

// bind gives parameters their values, and returns what undoes that.
func (r *run) bind(params []int, args []any, texts []string) (restore func()) {
	if r.nullText == nil {
		r.nullText = map[int]string{}
	}
	saved := make([]any, len(params))
	savedTexts := make([]string, len(params))
	for i, slot := range params {
		saved[i], savedTexts[i] = r.slots[slot], r.nullText[slot]
		r.slots[slot], r.nullText[slot] = args[i], texts[i]
	}
	return func() {
		for i, slot := range params {
			r.slots[slot], r.nullText[slot] = saved[i], savedTexts[i]
		}
	}
}

// unknownCall renders what looks like the call of a macro as it stands.
func (r *run) unknownCall(n *callNode) error {
	if err := r.write(n.text); err != nil || n.body == nil {
		return err
	}
	if _, err := r.exec(n.body); err != nil {
		return err
	}
	return r.write("#end")
}

// assign sets a variable, a property or an item. Null does not assign, which
// is Velocity's default.
func (r *run) assign(n *setNode) error {
	v, err := r.eval(n.value)
	if err != nil || v == nil {
		return err
	}
	ref := n.target
	if len(ref.steps) == 0 {
		r.slots[ref.slot] = v
		return nil
	}
	last := len(ref.steps) - 1
	owner, err := r.walk(ref, ref.steps[:last])
	if err != nil {
		return err
	}
	s := &ref.steps[last]
	var key any = s.name
	if s.kind == stepIndex {
		if key, err = r.eval(s.index); err != nil {
			return err
		}
	}
	switch owner := owner.(type) {
	case *Map:
		if err := r.grow(64); err != nil {
			return err
		}
		owner.Put(key, v)
	case *List:
		if s.kind == stepIndex {
			_, err = listSet(owner, key, v)
		}
	}
	return err
}
