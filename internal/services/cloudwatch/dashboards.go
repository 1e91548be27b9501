package cloudwatch

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/dashboard"
	"github.com/niebla-cloud/niebla/internal/store"
)

// dashboardEntry is a dashboard as stored. It belongs to the account, not to a region.
type dashboardEntry struct {
	Name, Body string
	Modified   time.Time
	Tags       map[string]string
}

var dashboardName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

func (s *Service) putDashboard(_ context.Context, c *aws.Call, in *PutDashboardInput) (*PutDashboardOutput, error) {
	if !dashboardName.MatchString(in.DashboardName) {
		return nil, errDashboard("The field DashboardName must match [A-Za-z0-9_-]{1,255}", nil)
	}
	_, problems := dashboard.Parse(in.DashboardBody)
	out := &PutDashboardOutput{DashboardValidationMessages: []DashboardValidationMessage{}}
	fatal := 0
	for _, p := range problems {
		if p.Fatal {
			fatal++
		}
		out.DashboardValidationMessages = append(out.DashboardValidationMessages, DashboardValidationMessage{DataPath: p.Path, Message: p.Message})
	}
	if fatal > 0 {
		return nil, errDashboard(fmt.Sprintf("The dashboard body is invalid, there are %d validation errors: %s", fatal, problems[0].Message), out.DashboardValidationMessages)
	}
	tags, err := addTags(nil, in.Tags)
	if err != nil {
		return nil, err
	}
	return out, s.DB.Update(func(tx *store.Tx) error {
		d, exists := s.dashboards.Get(tx, c.Scope.Global(), in.DashboardName)
		if !exists {
			d.Tags = tags
		}
		d.Name, d.Body, d.Modified = in.DashboardName, in.DashboardBody, c.Time
		s.dashboards.Put(tx, c.Scope.Global(), d, d.Name)
		return nil
	})
}

func (s *Service) getDashboard(_ context.Context, c *aws.Call, in *GetDashboardInput) (*GetDashboardOutput, error) {
	out := &GetDashboardOutput{}
	return out, s.DB.View(func(tx *store.Tx) error {
		d, ok := s.dashboards.Get(tx, c.Scope.Global(), in.DashboardName)
		if !ok {
			return errNoDashboard(in.DashboardName)
		}
		*out = GetDashboardOutput{DashboardArn: string(dashboardARN(c.Scope, d.Name)), DashboardBody: d.Body, DashboardName: d.Name}
		return nil
	})
}

func (s *Service) listDashboards(_ context.Context, c *aws.Call, in *ListDashboardsInput) (*ListDashboardsOutput, error) {
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	const limit = 1000
	out := &ListDashboardsOutput{DashboardEntries: []DashboardEntry{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, d := range s.dashboards.All(tx, c.Scope.Global()) {
			if d.Name <= after || !strings.HasPrefix(d.Name, in.DashboardNamePrefix) {
				continue
			}
			if len(out.DashboardEntries) == limit {
				out.NextToken = encodeToken(out.DashboardEntries[limit-1].DashboardName)
				break
			}
			out.DashboardEntries = append(out.DashboardEntries, DashboardEntry{
				DashboardArn: string(dashboardARN(c.Scope, d.Name)), DashboardName: d.Name, LastModified: d.Modified, Size: int64(len(d.Body)),
			})
		}
		return nil
	})
}

func (s *Service) deleteDashboards(_ context.Context, c *aws.Call, in *DeleteDashboardsInput) (*DeleteDashboardsOutput, error) {
	if len(in.DashboardNames) == 0 {
		return nil, errMissing("The parameter DashboardNames is required.")
	}
	return &DeleteDashboardsOutput{}, s.DB.Update(func(tx *store.Tx) error {
		for _, name := range in.DashboardNames {
			if _, ok := s.dashboards.Get(tx, c.Scope.Global(), name); !ok {
				return errNoDashboard(name)
			}
		}
		for _, name := range in.DashboardNames {
			s.dashboards.Delete(tx, c.Scope.Global(), name)
		}
		return nil
	})
}

// Dashboards names the dashboards of an account.
func (s *Service) Dashboards(account aws.AccountID) (names []string, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		for _, d := range s.dashboards.All(tx, aws.Scope{Account: account}) {
			names = append(names, d.Name)
		}
		return nil
	})
	return names, err
}

