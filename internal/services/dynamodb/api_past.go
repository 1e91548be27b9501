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
	OnDemandThroughputOverride    *OnDemandThroughput
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
	OnDemandThroughput    *OnDemandThroughput
}

// SourceTableFeatureDetails is what the table had.
type SourceTableFeatureDetails struct {
	LocalSecondaryIndexes  []IndexInfo
	GlobalSecondaryIndexes []IndexInfo
	StreamDescription      *StreamSpecification
	TimeToLiveDescription  *TimeToLiveDescription
	SSEDescription         *SSEDescription
}

// IndexInfo is an index as a backup knows it.
type IndexInfo struct {
	IndexName             string
	KeySchema             []KeySchemaElement
	Projection            Projection
	ProvisionedThroughput *ProvisionedThroughput
	OnDemandThroughput    *OnDemandThroughput
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

// ExportTableToPointInTimeInput is the input of ExportTableToPointInTime.
type ExportTableToPointInTimeInput struct {
	TableArn                       string `required:"" len:"1,1024"`
	ExportTime                     *time.Time
	ClientToken                    string `pattern:"^[^\\$]+$"`
	S3Bucket                       string `required:"" len:"0,255" pattern:"^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$"`
	S3BucketOwner                  string `pattern:"[0-9]{12}"`
	S3Prefix                       string `len:"0,1024"`
	S3SseAlgorithm                 string `enum:"AES256|KMS"`
	S3SseKmsKeyId                  string `len:"1,2048"`
	ExportFormat                   string `enum:"ION|DYNAMODB_JSON"`
	ExportType                     string `enum:"FULL_EXPORT|INCREMENTAL_EXPORT"`
	IncrementalExportSpecification *IncrementalExportSpecification
}

// IncrementalExportSpecification is the window of an incremental export.
type IncrementalExportSpecification struct {
	ExportFromTime *time.Time
	ExportToTime   *time.Time
	ExportViewType string `enum:"NEW_IMAGE|NEW_AND_OLD_IMAGES"`
}

// ExportOutput is the output of ExportTableToPointInTime and DescribeExport.
type ExportOutput struct{ ExportDescription ExportDescription }

// ExportDescription is what is known of an export.
type ExportDescription struct {
	ExportArn                      string
	ExportStatus                   string
	StartTime                      time.Time
	EndTime                        time.Time
	ExportManifest                 string
	TableArn                       string
	TableId                        string
	ExportTime                     time.Time
	ClientToken                    string
	S3Bucket                       string
	S3BucketOwner                  string
	S3Prefix                       string
	S3SseAlgorithm                 string
	S3SseKmsKeyId                  string
	FailureCode                    string
	FailureMessage                 string
	ExportFormat                   string
	BilledSizeBytes                *int64
	ItemCount                      *int64
	ExportType                     string
	IncrementalExportSpecification *IncrementalExportSpecification
}

// DescribeExportInput is the input of DescribeExport.
type DescribeExportInput struct {
	ExportArn string `required:"" len:"37,1024"`
}

// ListExportsInput is the input of ListExports.
type ListExportsInput struct {
	TableArn   string `len:"1,1024"`
	MaxResults *int   `range:"1,25"`
	NextToken  string
}

// ListExportsOutput is the output of ListExports.
type ListExportsOutput struct {
	ExportSummaries []ExportSummary
	NextToken       string
}

// ExportSummary is one export of a list.
type ExportSummary struct {
	ExportArn    string
	ExportStatus string
	ExportType   string
}

// ImportTableInput is the input of ImportTable.
type ImportTableInput struct {
	ClientToken             string         `pattern:"^[^\\$]+$"`
	S3BucketSource          S3BucketSource `required:""`
	InputFormat             string         `required:"" enum:"ION|DYNAMODB_JSON|CSV"`
	InputFormatOptions      *InputFormatOptions
	InputCompressionType    string                  `enum:"ZSTD|NONE|GZIP"`
	TableCreationParameters TableCreationParameters `required:""`
}

// S3BucketSource is where items come from.
type S3BucketSource struct {
	S3BucketOwner string `pattern:"[0-9]{12}"`
	S3Bucket      string `required:"" len:"0,255" pattern:"^[a-z0-9A-Z]+[\\.\\-\\w]*[a-z0-9A-Z]+$"`
	S3KeyPrefix   string `len:"0,1024"`
}

// InputFormatOptions says how items are written.
type InputFormatOptions struct{ Csv *CsvOptions }

// CsvOptions says how CSV is written.
type CsvOptions struct {
	Delimiter  string   `len:"1,1" pattern:"[,;:|\\t ]"`
	HeaderList []string `len:"1,255" elemlen:"1,65536"`
}

// TableCreationParameters is the table to be made.
type TableCreationParameters struct {
	TableName              string                `required:"" len:"3,255" pattern:"[a-zA-Z0-9_.-]+"`
	AttributeDefinitions   []AttributeDefinition `required:""`
	KeySchema              []KeySchemaElement    `required:"" len:"1,2"`
	BillingMode            string                `enum:"PROVISIONED|PAY_PER_REQUEST"`
	ProvisionedThroughput  *ProvisionedThroughput
	OnDemandThroughput     *OnDemandThroughput
	GlobalSecondaryIndexes []GlobalSecondaryIndex
}

// ImportOutput is the output of ImportTable and DescribeImport.
type ImportOutput struct{ ImportTableDescription ImportTableDescription }

// ImportTableDescription is what is known of an import.
type ImportTableDescription struct {
	ImportArn               string
	ImportStatus            string
	TableArn                string
	TableId                 string
	ClientToken             string
	S3BucketSource          S3BucketSource
	ErrorCount              int64
	CloudWatchLogGroupArn   string
	InputFormat             string
	InputFormatOptions      *InputFormatOptions
	InputCompressionType    string
	TableCreationParameters TableCreationParameters
	StartTime               time.Time
	EndTime                 time.Time
	ProcessedSizeBytes      *int64
	ProcessedItemCount      int64
	ImportedItemCount       int64
	FailureCode             string
	FailureMessage          string
}

// DescribeImportInput is the input of DescribeImport.
type DescribeImportInput struct {
	ImportArn string `required:"" len:"37,1024"`
}

// ListImportsInput is the input of ListImports.
type ListImportsInput struct {
	TableArn  string `len:"1,1024"`
	PageSize  *int   `range:"1,25"`
	NextToken string `len:"112,1024" pattern:"([0-9a-f]{16})+"`
}

// ListImportsOutput is the output of ListImports.
type ListImportsOutput struct {
	ImportSummaryList []ImportSummary
	NextToken         string
}

// ImportSummary is one import of a list.
type ImportSummary struct {
	ImportArn             string
	ImportStatus          string
	TableArn              string
	S3BucketSource        S3BucketSource
	CloudWatchLogGroupArn string
	InputFormat           string
	StartTime             time.Time
	EndTime               time.Time
}
