package admin

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// Clock is the cloud's clock.
type Clock interface {
	Now() time.Time
	Advance(ctx context.Context, d time.Duration) error
}

// Time is an answer about the clock.
type Time struct {
	Now time.Time `json:"now"`
}

// Move is a request to move the clock: a duration as Go writes it, "24h".
type Move struct {
	Advance string `json:"advance"`
}

func (h *Handler) clock(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, Time{h.Clock.Now()})
}

func (h *Handler) advance(w http.ResponseWriter, r *http.Request) {
	var m Move
	d, err := time.Duration(0), json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest)).Decode(&m)
	if err == nil {
		d, err = time.ParseDuration(m.Advance)
	}
	if err != nil || d <= 0 {
		reply(w, http.StatusBadRequest, map[string]string{"message": `to move the clock say {"advance": "24h"}: it goes forward only`})
		return
	}
	if err := h.Clock.Advance(r.Context(), d); err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	h.clock(w, r)
}
