package vtl

import (
	"strings"
)

// render writes the value of a reference, or its own text where that is null.
func (r *run) render(ref *reference) error {
	v, err := r.value(ref)
	if err != nil {
		return err
	}
	n := ref.backslashes
	if n%2 == 1 { // escaped: text, one way or the other
		half := n / 2
		if v == nil {
			half++
		}
		return r.write(strings.Repeat(`\`, half) + ref.text)
	}
	if v == nil {
		if n > 0 {
			if err := r.write(strings.Repeat(`\`, n)); err != nil {
				return err
			}
		}
		return r.write(r.absent(ref))
	}
	if n > 0 {
		if err := r.write(strings.Repeat(`\`, n/2)); err != nil {
			return err
		}
	}
	return r.writeValue(v)
}

// absent is what stands for null: nothing if the reference is quiet, its text
// otherwise.
func (r *run) absent(ref *reference) string {
	if ref.quiet {
		return ""
	}
	if len(ref.steps) == 0 && r.nullText != nil {
		if text := r.nullText[ref.slot]; text != "" {
			return text
		}
	}
	return ref.text
}

func (r *run) writeValue(v any) error {
	switch v := v.(type) {
	case string:
		return r.write(v)
	case *block:
		return r.renderBlock(v)
	}
	out, err := r.appendText(r.out, v, 0)
	if err == nil && len(out) > r.limits.Output {
		err = limitf("The template writes more than %d bytes", r.limits.Output)
	}
	if err != nil {
		return err
	}
	r.out = out
	return nil
}

func (r *run) renderBlock(b *block) error {
	if err := r.enter(); err != nil {
		return err
	}
	defer func() { r.depth-- }()
	_, err := r.exec(b.body)
	return err
}

// capture renders nodes into a string.
func (r *run) capture(nodes []node) (string, error) {
	start := len(r.out)
	if _, err := r.exec(nodes); err != nil {
		return "", err
	}
	s := string(r.out[start:])
	r.out = r.out[:start]
	return s, r.grow(len(s))
}

// value is what a reference refers to, the alternate value included.
func (r *run) value(ref *reference) (any, error) {
	v, err := r.walk(ref, ref.steps)
	if err != nil {
		return nil, err
	}
	if ref.alternate != nil && !truth(v) {
		return r.eval(ref.alternate)
	}
	return v, nil
}

// walk goes from the variable along steps; null anywhere makes it null.
func (r *run) walk(ref *reference, steps []step) (any, error) {
	v := r.slots[ref.slot]
	if v == nil && ref.name == "foreach" && r.loop != nil {
		v = r.loop
	}
	for i := range steps {
		if v == nil {
			return nil, nil
		}
		s := &steps[i]
		if err := r.step(1); err != nil {
			return nil, r.t.at(s.pos, err)
		}
		var err error
		switch s.kind {
		case stepProperty:
			v, err = r.property(v, s.name)
		case stepIndex:
			v, err = r.item(v, s)
		default:
			v, err = r.method(v, s)
		}
		if err != nil {
			return nil, r.t.at(s.pos, err)
		}
	}
	return v, nil
}

func (r *run) property(v any, name string) (any, error) {
	switch v := v.(type) {
	case *Map:
		x, _ := v.Get(name)
		return x, nil
	case family:
		return v.property(name)
	case *Entry:
		switch name {
		case "key":
			return v.Key, nil
		case "value":
			return v.value(), nil
		}
	case *loop:
		return v.property(name), nil
	case *List:
		if name == "empty" {
			return len(v.items) == 0, nil
		}
	case string:
		if name == "empty" {
			return v == "", nil
		}
	}
	return nil, nil
}

func (l *loop) property(name string) any {
	switch name {
	case "index":
		return int64(l.index)
	case "count":
		return int64(l.index + 1)
	case "hasNext":
		return l.index+1 < l.size
	case "first":
		return l.index == 0
	case "last":
		return l.index+1 == l.size
	case "parent":
		if l.parent != nil {
			return l.parent
		}
	case "topmost":
		for l.parent != nil {
			l = l.parent
		}
		return l
	}
	return nil
}

// item is v[index]. Negative indexes count from the end of a list.
func (r *run) item(v any, s *step) (any, error) {
	index, err := r.eval(s.index)
	if err != nil {
		return nil, err
	}
	switch v := v.(type) {
	case *List:
		return listGet(v, index)
	case *Map:
		x, _ := v.Get(index)
		return x, nil
	}
	return nil, nil
}

// method calls a method. One that does not exist gives null.
func (r *run) method(v any, s *step) (any, error) {
	var few [4]any
	args := few[:0]
	for _, e := range s.args {
		arg, err := r.eval(e)
		if err != nil {
			return nil, err
		}
		if b, ok := arg.(*block); ok {
			if arg, err = r.capture(b.body); err != nil {
				return nil, err
			}
		}
		args = append(args, arg)
	}
	switch v := v.(type) {
	case family:
		return v.call(r, s.name, args)
	case *Map:
		return r.mapMethod(v, s.name, args)
	case *List:
		return r.listMethod(v, s.name, args)
	case string:
		return r.stringMethod(v, s.name, args)
	case *Entry:
		return r.entryMethod(v, s.name, args)
	case *iterator:
		return v.method(s.name)
	case *loop:
		return nil, nil
	}
	return r.scalarMethod(v, s.name, args)
}
