package dashboard

import (
	"fmt"
	"html"
	"strings"
	"time"
)

// Alarm is the state of an alarm.
type Alarm struct{ Name, State, Reason string }

// Source has what dashboards show.
type Source interface {
	// Graphs returns what the lines of a widget that are not hidden come to, and the period of their points.
	Graphs(w *Widget, from, to time.Time) ([]Graph, time.Duration, error)
	// Alarm returns the state of the alarm of that ARN.
	Alarm(arn string) (Alarm, bool)
}

// Spans are the times that a page offers to show.
var Spans = []struct {
	Name string
	Span time.Duration
}{{"1h", time.Hour}, {"3h", 3 * time.Hour}, {"12h", 12 * time.Hour}, {"1d", 24 * time.Hour}, {"1w", 7 * 24 * time.Hour}}

// Page draws a dashboard over a span of time up to now.
func Page(name string, b *Board, src Source, now time.Time, span time.Duration) []byte {
	var out strings.Builder
	head(&out, name)
	out.WriteString(`<header><a href="/_niebla/dashboards">Dashboards</a><h1>` + html.EscapeString(name) + `</h1><nav aria-label="Time">`)
	for _, s := range Spans {
		current := ""
		if s.Span == span {
			current = ` aria-current="true"`
		}
		fmt.Fprintf(&out, `<a href="?span=%s"%s>%s</a>`, s.Name, current, s.Name)
	}
	fmt.Fprintf(&out, `</nav><p class="now">until %s UTC</p></header><main class="board">`, now.UTC().Format("2006-01-02 15:04"))
	for i := range b.Widgets {
		w := &b.Widgets[i]
		fmt.Fprintf(&out, `<section class="w %s" style="--x:%d;--y:%d;--w:%d;--h:%d">`, html.EscapeString(w.Type), w.X+1, w.Y+1, w.Width, w.Height)
		if w.Title != "" {
			out.WriteString("<h2>" + html.EscapeString(w.Title) + "</h2>")
		}
		draw(&out, w, src, now.Add(-span), now)
		out.WriteString("</section>")
	}
	out.WriteString("</main></body></html>")
	return []byte(out.String())
}

// Index lists dashboards.
func Index(names []string) []byte {
	var out strings.Builder
	head(&out, "Dashboards")
	out.WriteString(`<header><a href="/">Niebla</a><h1>Dashboards</h1></header><main class="list">`)
	if len(names) == 0 {
		out.WriteString(`<p>There is none yet. <code>aws cloudwatch put-dashboard</code> makes one.</p>`)
	} else {
		out.WriteString("<ul>")
		for _, n := range names {
			fmt.Fprintf(&out, `<li><a href="/_niebla/dashboards/%s">%s</a></li>`, html.EscapeString(n), html.EscapeString(n))
		}
		out.WriteString("</ul>")
	}
	out.WriteString("</main></body></html>")
	return []byte(out.String())
}

func draw(out *strings.Builder, w *Widget, src Source, from, to time.Time) {
	switch w.Type {
	case "text":
		out.WriteString(markdown(w.Markdown))
	case "alarm":
		drawAlarms(out, w, src)
	case "metric":
		graphs, period, err := src.Graphs(w, from, to)
		if err != nil {
			out.WriteString(`<p class="none">` + html.EscapeString(err.Error()) + `</p>`)
			return
		}
		for i := range graphs {
			graphs[i].Color = colour(graphs[i].Color, i)
		}
		switch w.View {
		case "singleValue", "gauge":
			drawNumbers(out, w, graphs, from, to, period)
		case "bar", "pie", "table":
			drawTable(out, graphs)
		default:
			out.WriteString(drawChart(w, graphs, from, to, period))
			drawLegend(out, graphs)
		}
		if len(w.Alarms) > 0 {
			drawAlarms(out, w, src)
		}
	default:
		out.WriteString(`<p class="none">Niebla does not draw ` + html.EscapeString(w.Type) + ` widgets.</p>`)
	}
}

func latest(g *Graph) string {
	if n := len(g.Values); n > 0 {
		return short(g.Values[n-1])
	}
	return "–"
}

func drawLegend(out *strings.Builder, graphs []Graph) {
	out.WriteString(`<ul class="legend">`)
	for i := range graphs {
		g := &graphs[i]
		fmt.Fprintf(out, `<li><i style="background:%s"></i>%s <b>%s</b></li>`, g.Color, html.EscapeString(g.Label), latest(g))
	}
	out.WriteString("</ul>")
}

func drawNumbers(out *strings.Builder, w *Widget, graphs []Graph, from, to time.Time, period time.Duration) {
	out.WriteString(`<dl class="numbers">`)
	for i := range graphs {
		g := &graphs[i]
		fmt.Fprintf(out, `<div><dt>%s</dt><dd style="color:%s">%s</dd>`, html.EscapeString(g.Label), g.Color, latest(g))
		if w.View == "gauge" && w.Left.Min != nil && w.Left.Max != nil && len(g.Values) > 0 {
			fmt.Fprintf(out, `<dd><meter min="%g" max="%g" value="%g" aria-label="%s"></meter></dd>`, *w.Left.Min, *w.Left.Max, g.Values[len(g.Values)-1], html.EscapeString(g.Label))
		}
		if w.Sparkline && len(g.Values) > 1 {
			c := &chart{from: from, to: to, width: 240, height: 60, left: scaleOf(g.Values, Axis{})}
			c.line(g, &c.left, period, false)
			fmt.Fprintf(out, `<dd aria-hidden="true"><svg viewBox="%g 0 %g 40">%s</svg></dd>`, marginLeft, c.width-marginLeft-marginRight, c.b.String())
		}
		out.WriteString("</div>")
	}
	out.WriteString("</dl>")
}

