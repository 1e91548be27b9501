package sqs

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// A message lies under three keys, each the queue's UID and then
//
//	sqs/body   sequence           what was sent; written once
//	sqs/state  sequence           when it can be received, and how often it was
//	sqs/due    time, sequence     the order in which messages can be received
//
// so that receiving one rewrites a few bytes, however long it is.

// message is what was sent.
type message struct {
	ID         string
	Body       string
	Attributes map[string]MessageAttributeValue
	Sender     string  // SenderId
	Trace      string  // AWSTraceHeader
	Group      string  // MessageGroupId
	Source     aws.ARN // DeadLetterQueueSourceArn
}

// state is what becomes of a message. Times are in milliseconds.
type state struct {
	visible  int64 // from when on it can be received
	sent     int64
	received int64 // first; 0 is never
	count    uint32
}

const stateSize = 28

func (st *state) append(b []byte) []byte {
	b = binary.BigEndian.AppendUint64(b, uint64(st.visible))
	b = binary.BigEndian.AppendUint64(b, uint64(st.sent))
	b = binary.BigEndian.AppendUint64(b, uint64(st.received))
	return binary.BigEndian.AppendUint32(b, st.count)
}

func readState(b []byte) state {
	u := func(i int) int64 { return int64(binary.BigEndian.Uint64(b[i:])) }
	return state{u(0), u(8), u(16), binary.BigEndian.Uint32(b[24:])}
}

func (q *queue) space(name string) []byte {
	return binary.BigEndian.AppendUint64(store.Prefix(name, q.scope), q.UID)
}

func (q *queue) bodyKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(q.space("sqs/body"), seq)
}

func (q *queue) stateKey(seq uint64) []byte {
	return binary.BigEndian.AppendUint64(q.space("sqs/state"), seq)
}

func (q *queue) dueKey(visible int64, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint64(q.space("sqs/due"), uint64(visible)), seq)
}

// schedule stores a message's state, in which it was not before.
func (q *queue) schedule(tx *store.Tx, seq uint64, st *state) {
	b := st.append(nil)
	tx.Set(q.stateKey(seq), b)
	tx.Set(q.dueKey(st.visible, seq), b)
}

// add puts a message into the queue.
func (s *Service) add(tx *store.Tx, q *queue, m *message, st *state) error {
	b, err := json.Marshal(m)
	if err != nil {
		return err
	}
	seq := tx.Sequence()
	tx.Set(q.bodyKey(seq), b)
	q.schedule(tx, seq, st)
	uid := q.UID
	tx.OnCommit(func() { s.bells.ring(uid) })
	return nil
}

func (q *queue) remove(tx *store.Tx, seq uint64, st *state) {
	tx.Delete(q.dueKey(st.visible, seq))
	tx.Delete(q.stateKey(seq))
	tx.Delete(q.bodyKey(seq))
}

// clear removes every message.
func (q *queue) clear(tx *store.Tx) {
	for _, name := range []string{"sqs/body", "sqs/state", "sqs/due"} {
		p := q.space(name)
		tx.DeleteRange(p, store.PrefixEnd(p))
	}
}

// due is one entry in the order of messages.
type due struct {
	seq uint64
	state
}

// upTo yields what can be received at a time, in order, until f returns false.
// It returns when the next message after that can be, or 0.
func (q *queue) upTo(tx *store.Tx, now int64, f func(due) bool) (next int64) {
	p := q.space("sqs/due")
	for k, v := range tx.Scan(p, store.PrefixEnd(p)) {
		d := due{binary.BigEndian.Uint64(k[len(k)-8:]), readState(v)}
		if d.visible > now {
			return d.visible
		}
		if !f(d) {
			return 0
		}
	}
	return 0
}

// body reads what was sent.
func (q *queue) body(tx *store.Tx, seq uint64) (m message, err error) {
	b, _ := tx.Get(q.bodyKey(seq))
	return m, json.Unmarshal(b, &m)
}

// counts is how many messages a queue has.
type counts struct {
	visible, inFlight, delayed int
	expired                    int   // and yet to be removed
	oldest                     int64 // when the oldest was sent, in milliseconds; 0 without any
}

// count counts messages that have not expired.
func (q *queue) count(tx *store.Tx, at time.Time) (n counts) {
	now, expired := at.UnixMilli(), at.Add(-q.retention()).UnixMilli()
	p := q.space("sqs/due")
	for _, v := range tx.Scan(p, store.PrefixEnd(p)) {
		st := readState(v)
		switch {
		case st.sent <= expired:
			n.expired++
			continue
		case st.visible <= now:
			n.visible++
		case st.count > 0:
			n.inFlight++
		default:
			n.delayed++
		}
		if n.oldest == 0 || st.sent < n.oldest {
			n.oldest = st.sent
		}
	}
	return n
}

// expired lists messages that are too old, at most so many.
func (q *queue) expired(tx *store.Tx, at time.Time, most int) (old []due) {
	limit := at.Add(-q.retention()).UnixMilli()
	p := q.space("sqs/due")
	for k, v := range tx.Scan(p, store.PrefixEnd(p)) {
		if st := readState(v); st.sent <= limit && len(old) < most {
			old = append(old, due{binary.BigEndian.Uint64(k[len(k)-8:]), st})
		}
	}
	return old
}

// handle is what a receiver shows to delete a message: the queue, the message,
// and which of its receives it was.
type handle struct {
	uid, seq uint64
	count    uint32
}

func (h handle) String() string {
	b := binary.BigEndian.AppendUint64(nil, h.uid)
	b = binary.BigEndian.AppendUint64(b, h.seq)
	return base64.StdEncoding.EncodeToString(binary.BigEndian.AppendUint32(b, h.count))
}

// parseHandle reads a receipt handle of a queue.
func parseHandle(q *queue, text string) (handle, error) {
	if text == "" {
		return handle{}, errMissing("ReceiptHandle")
	}
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != 20 {
		return handle{}, errHandle(text)
	}
	h := handle{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:]), binary.BigEndian.Uint32(b[16:])}
	if h.uid != q.UID {
		return handle{}, errHandle(text)
	}
	return h, nil
}
