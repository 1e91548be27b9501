package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/ranking"
)

func TestHandle(t *testing.T) {
	db := cloudtest.Tables(t, cloudtest.Start(t))
	for i := range 5 {
		cloudtest.Put(t, db, cloudtest.Users, map[string]any{
			"userId": fmt.Sprint("u", i), "nickname": fmt.Sprint("n", i), "pais": "ES", "ciudad": []string{"Madrid", "Cádiz"}[i%2],
			"puntos": i * 100, "nivel": 1, "seguidores": i, "descripcion": "stays",
		})
	}
	h := handler{db, cloudtest.Users, ranking.Editions{DB: db, Table: cloudtest.Rankings}}
	event := events.CloudWatchEvent{Time: time.Date(2026, 1, 2, 4, 0, 0, 0, time.FixedZone("CET", 3600))}
	for range 2 {
		if err := h.handle(t.Context(), event); err != nil {
			t.Fatal(err)
		}
	}
	edition, entries, err := h.editions.Current(t.Context(), ranking.City, "ES/Madrid", 10)
	if err != nil || edition != "2026-01-02T03:00:00Z" || len(entries) != 3 || entries[0].UserID != "u4" || entries[0].Points != 400 {
		t.Errorf("%s, %+v: %v", edition, entries, err)
	}
	for i, level := range []float64{1, 2, 2, 2, 3} {
		got := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": fmt.Sprint("u", i)})
		if got["nivel"] != level || got["descripcion"] != "stays" {
			t.Errorf("%v, want level %v", got, level)
		}
	}
	if err := h.setLevel(t.Context(), "gone", 5); err != nil {
		t.Error(err)
	}
	if got := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": "gone"}); got != nil {
		t.Errorf("a member who is no more was made: %v", got)
	}
	if err := h.handle(t.Context(), events.CloudWatchEvent{}); err == nil {
		t.Error("an event without a time made an edition")
	}
}
