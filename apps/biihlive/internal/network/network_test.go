package network

import (
	"reflect"
	"regexp"
	"slices"
	"testing"
)

func TestSame(t *testing.T) {
	if !reflect.DeepEqual(Make(1, 80, 3), Make(1, 80, 3)) {
		t.Error("a seed makes two networks")
	}
	if reflect.DeepEqual(Make(1, 80, 3).Members[0], Make(2, 80, 3).Members[0]) {
		t.Error("two seeds make one network")
	}
}

func TestGrows(t *testing.T) {
	small, more, accounts := Make(1, 50, 0), Make(1, 80, 0), Make(1, 50, 5)
	for name, n := range map[string]*Network{"members": more, "accounts": accounts} {
		if !reflect.DeepEqual(small.Members, n.Members[:50]) || !reflect.DeepEqual(small.Follows, n.Follows[:len(small.Follows)]) ||
			!reflect.DeepEqual(small.Messages, n.Messages[:len(small.Messages)]) {
			t.Errorf("more %s changed what was there", name)
		}
	}
	for i, m := range accounts.Members {
		if m.Account != (i >= 50) {
			t.Errorf("member %d: account %v", i, m.Account)
		}
	}
}

func TestHubs(t *testing.T) {
	n := Make(1, 500, 0)
	followers := make([]int, 500)
	for _, f := range n.Follows {
		followers[f.Followed]++
	}
	slices.Sort(followers)
	if median, most := followers[250], followers[499]; most < 10*median || median == 0 {
		t.Errorf("the most followed has %d followers, the median %d", most, median)
	}
}

func TestFollows(t *testing.T) {
	n := Make(1, 200, 4)
	seen := map[[2]int]bool{}
	followers := map[int]int{}
	for _, f := range n.Follows {
		edge := [2]int{f.Follower, f.Followed}
		if seen[edge] || f.Follower == f.Followed || f.Since.Before(n.Members[f.Follower].Joined) || f.Since.Before(n.Members[f.Followed].Joined) {
			t.Errorf("%+v", f)
		}
		seen[edge] = true
		followers[f.Followed]++
	}
	for i, m := range n.Members {
		if m.Account && followers[i] < 5 {
			t.Errorf("nobody follows account %d", i)
		}
	}
}

func TestMembers(t *testing.T) {
	n := Make(1, 1000, 4)
	uuid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	nickname := regexp.MustCompile(`^[a-z]+\.[a-z]+[0-9]*$`)
	ids, nicknames := map[string]bool{}, map[string]bool{}
	for _, m := range n.Members {
		if !uuid.MatchString(m.ID) || ids[m.ID] {
			t.Errorf("id %q", m.ID)
		}
		if !nickname.MatchString(m.Nickname) || nicknames[m.Nickname] || len(m.Nickname) > 30 {
			t.Errorf("nickname %q", m.Nickname)
		}
		if m.City == "" || len(m.Country) != 2 || m.Seen.Before(m.Joined) {
			t.Errorf("%+v", m)
		}
		ids[m.ID], nicknames[m.Nickname] = true, true
	}
}

func TestMessages(t *testing.T) {
	n := Make(1, 200, 4)
	if len(n.Messages) < 100 {
		t.Errorf("%d messages", len(n.Messages))
	}
	last := map[[2]int]Message{}
	for _, m := range n.Messages {
		pair := [2]int{min(m.From, m.To), max(m.From, m.To)}
		before, talking := last[pair]
		if m.From == m.To || m.Text == "" || talking && (before.From == m.From || !before.At.Before(m.At) || !before.Read) {
			t.Errorf("%+v after %+v", m, before)
		}
		last[pair] = m
	}
}
