package costexplorer

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/cost"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// record is what one day's use of an item in a region cost, after what is
// free in its month.
type record struct {
	day      time.Time
	service  string
	usage    string
	region   string
	quantity float64
	usd      float64
}

// prefixes are what usage types begin with in a region.
var prefixes = map[aws.Region]string{
	"us-east-1": "", "us-east-2": "USE2-", "us-west-1": "USW1-", "us-west-2": "USW2-",
	"eu-west-1": "EU-", "eu-west-2": "EUW2-", "eu-west-3": "EUW3-", "eu-central-1": "EUC1-", "eu-north-1": "EUN1-", "eu-south-2": "EUS2-",
}

// records prices what an account used, day by day. What is free, and the
// tiers of prices, go by the month: a day costs what it adds to the month.
func (s *Service) records(account aws.AccountID) (list []record) {
	type dated struct {
		day time.Time
		cost.Usage
	}
	var days []dated
	for u, quantity := range s.Meter.Used() {
		if u.Scope.Account == account {
			days = append(days, dated{u.Day, cost.Usage{Region: u.Scope.Region, Item: u.Item, Quantity: quantity}})
		}
	}
	slices.SortFunc(days, func(a, b dated) int {
		return cmp.Or(a.day.Compare(b.day), cmp.Compare(a.Item.Product, b.Item.Product), cmp.Compare(a.Item.Unit, b.Item.Unit), cmp.Compare(a.Region, b.Region))
	})
	type month struct {
		year  int
		month time.Month
		item  meter.Item
	}
	sofar := map[month][]cost.Usage{}
	for _, d := range days {
		m := month{d.day.Year(), d.day.Month(), d.Item}
		before := cost.Total(cost.Bill(sofar[m], true))
		sofar[m] = addTo(sofar[m], d.Usage)
		line := cost.Price(d.Usage)
		prefix, ok := prefixes[d.Region]
		if !ok {
			prefix = strings.ToUpper(string(d.Region)) + "-"
		}
		list = append(list, record{
			day: d.day, service: line.Service, usage: prefix + d.Item.Unit, region: string(d.Region), quantity: line.Quantity,
			usd: max(cost.Total(cost.Bill(sofar[m], true))-before, 0),
		})
	}
	return list
}

// addTo adds what was used of an item to the list of its regions.
func addTo(list []cost.Usage, u cost.Usage) []cost.Usage {
	for i := range list {
		if list[i].Region == u.Region {
			list[i].Quantity += u.Quantity
			return list
		}
	}
	return append(list, u)
}

// Month is the bill of one month of an account, with or without what is free.
func (s *Service) Month(account aws.AccountID, month time.Time, free bool) []cost.Line {
	sums := map[meter.Item][]cost.Usage{}
	for u, quantity := range s.Meter.Used() {
		if u.Scope.Account == account && u.Day.Year() == month.Year() && u.Day.Month() == month.Month() {
			sums[u.Item] = addTo(sums[u.Item], cost.Usage{Region: u.Scope.Region, Item: u.Item, Quantity: quantity})
		}
	}
	var all []cost.Usage
	for _, list := range sums {
		all = append(all, list...)
	}
	return cost.Bill(all, free)
}

const dateOnly = "2006-01-02"

// dimension is how a record is grouped or filtered.
func (r *record) dimension(key string) (string, error) {
	switch key {
	case "SERVICE":
		return r.service, nil
	case "USAGE_TYPE":
		return r.usage, nil
	case "REGION":
		return r.region, nil
	}
	return "", errAbsent("Niebla groups and filters by SERVICE, USAGE_TYPE and REGION only, not by %s", key)
}

func (r *record) matches(e *Expression) (bool, error) {
	if e == nil {
		return true, nil
	}
	if e.Dimensions != nil {
		v, err := r.dimension(e.Dimensions.Key)
		return slices.Contains(e.Dimensions.Values, v), err
	}
	if e.Not != nil {
		ok, err := r.matches(e.Not)
		return !ok, err
	}
	any := len(e.Or) == 0
	for i := range e.Or {
		ok, err := r.matches(&e.Or[i])
		if err != nil {
			return false, err
		}
		any = any || ok
	}
	for i := range e.And {
		if ok, err := r.matches(&e.And[i]); !ok || err != nil {
			return false, err
		}
	}
	return any, nil
}

