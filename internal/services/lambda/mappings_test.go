package lambda_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/services/lambda"
)

const streamARN = "arn:aws:dynamodb:eu-west-3:000000000000:table/TTT/stream/2026-01-02T03:04:05.000"

// answerStream makes the world a stream of one shard. Iterators are indices.
func (w *world) answerStream(operation string, body []byte) ([]byte, error) {
	var in struct {
		ShardIteratorType, SequenceNumber, ShardIterator string
		Limit                                            int
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	switch operation {
	case "DescribeStream":
		return []byte(`{"StreamDescription":{"Shards":[{"ShardId":"shardId-1"}]}}`), nil
	case "GetShardIterator":
		at := 0
		if in.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
			n, err := strconv.Atoi(in.SequenceNumber)
			if err != nil {
				return nil, err
			}
			at = n + 1
		}
		return fmt.Appendf(nil, `{"ShardIterator":"%d"}`, at), nil
	}
	at, err := strconv.Atoi(in.ShardIterator)
	end := min(len(w.stream), at+in.Limit)
	return fmt.Appendf(nil, `{"Records":[%s],"NextShardIterator":"%d"}`, strings.Join(w.stream[at:end], ","), end), err
}

// StreamChanged makes the world tell of its stream.
func (w *world) StreamChanged(aws.ARN) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.more
}

// Duplicate makes the world have no faults.
func (w *world) Duplicate(string) bool { return false }

// write adds records to the stream.
func (w *world) write(keys ...string) { w.writeAt(0, keys...) }

// writeAt adds records that are as old as age.
func (w *world) writeAt(age time.Duration, keys ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, k := range keys {
		w.stream = append(w.stream, fmt.Sprintf(`{"eventName":"INSERT","dynamodb":{"SequenceNumber":"%d","Keys":{"k":{"S":%q}},"ApproximateCreationDateTime":%d}}`,
			len(w.stream), k, w.now.Now().Add(-age).Unix()))
	}
	close(w.more)
	w.more = make(chan struct{})
}

// keys are the keys of the records of an event.
func keys(t *testing.T, payload []byte) (list []string) {
	var in struct {
		Records []struct {
			EventSourceARN string `json:"eventSourceARN"`
			Dynamodb       struct {
				Keys struct {
					K struct{ S string } `json:"k"`
				}
			} `json:"dynamodb"`
		}
	}
	if err := json.Unmarshal(payload, &in); err != nil {
		t.Error(err)
	}
	for _, r := range in.Records {
		if r.EventSourceARN != streamARN {
			t.Errorf("a record of %q", r.EventSourceARN)
		}
		list = append(list, r.Dynamodb.Keys.K.S)
	}
	return list
}

// mapped makes a function whose events are remembered, and answered by f.
func mapped(w *world, settings map[string]any, f func(keys []string) *runtime.Result) *[]string {
	w.create(nil)
	var seen []string
	w.answers(func(_ *runtime.Function, in *runtime.Invocation) *runtime.Result {
		k := keys(w.t, in.Payload)
		w.mu.Lock()
		defer w.mu.Unlock()
		seen = append(seen, strings.Join(k, ""))
		return f(k)
	})
	in := map[string]any{"FunctionName": "f", "EventSourceArn": streamARN, "StartingPosition": "LATEST"}
	for k, v := range settings {
		in[k] = v
	}
	w.do("CreateEventSourceMapping", in)
	return &seen
}

func fails(payload string) *runtime.Result {
	return &runtime.Result{Payload: []byte(payload), Error: "Unhandled"}
}

func TestStreamBatches(t *testing.T) {
	w := newWorld(t)
	w.write("z")
	seen := mapped(w, map[string]any{
		"BatchSize": 4, "MaximumRetryAttempts": 1, "MaximumRecordAgeInSeconds": 60, "BisectBatchOnFunctionError": true,
		"DestinationConfig": map[string]any{"OnFailure": map[string]any{"Destination": "arn:aws:sqs:eu-west-3:000000000000:dead"}},
	}, func(k []string) *runtime.Result {
		if slices.Contains(k, "c") {
			return fails(`{}`)
		}
		return &runtime.Result{Payload: []byte("null")}
	})
	w.write("a", "b", "c", "d", "e")
	w.until("the last is done", func() bool { return slices.Contains(*seen, "e") })
	if want := []string{"abcd", "ab", "cd", "c", "c", "d", "e"}; !slices.Equal(*seen, want) {
		t.Errorf("batches %q, want %q", *seen, want)
	}
	w.until("the destination is told", func() bool { return len(w.delivered) == 1 })
	if text := string(w.delivered[0].Payload); !strings.Contains(text, `"condition":"RetryAttemptsExhausted"`) || !strings.Contains(text, `"startSequenceNumber":"3"`) {
		t.Errorf("told %s", text)
	}
	// A record that is too old is not even tried.
	w.writeAt(2*time.Minute, "f")
	w.until("the destination is told again", func() bool { return len(w.delivered) == 2 })
	if text := string(w.delivered[1].Payload); !strings.Contains(text, `"condition":"RecordAgeExceeded"`) || slices.Contains(*seen, "f") {
		t.Errorf("told %s, seen %q", text, *seen)
	}
}

