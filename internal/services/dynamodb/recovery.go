package dynamodb

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxRecovery is how many days a table's past is kept, unless fewer are asked for.
const maxRecovery = 35

const fullDay = 24 * time.Hour

// recoverable reports whether the table can be restored to times of its past.
func (t *table) recoverable() bool { return t.Past != nil && t.Past.Days > 0 }

// earliest is the first time to which a recoverable table can be restored.
func (p *past) earliest(now time.Time) time.Time {
	if at := now.Add(-time.Duration(p.Days) * fullDay); at.After(p.Since) {
		return at
	}
	return p.Since
}

func (t *table) continuousBackups(now time.Time) ContinuousBackupsDescription {
	d := ContinuousBackupsDescription{"ENABLED", PointInTimeRecoveryDescription{PointInTimeRecoveryStatus: "DISABLED"}}
	if t.recoverable() {
		d.PointInTimeRecoveryDescription = PointInTimeRecoveryDescription{"ENABLED", &t.Past.Days, t.Past.earliest(now), now}
	}
	return d
}

func (s *Service) describeContinuousBackups(_ context.Context, c *aws.Call, in *DescribeContinuousBackupsInput) (*ContinuousBackupsOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	t, err := s.table(c.Scope, name)
	if err != nil {
		return nil, err
	}
	if t == nil || t.Filling {
		return nil, errBackupTable(name)
	}
	return &ContinuousBackupsOutput{t.continuousBackups(c.Time)}, nil
}

