package dynamodb

import (
	"context"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/store"
)

// TestPastSurvivesCrashes changes a table at random and notes what it had at
// random moments, while jobs restore it to them, back it up, restore backups and
// export it. The power goes at any time. A moment stays what it was, and what was
// asked for is there afterwards, goes on, and comes to what it had to.
func TestPastSurvivesCrashes(t *testing.T) {
	const seeds, steps = 3, 700
	losses, during := 0, map[jobKind]int{}
	for seed := range uint64(seeds) {
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			h := &historian{power: newPower(t, seed), during: during}
			h.begin(t)
			for range steps {
				h.next()
			}
			h.end()
			losses += h.losses
		})
	}
	for _, kind := range []jobKind{backingUp, restoring, exporting} {
		if during[kind] == 0 {
			t.Errorf("the power never went during a step of a %s", kind)
		}
	}
	t.Logf("%d losses of power, of which in the middle of jobs: %v", losses, during)
}

// historian is a power whose table can be restored to any time.
type historian struct {
	*power
	marks    []mark
	promises []*promise
	made     int
	during   map[jobKind]int // losses during steps of jobs
}

// mark is what a table had at some time.
type mark struct {
	at    time.Time
	items map[[2]int]modelItem
}

// promise is what a job was asked to make.
type promise struct {
	kind  jobKind
	name  string               // of the table, or the ARN of the backup or the export
	items map[[2]int]modelItem // that have to be in it
	from  map[[2]int]modelItem // of an incremental export: what there was before
	done  bool                 // as of when it was last looked at
}

func (h *historian) begin(t *testing.T) {
	h.calm()
	h.must(t, "CreateTable", modelTable)
	h.must(t, "UpdateContinuousBackups", turnOnRecovery, "model", 35)
	h.fill(100)
	h.left.Store(soon)
	h.mark()
}

func (h *historian) mark() {
	// Clients tell times in milliseconds.
	h.call.Time = h.call.Time.Truncate(time.Millisecond).Add(time.Millisecond)
	h.marks = append(h.marks, mark{h.call.Time, maps.Clone(h.items)})
	h.call.Time = h.call.Time.Add(time.Duration(1+h.r.IntN(1000)) * time.Microsecond)
}

func secondsOf(at time.Time) string { return fmt.Sprintf("%d.%03d", at.Unix(), at.Nanosecond()/1e6) }

// next is one step.
func (h *historian) next() {
	lost := false
	switch n := h.r.IntN(60); {
	case n < 16:
		lost = h.try(h.step)
	case n < 18:
		h.mark()
	case n == 18:
		lost = h.try(h.cut)
	case n == 19:
		lost = h.restore(h.marks[h.r.IntN(len(h.marks))])
	case n == 20:
		lost = h.ask(&promise{kind: restoring, name: h.name(), items: h.items}, "RestoreTableToPointInTime", `{"SourceTableName":"model","TargetTableName":"%s","UseLatestRestorableTime":true}`)
	case n == 21:
		lost = h.ask(&promise{kind: backingUp, items: h.items}, "CreateBackup", `{"TableName":"model","BackupName":"%s"}`)
	case n == 22:
		lost = h.back()
	case n == 23:
		lost = h.drop()
	case n == 24:
		lost = h.export()
	default:
		lost = h.work()
	}
	if lost {
		h.check()
	}
}

func (h *historian) name() string {
	h.made++
	return fmt.Sprintf("made%d", h.made)
}

// restore restores the table to a mark.
func (h *historian) restore(m mark) (lost bool) {
	return h.ask(&promise{kind: restoring, name: h.name(), items: m.items}, "RestoreTableToPointInTime", `{"SourceTableName":"model","TargetTableName":"%s","RestoreDateTime":`+secondsOf(m.at)+`}`)
}

// back restores a backup, if there is one that no other table is restored from.
func (h *historian) back() (lost bool) {
	for _, x := range h.promises {
		if x.kind != backingUp || h.state(x) != "done" {
			continue
		}
		in := fmt.Sprintf(`{"BackupArn":"%s","TargetTableName":"%%s"}`, x.name)
		return h.ask(&promise{kind: restoring, name: h.name(), items: x.items}, "RestoreTableFromBackup", in)
	}
	return false
}

// export exports the table as of a mark, or what changed between two.
func (h *historian) export() (lost bool) {
	i := h.r.IntN(len(h.marks))
	m, more := h.marks[i], ""
	x := &promise{kind: exporting, items: m.items}
	if from := h.marks[h.r.IntN(i+1)]; m.at.Sub(from.at) >= shortestWindow && m.at.Sub(from.at) <= longestWindow {
		x.from = from.items
		// Nothing is written in the very microsecond of a mark, which is no part of the window.
		more = fmt.Sprintf(`"ExportType":"INCREMENTAL_EXPORT","IncrementalExportSpecification":{"ExportFromTime":%s,"ExportToTime":%s}`, secondsOf(from.at), secondsOf(m.at))
	} else {
		more = `"ExportTime":` + secondsOf(m.at)
	}
	return h.ask(x, "ExportTableToPointInTime", `{"TableArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","S3Bucket":"exports","S3Prefix":"%s",`+more+`}`)
}

