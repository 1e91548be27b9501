package dashboard

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 1, 2, 3, 4, 0, 0, time.UTC)

// source makes up a line of numbers for each line of a widget.
type source struct{}

func (source) Graphs(w *Widget, from, to time.Time) (out []Graph, _ time.Duration, _ error) {
	for i, l := range w.Lines {
		g := Graph{Label: l.Label + l.Metric, Color: l.Color, Right: l.Right}
		for j := range 10 {
			g.Times = append(g.Times, from.Add(to.Sub(from)*time.Duration(j)/10))
			g.Values = append(g.Values, float64(i*j))
		}
		out = append(out, g)
	}
	if w.Title == "broken" {
		return nil, 0, errors.New("no <data>")
	}
	return out, to.Sub(from) / 10, nil
}

func (source) Alarm(arn string) (Alarm, bool) {
	return Alarm{"<script>alarm</script>", "ALARM", "because & so"}, !strings.HasSuffix(arn, "none")
}

const full = `{"widgets":[
 {"type":"text","x":0,"y":0,"width":24,"height":2,"properties":{"markdown":"# Title **bold**\n- one\n- [two](https://e.example/a?b=c)\n\ntext *with* ` + "`code`" + ` [bad](javascript:alert)"}},
 {"type":"metric","x":0,"y":2,"width":12,"height":6,"properties":{"region":"eu-west-3","title":"Requests","stat":"Sum","stacked":true,
  "metrics":[["AWS/AppSync","Requests","GraphQLAPIId","x"],[".","5XXError",".","."],["...","y",{"yAxis":"right","color":"#ff0000"}]],
  "annotations":{"horizontal":[{"label":"limit","value":7}]},"yAxis":{"left":{"min":0}}}},
 {"type":"metric","properties":{"region":"eu-west-3","view":"singleValue","sparkline":true,"metrics":[["App","Users"]]}},
 {"type":"metric","properties":{"region":"eu-west-3","view":"table","metrics":[["App","Users"]]}},
 {"type":"metric","properties":{"region":"eu-west-3","title":"broken","metrics":[["App","Users"]]}},
 {"type":"alarm","properties":{"alarms":["arn:aws:cloudwatch:eu-west-3:0:alarm:a","arn:aws:cloudwatch:eu-west-3:0:alarm:none"]}}]}`

func TestPage(t *testing.T) {
	b, problems := Parse(full)
	if b == nil || len(problems) > 0 {
		t.Fatalf("%v", problems)
	}
	page := string(Page("biihlive", b, source{}, now, 3*time.Hour))
	for _, want := range []string{
		"<h2>Title <strong>bold</strong></h2>", "<li>one</li>", `<a href="https://e.example/a?b=c" rel="noreferrer">two</a>`, "<em>with</em>", "<code>code</code>",
		"<svg", "limit", "In alarm", "because &amp; so", "There is no such alarm.", "no &lt;data&gt;", `aria-label="Requests, a chart over time`, "--x:1;--y:3;--w:12;--h:6",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	if index := string(Index([]string{"a", "b"})); !strings.Contains(index, `<a href="/_niebla/dashboards/b">b</a>`) {
		t.Errorf("index %s", index)
	}
}

func TestNothingIsMarkup(t *testing.T) {
	for _, evil := range []string{"<script>x</script>", `\"><script>x</script>`, "](javascript:x)<script>x", "red;}</style><script>x"} {
		body := strings.ReplaceAll(`{"widgets":[{"type":"text","properties":{"markdown":"EVIL"}},{"type":"metric","properties":{"region":"r","title":"EVIL",
		 "metrics":[["EVIL","EVIL",{"label":"EVIL","color":"EVIL"}]],"annotations":{"horizontal":[{"label":"EVIL","color":"EVIL","value":1}]}}}]}`, "EVIL", evil)
		b, _ := Parse(body)
		if b == nil {
			t.Fatal(body)
		}
		page := strings.ToLower(string(Page(evil, b, source{}, now, time.Hour)))
		if strings.Contains(page, "<script") || strings.Contains(page, `href="javascript`) || strings.Count(page, "</style>") != 1 {
			t.Errorf("%s came through", evil)
		}
	}
}

func TestShorthand(t *testing.T) {
	b, problems := Parse(full)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, l := range b.Widgets[1].Lines {
		got = append(got, fmt.Sprint(l.Namespace, l.Metric, l.Dimensions, l.Stat))
	}
	want := []string{"AWS/AppSyncRequests[[GraphQLAPIId x]]Sum", "AWS/AppSync5XXError[[GraphQLAPIId x]]Sum", "AWS/AppSync5XXError[[GraphQLAPIId y]]Sum"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestProblems(t *testing.T) {
	for _, c := range []struct{ body, path string }{
		{`[]`, ""}, {`{`, ""}, {`{}`, "/"},
		{`{"widgets":[{"type":"x","properties":{}}]}`, "/widgets/0/type"},
		{`{"widgets":[{"type":"text"}]}`, "/widgets/0"},
		{`{"widgets":[{"type":"text","properties":{}}]}`, "/widgets/0/properties"},
		{`{"widgets":[{"type":"text","width":25,"properties":{"markdown":""}}]}`, "/widgets/0/width"},
		{`{"widgets":[{"type":"metric","properties":{"metrics":[["a","b"]]}}]}`, "/widgets/0/properties"},
		{`{"widgets":[{"type":"metric","properties":{"region":"r","metrics":[["a"]]}}]}`, "/widgets/0/properties/metrics/0"},
		{`{"widgets":[{"type":"metric","properties":{"region":"r","metrics":[[".","b"]]}}]}`, "/widgets/0/properties/metrics/0"},
	} {
		_, problems := Parse(c.body)
		if len(problems) == 0 || problems[0].Path != c.path || !problems[0].Fatal {
			t.Errorf("%s: %v", c.body, problems)
		}
	}
	if b, problems := Parse(`{"widgets":[{"type":"custom","properties":{}}]}`); b == nil || len(problems) != 1 || problems[0].Fatal {
		t.Errorf("a custom widget: %v", problems)
	}
}

func FuzzParse(f *testing.F) {
	f.Add(full)
	f.Add(`{"widgets":[{"type":"metric","properties":{"region":"r","metrics":[["...","b"],["a","...","c"]],"yAxis":{"left":{"min":1e308,"max":-1e308}}}}]}`)
	f.Fuzz(func(t *testing.T, body string) {
		if b, _ := Parse(body); b != nil {
			Page("x", b, source{}, now, time.Hour)
		}
	})
}
