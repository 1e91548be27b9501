package meter

import (
	"encoding/binary"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Age makes data coarser that is old enough, and forgets what is too old. It
// is to be called once a day.
func (m *Meter) Age(now time.Time) error {
	if m.db == nil {
		return nil
	}
	if err := m.Flush(); err != nil {
		return err
	}
	type known struct {
		scope aws.Scope
		key   []byte
		entry
	}
	var all []known
	err := m.db.View(func(tx *store.Tx) error {
		p := store.AppendPart(nil, seriesSpace)
		for k, v := range tx.Scan(p, store.PrefixEnd(p)) {
			account, rest, _ := store.CutPart(k[len(p):])
			region, _, _ := store.CutPart(rest)
			if e, ok := decodeEntry(v); ok {
				all = append(all, known{aws.Scope{Account: aws.AccountID(account), Region: aws.Region(region)}, append([]byte(nil), k...), e})
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, x := range all {
		if err := m.age(now, x.scope, x.entry); err != nil {
			return err
		}
		if time.Unix(x.last, 0).Before(now.Add(-levels[len(levels)-1].keep)) {
			err := m.db.Update(func(tx *store.Tx) error {
				if v, ok := tx.Get(x.key); ok && string(v) == string(x.entry.bytes()) {
					tx.Delete(x.key)
				}
				return nil
			})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// age moves the old data of a series to the next level.
func (m *Meter) age(now time.Time, s aws.Scope, e entry) error {
	prefix := dataPrefix(s, e.id)
	for l := range levels {
		// Whole buckets of the next level only.
		cutoff := now.Add(-levels[l].keep).Truncate(time.Hour).Unix()
		lo, hi := dataKey(prefix, level(l), 0), dataKey(prefix, level(l), cutoff)
		old := false
		err := m.db.View(func(tx *store.Tx) error {
			for range tx.Scan(lo, hi) {
				old = true
				break
			}
			return nil
		})
		if err != nil || !old {
			if err != nil {
				return err
			}
			continue
		}
		err = m.db.Update(func(tx *store.Tx) error {
			sums := map[int64]*Set{}
			for k, v := range tx.Scan(lo, hi) {
				if l+1 == len(levels) {
					break
				}
				set, err := decodeSet(v)
				if err != nil {
					return err
				}
				at := int64(binary.BigEndian.Uint64(k[len(k)-8:]))
				at -= at % levels[l+1].seconds
				if sums[at] == nil {
					sums[at] = &Set{}
				}
				sums[at].Merge(&set)
			}
			for at, set := range sums {
				if err := mergeInto(tx, dataKey(prefix, level(l+1), at), set); err != nil {
					return err
				}
			}
			tx.DeleteRange(lo, hi)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