func (s *Service) updateContinuousBackups(_ context.Context, c *aws.Call, in *UpdateContinuousBackupsInput) (*ContinuousBackupsOutput, error) {
	to := in.PointInTimeRecoverySpecification
	if !to.PointInTimeRecoveryEnabled && to.RecoveryPeriodInDays != nil {
		return nil, errValidation(invalidValues + "RecoveryPeriodInDays can only be specified when PointInTimeRecoveryEnabled is true")
	}
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	t, err := s.changeTable(c.Scope, name, func(tx *store.Tx, t *table) (*table, error) {
		if t == nil || t.Filling {
			return nil, errBackupTable(name)
		}
		t = t.clone()
		if to.PointInTimeRecoveryEnabled {
			t.Past = t.Past.keep(to.RecoveryPeriodInDays, c.Time)
		} else if t.Past != nil {
			t.Past = &past{Since: t.Past.Since}
			s.forgetPast(tx, c.Scope, t)
		}
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	s.keepingPast.wake()
	return &ContinuousBackupsOutput{t.continuousBackups(c.Time)}, nil
}

// keep turns recovery on, or changes its period. What an earlier, shorter period
// has let go does not come back.
func (p *past) keep(days *int, now time.Time) *past {
	next := &past{maxRecovery, now}
	if p != nil && p.Days > 0 {
		next = &past{p.Days, p.earliest(now)}
	}
	if days != nil {
		next.Days = *days
	}
	return next
}

// forgetPast ends the keeping of a table's past, unless it is recoverable or a
// job is reading it.
func (s *Service) forgetPast(tx *store.Tx, scope aws.Scope, t *table) {
	if t.Past == nil || t.Past.Days > 0 || s.read(tx, scope, t.Number) {
		return
	}
	t.Past = nil
	dropPast(tx, t.prefix)
}

func dropPast(tx *store.Tx, prefix []byte) {
	space := appendSpaceOf(nil, prefix, pastSpace)
	tx.DeleteRange(space, prefixEnd(space))
}

// keepPast trims what tables keep of their past at the end of each day, and
// removes what has been kept long enough: backups of deleted tables, exports and
// imports, and the data that jobs still needed.
func (s *Service) keepPast(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for ctx.Err() == nil {
		next, err := s.keepPastDue(s.Clock.Now())
		if err != nil {
			return err
		}
		sleeper.Sleep(ctx, next, s.keepingPast)
	}
	return nil
}

// keepPastDue does what is due by now, and returns when something will be.
func (s *Service) keepPastDue(now time.Time) (next time.Time, err error) {
	soonest := func(at time.Time) {
		if next.IsZero() || at.Before(next) {
			next = at
		}
	}
	var tables []tableName
	err = s.DB.View(func(tx *store.Tx) error {
		for scope, t := range s.tables.Everywhere(tx) {
			if t.Past != nil {
				tables = append(tables, tableName{scope, t.Name})
				soonest(now.UTC().Truncate(fullDay).Add(fullDay))
			}
		}
		return nil
	})
	for _, n := range tables {
		if err == nil {
			err = s.trimPast(n, now)
		}
	}
	if err != nil {
		return next, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		s.dropLeft(tx)
		backups := due(tx, s.backups, now, func(b *backup) time.Time { return b.Expires })
		for scope, b := range backups.now {
			if !s.read(tx, scope, b.Number) { // who reads it wakes us
				s.dropBackup(tx, scope, b)
			}
		}
		exports := due(tx, s.exports, now, func(e *export) time.Time { return lifeOf(e.Ended) })
		for scope, e := range exports.now {
			s.exports.Delete(tx, scope, e.Table, e.ID)
		}
		imports := due(tx, s.imports, now, func(m *imported) time.Time { return lifeOf(m.Ended) })
		for scope, m := range imports.now {
			s.imports.Delete(tx, scope, m.Table, m.ID)
		}
		for _, at := range []time.Time{backups.next, exports.next, imports.next} {
			if !at.IsZero() {
				soonest(at)
			}
		}
		return nil
	})
	return next, err
}

// dues are the records of a table that are due, and when the next will be.
type dues[T any] struct {
	now  iter.Seq2[aws.Scope, T]
	next time.Time
}

func due[T any](tx *store.Tx, records store.Table[T], now time.Time, at func(T) time.Time) (d dues[T]) {
	var scopes []aws.Scope
	var found []T
	for scope, x := range records.Everywhere(tx) {
		switch t := at(x); {
		case t.IsZero():
		case !t.After(now):
			scopes, found = append(scopes, scope), append(found, x)
		case d.next.IsZero() || t.Before(d.next):
			d.next = t
		}
	}
	d.now = func(yield func(aws.Scope, T) bool) {
		for i, x := range found {
			if !yield(scopes[i], x) {
				return
			}
		}
	}
	return d
}

// lifeOf is until when an export or an import is remembered.
func lifeOf(ended time.Time) time.Time {
	if ended.IsZero() {
		return ended
	}
	return ended.Add(recordLife)
}

// trimPast removes the days of a table's past that nobody can ask for any more.
func (s *Service) trimPast(n tableName, now time.Time) error {
	t, err := s.table(n.Scope, n.name)
	if err != nil || t == nil || t.Past == nil {
		return err
	}
	if t.Past.Days == 0 {
		_, err := s.changeTable(n.Scope, n.name, func(tx *store.Tx, t *table) (*table, error) {
			if t != nil {
				t = t.clone()
				s.forgetPast(tx, n.Scope, t)
			}
			return t, nil
		})
		return err
	}
	return s.DB.Update(func(tx *store.Tx) error {
		first := dayOf(t.Past.earliest(now).UnixMicro())
		for j := range s.reading(tx, n.Scope, t.Number) {
			first = min(first, j.At.Day)
		}
		lo, hi := appendSpaceOf(nil, t.prefix, pastSpace), appendDay(nil, t.prefix, first)
		for range tx.Scan(lo, hi) { // nothing is written if there is nothing
			tx.DeleteRange(lo, hi)
			break
		}
		return nil
	})
}

// left is data of a deleted table that jobs still read.
type left struct{ Number uint64 }

// dropLeft removes the data that jobs have been the last to read.
func (s *Service) dropLeft(tx *store.Tx) {
	type found struct {
		scope aws.Scope
		left
	}
	var all []found
	for scope, l := range s.left.Everywhere(tx) {
		if !s.read(tx, scope, l.Number) {
			all = append(all, found{scope, l})
		}
	}
	for _, f := range all {
		prefix := dataPrefix(f.scope, f.Number)
		if s.backedUp(tx, f.scope, f.Number) {
			dropPast(tx, prefix)
		} else {
			tx.DeleteRange(prefix, prefixEnd(prefix))
		}
		s.left.Delete(tx, f.scope, numberText(f.Number))
	}
}

// restorable checks a time to which a table is to be restored or exported, and
// makes it a moment. Without a time it is now.
func (s *Service) restorable(tx *store.Tx, c *aws.Call, t *table, at *time.Time) (m moment, ok bool) {
	if at == nil {
		return s.stamps.present(tx, c.Time), true
	}
	// A time may be given in whole seconds, so the second in which recovery began counts.
	if at.Before(t.Past.earliest(c.Time).Truncate(time.Second)) || at.After(c.Time) {
		return moment{}, false
	}
	return s.stamps.at(tx, at.UnixMicro()), true
}

func orNow(at *time.Time, now time.Time) time.Time { return *cmp.Or(at, &now) }
