package dynamodb

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

const turnOnRecovery = `{"TableName":"%s","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true,"RecoveryPeriodInDays":%d}}`

// same compares a table with the items that it should have.
func (b *bench) sameItems(t *testing.T, table string, want map[[2]int]modelItem) {
	t.Helper()
	w := &world{bench: b, t: t, items: want}
	got := w.pages("Scan", fmt.Sprintf(`{"TableName":"%s","Limit":9}`, table))
	slices.SortFunc(got, bySort)
	w.same(table, got, w.want(func(modelItem) bool { return true }, bySort))
	checkIndexes(t, b, table)
}

// pastRecords counts what a table keeps of its past.
func (b *bench) pastRecords(t *testing.T, name string) (n int) {
	t.Helper()
	tb, err := b.table(testScope, name)
	if err != nil || tb == nil {
		t.Fatal(tb, err)
	}
	space := tb.appendSpace(nil, pastSpace)
	if err := b.db.View(func(tx *store.Tx) error {
		for range tx.Scan(space, prefixEnd(space)) {
			n++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestRestoreToAnyTime writes in every way for days, remembers the items at
// random times, and restores each of them.
func TestRestoreToAnyTime(t *testing.T) {
	for seed := range uint64(3) {
		w := &world{bench: newBench(t), t: t, r: rand.New(rand.NewPCG(seed, 11)), items: map[[2]int]modelItem{}}
		w.must(t, "CreateTable", modelTable)
		for range 40 { // items from before recovery is on
			w.step()
		}
		w.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 3)
		on := w.call.Time
		type mark struct {
			at    time.Time
			items map[[2]int]modelItem
		}
		var marks []mark
		for range 600 {
			w.step()
			switch w.r.IntN(12) {
			case 0: // clients tell times in milliseconds
				w.call.Time = w.call.Time.Truncate(time.Millisecond).Add(time.Millisecond)
				marks = append(marks, mark{w.call.Time, maps.Clone(w.items)})
				w.call.Time = w.call.Time.Add(time.Duration(1+w.r.IntN(1000)) * time.Microsecond)
			case 1:
				w.pass(t, time.Duration(w.r.IntN(int(4*time.Hour))))
			}
		}
		restored := 0
		for i, m := range marks {
			in := fmt.Sprintf(`{"SourceTableName":"model","TargetTableName":"then%d","RestoreDateTime":%d.%03d}`, i, m.at.Unix(), m.at.Nanosecond()/1e6)
			if m.at.Before(on) || m.at.Before(w.call.Time.Add(-3*fullDay).Truncate(time.Second)) {
				if e := w.fails(t, "RestoreTableToPointInTime", in); e.Code != "InvalidRestoreTimeException" {
					t.Errorf("restoring what is gone: %v", e)
				}
				continue
			}
			w.must(t, "RestoreTableToPointInTime", "%s", in)
			if i%3 == 0 { // the table goes on changing meanwhile
				for range 5 {
					w.step()
				}
			}
			w.finish(t)
			w.sameItems(t, fmt.Sprintf("then%d", i), m.items)
			restored++
		}
		if restored < 10 || restored == len(marks) {
			t.Errorf("%d of %d marks were restored", restored, len(marks))
		}
		w.must(t, "RestoreTableToPointInTime", `{"SourceTableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","TargetTableName":"latest","UseLatestRestorableTime":true}`)
		now := maps.Clone(w.items)
		for range 20 {
			w.step()
		}
		w.finish(t)
		w.sameItems(t, "latest", now)
	}
}

// pairs puts the same number into many items in each of its transactions, until
// it is told to stop.
func (b *bench) pairs(t *testing.T, rounds *atomic.Int64, stop *atomic.Bool) {
	for n := 1; !stop.Load(); n++ {
		var puts []string
		for i := range 8 {
			puts = append(puts, fmt.Sprintf(`{"Put":{"TableName":"pairs","Item":{"pk":{"S":"p%d"},"sk":{"N":"0"},"n":{"N":"%d"}}}}`, i, n))
		}
		if _, _, err := b.do("TransactWriteItems", `{"TransactItems":[`+strings.Join(puts, ",")+`]}`); err != nil {
			t.Error(err)
			return
		}
		rounds.Add(1)
	}
}

// whole checks that a table has each transaction of pairs whole, and the rest of
// its items.
func (b *bench) whole(t *testing.T, table string, rest int) {
	t.Helper()
	numbers := map[int]bool{}
	all := (&world{bench: b, t: t}).pages("Scan", fmt.Sprintf(`{"TableName":"%s"}`, table))
	for _, m := range all {
		if m.sk == 0 {
			numbers[m.n] = true
		}
	}
	if len(numbers) > 1 || len(all) != rest+8*len(numbers) {
		t.Errorf("%s has %d items, and of several transactions: %v", table, len(all), numbers)
	}
}

// fillPairs puts in items that take a job several steps.
func (b *bench) fillPairs(t *testing.T, n int) {
	t.Helper()
	for i := 0; i < n; i += 25 {
		var puts []string
		for k := range 25 {
			puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{"pk":{"S":"p%d"},"sk":{"N":"1"},"n":{"N":"0"}}}}`, i+k))
		}
		b.must(t, "BatchWriteItem", `{"RequestItems":{"pairs":[%s]}}`, strings.Join(puts, ","))
	}
}

// TestBackupsAreConsistent makes backups and restores among writers.
func TestBackupsAreConsistent(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	b.fillPairs(t, 1000)
	ctx, end := context.WithCancel(context.Background())
	var all sync.WaitGroup
	var rounds atomic.Int64
	var stop atomic.Bool
	all.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	all.Go(func() { b.pairs(t, &rounds, &stop) })
	defer all.Wait()
	defer end()
	defer stop.Store(true)
	deadline := time.Now().Add(60 * time.Second)
	until := func(what string, done func() bool) {
		t.Helper()
		for !done() {
			if time.Now().After(deadline) {
				t.Fatalf("%s takes too long", what)
			}
		}
	}
	active := func(table string) bool {
		d := ask[struct{ Table struct{ TableStatus string } }](t, b, "DescribeTable", `{"TableName":"%s"}`, table)
		return d.Table.TableStatus == "ACTIVE"
	}
	for i := range 6 {
		now := rounds.Load()
		until("a write", func() bool { return rounds.Load() > now+2 })
		arn := ask[struct{ BackupDetails struct{ BackupArn string } }](t, b, "CreateBackup", `{"TableName":"pairs","BackupName":"b%d-among-writers"}`, i).BackupDetails.BackupArn
		if i == 3 {
			b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 1)
		}
		until("a backup", func() bool {
			d := ask[struct {
				BackupDescription struct{ BackupDetails struct{ BackupStatus string } }
			}](t, b, "DescribeBackup", `{"BackupArn":"%s"}`, arn)
			return d.BackupDescription.BackupDetails.BackupStatus == "AVAILABLE"
		})
		b.must(t, "RestoreTableFromBackup", `{"BackupArn":"%s","TargetTableName":"backed%d"}`, arn, i)
		if i > 3 {
			b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"pairs","TargetTableName":"then%d","UseLatestRestorableTime":true}`, i)
			until("a restore", func() bool { return active(fmt.Sprintf("then%d", i)) })
			b.whole(t, fmt.Sprintf("then%d", i), 1000)
		}
		until("a restore", func() bool { return active(fmt.Sprintf("backed%d", i)) })
		b.whole(t, fmt.Sprintf("backed%d", i), 1000)
	}
}

