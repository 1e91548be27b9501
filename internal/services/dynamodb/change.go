package dynamodb

import (
	"bytes"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

type changeKind byte

const (
	changePut changeKind = iota
	changeUpdate
	changeDelete
	changeCheck // changes nothing: of transactions
)

// change is one write of one item: what was asked, and what came of it. The
// parsing is done before; run is the part inside the store's Update.
type change struct {
	call      *aws.Call
	kind      changeKind
	insert    bool  // of an item that is not there: its condition fails as a duplicate
	failed    bool  // the condition did not hold
	expired   bool  // the item's time has come: nobody asked for it
	copied    bool  // it was made in another region
	recorded  bool  // in the table's stream
	expires   int64 // when the item will, if the change gave it such a time
	t         *table
	tableName string

	item      ddbexpr.Item // of a put the item, else the key
	size      int          // of the item put
	update    *ddbexpr.Update
	condition *ddbexpr.Condition
	wantOld   bool // keep the old item, also when the condition fails
	wantNew   bool

	storeKey []byte
	roomy    []byte // the item of a put behind storedRoom
	stored   []byte // of a put

	old, new   ddbexpr.Item // kept if wanted
	refused    *refusal     // what had no capacity for the change
	copies     []*change    // what it became in other regions
	cost       cost
	collection int64 // size of the item collection, of tables with local indexes
}

// puts has the change put an item, which stands behind storedRoom.
func (c *change) puts(roomy []byte) {
	c.kind, c.roomy, c.item = changePut, roomy, ddbexpr.Item(roomy[storedRoom:])
	c.size = c.item.Size()
}

// place computes what the table's description gives: it is done again when the
// table changed.
func (c *change) place(t *table) error {
	c.t, c.recorded, c.failed, c.expires, c.refused, c.copies = t, false, false, 0, nil, nil
	c.cost = cost{t: t}
	if c.kind == changePut {
		if err := t.checkItem(c.item); err != nil {
			return err
		}
		if err := t.checkIndexKeys(c.item, false); err != nil {
			return err
		}
		c.stored = storeIn(c.roomy, c.size)
	} else {
		if err := t.checkKey(c.item); err != nil {
			return err
		}
		if err := c.checkUpdatePaths(); err != nil {
			return err
		}
	}
	c.storeKey = t.itemKey(make([]byte, 0, len(t.prefix)+64), c.item)
	return nil
}

// checkUpdatePaths refuses an update of the key, and one that is known to give
// an index's key another type.
func (c *change) checkUpdatePaths() error {
	if c.update == nil {
		return nil
	}
	err := c.t.Key.each(func(a attribute, _ bool) error {
		for _, p := range c.update.Paths() {
			if p[0].Name == a.Name {
				return errValidation(invalidValues+"Cannot update attribute %s. This attribute is part of the key", a.Name)
			}
		}
		return nil
	})
	for _, x := range c.t.Indexes {
		if err != nil {
			return err
		}
		err = x.Key.each(func(a attribute, _ bool) error {
			if t := c.update.Type(a.Name); t != ddbexpr.Missing && t != a.Type {
				return errIndexKeyType(x, a, t)
			}
			return nil
		})
	}
	if err != nil {
		return err
	}
	return c.t.checkNested(c.update)
}

// run makes the change. The error of a condition that does not hold is
// errConditionFailed, and then nothing was written.
func (c *change) run(tx *store.Tx) error {
	if err := c.admit(nil); err != nil {
		return err
	}
	b, _ := tx.Get(c.storeKey)
	oldSize, old := openStored(b)
	if c.wantOld {
		c.old = bytes.Clone(old)
	}
	if !c.condition.Match(old) {
		size := oldSize
		if old == nil && c.kind == changePut {
			size = c.size
		}
		c.cost.table, c.failed = writeUnits(size), true
		c.take()
		if c.insert {
			return errDuplicateItem()
		}
		return errConditionFailed()
	}
	next, size, stored, err := c.next(old, oldSize)
	if err != nil {
		return err
	}
	c.cost.table = writeUnits(max(oldSize, size))
	if c.wantNew {
		c.new = next // not of the transaction's memory: it was made here
		if c.kind == changeUpdate && bytes.Equal(next, old) {
			c.new = bytes.Clone(next)
		}
	}
	if c.kind == changeCheck || bytes.Equal(old, next) && (old == nil) == (next == nil) {
		c.take()
		return nil
	}
	err = c.write(tx, old, oldSize, next, size, stored)
	if err == nil {
		c.take()
	}
	return err
}

// next computes the item that is to be, nil if none.
func (c *change) next(old ddbexpr.Item, oldSize int) (it ddbexpr.Item, size int, stored []byte, err error) {
	switch c.kind {
	case changePut:
		return c.item, c.size, c.stored, nil
	case changeCheck:
		return old, oldSize, nil, nil
	case changeDelete:
		return nil, 0, nil, nil
	}
	base := old
	if base == nil {
		if c.update != nil && c.update.OnlyRemoves() {
			return nil, 0, nil, nil
		}
		base = c.item
	}
	roomy := make([]byte, storedRoom, storedRoom+len(base)+128)
	if c.update == nil {
		roomy = append(roomy, base...)
	} else if roomy, err = c.update.Append(roomy, base); err != nil {
		return nil, 0, nil, visible(err)
	}
	it = ddbexpr.Item(roomy[storedRoom:])
	if size = it.Size(); size > ddbexpr.MaxItemSize {
		return nil, 0, nil, errValidation("Item size to update has exceeded the maximum allowed size")
	}
	if err = c.t.checkIndexKeys(it, c.update != nil); err != nil {
		return nil, 0, nil, err
	}
	return it, size, storeIn(roomy, size), nil
}

// write puts the item, its index entries and the counts in place. It is the
// one place where the data of tables changes.
func (c *change) write(tx *store.Tx, old ddbexpr.Item, oldSize int, next ddbexpr.Item, size int, stored []byte) error {
	d := make([]difference, 1, 1+len(c.t.Indexes))
	d[0].size = int64(size - oldSize)
	switch {
	case next == nil:
		tx.Delete(c.storeKey)
		d[0].count--
	default:
		tx.SetOwn(c.storeKey, stored)
		if old == nil {
			d[0].count++
		}
	}
	for _, x := range c.t.Indexes {
		dx, units := c.t.enter(tx, x, old, next)
		if units > 0 {
			if !x.Local {
				if err := c.admit(x); err != nil {
					return err // AWS lets no table get ahead of its indexes
				}
			}
			c.cost.addIndex(x, units)
			d = append(d, dx)
		}
	}
	if c.t.Stream != nil {
		c.record(tx, old, next)
	}
	if c.t.TTL != nil {
		c.enterExpiry(tx, old, next)
	}
	if c.t.Past != nil {
		c.remember(tx, old, oldSize)
	}
	c.t.addTally(tx, d)
	if len(c.t.Replicas) > 0 && !c.copied {
		if err := c.replicate(tx, next, size, stored); err != nil {
			return err
		}
	}
	if c.t.hasLocal() {
		return c.measureCollection(tx, d)
	}
	return nil
}

// enter changes an index as an item changes, and tells what it cost.
func (t *table) enter(tx *store.Tx, x *index, old, next ddbexpr.Item) (d difference, units float64) {
	d.index = x.Number
	var oldKey, newKey []byte
	var oldEntry, newEntry ddbexpr.Item
	var oldSize, newSize int
	was, is := x.holds(old), x.holds(next)
	if was && x.Building { // the old item may not be entered yet, and then it is not counted
		_, was = tx.Get(t.entryKey(nil, x, old))
	}
	if !was && !is {
		return d, 0
	}
	if was {
		oldKey, oldEntry = t.entryKey(nil, x, old), x.projection.Append(nil, old)
		oldSize = oldEntry.Size()
	}
	if is {
		newKey, newEntry = t.entryKey(nil, x, next), x.projection.Append(nil, next)
		newSize = newEntry.Size()
	}
	switch {
	case was && is && bytes.Equal(oldKey, newKey):
		if bytes.Equal(oldEntry, newEntry) {
			return d, 0
		}
		units = writeUnits(max(oldSize, newSize))
	case was:
		tx.Delete(oldKey)
		units = writeUnits(oldSize)
		d.count--
		if is {
			units += writeUnits(newSize)
			d.count++
		}
	default:
		units = writeUnits(newSize)
		d.count++
	}
	if is {
		tx.Set(newKey, appendStored(nil, newSize, newEntry))
	}
	d.size = int64(newSize - oldSize)
	return d, units
}

// maxCollection is how large the items of one partition key may grow, with
// their entries in local indexes.
const maxCollection = 10 << 30

func (c *change) measureCollection(tx *store.Tx, d []difference) error {
	key := c.t.Key.appendHashed(c.t.appendSpace(nil, collectionSpace), c.item)
	var b [8]byte
	if old, ok := tx.Get(key); ok {
		copy(b[:], old)
	}
	grown := int64(0)
	for _, x := range d {
		if x.index == 0 || c.t.local(x.index) {
			grown += x.size
		}
	}
	addInt64(b[:], grown)
	c.collection = int64(binary.BigEndian.Uint64(b[:]))
	if grown > 0 && c.collection > maxCollection {
		return errCollectionTooLarge()
	}
	if c.collection == 0 {
		tx.Delete(key)
	} else {
		tx.Set(key, b[:])
	}
	return nil
}

func (t *table) local(number uint32) bool {
	for _, x := range t.Indexes {
		if x.Number == number {
			return x.Local
		}
	}
	return false
}

// metrics is the answer to ReturnItemCollectionMetrics: SIZE.
func (c *change) metrics(mode string) *ItemCollectionMetrics {
	if mode != "SIZE" || !c.t.hasLocal() {
		return nil
	}
	lower := float64(c.collection >> 30)
	a := c.t.Key.Hash[0].Name
	return &ItemCollectionMetrics{rawItem(ddbexpr.Item{}.AppendAttr(a, c.item.Get(a))), []float64{lower, lower + 1}}
}
