package main

import (
	"slices"
	"testing"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
)

func TestSuggestions(t *testing.T) {
	db := cloudtest.Tables(t, cloudtest.Start(t))
	for id, city := range map[string]string{"me": "Madrid", "ana": "Lima", "ben": "Lima", "eva": "Lima", "leo": "Lima", "sol": "Madrid", "tea": "Madrid", "far": "Quito"} {
		cloudtest.Put(t, db, cloudtest.Users, map[string]any{"userId": id, "nickname": id, "pais": "XX", "ciudad": city, "seguidores": 3})
	}
	cloudtest.Put(t, db, cloudtest.Users, map[string]any{"userId": "stranger", "nickname": "no city"})
	for _, edge := range [][2]string{
		{"me", "ana"}, {"me", "ben"}, {"me", "tea"}, // whom I follow
		{"ana", "leo"}, {"ben", "leo"}, {"ana", "eva"}, {"ben", "me"}, {"ana", "ben"}, {"ben", "gone"},
		{"far", "far"},
	} {
		cloudtest.Put(t, db, cloudtest.Social, map[string]any{"followerId": edge[0], "SK": "FOLLOWING#" + edge[1], "followedId": edge[1]})
	}
	cloudtest.Put(t, db, cloudtest.Social, map[string]any{"followerId": "ana", "SK": "PHOTO#1", "userId": "ana"})
	h := handler{db, cloudtest.Users, cloudtest.Social}
	for _, c := range []struct {
		who   string
		limit int
		want  []string
	}{
		{"me", 10, []string{"leo", "eva", "sol"}}, // two know leo, one knows eva, sol is near; gone is no more
		{"me", 1, []string{"leo"}},
		{"me", 0, []string{"leo"}},
		{"me", 1000, []string{"leo", "eva", "sol"}},
		{"stranger", 5, nil},
		{"nobody", 5, nil},
		{"far", 5, nil},
	} {
		list, err := h.handle(t.Context(), question{c.who, c.limit})
		if err != nil {
			t.Fatal(err)
		}
		if list == nil {
			t.Errorf("%s: null is no list", c.who)
		}
		var got []string
		for _, p := range list {
			got = append(got, p["userId"].(string))
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%d for %s: %q, want %q", c.limit, c.who, got, c.want)
		}
	}
	h.social = "none"
	if _, err := h.handle(t.Context(), question{"me", 5}); err == nil {
		t.Error("without a table all is well")
	}
}
