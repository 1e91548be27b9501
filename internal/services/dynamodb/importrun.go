package dynamodb

import (
	"context"
	"errors"
	"io"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// row is an item that is to be put, and its place in its object.
type row struct {
	line int64
	*change
}

// importer is an import at work.
type importer struct {
	*Service
	scope aws.Scope
	m     *imported
	wrong []importError // to be told to CloudWatch Logs
}

func (x *importer) call(service string) *aws.Call {
	return x.callAs(x.scope, x.m.Principal, service)
}

func (x *importer) object(key string) Object {
	return Object{Bucket: x.m.In.S3BucketSource.S3Bucket, Owner: x.m.In.S3BucketSource.S3BucketOwner, Key: key}
}

// stepImport reads the next objects of an import, beginning with what is left of
// one that was interrupted.
func (s *Service) stepImport(ctx context.Context, scope aws.Scope, j *job) error {
	var m *imported
	err := s.DB.View(func(tx *store.Tx) error {
		m, _ = s.imports.Get(tx, scope, j.Table, j.Name)
		return nil
	})
	if err != nil || m == nil {
		return err
	}
	x := &importer{Service: s, scope: scope, m: m}
	more, err := x.some(ctx)
	x.tell(ctx)
	if err != nil {
		code, message, final := failure(err)
		if !final {
			return s.later(ctx, err)
		}
		m.Status, m.Code, m.Message = jobFailed, code, message
	} else if more || ctx.Err() != nil {
		return nil
	}
	return x.finish(j)
}

// some reads one page of objects, and tells whether there are more.
func (x *importer) some(ctx context.Context) (more bool, err error) {
	if x.m.Object != "" && !x.m.Over {
		if err := x.read(ctx, x.m.Object); err != nil {
			return false, err
		}
	}
	keys, more, err := x.Objects.ListObjects(ctx, x.call("s3"), x.object(x.m.In.S3BucketSource.S3KeyPrefix), x.m.Object)
	if err != nil {
		return false, err
	}
	for _, key := range keys {
		if ctx.Err() != nil {
			return true, nil
		}
		x.m.Object, x.m.Lines, x.m.Over, x.m.Begun = key, 0, false, x.m.Bytes
		if err := x.read(ctx, key); err != nil {
			return false, err
		}
	}
	return more, nil
}

// read imports one object, from the line on at which an earlier reading ended.
func (x *importer) read(ctx context.Context, key string) error {
	body, err := x.Objects.GetObject(ctx, x.call("s3"), x.object(key))
	if code, message, final := failure(err); final && code == "S3NoSuchKey" { // it went while we read others
		x.bad(errors.New(message))
		x.m.Over = true
		return x.write(nil)
	}
	if err != nil {
		return err
	}
	defer body.Close()
	rows, err := openRows(&x.m.In, body)
	if err == nil {
		defer rows.close()
	}
	var batch []row
	size := 0
	for n := int64(0); err == nil && ctx.Err() == nil; n++ {
		var it ddbexpr.Item
		it, err = rows.next()
		var bad badItem
		switch {
		case err == io.EOF:
			continue
		case n < x.m.Lines:
			err = ignoreBad(err)
			continue
		case errors.As(err, &bad):
			x.bad(bad.error)
			err = nil
		case err != nil:
			continue
		default:
			c := &change{tableName: x.m.Table}
			c.puts(behindRoom(it))
			batch, size = append(batch, row{x.m.Lines, c}), size+len(it)
		}
		x.m.Lines++
		x.m.Bytes = x.m.Begun + rows.read()
		if len(batch) == backfillStep || size > stepBytes {
			if err := x.write(batch); err != nil {
				return err
			}
			batch, size = nil, 0
		}
	}
	switch e := (*ObjectError)(nil); {
	case ctx.Err() != nil:
		return nil // what was written is noted
	case errors.As(err, &e):
		return err
	case err != io.EOF: // the rest of the object cannot be read
		x.bad(err)
	}
	x.m.Over = true
	return x.write(batch)
}

// ignoreBad is nil for an item that was counted before.
func ignoreBad(err error) error {
	var bad badItem
	if errors.As(err, &bad) {
		return nil
	}
	return err
}

// write puts items into the table, and notes how far the import has come.
func (x *importer) write(batch []row) error {
	call := &aws.Call{Scope: x.scope, Time: x.Clock.Now()}
	before := *x.m
	wrong := len(x.wrong)
	return retry(func() error {
		*x.m, x.wrong = before, x.wrong[:wrong]
		t, err := x.table(x.scope, x.m.Table)
		if err != nil || t == nil {
			return err
		}
		return x.DB.Update(func(tx *store.Tx) error {
			if err := x.current(t); err != nil {
				return err
			}
			for _, r := range batch {
				r.call = call
				if err := x.put(tx, t, r.change); err != nil {
					var e *aws.Error
					if !errors.As(err, &e) {
						return err
					}
					x.badAt(r.line, e)
				}
			}
			x.imports.Put(tx, x.scope, x.m, x.m.Table, x.m.ID)
			return nil
		})
	})
}

func (x *importer) put(tx *store.Tx, t *table, c *change) error {
	if c.size > ddbexpr.MaxItemSize {
		return errValidation("Item size has exceeded the maximum allowed size")
	}
	if err := c.place(t); err != nil {
		return err
	}
	if err := c.run(tx); err != nil {
		return err
	}
	x.m.Processed++
	x.m.Imported++
	return nil
}

const someFailed = "Some of the items failed validation checks and were not imported. Please check CloudWatch error logs for more details."

// finish ends the import. Its table is there from now on with what was read;
// only if nothing could be read at all it goes.
func (x *importer) finish(j *job) error {
	m := x.m
	m.Ended = x.Clock.Now().UTC()
	switch {
	case m.Status == jobFailed:
	case m.Errors > 0:
		m.Status, m.Code, m.Message = jobFailed, "ItemValidationError", someFailed
	default:
		m.Status = jobDone
	}
	note := func(tx *store.Tx) { x.imports.Put(tx, x.scope, m, m.Table, m.ID) }
	if m.Status == jobFailed && m.Object == "" {
		_, err := x.changeTable(x.scope, j.Table, func(tx *store.Tx, t *table) (*table, error) {
			x.end(tx, x.scope, j)
			note(tx)
			return nil, nil
		})
		return err
	}
	err := x.fill(x.scope, j, note)
	if err == nil {
		x.Meter.Charge(x.scope, importedBytes, float64(m.Bytes)/1e9)
	}
	return err
}

// importError is what was wrong, as CloudWatch Logs are told.
type importError struct {
	Item struct {
		Bucket string `json:"bucket"`
		Key    string `json:"key"`
		Index  int64  `json:"itemIndex"`
	} `json:"itemS3Pointer"`
	Import   string   `json:"importArn"`
	Messages []string `json:"errorMessages"`
}

// maxTold is how many errors of one page of objects are told.
const maxTold = 1000

func (x *importer) bad(err error) { x.badAt(x.m.Lines, err) }

func (x *importer) badAt(line int64, err error) {
	x.m.Processed++
	x.m.Errors++
	if len(x.wrong) == maxTold {
		return
	}
	e := importError{Import: string(importARN(x.scope, x.m.Table, x.m.ID)), Messages: []string{reason(err)}}
	e.Item.Bucket, e.Item.Key, e.Item.Index = x.m.In.S3BucketSource.S3Bucket, x.m.Object, line
	x.wrong = append(x.wrong, e)
}

func reason(err error) string {
	var e *aws.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}

// tell writes what was wrong into CloudWatch Logs, as whoever asked for the
// import. If they may not, the import goes on.
func (x *importer) tell(ctx context.Context) {
	if len(x.wrong) == 0 {
		return
	}
	now := x.Clock.Now()
	type event struct {
		Timestamp int64  `json:"timestamp"`
		Message   string `json:"message"`
	}
	var events []event
	for _, e := range x.wrong {
		line, err := json.Marshal(e)
		if err == nil {
			events = append(events, event{now.UnixMilli(), string(line)})
		}
	}
	x.wrong = nil
	group, stream := map[string]any{"logGroupName": importLogs}, map[string]any{"logGroupName": importLogs, "logStreamName": x.m.ID + "/error"}
	put := map[string]any{"logGroupName": importLogs, "logStreamName": x.m.ID + "/error", "logEvents": events}
	for _, call := range []struct {
		operation string
		in        any
	}{{"CreateLogGroup", group}, {"CreateLogStream", stream}, {"PutLogEvents", put}} {
		if err := x.log(ctx, call.operation, call.in); err != nil {
			x.Log.Warn("an import could not tell what was wrong", "import", x.m.ID, "err", err)
			return
		}
	}
}

func (x *importer) log(ctx context.Context, operation string, in any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	_, err = x.Caller.Call(ctx, x.call("logs"), "logs", operation, body)
	var e *aws.Error
	if errors.As(err, &e) && e.Code == "ResourceAlreadyExistsException" {
		return nil
	}
	return err
}