// costs are the metrics that are money; without discounts they are all the same.
var costs = []string{"UnblendedCost", "BlendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost"}

// sum is what was added up of records.
type sum struct{ usd, quantity float64 }

func (s sum) metrics(names []string) map[string]MetricValue {
	out := map[string]MetricValue{}
	for _, name := range names {
		if name == "UsageQuantity" {
			out[name] = MetricValue{strconv.FormatFloat(s.quantity, 'f', -1, 64), "N/A"}
		} else {
			out[name] = MetricValue{strconv.FormatFloat(s.usd, 'f', 10, 64), "USD"}
		}
	}
	return out
}

func (s *Service) getCostAndUsage(_ context.Context, c *aws.Call, in *GetCostAndUsageInput) (*GetCostAndUsageOutput, error) {
	start, err1 := time.Parse(dateOnly, in.TimePeriod.Start)
	end, err2 := time.Parse(dateOnly, in.TimePeriod.End)
	switch {
	case err1 != nil || err2 != nil:
		return nil, errValidation("Start and end dates must have the form yyyy-MM-dd")
	case !start.Before(end):
		return nil, errValidation("Start date (and hour) should be before end date (and hour)")
	case in.Granularity == "HOURLY":
		return nil, errAbsent("Niebla does not implement the granularity HOURLY")
	case len(in.Metrics) == 0:
		return nil, errValidation("Metrics must not be empty")
	}
	for _, m := range in.Metrics {
		if m != "UsageQuantity" && !slices.Contains(costs, m) {
			return nil, errValidation("Metric %s is not one of %s, UsageQuantity", m, strings.Join(costs, ", "))
		}
	}
	records := s.records(c.Account)
	out := &GetCostAndUsageOutput{GroupDefinitions: in.GroupBy, ResultsByTime: []ResultByTime{}}
	for from := start; from.Before(end); {
		to := from.AddDate(0, 0, 1)
		if in.Granularity == "MONTHLY" {
			to = time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		}
		if to.After(end) {
			to = end
		}
		r, err := in.result(records, from, to)
		if err != nil {
			return nil, err
		}
		out.ResultsByTime = append(out.ResultsByTime, r)
		from = to
	}
	return out, nil
}

// result adds up the records of one period.
func (in *GetCostAndUsageInput) result(records []record, from, to time.Time) (ResultByTime, error) {
	r := ResultByTime{
		Estimated: true, Groups: []Group{}, Total: map[string]MetricValue{},
		TimePeriod: DateInterval{Start: from.Format(dateOnly), End: to.Format(dateOnly)},
	}
	var total sum
	groups := map[string]*sum{}
	for i := range records {
		x := &records[i]
		if x.day.Before(from) || !x.day.Before(to) {
			continue
		}
		ok, err := x.matches(in.Filter)
		if err != nil {
			return r, err
		}
		if !ok {
			continue
		}
		total.usd, total.quantity = total.usd+x.usd, total.quantity+x.quantity
		var keys []string
		for _, g := range in.GroupBy {
			if g.Type != "DIMENSION" {
				return r, errAbsent("Niebla groups by DIMENSION only, not by %s", g.Type)
			}
			k, err := x.dimension(g.Key)
			if err != nil {
				return r, err
			}
			keys = append(keys, k)
		}
		key := strings.Join(keys, "\x00")
		if groups[key] == nil {
			groups[key] = &sum{}
		}
		groups[key].usd, groups[key].quantity = groups[key].usd+x.usd, groups[key].quantity+x.quantity
	}
	if len(in.GroupBy) == 0 {
		r.Total = total.metrics(in.Metrics)
		return r, nil
	}
	for key, s := range groups {
		r.Groups = append(r.Groups, Group{Keys: strings.Split(key, "\x00"), Metrics: s.metrics(in.Metrics)})
	}
	slices.SortFunc(r.Groups, func(a, b Group) int { return slices.Compare(a.Keys, b.Keys) })
	return r, nil
}
