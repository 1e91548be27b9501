package dynamodb

import (
	"encoding/base64"
	"encoding/binary"
	"slices"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A stored item is a byte for the format, the item's size as DynamoDB counts
// it (a uvarint), and the item.
const storedFormat = 1

func appendStored(dst []byte, size int, it ddbexpr.Item) []byte {
	return append(binary.AppendUvarint(append(dst, storedFormat), uint64(size)), it...)
}

// storedRoom is the room before an item for what is stored with it.
const storedRoom = 8

// behindRoom copies an item.
func behindRoom(it ddbexpr.Item) []byte {
	return append(make([]byte, storedRoom, storedRoom+len(it)), it...)
}

// storeIn makes the stored form of an item that stands in b behind such room.
func storeIn(b []byte, size int) []byte {
	var head [storedRoom]byte
	n := len(appendStored(head[:0], size, nil))
	at := b[storedRoom-n:]
	copy(at, head[:n])
	return at
}

// openStored undoes appendStored; of nil it makes a nil item.
func openStored(b []byte) (size int, it ddbexpr.Item) {
	if b == nil {
		return 0, nil
	}
	n, w := binary.Uvarint(b[1:])
	return int(n), ddbexpr.Item(b[1+w:])
}

// rawItem is the JSON of an item; nil for one that does not exist.
func rawItem(it ddbexpr.Item) shape.Raw {
	if it == nil {
		return nil
	}
	return it.AppendJSON(make([]byte, 0, len(it)+len(it)/2+64))
}

func base64Text(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// Further spaces of a table's keys, beside those of its indexes.
const (
	tallySpace      = 0xffffffff // one key: the tally
	collectionSpace = 0xfffffffe // by partition key: the size of its item collection
)

// tally counts the items of a table and its indexes, and their sizes, by
// index number. It is kept in the transaction of each change.
type tally map[uint32]extent

type extent struct{ Count, Size int64 }

func (t *table) readTally(tx *store.Tx) tally {
	b, _ := tx.Get(t.appendSpace(nil, tallySpace))
	n := tally{}
	for ; len(b) >= 20; b = b[20:] {
		n[binary.BigEndian.Uint32(b)] = extent{int64(binary.BigEndian.Uint64(b[4:])), int64(binary.BigEndian.Uint64(b[12:]))}
	}
	return n
}

// addTally adds what a change did. d holds few indexes, so it is a slice.
func (t *table) addTally(tx *store.Tx, d []difference) {
	if d = slices.DeleteFunc(d, difference.none); len(d) == 0 {
		return // many changes leave an item as large as it was
	}
	tx.Edit(t.appendSpace(make([]byte, 0, len(t.prefix)+8), tallySpace), func(b []byte) []byte {
		for _, x := range d {
			at := 0
			for at < len(b) && binary.BigEndian.Uint32(b[at:]) != x.index {
				at += 20
			}
			if at == len(b) {
				b = binary.BigEndian.AppendUint32(b, x.index)
				b = append(b, make([]byte, 16)...)
			}
			addInt64(b[at+4:], x.count)
			addInt64(b[at+12:], x.size)
		}
		return b
	})
}

// difference is what a change did to the extent of a table or an index.
type difference struct {
	index       uint32
	count, size int64
}

func (d difference) none() bool { return d.count == 0 && d.size == 0 }

func addInt64(b []byte, n int64) {
	binary.BigEndian.PutUint64(b, binary.BigEndian.Uint64(b)+uint64(n))
}
