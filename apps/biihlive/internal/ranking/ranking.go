// Package ranking makes and reads editions of Biihlive's rankings, by city and
// by country.
//
// Invariants:
//   - Readers see an edition whole: it is written first, and then named as the current one (TestEditionsSwitchWhole).
//   - An older edition never takes the place of a newer one (TestOlderEditionDoesNotReturn).
//   - Members of one place are in order of their points; equals in an order that stays (TestOrder).
package ranking

import (
	"cmp"
	"slices"
	"strings"
)

// Member is what a ranking looks at.
type Member struct {
	UserID    string `dynamodbav:"userId"`
	Nickname  string `dynamodbav:"nickname"`
	City      string `dynamodbav:"ciudad"`
	Country   string `dynamodbav:"pais"`
	Points    int    `dynamodbav:"puntos"`
	Level     int    `dynamodbav:"nivel"`
	Followers int    `dynamodbav:"seguidores"`
	Thumbnail string `dynamodbav:"fotoMiniatura"`
}

// Entry is one place in a ranking.
type Entry struct {
	Ranking   string `dynamodbav:"ranking" json:"-"`
	Position  int    `dynamodbav:"position" json:"position"`
	UserID    string `dynamodbav:"userId" json:"userId"`
	Nickname  string `dynamodbav:"nickname" json:"nickname"`
	Points    int    `dynamodbav:"puntos" json:"puntos"`
	Thumbnail string `dynamodbav:"fotoMiniatura,omitempty" json:"fotoMiniatura,omitempty"`
	Expires   int64  `dynamodbav:"caduca" json:"-"`
}

// Longest is how many members a ranking names.
const Longest = 100

// Kinds of rankings, as the API names them.
const (
	City    = "CIUDAD"
	Country = "PAIS"
)

// Key names a ranking of an edition.
func Key(edition, kind, place string) string { return edition + "#" + kind + "#" + place }

// Rank makes the rankings of an edition.
func Rank(edition string, members []Member) []Entry {
	places := map[string][]Member{}
	for _, m := range members {
		if m.Country == "" || m.Nickname == "" {
			continue
		}
		places[Key(edition, Country, m.Country)] = append(places[Key(edition, Country, m.Country)], m)
		if m.City != "" {
			key := Key(edition, City, m.Country+"/"+m.City)
			places[key] = append(places[key], m)
		}
	}
	var entries []Entry
	for key, list := range places {
		slices.SortFunc(list, func(a, b Member) int {
			return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(b.Followers, a.Followers), strings.Compare(a.UserID, b.UserID))
		})
		for i, m := range list[:min(len(list), Longest)] {
			entries = append(entries, Entry{Ranking: key, Position: i + 1, UserID: m.UserID, Nickname: m.Nickname, Points: m.Points, Thumbnail: m.Thumbnail})
		}
	}
	slices.SortFunc(entries, func(a, b Entry) int {
		return cmp.Or(strings.Compare(a.Ranking, b.Ranking), cmp.Compare(a.Position, b.Position))
	})
	return entries
}

// Level is the level that points make: 1, and one more at 100, 400, 900 …
func Level(points int) int {
	level := 1
	for level*level*100 <= points {
		level++
	}
	return level
}
