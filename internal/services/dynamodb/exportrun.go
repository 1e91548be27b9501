package dynamodb

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// exportBytes is about how much one data file holds, uncompressed.
const exportBytes = 4 << 20

// putter stores an object of an export.
type putter func(key string, body []byte) (etag string, err error)

// stepExport writes the next object of an export.
func (s *Service) stepExport(ctx context.Context, scope aws.Scope, j *job) error {
	var e *export
	err := s.DB.View(func(tx *store.Tx) error {
		e, _ = s.exports.Get(tx, scope, j.Table, j.Name)
		return nil
	})
	if err != nil || e == nil {
		return err
	}
	put := func(key string, body []byte) (etag string, err error) {
		return s.Objects.PutObject(ctx, s.callAs(scope, e.Principal, "s3"), e.object(key), body)
	}
	charged := int64(0)
	switch {
	case !e.Announced:
		_, err = put(e.root()+"_started", nil)
		e.Announced = true
	case e.Slot < e.Slots:
		err = s.exportFile(scope, j, e, put)
	default:
		e.Ended, charged = s.Clock.Now().UTC(), e.Bytes
		if err = e.writeManifests(scope, put); err == nil {
			e.Status = jobDone
		}
	}
	if err != nil {
		code, message, final := failure(err)
		if !final {
			return s.later(ctx, err)
		}
		e.Status, e.Code, e.Message, e.Ended = jobFailed, code, message, s.Clock.Now().UTC()
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		s.exports.Put(tx, scope, e, e.Table, e.ID)
		if e.Status == jobRunning {
			s.jobs.Put(tx, scope, j, j.ID)
		} else {
			s.end(tx, scope, j)
		}
		return nil
	})
	if err == nil && charged > 0 && e.Status == jobDone {
		s.Meter.Charge(scope, exportedBytes, float64(charged)/1e9)
	}
	return err
}

// later waits for an error to pass that is not the job's: it will be done again.
func (s *Service) later(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		s.Log.Warn("a job is tried again", "err", err)
		sleeper := s.Clock.Sleeper()
		defer sleeper.Close()
		sleeper.Sleep(ctx, s.Clock.Now().Add(pause), nil)
	}
	return nil
}

// root is the beginning of the keys of what tells about the export.
func (e *export) root() string { return e.base() + e.ID + "/" }

func (e *export) base() string {
	if p := strings.TrimSuffix(e.In.S3Prefix, "/"); p != "" {
		return p + "/AWSDynamoDB/"
	}
	return "AWSDynamoDB/"
}

// dataKey is the key of the next data file. It is the same when a crash has the
// file written again. Incremental exports share a folder.
func (e *export) dataKey() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", e.ID, len(e.Files)))
	name := strings.ToLower(base32.HexEncoding.EncodeToString(sum[:])[:26]) + extensions[e.In.ExportFormat]
	if e.incremental() {
		return e.base() + "data/" + name
	}
	return e.root() + "data/" + name
}

var extensions = map[string]string{"DYNAMODB_JSON": ".json.gz", "ION": ".ion.gz"}

func (e *export) incremental() bool { return e.In.ExportType == incrementalExport }

func (e *export) object(key string) Object {
	o := Object{Bucket: e.In.S3Bucket, Owner: e.In.S3BucketOwner, Key: key, Encryption: e.In.S3SseAlgorithm, KMSKey: e.In.S3SseKmsKeyId}
	if o.Encryption == "KMS" {
		o.Encryption = "aws:kms"
	}
	return o
}

