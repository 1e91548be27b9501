package dashboard

import (
	"fmt"
	"html"
	"math"
	"strconv"
	"strings"
	"time"
)

// Graph is what a line comes to: values at times, which rise.
type Graph struct {
	Label  string
	Color  string // "" is the next of our own
	Right  bool
	Times  []time.Time
	Values []float64
}

// colours are told apart on light and dark ground, also by those who see few.
var colours = []string{"#1f77b4", "#e07b00", "#2a9d3a", "#d6335c", "#8b5fbf", "#8c564b", "#d45ba8", "#7a8793", "#a3a31a", "#12a5b5"}

// A chart's size in its own units.
const (
	chartWidth  = 640.0
	marginLeft  = 60.0
	marginRight = 44.0
	marginTop   = 20.0
	marginFoot  = 30.0
)

// scale maps values to places.
type scale struct {
	lo, hi float64
	ticks  []float64
}

// scaleOf is a scale with round ticks that has all values on it.
func scaleOf(values []float64, a Axis) scale {
	lo, hi := 0.0, 0.0
	if len(values) > 0 {
		lo, hi = values[0], values[0]
		for _, v := range values {
			lo, hi = min(lo, v), max(hi, v)
		}
	}
	if lo > 0 {
		lo = 0
	}
	if a.Min != nil && usable(*a.Min) {
		lo = *a.Min
	}
	if a.Max != nil && usable(*a.Max) {
		hi = *a.Max
	}
	if !(hi > lo) {
		hi = lo + max(1, math.Abs(lo)*0.1)
	}
	step := math.Pow(10, math.Floor(math.Log10((hi-lo)/4)))
	for _, f := range []float64{2, 5, 10} {
		if (hi-lo)/step > 5 {
			step = step * f / map[float64]float64{2: 1, 5: 2, 10: 5}[f]
		}
	}
	s := scale{lo: lo, hi: hi}
	if a.Max == nil {
		s.hi = math.Ceil(hi/step-1e-9) * step
	}
	if a.Min == nil {
		s.lo = math.Floor(lo/step+1e-9) * step
	}
	for i := range 12 {
		if v := math.Ceil(s.lo/step-1e-9)*step + float64(i)*step; v <= s.hi+step*1e-6 {
			s.ticks = append(s.ticks, v)
		}
	}
	return s
}

func usable(v float64) bool { return math.Abs(v) < 1e300 }

// short writes a number in few characters.
func short(v float64) string {
	if v != 0 && math.Abs(v) < 1e-3 {
		return strconv.FormatFloat(v, 'g', 2, 64)
	}
	for _, u := range []struct {
		size float64
		name string
	}{{1e12, "T"}, {1e9, "G"}, {1e6, "M"}, {1e4, "k"}} {
		if math.Abs(v) >= u.size {
			if u.name == "k" {
				u.size = 1e3
			}
			return trimZeros(strconv.FormatFloat(v/u.size, 'f', 1, 64)) + u.name
		}
	}
	if math.Abs(v) >= 100 {
		return trimZeros(strconv.FormatFloat(v, 'f', 1, 64))
	}
	return trimZeros(strconv.FormatFloat(v, 'f', 3, 64))
}

func trimZeros(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}

// chart is a chart of lines while it is drawn.
type chart struct {
	b           strings.Builder
	from, to    time.Time
	width       float64
	height      float64
	left, right scale
}

func (c *chart) x(t time.Time) float64 {
	share := float64(t.Sub(c.from)) / float64(max(c.to.Sub(c.from), 1))
	return marginLeft + share*(c.width-marginLeft-marginRight)
}

func (c *chart) y(s *scale, v float64) float64 {
	share := min(max((v-s.lo)/(s.hi-s.lo), 0), 1)
	return c.height - marginFoot - share*(c.height-marginTop-marginFoot)
}