func uuid(w *world) string {
	out := w.do("ListEventSourceMappings", map[string]any{}).(*lambda.ListEventSourceMappingsOutput)
	return out.EventSourceMappings[0].UUID
}

func TestPartialFailures(t *testing.T) {
	w := newWorld(t)
	n := 0
	seen := mapped(w, map[string]any{"FunctionResponseTypes": []string{"ReportBatchItemFailures"}, "StartingPosition": "TRIM_HORIZON"}, func(k []string) *runtime.Result {
		n++
		switch n {
		case 1:
			return &runtime.Result{Payload: []byte(`{"batchItemFailures":[{"itemIdentifier":"2"},{"itemIdentifier":"1"}]}`)}
		case 2:
			return &runtime.Result{Payload: []byte(`{"batchItemFailures":[{"itemIdentifier":""}]}`)}
		}
		return &runtime.Result{Payload: []byte(`{"batchItemFailures":[]}`)}
	})
	w.write("a", "b", "c")
	w.until("three attempts", func() bool { return len(*seen) == 3 })
	if want := []string{"abc", "bc", "bc"}; !slices.Equal(*seen, want) {
		t.Errorf("batches %q, want %q", *seen, want)
	}
}

func TestCheckpoints(t *testing.T) {
	w := newWorld(t)
	seen := mapped(w, nil, func([]string) *runtime.Result { return &runtime.Result{Payload: []byte("null")} })
	for i, k := range []string{"a", "b", "c"} {
		w.write(k)
		w.until("it came", func() bool { return slices.Contains(*seen, k) })
		// Another loop takes its place when this one has stored how far it has come.
		w.do("UpdateEventSourceMapping", map[string]any{"UUID": uuid(w), "BatchSize": 10 + i})
	}
	w.write("d")
	w.until("the last came", func() bool { return slices.Contains(*seen, "d") })
	if !slices.Equal(*seen, []string{"a", "b", "c", "d"}) {
		t.Errorf("seen %q", *seen)
	}
}

func TestFilters(t *testing.T) {
	w := newWorld(t)
	seen := mapped(w, map[string]any{"BatchSize": 10, "FilterCriteria": map[string]any{"Filters": []map[string]any{
		{"Pattern": `{"eventName":["INSERT"],"dynamodb":{"Keys":{"k":{"S":[{"prefix":"y"}]}}}}`}, {"Pattern": `{"dynamodb":{"Keys":{"k":{"S":["c"]}}}}`},
	}}}, func([]string) *runtime.Result { return &runtime.Result{Payload: []byte("null")} })
	w.write("a", "y1", "b", "c")
	w.until("those that pass came", func() bool { return len(*seen) == 1 })
	if (*seen)[0] != "y1c" {
		t.Errorf("seen %q", *seen)
	}
	if _, err := w.try("UpdateEventSourceMapping", map[string]any{"UUID": uuid(w), "FilterCriteria": map[string]any{"Filters": []map[string]any{{"Pattern": "{"}}}}); code(err) != "InvalidParameterValueException" {
		t.Errorf("a bad filter: %v", err)
	}
}

// What was remembered of a role is forgotten when a function takes it: it may
// have been deleted since, or be another one of that name.
func TestRolesAreNotRememberedTooLong(t *testing.T) {
	w := newWorld(t)
	w.create(nil)
	w.gone = role
	if _, err := w.try("UpdateFunctionConfiguration", map[string]any{"FunctionName": "f", "Role": role}); err == nil || !strings.Contains(err.Error(), "cannot be assumed") {
		t.Errorf("a role that is no more: %v", err)
	}
}