// TestJobsSurviveACrash crashes after each step of a backup, a restore of it and
// a restore to a point in time, while the table changes.
func TestJobsSurviveACrash(t *testing.T) {
	fs := vfs.NewCrashableMem()
	db, err := store.OpenFS(fs, "store")
	if err != nil {
		t.Fatal(err)
	}
	b := benchOn(db)
	now := b.call.Time
	b.must(t, "CreateTable", pairTable)
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 35)
	b.fillPairs(t, 600)
	arn := ask[struct{ BackupDetails struct{ BackupArn string } }](t, b, "CreateBackup", `{"TableName":"pairs","BackupName":"crashed"}`).BackupDetails.BackupArn
	b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"pairs","TargetTableName":"then","UseLatestRestorableTime":true}`)
	crash := func() {
		t.Helper()
		after := fs.CrashClone(vfs.CrashCloneCfg{})
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if db, err = store.OpenFS(after, "store"); err != nil {
			t.Fatal(err)
		}
		fs, b = after, benchOn(db)
		now = now.Add(time.Minute)
		b.call.Time = now
	}
	defer func() { db.Close() }()
	crashes := 0
	steps := func() {
		for {
			all, err := b.pending()
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 0 {
				return
			}
			for _, p := range all {
				b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"p%d"},"sk":{"N":"%d"},"n":{"N":"7"}}}`, 37*crashes, crashes%2)
				b.must(t, "DeleteItem", `{"TableName":"pairs","Key":{"pk":{"S":"p%d"},"sk":{"N":"1"}}}`, 41*crashes+5)
				var j *job
				if err := db.View(func(tx *store.Tx) error {
					j, _ = b.jobs.Get(tx, p.Scope, p.id)
					return nil
				}); err != nil {
					t.Fatal(err)
				}
				if err := b.step(context.Background(), p.Scope, j); err != nil {
					t.Fatal(err)
				}
				crash()
				crashes++
			}
		}
	}
	steps()
	b.must(t, "DeleteTable", `{"TableName":"pairs"}`)
	b.must(t, "RestoreTableFromBackup", `{"BackupArn":"%s","TargetTableName":"backed"}`, arn)
	steps2 := crashes
	b.pass(t, 0)
	crash()
	for _, table := range []string{"then", "backed"} {
		all := (&world{bench: b, t: t}).pages("Scan", fmt.Sprintf(`{"TableName":"%s"}`, table))
		if len(all) != 600 || slices.ContainsFunc(all, func(m modelItem) bool { return m.sk != 1 || m.n != 0 }) {
			t.Errorf("%s has %d items, or others than at the beginning", table, len(all))
		}
	}
	if steps2 < 6 {
		t.Errorf("only %d crashes", steps2)
	}
}