// ask has a job begun. If the power goes meanwhile it may be there or not. What
// comes for %s is a name for what is made.
func (h *historian) ask(x *promise, op, in string) (lost bool) {
	h.t.Helper()
	x.items = maps.Clone(x.items)
	name := x.name
	if name == "" {
		name = h.name()
	}
	var refused error
	lost = h.try(func() {
		var out string
		out, _, refused = h.do(op, fmt.Sprintf(in, name))
		if m := partText.FindStringSubmatch(out); m != nil {
			x.name = m[1]
		}
	})
	switch {
	case refused != nil && op == "RestoreTableFromBackup" && strings.Contains(refused.Error(), "BackupInUse"): // by another restore
	case refused != nil:
		h.t.Fatalf("%s %s: %v", op, in, refused)
	case h.state(x) != "":
		h.promises = append(h.promises, x)
	case !lost:
		h.t.Errorf("%s was acknowledged, and %s is not there", op, x.name)
	}
	return lost
}

// drop deletes what a job made.
func (h *historian) drop() (lost bool) {
	i := slices.IndexFunc(h.promises, func(x *promise) bool { return x.kind != exporting && h.state(x) == "done" })
	if i < 0 {
		return false
	}
	x := h.promises[i]
	h.verify(x)
	lost = h.try(func() {
		op, in := "DeleteTable", `{"TableName":"%s"}`
		if x.kind == backingUp {
			op, in = "DeleteBackup", `{"BackupArn":"%s"}`
		}
		if _, _, err := h.do(op, fmt.Sprintf(in, x.name)); err != nil && !strings.Contains(err.Error(), "BackupInUse") {
			h.t.Errorf("%s of %s: %v", op, x.name, err)
		}
	})
	if h.state(x) == "" {
		h.promises = slices.Delete(h.promises, i, i+1)
	}
	return lost
}

// work makes one step of a job.
func (h *historian) work() (lost bool) {
	all, err := h.pending()
	if err != nil {
		h.t.Fatal(err)
	}
	if len(all) == 0 {
		return false
	}
	at := all[h.r.IntN(1+h.r.IntN(len(all)))] // rather one that was begun early
	var j *job
	if err := h.db.View(func(tx *store.Tx) error { j, _ = h.jobs.Get(tx, at.Scope, at.id); return nil }); err != nil {
		h.t.Fatal(err)
	}
	lost = h.try(func() {
		if err := h.Service.step(context.Background(), at.Scope, j); err != nil {
			h.t.Error(err)
		}
	})
	if lost {
		h.during[j.Kind]++
	}
	return lost
}

// state is what became of a promise: "" if it is not there.
func (h *historian) state(x *promise) string {
	h.t.Helper()
	op, in, status, absent := "DescribeTable", `{"TableName":"%s"}`, `"TableStatus":"ACTIVE"`, "ResourceNotFound"
	switch x.kind {
	case backingUp:
		op, in, status, absent = "DescribeBackup", `{"BackupArn":"%s"}`, `"BackupStatus":"AVAILABLE"`, "BackupNotFound"
	case exporting:
		op, in, status, absent = "DescribeExport", `{"ExportArn":"%s"}`, `"ExportStatus":"COMPLETED"`, "ExportNotFound"
	}
	out, _, err := h.do(op, fmt.Sprintf(in, x.name))
	switch {
	case err != nil && strings.Contains(err.Error(), absent):
		return ""
	case err != nil || strings.Contains(out, "FAILED"):
		h.t.Fatalf("%s of %s: %s %v", op, x.name, out, err)
	case strings.Contains(out, status):
		return "done"
	}
	return "going on"
}

// check looks at everything after the power came back. What was made before is
// looked at now and then, as it takes time.
func (h *historian) check() {
	checkIndexes(h.t, h.bench, "model")
	for _, x := range h.promises {
		state := h.state(x)
		switch {
		case state == "", x.done && state != "done":
			h.t.Errorf("%s %s is lost; it was done: %v", x.kind, x.name, x.done)
		case state == "done" && (!x.done || h.r.IntN(8) == 0):
			h.verify(x)
		}
		x.done = state == "done"
	}
}

// verify holds that what is done has what it had to have.
func (h *historian) verify(x *promise) {
	h.t.Helper()
	switch x.kind {
	case restoring:
		h.sameItems(h.t, x.name, x.items)
	case exporting:
		lines := h.readExport(h.t, x.name)
		got := maps.Clone(x.from)
		if got == nil {
			got = modelsOf(h.t, lines)
			if len(got) != len(lines) {
				h.t.Errorf("%s has %d items in %d lines", x.name, len(got), len(lines))
			}
		} else {
			replayExport(h.t, got, lines)
		}
		if !reflect.DeepEqual(got, x.items) {
			h.t.Errorf("%s:\n got %v\nwant %v", x.name, got, x.items)
		}
	}
}

// end does all jobs, and restores the table to each mark and from each backup.
func (h *historian) end() {
	h.calm()
	restore := func(x *promise, op, in string, args ...any) {
		h.must(h.t, op, in, args...)
		h.finish(h.t)
		h.verify(x)
		h.must(h.t, "DeleteTable", `{"TableName":"last"}`)
	}
	h.finish(h.t)
	for _, m := range h.marks {
		restore(&promise{kind: restoring, name: "last", items: m.items}, "RestoreTableToPointInTime", `{"SourceTableName":"model","TargetTableName":"last","RestoreDateTime":%s}`, secondsOf(m.at))
	}
	for _, x := range h.promises {
		if h.state(x) != "done" {
			h.t.Errorf("%s %s does not end", x.kind, x.name)
		}
		h.verify(x)
		if x.kind == backingUp {
			restore(&promise{kind: restoring, name: "last", items: x.items}, "RestoreTableFromBackup", `{"BackupArn":"%s","TargetTableName":"last"}`, x.name)
		}
	}
}
