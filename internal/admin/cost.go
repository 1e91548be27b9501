package admin

import (
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/cost"
)

// Bills says what the cloud's use would have cost on AWS.
type Bills interface {
	// Month is the bill of a month, with or without what is free.
	Month(month time.Time, free bool) []cost.Line
}

func (h *Handler) cost(w http.ResponseWriter, r *http.Request) {
	month := h.Status().Clock.UTC()
	if q := r.FormValue("month"); q != "" {
		var err error
		if month, err = time.Parse("2006-01", q); err != nil {
			reply(w, http.StatusBadRequest, map[string]string{"message": "month is one such as 2026-11"})
			return
		}
	}
	reply(w, http.StatusOK, h.Bills.Month(month, r.FormValue("list") == ""))
}
