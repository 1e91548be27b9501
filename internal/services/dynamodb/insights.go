package dynamodb

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// insight is a setting of Contributor Insights: nobody counts contributors here.
type insight struct {
	Enabled bool
	Mode    string
	Updated time.Time
}

const allKeys = "ACCESSED_AND_THROTTLED_KEYS"

func (i insight) status() string {
	if i.Enabled {
		return "ENABLED"
	}
	return "DISABLED"
}

// checkInsight refuses an index that is not there; "" is the table itself.
func (t *table) checkInsight(index string) error {
	if index == "" {
		return nil
	}
	if x := t.index(index); x == nil || x.Local {
		return errIndexNotFound(index)
	}
	return nil
}

func (s *Service) updateContributorInsights(_ context.Context, c *aws.Call, in *UpdateContributorInsightsInput) (*UpdateContributorInsightsOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	to := insight{Enabled: in.ContributorInsightsAction == "ENABLE", Mode: in.ContributorInsightsMode, Updated: c.Time}
	_, err = s.changeTable(c.Scope, name, func(_ *store.Tx, t *table) (*table, error) {
		if t == nil {
			return nil, errTableNotFound(name)
		}
		if err := t.checkInsight(in.IndexName); err != nil {
			return nil, err
		}
		if to.Mode == "" {
			if to.Mode = t.Insights[in.IndexName].Mode; to.Mode == "" {
				to.Mode = allKeys
			}
		}
		t = t.clone()
		t.Insights = maps.Clone(t.Insights)
		if t.Insights == nil {
			t.Insights = map[string]insight{}
		}
		t.Insights[in.IndexName] = to
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	out := &UpdateContributorInsightsOutput{name, in.IndexName, "DISABLING", to.Mode}
	if to.Enabled {
		out.ContributorInsightsStatus = "ENABLING"
	}
	return out, nil
}

func (s *Service) describeContributorInsights(_ context.Context, c *aws.Call, in *DescribeContributorInsightsInput) (*DescribeContributorInsightsOutput, error) {
	t, _, err := s.describe(c, in.TableName)
	if err != nil {
		return nil, err
	}
	if err := t.checkInsight(in.IndexName); err != nil {
		return nil, err
	}
	i := t.Insights[in.IndexName]
	return &DescribeContributorInsightsOutput{t.Name, in.IndexName, i.status(), i.Mode, i.Updated}, nil
}

const maxInsights = 100

// listContributorInsights lists the settings that were ever made, by table and index.
func (s *Service) listContributorInsights(_ context.Context, c *aws.Call, in *ListContributorInsightsInput) (*ListContributorInsightsOutput, error) {
	only, limit := "", maxInsights
	if in.TableName != "" {
		name, err := resolveName(c, in.TableName)
		if err != nil {
			return nil, err
		}
		only = name
	}
	if in.MaxResults != nil {
		limit = *in.MaxResults
	}
	table, index, _ := strings.Cut(in.NextToken, "/")
	out := &ListContributorInsightsOutput{ContributorInsightsSummaries: []ContributorInsightsSummary{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, t := range s.tables.All(tx, c.Scope) {
			if only != "" && t.Name != only || t.Name < table {
				continue
			}
			for _, n := range slices.Sorted(maps.Keys(t.Insights)) {
				if t.Name == table && n <= index {
					continue
				}
				if len(out.ContributorInsightsSummaries) == limit {
					last := out.ContributorInsightsSummaries[limit-1]
					out.NextToken = last.TableName + "/" + last.IndexName
					return nil
				}
				i := t.Insights[n]
				out.ContributorInsightsSummaries = append(out.ContributorInsightsSummaries, ContributorInsightsSummary{t.Name, n, i.status(), i.Mode})
			}
		}
		return nil
	})
	return out, err
}
