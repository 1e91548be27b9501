package dynamodb

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

const namespace = "AWS/DynamoDB"

// countExpired counts items that were removed because their time had come.
func (s *Service) countExpired(scope aws.Scope, table string, n int) {
	if n > 0 {
		s.Meter.Count(scope, namespace, "TimeToLiveDeletedItemCount", meter.Count, float64(n), "TableName", table)
	}
}
