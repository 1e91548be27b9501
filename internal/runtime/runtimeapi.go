package runtime

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// MaxPayload bounds an event and an answer, in bytes.
const MaxPayload = 6 << 20

const apiPrefix = "/2018-06-01/runtime/"

// api is the Runtime API of one instance.
func (i *instance) api() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, ok := strings.CutPrefix(r.URL.Path, apiPrefix)
		switch {
		case ok && path == "invocation/next" && r.Method == http.MethodGet:
			i.next(w, r)
		case ok && path == "init/error" && r.Method == http.MethodPost:
			i.initError(w, r)
		case ok && r.Method == http.MethodPost:
			id, verb, _ := strings.Cut(strings.TrimPrefix(path, "invocation/"), "/")
			switch verb {
			case "response":
				i.response(w, r, id, "")
			case "error":
				i.response(w, r, id, "Unhandled")
			default:
				refuse(w, http.StatusNotFound, "NotFound", "no such path")
			}
		default:
			refuse(w, http.StatusNotFound, "NotFound", "no such path")
		}
	})
}

func refuse(w http.ResponseWriter, status int, kind, message string) {
	body, _ := json.Marshal(map[string]string{"errorType": kind, "errorMessage": message}) // strings
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	w.Write(body)
}

func accepted(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusAccepted)
	w.Write([]byte(`{"status":"OK"}`))
}

// next waits for an event.
func (i *instance) next(w http.ResponseWriter, r *http.Request) {
	if !i.asks() {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from "+i.now().String()+" to "+idle.String()+" is not allowed")
		return
	}
	var j *job
	select {
	case j = <-i.work:
	case <-i.gone:
		return
	}
	h := w.Header()
	h["Content-Type"] = []string{"application/json"}
	h["Lambda-Runtime-Aws-Request-Id"] = []string{j.in.RequestID}
	h["Lambda-Runtime-Deadline-Ms"] = []string{strconv.FormatInt(j.deadline.UnixMilli(), 10)}
	h["Lambda-Runtime-Invoked-Function-Arn"] = []string{j.in.FunctionARN}
	h["Lambda-Runtime-Trace-Id"] = []string{j.in.TraceID}
	if j.in.ClientContext != "" {
		h["Lambda-Runtime-Client-Context"] = []string{j.in.ClientContext}
	}
	h["Content-Length"] = []string{strconv.Itoa(len(j.in.Payload))}
	w.Write(j.in.Payload)
}

func (i *instance) now() state {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.state
}

// response takes the answer to an event, or its error.
func (i *instance) response(w http.ResponseWriter, r *http.Request, id, failed string) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload+1<<10)) // room for an error's envelope
	if err == nil && failed == "" && len(body) > MaxPayload {
		err = &http.MaxBytesError{Limit: MaxPayload}
	}
	var big *http.MaxBytesError
	switch {
	case errors.As(err, &big):
		too := &fault{kind: "Function.ResponseSizeTooLarge", text: "Response payload size exceeded maximum allowed payload size (" + strconv.Itoa(MaxPayload) + " bytes)."}
		if i.answer(id, too.result(&Invocation{RequestID: id})) {
			refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", too.text)
			return
		}
	case err != nil:
		return // the process is ending
	case i.answer(id, &Result{Payload: body, Error: failed}):
		accepted(w)
		return
	}
	refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
}

// initError takes why the process cannot work. Its event fails with that when
// the process has ended, which is what it does next.
func (i *instance) initError(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxPayload))
	if err != nil {
		return
	}
	i.mu.Lock()
	ok := i.state == starting
	if ok {
		i.broken = &fault{reported: body}
	}
	i.mu.Unlock()
	if !ok {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from "+i.now().String()+" to InitError is not allowed")
		return
	}
	accepted(w)
}
