package admin

import (
	"net/http"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/mail"
)

// Mailbox is where what services send to people can be read.
type Mailbox interface {
	// List returns the newest messages, at most max; to is whom they are for, or "".
	List(to string, max int) ([]mail.Message, error)
	Get(id string) (m mail.Message, ok bool, err error)
}

func (h *Handler) mails(w http.ResponseWriter, r *http.Request) {
	n := 100
	if q := r.FormValue("n"); q != "" {
		v, err := strconv.Atoi(q)
		if err != nil || v < 0 {
			reply(w, http.StatusBadRequest, map[string]string{"message": "n is a number of messages, such as 100"})
			return
		}
		n = v
	}
	list, err := h.Mail.List(r.FormValue("to"), n)
	if err != nil {
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
		return
	}
	reply(w, http.StatusOK, map[string]any{"messages": list})
}

func (h *Handler) mail(w http.ResponseWriter, r *http.Request) {
	m, ok, err := h.Mail.Get(r.PathValue("id"))
	switch {
	case err != nil:
		reply(w, http.StatusInternalServerError, map[string]string{"message": err.Error()})
	case !ok:
		reply(w, http.StatusNotFound, map[string]string{"message": "there is no message " + r.PathValue("id")})
	default:
		reply(w, http.StatusOK, m)
	}
}
