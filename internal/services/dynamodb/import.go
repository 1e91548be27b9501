package dynamodb

import (
	"cmp"
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// imported is what is stored of an import: for 90 days, whatever becomes of its
// table.
type imported struct {
	ID      string
	Table   string
	TableID string
	In      ImportTableInput // as it was asked for, with defaults

	Status    string
	Code      string // why it failed
	Message   string
	Started   time.Time
	Ended     time.Time
	Principal *aws.Principal

	Object    string // that is being read, or the last that was
	Lines     int64  // of it that are done
	Over      bool   // it is done
	Begun     int64  // Bytes when it was begun
	Processed int64
	Imported  int64
	Errors    int64
	Bytes     int64 // that were read, uncompressed
}

func importARN(scope aws.Scope, table, id string) aws.ARN {
	return tableARN(scope, table) + aws.ARN("/import/"+id)
}

func (in *ImportTableInput) check() (*CreateTableInput, error) {
	switch {
	case in.InputFormatOptions != nil && in.InputFormatOptions.Csv != nil && in.InputFormat != "CSV":
		return nil, errValidation("Invalid Request: Unsupported InputFormatOptions for the given input format: %s.", in.InputFormat)
	case in.InputFormat == "ION":
		return nil, errValidation("Invalid Request: Niebla does not import Amazon Ion, only DYNAMODB_JSON and CSV.")
	}
	in.InputCompressionType = cmp.Or(in.InputCompressionType, "NONE")
	p := in.TableCreationParameters
	create := &CreateTableInput{
		TableName: &p.TableName, AttributeDefinitions: p.AttributeDefinitions, KeySchema: p.KeySchema, BillingMode: p.BillingMode,
		ProvisionedThroughput: p.ProvisionedThroughput, GlobalSecondaryIndexes: p.GlobalSecondaryIndexes, OnDemandThroughput: p.OnDemandThroughput,
	}
	return create, create.check()
}

func onImport(_ context.Context, c *aws.Call, in *ImportTableInput) ([]service.Access, error) {
	return []service.Access{{Resource: tableARN(c.Scope, in.TableCreationParameters.TableName)}}, nil
}

func (s *Service) importTable(_ context.Context, c *aws.Call, in *ImportTableInput) (*ImportOutput, error) {
	create, err := in.check()
	if err != nil {
		return nil, err
	}
	name := in.TableCreationParameters.TableName
	var m *imported
	_, err = s.changeTable(c.Scope, name, func(tx *store.Tx, old *table) (*table, error) {
		var err error
		if m, err = s.importOfToken(tx, c, in); m != nil || err != nil {
			return old, err
		}
		if old != nil {
			return nil, errTableExists(name)
		}
		t := create.table(c)
		t.ID, t.Number, t.Filling = s.IDs.UUID(), tx.Sequence(), true
		m = &imported{ID: s.partID(c.Time), Table: name, TableID: t.ID, In: *in, Status: jobRunning, Started: c.Time.UTC(), Principal: c.Principal}
		s.imports.Put(tx, c.Scope, m, name, m.ID)
		s.begin(tx, c.Scope, &job{Kind: importing, Table: name, Name: m.ID})
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	return &ImportOutput{m.describe(c.Scope)}, nil
}

// importOfToken finds the import that an earlier request with the same token
// began. As on AWS only the name of the table has to be the same.
func (s *Service) importOfToken(tx *store.Tx, c *aws.Call, in *ImportTableInput) (*imported, error) {
	if in.ClientToken == "" {
		return nil, nil
	}
	for _, m := range s.imports.All(tx, c.Scope) {
		switch {
		case m.In.ClientToken != in.ClientToken || !m.Ended.IsZero() && c.Time.After(m.Ended.Add(jobTokenLife)):
		case m.Table != in.TableCreationParameters.TableName:
			return nil, aws.Errorf(400, "ImportConflictException", "Import conflict: Duplicate request detected with conflicting parameters")
		default:
			return m, nil
		}
	}
	return nil, nil
}

func (s *Service) describeImport(_ context.Context, c *aws.Call, in *DescribeImportInput) (out *ImportOutput, err error) {
	scope, table, id, ok := parsePart(in.ImportArn, "import")
	switch {
	case !ok:
		return nil, errValidation("Invalid Import ARN")
	case scope.Account != c.Account:
		return nil, errForeign()
	}
	err = s.DB.View(func(tx *store.Tx) error {
		m, ok := s.imports.Get(tx, c.Scope, table, id)
		if !ok || scope != c.Scope {
			return aws.Errorf(400, "ImportNotFoundException", "Import not found: %s", in.ImportArn)
		}
		out = &ImportOutput{m.describe(c.Scope)}
		return nil
	})
	return out, err
}

func (s *Service) listImports(_ context.Context, c *aws.Call, in *ListImportsInput) (*ListImportsOutput, error) {
	var prefix []string
	if in.TableArn != "" {
		name, err := tableOfSource(c, in.TableArn, "tableArn")
		if err != nil {
			return nil, err
		}
		prefix = []string{name}
	}
	var all []*imported
	err := s.DB.View(func(tx *store.Tx) error {
		for _, m := range s.imports.All(tx, c.Scope, prefix...) {
			all = append(all, m)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	page, next, err := newestFirst("import", all, func(m *imported) string { return m.ID }, in.PageSize, in.NextToken)
	out := &ListImportsOutput{ImportSummaryList: []ImportSummary{}, NextToken: next}
	for _, m := range page {
		d := m.describe(c.Scope)
		out.ImportSummaryList = append(out.ImportSummaryList, ImportSummary{
			d.ImportArn, d.ImportStatus, d.TableArn, d.S3BucketSource, d.CloudWatchLogGroupArn, d.InputFormat, d.StartTime, d.EndTime,
		})
	}
	return out, err
}

// importLogs is the log group to which imports write what was wrong.
const importLogs = "/aws-dynamodb/imports"

func (m *imported) describe(scope aws.Scope) ImportTableDescription {
	d := ImportTableDescription{
		ImportArn: string(importARN(scope, m.Table, m.ID)), ImportStatus: m.Status, TableArn: string(tableARN(scope, m.Table)), TableId: m.TableID,
		ClientToken: m.In.ClientToken, S3BucketSource: m.In.S3BucketSource, ErrorCount: m.Errors,
		CloudWatchLogGroupArn: string(aws.MakeARN("logs", scope, "log-group:"+importLogs+":*")),
		InputFormat:           m.In.InputFormat, InputFormatOptions: m.In.InputFormatOptions, InputCompressionType: m.In.InputCompressionType,
		TableCreationParameters: m.In.TableCreationParameters, StartTime: m.Started, EndTime: m.Ended,
		ProcessedItemCount: m.Processed, ImportedItemCount: m.Imported, FailureCode: m.Code, FailureMessage: m.Message,
	}
	d.S3BucketSource.S3BucketOwner = cmp.Or(d.S3BucketSource.S3BucketOwner, string(scope.Account))
	if m.Bytes > 0 {
		d.ProcessedSizeBytes = &m.Bytes
	}
	return d
}
