package dynamodb

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"
	"github.com/klauspost/compress/zstd"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// exported is an export as tests look at it.
type exported struct {
	ExportDescription struct {
		ExportArn, ExportStatus, ExportManifest, FailureCode, FailureMessage string
		ItemCount                                                            int
	}
}

// line is one of a data file.
type line struct {
	Item     map[string]any
	Metadata struct{ WriteTimestampMicros struct{ N string } }
	Keys     map[string]any
	OldImage map[string]any
	NewImage map[string]any
}

// export makes an export and reads it as its manifests say.
func (b *bench) export(t *testing.T, more string) (lines []line) {
	t.Helper()
	arn := ask[exported](t, b, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports","S3Prefix":"daily/"%s}`, more).ExportDescription.ExportArn
	b.finish(t)
	return b.readExport(t, arn)
}

func (b *bench) readExport(t *testing.T, arn string) (lines []line) {
	t.Helper()
	d := ask[exported](t, b, "DescribeExport", `{"ExportArn":"%s"}`, arn).ExportDescription
	if d.ExportStatus != "COMPLETED" {
		t.Fatalf("%+v", d)
	}
	file := func(key string) string {
		body, ok := b.others.objects[key]
		if !ok {
			t.Fatalf("there is no %s among %v", key, b.others.keys(""))
		}
		return body
	}
	var summary struct {
		ManifestFilesS3Key string
		ItemCount          int
	}
	text := file(d.ExportManifest)
	if err := json.Unmarshal([]byte(text), &summary); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{d.ExportManifest, summary.ManifestFilesS3Key} {
		if sum := file(strings.TrimSuffix(key, "json") + "md5"); sum != checksum([]byte(file(key))) {
			t.Errorf("the checksum of %s is %s", key, sum)
		}
	}
	if file(strings.TrimSuffix(d.ExportManifest, "manifest-summary.json")+"_started") != "" {
		t.Error("_started is not empty")
	}
	for l := range strings.Lines(file(summary.ManifestFilesS3Key)) {
		var f struct {
			ItemCount                  int
			MD5Checksum, DataFileS3Key string
		}
		if err := json.Unmarshal([]byte(l), &f); err != nil {
			t.Fatal(err)
		}
		body := []byte(file(f.DataFileS3Key))
		if checksum(body) != f.MD5Checksum {
			t.Errorf("the checksum of %s is %s", f.DataFileS3Key, f.MD5Checksum)
		}
		plain, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		r := bufio.NewScanner(plain)
		for r.Buffer(nil, 2<<20); r.Scan(); n++ {
			var x line
			if err := json.Unmarshal(r.Bytes(), &x); err != nil {
				t.Fatal(err)
			}
			lines = append(lines, x)
		}
		if n != f.ItemCount {
			t.Errorf("%s has %d lines, should have %d", f.DataFileS3Key, n, f.ItemCount)
		}
	}
	if len(lines) != summary.ItemCount || len(lines) != d.ItemCount {
		t.Errorf("%d lines, %d are told in the summary, %d are described", len(lines), summary.ItemCount, d.ItemCount)
	}
	return lines
}

func modelsOf(t *testing.T, lines []line) map[[2]int]modelItem {
	all := map[[2]int]modelItem{}
	for _, l := range lines {
		m := readModel(t, l.Item)
		all[[2]int{m.pk, m.sk}] = m
	}
	return all
}

// replayExport makes the changes of an incremental export to the items from before.
func replayExport(t *testing.T, state map[[2]int]modelItem, lines []line) {
	t.Helper()
	for _, l := range lines {
		key := readModel(t, l.Keys)
		at := [2]int{key.pk, key.sk}
		if old, had := state[at]; had != (l.OldImage != nil) || had && readModel(t, l.OldImage) != old {
			t.Errorf("%v was %v, the old image is %v", at, old, l.OldImage)
		}
		if delete(state, at); l.NewImage != nil {
			state[at] = readModel(t, l.NewImage)
		}
		if l.Metadata.WriteTimestampMicros.N == "" {
			t.Errorf("%+v has no time", l)
		}
	}
}

// TestExportsAreTheTable exports a table at random times, whole and as what
// changed between two of them, and imports an export again.
func TestExportsAreTheTable(t *testing.T) {
	w := &world{bench: newBench(t), t: t, r: rand.New(rand.NewPCG(3, 3)), items: map[[2]int]modelItem{}}
	w.call.Principal = &aws.Principal{Kind: aws.User, Account: testScope.Account, ARN: "arn:aws:iam::000000000000:user/exporter"}
	w.must(t, "CreateTable", modelTable)
	w.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 35)
	type mark struct {
		at    time.Time
		items map[[2]int]modelItem
	}
	var marks []mark
	for range 8 {
		for range 40 {
			w.step()
			w.call.Time = w.call.Time.Add(time.Duration(w.r.IntN(int(time.Minute))))
		}
		w.call.Time = w.call.Time.Truncate(time.Second).Add(10 * time.Minute)
		marks = append(marks, mark{w.call.Time, maps.Clone(w.items)})
		w.call.Time = w.call.Time.Add(10 * time.Minute)
	}
	for i, m := range marks {
		if got := modelsOf(t, w.export(t, fmt.Sprintf(`,"ExportTime":%d`, m.at.Unix()))); !reflect.DeepEqual(got, m.items) {
			t.Fatalf("mark %d:\n got %v\nwant %v", i, got, m.items)
		}
		if i == 0 {
			continue
		}
		state := maps.Clone(marks[i-1].items)
		lines := w.export(t, fmt.Sprintf(`,"ExportType":"INCREMENTAL_EXPORT","IncrementalExportSpecification":{"ExportFromTime":%d,"ExportToTime":%d}`, marks[i-1].at.Unix(), m.at.Unix()))
		replayExport(t, state, lines)
		if !reflect.DeepEqual(state, m.items) || len(lines) == 0 {
			t.Errorf("from mark %d to the next:\n got %v\nwant %v", i-1, state, m.items)
		}
	}
	for _, who := range w.others.as {
		if who != w.call.Principal.ARN {
			t.Errorf("S3 was used as %s", who)
		}
	}
	arn := ask[exported](t, w.bench, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports"}`).ExportDescription.ExportArn
	w.finish(t)
	folder := "AWSDynamoDB/" + arn[strings.LastIndexByte(arn, '/')+1:] + "/data/"
	table := `"TableCreationParameters":{"TableName":"again"` + strings.TrimPrefix(strings.Replace(modelTable, `"LocalSecondaryIndexes":[{"IndexName":"byn","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"n","KeyType":"RANGE"}],"Projection":{"ProjectionType":"ALL"}}],`, "", 1), `{"TableName":"model"`)
	w.must(t, "ImportTable", `{"S3BucketSource":{"S3Bucket":"exports","S3KeyPrefix":"%s"},"InputFormat":"DYNAMODB_JSON","InputCompressionType":"GZIP",%s}`, folder, table)
	w.finish(t)
	w.sameItems(t, "again", w.items)
}

// TestExportsSurviveACrash crashes after each object of an export, while the
// table changes, and in the middle of an object of the import of it.
func TestExportsSurviveACrash(t *testing.T) {
	fs := vfs.NewCrashableMem()
	db, err := store.OpenFS(fs, "store")
	if err != nil {
		t.Fatal(err)
	}
	b := benchOn(db)
	now := b.call.Time
	restart := func(after *vfs.MemFS) {
		t.Helper()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if db, err = store.OpenFS(after, "store"); err != nil {
			t.Fatal(err)
		}
		kept := b.others
		fs, b = after, benchOn(db)
		b.others, b.Objects, b.Caller = kept, kept, kept
		now = now.Add(time.Minute)
		b.call.Time = now
	}
	defer func() { db.Close() }()
	b.must(t, "CreateTable", strings.Replace(pairTable, "pairs", "model", 1))
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 35)
	for i := range 60 {
		b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"p%d"},"sk":{"N":"1"},"n":{"N":"%d"},"v":{"S":"%s"}}}`, i, i, strings.Repeat("x", 300<<10))
	}
	arn := ask[exported](t, b, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports"}`).ExportDescription.ExportArn
	steps := 0
	for {
		all, err := b.pending()
		if err != nil {
			t.Fatal(err)
		}
		if len(all) == 0 {
			break
		}
		b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"p%d"},"sk":{"N":"2"},"n":{"N":"7"}}}`, steps)
		b.must(t, "DeleteItem", `{"TableName":"model","Key":{"pk":{"S":"p%d"},"sk":{"N":"1"}}}`, 60-steps)
		var j *job
		if err := db.View(func(tx *store.Tx) error { j, _ = b.jobs.Get(tx, all[0].Scope, all[0].id); return nil }); err != nil {
			t.Fatal(err)
		}
		before := fs.CrashClone(vfs.CrashCloneCfg{})
		if err := b.step(context.Background(), all[0].Scope, j); err != nil {
			t.Fatal(err)
		}
		if steps++; steps%2 == 0 { // the object is there, what was noted of it is lost
			restart(before)
		} else {
			restart(fs.CrashClone(vfs.CrashCloneCfg{}))
		}
		if steps > 100 {
			t.Fatal("the export does not end")
		}
	}
	lines := b.readExport(t, arn)
	if len(lines) != 60 || steps < 8 {
		t.Errorf("%d items in %d steps", len(lines), steps)
	}
	for _, l := range lines {
		if m := readModel(t, l.Item); m.sk != 1 || m.n != m.pk {
			t.Errorf("the export has %+v, which came later", m)
		}
	}

	var big strings.Builder
	for i := range 2000 {
		fmt.Fprintf(&big, `{"Item":{"pk":{"S":"p%d"},"sk":{"N":"1"},"n":{"N":"%d"},"v":{"S":"%s"}}}`+"\n", i, i, strings.Repeat("x", 100))
		if i%100 == 0 {
			fmt.Fprintln(&big, `{"Item":{"pk":{"S":"no sort key"}}}`)
		}
	}
	b.others.objects["in/1.json"], b.others.objects["in/2.json"] = big.String(), `{"Item":{"pk":{"S":"p9999"},"sk":{"N":"1"},"n":{"N":"9999"}}}`
	imp := importOf(t, b, `"S3KeyPrefix":"in/"`, `"InputFormat":"DYNAMODB_JSON"`)
	clone := fs
	b.others.half = func() {
		if clone == fs {
			clone = fs.CrashClone(vfs.CrashCloneCfg{})
		}
	}
	b.finish(t)
	restart(clone)
	if d := describeImport(t, b, imp); d.ImportStatus != "IN_PROGRESS" || d.ImportedItemCount < 256 {
		t.Fatalf("in the middle: %+v", d)
	}
	b.finish(t)
	d := describeImport(t, b, imp)
	if d.ImportStatus != "FAILED" || d.FailureCode != "ItemValidationError" || d.ImportedItemCount != 2001 || d.ErrorCount != 20 || d.ProcessedItemCount != 2021 {
		t.Errorf("in the end: %+v", d)
	}
	if all := (&world{bench: b, t: t}).pages("Scan", `{"TableName":"read"}`); len(all) != 2001 {
		t.Errorf("the table has %d items", len(all))
	}
}

type importDescription struct {
	ImportArn, ImportStatus, FailureCode, FailureMessage string
	ImportedItemCount, ErrorCount, ProcessedItemCount    int
}

// importOf begins the import of a table "read".
func importOf(t *testing.T, b *bench, source, format string) (arn string) {
	t.Helper()
	return ask[struct{ ImportTableDescription importDescription }](t, b, "ImportTable", `{"S3BucketSource":{"S3Bucket":"exports",%s},%s,"TableCreationParameters":{"TableName":"read","BillingMode":"PAY_PER_REQUEST",
		"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}]}}`, source, format).ImportTableDescription.ImportArn
}

func describeImport(t *testing.T, b *bench, arn string) importDescription {
	t.Helper()
	return ask[struct{ ImportTableDescription importDescription }](t, b, "DescribeImport", `{"ImportArn":"%s"}`, arn).ImportTableDescription
}

// TestJobsFail ends exports and imports that S3 refuses, and tells why.
func TestJobsFail(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", strings.Replace(pairTable, "pairs", "model", 1))
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 35)
	b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}}`)
	begin := func(more string) string {
		return ask[exported](t, b, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports"%s}`, more).ExportDescription.ExportArn
	}
	failed := func(arn, code, message string) {
		t.Helper()
		d := ask[exported](t, b, "DescribeExport", `{"ExportArn":"%s"}`, arn).ExportDescription
		if d.ExportStatus != "FAILED" || d.FailureCode != code || d.FailureMessage != message {
			t.Errorf("%+v", d)
		}
	}
	const gone = "The specified bucket does not exist (Service: Amazon S3; Status Code: 404; Error Code: NoSuchBucket; Request ID: R1)"
	const denied = "Access Denied (Service: Amazon S3; Status Code: 403; Error Code: AccessDenied; Request ID: R1)"
	b.others.denied = true
	arn := begin("")
	b.finish(t)
	failed(arn, "S3AccessDenied", denied)
	b.others.denied = false
	arn = begin(`,"S3BucketOwner":"123456789012"`)
	b.finish(t)
	failed(arn, "S3AccessDenied", denied)

	arn = begin("") // the bucket goes in the middle
	all, err := b.pending()
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	for range 2 {
		var j *job
		if err := b.db.View(func(tx *store.Tx) error { j, _ = b.jobs.Get(tx, all[0].Scope, all[0].id); return nil }); err != nil {
			t.Fatal(err)
		}
		if err := b.step(context.Background(), all[0].Scope, j); err != nil {
			t.Fatal(err)
		}
	}
	b.others.gone = true
	b.finish(t)
	failed(arn, "S3NoSuchBucket", gone)

	imp := importOf(t, b, `"S3KeyPrefix":"in/"`, `"InputFormat":"DYNAMODB_JSON"`)
	b.finish(t)
	if d := describeImport(t, b, imp); d.ImportStatus != "FAILED" || d.FailureCode != "S3NoSuchBucket" || d.FailureMessage != gone {
		t.Errorf("%+v", d)
	}
	if e := b.fails(t, "DescribeTable", `{"TableName":"read"}`); e.Code != "ResourceNotFoundException" {
		t.Errorf("a table of which nothing could be read: %v", e)
	}

	b.others.gone = false
	for i := range 5 {
		b.others.objects[fmt.Sprintf("in/%d.json", i)] = fmt.Sprintf(`{"Item":{"pk":{"S":"p%d"},"sk":{"N":"1"}}}`, i)
	}
	read := 0
	b.others.half = func() {
		if read++; read == 3 {
			b.others.gone = true
		}
	}
	imp = importOf(t, b, `"S3KeyPrefix":"in/"`, `"InputFormat":"DYNAMODB_JSON"`)
	b.finish(t)
	if d := describeImport(t, b, imp); d.ImportStatus != "FAILED" || d.FailureCode != "S3NoSuchBucket" || d.ImportedItemCount != 3 {
		t.Errorf("%+v", d)
	}
	if all := (&world{bench: b, t: t}).pages("Scan", `{"TableName":"read"}`); len(all) != 3 {
		t.Errorf("%d items were read of a bucket that went", len(all))
	}
}