// TestPastFollowsTheClock holds that a past is as long as the recovery period,
// by the cloud's clock, and gone when recovery is turned off.
func TestPastFollowsTheClock(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 2)
	for hour := range 24 * 6 {
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"p0"},"sk":{"N":"1"},"n":{"N":"%d"}}}`, hour)
		b.pass(t, time.Hour)
	}
	if n := b.pastRecords(t, "pairs"); n < 48 || n > 72 {
		t.Errorf("%d records of two days are left, with an hour between them", n)
	}
	d := ask[struct {
		ContinuousBackupsDescription struct {
			PointInTimeRecoveryDescription struct {
				EarliestRestorableDateTime, LatestRestorableDateTime float64
			}
		}
	}](t, b, "DescribeContinuousBackups", `{"TableName":"pairs"}`).ContinuousBackupsDescription.PointInTimeRecoveryDescription
	if at := b.call.Time.Unix(); d.LatestRestorableDateTime != float64(at) || d.EarliestRestorableDateTime != float64(at-2*24*3600) {
		t.Errorf("it is %d, and can be restored from %v to %v", at, d.EarliestRestorableDateTime, d.LatestRestorableDateTime)
	}
	b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"pairs","TargetTableName":"then","RestoreDateTime":%v}`, int(d.EarliestRestorableDateTime))
	b.must(t, "UpdateContinuousBackups", `{"TableName":"pairs","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":false}}`)
	if b.pastRecords(t, "pairs") == 0 {
		t.Error("the past went while it was read")
	}
	b.pass(t, 0)
	if n := b.pastRecords(t, "pairs"); n > 0 {
		t.Errorf("%d records are left", n)
	}
	if m := readModel(t, b.must(t, "GetItem", `{"TableName":"then","Key":{"pk":{"S":"p0"},"sk":{"N":"1"}}}`)["Item"]); m.n != 96 {
		t.Errorf("after 96 of 144 hours it was %d", m.n)
	}
}

