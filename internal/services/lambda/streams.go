package lambda

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/store"
)

// checkpoint is how far a mapping has come in a shard.
type checkpoint struct {
	Sequence string // of the last record that is done with, "" before the first
	Done     bool   // with the whole shard
}

// shard is a shard as DescribeStream tells of it.
type shard struct{ ShardId, ParentShardId string }

// change is one record, as GetRecords gives it and a function gets it.
type change struct {
	raw      json.RawMessage
	sequence string
	keys     string
	created  time.Time
}

func (p *poller) shards(ctx context.Context) ([]shard, error) {
	var all []shard
	for after := ""; ; {
		in := map[string]any{"StreamArn": p.Source}
		if after != "" {
			in["ExclusiveStartShardId"] = after
		}
		var out struct {
			StreamDescription struct {
				Shards               []shard
				LastEvaluatedShardId string
			}
		}
		if err := p.ask(ctx, "dynamodb", "DescribeStream", in, &out); err != nil {
			return nil, err
		}
		all = append(all, out.StreamDescription.Shards...)
		if after = out.StreamDescription.LastEvaluatedShardId; after == "" {
			return all, nil
		}
	}
}

// begin settles where a new mapping starts, and with that whether its role
// may read the source at all.
func (s *Service) begin(ctx context.Context, n name, m *mapping) (map[string]checkpoint, error) {
	p := &poller{Service: s, mapping: m, scope: n.scope, name: n}
	if m.fromQueue() {
		_, err := p.queueURL(ctx)
		if err != nil {
			return nil, errInvalid("The function execution role does not have permissions to call ReceiveMessage on SQS, or the queue does not exist: %v", err)
		}
		return nil, nil
	}
	places := map[string]checkpoint{}
	shards, err := p.shards(ctx)
	if err == nil && m.Start == "LATEST" {
		for _, h := range shards {
			var place checkpoint
			if place, err = p.last(ctx, h.ShardId); err != nil {
				break
			}
			places[h.ShardId] = place
		}
	}
	if err != nil {
		return nil, errInvalid("Cannot access stream %s. Please ensure the role can perform the GetRecords, GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM. (%v)", m.Source, err)
	}
	return places, nil
}

// last is the place after all records that a shard has now.
func (p *poller) last(ctx context.Context, shard string) (checkpoint, error) {
	place := checkpoint{}
	it, err := p.iterator(ctx, shard, place)
	for err == nil && it != "" {
		var changes []change
		if changes, it, err = p.records(ctx, it, maxRead); len(changes) == 0 {
			break
		}
		place.Sequence = changes[len(changes)-1].sequence
	}
	place.Done = err == nil && it == ""
	return place, err
}

// maxRead is how many records GetRecords gives at most.
const maxRead = 1000

func (p *poller) iterator(ctx context.Context, shard string, at checkpoint) (string, error) {
	in := map[string]any{"StreamArn": p.Source, "ShardId": shard, "ShardIteratorType": "TRIM_HORIZON"}
	if at.Sequence != "" {
		in["ShardIteratorType"], in["SequenceNumber"] = "AFTER_SEQUENCE_NUMBER", at.Sequence
	}
	var out struct{ ShardIterator string }
	err := p.ask(ctx, "dynamodb", "GetShardIterator", in, &out)
	if codeOf(err) == "TrimmedDataAccessException" {
		return p.iterator(ctx, shard, checkpoint{})
	}
	return out.ShardIterator, err
}

func (p *poller) records(ctx context.Context, iterator string, limit int) ([]change, string, error) {
	var out struct {
		Records           []json.RawMessage
		NextShardIterator string
	}
	if err := p.ask(ctx, "dynamodb", "GetRecords", map[string]any{"ShardIterator": iterator, "Limit": limit}, &out); err != nil {
		return nil, "", err
	}
	changes := make([]change, 0, len(out.Records))
	for _, raw := range out.Records {
		var r struct {
			Dynamodb struct {
				SequenceNumber              string
				Keys                        json.RawMessage
				ApproximateCreationDateTime float64
			} `json:"dynamodb"`
		}
		if err := json.Unmarshal(raw, &r); err != nil {
			return nil, "", err
		}
		source, err := json.Marshal(p.Source)
		if err != nil {
			return nil, "", err
		}
		raw = slices.Concat(raw[:len(raw)-1], []byte(`,"eventSourceARN":`), source, []byte("}"))
		created := time.UnixMilli(int64(r.Dynamodb.ApproximateCreationDateTime * 1000))
		changes = append(changes, change{raw, r.Dynamodb.SequenceNumber, string(r.Dynamodb.Keys), created})
	}
	return changes, out.NextShardIterator, nil
}

