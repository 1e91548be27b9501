package logs

import (
	"context"
	"encoding/binary"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

const eventSpace = "logs/event"

// position is a place among the events of a stream, and of a group: by time,
// then by arrival.
type position struct {
	time     int64
	sequence uint64
}

var end = position{math.MaxInt64, math.MaxUint64}

func (p position) before(q position) bool {
	return p.time < q.time || p.time == q.time && p.sequence < q.sequence
}

func (p position) next() position {
	if p.sequence == math.MaxUint64 {
		return position{p.time + 1, 0}
	}
	return position{p.time, p.sequence + 1}
}

func later(p, q position) position {
	if p.before(q) {
		return q
	}
	return p
}

func earlier(p, q position) position {
	if p.before(q) {
		return p
	}
	return q
}

// id is how clients see a position: as an event's id, and in tokens.
func (p position) id() string { return fmt.Sprintf("%020d%036d", p.time, p.sequence) }

func parsePosition(id string) (p position, ok bool) {
	if len(id) != 56 {
		return p, false
	}
	t, err := strconv.ParseInt(id[:20], 10, 64)
	n, err2 := strconv.ParseUint(strings.TrimLeft(id[20:55], "0")+id[55:], 10, 64)
	return position{t, n}, err == nil && err2 == nil && t >= 0
}

// event is one event of a stream.
type event struct {
	position
	stream   string
	ingested int64
	message  string
}

// overhead is what AWS adds to the length of each message.
const overhead = 26

func (e *event) size() int { return len(e.message) + overhead }

func eventPrefix(s aws.Scope, group, stream string) []byte {
	return store.AppendPart(store.AppendPart(store.Prefix(eventSpace, s), group), stream)
}

func eventKey(prefix []byte, p position) []byte {
	k := append(make([]byte, 0, len(prefix)+16), prefix...)
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(k, uint64(p.time)), p.sequence)
}

// decodeEvent reads an event from its key and value.
func decodeEvent(key, value []byte, stream string) (e event, ok bool) {
	ingested, n := binary.Uvarint(value)
	if len(key) < 16 || n <= 0 {
		return e, false
	}
	at := key[len(key)-16:]
	return event{
		position: position{int64(binary.BigEndian.Uint64(at)), binary.BigEndian.Uint64(at[8:])},
		stream:   stream, ingested: int64(ingested), message: string(value[n:]),
	}, true
}

// events yields the events of a stream from one position up to but without
// another, from the oldest or from the newest.
func events(tx *store.Tx, s aws.Scope, group, stream string, from, to position, back bool) iter.Seq[event] {
	prefix := eventPrefix(s, group, stream)
	scan := tx.Scan
	if back {
		scan = tx.ScanBack
	}
	return func(yield func(event) bool) {
		if !from.before(to) {
			return
		}
		for k, v := range scan(eventKey(prefix, from), eventKey(prefix, to)) {
			if e, ok := decodeEvent(k, v, stream); ok && !yield(e) {
				return
			}
		}
	}
}

// dropEvents deletes the events of a stream between two positions.
func dropEvents(tx *store.Tx, s aws.Scope, group, stream string, from, to position) {
	var bytes int64
	for e := range events(tx, s, group, stream, from, to, false) {
		bytes += int64(e.size())
	}
	if bytes > 0 {
		prefix := eventPrefix(s, group, stream)
		tx.DeleteRange(eventKey(prefix, from), eventKey(prefix, to))
		addBytes(tx, s, group, -bytes)
	}
}

// The limits of one PutLogEvents.
const (
	maxBatchBytes = 1 << 20
	maxEventBytes = 1 << 20
	maxSpan       = 24 * time.Hour
	tooOld        = 14 * 24 * time.Hour
	tooNew        = 2 * time.Hour
)

func checkBatch(list []InputLogEvent) error {
	total := 0
	for i, e := range list {
		total += len(e.Message) + overhead
		switch {
		case len(e.Message)+overhead > maxEventBytes:
			return errParameter("Log event too large: %d bytes exceeds limit of %d", len(e.Message)+overhead, maxEventBytes)
		case i > 0 && e.Timestamp < list[i-1].Timestamp:
			return errParameter("Log events in a single PutLogEvents request must be in chronological order.")
		}
	}
	if total > maxBatchBytes {
		return errParameter("Upload too large: %d bytes exceeds limit of %d", total, maxBatchBytes)
	}
	if n := len(list); n > 0 && list[n-1].Timestamp-list[0].Timestamp > maxSpan.Milliseconds() {
		return errParameter("The batch of log events in a single PutLogEvents request cannot span more than 24 hours.")
	}
	return nil
}

func (s *Service) putLogEvents(_ context.Context, c *aws.Call, in *PutLogEventsInput) (*PutLogEventsOutput, error) {
	if err := checkBatch(in.LogEvents); err != nil {
		return nil, err
	}
	out := &PutLogEventsOutput{}
	var g group
	var taken []InputLogEvent
	var filters []filter
	err := s.DB.Update(func(tx *store.Tx) (err error) {
		if g, err = s.find(tx, c.Scope, in.LogGroupName); err != nil {
			return err
		}
		st, err := s.findStream(tx, c.Scope, g.Name, in.LogStreamName)
		if err != nil {
			return err
		}
		taken, out.RejectedLogEventsInfo = acceptable(in.LogEvents, &g, c.Time)
		s.append(tx, c.Scope, &g, &st, taken, c.Time)
		filters = s.filtersOf(tx, c.Scope, g.Name)
		out.NextSequenceToken = st.token()
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, s.measure(c.Scope, &g, filters, taken)
}

// acceptable is the part of a batch whose times are, and what is told of the rest.
func acceptable(list []InputLogEvent, g *group, now time.Time) ([]InputLogEvent, *RejectedLogEventsInfo) {
	var r RejectedLogEventsInfo
	expired, old, upTo := 0, 0, len(list)
	for i, e := range list {
		if e.Timestamp < g.since(now) {
			expired = i + 1
		}
		if e.Timestamp < millis(now.Add(-tooOld)) {
			old = i + 1
		}
		if e.Timestamp > millis(now.Add(tooNew)) {
			upTo = i
			break
		}
	}
	if expired == 0 && old == 0 && upTo == len(list) {
		return list, nil
	}
	if expired > 0 {
		r.ExpiredLogEventEndIndex = &expired
	}
	if old > 0 {
		r.TooOldLogEventEndIndex = &old
	}
	if upTo < len(list) {
		r.TooNewLogEventStartIndex = &upTo
	}
	return list[max(expired, old):upTo], &r
}

// append adds events to a stream.
func (s *Service) append(tx *store.Tx, scope aws.Scope, g *group, st *stream, list []InputLogEvent, now time.Time) {
	st.Puts++
	prefix := eventPrefix(scope, g.Name, st.Name)
	var bytes int64
	for _, e := range list {
		value := append(binary.AppendUvarint(make([]byte, 0, len(e.Message)+8), uint64(millis(now))), e.Message...)
		tx.Set(eventKey(prefix, position{e.Timestamp, tx.Sequence()}), value)
		bytes += int64(len(e.Message) + overhead)
	}
	if n := len(list); n > 0 {
		if st.Ingested == 0 || list[0].Timestamp < st.First {
			st.First = list[0].Timestamp
		}
		st.Last = max(st.Last, list[n-1].Timestamp)
		st.Ingested = millis(now)
		addBytes(tx, scope, g.Name, bytes)
	}
	s.streams.Put(tx, scope, *st, g.Name, st.Name)
}
