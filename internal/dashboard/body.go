package dashboard

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Board is a dashboard.
type Board struct {
	Start   string // "-PT3H", or ""
	Widgets []Widget
}

// Widget is one of its boxes, on a grid of 24 columns.
type Widget struct {
	Type                string
	X, Y, Width, Height int
	Title               string
	View                string // timeSeries, singleValue, gauge, bar, pie, table
	Region              string
	Period              int // seconds; 0 is automatic
	Stacked, Sparkline  bool
	Lines               []Line
	Marks               []Mark
	Left, Right         Axis
	Markdown            string
	Alarms              []string // ARNs
}

// Line is a metric or an expression of a widget.
type Line struct {
	ID, Expression, Namespace, Metric string
	Dimensions                        [][2]string
	Stat, Label, Color, Region        string
	Period                            int
	Right, Hidden                     bool
}

// Mark is a horizontal annotation.
type Mark struct {
	Label, Color string
	Value        float64
}

// Axis has the bounds that a body sets.
type Axis struct {
	Min, Max *float64
	Label    string
}

// Problem is something wrong with a body, or something that it has no use for.
type Problem struct {
	Path, Message string
	Fatal         bool
}

// The widgets' own limits.
const (
	columns    = 24
	maxRows    = 1000
	maxWidgets = 500
	maxLines   = 500
)

// Parse reads a body, and says what is wrong with it. A nil Board is one that
// could not be read at all.
func Parse(body string) (*Board, []Problem) {
	var raw struct {
		Start          string            `json:"start"`
		End            string            `json:"end"`
		PeriodOverride string            `json:"periodOverride"`
		Widgets        []json.RawMessage `json:"widgets"`
		Variables      json.RawMessage   `json:"variables"`
	}
	if err := json.Unmarshal([]byte(body), &raw); err != nil || !strings.HasPrefix(strings.TrimSpace(body), "{") {
		return nil, []Problem{{"", "The field DashboardBody must be a valid JSON object", true}}
	}
	p := &problems{}
	b := &Board{Start: raw.Start}
	if raw.Widgets == nil {
		p.fatal("/", "Should have a property \"widgets\"")
	}
	if len(raw.Widgets) > maxWidgets {
		p.fatal("/widgets", "Should have at most %d items", maxWidgets)
		raw.Widgets = raw.Widgets[:maxWidgets]
	}
	flow := placement{}
	for i, w := range raw.Widgets {
		if x, ok := parseWidget(w, fmt.Sprintf("/widgets/%d", i), p); ok {
			flow.place(&x)
			b.Widgets = append(b.Widgets, x)
		}
	}
	return b, p.list
}

type problems struct{ list []Problem }

func (p *problems) fatal(path, format string, args ...any) {
	p.list = append(p.list, Problem{path, fmt.Sprintf(format, args...), true})
}

func (p *problems) warn(path, format string, args ...any) {
	p.list = append(p.list, Problem{path, fmt.Sprintf(format, args...), false})
}

// placement puts widgets without a place one after another.
type placement struct{ x, y, row int }

func (f *placement) place(w *Widget) {
	if w.X < 0 || w.Y < 0 {
		if f.x+w.Width > columns {
			f.x, f.y, f.row = 0, f.y+f.row, 0
		}
		w.X, w.Y = f.x, f.y
		f.x += w.Width
		f.row = max(f.row, w.Height)
	}
}

type rawProperties struct {
	Metrics     []json.RawMessage `json:"metrics"`
	View        string            `json:"view"`
	Stacked     bool              `json:"stacked"`
	Sparkline   bool              `json:"sparkline"`
	Region      string            `json:"region"`
	Stat        string            `json:"stat"`
	Period      float64           `json:"period"`
	Title       string            `json:"title"`
	Markdown    *string           `json:"markdown"`
	Alarms      []string          `json:"alarms"`
	Query       string            `json:"query"`
	YAxis       map[string]Axis   `json:"yAxis"`
	Annotations struct {
		Horizontal []json.RawMessage `json:"horizontal"`
		Alarms     []string          `json:"alarms"`
	} `json:"annotations"`
}

func parseWidget(text json.RawMessage, path string, p *problems) (w Widget, ok bool) {
	var raw struct {
		Type       string          `json:"type"`
		X          *int            `json:"x"`
		Y          *int            `json:"y"`
		Width      *int            `json:"width"`
		Height     *int            `json:"height"`
		Properties json.RawMessage `json:"properties"`
	}
	if err := json.Unmarshal(text, &raw); err != nil {
		p.fatal(path, "Should be a widget object")
		return w, false
	}
	w = Widget{Type: raw.Type, X: -1, Y: -1, Width: 6, Height: 6}
	if raw.X != nil && raw.Y != nil {
		w.X, w.Y = *raw.X, *raw.Y
	}
	if raw.Width != nil {
		w.Width = *raw.Width
	}
	if raw.Height != nil {
		w.Height = *raw.Height
	}
	switch {
	case w.Width < 1 || w.Width > columns:
		p.fatal(path+"/width", "Should be between 1 and %d", columns)
	case w.Height < 1 || w.Height > maxRows:
		p.fatal(path+"/height", "Should be between 1 and %d", maxRows)
	case w.X > columns-1 || w.Y > 1_000_000 || raw.X != nil && *raw.X < 0 || raw.Y != nil && *raw.Y < 0:
		p.fatal(path+"/x", "Should be on the grid")
	}
	w.Width, w.Height, w.X, w.Y = min(max(w.Width, 1), columns), min(max(w.Height, 1), maxRows), min(w.X, columns-1), min(w.Y, 1_000_000)
	if !slices.Contains([]string{"metric", "text", "log", "alarm", "explorer", "custom"}, w.Type) {
		p.fatal(path+"/type", "Should be one of metric, text, log, alarm, explorer, custom")
		return w, false
	}
	var props rawProperties
	if len(raw.Properties) == 0 {
		p.fatal(path, "Should have a property \"properties\"")
		return w, false
	}
	if err := json.Unmarshal(raw.Properties, &props); err != nil {
		p.fatal(path+"/properties", "Should be the properties of a %s widget", w.Type)
		return w, false
	}
	w.properties(&props, path+"/properties", p)
	return w, true
}