// DrawDashboard draws a dashboard of an account as a page of HTML, which is
// nil if there is none of that name.
func (s *Service) DrawDashboard(scope aws.Scope, name string, span time.Duration) ([]byte, error) {
	var d dashboardEntry
	var ok bool
	err := s.DB.View(func(tx *store.Tx) error {
		d, ok = s.dashboards.Get(tx, scope.Global(), name)
		return nil
	})
	if err != nil || !ok {
		return nil, err
	}
	b, _ := dashboard.Parse(d.Body)
	if b == nil {
		b = &dashboard.Board{}
	}
	return dashboard.Page(name, b, &shown{s, scope}, s.Clock.Now(), span), nil
}

// shown is what dashboards show of an account.
type shown struct {
	*Service
	scope aws.Scope
}

// Graphs implements dashboard.Source.
func (s *shown) Graphs(w *dashboard.Widget, from, to time.Time) ([]dashboard.Graph, time.Duration, error) {
	scope := s.scope
	if w.Region != "" {
		scope.Region = aws.Region(w.Region)
	}
	seconds := fitting(w.Period, to.Sub(from))
	queries := make([]MetricDataQuery, len(w.Lines))
	taken := map[string]bool{}
	for i := range w.Lines {
		l := &w.Lines[i]
		q := MetricDataQuery{Id: l.ID, Expression: l.Expression, Label: l.Label, ReturnData: yes(true)}
		if q.Id == "" || taken[q.Id] {
			q.Id = fmt.Sprintf("line%d", i)
		}
		taken[q.Id] = true
		if l.Expression == "" {
			m := &MetricStat{Metric: Metric{Namespace: l.Namespace, MetricName: l.Metric}, Period: fitting(max(l.Period, w.Period), to.Sub(from)), Stat: l.Stat}
			for _, d := range l.Dimensions {
				m.Metric.Dimensions = append(m.Metric.Dimensions, Dimension{Name: d[0], Value: d[1]})
				if q.Label == "" && len(w.Lines) > 1 {
					q.Label = l.Metric + " " + d[1]
				}
			}
			q.MetricStat = m
		} else {
			q.Period = &seconds
		}
		queries[i] = q
	}
	if len(queries) == 0 {
		return nil, time.Minute, nil
	}
	p, err := s.newPlan(scope, queries, from, to)
	if err != nil {
		return nil, 0, err
	}
	var out []dashboard.Graph
	for i := range queries {
		l := &w.Lines[i]
		if l.Hidden {
			continue
		}
		v, err := p.value(i)
		if err != nil {
			return nil, 0, err
		}
		for _, one := range v.List {
			g := dashboard.Graph{Label: one.Label, Color: l.Color, Right: l.Right}
			for j, t := range one.Times {
				if at := time.Unix(t, 0).UTC(); !at.Before(from) {
					g.Times, g.Values = append(g.Times, at), append(g.Values, one.Values[j])
				}
			}
			out = append(out, g)
		}
	}
	return out, time.Duration(seconds) * time.Second, nil
}

// fitting is a period that leaves a chart's points apart.
func fitting(seconds int, span time.Duration) int {
	if seconds == 0 {
		seconds = 60
	}
	seconds = (seconds + 59) / 60 * 60
	for _, s := range []int{300, 900, 3600, 21600, 86400} {
		if span/time.Duration(seconds)/time.Second > 400 {
			seconds = max(seconds, s)
		}
	}
	return seconds
}

// Alarm implements dashboard.Source.
func (s *shown) Alarm(arn string) (d dashboard.Alarm, ok bool) {
	p, _ := aws.ARN(arn).Parse()
	name, alarm := strings.CutPrefix(p.Resource, "alarm:")
	if !alarm || p.Account != s.scope.Account {
		return d, false
	}
	_ = s.DB.View(func(tx *store.Tx) error { // an alarm that cannot be read is absent
		a, found := s.alarms.Get(tx, p.Scope, name)
		d, ok = dashboard.Alarm{Name: name, State: a.State, Reason: a.Reason}, found
		return nil
	})
	return d, ok
}
