package ranking

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
)

func TestOrder(t *testing.T) {
	members := []Member{
		{UserID: "a", Nickname: "a", Country: "ES", City: "Madrid", Points: 10, Followers: 1},
		{UserID: "b", Nickname: "b", Country: "ES", City: "Madrid", Points: 30, Followers: 1},
		{UserID: "d", Nickname: "d", Country: "ES", City: "Madrid", Points: 10, Followers: 1},
		{UserID: "c", Nickname: "c", Country: "ES", City: "Cádiz", Points: 10, Followers: 2},
		{UserID: "m", Nickname: "m", Country: "MX", Points: 50},
		{UserID: "x", Nickname: "x", Points: 99},               // from nowhere
		{UserID: "y", Country: "ES", City: "Soria", Points: 9}, // with no name
	}
	want := "e#CIUDAD#ES/Cádiz 1 c, e#CIUDAD#ES/Madrid 1 b, e#CIUDAD#ES/Madrid 2 a, e#CIUDAD#ES/Madrid 3 d, " +
		"e#PAIS#ES 1 b, e#PAIS#ES 2 c, e#PAIS#ES 3 a, e#PAIS#ES 4 d, e#PAIS#MX 1 m"
	random := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		random.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
		var got []string
		for _, e := range Rank("e", members) {
			got = append(got, fmt.Sprint(e.Ranking, " ", e.Position, " ", e.UserID))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Fatalf("%s\nwant %s", s, want)
		}
	}
	many := make([]Member, 2*Longest)
	for i := range many {
		many[i] = Member{UserID: fmt.Sprint(i), Nickname: "n", Country: "ES", Points: i}
	}
	if entries := Rank("e", many); len(entries) != Longest || entries[0].Points != 2*Longest-1 || entries[Longest-1].Position != Longest {
		t.Errorf("%d entries from %+v", len(entries), entries[0])
	}
}

func TestLevel(t *testing.T) {
	for points, want := range map[int]int{-10: 1, 0: 1, 99: 1, 100: 2, 399: 2, 400: 3, 900: 4, 10_000: 11} {
		if got := Level(points); got != want {
			t.Errorf("%d points are level %d, want %d", points, got, want)
		}
	}
}

// ranked are the entries of a country in an edition, three batches of them.
func ranked(edition, first string) []Entry {
	entries := []Entry{{Ranking: Key(edition, Country, "ES"), Position: 1, UserID: first, Nickname: first}}
	for i := range 2*batch + 9 {
		entries = append(entries, Entry{Ranking: Key(edition, Country, "ES"), Position: i + 2, UserID: fmt.Sprint(i), Nickname: "n"})
	}
	return entries
}

func TestEditionsSwitchWhole(t *testing.T) {
	cfg := cloudtest.Start(t)
	reader := Editions{DB: cloudtest.Tables(t, cfg), Table: cloudtest.Rankings}
	type seen struct {
		edition, first string
		length         int
	}
	read := func() seen {
		edition, entries, err := reader.Current(t.Context(), Country, "ES", Longest)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) == 0 {
			return seen{edition: edition}
		}
		return seen{edition, entries[0].UserID, len(entries)}
	}
	if got := read(); got != (seen{}) {
		t.Errorf("before all editions: %+v", got)
	}
	var during []seen
	cfg.HTTPClient = cloudtest.Tap(func(r *http.Request) {
		if r.Header.Get("X-Amz-Target") != "" {
			during = append(during, read())
		}
	})
	writer := Editions{DB: dynamodb.NewFromConfig(cfg), Table: cloudtest.Rankings}
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	whole := len(ranked("", ""))
	before := seen{}
	for i, first := range []string{"ana", "eva"} {
		during = nil
		edition := at.AddDate(0, 0, i).Format(time.RFC3339)
		if err := writer.Write(t.Context(), edition, at, ranked(edition, first)); err != nil {
			t.Fatal(err)
		}
		if len(during) != 4 || slices.ContainsFunc(during, func(s seen) bool { return s != before }) {
			t.Errorf("while %s was written readers saw %+v, want always %+v", edition, during, before)
		}
		before = seen{edition, first, whole}
		if got := read(); got != before {
			t.Errorf("after %s was written: %+v", edition, got)
		}
	}
	item := cloudtest.Get(t, reader.DB, cloudtest.Rankings, map[string]any{"ranking": Key(before.edition, Country, "ES"), "position": 1})
	if got := item["caduca"]; got != float64(at.Add(kept).Unix()) {
		t.Errorf("an entry expires at %v", got)
	}
}

func TestOlderEditionDoesNotReturn(t *testing.T) {
	e := Editions{DB: cloudtest.Tables(t, cloudtest.Start(t)), Table: cloudtest.Rankings}
	at := time.Date(2026, 1, 2, 3, 0, 0, 0, time.UTC)
	for _, edition := range []string{"2026-01-02", "2026-01-03", "2026-01-02", "2026-01-03"} {
		if err := e.Write(t.Context(), edition, at, ranked(edition, edition)); err != nil {
			t.Fatal(err)
		}
	}
	edition, entries, err := e.Current(t.Context(), Country, "ES", 5)
	if err != nil || edition != "2026-01-03" || len(entries) != 5 || entries[0].UserID != "2026-01-03" {
		t.Errorf("the current edition is %s, %+v: %v", edition, entries, err)
	}
	if _, entries, err := e.Current(t.Context(), Country, "XX", 5); err != nil || len(entries) != 0 {
		t.Errorf("a country that nobody is from: %v, %v", entries, err)
	}
}
