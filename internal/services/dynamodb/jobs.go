package dynamodb

import (
	"bytes"
	"context"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// job is work that goes on after its request was answered, in small steps. Each
// step notes how far it has come in its own transaction, so the work goes on
// where it was after a stop or a crash.
type job struct {
	ID     string // orders as jobs were begun
	Kind   jobKind
	Table  string // that it writes to or reads
	Name   string // of the backup, export or import that it makes
	Source uint64 // the number of the data that it reads, 0 for none
	At     moment // as of which it reads them
	After  []byte // the key of the last item that is done
}

type jobKind string

const (
	backingUp jobKind = "backup"
	restoring jobKind = "restore"
	exporting jobKind = "export"
	importing jobKind = "import"
)

func numberText(n uint64) string { return fmt.Sprintf("%020d", n) }

func dataPrefix(scope aws.Scope, number uint64) []byte {
	t := table{Number: number}
	return t.prepare(scope).prefix
}

// begin has the background do a job once the transaction is durable.
func (s *Service) begin(tx *store.Tx, scope aws.Scope, j *job) {
	j.ID = numberText(tx.Sequence())
	s.jobs.Put(tx, scope, j, j.ID)
	tx.OnCommit(s.wakeWorker)
}

func (s *Service) wakeWorker() {
	if w := s.worker.Load(); w != nil {
		w.Wake() // so that the clock waits for the work to be done
	}
	s.working.wake()
}

// end notes that a job is over. What was kept for it can go.
func (s *Service) end(tx *store.Tx, scope aws.Scope, j *job) {
	s.jobs.Delete(tx, scope, j.ID)
	tx.OnCommit(s.keepingPast.wake)
}

// reading yields the jobs that read some data.
func (s *Service) reading(tx *store.Tx, scope aws.Scope, number uint64) iter.Seq[*job] {
	return func(yield func(*job) bool) {
		for _, j := range s.jobs.All(tx, scope) {
			if j.Source == number && number != 0 && !yield(j) {
				return
			}
		}
	}
}

// read reports whether a job reads some data.
func (s *Service) read(tx *store.Tx, scope aws.Scope, number uint64) bool {
	for range s.reading(tx, scope, number) {
		return true
	}
	return false
}

// place names a job among those of all accounts and regions.
type place struct {
	aws.Scope
	id string
}

// pending lists the jobs that are to be done.
func (s *Service) pending() (all []place, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		for scope, j := range s.jobs.Everywhere(tx) {
			all = append(all, place{scope, j.ID})
		}
		return nil
	})
	return all, err
}

// runJobs does jobs side by side until ctx ends: those begun from now on, and
// those that a stop of the program interrupted.
func (s *Service) runJobs(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	s.worker.Store(sleeper)
	defer s.worker.Store(nil)
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type result struct {
		place
		err error
	}
	results, running := make(chan result), map[place]bool{}
	var failed error
	for ctx.Err() == nil && failed == nil || len(running) > 0 {
		if ctx.Err() == nil && failed == nil {
			all, err := s.pending()
			failed = err
			for _, p := range slices.DeleteFunc(all, func(p place) bool { return running[p] }) {
				running[p] = true
				go func() { results <- result{p, s.runJob(ctx, p)} }()
			}
		}
		if len(running) == 0 {
			sleeper.Sleep(ctx, time.Time{}, s.working)
			continue
		}
		select {
		case r := <-results:
			delete(running, r.place)
			if failed == nil && r.err != nil {
				failed = r.err
				stop() // the others
			}
		case <-s.working:
		}
	}
	return failed
}

// runJob does one job to its end, or until ctx ends.
func (s *Service) runJob(ctx context.Context, p place) error {
	for ctx.Err() == nil {
		var j *job
		err := s.DB.View(func(tx *store.Tx) error {
			j, _ = s.jobs.Get(tx, p.Scope, p.id)
			return nil
		})
		if err != nil || j == nil {
			return err
		}
		if err := s.step(ctx, p.Scope, j); err != nil {
			return err
		}
	}
	return nil
}

// step does the next part of a job.
func (s *Service) step(ctx context.Context, scope aws.Scope, j *job) error {
	switch j.Kind {
	case backingUp:
		return s.stepBackup(scope, j)
	case restoring:
		return s.stepRestore(scope, j)
	case exporting:
		return s.stepExport(ctx, scope, j)
	case importing:
		return s.stepImport(ctx, scope, j)
	}
	return fmt.Errorf("dynamodb: job %s is of an unknown kind, %q", j.ID, j.Kind)
}

// pair is an item on its way: its key from the hash on, and its stored form.
type pair struct{ key, stored []byte }

// stepBytes is about how much one step moves.
const stepBytes = 1 << 20

// next reads the items of the next step, and tells whether there are more.
func (s *Service) next(scope aws.Scope, j *job) (batch []pair, more bool, err error) {
	size := 0
	err = s.DB.View(func(tx *store.Tx) error {
		for key, stored := range itemsAt(tx, dataPrefix(scope, j.Source), j.At, j.After) {
			if len(batch) == backfillStep || size > stepBytes {
				more = true
				break
			}
			size += len(stored)
			batch = append(batch, pair{bytes.Clone(key), bytes.Clone(stored)})
		}
		return nil
	})
	return batch, more, err
}