func (w *Widget) properties(props *rawProperties, path string, p *problems) {
	w.Title, w.View, w.Region, w.Stacked, w.Sparkline = props.Title, props.View, props.Region, props.Stacked, props.Sparkline
	w.Period = int(min(max(props.Period, 0), 86400*30))
	w.Left, w.Right = props.YAxis["left"], props.YAxis["right"]
	w.Alarms = slices.Concat(props.Alarms, props.Annotations.Alarms)
	switch w.Type {
	case "text":
		if props.Markdown == nil {
			p.fatal(path, "Should have a property \"markdown\"")
			return
		}
		w.Markdown = *props.Markdown
	case "alarm":
		if len(props.Alarms) == 0 {
			p.fatal(path, "Should have a property \"alarms\"")
		}
	case "log":
		if props.Query == "" {
			p.fatal(path, "Should have a property \"query\"")
		}
		if w.Region == "" {
			p.fatal(path, "Should have a property \"region\"")
		}
	case "metric":
		if props.Metrics == nil && len(props.Annotations.Alarms) == 0 {
			p.fatal(path, "Should have a property \"metrics\" or \"annotations\"")
		}
		if w.Region == "" {
			p.fatal(path, "Should have a property \"region\"")
		}
		if !slices.Contains([]string{"", "timeSeries", "singleValue", "gauge", "bar", "pie", "table"}, w.View) {
			p.fatal(path+"/view", "Should be one of timeSeries, singleValue, gauge, bar, pie, table")
		}
		w.metrics(props, path, p)
	default:
		p.warn(path, "Niebla does not draw %s widgets", w.Type)
	}
	for _, h := range props.Annotations.Horizontal {
		var m Mark
		if json.Unmarshal(h, &m) == nil { // a band has two of them in a list, of which we draw none
			w.Marks = append(w.Marks, m)
		}
	}
}

func (w *Widget) metrics(props *rawProperties, path string, p *problems) {
	if len(props.Metrics) > maxLines {
		p.fatal(path+"/metrics", "Should have at most %d items", maxLines)
		props.Metrics = props.Metrics[:maxLines]
	}
	var before []string
	for i, text := range props.Metrics {
		at := fmt.Sprintf("%s/metrics/%d", path, i)
		var items []json.RawMessage
		if err := json.Unmarshal(text, &items); err != nil {
			p.fatal(at, "Should be an array")
			continue
		}
		var names []string
		var options lineOptions
		for j, item := range items {
			var s string
			switch {
			case json.Unmarshal(item, &s) == nil:
				names = append(names, s)
			case j != len(items)-1 || json.Unmarshal(item, &options) != nil:
				p.fatal(fmt.Sprintf("%s/%d", at, j), "Should be a string, or options at the end")
			}
		}
		if options.Expression != "" {
			w.Lines = append(w.Lines, options.line(props))
			continue
		}
		names, ok := expand(names, before)
		if !ok || len(names) < 2 || len(names)%2 != 0 {
			p.fatal(at, "Should be a namespace, a metric's name, and pairs of dimensions")
			continue
		}
		before = names
		l := options.line(props)
		l.Namespace, l.Metric = names[0], names[1]
		for j := 2; j < len(names); j += 2 {
			l.Dimensions = append(l.Dimensions, [2]string{names[j], names[j+1]})
		}
		w.Lines = append(w.Lines, l)
	}
}

// expand writes out "." and "...", which stand for what the line before has.
func expand(names, before []string) ([]string, bool) {
	var out []string
	for i, n := range names {
		switch n {
		case "...":
			rest := len(names) - i - 1
			if upTo := len(before) - rest; upTo > len(out) {
				out = append(out, before[len(out):upTo]...)
			}
		case ".":
			if len(out) >= len(before) {
				return nil, false
			}
			out = append(out, before[len(out)])
		default:
			out = append(out, n)
		}
	}
	return out, true
}

type lineOptions struct {
	ID         string  `json:"id"`
	Expression string  `json:"expression"`
	Label      string  `json:"label"`
	Color      string  `json:"color"`
	Stat       string  `json:"stat"`
	Period     float64 `json:"period"`
	YAxis      string  `json:"yAxis"`
	Visible    *bool   `json:"visible"`
	Region     string  `json:"region"`
}

func (o *lineOptions) line(props *rawProperties) Line {
	l := Line{
		ID: o.ID, Expression: o.Expression, Label: o.Label, Color: o.Color, Stat: o.Stat, Region: o.Region,
		Period: int(min(max(o.Period, 0), 86400*30)), Right: o.YAxis == "right", Hidden: o.Visible != nil && !*o.Visible,
	}
	if l.Stat == "" {
		l.Stat = props.Stat
	}
	if l.Stat == "" {
		l.Stat = "Average"
	}
	return l
}
