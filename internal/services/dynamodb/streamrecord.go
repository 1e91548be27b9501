package dynamodb

import (
	"crypto/md5"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A stored record is a byte for the format, one for the event, one for the
// flags, the time in milliseconds (8 bytes), and the key, the new and the old
// image, each after its length (a uvarint). A view leaves images empty.
const recordFormat = 1

const (
	eventInsert byte = iota + 1
	eventModify
	eventRemove
)

const flagExpired = 1 // the item was removed because its time had come

const recordHead = 11

// record adds what the change did to the table's stream.
func (c *change) record(tx *store.Tx, old, next ddbexpr.Item) {
	st := c.t.Stream
	event, some := eventModify, next
	switch {
	case old == nil:
		event = eventInsert
	case next == nil:
		event, some = eventRemove, old
	}
	var flags byte
	if c.expired {
		flags |= flagExpired
	}
	var newer, older ddbexpr.Item
	if st.View == newImage || st.View == bothImage {
		newer = next
	}
	if st.View == oldImage || st.View == bothImage {
		older = old
	}
	b := append(make([]byte, 0, recordHead+128+len(newer)+len(older)), recordFormat, event, flags)
	b = binary.BigEndian.AppendUint64(b, uint64(c.call.Time.UnixMilli()))
	for _, it := range []ddbexpr.Item{c.t.keyOf(some), newer, older} {
		b = append(binary.AppendUvarint(b, uint64(len(it))), it...)
	}
	hash := binary.BigEndian.Uint32(c.storeKey[len(c.t.prefix)+4:])
	at := st.at(hash)
	number := st.Shards[at].Number
	tx.Set(recordKey(c.t.scope, st.Number, number, tx.Sequence()), b)
	if st.loads[at].take(c.cost.table, c.call.Time) {
		c.t.service.busy.add(busyShard{c.t.scope, c.t.Name, st.Label, number})
		tx.OnCommit(c.t.service.keeping.wake)
	}
	c.recorded = true
}

// keyOf returns the key attributes of an item.
func (t *table) keyOf(it ddbexpr.Item) ddbexpr.Item { return t.keys.Append(nil, it) }

func recordTime(b []byte) time.Time {
	return time.UnixMilli(int64(binary.BigEndian.Uint64(b[3:]))).UTC()
}

// openRecord renders a stored record. The result has no part of b.
func openRecord(region aws.Region, st *stream, sequence uint64, b []byte) (Record, error) {
	if len(b) < recordHead || b[0] != recordFormat || b[1] < eventInsert || b[1] > eventRemove {
		return Record{}, fmt.Errorf("dynamodb: stream %s: record %d is damaged", st.Label, sequence)
	}
	var parts [3]ddbexpr.Item
	rest := b[recordHead:]
	size := int64(0)
	for i := range parts {
		n, w := binary.Uvarint(rest)
		if w <= 0 || uint64(len(rest)-w) < n {
			return Record{}, fmt.Errorf("dynamodb: stream %s: record %d is cut short", st.Label, sequence)
		}
		if n > 0 {
			parts[i] = ddbexpr.Item(rest[w : w+int(n)])
			size += int64(parts[i].Size())
		}
		rest = rest[w+int(n):]
	}
	r := Record{
		AwsRegion: string(region), EventID: eventID(st.Number, sequence), EventName: eventNames[b[1]],
		EventSource: "aws:dynamodb", EventVersion: "1.1",
		Dynamodb: StreamRecord{
			ApproximateCreationDateTime: recordTime(b).Truncate(time.Second),
			Keys:                        rawItem(parts[0]), NewImage: rawItem(parts[1]), OldImage: rawItem(parts[2]),
			SequenceNumber: sequenceText(sequence), SizeBytes: size, StreamViewType: st.View,
		},
	}
	if b[2]&flagExpired != 0 {
		r.UserIdentity = &Identity{PrincipalId: "dynamodb.amazonaws.com", Type: "Service"}
	}
	return r, nil
}

var eventNames = [...]string{eventInsert: "INSERT", eventModify: "MODIFY", eventRemove: "REMOVE"}

// eventID is the same each time a record is read.
func eventID(stream, sequence uint64) string {
	sum := md5.Sum(binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(nil, stream), sequence))
	return hex.EncodeToString(sum[:])
}

// sequenceText writes a sequence number in the 21 digits that AWS begins with.
func sequenceText(n uint64) string { return fmt.Sprintf("1%020d", n) }

func parseSequence(s string) (uint64, error) {
	if digits, ok := strings.CutPrefix(s, "1"); ok && len(digits) == 20 {
		if n, err := strconv.ParseUint(digits, 10, 64); err == nil {
			return n, nil
		}
	}
	return 0, errValidation("Invalid SequenceNumber: %s", s)
}
