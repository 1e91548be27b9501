package dynamodb

import (
	"bytes"
	"context"
	"encoding/binary"
	"math"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// ttl is how the items of a table expire.
type ttl struct {
	Number    uint64 // tells it from one before it
	Attribute string
	Building  bool // items from before it was turned on are still being entered
}

// expirySpace has the items of a table that expire, by their time: seconds (8
// bytes) and the item's key from its hash on. Only tables with a TTL have it.
const expirySpace = 0xfffffffd

// longAgo is how far in the past a time may lie: what is older is taken for a
// mistake, and never removed.
const longAgo = 5 * 365 * 24 * time.Hour

// expiry is when an item expires, in Unix seconds.
func (t *table) expiry(it ddbexpr.Item) (at int64, ok bool) {
	if it == nil {
		return 0, false
	}
	v := it.Get(t.TTL.Attribute)
	if v.Type() != ddbexpr.NumberType {
		return 0, false
	}
	at, ok = v.Number().Int()
	return at, ok && at > 0
}

// expiryKey is the key of an item's entry. storeKey is the item's.
func (t *table) expiryKey(at int64, storeKey []byte) []byte {
	k := binary.BigEndian.AppendUint64(t.appendSpace(make([]byte, 0, len(storeKey)+8), expirySpace), uint64(at))
	return append(k, storeKey[len(t.prefix)+4:]...)
}

// splitExpiry undoes expiryKey.
func (t *table) splitExpiry(k []byte) (at int64, storeKey []byte) {
	n := len(t.prefix) + 4
	return int64(binary.BigEndian.Uint64(k[n:])), append(t.appendSpace(nil, 0), k[n+8:]...)
}

// enterExpiry keeps the times at which items expire as an item changes.
func (c *change) enterExpiry(tx *store.Tx, old, next ddbexpr.Item) {
	was, had := c.t.expiry(old)
	is, has := c.t.expiry(next)
	if was == is && had == has {
		return
	}
	if had {
		tx.Delete(c.t.expiryKey(was, c.storeKey))
	}
	if has && is > c.call.Time.Add(-longAgo).Unix() {
		tx.Set(c.t.expiryKey(is, c.storeKey), nil)
		c.expires = is
	}
}

func (s *Service) updateTimeToLive(_ context.Context, c *aws.Call, in *UpdateTimeToLiveInput) (*UpdateTimeToLiveOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	to := in.TimeToLiveSpecification
	_, err = s.changeTable(c.Scope, name, func(tx *store.Tx, t *table) (*table, error) {
		switch {
		case t == nil || t.Filling:
			return nil, errTableNotFound(name)
		case to.Enabled && t.TTL != nil && t.TTL.Attribute == to.AttributeName:
			return nil, errValidation("TimeToLive is already enabled")
		case !to.Enabled && t.TTL == nil:
			return nil, errValidation("TimeToLive is already disabled")
		case t.TTL != nil && t.TTL.Attribute != to.AttributeName:
			return nil, errValidation("TimeToLive is active on a different AttributeName: current AttributeName is %s", t.TTL.Attribute)
		}
		t = t.clone()
		if t.TTL = nil; to.Enabled {
			t.TTL = &ttl{Number: tx.Sequence(), Attribute: to.AttributeName, Building: true}
		}
		space := t.appendSpace(nil, expirySpace)
		tx.DeleteRange(space, prefixEnd(space))
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	s.backfill.wake()
	return &UpdateTimeToLiveOutput{to}, nil
}

func (s *Service) describeTimeToLive(_ context.Context, c *aws.Call, in *DescribeTimeToLiveInput) (*DescribeTimeToLiveOutput, error) {
	t, _, err := s.describe(c, in.TableName)
	if err != nil {
		return nil, err
	}
	d := TimeToLiveDescription{TimeToLiveStatus: "DISABLED"}
	if t.TTL != nil {
		d = TimeToLiveDescription{TimeToLiveStatus: "ENABLED", AttributeName: t.TTL.Attribute}
		if t.TTL.Building {
			d.TimeToLiveStatus = "ENABLING"
		}
	}
	return &DescribeTimeToLiveOutput{d}, nil
}

// enterSome enters the times of the next items after a key, of a table that
// had items when its TTL was turned on.
func (x *ttl) enterSome(tx *store.Tx, t *table, now time.Time, after []byte) (last []byte, done bool) {
	space := t.appendSpace(nil, 0)
	n := 0
	for k, v := range tx.Scan(goOn(space, after), prefixEnd(space)) {
		_, it := openStored(v)
		if at, ok := t.expiry(it); ok && at > now.Add(-longAgo).Unix() {
			tx.Set(t.expiryKey(at, k), nil)
		}
		last = bytes.Clone(k)
		if n++; n == backfillStep {
			return last, false
		}
	}
	return last, true
}

// expireItems removes items when their time has come.
func (s *Service) expireItems(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for ctx.Err() == nil {
		s.nextExpiry.Store(math.MaxInt64) // who writes during the pass wakes us
		next, err := s.expireDue(ctx, s.Clock.Now())
		if err != nil {
			return err
		}
		var until time.Time
		if next != math.MaxInt64 {
			until = time.Unix(next, 0)
		}
		s.nextExpiry.Store(next)
		sleeper.Sleep(ctx, until, s.expiring)
	}
	return nil
}

// expireDue removes all items that are due by now, and returns when the next
// will be.
func (s *Service) expireDue(ctx context.Context, now time.Time) (next int64, err error) {
	var names []tableName
	err = s.DB.View(func(tx *store.Tx) error {
		for scope, t := range s.tables.Everywhere(tx) {
			if t.TTL != nil {
				names = append(names, tableName{scope, t.Name})
			}
		}
		return nil
	})
	next = math.MaxInt64
	for _, n := range names {
		for err == nil && ctx.Err() == nil {
			var at int64
			if at, err = s.expireSome(n, now); at > now.Unix() {
				next = min(next, at)
				break
			}
		}
	}
	return next, err
}

// expireSome removes the next items of a table that are due, and returns when
// those after them are: in the past as long as there are more.
func (s *Service) expireSome(n tableName, now time.Time) (next int64, err error) {
	var gone []*change
	err = retry(func() error {
		gone, next = nil, math.MaxInt64
		t, err := s.table(n.Scope, n.name)
		if err != nil || t == nil || t.TTL == nil {
			return err
		}
		return s.DB.Update(func(tx *store.Tx) error {
			if err := s.current(t); err != nil {
				return err
			}
			gone, next, err = t.expire(tx, now)
			return err
		})
	})
	if err == nil {
		s.published(gone...)
		s.countExpired(n.Scope, n.name, len(gone))
	}
	return next, err
}

// expire removes the next items that are due.
func (t *table) expire(tx *store.Tx, now time.Time) (gone []*change, next int64, err error) {
	space := t.appendSpace(nil, expirySpace)
	next = math.MaxInt64
	var due [][]byte
	for k := range tx.Scan(space, prefixEnd(space)) {
		if at, _ := t.splitExpiry(k); at > now.Unix() || len(due) == backfillStep {
			next = at
			break
		}
		due = append(due, bytes.Clone(k))
	}
	call := &aws.Call{Scope: t.scope, Time: now}
	for _, k := range due {
		at, storeKey := t.splitExpiry(k)
		tx.Delete(k)
		v, _ := tx.Get(storeKey)
		_, it := openStored(v)
		if is, ok := t.expiry(it); !ok || is != at || at <= now.Add(-longAgo).Unix() {
			continue
		}
		c := &change{call: call, kind: changeDelete, tableName: t.Name, item: t.keyOf(it), expired: true}
		if err := c.place(t); err != nil {
			return nil, 0, err
		}
		if err := c.run(tx); err != nil {
			return nil, 0, err
		}
		gone = append(gone, c)
	}
	return gone, next, nil
}
