package dynamodb

import "time"

// What a table's past is asked with: recovery, backups, exports and imports.

// UpdateContinuousBackupsInput is the input of UpdateContinuousBackups.
type UpdateContinuousBackupsInput struct {
	TableName                        string                           `required:"" len:"1,1024"`
	PointInTimeRecoverySpecification PointInTimeRecoverySpecification `required:""`
}

// PointInTimeRecoverySpecification turns recovery on or off.
type PointInTimeRecoverySpecification struct {
	PointInTimeRecoveryEnabled bool `required:""`
	RecoveryPeriodInDays       *int `range:"1,35"`
}

// DescribeContinuousBackupsInput is the input of DescribeContinuousBackups.
type DescribeContinuousBackupsInput struct {
	TableName string `required:"" len:"1,1024"`
}

// ContinuousBackupsOutput is the output of both.
type ContinuousBackupsOutput struct {
	ContinuousBackupsDescription ContinuousBackupsDescription
}

// ContinuousBackupsDescription says whether a table can be restored.
type ContinuousBackupsDescription struct {
	ContinuousBackupsStatus        string
	PointInTimeRecoveryDescription PointInTimeRecoveryDescription
}

// PointInTimeRecoveryDescription says to which times.
type PointInTimeRecoveryDescription struct {
	PointInTimeRecoveryStatus  string
	RecoveryPeriodInDays       *int
	EarliestRestorableDateTime time.Time
	LatestRestorableDateTime   time.Time
}

// Overrides is what a restored table has otherwise than the one it comes from.
type Overrides struct {
	BillingModeOverride           string `enum:"PROVISIONED|PAY_PER_REQUEST"`
	GlobalSecondaryIndexOverride  []GlobalSecondaryIndex
	LocalSecondaryIndexOverride   []LocalSecondaryIndex
	ProvisionedThroughputOverride *ProvisionedThroughput
}

// RestoreTableToPointInTimeInput is the input of RestoreTableToPointInTime.
type RestoreTableToPointInTimeInput struct {
	SourceTableName         string `len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	SourceTableArn          string `len:"1,1024"`
	TargetTableName         string `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	UseLatestRestorableTime bool
	RestoreDateTime         *time.Time
	Overrides
}

// RestoreTableFromBackupInput is the input of RestoreTableFromBackup.
type RestoreTableFromBackupInput struct {
	TargetTableName string `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	BackupArn       string `required:"" len:"37,1024"`
	Overrides
}

// RestoreTableOutput is the output of both.
type RestoreTableOutput struct{ TableDescription TableDescription }

// RestoreSummary is what a table was restored from.
type RestoreSummary struct {
	SourceBackupArn   string
	SourceTableArn    string
	RestoreDateTime   time.Time
	RestoreInProgress bool
}

// CreateBackupInput is the input of CreateBackup.
type CreateBackupInput struct {
	TableName  string `required:"" len:"1,1024"`
	BackupName string `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
}

// CreateBackupOutput is the output of CreateBackup.
type CreateBackupOutput struct{ BackupDetails BackupDetails }

// BackupDetails is what is known of a backup itself.
type BackupDetails struct {
	BackupArn              string
	BackupName             string
	BackupSizeBytes        int64
	BackupStatus           string
	BackupType             string
	BackupCreationDateTime time.Time
	BackupExpiryDateTime   time.Time
}

// OneBackupInput is the input of DescribeBackup and DeleteBackup.
type OneBackupInput struct {
	BackupArn string `required:"" len:"37,1024"`
}

// OneBackupOutput is the output of both.
type OneBackupOutput struct{ BackupDescription BackupDescription }

// BackupDescription is a backup and the table it was made of.
type BackupDescription struct {
	BackupDetails             BackupDetails
	SourceTableDetails        SourceTableDetails
	SourceTableFeatureDetails SourceTableFeatureDetails
}

// SourceTableDetails is what the table was.
type SourceTableDetails struct {
	TableName             string
	TableId               string
	TableArn              string
	TableSizeBytes        int64
	KeySchema             []KeySchemaElement
	TableCreationDateTime time.Time
	ProvisionedThroughput ProvisionedThroughput
	ItemCount             int64
	BillingMode           string
}

// SourceTableFeatureDetails is what the table had.
type SourceTableFeatureDetails struct {
	LocalSecondaryIndexes  []IndexInfo
	GlobalSecondaryIndexes []IndexInfo
	StreamDescription      *StreamSpecification
	TimeToLiveDescription  *TimeToLiveDescription
}

// IndexInfo is an index as a backup knows it.
type IndexInfo struct {
	IndexName             string
	KeySchema             []KeySchemaElement
	Projection            Projection
	ProvisionedThroughput *ProvisionedThroughput
}

// ListBackupsInput is the input of ListBackups.
type ListBackupsInput struct {
	TableName               string `len:"1,1024"`
	Limit                   *int   `range:"1,100"`
	TimeRangeLowerBound     *time.Time
	TimeRangeUpperBound     *time.Time
	ExclusiveStartBackupArn string `len:"37,1024"`
	BackupType              string `enum:"USER|SYSTEM|AWS_BACKUP|ALL"`
}

// ListBackupsOutput is the output of ListBackups.
type ListBackupsOutput struct {
	BackupSummaries        []BackupSummary
	LastEvaluatedBackupArn string
}

// BackupSummary is one backup of a list.
type BackupSummary struct {
	TableName string
	TableId   string
	TableArn  string
	BackupDetails
}
