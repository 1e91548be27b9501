package sns

import (
	"errors"
	"html/template"
	"net/http"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// What can be opened without a signature: the certificate of our signatures,
// and the links of messages, for programs and for people.
const (
	confirmPage     = "/confirmation.html"
	unsubscribePage = "/unsubscribe.html"
)

// Claims implements service.Endpoint.
func (s *Service) Claims(r *http.Request) bool {
	if r.Method != http.MethodGet {
		return false
	}
	q := r.URL.Query()
	switch r.URL.Path {
	case "/":
		return q.Get("Action") == "ConfirmSubscription" && q.Has("Token") || q.Get("Action") == "Unsubscribe" && q.Has("SubscriptionArn")
	case confirmPage:
		return q.Has("Token") && q.Has("TopicArn")
	case unsubscribePage:
		return q.Has("SubscriptionArn")
	}
	return strings.HasPrefix(r.URL.Path, "/SimpleNotificationService-") && strings.HasSuffix(r.URL.Path, ".pem")
}

// ServeHTTP implements service.Endpoint.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	q := r.URL.Query()
	h := w.Header()
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	switch {
	case strings.HasSuffix(r.URL.Path, ".pem"):
		s.serveCertificate(w, r)
		return
	case r.URL.Path == confirmPage || q.Get("Action") == "ConfirmSubscription":
		sub, err := s.confirm(q.Get("TopicArn"), q.Get("Token"), false, c.Time)
		s.answer(w, r, c, "ConfirmSubscription", sub.arn(), err)
	default:
		arn := q.Get("SubscriptionArn")
		s.answer(w, r, c, "Unsubscribe", arn, s.end(arn, func(sub *subscription) error {
			if sub.Signed {
				return errInvalid("SubscriptionArn Reason: this subscription asks for a signature")
			}
			return nil
		}))
	}
}

func (s *Service) serveCertificate(w http.ResponseWriter, r *http.Request) {
	kept, _, err := s.signer()
	if err != nil || r.URL.Path != certificatePath(kept.ID) {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Write(kept.Certificate)
}

// answer tells a program in XML, or a person in a page, what became of it.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, c *aws.Call, action, arn string, err error) {
	status := http.StatusOK
	a := answer{Action: action, ARN: arn, RequestID: c.RequestID, OK: err == nil, Spanish: strings.HasPrefix(r.Header.Get("Accept-Language"), "es")}
	if known, refused := errors.AsType[*aws.Error](err); refused {
		status, a.Code, a.Message = known.Status, known.Code, known.Message
	} else if err != nil {
		status, a.Code, a.Message = http.StatusInternalServerError, "InternalFailure", "internal failure"
	}
	if r.URL.Path == "/" {
		w.Header().Set("Content-Type", "text/xml")
		w.WriteHeader(status)
		w.Write([]byte(a.document()))
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	page.Execute(w, a) // a client that has gone away is no error of ours
}

type answer struct {
	Action, ARN, RequestID, Code, Message string
	OK, Spanish                           bool
}

// document is the answer as awsQuery has it.
func (a *answer) document() string {
	text := template.HTMLEscapeString
	if !a.OK {
		return `<ErrorResponse xmlns="` + namespace + `"><Error><Type>Sender</Type><Code>` + a.Code + "</Code><Message>" + text(a.Message) +
			"</Message></Error><RequestId>" + a.RequestID + "</RequestId></ErrorResponse>"
	}
	result := ""
	if a.Action == "ConfirmSubscription" {
		result = "<ConfirmSubscriptionResult><SubscriptionArn>" + text(a.ARN) + "</SubscriptionArn></ConfirmSubscriptionResult>"
	}
	return "<" + a.Action + `Response xmlns="` + namespace + `">` + result + "<ResponseMetadata><RequestId>" + a.RequestID +
		"</RequestId></ResponseMetadata></" + a.Action + "Response>"
}

var page = template.Must(template.New("").Parse(`
{{- define "title"}}
{{- if not .OK}}{{if .Spanish}}No se ha podido hacer{{else}}That could not be done{{end}}
{{- else if eq .Action "Unsubscribe"}}{{if .Spanish}}Suscripción cancelada{{else}}Subscription removed{{end}}
{{- else}}{{if .Spanish}}¡Suscripción confirmada!{{else}}Subscription confirmed!{{end}}{{end}}{{end -}}
<!doctype html>
<html lang="{{if .Spanish}}es{{else}}en{{end}}">
<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{{template "title" .}}</title>
<style>body{font:1rem/1.5 system-ui,sans-serif;max-width:40rem;margin:4rem auto;padding:0 1rem}code{overflow-wrap:anywhere}</style>
<h1>{{template "title" .}}</h1>
<p>{{if .OK}}<code>{{.ARN}}</code>{{else}}{{.Message}}{{end}}</p>
</html>
`))