// TestDeletedTables holds that a table with recovery leaves a backup for 35 days,
// that jobs go on reading a deleted table, and that nothing is left in the end.
func TestDeletedTables(t *testing.T) {
	b := newBench(t)
	for _, recovery := range []bool{true, false} {
		b.must(t, "CreateTable", pairTable)
		b.fillPairs(t, 300)
		if recovery {
			b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 35)
			b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"pairs","TargetTableName":"then","UseLatestRestorableTime":true}`)
		}
		b.must(t, "CreateBackup", `{"TableName":"pairs","BackupName":"just-before"}`)
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"p999"},"sk":{"N":"0"},"n":{"N":"1"}}}`)
		b.must(t, "DeleteTable", `{"TableName":"pairs"}`)
		b.must(t, "CreateTable", pairTable) // another of the same name is nobody's past
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"p998"},"sk":{"N":"0"},"n":{"N":"1"}}}`)
		b.pass(t, 0)
		type summary struct{ BackupArn, BackupName string }
		list := ask[struct{ BackupSummaries []summary }](t, b, "ListBackups", `{"TableName":"pairs","BackupType":"ALL"}`).BackupSummaries
		items := map[string]int{"just-before": 300}
		if recovery {
			items["pairs$DeletedTableBackup"] = 301
			if all := (&world{bench: b, t: t}).pages("Scan", `{"TableName":"then"}`); len(all) != 300 {
				t.Errorf("the restored table has %d items", len(all))
			}
			b.must(t, "DeleteTable", `{"TableName":"then"}`)
		}
		if len(list) != len(items) {
			t.Fatalf("backups: %v", list)
		}
		for _, s := range list {
			b.must(t, "RestoreTableFromBackup", `{"BackupArn":"%s","TargetTableName":"back"}`, s.BackupArn)
			if e := b.fails(t, "RestoreTableFromBackup", fmt.Sprintf(`{"BackupArn":"%s","TargetTableName":"twice"}`, s.BackupArn)); e.Code != "BackupInUseException" {
				t.Errorf("two restores of one backup: %v", e)
			}
			b.pass(t, 0)
			if all := (&world{bench: b, t: t}).pages("Scan", `{"TableName":"back"}`); len(all) != items[s.BackupName] {
				t.Errorf("%s has %d items", s.BackupName, len(all))
			}
			b.must(t, "DeleteTable", `{"TableName":"back"}`)
			if s.BackupName == "just-before" {
				b.must(t, "DeleteBackup", `{"BackupArn":"%s"}`, s.BackupArn)
			}
		}
		b.must(t, "DeleteTable", `{"TableName":"pairs"}`)
		b.pass(t, systemLife-time.Second)
		if left := b.dataKeys(t); (left > 0) != recovery {
			t.Errorf("%d keys are left", left)
		}
		b.pass(t, time.Second)
		if left := b.dataKeys(t); left > 0 {
			t.Errorf("%d keys are left of tables and backups that are gone", left)
		}
	}
}

func (b *bench) dataKeys(t *testing.T) (n int) {
	t.Helper()
	p := store.Prefix("dynamodb/data", testScope)
	if err := b.db.View(func(tx *store.Tx) error {
		for range tx.Scan(p, store.PrefixEnd(p)) {
			n++
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestFillingTables holds that a table can be described while it is restored,
// and neither read, written, changed nor deleted.
func TestFillingTables(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", pairTable)
	b.must(t, "UpdateContinuousBackups", turnOnRecovery, "pairs", 35)
	b.must(t, "RestoreTableToPointInTime", `{"SourceTableName":"pairs","TargetTableName":"then","UseLatestRestorableTime":true}`)
	key := `{"pk":{"S":"a"},"sk":{"N":"1"}}`
	for op, in := range map[string]string{
		"PutItem": `"Item":` + key, "GetItem": `"Key":` + key, "DeleteItem": `"Key":` + key, "Scan": `"Limit":1`,
		"UpdateTable": `"DeletionProtectionEnabled":true`, "DeleteTable": `"TableName":"then"`,
		"CreateBackup": `"BackupName":"too-early"`, "UpdateTimeToLive": `"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"n"}`,
		"UpdateContinuousBackups": `"PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}`,
	} {
		if !strings.HasPrefix(in, `"TableName"`) {
			in = `"TableName":"then",` + in
		}
		_, _, err := b.do(op, "{"+in+"}")
		if e := (*aws.Error)(nil); !errors.As(err, &e) || !strings.Contains("ResourceNotFoundException ResourceInUseException TableNotFoundException", e.Code) {
			t.Errorf("%s: %v", op, err)
		}
	}
	b.pass(t, 0)
	b.must(t, "PutItem", `{"TableName":"then","Item":%s}`, key)
}
