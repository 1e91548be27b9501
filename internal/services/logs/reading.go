package logs

import (
	"context"
	"iter"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/logpattern"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The bounds of one page of events.
const (
	maxPageEvents = 10000
	maxPageBytes  = 1 << 20
	maxScanned    = 200_000 // a page of a filter may be empty, but not slow
)

// span is the part of a group's events that an input's times leave.
func span(g *group, now int64, start, until *int64) (from, to position) {
	to = end
	if start != nil {
		from.time = *start
	}
	if until != nil {
		to = position{*until, 0}
	}
	from.time = max(from.time, now)
	return from, to
}

func (s *Service) getLogEvents(_ context.Context, c *aws.Call, in *GetLogEventsInput) (*GetLogEventsOutput, error) {
	name, err := oneName(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	at, back, err := direction(in)
	if err != nil {
		return nil, err
	}
	var page []event
	err = s.DB.View(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, name)
		if err != nil {
			return err
		}
		if _, err := s.findStream(tx, c.Scope, name, in.LogStreamName); err != nil {
			return err
		}
		from, to := span(&g, g.since(c.Time), in.StartTime, in.EndTime)
		switch {
		case at == nil:
			at = &from
		case back:
			to = earlier(to, *at)
		default:
			from = later(from, at.next())
		}
		page = take(events(tx, c.Scope, name, in.LogStreamName, from, to, back), orElse(in.Limit, maxPageEvents))
		return nil
	})
	if err != nil {
		return nil, err
	}
	if back {
		slices.Reverse(page)
	}
	return answer(page, *at), nil
}

// direction is where a request goes on, and which way.
func direction(in *GetLogEventsInput) (at *position, back bool, err error) {
	if in.NextToken == "" {
		return nil, !in.StartFromHead, nil
	}
	way, rest, _ := strings.Cut(in.NextToken, "/")
	p, ok := parsePosition(strings.TrimSuffix(rest, "/s"))
	if !ok || way != "f" && way != "b" {
		return nil, false, errParameter("The specified nextToken is invalid.")
	}
	return &p, way == "b", nil
}

// take reads a page.
func take(list iter.Seq[event], limit int) (page []event) {
	bytes := 0
	for e := range list {
		if bytes += e.size(); len(page) == limit || bytes > maxPageBytes && len(page) > 0 {
			break
		}
		page = append(page, e)
	}
	return page
}

// answer shows a page. An empty one has tokens that go on where it was.
func answer(page []event, at position) *GetLogEventsOutput {
	first, last := at, at
	out := &GetLogEventsOutput{Events: make([]OutputLogEvent, 0, len(page))}
	for _, e := range page {
		out.Events = append(out.Events, OutputLogEvent{IngestionTime: e.ingested, Message: e.message, Timestamp: e.time})
	}
	if n := len(page); n > 0 {
		first, last = page[0].position, page[n-1].position
	}
	out.NextForwardToken, out.NextBackwardToken = "f/"+last.id()+"/s", "b/"+first.id()+"/s"
	return out
}

func (s *Service) filterLogEvents(_ context.Context, c *aws.Call, in *FilterLogEventsInput) (*FilterLogEventsOutput, error) {
	name, err := oneName(in.LogGroupName, in.LogGroupIdentifier)
	if err != nil {
		return nil, err
	}
	if in.LogStreamNamePrefix != "" && len(in.LogStreamNames) > 0 {
		return nil, errParameter("Cannot specify both logStreamNamePrefix and logStreamNames.")
	}
	if in.StartTime != nil && in.EndTime != nil && *in.StartTime > *in.EndTime {
		return nil, errParameter("End time should not be less than start time.")
	}
	pattern, err := s.pattern(in.FilterPattern)
	if err != nil {
		return nil, err
	}
	var after *position
	if in.NextToken != "" {
		p, ok := parsePosition(in.NextToken)
		if !ok {
			return nil, errParameter("The specified nextToken is invalid.")
		}
		after = &p
	}
	out := &FilterLogEventsOutput{Events: []FilteredLogEvent{}, SearchedLogStreams: []string{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, name)
		if err != nil {
			return err
		}
		from, to := span(&g, g.since(c.Time), in.StartTime, in.EndTime)
		if after != nil {
			from = later(from, after.next())
		}
		streams, err := s.searched(tx, c.Scope, name, in, from, to)
		if err != nil {
			return err
		}
		out.filter(merge(tx, c.Scope, name, streams, from, to), pattern, orElse(in.Limit, maxPageEvents))
		return nil
	})
}

// searched are the streams that may have events between two positions, the
// one with the oldest first.
func (s *Service) searched(tx *store.Tx, scope aws.Scope, group string, in *FilterLogEventsInput, from, to position) (list []stream, err error) {
	add := func(st stream) {
		if st.Ingested > 0 && st.Last >= from.time && st.First <= to.time {
			list = append(list, st)
		}
	}
	if len(in.LogStreamNames) > 0 {
		for _, name := range in.LogStreamNames {
			st, err := s.findStream(tx, scope, group, name)
			if err != nil {
				return nil, err
			}
			if !slices.ContainsFunc(list, func(x stream) bool { return x.Name == name }) {
				add(st)
			}
		}
	} else {
		for _, st := range s.streams.All(tx, scope, group) {
			if strings.HasPrefix(st.Name, in.LogStreamNamePrefix) {
				add(st)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b stream) int { return int(min(max(a.First-b.First, -1), 1)) })
	return list, nil
}

// filter fills a page with the events that match.
func (out *FilterLogEventsOutput) filter(list iter.Seq[event], pattern *logpattern.Pattern, limit int) {
	bytes, scanned := 0, 0
	var last position
	for e := range list {
		_, ok := pattern.Match(e.message)
		if ok {
			bytes += e.size()
		}
		if len(out.Events) == limit || bytes > maxPageBytes && len(out.Events) > 0 || scanned == maxScanned {
			out.NextToken = last.id()
			return
		}
		scanned++
		last = e.position
		if ok {
			out.Events = append(out.Events, FilteredLogEvent{
				EventId: e.id(), IngestionTime: e.ingested, LogStreamName: e.stream, Message: e.message, Timestamp: e.time,
			})
		}
	}
}

// source is a stream that is being merged: the next event, and those after it.
type source struct {
	event
	next func() (event, bool)
	stop func()
}

// merge yields the events of several streams in their common order. A stream
// is read from only when its first event can be the next.
func merge(tx *store.Tx, scope aws.Scope, group string, streams []stream, from, to position) iter.Seq[event] {
	return func(yield func(event) bool) {
		var open []*source // the earliest last
		defer func() {
			for _, x := range open {
				x.stop()
			}
		}()
		put := func(x *source) {
			var ok bool
			if x.event, ok = x.next(); !ok {
				x.stop()
				return
			}
			i, _ := slices.BinarySearchFunc(open, x, func(a, b *source) int {
				if b.position.before(a.position) {
					return -1
				}
				return 1
			})
			open = slices.Insert(open, i, x)
		}
		for len(open) > 0 || len(streams) > 0 {
			for len(streams) > 0 && (len(open) == 0 || streams[0].First <= open[len(open)-1].time) {
				x := &source{}
				x.next, x.stop = iter.Pull(events(tx, scope, group, streams[0].Name, from, to, false))
				streams = streams[1:]
				put(x)
			}
			if len(open) == 0 {
				continue
			}
			x := open[len(open)-1]
			open = open[:len(open)-1]
			if !yield(x.event) {
				x.stop()
				return
			}
			put(x)
		}
	}
}
