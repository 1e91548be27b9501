package costexplorer

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/cost"
	"github.com/niebla-cloud/niebla/internal/meter"
)

var (
	paris = aws.Scope{Account: "000000000000", Region: "eu-west-3"}
	out   = meter.Item{Product: "AmazonCloudFront", Unit: "DataTransfer-Out-Bytes"}
)

// used is a service of which a lot was used on each day of a month.
func used(t *testing.T) *Service {
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	m := meter.NewMeter(func() time.Time { return now })
	for now.Month() == time.January {
		m.Charge(paris, out, 400e9)
		m.Charge(aws.Scope{Account: "000000000000", Region: "us-east-1"}, out, 100e9)
		m.Charge(aws.Scope{Account: "111111111111", Region: "eu-west-3"}, out, 1e15)
		now = now.AddDate(0, 0, 1)
	}
	return New(Deps{Meter: m})
}

func (s *Service) ask(t *testing.T, granularity string, groups ...GroupDefinition) *GetCostAndUsageOutput {
	t.Helper()
	out, err := s.getCostAndUsage(context.Background(), &aws.Call{Scope: aws.Scope{Account: "000000000000"}}, &GetCostAndUsageInput{
		Granularity: granularity, Metrics: []string{"UnblendedCost", "UsageQuantity"}, GroupBy: groups,
		TimePeriod: DateInterval{Start: "2026-01-01", End: "2026-02-01"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func amount(t *testing.T, v MetricValue) float64 {
	t.Helper()
	f, err := strconv.ParseFloat(v.Amount, 64)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestDaysAddUp(t *testing.T) {
	s := used(t)
	days := 0.0
	for _, r := range s.ask(t, "DAILY").ResultsByTime {
		days += amount(t, r.Total["UnblendedCost"])
	}
	month := s.ask(t, "MONTHLY").ResultsByTime
	want := cost.Total(s.Month("000000000000", time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC), true))
	if len(month) != 1 || math.Abs(amount(t, month[0].Total["UnblendedCost"])-want) > 1e-6 || math.Abs(days-want) > 1e-6 || want < 900 {
		t.Errorf("days %v, month %v, bill %v", days, month, want)
	}
}

func TestAccounts(t *testing.T) {
	s := used(t)
	r := s.ask(t, "MONTHLY", GroupDefinition{Type: "DIMENSION", Key: "REGION"}).ResultsByTime[0]
	if len(r.Groups) != 2 || r.Groups[0].Keys[0] != "eu-west-3" || amount(t, r.Groups[0].Metrics["UsageQuantity"]) != 31*400 {
		t.Errorf("groups %+v", r.Groups)
	}
	if lines := s.Month("222222222222", time.Date(2026, 1, 9, 0, 0, 0, 0, time.UTC), false); len(lines) != 0 {
		t.Errorf("an account without use has %v", lines)
	}
}