func drawTable(out *strings.Builder, graphs []Graph) {
	out.WriteString(`<table><thead><tr><th scope="col">Metric</th><th scope="col">Latest</th><th scope="col">Minimum</th><th scope="col">Maximum</th></tr></thead><tbody>`)
	for i := range graphs {
		g := &graphs[i]
		lo, hi := "–", "–"
		if len(g.Values) > 0 {
			least, most := g.Values[0], g.Values[0]
			for _, v := range g.Values {
				least, most = min(least, v), max(most, v)
			}
			lo, hi = short(least), short(most)
		}
		fmt.Fprintf(out, `<tr><th scope="row"><i style="background:%s"></i>%s</th><td>%s</td><td>%s</td><td>%s</td></tr>`, g.Color, html.EscapeString(g.Label), latest(g), lo, hi)
	}
	out.WriteString("</tbody></table>")
}

var marks = map[string][2]string{"OK": {"ok", "OK"}, "ALARM": {"bad", "In alarm"}, "INSUFFICIENT_DATA": {"unknown", "Insufficient data"}}

func drawAlarms(out *strings.Builder, w *Widget, src Source) {
	out.WriteString(`<ul class="alarms">`)
	for _, arn := range w.Alarms {
		a, ok := src.Alarm(arn)
		if !ok {
			a = Alarm{Name: arn[strings.LastIndex(arn, ":")+1:], State: "", Reason: "There is no such alarm."}
		}
		m := marks[a.State]
		if m[0] == "" {
			m = [2]string{"unknown", "Absent"}
		}
		fmt.Fprintf(out, `<li class="%s"><b>%s</b> <span>%s</span><p>%s</p></li>`, m[0], html.EscapeString(a.Name), m[1], html.EscapeString(a.Reason))
	}
	out.WriteString("</ul>")
}

func head(out *strings.Builder, title string) {
	out.WriteString(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">` +
		`<meta http-equiv="refresh" content="60"><title>` + html.EscapeString(title) + ` – Niebla</title><style>` + style + `</style></head><body>`)
}

// style is the whole of the page's looks.
const style = `
:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--ink:#1b2733;--soft:#5b6875;--rule:#dfe4e9;--link:#0b62a8;--ok:#1a7f37;--bad:#c4232b;--unknown:#6b7682}
@media(prefers-color-scheme:dark){:root{--ground:#12181f;--card:#1b232c;--ink:#e6ebf0;--soft:#9aa7b4;--rule:#2e3945;--link:#6cb6ff;--ok:#4cc26b;--bad:#ff7b7b;--unknown:#9aa7b4}}
*{box-sizing:border-box}
body{margin:0;background:var(--ground);color:var(--ink);font:15px/1.45 system-ui,sans-serif}
a{color:var(--link)}
header{display:flex;flex-wrap:wrap;align-items:baseline;gap:.4rem 1rem;padding:.9rem 1rem .4rem}
header h1{font-size:1.25rem;margin:0}
header nav{display:flex;gap:.3rem;margin-left:auto}
header nav a{padding:.3rem .6rem;border-radius:6px;text-decoration:none}
header nav a[aria-current]{background:var(--link);color:var(--card)}
.now{margin:0;color:var(--soft);font-size:.85rem}
.board{display:grid;gap:.7rem;padding:.6rem 1rem 2rem}
.list{padding:1rem}
.w{background:var(--card);border:1px solid var(--rule);border-radius:10px;padding:.7rem .9rem;overflow:auto;min-width:0}
.w h2{font-size:.95rem;margin:0 0 .4rem}
.w.text h3,.w.text h4,.w.text h5{margin:.3rem 0}
.w p{margin:.3rem 0}
svg{display:block;width:100%;height:auto}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.area{opacity:.25;stroke:none}
.grid{stroke:var(--rule)}
.mark{stroke-dasharray:6 4}
.t{fill:var(--soft);font-size:20px}
@media(min-width:900px){.t{font-size:12px}.board{grid-template-columns:repeat(24,1fr);grid-auto-rows:minmax(38px,auto)}
.w{grid-column:var(--x)/span var(--w);grid-row:var(--y)/span var(--h)}}
.none{color:var(--soft)}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;margin:.4rem 0 0;padding:0;font-size:.85rem}
i{display:inline-block;width:.7em;height:.7em;border-radius:2px;margin-right:.4em}
.numbers{display:flex;flex-wrap:wrap;gap:.6rem 2rem;margin:0}
.numbers dt{color:var(--soft);font-size:.85rem}
.numbers dd{margin:0;font-size:2rem;font-weight:600;line-height:1.2}
.numbers svg{width:10rem}
table{border-collapse:collapse;width:100%;font-size:.9rem}
th,td{text-align:right;padding:.25rem .4rem;border-bottom:1px solid var(--rule);font-weight:400}
th:first-child{text-align:left}
.alarms{list-style:none;margin:0;padding:0;display:grid;gap:.5rem}
.alarms li{border-left:4px solid var(--unknown);padding:.1rem .6rem}
.alarms li.ok{border-color:var(--ok)}.alarms li.ok span{color:var(--ok)}
.alarms li.bad{border-color:var(--bad)}.alarms li.bad span{color:var(--bad);font-weight:600}
.alarms p{color:var(--soft);font-size:.85rem}
`
