package dynamodb

import (
	"log/slog"
	"sync/atomic"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what DynamoDB needs from the world.
type Deps struct {
	DB    *store.DB
	IDs   *aws.IDs
	Clock *clock.Clock
	Meter *meter.Meter
	Keys  Keys

	Objects Objects // of exports and imports
	Caller  Caller
	Log     *slog.Logger

	Throttle bool // hold tables and indexes to their capacity
}

// Service is the DynamoDB emulator.
type Service struct {
	Deps
	tables    store.Table[*table]
	streams   store.Table[*stream] // by table and label
	backups   store.Table[*backup] // by table and ID
	exports   store.Table[*export] // by table and ID
	imports   store.Table[*imported]
	jobs      store.Table[*job]
	left      store.Table[left] // by number
	catalogue catalogue
	backfill  alarm
	keeping   alarm // of keepStreams
	expiring  alarm // of expireItems

	keepingPast alarm                         // of keepPast
	working     alarm                         // of runJobs
	worker      atomic.Pointer[clock.Sleeper] // of runJobs
	stamps      stamps

	nextExpiry atomic.Int64 // what expireItems waits for, in Unix seconds
	policies   policy.Cache
	limiter    *limiter // nil unless the cloud throttles
	busy       busy     // shards that are to be split
	readers    readers
	iterators  iterators
}

// New returns a DynamoDB with the tables that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Clock == nil || d.Meter == nil || d.Keys == nil || d.Objects == nil || d.Caller == nil || d.Log == nil {
		panic("dynamodb: incomplete Deps")
	}
	s := &Service{
		Deps: d, tables: store.NewTable[*table]("dynamodb/table"), streams: store.NewTable[*stream]("dynamodb/stream"),
		backups: store.NewTable[*backup]("dynamodb/backup"), jobs: store.NewTable[*job]("dynamodb/job"), left: store.NewTable[left]("dynamodb/left"),
		exports: store.NewTable[*export]("dynamodb/export"), imports: store.NewTable[*imported]("dynamodb/import"),
		keepingPast: newAlarm(), working: newAlarm(),
		backfill: newAlarm(), keeping: newAlarm(), expiring: newAlarm(),
	}
	if d.Throttle {
		s.limiter = newLimiter()
	}
	return s
}

// Info identifies DynamoDB on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:         "dynamodb",
		Title:        "Amazon DynamoDB",
		Protocols:    []service.Protocol{service.JSON10},
		TargetPrefix: "DynamoDB_20120810",
		Version:      "2012-08-10",
		ErrorPrefix:  "com.amazonaws.dynamodb.v20120810#",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("GetItem", s.onGetItem, s.getItem),
		service.Op("PutItem", s.onPutItem, s.putItem),
		service.Op("UpdateItem", s.onUpdateItem, s.updateItem),
		service.Op("DeleteItem", s.onDeleteItem, s.deleteItem),
		service.Op("Query", s.onQuery, s.query),
		service.Op("Scan", s.onScan, s.scan),
		service.Op("BatchGetItem", s.onBatchGetItem, s.batchGetItem),
		service.Op("BatchWriteItem", s.onBatchWriteItem, s.batchWriteItem),
		service.Op("TransactGetItems", s.onTransactGetItems, s.transactGetItems),
		service.Op("TransactWriteItems", s.onTransactWriteItems, s.transactWriteItems),

		service.Op("ExecuteStatement", s.onExecuteStatement, s.executeStatement),
		service.Op("BatchExecuteStatement", s.onBatchExecuteStatement, s.batchExecuteStatement),
		service.Op("ExecuteTransaction", s.onExecuteTransaction, s.executeTransaction),

		service.Op("CreateTable", onCreateTable, s.createTable),
		service.Op("DescribeTable", onTable(s, func(in *DescribeTableInput) string { return in.TableName }), s.describeTable),
		service.Op("UpdateTable", s.onUpdateTable, s.updateTable),
		service.Op("DeleteTable", onTable(s, func(in *DeleteTableInput) string { return in.TableName }), s.deleteTable),
		service.Op("ListTables", service.Any, s.listTables),

		service.Op("DescribeTimeToLive", onTable(s, func(in *DescribeTimeToLiveInput) string { return in.TableName }), s.describeTimeToLive),
		service.Op("UpdateTimeToLive", onTable(s, func(in *UpdateTimeToLiveInput) string { return in.TableName }), s.updateTimeToLive),
		service.Op("DescribeContinuousBackups", onTable(s, func(in *DescribeContinuousBackupsInput) string { return in.TableName }), s.describeContinuousBackups),
		service.Op("UpdateContinuousBackups", onTable(s, func(in *UpdateContinuousBackupsInput) string { return in.TableName }), s.updateContinuousBackups),
		service.Op("RestoreTableToPointInTime", s.onRestoreToPointInTime, s.restoreTableToPointInTime),
		service.Op("CreateBackup", onTable(s, func(in *CreateBackupInput) string { return in.TableName }), s.createBackup),
		service.Op("DescribeBackup", onARN(s, func(in *OneBackupInput) string { return in.BackupArn }), s.describeBackup),
		service.Op("ListBackups", service.Any, s.listBackups),
		service.Op("DeleteBackup", onARN(s, func(in *OneBackupInput) string { return in.BackupArn }), s.deleteBackup),
		service.Op("RestoreTableFromBackup", s.onRestoreFromBackup, s.restoreTableFromBackup),
		service.Op("ExportTableToPointInTime", onARN(s, func(in *ExportTableToPointInTimeInput) string { return in.TableArn }), s.exportTableToPointInTime),
		service.Op("DescribeExport", onARN(s, func(in *DescribeExportInput) string { return in.ExportArn }), s.describeExport),
		service.Op("ListExports", service.Any, s.listExports),
		service.Op("ImportTable", onImport, s.importTable),
		service.Op("DescribeImport", onARN(s, func(in *DescribeImportInput) string { return in.ImportArn }), s.describeImport),
		service.Op("ListImports", service.Any, s.listImports),
		service.Op("TagResource", onARN(s, func(in *TagResourceInput) string { return in.ResourceArn }), s.tagResource),
		service.Op("UntagResource", onARN(s, func(in *UntagResourceInput) string { return in.ResourceArn }), s.untagResource),
		service.Op("ListTagsOfResource", onARN(s, func(in *ListTagsOfResourceInput) string { return in.ResourceArn }), s.listTagsOfResource),
		service.Op("PutResourcePolicy", onARN(s, func(in *PutResourcePolicyInput) string { return in.ResourceArn }), s.putResourcePolicy),
		service.Op("GetResourcePolicy", onARN(s, func(in *GetResourcePolicyInput) string { return in.ResourceArn }), s.getResourcePolicy),
		service.Op("DeleteResourcePolicy", onARN(s, func(in *DeleteResourcePolicyInput) string { return in.ResourceArn }), s.deleteResourcePolicy),
		service.Op("UpdateContributorInsights", onTable(s, func(in *UpdateContributorInsightsInput) string { return in.TableName }), s.updateContributorInsights),
		service.Op("DescribeContributorInsights", onTable(s, func(in *DescribeContributorInsightsInput) string { return in.TableName }), s.describeContributorInsights),
		service.Op("ListContributorInsights", service.Any, s.listContributorInsights),
		service.Op("DescribeLimits", service.Any, s.describeLimits),
		service.Op("DescribeEndpoints", service.Any, s.describeEndpoints),
	}
}
