package mail

import (
	"errors"
	"strconv"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func newBox(t *testing.T) *Box {
	db := store.OpenMemory()
	t.Cleanup(func() { db.Close() })
	return NewBox(db)
}

func (b *Box) send(t *testing.T, m ...Message) {
	t.Helper()
	err := b.db.Update(func(tx *store.Tx) error {
		for _, m := range m {
			b.Send(tx, m)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (b *Box) bodies(t *testing.T, to string, max int) (text string) {
	t.Helper()
	list, err := b.List(to, max)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		text += m.Body
	}
	return text
}

func TestNewestFirst(t *testing.T) {
	b := newBox(t)
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	b.send(t, Message{To: "ana", Body: "1", Time: now}, Message{To: "bea", Body: "2", Time: now.Add(-time.Hour)})
	b.send(t, Message{To: "ana", Body: "3", Time: now})
	for _, c := range []struct {
		to   string
		max  int
		want string
	}{{"", 10, "321"}, {"ana", 10, "31"}, {"ana", 1, "3"}, {"bea", 1, "2"}, {"cid", 9, ""}} {
		if got := b.bodies(t, c.to, c.max); got != c.want {
			t.Errorf("%d for %q are %s, want %s", c.max, c.to, got, c.want)
		}
	}
	list, _ := b.List("bea", 1)
	m, ok, err := b.Get(list[0].ID)
	if err != nil || !ok || m.Body != "2" || !m.Time.Equal(now.Add(-time.Hour)) {
		t.Errorf("%s is %+v (%v)", list[0].ID, m, err)
	}
	if _, ok, err := b.Get("x"); ok || err != nil {
		t.Errorf("there is a message x (%v)", err)
	}
}

func TestSentWithTheChange(t *testing.T) {
	b := newBox(t)
	failed := errors.New("no")
	err := b.db.Update(func(tx *store.Tx) error {
		b.Send(tx, Message{To: "ana", Body: "lost"})
		return failed
	})
	if !errors.Is(err, failed) || b.bodies(t, "", 10) != "" {
		t.Errorf("the mail of a change that failed was sent (%v)", err)
	}
}

func TestBoxIsBounded(t *testing.T) {
	b := newBox(t)
	many := make([]Message, keep+3)
	for i := range many {
		many[i].Body = strconv.Itoa(i)
	}
	b.send(t, many...)
	list, err := b.List("", 2*keep)
	if err != nil || len(list) != keep || list[keep-1].Body != "3" {
		t.Errorf("%d messages (%v)", len(list), err)
	}
	left := 0
	_ = b.db.View(func(tx *store.Tx) error {
		for range b.messages.All(tx, aws.Scope{}) {
			left++
		}
		return nil
	})
	if left != keep {
		t.Errorf("%d messages are stored", left)
	}
}
