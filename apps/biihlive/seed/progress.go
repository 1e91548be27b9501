package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// often is how often lines say how far it is, where they cannot change.
const often = 5 * time.Second

// progress shows how far each step is: on one line that changes, or on lines.
type progress struct {
	out  io.Writer
	live bool
	now  func() time.Time

	mu   sync.Mutex
	said time.Time
}

// show says how far a step is.
func (p *progress) show(step string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.live:
		fmt.Fprintf(p.out, "\r\x1b[K%-16s %d/%d", step, done, total)
	case done == total || p.now().Sub(p.said) >= often:
		fmt.Fprintf(p.out, "%-16s %d/%d\n", step, done, total)
		p.said = p.now()
	}
	if p.live && done == total {
		fmt.Fprintln(p.out)
	}
}

// clear takes away the line that changes.
func (p *progress) clear() {
	if p.live {
		fmt.Fprint(p.out, "\r\x1b[K")
	}
}
