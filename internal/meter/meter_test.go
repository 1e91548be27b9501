package meter

import (
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func TestMeter(t *testing.T) {
	now := time.Date(2026, 1, 2, 23, 59, 30, 0, time.UTC)
	m := NewMeter(func() time.Time { return now })
	paris := aws.Scope{Account: "000000000000", Region: "eu-west-3"}
	for _, v := range []float64{2, 5, 1} {
		m.Count(paris, "AWS/S3", "FirstByteLatency", Milliseconds, v, "BucketName", "songs", "FilterId", "All")
	}
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 2)
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 1)
	now = now.Add(time.Minute)
	m.Count(paris, "AWS/S3", "FirstByteLatency", Milliseconds, 7, "BucketName", "songs", "FilterId", "All")
	m.Charge(paris, Item{"AmazonS3", "Tier1"}, 9)

	s := Series{paris, "AWS/S3", "FirstByteLatency", Milliseconds, "BucketName\x00songs\x00FilterId\x00All\x00"}
	minute := now.Unix() / 60
	got := m.Minutes(s)
	if len(got) != 2 || got[minute-1] != (Stat{3, 8, 1, 5}) || got[minute] != (Stat{1, 7, 7, 7}) {
		t.Errorf("measured %v", got)
	}
	if p := s.Pairs(); len(p) != 2 || p["BucketName"] != "songs" || p["FilterId"] != "All" {
		t.Errorf("dimensions %v", p)
	}
	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	used := m.Used()
	if len(used) != 2 || used[Usage{paris, Item{"AmazonS3", "Tier1"}, day}] != 3 || used[Usage{paris, Item{"AmazonS3", "Tier1"}, day.AddDate(0, 0, 1)}] != 9 {
		t.Errorf("used %v", used)
	}
}
