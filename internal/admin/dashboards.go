package admin

import (
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/dashboard"
)

// Dashboards is what is shown of CloudWatch's dashboards.
type Dashboards interface {
	// Names lists them.
	Names() ([]string, error)
	// Draw draws one over a span of time up to now; nil if there is none of that name.
	Draw(name string, span time.Duration) ([]byte, error)
}

// defaultSpan is how much time a dashboard shows if nobody asks for another.
const defaultSpan = 3 * time.Hour

// page answers with a page that may load nothing and run nothing.
func page(w http.ResponseWriter, html []byte, err error) {
	if err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; base-uri 'none'; form-action 'none'")
	h.Set("Cache-Control", "no-store")
	_, _ = w.Write(html) // the client went away
}

func (h *Handler) dashboards(w http.ResponseWriter, _ *http.Request) {
	names, err := h.Dashboards.Names()
	page(w, dashboard.Index(names), err)
}

func (h *Handler) dashboard(w http.ResponseWriter, r *http.Request) {
	span := defaultSpan
	if q := r.FormValue("span"); q != "" {
		span = 0
		for _, s := range dashboard.Spans {
			if s.Name == q {
				span = s.Span
			}
		}
		if span == 0 {
			reply(w, http.StatusBadRequest, map[string]string{"message": "span is one of 1h, 3h, 12h, 1d, 1w"})
			return
		}
	}
	html, err := h.Dashboards.Draw(r.PathValue("name"), span)
	if err == nil && html == nil {
		reply(w, http.StatusNotFound, map[string]string{"message": "there is no dashboard " + r.PathValue("name")})
		return
	}
	page(w, html, err)
}
