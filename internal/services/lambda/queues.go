package lambda

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// atOnce is how many batches of a queue are worked on at a time, where the
// mapping does not say.
const atOnce = 5

// message is one of a queue, as ReceiveMessage gives it.
type message struct {
	MessageId, ReceiptHandle, Body, MD5OfBody string
	Attributes                                map[string]string
	MessageAttributes                         map[string]map[string]any
}

func (p *poller) queueURL(ctx context.Context) (string, error) {
	var out struct{ QueueUrl string }
	err := p.ask(ctx, "sqs", "GetQueueUrl", map[string]any{"QueueName": p.Source.Resource()}, &out)
	if codeOf(err) == "AccessDeniedException" || codeOf(err) == "AccessDenied" {
		// AWS' managed policy for this has no sqs:GetQueueUrl: Lambda knows the URL.
		part, _ := p.Source.Parse()
		return p.Endpoint + "/" + string(part.Account) + "/" + part.Resource, nil
	}
	return out.QueueUrl, err
}

// pollQueue works on the messages of a queue until ctx ends.
func (p *poller) pollQueue(ctx context.Context) {
	limit := atOnce
	if p.Concurrency != nil {
		limit = int(*p.Concurrency)
	}
	slots := make(chan struct{}, limit)
	for failures := 0; ctx.Err() == nil; {
		batch, url, err := p.receive(ctx)
		if err != nil {
			failures++
			pause(ctx, backoff(failures))
			continue
		}
		failures = 0
		if len(batch) == 0 {
			continue
		}
		slots <- struct{}{}
		go func() {
			defer func() { <-slots }()
			p.consume(ctx, url, batch)
		}()
	}
	for range limit { // until all are done
		slots <- struct{}{}
	}
}

// receive waits for a batch of messages.
func (p *poller) receive(ctx context.Context) (batch []message, url string, err error) {
	if url, err = p.queueURL(ctx); err != nil {
		return nil, "", err
	}
	wait := 20
	var deadline time.Time
	for len(batch) < int(p.BatchSize) {
		var out struct{ Messages []message }
		err = p.ask(ctx, "sqs", "ReceiveMessage", map[string]any{
			"QueueUrl": url, "MaxNumberOfMessages": min(int(p.BatchSize)-len(batch), 10), "WaitTimeSeconds": wait,
			"MessageSystemAttributeNames": []string{"All"}, "MessageAttributeNames": []string{"All"},
		}, &out)
		if err != nil || ctx.Err() != nil {
			break
		}
		batch = append(batch, out.Messages...)
		now := p.Clock.Now()
		if deadline.IsZero() {
			deadline = now.Add(time.Duration(p.Window) * time.Second)
		}
		if len(batch) == 0 || !now.Before(deadline) && len(out.Messages) < 10 {
			break
		}
		wait = max(0, min(20, int(deadline.Sub(now).Seconds())))
	}
	if len(batch) > 0 {
		err = nil
	}
	return batch, url, err
}

// consume invokes the function on messages, and deletes those that it has
// processed. Others come again when their visibility timeout is over.
func (p *poller) consume(ctx context.Context, url string, batch []message) {
	records := make([]json.RawMessage, 0, len(batch))
	var passed, done []message
	for _, m := range batch {
		raw, err := p.queueRecord(&m)
		switch {
		case err != nil:
			p.Log.Error("a message cannot be written as a record", "mapping", p.UUID, "err", err)
		case p.passes(filterable(raw, m.Body)):
			records, passed = append(records, raw), append(passed, m)
		default: // what does not pass is gone
			done = append(done, m)
		}
	}
	if len(records) > 0 {
		payload, err := json.Marshal(map[string]any{"Records": records})
		if err != nil {
			return
		}
		r, _, err := p.execute(ctx, p.IDs.UUID(), p.name, &event{payload: payload})
		ok := err == nil && r.Error == "" && ctx.Err() == nil
		if ok && p.ReportFailures {
			var failed []string
			if failed, ok = batchFailures(r.Payload); ok {
				passed = slices.DeleteFunc(passed, func(m message) bool { return slices.Contains(failed, m.MessageId) })
			}
		}
		p.pollers.note(p.UUID, callFailed)
		if ok {
			p.pollers.note(p.UUID, allProcessed)
			done = append(done, passed...)
		}
	}
	for chunk := range slices.Chunk(done, 10) {
		var entries []map[string]string
		for _, m := range chunk {
			entries = append(entries, map[string]string{"Id": m.MessageId, "ReceiptHandle": m.ReceiptHandle})
		}
		err := p.ask(context.WithoutCancel(ctx), "sqs", "DeleteMessageBatch", map[string]any{"QueueUrl": url, "Entries": entries}, nil)
		if err != nil {
			p.Log.Debug("messages that were processed come again", "mapping", p.UUID, "err", err)
		}
	}
}

// queueRecord is a message as a function gets it.
func (p *poller) queueRecord(m *message) (json.RawMessage, error) {
	attributes := map[string]map[string]any{}
	for name, a := range m.MessageAttributes {
		low := map[string]any{"stringListValues": []string{}, "binaryListValues": []string{}}
		for k, v := range maps.All(a) {
			low[strings.ToLower(k[:1])+k[1:]] = v
		}
		attributes[name] = low
	}
	return json.Marshal(map[string]any{
		"messageId": m.MessageId, "receiptHandle": m.ReceiptHandle, "body": m.Body, "attributes": m.Attributes,
		"messageAttributes": attributes, "md5OfBody": m.MD5OfBody, "eventSource": "aws:sqs", "eventSourceARN": p.Source, "awsRegion": p.scope.Region,
	})
}

// filterable is a record with its body as JSON, where it is JSON: filters look into it.
func filterable(raw json.RawMessage, body string) []byte {
	var r map[string]json.RawMessage
	if !json.Valid([]byte(body)) || json.Unmarshal(raw, &r) != nil {
		return raw
	}
	r["body"] = json.RawMessage(body)
	out, err := json.Marshal(r)
	if err != nil {
		return raw
	}
	return out
}
