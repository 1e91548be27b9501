package mail

import (
	"fmt"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Message is one mail or text message.
type Message struct {
	ID      string    `json:"id"`
	Time    time.Time `json:"time"`
	Service string    `json:"service"` // who sent it: "cognito-idp"
	From    string    `json:"from"`
	To      string    `json:"to"` // an address, or a phone number
	Subject string    `json:"subject"`
	Body    string    `json:"body"`
}

// keep is how many messages the box holds.
const keep = 10_000

// Box is the mailbox of a cloud.
type Box struct {
	db       *store.DB
	messages store.Table[Message]
	count    store.Table[uint64]
}

// NewBox returns the mailbox that the store has.
func NewBox(db *store.DB) *Box {
	if db == nil {
		panic("mail: no store")
	}
	return &Box{db: db, messages: store.NewTable[Message]("mail/message"), count: store.NewTable[uint64]("mail/count")}
}

// Send puts a message into the box and gives it an ID.
func (b *Box) Send(tx *store.Tx, m Message) {
	last, _ := b.count.Get(tx, aws.Scope{})
	last++
	b.count.Put(tx, aws.Scope{}, last)
	m.ID = id(last)
	b.messages.Put(tx, aws.Scope{}, m, m.ID)
	if last > keep {
		b.messages.Delete(tx, aws.Scope{}, id(last-keep))
	}
}

// id sorts as numbers do.
func id(n uint64) string { return fmt.Sprintf("%012d", n) }

// List returns the newest messages, at most max of them; to, unless empty, is
// whom they must be for.
func (b *Box) List(to string, max int) ([]Message, error) {
	list := []Message{}
	err := b.db.View(func(tx *store.Tx) error {
		last, _ := b.count.Get(tx, aws.Scope{})
		for n := last; n > 0 && len(list) < max; n-- {
			m, ok := b.messages.Get(tx, aws.Scope{}, id(n))
			if !ok {
				break // forgotten, as all before it
			}
			if to == "" || m.To == to {
				list = append(list, m)
			}
		}
		return nil
	})
	return list, err
}

// Get returns one message.
func (b *Box) Get(id string) (m Message, ok bool, err error) {
	err = b.db.View(func(tx *store.Tx) error {
		m, ok = b.messages.Get(tx, aws.Scope{}, id)
		return nil
	})
	return m, ok, err
}