// pollStream reads the shards of a stream, parents before their children, until ctx ends.
func (p *poller) pollStream(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	begun := map[string]bool{}
	over := make(chan struct{}, 1) // a shard
	for failures := 0; ctx.Err() == nil; {
		changed := p.Streams.StreamChanged(p.Source)
		shards, err := p.shards(ctx)
		if err != nil {
			p.Log.Debug("the source of a mapping cannot be read", "mapping", p.UUID, "err", err)
			failures++
			pause(ctx, backoff(failures))
			continue
		}
		failures = 0
		for _, h := range shards {
			known := slices.ContainsFunc(shards, func(o shard) bool { return o.ShardId == h.ParentShardId })
			if begun[h.ShardId] || known && !p.place(h.ParentShardId).Done {
				continue
			}
			begun[h.ShardId] = true
			running.Go(func() {
				p.pollShard(ctx, h.ShardId)
				select {
				case over <- struct{}{}:
				default:
				}
			})
		}
		select {
		case <-ctx.Done():
		case <-over:
		case <-changed:
			if !pause(ctx, time.Second) { // shards change seldom, and records often
				return
			}
		}
	}
}

func (p *poller) place(shard string) (c checkpoint) {
	err := p.DB.View(func(tx *store.Tx) error {
		c, _ = p.checkpoints.Get(tx, p.scope, p.UUID, shard)
		return nil
	})
	if err != nil {
		p.Log.Error("a checkpoint cannot be read", "mapping", p.UUID, "err", err)
	}
	return c
}

// keep stores how far the mapping has come, unless it is gone.
func (p *poller) keep(shard string, c checkpoint) {
	err := p.DB.Update(func(tx *store.Tx) error {
		if _, ok := p.mappings.Get(tx, p.scope, p.UUID); ok {
			p.checkpoints.Put(tx, p.scope, c, p.UUID, shard)
		}
		return nil
	})
	if err != nil {
		p.Log.Error("a checkpoint cannot be stored: its records come again after a restart", "mapping", p.UUID, "err", err)
	}
}

// pollShard works on the records of a shard, in order, until it or ctx ends.
func (p *poller) pollShard(ctx context.Context, shard string) {
	at := p.place(shard)
	iterator := ""
	for failures := 0; !at.Done && ctx.Err() == nil; {
		changed := p.Streams.StreamChanged(p.Source)
		var batch []change
		var err error
		if iterator == "" {
			iterator, err = p.iterator(ctx, shard, at)
		}
		if err == nil {
			batch, iterator, err = p.gather(ctx, iterator)
		}
		switch {
		case err != nil:
			iterator = ""
			failures++
			pause(ctx, backoff(failures))
			continue
		case len(batch) == 0 && iterator != "":
			select {
			case <-ctx.Done():
			case <-changed:
			}
			continue
		}
		failures = 0
		if len(batch) > 0 {
			at.Sequence = batch[len(batch)-1].sequence
			if !p.work(ctx, shard, batch) {
				return
			}
		}
		at.Done = iterator == ""
		p.keep(shard, at)
	}
}

// gather reads a batch: what is there, or what comes in the batching window.
func (p *poller) gather(ctx context.Context, iterator string) ([]change, string, error) {
	var batch []change
	deadline := time.After(time.Duration(p.Window) * time.Second)
	for {
		changed := p.Streams.StreamChanged(p.Source)
		more, next, err := p.records(ctx, iterator, min(int(p.BatchSize)-len(batch), maxRead))
		if err != nil {
			return nil, "", err
		}
		batch, iterator = append(batch, more...), next
		if p.Window == 0 || len(batch) == 0 || len(batch) >= int(p.BatchSize) || iterator == "" {
			return batch, iterator, nil
		}
		if len(more) > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return batch, iterator, nil
		case <-deadline:
			return batch, iterator, nil
		case <-changed:
		}
	}
}

// work has a batch processed, and reports whether it was seen through.
func (p *poller) work(ctx context.Context, shard string, batch []change) bool {
	age := p.Clock.Now().Sub(batch[len(batch)-1].created)
	p.Meter.Count(p.scope, namespace, "IteratorAge", meter.Milliseconds, float64(max(age, 0).Milliseconds()), "FunctionName", p.name.function)
	var passed []change
	for _, r := range batch {
		if !p.passes(r.raw) {
			continue
		}
		passed = append(passed, r)
		if p.Faults.Duplicate("dynamodb") {
			passed = append(passed, r)
		}
	}
	if len(passed) == 0 {
		return true
	}
	groups := [][]change{passed}
	if p.Parallel > 1 {
		groups = make([][]change, p.Parallel)
		for _, r := range passed {
			h := fnv.New32a()
			h.Write([]byte(r.keys))
			g := h.Sum32() % uint32(p.Parallel)
			groups[g] = append(groups[g], r)
		}
	}
	var running sync.WaitGroup
	var left atomic.Bool
	for _, g := range groups {
		if len(g) > 0 {
			running.Go(func() {
				if !p.process(ctx, shard, g, 0) {
					left.Store(true)
				}
			})
		}
	}
	running.Wait()
	return !left.Load()
}

