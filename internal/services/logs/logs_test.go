package logs

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// bench is a service with a clock that tests move.
type bench struct {
	*Service
	t *testing.T
}

var start = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func newBench(t *testing.T) *bench {
	b := &bench{t: t}
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	now := clock.New(func() time.Time { return start }, 0)
	b.Service = New(Deps{DB: db, Clock: now, Meter: meter.Open(db, now.Now), Authorizer: resourcePolicies{}})
	return b
}

func (b *bench) call() *aws.Call {
	return &aws.Call{Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: b.Clock.Now(), Principal: &aws.Principal{}}
}

// must runs an operation that is to succeed.
func must[In, Out any](b *bench, op func(context.Context, *aws.Call, *In) (*Out, error), in *In) *Out {
	b.t.Helper()
	out, err := op(context.Background(), b.call(), in)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// group makes a group with streams.
func (b *bench) group(name string, streams ...string) {
	must(b, b.createLogGroup, &CreateLogGroupInput{LogGroupName: name})
	for _, st := range streams {
		must(b, b.createLogStream, &CreateLogStreamInput{LogGroupName: name, LogStreamName: st})
	}
}

// put logs a message for each offset from the start.
func (b *bench) put(group, stream string, offsets ...time.Duration) {
	in := &PutLogEventsInput{LogGroupName: group, LogStreamName: stream}
	for _, d := range offsets {
		in.LogEvents = append(in.LogEvents, InputLogEvent{Message: stream + d.String(), Timestamp: start.Add(d).UnixMilli()})
	}
	must(b, b.putLogEvents, in)
}

func (b *bench) count(space string) (n int) {
	p := store.AppendPart(nil, space)
	err := b.DB.View(func(tx *store.Tx) error {
		for range tx.Scan(p, store.PrefixEnd(p)) {
			n++
		}
		return nil
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return n
}

func TestFollow(t *testing.T) {
	b := newBench(t)
	b.group("g", "s")
	in := &GetLogEventsInput{LogGroupName: "g", LogStreamName: "s", StartFromHead: true, Limit: 2}
	var got []string
	follow := func() {
		for {
			out := must(b, b.getLogEvents, in)
			for _, e := range out.Events {
				got = append(got, strings.TrimPrefix(e.Message, "s"))
			}
			if out.NextForwardToken == in.NextToken {
				return
			}
			in.NextToken = out.NextForwardToken
		}
	}
	follow()
	b.put("g", "s", 1, 2*time.Second, 2*time.Second)
	follow()
	b.put("g", "s", 2*time.Second, 3*time.Second)
	b.put("g", "s", 2500*time.Millisecond) // late, but after what was read
	follow()
	follow()
	if s := strings.Join(got, " "); s != "1ns 2s 2s 2s 2.5s 3s" {
		t.Errorf("followed %s", s)
	}
}

func TestFilterPages(t *testing.T) {
	b := newBench(t)
	b.group("g")
	var want []int64
	for i := range 20 { // streams that overlap in time
		name := fmt.Sprint("s", i)
		must(b, b.createLogStream, &CreateLogStreamInput{LogGroupName: "g", LogStreamName: name})
		for j := range 15 {
			d := time.Duration(i*10+j*7) * time.Second
			b.put("g", name, d)
			want = append(want, start.Add(d).UnixMilli())
		}
	}
	slices.Sort(want)
	in := &FilterLogEventsInput{LogGroupName: "g", Limit: 13}
	var got []int64
	seen := map[string]bool{}
	for {
		out := must(b, b.filterLogEvents, in)
		for _, e := range out.Events {
			got = append(got, e.Timestamp)
			seen[e.EventId] = true
		}
		if in.NextToken = out.NextToken; in.NextToken == "" {
			break
		}
	}
	if !slices.Equal(got, want) || len(seen) != len(want) {
		t.Errorf("%d events, %d of them distinct, want %d in order", len(got), len(seen), len(want))
	}
}

func TestStoredBytes(t *testing.T) {
	b := newBench(t)
	b.group("g", "s", "t")
	b.put("g", "s", 0, time.Second)
	b.put("g", "t", 0)
	bytes := func() int64 {
		return must(b, b.describeLogGroups, &DescribeLogGroupsInput{}).LogGroups[0].StoredBytes
	}
	if got := bytes(); got != int64(3*overhead+len("s0s")+len("s1s")+len("t0s")) {
		t.Errorf("%d bytes", got)
	}
	must(b, b.deleteLogStream, &DeleteLogStreamInput{LogGroupName: "g", LogStreamName: "s"})
	if got := bytes(); got != int64(overhead+len("t0s")) {
		t.Errorf("%d bytes after a stream was deleted", got)
	}
}

func TestDeletedLeaveNothing(t *testing.T) {
	b := newBench(t)
	b.group("g", "s", "t")
	b.group("g2", "s")
	for _, at := range [][2]string{{"g", "s"}, {"g", "t"}, {"g2", "s"}} {
		b.put(at[0], at[1], 0, 1)
	}
	must(b, b.deleteLogStream, &DeleteLogStreamInput{LogGroupName: "g", LogStreamName: "t"})
	if n := b.count(eventSpace); n != 4 {
		t.Errorf("%d events after a stream was deleted", n)
	}
	must(b, b.deleteLogGroup, &DeleteLogGroupInput{LogGroupName: "g"})
	if n := b.count(eventSpace); n != 2 {
		t.Errorf("%d events after a group was deleted", n)
	}
	if n := b.count("logs/stream"); n != 1 {
		t.Errorf("%d streams after a group was deleted", n)
	}
	b.group("g", "s")
	if out := must(b, b.getLogEvents, &GetLogEventsInput{LogGroupName: "g", LogStreamName: "s"}); len(out.Events) != 0 {
		t.Errorf("a new group has the events of the old: %v", out.Events)
	}
}

func TestRetention(t *testing.T) {
	b := newBench(t)
	ctx, stop := context.WithCancel(context.Background())
	var worker sync.WaitGroup
	worker.Go(func() {
		if err := b.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	defer worker.Wait()
	defer stop()
	b.group("g", "s", "old")
	b.put("g", "s", 0)
	b.put("g", "old", 0)
	b.advance(12 * time.Hour)
	b.put("g", "s", 12*time.Hour)
	must(b, b.putRetentionPolicy, &PutRetentionPolicyInput{LogGroupName: "g", RetentionInDays: 1})
	b.advance(12 * time.Hour)
	shown := func() int {
		return len(must(b, b.filterLogEvents, &FilterLogEventsInput{LogGroupName: "g"}).Events)
	}
	if n := shown(); n != 3 {
		t.Errorf("%d events are shown at the age of a day", n)
	}
	b.advance(time.Second)
	if n := shown(); n != 1 {
		t.Errorf("%d events are shown after a day", n)
	}
	b.advance(time.Hour)
	if n := b.count(eventSpace); n != 1 {
		t.Errorf("%d events are there an hour later", n)
	}
	g := must(b, b.describeLogGroups, &DescribeLogGroupsInput{}).LogGroups[0]
	if g.StoredBytes != int64(overhead+len("s12h0m0s")) {
		t.Errorf("%d bytes", g.StoredBytes)
	}
	st := must(b, b.describeLogStreams, &DescribeLogStreamsInput{LogGroupName: "g", LogStreamNamePrefix: "s"}).LogStreams[0]
	if *st.FirstEventTimestamp != start.Add(12*time.Hour).UnixMilli() {
		t.Errorf("the first event is of %v", *st.FirstEventTimestamp)
	}
}

func (b *bench) advance(d time.Duration) {
	b.t.Helper()
	if err := b.Clock.Advance(context.Background(), d); err != nil {
		b.t.Fatal(err)
	}
}

func TestMetricFilters(t *testing.T) {
	b := newBench(t)
	b.group("g", "s")
	zero := 0.0
	for _, in := range []*PutMetricFilterInput{
		{FilterName: "errors", FilterPattern: "ERROR", MetricTransformations: []MetricTransformation{{MetricNamespace: "App", MetricName: "Errors", MetricValue: "1", DefaultValue: &zero}}},
		{FilterName: "took", FilterPattern: "{ $.took >= 0 }", MetricTransformations: []MetricTransformation{{
			MetricNamespace: "App", MetricName: "Took", MetricValue: "$.took", Unit: "Milliseconds", Dimensions: map[string]string{"Path": "$.path"},
		}}},
	} {
		in.LogGroupName = "g"
		must(b, b.putMetricFilter, in)
	}
	put := func(at time.Duration, messages ...string) {
		in := &PutLogEventsInput{LogGroupName: "g", LogStreamName: "s"}
		for _, m := range messages {
			in.LogEvents = append(in.LogEvents, InputLogEvent{Message: m, Timestamp: start.Add(at).UnixMilli()})
		}
		must(b, b.putLogEvents, in)
	}
	put(0, "fine")
	put(-time.Minute, "ERROR 1", "fine", "ERROR 2", `{"took":20,"path":"/a"}`, `{"took":30,"path":"/a"}`, `{"took":40}`)
	minute := start.Unix() / 60
	series := meter.Series{Scope: b.call().Scope, Namespace: "App", Metric: "Errors", Unit: meter.None}
	if got := b.Meter.Minutes(series); len(got) != 2 || got[minute] != (meter.Stat{Count: 1}) || got[minute-1] != (meter.Stat{Count: 2, Sum: 2, Min: 1, Max: 1}) {
		t.Errorf("errors %v", got)
	}
	series.Metric, series.Unit, series.Dimensions = "Took", meter.Milliseconds, meter.Flat([]string{"Path", "/a"})
	if got := b.Meter.Minutes(series); len(got) != 1 || got[minute-1] != (meter.Stat{Count: 2, Sum: 50, Min: 20, Max: 30}) {
		t.Errorf("took %v", got)
	}
	series = meter.Series{Scope: b.call().Scope, Namespace: "AWS/Logs", Metric: "IncomingLogEvents", Unit: meter.None, Dimensions: meter.Flat([]string{"LogGroupName", "g"})}
	if got := b.Meter.Minutes(series)[minute]; got.Sum != 7 {
		t.Errorf("incoming %v", got)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(make([]byte, 20), []byte{1, 'a'})
	f.Fuzz(func(t *testing.T, key, value []byte) {
		if e, ok := decodeEvent(key, value, "s"); ok {
			if p, ok := parsePosition(e.id()); e.time >= 0 && (!ok || p != e.position) {
				t.Errorf("%v became %v, %v", e.position, p, ok)
			}
		}
	})
}
