package niebla

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := new(gate)
		if err := g.enter(t.Context()); err != nil {
			t.Fatal(err)
		}
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.close(short); err == nil {
			t.Fatal("closed over somebody inside")
		}
		if err := g.enter(t.Context()); err != nil { // open again
			t.Fatal(err)
		}
		closed, entered := false, false
		go func() { closed = g.close(t.Context()) == nil }()
		synctest.Wait()
		go func() { entered = g.enter(t.Context()) == nil }()
		if err := g.enter(short); err == nil {
			t.Error("entered a gate that is being closed")
		}
		g.leave()
		synctest.Wait()
		if closed || entered {
			t.Errorf("with one inside: closed %v, entered %v", closed, entered)
		}
		g.leave()
		synctest.Wait()
		if !closed || entered {
			t.Errorf("with nobody inside: closed %v, entered %v", closed, entered)
		}
		g.open()
		synctest.Wait()
		if !entered {
			t.Error("an open gate lets nobody in")
		}
	})
}