// TestImportFormats imports what is right and wrong in each format.
func TestImportFormats(t *testing.T) {
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	fmt.Fprintln(z, `{"Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}}`)
	z.Close()
	small, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	options := `"InputFormat":"CSV","InputFormatOptions":{"Csv":{"Delimiter":";","HeaderList":["sk","pk","n"]}}`
	for _, c := range []struct {
		name, format, object string
		items, errors        int
		told                 string // of the first error
	}{
		{"lines", `"InputFormat":"DYNAMODB_JSON"`, "{\"Item\":{\"pk\":{\"S\":\"p1\"},\"sk\":{\"N\":\"1\"}}}\n\n{\"Item\":{\"pk\":{\"S\":\"p2\"},\"sk\":{\"N\":\"1\"}}}", 2, 0, ""},
		{"nothing", `"InputFormat":"DYNAMODB_JSON"`, "", 0, 0, ""},
		{"a wrong key, which is skipped", `"InputFormat":"DYNAMODB_JSON"`, `{"Item":{"pk":{"S":"p1"}}} {"Item":{"pk":{"S":"p2"},"sk":{"N":"1"}}}`, 1, 1, "Missing the key sk in the item"},
		{"no JSON, which ends it", `"InputFormat":"DYNAMODB_JSON"`, `{"Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}} what? {"Item":{"pk":{"S":"p2"},"sk":{"N":"1"}}}`, 1, 1, "invalid character"},
		{"no item, which ends it", `"InputFormat":"DYNAMODB_JSON"`, `{"Other":1} {"Item":{"pk":{"S":"p2"},"sk":{"N":"1"}}}`, 0, 1, "no Item"},
		{"packed", `"InputFormat":"DYNAMODB_JSON","InputCompressionType":"GZIP"`, packed.String(), 1, 0, ""},
		{"packed otherwise", `"InputFormat":"DYNAMODB_JSON","InputCompressionType":"ZSTD"`, string(small.EncodeAll([]byte(`{"Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}}`), nil)), 1, 0, ""},
		{"not packed", `"InputFormat":"DYNAMODB_JSON","InputCompressionType":"GZIP"`, `{"Item":{"pk":{"S":"p1"},"sk":{"N":"1"}}}`, 0, 1, "gzip"},
		{"packed by surprise", `"InputFormat":"DYNAMODB_JSON"`, packed.String(), 0, 1, "invalid"},
		{"CSV", `"InputFormat":"CSV"`, "pk,sk,title\np1,1,\"a, b\"\np2,2,c\n", 2, 0, ""},
		{"CSV with options", options, "1;p1;0\n2;p2;0\n", 2, 0, ""},
		{"CSV with a wrong number, which is skipped", options, "x;p1;0\n2;p2;0\n", 1, 1, "numeric"},
		{"CSV with a missing column, which ends it", options, "1;p1\n2;p2;0\n", 0, 1, "wrong number of fields"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBench(t)
			b.others.objects["in"] = c.object
			arn := importOf(t, b, `"S3KeyPrefix":"in"`, c.format)
			if e := b.fails(t, "DeleteTable", `{"TableName":"read"}`); e.Code != "ResourceInUseException" {
				t.Errorf("deleting the table meanwhile: %v", e)
			}
			b.finish(t)
			d := describeImport(t, b, arn)
			status := "COMPLETED"
			if c.errors > 0 {
				status = "FAILED"
			}
			if d.ImportStatus != status || d.ImportedItemCount != c.items || d.ErrorCount != c.errors || d.ProcessedItemCount != c.items+c.errors {
				t.Errorf("%+v", d)
			}
			if n := ask[struct{ Count int }](t, b, "Scan", `{"TableName":"read"}`).Count; n != c.items {
				t.Errorf("the table has %d items", n)
			}
			if told := strings.Join(b.others.logged, "\n"); (c.errors > 0) != (told != "") || !strings.Contains(told, c.told) {
				t.Errorf("told %s", told)
			}
		})
	}
}
