package stack

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// sum is the sum of a metric since ever, as CloudWatch has it. Dimensions are
// names and values in turn.
func (c *cloud) sum(t *testing.T, namespace, metric string, dimensions ...string) (sum float64) {
	t.Helper()
	var dims []types.Dimension
	for i := 0; i < len(dimensions); i += 2 {
		dims = append(dims, types.Dimension{Name: &dimensions[i], Value: &dimensions[i+1]})
	}
	out, err := cloudwatch.NewFromConfig(c.cfg).GetMetricData(ctx(t), &cloudwatch.GetMetricDataInput{
		StartTime: aws.Time(time.Now().Add(-24 * time.Hour)), EndTime: aws.Time(time.Now().AddDate(3, 0, 0)),
		MetricDataQueries: []types.MetricDataQuery{{Id: aws.String("m"), MetricStat: &types.MetricStat{
			Metric: &types.Metric{Namespace: &namespace, MetricName: &metric, Dimensions: dims}, Period: aws.Int32(24 * 3600), Stat: aws.String("Sum"),
		}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range out.MetricDataResults[0].Values {
		sum += v
	}
	return sum
}