// process invokes the function on records until they are done with: processed,
// too old, or tried too often; or until ctx ends: then it reports false.
// attempts is how often they were tried before.
func (p *poller) process(ctx context.Context, shard string, batch []change, attempts int) bool {
	for waits := 0; len(batch) > 0; {
		if ctx.Err() != nil {
			return false
		}
		if fresh := slices.IndexFunc(batch, func(r change) bool { return p.Clock.Now().Sub(r.created) <= p.age() }); fresh != 0 {
			if fresh < 0 {
				fresh = len(batch)
			}
			p.discard(shard, batch[:fresh], "RecordAgeExceeded", attempts, nil)
			batch = batch[fresh:]
			continue
		}
		r, err := p.once(ctx, batch)
		if err != nil { // throttled, or the function is gone for now: it was not tried
			p.pollers.note(p.UUID, callFailed)
			waits++
			pause(ctx, backoff(waits))
			continue
		}
		failed := p.failed(batch, r)
		if failed == len(batch) {
			p.pollers.note(p.UUID, allProcessed)
			return true
		}
		p.pollers.note(p.UUID, callFailed)
		batch = batch[failed:]
		if failed == 0 && p.Bisect && len(batch) > 1 {
			half := len(batch) / 2
			if !p.process(ctx, shard, batch[:half], attempts) {
				return false
			}
			batch = batch[half:]
			continue
		}
		attempts++
		if p.Retries >= 0 && attempts > int(p.Retries) {
			p.discard(shard, batch, "RetryAttemptsExhausted", attempts, r)
			return true
		}
		pause(ctx, backoff(attempts))
	}
	return true
}

// once invokes the function once.
func (p *poller) once(ctx context.Context, batch []change) (*runtime.Result, error) {
	raws := make([]json.RawMessage, len(batch))
	for i := range batch {
		raws[i] = batch[i].raw
	}
	payload, err := json.Marshal(map[string]any{"Records": raws})
	if err != nil {
		return nil, err
	}
	r, _, err := p.execute(ctx, p.IDs.UUID(), p.name, &event{payload: payload})
	return r, err
}

// failed is the index of the first record that is to be tried again.
func (p *poller) failed(batch []change, r *runtime.Result) int {
	if r.Error != "" {
		return 0
	}
	if !p.ReportFailures {
		return len(batch)
	}
	ids, ok := batchFailures(r.Payload)
	if !ok {
		return 0
	}
	first := len(batch)
	for _, id := range ids {
		i := slices.IndexFunc(batch, func(r change) bool { return r.sequence == id })
		if i < 0 {
			return 0
		}
		first = min(first, i)
	}
	return first
}

// batchFailures reads which records a function says that it did not process.
// It is not ok when that cannot be read: then all failed.
func batchFailures(payload []byte) (ids []string, ok bool) {
	var out *struct {
		BatchItemFailures []struct {
			ItemIdentifier *string `json:"itemIdentifier"`
		} `json:"batchItemFailures"`
	}
	if json.Unmarshal(payload, &out) != nil {
		return nil, false
	}
	if out == nil {
		return nil, true
	}
	for _, f := range out.BatchItemFailures {
		if f.ItemIdentifier == nil || *f.ItemIdentifier == "" {
			return nil, false
		}
		ids = append(ids, *f.ItemIdentifier)
	}
	return ids, true
}

// discard gives records up, and tells the destination of failures.
func (p *poller) discard(shard string, batch []change, condition string, attempts int, r *runtime.Result) {
	if p.OnFailure == "" {
		return
	}
	now := p.Clock.Now().UTC()
	stamp := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
	first, last := batch[0], batch[len(batch)-1]
	n := p.name
	rec := map[string]any{
		"requestContext": map[string]any{"requestId": p.IDs.UUID(), "functionArn": n.arn(), "condition": condition, "approximateInvokeCount": attempts},
		"version":        "1.0", "timestamp": stamp(now),
		"DDBStreamBatchInfo": map[string]any{
			"shardId": shard, "startSequenceNumber": first.sequence, "endSequenceNumber": last.sequence,
			"approximateArrivalOfFirstRecord": stamp(first.created), "approximateArrivalOfLastRecord": stamp(last.created),
			"batchSize": len(batch), "streamArn": p.Source,
		},
	}
	if r != nil {
		rec["responseContext"] = map[string]any{"statusCode": http.StatusOK, "executedVersion": latest, "functionError": r.Error}
	}
	body, err := json.Marshal(rec)
	if err == nil {
		err = p.DB.Update(func(tx *store.Tx) error {
			return p.results.Send(tx, &deliver.Message{
				Event: deliver.Event{ID: p.IDs.UUID(), Target: p.OnFailure, Payload: body, Scope: p.scope, Service: hostName, Source: aws.ARN(n.bare())},
				Sent:  now, Retry: deliver.Retry{Age: defaultAge, First: time.Second, Longest: firstRetry},
			})
		})
	}
	if err != nil {
		p.Log.Error("records that were given up are told to nobody", "mapping", p.UUID, "err", err)
	}
}