// exportFile writes the next data file: of one partition, up to a size. Each
// partition has at least one, if an empty one.
func (s *Service) exportFile(scope aws.Scope, j *job, e *export, put putter) error {
	var lines []byte
	items, size, more := int64(0), int64(0), false
	add := func(key []byte, c changed) bool {
		if slot := int(uint64(binary.BigEndian.Uint32(key)) * uint64(e.Slots) >> 32); slot > e.Slot {
			return false
		}
		if more = len(lines) >= exportBytes; more {
			return false
		}
		lines = e.appendLine(lines, c)
		oldSize, _ := openStored(nilIfEmpty(c.old))
		newSize, _ := openStored(nilIfEmpty(c.new))
		items, size = items+1, size+int64(oldSize+newSize)
		j.After = append(j.After[:0], key...)
		return true
	}
	err := s.DB.View(func(tx *store.Tx) error {
		prefix, after := dataPrefix(scope, j.Source), bytes.Clone(j.After)
		if e.incremental() {
			for key, c := range changesBetween(tx, prefix, e.From.UnixMicro(), j.At, after) {
				if !add(key, c) {
					break
				}
			}
			return nil
		}
		for key, stored := range itemsAt(tx, prefix, j.At, after) {
			if !add(key, changed{new: stored}) {
				break
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if !more {
		defer func() { e.Slot++ }()
		if n := len(e.Files); items == 0 && n > 0 && e.Files[n-1].Slot == e.Slot {
			return nil
		}
	}
	body, err := compress(lines)
	if err != nil {
		return err
	}
	f := exportFile{Key: e.dataKey(), Slot: e.Slot, Items: items, MD5: checksum(body)}
	if f.ETag, err = put(f.Key, body); err == nil {
		e.Files, e.Bytes = append(e.Files, f), e.Bytes+size
	}
	return err
}

func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

func checksum(b []byte) string {
	sum := md5.Sum(b)
	return base64.StdEncoding.EncodeToString(sum[:])
}

// appendLine appends an item, or what became of one.
func (e *export) appendLine(dst []byte, c changed) []byte {
	_, old := openStored(nilIfEmpty(c.old))
	_, now := openStored(nilIfEmpty(c.new))
	write := appendImageJSON
	if e.In.ExportFormat == "ION" {
		write = appendImageIon
		dst = append(dst, ionVersion...)
	}
	dst = append(dst, '{')
	if !e.incremental() {
		return append(write(dst, "Item", now), "}\n"...)
	}
	some := now
	if some == nil {
		some = old
	}
	stamp := ddbexpr.Item(nil).AppendAttr("WriteTimestampMicros", ddbexpr.AppendScalar(nil, ddbexpr.NumberType, ddbexpr.NumberOf(c.micros)))
	dst = append(write(dst, "Metadata", stamp), ',')
	dst = write(dst, "Keys", e.Key.projection().Append(nil, some))
	if old != nil && e.view() == bothImage {
		dst = write(append(dst, ','), "OldImage", old)
	}
	if now != nil {
		dst = write(append(dst, ','), "NewImage", now)
	}
	return append(dst, "}\n"...)
}

func nilIfEmpty(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	return b
}

func appendImageJSON(dst []byte, name string, it ddbexpr.Item) []byte {
	return it.AppendJSON(fmt.Appendf(dst, `"%s":`, name))
}

// writeManifests writes what tells which files belong to the export. Of each
// file the checksum comes last, and the summary is the last of all.
func (e *export) writeManifests(scope aws.Scope, put putter) error {
	var files []byte
	for _, f := range e.Files {
		line, err := json.Marshal(manifestFile{f.Items, f.MD5, f.ETag, f.Key})
		if err != nil {
			return err
		}
		files = append(append(files, line...), '\n')
	}
	summary, err := json.Marshal(e.summary(scope))
	if err != nil {
		return err
	}
	for _, o := range []struct {
		name string
		body []byte
	}{{"manifest-files", files}, {"manifest-summary", summary}} {
		if _, err := put(e.root()+o.name+".json", o.body); err != nil {
			return err
		}
		if _, err := put(e.root()+o.name+".md5", []byte(checksum(o.body))); err != nil {
			return err
		}
	}
	return nil
}

type manifestFile struct {
	ItemCount     int64  `json:"itemCount"`
	MD5Checksum   string `json:"md5Checksum"`
	ETag          string `json:"etag"`
	DataFileS3Key string `json:"dataFileS3Key"`
}

type manifestSummary struct {
	Version            string  `json:"version"`
	ExportArn          string  `json:"exportArn"`
	StartTime          string  `json:"startTime"`
	EndTime            string  `json:"endTime"`
	TableArn           string  `json:"tableArn"`
	TableID            string  `json:"tableId"`
	ExportTime         string  `json:"exportTime,omitempty"`
	ExportFromTime     string  `json:"exportFromTime,omitempty"`
	ExportToTime       string  `json:"exportToTime,omitempty"`
	S3Bucket           string  `json:"s3Bucket"`
	S3Prefix           *string `json:"s3Prefix"`
	S3SseAlgorithm     string  `json:"s3SseAlgorithm"`
	S3SseKmsKeyID      *string `json:"s3SseKmsKeyId"`
	ManifestFilesS3Key string  `json:"manifestFilesS3Key"`
	BilledSizeBytes    int64   `json:"billedSizeBytes"`
	ItemCount          int64   `json:"itemCount"`
	OutputFormat       string  `json:"outputFormat"`
	OutputView         string  `json:"outputView,omitempty"`
	ExportType         string  `json:"exportType,omitempty"`
}

func (e *export) summary(scope aws.Scope) manifestSummary {
	m := manifestSummary{
		Version: "2020-06-30", ExportArn: string(exportARN(scope, e.Table, e.ID)), StartTime: isoTime(e.Started), EndTime: isoTime(e.Ended),
		TableArn: string(tableARN(scope, e.Table)), TableID: e.TableID, S3Bucket: e.In.S3Bucket, S3Prefix: orNull(e.In.S3Prefix),
		S3SseAlgorithm: e.In.S3SseAlgorithm, S3SseKmsKeyID: orNull(e.In.S3SseKmsKeyId), ManifestFilesS3Key: e.root() + "manifest-files.json",
		BilledSizeBytes: e.Bytes, ItemCount: e.items(), OutputFormat: e.In.ExportFormat,
	}
	if !e.incremental() {
		m.ExportTime = isoTime(e.At)
		return m
	}
	m.Version, m.ExportType, m.OutputView = "2023-08-01", incrementalExport, e.view()
	m.ExportFromTime, m.ExportToTime = isoTime(e.From), isoTime(e.To)
	return m
}

func isoTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// sameJSON compares what is stored as JSON.
func sameJSON(a, b any) bool {
	x, err := json.Marshal(a, json.Deterministic(true))
	y, err2 := json.Marshal(b, json.Deterministic(true))
	return err == nil && err2 == nil && bytes.Equal(x, y)
}
