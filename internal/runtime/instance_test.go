package runtime

import (
	"testing"
	"testing/synctest"
	"time"
)

// A process may ask for its first event, and be at work on it, before start
// goes on.
func TestWatchBeforeStartKnowsTheProcess(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		j := &job{}
		i := &instance{f: &Function{Memory: 1}, state: busy, job: j}
		i.mu.Lock()
		i.watch(j)
		i.mu.Unlock()
		// Two looks later it is still watched.
		<-time.After(2*look + look/2)
		i.mu.Lock()
		defer i.mu.Unlock()
		if i.state != busy || i.memory != 0 {
			t.Errorf("state %v, memory %d", i.state, i.memory)
		}
		i.job = nil // ends the watch
	})
}