// drawChart draws lines over time.
func drawChart(w *Widget, graphs []Graph, from, to time.Time, gap time.Duration) string {
	c := &chart{from: from, to: to, width: chartWidth, height: min(max(float64(w.Height)*38, 150), 460)}
	if w.Stacked {
		graphs = stack(graphs)
	}
	var left, right []float64
	for _, g := range graphs {
		if g.Right {
			right = append(right, g.Values...)
		} else {
			left = append(left, g.Values...)
		}
	}
	for _, m := range w.Marks {
		if usable(m.Value) {
			left = append(left, m.Value)
		}
	}
	c.left, c.right = scaleOf(left, w.Left), scaleOf(right, w.Right)
	fmt.Fprintf(&c.b, `<svg viewBox="0 0 %g %g" role="img" aria-label="%s">`, c.width, c.height, html.EscapeString(spoken(w, graphs)))
	c.axes(len(right) > 0)
	for i := len(graphs) - 1; i >= 0; i-- {
		g := &graphs[i]
		s := &c.left
		if g.Right {
			s = &c.right
		}
		c.line(g, s, gap, w.Stacked)
	}
	for _, m := range w.Marks {
		if !usable(m.Value) {
			continue
		}
		y := c.y(&c.left, m.Value)
		fmt.Fprintf(&c.b, `<line class="mark" x1="%g" x2="%g" y1="%.1f" y2="%.1f" style="stroke:%s"/><text class="t" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			marginLeft, c.width-marginRight, y, y, colour(m.Color, 3), c.width-marginRight-2, y-4, html.EscapeString(m.Label))
	}
	if len(left)+len(right) == 0 {
		fmt.Fprintf(&c.b, `<text class="t none" x="%g" y="%g" text-anchor="middle">No data in this time</text>`, c.width/2, c.height/2)
	}
	c.b.WriteString("</svg>")
	return c.b.String()
}

// stack adds each graph to those before it.
func stack(graphs []Graph) []Graph {
	total := map[int64]float64{}
	out := make([]Graph, len(graphs))
	for i, g := range graphs {
		out[i] = g
		out[i].Values = make([]float64, len(g.Values))
		for j, t := range g.Times {
			total[t.Unix()] += g.Values[j]
			out[i].Values[j] = total[t.Unix()]
		}
	}
	return out
}

func (c *chart) axes(right bool) {
	bottom := c.height - marginFoot
	for _, v := range c.left.ticks {
		y := c.y(&c.left, v)
		fmt.Fprintf(&c.b, `<line class="grid" x1="%g" x2="%g" y1="%.1f" y2="%.1f"/><text class="t" x="%g" y="%.1f" text-anchor="end">%s</text>`,
			marginLeft, c.width-marginRight, y, y, marginLeft-6, y+4, short(v))
	}
	if right {
		for _, v := range c.right.ticks {
			fmt.Fprintf(&c.b, `<text class="t" x="%g" y="%.1f" text-anchor="start">%s</text>`, c.width-marginRight+6, c.y(&c.right, v)+4, short(v))
		}
	}
	layout := "15:04"
	if c.to.Sub(c.from) > 26*time.Hour {
		layout = "02/01"
	}
	for i := range 5 {
		t := c.from.Add(c.to.Sub(c.from) * time.Duration(i) / 4)
		anchor := []string{"start", "middle", "middle", "middle", "end"}[i]
		fmt.Fprintf(&c.b, `<text class="t" x="%.1f" y="%g" text-anchor="%s">%s</text>`, c.x(t), bottom+22, anchor, t.UTC().Format(layout))
	}
}

// line draws a graph, broken where data is missing.
func (c *chart) line(g *Graph, s *scale, gap time.Duration, filled bool) {
	var path strings.Builder
	run := 0
	end := func(i int) {
		if run == 1 {
			fmt.Fprintf(&c.b, `<circle cx="%.1f" cy="%.1f" r="2.5" style="fill:%s"/>`, c.x(g.Times[i]), c.y(s, g.Values[i]), g.Color)
		}
		run = 0
	}
	for i, t := range g.Times {
		op := "L"
		if i == 0 || t.Sub(g.Times[i-1]) > gap*3/2 {
			if i > 0 {
				end(i - 1)
			}
			op = "M"
		}
		run++
		fmt.Fprintf(&path, "%s%.1f %.1f", op, c.x(t), c.y(s, g.Values[i]))
	}
	if n := len(g.Times); n > 0 {
		end(n - 1)
		if filled {
			fmt.Fprintf(&c.b, `<path d="%sL%.1f %.1fL%.1f %.1fZ" style="fill:%s" class="area"/>`, path.String(), c.x(g.Times[n-1]), c.y(s, s.lo), c.x(g.Times[0]), c.y(s, s.lo), g.Color)
		}
		fmt.Fprintf(&c.b, `<path class="line" d="%s" style="stroke:%s"/>`, path.String(), g.Color)
	}
}

// colour is a colour that may stand in a style, or the ith of our own.
func colour(c string, i int) string {
	if len(c) == 7 && c[0] == '#' && strings.Trim(c[1:], "0123456789abcdefABCDEF") == "" {
		return c
	}
	return colours[i%len(colours)]
}

// spoken says what a chart shows to who cannot see it.
func spoken(w *Widget, graphs []Graph) string {
	parts := []string{w.Title + ", a chart over time"}
	for _, g := range graphs {
		if n := len(g.Values); n > 0 {
			parts = append(parts, fmt.Sprintf("%s is %s now", g.Label, short(g.Values[n-1])))
		}
	}
	return strings.Join(parts, "; ")
}
