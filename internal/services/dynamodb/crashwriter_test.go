package dynamodb

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

const ownItems = 6

// owned is an item that one writer alone writes. Its v is another with every
// write; 0 means that it is not there. Of the rest, what is zero is left out.
type owned struct {
	g           string
	n, v, until int
}

// holdings are what a writer has written: its items, and how often it counted.
type holdings struct {
	items   [ownItems]owned
	counted int
}

// writer makes one write after the other, and knows what each must leave.
type writer struct {
	id     int
	r      *rand.Rand
	states []holdings // after so many writes
	last   int        // the highest v

	started, acknowledged atomic.Int64 // how many writes
	least, most           int          // the same when the crash came: before it and after
}

// resume goes on from what a crash left.
func (w *writer) resume(from holdings) {
	w.states = append(w.states[:0], from)
	w.started.Store(0)
	w.acknowledged.Store(0)
}

// work writes until it is stopped, or until an answer is wrong, at the times that now
// tells.
func (w *writer) work(t *testing.T, shared *bench, now func() time.Time, stop <-chan struct{}, acknowledged func()) bool {
	b := *shared
	if len(w.states) == 0 {
		w.resume(holdings{})
	}
	for {
		select {
		case <-stop:
			return true
		default:
		}
		next, op, in, refused := w.next(w.states[len(w.states)-1])
		w.states = append(w.states, next)
		w.started.Add(1)
		b.call.Time = now() // after it is counted: see note
		_, _, err := b.do(op, in)
		var e *aws.Error
		if refused != "" && !(errors.As(err, &e) && e.Code == refused) || refused == "" && err != nil {
			t.Errorf("writer %d: %s %s: %v, want %q", w.id, op, in, err, refused)
			return false
		}
		w.acknowledged.Add(1)
		acknowledged()
	}
}

func (w *writer) key(k int) string {
	return fmt.Sprintf(`"pk":{"S":"writer-%d"},"sk":{"N":"%d"}`, w.id, k)
}

func (w *writer) item(k int, o owned) string {
	s := w.key(k)
	if o.g != "" {
		s += fmt.Sprintf(`,"g":{"S":"%s"}`, o.g)
	}
	if o.n != 0 {
		s += fmt.Sprintf(`,"n":{"N":"%d"}`, o.n)
	}
	if o.until != 0 {
		s += fmt.Sprintf(`,"due":{"N":"%d"}`, o.until)
	}
	return s + fmt.Sprintf(`,"v":{"N":"%d"}`, o.v)
}

// fresh is an item that nobody has written before.
func (w *writer) fresh() owned {
	w.last++
	o := owned{v: w.last, n: w.r.IntN(4)}
	if w.r.IntN(3) > 0 {
		o.g = fmt.Sprintf("g%d", w.r.IntN(3))
	}
	if w.r.IntN(3) == 0 {
		o.until = 1900000000 + w.r.IntN(1000)
	}
	return o
}

// as is the condition that an item is what it should be.
func as(o owned) string {
	if o.v == 0 {
		return `"ConditionExpression":"attribute_not_exists(v)"`
	}
	return fmt.Sprintf(`"ConditionExpression":"v = :was","ExpressionAttributeValues":{":was":{"N":"%d"}}`, o.v)
}

const never = `"ConditionExpression":"v = :no","ExpressionAttributeValues":{":no":{"N":"-1"}}`

// count adds one to the counter that all share, and to the writer's part of it.
func (w *writer) count() string {
	return fmt.Sprintf(`"TableName":"ledger","Key":{"pk":{"S":"counter"},"sk":{"N":"0"}},"UpdateExpression":"ADD tally :one, w%d :one","ExpressionAttributeValues":{":one":{"N":"1"}}`, w.id)
}

// next is a write, what the writer has after it, and the error it must get.
func (w *writer) next(h holdings) (after holdings, op, in, refused string) {
	k := w.r.IntN(ownItems)
	j := (k + 1 + w.r.IntN(ownItems-1)) % ownItems
	old, o := h.items[k], w.fresh()
	put := `"TableName":"ledger","Item":{` + w.item(k, o) + `}`
	after = h
	switch w.r.IntN(10) {
	case 0:
		after.items[k] = o
		return after, "PutItem", `{` + put + `}`, ""
	case 1:
		after.items[k] = o
		return after, "PutItem", `{` + put + `,` + as(old) + `}`, ""
	case 2:
		return h, "PutItem", `{` + put + `,` + never + `}`, "ConditionalCheckFailedException"
	case 3:
		after.items[k] = owned{g: "updated", n: old.n, v: o.v, until: old.until}
		return after, "UpdateItem", fmt.Sprintf(`{"TableName":"ledger","Key":{%s},"UpdateExpression":"SET g = :g ADD v :d","ExpressionAttributeValues":{":g":{"S":"updated"},":d":{"N":"%d"}}}`, w.key(k), o.v-old.v), ""
	case 4:
		after.items[k] = owned{v: o.v, n: 9}
		return after, "UpdateItem", fmt.Sprintf(`{"TableName":"ledger","Key":{%s},"UpdateExpression":"SET v = :v, n = :n REMOVE g, due","ExpressionAttributeValues":{":v":{"N":"%d"},":n":{"N":"9"}}}`, w.key(k), o.v), ""
	case 5:
		after.items[k] = owned{}
		return after, "DeleteItem", `{"TableName":"ledger","Key":{` + w.key(k) + `}}`, ""
	case 6:
		after.counted++
		return after, "UpdateItem", `{` + w.count() + `}`, ""
	case 7:
		after.items[k], after.items[j] = o, owned{}
		return after, "BatchWriteItem", fmt.Sprintf(`{"RequestItems":{"ledger":[{"PutRequest":{"Item":{%s}}},{"DeleteRequest":{"Key":{%s}}}]}}`, w.item(k, o), w.key(j)), ""
	case 8:
		return h, "TransactWriteItems", fmt.Sprintf(`{"TransactItems":[{"Put":{%s}},{"Update":{%s}},{"ConditionCheck":{"TableName":"ledger","Key":{%s},%s}}]}`, put, w.count(), w.key(j), never), "TransactionCanceledException"
	}
	after.items[k], after.items[j] = o, owned{g: h.items[j].g, n: h.items[j].n, v: o.v, until: h.items[j].until}
	after.counted++
	return after, "TransactWriteItems", fmt.Sprintf(`{"TransactItems":[{"Put":{%s,%s}},{"Update":{"TableName":"ledger","Key":{%s},"UpdateExpression":"SET v = :v","ExpressionAttributeValues":{":v":{"N":"%d"}}}},{"Update":{%s}}]}`,
		put, as(old), w.key(j), o.v, w.count()), ""
}
