package stack

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
)

// ranked is a line of a ranking.
type ranked struct {
	Position, Puntos int
	Nickname         string
}

// TestRankings lets a day go by, at whatever hour it is.
func TestRankings(t *testing.T) {
	c := start(t)
	put(t, c, 4)
	for _, follow := range [][2]int{{0, 1}, {2, 1}, {3, 1}, {0, 3}, {1, 3}, {2, 0}} {
		if err := write(t.Context(), c.tables(), name(follow[0]), name(follow[1]), true); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, 20*time.Second, func() string {
		sum := 0
		for _, m := range counters(t, c) {
			sum += m.Seguidores
		}
		if sum != 6 {
			return fmt.Sprintf("%d followers, want 6", sum)
		}
		return ""
	})
	// read is a ranking as the API and the page beside it show it.
	read := func(kind, place string) (edition string, list []ranked) {
		var page struct {
			Edition string
			Items   []ranked
		}
		c.query(t, "", `query($kind: RankingKind!, $place: String!) { ranking(kind: $kind, place: $place) { edition items { position puntos nickname } } }`,
			map[string]any{"kind": kind, "place": place}).data(t, "ranking", &page)
		path := map[string]string{"PAIS": "paises", "CIUDAD": "ciudades"}[kind] + "/" + place
		res := c.do(t, http.MethodGet, stack.outputs.RankingsURL+"rankings/"+path, http.Header{}, nil)
		var public struct {
			Edition string
			Entries []ranked
		}
		if err := json.Unmarshal(res.body, &public); err != nil || res.status != map[bool]int{true: http.StatusOK, false: http.StatusNotFound}[len(page.Items) > 0] {
			t.Errorf("GET %s: %d %s (%v)", path, res.status, res.body, err)
		}
		if public.Edition != page.Edition || fmt.Sprint(public.Entries) != fmt.Sprint(page.Items) {
			t.Errorf("%s: the API shows %s %v, the page %s %v", path, page.Edition, page.Items, public.Edition, public.Entries)
		}
		return page.Edition, page.Items
	}
	if edition, list := read("PAIS", "ES"); edition != "" || len(list) > 0 {
		t.Errorf("an edition %s before there is one: %v", edition, list)
	}
	var last string
	for day := 1.0; day <= 2; day++ {
		c.niebla(t, "clock", "advance", "24h")
		eventually(t, 20*time.Second, func() string {
			if edition, _ := read("PAIS", "ES"); edition <= last {
				return fmt.Sprintf("day %v shows edition %q", day, edition)
			}
			return ""
		})
		edition, list := read("PAIS", "ES")
		last = edition
		if !strings.HasSuffix(edition, "T03:00:00Z") {
			t.Errorf("edition %s", edition)
		}
		if want := "[{1 30 member-01} {2 20 member-03} {3 10 member-00}"; !strings.HasPrefix(fmt.Sprint(list), want) {
			t.Errorf("%v, want %v", list, want)
		}
		if _, list := read("CIUDAD", "ES/Sevilla"); fmt.Sprint(list) != "[{1 30 member-01} {2 20 member-03}]" {
			t.Errorf("Sevilla: %v", list)
		}
		if n := c.sum(t, "AWS/Lambda", "Invocations", "FunctionName", "CalculateRankings"); n != day {
			t.Errorf("after %v days, %v calculations, %v of which failed", day, n, c.sum(t, "AWS/Lambda", "Errors", "FunctionName", "CalculateRankings"))
		}
	}
}
