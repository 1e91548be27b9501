package crash

import (
	"context"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// TestBrokenTablesAreCaught holds that TestLinearizable could fail: what is
// built on the same table but reads what was there before, adds in two steps or
// transfers in two steps has no order.
func TestBrokenTablesAreCaught(t *testing.T) {
	c := start(t)
	create(t, c, "shared")
	for name, broken := range map[string]struct {
		items shared
		kinds []kind
	}{
		"stale":  {&stale{shared: &items{c.tables(), "stale"}}, []kind{get, get, add}},
		"racing": {&racing{&items{c.tables(), "racing"}}, []kind{get, add, add}},
		"torn":   {&torn{&items{c.tables(), "torn"}}, []kind{look, look, transfer, add}},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{begun: time.Now()}
			r.load(t, broken.items, 1, 8, 100, broken.kinds, func() {})
			judge(t, model, r.history, porcupine.Illegal)
		})
	}
}

// stale answers some reads with what the read before was told.
type stale struct {
	shared
	mu   sync.Mutex
	told [keys]*answer
}

func (s *stale) do(ctx context.Context, c call) (answer, error) {
	if c.kind != get {
		return s.shared.do(ctx, c)
	}
	s.mu.Lock()
	old := s.told[c.key]
	s.mu.Unlock()
	if old != nil && rand.IntN(4) == 0 {
		return *old, nil
	}
	a, err := s.shared.do(ctx, c)
	s.mu.Lock()
	s.told[c.key] = &a
	s.mu.Unlock()
	return a, err
}

// racing adds by reading and writing.
type racing struct{ shared }

func (r *racing) do(ctx context.Context, c call) (answer, error) {
	if c.kind != add {
		return r.shared.do(ctx, c)
	}
	a, err := r.shared.do(ctx, call{kind: get, key: c.key})
	if err != nil {
		return a, err
	}
	sum := max(a.number, 0) + c.now
	_, err = r.shared.do(ctx, call{kind: put, key: c.key, now: sum})
	return answer{number: sum}, err
}

// torn transfers with one write after the other.
type torn struct{ shared }

func (r *torn) do(ctx context.Context, c call) (answer, error) {
	if c.kind != transfer {
		return r.shared.do(ctx, c)
	}
	a, err := r.shared.do(ctx, call{kind: get, key: c.key})
	if err != nil || a.number < c.now {
		return answer{refused: true}, err
	}
	if _, err := r.shared.do(ctx, call{kind: add, key: c.key, now: -c.now}); err != nil {
		return answer{}, err
	}
	_, err = r.shared.do(ctx, call{kind: add, key: c.to, now: c.now})
	return answer{}, err
}
