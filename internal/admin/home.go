package admin

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/fault"
	"github.com/niebla-cloud/niebla/internal/mail"
)

// Site is something that runs in the cloud and is looked at with a browser.
type Site struct{ Name, URL string }

//go:embed pages/*.html
var pages embed.FS

var templates = template.Must(template.New("").Funcs(template.FuncMap{"linked": linked}).ParseFS(pages, "pages/*.html"))

// run is a part of a text: an address, or what is between addresses.
type run struct {
	Text string
	Link bool
}

// address leaves out the punctuation after an address in a sentence.
var address = regexp.MustCompile(`https?://[^\s<>"]*[^\s<>".,;:!?)\]]`)

// linked finds the addresses in a text, so that a mail's link can be followed.
func linked(text string) (runs []run) {
	at := 0
	for _, m := range address.FindAllStringIndex(text, -1) {
		runs = append(runs, run{text[at:m[0]], false}, run{text[m[0]:m[1]], true})
		at = m[1]
	}
	return append(runs, run{text[at:], false})
}

// texts are the words of the pages in one language.
type texts struct {
	Lang, Pages, Applications, NoApplications, Cloud, Version, Address, Account, Clock, Data, Memory, Answered, Faults, Services string
	Mailbox, Dashboards, Requests, Health, To, NoMail, NoRequests, Time, Status, Operation, Error                                string
}

var (
	english = texts{
		Lang: "en", Pages: "Pages", Applications: "Applications", NoApplications: "Nothing is up yet:", Cloud: "The cloud", Version: "version", Address: "address",
		Account: "account", Clock: "clock", Data: "data", Memory: "in memory only", Answered: "requests", Faults: "faults", Services: "Services",
		Mailbox: "Mailbox", Dashboards: "Dashboards", Requests: "Requests", Health: "Health", To: "to", NoMail: "No mail yet.", NoRequests: "No requests yet.",
		Time: "time", Status: "status", Operation: "operation", Error: "error",
	}
	spanish = texts{
		Lang: "es", Pages: "Páginas", Applications: "Aplicaciones", NoApplications: "Todavía no hay nada en marcha:", Cloud: "La nube", Version: "versión", Address: "dirección",
		Account: "cuenta", Clock: "reloj", Data: "datos", Memory: "solo en memoria", Answered: "peticiones", Faults: "fallos", Services: "Servicios",
		Mailbox: "Buzón", Dashboards: "Paneles", Requests: "Peticiones", Health: "Salud", To: "para", NoMail: "Todavía no hay correo.", NoRequests: "Todavía no hay peticiones.",
		Time: "hora", Status: "estado", Operation: "operación", Error: "error",
	}
)

// textsFor are the words for who asks: the first language of the browser that
// we have.
func textsFor(r *http.Request) texts {
	for _, l := range strings.Split(r.Header.Get("Accept-Language"), ",") {
		switch l, _, _ = strings.Cut(strings.TrimSpace(l), "-"); strings.ToLower(strings.SplitN(l, ";", 2)[0]) {
		case "es":
			return spanish
		case "en":
			return english
		}
	}
	return english
}

// view is what a page shows.
type view struct {
	T        texts
	Title    string
	Status   Status
	Sites    []Site
	Services []string
	Faults   []fault.Rule
	Mail     []mail.Message
	Lines    []Line
}

func (h *Handler) render(w http.ResponseWriter, name string, v view) {
	var b bytes.Buffer
	err := templates.ExecuteTemplate(&b, name, v)
	page(w, b.Bytes(), err)
}

// home is the first page, for who opens the cloud's address in a browser.
func (h *Handler) home(w http.ResponseWriter, r *http.Request) {
	sites, err := h.Sites(r)
	if err != nil {
		page(w, nil, err)
		return
	}
	h.render(w, "home.html", view{
		T: textsFor(r), Title: "Niebla", Status: h.Status(), Sites: sites, Services: slices.Compact(slices.Sorted(slices.Values(h.Services))), Faults: h.Faults.List(),
	})
}

// shown is how many of the latest messages and requests a page has.
const shown = 200

func (h *Handler) mailbox(w http.ResponseWriter, r *http.Request) {
	list, err := h.Mail.List(r.FormValue("to"), shown)
	if err != nil {
		page(w, nil, err)
		return
	}
	t := textsFor(r)
	h.render(w, "mailbox.html", view{T: t, Title: t.Mailbox + " · Niebla", Mail: list})
}

func (h *Handler) log(w http.ResponseWriter, r *http.Request) {
	t := textsFor(r)
	v := view{T: t, Title: t.Requests + " · Niebla"}
	for _, rec := range slices.Backward(h.Recorder.Latest(shown)) {
		v.Lines = append(v.Lines, line(rec))
	}
	h.render(w, "log.html", v)
}

// ClaimsHome reports whether a request is a browser's for our first page, and
// not a client's for the list of buckets, which is at the same path.
func ClaimsHome(r *http.Request) bool {
	return r.URL.Path == "/" && (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.RawQuery == "" && ours(r.Host) &&
		r.Header.Get("Authorization") == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
}
