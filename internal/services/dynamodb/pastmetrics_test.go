package dynamodb

import (
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/meter"
)

// TestPastMetrics charges for what is kept of a table's past by the hour, and
// for what restores, exports and imports move.
func TestPastMetrics(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(pairTable, "pairs", "model", 1))
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 35)
	const size = (2 + 2) + (2 + 2) + (1 + 2) // of the item below: names and values
	b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"p1"},"sk":{"N":"1"},"n":{"N":"1"}}}`)
	b.must(t, "CreateBackup", `{"TableName":"model","BackupName":"one"}`)
	b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"model","TargetTableName":"then","UseLatestRestorableTime":true}`)
	b.must(t, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports","S3Prefix":"out"}`)
	const object = `{"Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}}`
	b.others.objects["in"] = object
	importOf(t, b, `"S3KeyPrefix":"in"`, `"InputFormat":"DYNAMODB_JSON"`)
	b.finish(t)
	d := ask[struct {
		Table struct{ TableSizeBytes float64 }
	}](t, b, "DescribeTable", `{"TableName":"model"}`)
	if d.Table.TableSizeBytes != size {
		t.Fatalf("the item has %v bytes", d.Table.TableSizeBytes)
	}
	moved := map[meter.Item]float64{restoredBytes: size / 1e9, exportedBytes: size / 1e9, importedBytes: float64(len(object)) / 1e9}
	b.charged(t, moved)
	if err := b.chargeHour(b.call.Time); err != nil {
		t.Fatal(err)
	}
	got := b.Meter.Used()
	for _, item := range []meter.Item{recoveryMonths, backupMonths} {
		sum := 0.0
		for u, q := range got {
			if u.Item == item {
				sum += q
			}
		}
		if sum != d.Table.TableSizeBytes/1e9/720 {
			t.Errorf("%v: %v", item, sum)
		}
	}
}
