package lambda

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// pollers are the loops that read the sources of mappings.
type pollers struct {
	wake chan struct{}

	mu      sync.Mutex
	results map[string]string // by mapping: what became of the last batch
}

func (p *pollers) changed() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// What LastProcessingResult says.
const (
	noneProcessed = "No records processed"
	allProcessed  = "OK"
	callFailed    = "PROBLEM: Function call failed"
)

func (p *pollers) result(uuid string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r, ok := p.results[uuid]; ok {
		return r
	}
	return noneProcessed
}

func (p *pollers) note(uuid, result string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.results == nil {
		p.results = map[string]string{}
	}
	p.results[uuid] = result
}

// poller is one mapping at work.
type poller struct {
	*Service
	*mapping
	scope  aws.Scope
	name   name
	passes func(record []byte) bool
}

// loop is a poller that runs, or that is about to end.
type loop struct {
	revision string
	stop     context.CancelFunc
	done     chan struct{}
}

// poll runs a loop for each mapping until ctx ends. A loop whose mapping has
// changed ends before the next begins: two would break the order of a shard.
func (s *Service) poll(ctx context.Context) error {
	loops := map[string]loop{} // by mapping
	var running sync.WaitGroup
	defer running.Wait()
	for ctx.Err() == nil {
		wanted := map[string]*poller{}
		err := s.DB.View(func(tx *store.Tx) error {
			for scope, m := range s.mappings.Everywhere(tx) {
				if !m.Disabled {
					wanted[m.UUID] = &poller{Service: s, mapping: &m, scope: scope, name: parseName(string(m.Function), scope)}
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		for id, l := range loops {
			if p := wanted[id]; p != nil && p.Revision == l.revision {
				delete(wanted, id)
				continue
			}
			l.stop()
			select {
			case <-l.done:
				delete(loops, id)
			default:
			}
		}
		for id, p := range wanted {
			if p.passes, err = p.filter(); err != nil {
				return err
			}
			before := loops[id].done
			own, stop := context.WithCancel(ctx)
			l := loop{p.Revision, stop, make(chan struct{})}
			loops[id] = l
			running.Go(func() {
				defer close(l.done)
				defer stop()
				if before != nil {
					<-before
				}
				if p.fromQueue() {
					p.pollQueue(own)
				} else {
					p.pollStream(own)
				}
			})
		}
		select {
		case <-ctx.Done():
		case <-s.pollers.wake:
		}
	}
	for _, l := range loops {
		l.stop()
	}
	return nil
}

// ask runs an operation of another service as the function's role.
func (p *poller) ask(ctx context.Context, service, operation string, in, out any) error {
	_, v, err := p.read(p.name)
	if err != nil {
		return err
	}
	who, err := p.assume(ctx, p.scope, v.Role, p.name.function)
	if err != nil {
		return err
	}
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	c := p.call(p.scope)
	c.Principal = who
	answer, err := p.Caller.Call(ctx, c, service, operation, body)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(answer, out)
}

// pause waits, on the machine's clock, and reports whether to go on.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(d):
		return true
	}
}

// backoff spaces the attempts after the nth failure.
func backoff(n int) time.Duration {
	return min(100*time.Millisecond<<min(n, 10), 10*time.Second)
}
