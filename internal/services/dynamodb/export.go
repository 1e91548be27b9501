package dynamodb

import (
	"bytes"
	"cmp"
	"context"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// export is what is stored of an export: for 90 days, whatever becomes of its
// table and of the objects.
type export struct {
	ID      string
	Table   string
	TableID string
	Key     keySchema
	In      ExportTableToPointInTimeInput // as it was asked for, with defaults
	Slots   int                           // files there are at least: the table's partitions

	Status  string
	Code    string // why it failed
	Message string
	Started time.Time
	Ended   time.Time

	At        time.Time // of a full export
	From, To  time.Time // of an incremental one
	Principal *aws.Principal
	Announced bool // _started is there
	Slot      int  // the partition that is being written
	Files     []exportFile
	Bytes     int64 // of the items
}

// exportFile is a data file that is written.
type exportFile struct {
	Key   string
	Slot  int
	Items int64
	MD5   string
	ETag  string
}

const (
	fullExport        = "FULL_EXPORT"
	incrementalExport = "INCREMENTAL_EXPORT"
	jobRunning        = "IN_PROGRESS"
	jobDone           = "COMPLETED"
	jobFailed         = "FAILED"
)

const (
	recordLife   = 90 * fullDay // of exports and imports
	jobTokenLife = 8 * time.Hour

	shortestWindow = 15 * time.Minute // of an incremental export
	longestWindow  = 24 * time.Hour
)

func exportARN(scope aws.Scope, table, id string) aws.ARN {
	return tableARN(scope, table) + aws.ARN("/export/"+id)
}

// check checks what needs no table, and fills in the defaults.
func (in *ExportTableToPointInTimeInput) check() error {
	incremental := in.ExportType == incrementalExport
	x := in.IncrementalExportSpecification
	switch {
	case x != nil && in.ExportType == "":
		return errValidation("Invalid Request: Export Type expected to be Incremental Export when incremental export specification is provided")
	case x != nil && !incremental:
		return errValidation("Invalid Request: When Export Type is Full Export , Incremental Export Specification should not be provided")
	case incremental && x == nil:
		return errValidation("Invalid Request: Incremental Export Specification expected when export type is set as Incremental Export")
	case incremental && x.ExportFromTime == nil:
		return errValidation("Invalid Request: ExportFromTime must be provided in IncrementalExportSpecification")
	case in.S3SseKmsKeyId != "" && in.S3SseAlgorithm != "KMS":
		return errValidation("Invalid Request: KMS Key Id is not supported for this encryption type")
	}
	in.ExportFormat = cmp.Or(in.ExportFormat, "DYNAMODB_JSON")
	in.S3SseAlgorithm = cmp.Or(in.S3SseAlgorithm, "AES256")
	return nil
}

func (s *Service) exportTableToPointInTime(_ context.Context, c *aws.Call, in *ExportTableToPointInTimeInput) (*ExportOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	name, err := tableOfSource(c, in.TableArn, "tableArn")
	if err != nil {
		return nil, err
	}
	var e *export
	err = s.DB.Update(func(tx *store.Tx) error {
		if e, err = s.exportOfToken(tx, c, in); e != nil || err != nil {
			return err
		}
		t, ok := s.tables.Get(tx, c.Scope, name)
		switch {
		case !ok || t.Filling:
			return errBackupTable(in.TableArn)
		case !t.recoverable():
			return errNotRecoverable(name)
		}
		e = &export{
			ID: s.partID(c.Time), Table: name, TableID: t.ID, Key: t.Key, In: *in, Slots: t.slots(), Status: jobRunning,
			Started: c.Time.UTC(), Principal: c.Principal,
		}
		j := &job{Kind: exporting, Table: name, Name: e.ID, Source: t.Number}
		if in.ExportType == incrementalExport {
			j.At, err = s.window(tx, c, t, e)
		} else {
			e.At = orNow(in.ExportTime, c.Time).UTC()
			if j.At, ok = s.restorable(tx, c, t, in.ExportTime); !ok {
				err = errInvalidExportTime("Export Time is invalid")
			}
		}
		if err != nil {
			return err
		}
		s.exports.Put(tx, c.Scope, e, name, e.ID)
		s.begin(tx, c.Scope, j)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &ExportOutput{e.describe(c.Scope)}, nil
}

// window checks the times of an incremental export. Its moment is the end; the
// days from its beginning on are kept for it.
func (s *Service) window(tx *store.Tx, c *aws.Call, t *table, e *export) (moment, error) {
	x := e.In.IncrementalExportSpecification
	e.From, e.To = x.ExportFromTime.UTC(), orNow(x.ExportToTime, c.Time).UTC()
	switch {
	case e.From.Before(t.Past.earliest(c.Time).Truncate(time.Second)):
		return moment{}, errInvalidExportTime("Incremental export period from time cannot be less than the table creation time : %s", e.From.Format(time.RFC3339))
	case e.To.After(c.Time):
		return moment{}, errInvalidExportTime("Incremental export period to time cannot be greater than the current time : %s", e.To.Format(time.RFC3339))
	case e.To.Sub(e.From) < shortestWindow:
		return moment{}, errInvalidExportTime("Difference between export period from time and export period to time is less than 15 minutes")
	case e.To.Sub(e.From) > longestWindow:
		return moment{}, errInvalidExportTime("Difference between export period from time and export period to time is greater than 24 hours")
	}
	m := s.stamps.at(tx, e.To.UnixMicro()-1) // the end is not part of it
	m.Day = dayOf(e.From.UnixMicro())
	return m, nil
}

// exportOfToken finds the export that an earlier request with the same token began.
func (s *Service) exportOfToken(tx *store.Tx, c *aws.Call, in *ExportTableToPointInTimeInput) (*export, error) {
	if in.ClientToken == "" {
		return nil, nil
	}
	for _, e := range s.exports.All(tx, c.Scope) {
		if e.In.ClientToken != in.ClientToken || !e.Ended.IsZero() && c.Time.After(e.Ended.Add(jobTokenLife)) {
			continue
		}
		if !sameJSON(&e.In, in) {
			return nil, aws.Errorf(400, "ExportConflictException", "Export conflict: Duplicate request detected with conflicting parameters")
		}
		return e, nil
	}
	return nil, nil
}

func (s *Service) describeExport(_ context.Context, c *aws.Call, in *DescribeExportInput) (out *ExportOutput, err error) {
	scope, table, id, ok := parsePart(in.ExportArn, "export")
	switch {
	case !ok:
		return nil, errValidation("Invalid Export ARN")
	case scope.Account != c.Account:
		return nil, errForeign()
	case scope.Region != c.Region:
		return nil, errExportNotFound("Invalid export arn")
	}
	err = s.DB.View(func(tx *store.Tx) error {
		e, ok := s.exports.Get(tx, c.Scope, table, id)
		if !ok {
			return errExportNotFound("Export not found: " + in.ExportArn)
		}
		out = &ExportOutput{e.describe(c.Scope)}
		return nil
	})
	return out, err
}

func (s *Service) listExports(_ context.Context, c *aws.Call, in *ListExportsInput) (*ListExportsOutput, error) {
	var all []*export
	err := s.DB.View(func(tx *store.Tx) error {
		if in.TableArn == "" {
			for _, e := range s.exports.All(tx, c.Scope) {
				all = append(all, e)
			}
			return nil
		}
		name, err := tableOfSource(c, in.TableArn, "tableArn")
		if err != nil {
			return err
		}
		// Those of an earlier table of the name are not listed.
		t, ok := s.tables.Get(tx, c.Scope, name)
		for _, e := range s.exports.All(tx, c.Scope, name) {
			if ok && e.TableID == t.ID {
				all = append(all, e)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := &ListExportsOutput{ExportSummaries: []ExportSummary{}}
	page, next, err := newestFirst("export", all, func(e *export) string { return e.ID }, in.MaxResults, in.NextToken)
	for _, e := range page {
		out.ExportSummaries = append(out.ExportSummaries, ExportSummary{string(exportARN(c.Scope, e.Table, e.ID)), e.Status, cmp.Or(e.In.ExportType, fullExport)})
	}
	out.NextToken = next
	return out, err
}

const jobPage = 10 // exports or imports that are listed, unless another number is asked for

// newestFirst is one page of a list of exports or imports.
func newestFirst[T any](kind string, all []T, id func(T) string, limit *int, token string) (page []T, next string, err error) {
	slices.SortFunc(all, func(a, b T) int { return cmp.Compare(id(b), id(a)) })
	if token != "" {
		last, ok := openPageToken(kind, token)
		if !ok {
			return nil, "", errValidation("Invalid Request: Provided nextToken is invalid: %s", token)
		}
		all = slices.DeleteFunc(all, func(x T) bool { return id(x) >= last })
	}
	n := jobPage
	if limit != nil {
		n = *limit
	}
	if len(all) > n {
		all = all[:n]
		next = pageToken(kind, id(all[n-1]))
	}
	return all, next, nil
}

// pageToken names the last of a page, in the form that the API model demands:
// at least 112 hexadecimal digits, in groups of sixteen.
func pageToken(kind, id string) string {
	b := make([]byte, 56)
	copy(b, kind+"/"+id)
	return hex.EncodeToString(b)
}

func openPageToken(kind, token string) (id string, ok bool) {
	b, err := hex.DecodeString(token)
	if err != nil {
		return "", false
	}
	return strings.CutPrefix(string(bytes.TrimRight(b, "\x00")), kind+"/")
}

// describe renders the export. What it came to is told when it is over.
func (e *export) describe(scope aws.Scope) ExportDescription {
	d := ExportDescription{
		ExportArn: string(exportARN(scope, e.Table, e.ID)), ExportStatus: e.Status, StartTime: e.Started, EndTime: e.Ended,
		TableArn: string(tableARN(scope, e.Table)), TableId: e.TableID, ExportTime: e.At, ClientToken: e.In.ClientToken,
		S3Bucket: e.In.S3Bucket, S3BucketOwner: e.In.S3BucketOwner, S3Prefix: e.In.S3Prefix, S3SseAlgorithm: e.In.S3SseAlgorithm,
		S3SseKmsKeyId: e.In.S3SseKmsKeyId, FailureCode: e.Code, FailureMessage: e.Message, ExportFormat: e.In.ExportFormat,
	}
	if x := e.In.IncrementalExportSpecification; x != nil {
		d.ExportType = incrementalExport
		d.IncrementalExportSpecification = &IncrementalExportSpecification{&e.From, &e.To, e.view()}
	}
	if e.Status == jobDone {
		n, size := e.items(), e.Bytes
		d.ItemCount, d.BilledSizeBytes, d.ExportManifest = &n, &size, e.root()+"manifest-summary.json"
	}
	return d
}

func (e *export) view() string {
	return cmp.Or(e.In.IncrementalExportSpecification.ExportViewType, "NEW_AND_OLD_IMAGES")
}

func (e *export) items() (n int64) {
	for _, f := range e.Files {
		n += f.Items
	}
	return n
}
