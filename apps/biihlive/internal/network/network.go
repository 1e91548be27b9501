// Package network makes up a believable social network: members of Spanish
// speaking cities, who follows whom, what they say to each other and what they
// photograph.
//
// Invariants:
//   - A seed always makes the same network (TestSame).
//   - More members or accounts leave those who were there as they were, but for new followers (TestGrows).
//   - Who is followed much is followed more (TestHubs).
//   - Nobody follows themselves, or anybody twice (TestFollows).
package network

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// A Member is somebody.
type Member struct {
	ID             string // of an account it is the user pool's to give
	Account        bool
	Nickname, Name string
	City, Country  string
	About          string
	Joined, Seen   time.Time
	Portrait       bool // they have a profile photo
	Photos         []Photo
}

// Email is the address of a member's account.
func (m *Member) Email() string { return m.Nickname + "@biihlive.example" }

// A Photo is one that a member shows.
type Photo struct {
	At      time.Time
	Caption string
}

// A Follow says that a member follows another, by their places in the list.
type Follow struct {
	Follower, Followed int
	Since              time.Time
}

// A Message is from one member to another.
type Message struct {
	ID       string
	From, To int
	At       time.Time
	Text     string
	Read     bool
}

// A Network is everybody and everything. Messages are in the order of their
// conversations, and of time within one.
type Network struct {
	Members  []Member
	Follows  []Follow
	Messages []Message
}

// Epoch is before everybody joined.
var Epoch = time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC)

// maker makes a network, member after member.
type maker struct {
	Network
	seed    uint64
	names   map[string]bool // nicknames that are taken
	hat     []int           // each member once, and once more for each follower
	follows map[[2]int]bool
	talk    map[[2]int]bool
}

// Make makes the network of a seed: users, and after them accounts for people
// to log in with.
func Make(seed uint64, users, accounts int) *Network {
	m := &maker{seed: seed, names: map[string]bool{}, follows: map[[2]int]bool{}, talk: map[[2]int]bool{}}
	for i := range users + accounts {
		// Each has a chance of their own, so that the ones before stay as they are.
		r := rand.New(rand.NewPCG(seed, uint64(i)))
		if i >= users {
			r = rand.New(rand.NewPCG(seed, uint64(1<<32+i-users)))
		}
		m.join(r, i >= users)
	}
	return &m.Network
}

func (m *maker) join(r *rand.Rand, account bool) {
	i := len(m.Members)
	first := firstNames[r.IntN(len(firstNames))]
	last := surnames[r.IntN(len(surnames))]
	place := cities[r.IntN(len(cities))]
	joined := Epoch.Add(time.Duration(r.IntN(60*24*60)) * time.Minute)
	who := Member{
		ID: id(r), Account: account, Name: first + " " + last, Nickname: m.nickname(first, last),
		City: place.city, Country: place.country, About: abouts[r.IntN(len(abouts))],
		Joined: joined, Seen: joined.Add(time.Duration(r.IntN(200*24*60)) * time.Minute), Portrait: account || r.IntN(10) < 6,
	}
	for range max(0, r.IntN(6)-2) {
		who.Photos = append(who.Photos, Photo{joined.Add(time.Duration(1+r.IntN(90*24*3600)) * time.Second), captions[r.IntN(len(captions))]})
	}
	m.Members = append(m.Members, who)

	for range min(i, 3+r.IntN(10)) {
		other := m.hat[r.IntN(len(m.hat))]
		m.follow(i, other, r)
		if r.IntN(10) < 4 {
			m.follow(other, i, r)
		}
		if r.IntN(6) == 0 {
			m.converse(i, other, r)
		}
	}
	if account { // there is something to see for who logs in
		for range min(i, 12) {
			m.follow(r.IntN(i), i, r)
		}
		for range min(i, 3) {
			m.converse(i, r.IntN(i), r)
		}
	}
	m.hat = append(m.hat, i)
}

func (m *maker) nickname(first, last string) string {
	plain := strings.NewReplacer("á", "a", "é", "e", "í", "i", "ó", "o", "ú", "u", "ü", "u", "ñ", "n", " ", "").Replace
	base := plain(strings.ToLower(first)) + "." + plain(strings.ToLower(last))
	name := base
	for n := 2; m.names[name]; n++ {
		name = fmt.Sprint(base, n)
	}
	m.names[name] = true
	return name
}

func (m *maker) follow(a, b int, r *rand.Rand) {
	edge := [2]int{a, b}
	if a == b || m.follows[edge] {
		return
	}
	m.follows[edge] = true
	since := latest(m.Members[a].Joined, m.Members[b].Joined).Add(time.Duration(1+r.IntN(30*24*60)) * time.Minute)
	m.Follows = append(m.Follows, Follow{a, b, since})
	m.hat = append(m.hat, b)
}

// converse lets two members talk, once.
func (m *maker) converse(a, b int, r *rand.Rand) {
	pair := [2]int{min(a, b), max(a, b)}
	if a == b || m.talk[pair] {
		return
	}
	m.talk[pair] = true
	at := latest(m.Members[a].Joined, m.Members[b].Joined).Add(time.Duration(1+r.IntN(60*24*60)) * time.Minute)
	lines := dialogues[r.IntN(len(dialogues))]
	lines = lines[:2+r.IntN(len(lines)-1)]
	from, to := b, a
	for n, text := range lines {
		m.Messages = append(m.Messages, Message{id(r), from, to, at, text, n < len(lines)-1})
		from, to = to, from
		at = at.Add(time.Duration(5000+r.IntN(600_000)) * time.Millisecond)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// id is a random UUID.
func id(r *rand.Rand) string {
	a, b := r.Uint64(), r.Uint64()
	return fmt.Sprintf("%08x-%04x-4%03x-%04x-%012x", a>>32, a>>16&0xffff, a&0xfff, 0x8000|b>>48&0x3fff, b&0xffffffffffff)
}
