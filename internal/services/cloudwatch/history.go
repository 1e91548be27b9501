package cloudwatch

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// remembered is for how long an alarm's history is.
const remembered = 30 * 24 * time.Hour

// record adds to the history of an alarm.
func (s *Service) record(tx *store.Tx, scope aws.Scope, at time.Time, name, kind, summary string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	for key, old := range s.history.All(tx, scope, name) {
		if old.Timestamp.After(at.Add(-remembered)) {
			break
		}
		s.history.Delete(tx, scope, key...)
	}
	item := AlarmHistoryItem{AlarmName: name, AlarmType: "MetricAlarm", HistoryData: string(b), HistoryItemType: kind, HistorySummary: summary, Timestamp: at}
	s.history.Put(tx, scope, item, name, fmt.Sprintf("%020d", tx.Sequence()))
	return nil
}

func (s *Service) describeAlarmHistory(_ context.Context, c *aws.Call, in *DescribeAlarmHistoryInput) (*DescribeAlarmHistoryOutput, error) {
	skip, err := decodeOffset(in.NextToken)
	if err != nil {
		return nil, err
	}
	var within []string
	if in.AlarmName != "" {
		within = []string{in.AlarmName}
	}
	type entry struct {
		key  string
		item AlarmHistoryItem
	}
	var list []entry
	err = s.DB.View(func(tx *store.Tx) error {
		for key, item := range s.history.All(tx, c.Scope, within...) {
			if in.HistoryItemType != "" && in.HistoryItemType != item.HistoryItemType || !in.StartDate.IsZero() && item.Timestamp.Before(in.StartDate) ||
				!in.EndDate.IsZero() && !item.Timestamp.Before(in.EndDate) || len(in.AlarmTypes) > 0 && !slices.Contains(in.AlarmTypes, item.AlarmType) {
				continue
			}
			list = append(list, entry{key[len(key)-1], item})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b entry) int {
		if in.ScanBy != "TimestampAscending" {
			a, b = b, a
		}
		if a.key < b.key {
			return -1
		}
		return 1
	})
	limit := in.MaxRecords
	if limit == 0 {
		limit = 100
	}
	out := &DescribeAlarmHistoryOutput{AlarmHistoryItems: []AlarmHistoryItem{}}
	for i := skip; i < len(list) && i < skip+limit; i++ {
		out.AlarmHistoryItems = append(out.AlarmHistoryItems, list[i].item)
	}
	if len(list) > skip+limit {
		out.NextToken = encodeOffset(skip + limit)
	}
	return out, nil
}
