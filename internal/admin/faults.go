package admin

import (
	"encoding/json"
	"net/http"

	"github.com/niebla-cloud/niebla/internal/fault"
)

// Faults are the faults that are injected.
type Faults interface {
	Add(fault.Rule) (fault.Rule, error)
	List() []fault.Rule
	Remove(id string) bool
	Clear()
}

// maxRequest bounds the body of an administrative call.
const maxRequest = 64 << 10

func (h *Handler) faults(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, h.Faults.List())
}

func (h *Handler) addFault(w http.ResponseWriter, r *http.Request) {
	var rule fault.Rule
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxRequest))
	dec.DisallowUnknownFields()
	err := dec.Decode(&rule)
	if err == nil {
		rule, err = h.Faults.Add(rule)
	}
	if err != nil {
		reply(w, http.StatusBadRequest, map[string]string{"message": err.Error()})
		return
	}
	reply(w, http.StatusOK, rule)
}

func (h *Handler) clearFaults(w http.ResponseWriter, _ *http.Request) {
	h.Faults.Clear()
	reply(w, http.StatusOK, map[string]string{"status": "none"})
}

func (h *Handler) removeFault(w http.ResponseWriter, r *http.Request) {
	if !h.Faults.Remove(r.PathValue("id")) {
		reply(w, http.StatusNotFound, map[string]string{"message": "no fault " + r.PathValue("id") + " is in force; niebla fault list has them"})
		return
	}
	reply(w, http.StatusOK, map[string]string{"status": "removed"})
}
