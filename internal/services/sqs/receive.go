package sqs

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) receiveMessage(ctx context.Context, c *aws.Call, in *ReceiveMessageInput) (*ReceiveMessageOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	q, err := s.read(c, in.QueueUrl)
	if err != nil {
		return nil, err
	}
	wait := time.Duration(q.number("ReceiveMessageWaitTimeSeconds")) * time.Second
	if in.WaitTimeSeconds != nil {
		wait = time.Duration(*in.WaitTimeSeconds) * time.Second
	}
	out := &ReceiveMessageOutput{}
	out.Messages, err = s.poll(ctx, &q, in, wait)
	if err != nil {
		return nil, err
	}
	s.received(&q, len(out.Messages))
	return out, nil
}

func (in *ReceiveMessageInput) check() error {
	between := func(v *int32, min, max int32, name, reason string) error {
		if v != nil && (*v < min || *v > max) {
			return errValue(*v, name, reason)
		}
		return nil
	}
	if err := between(in.MaxNumberOfMessages, 1, 10, "MaxNumberOfMessages", "Must be between 1 and 10, if provided."); err != nil {
		return err
	}
	if err := between(in.WaitTimeSeconds, 0, 20, "WaitTimeSeconds", "Must be >= 0 and <= 20, if provided."); err != nil {
		return err
	}
	return between(in.VisibilityTimeout, 0, maxVisibility, "VisibilityTimeout", "Must be between 0 and 43200, if provided.")
}

// poll takes messages, waiting for the first one. The wait ends by the cloud's
// clock or by the machine's, whichever is first: a client has a connection
// open meanwhile, and the cloud's clock may stand still.
func (s *Service) poll(ctx context.Context, q *queue, in *ReceiveMessageInput, wait time.Duration) ([]Message, error) {
	arrived, leave := s.bells.listen(q.UID)
	defer leave()
	got, next, err := s.take(q, in)
	if len(got) > 0 || err != nil || wait == 0 {
		return got, err
	}
	end := s.Clock.Now().Add(wait)
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	go func() {
		select {
		case <-s.hurry:
			cancel()
		case <-waiting.Done():
		}
	}()
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for {
		until := end
		if next != 0 && next < end.UnixMilli() {
			until = time.UnixMilli(next)
		}
		sleeper.Sleep(waiting, until, arrived)
		got, next, err = s.take(q, in)
		if len(got) > 0 || err != nil || waiting.Err() != nil || !s.Clock.Now().Before(end) {
			return got, err
		}
	}
}

// take receives what can be received now. Without anything it returns when
// there may be something, in milliseconds, or 0.
func (s *Service) take(q *queue, in *ReceiveMessageInput) (got []Message, next int64, err error) {
	// First without a transaction that others would wait for: most polls find nothing.
	found := false
	err = s.DB.View(func(tx *store.Tx) error {
		if _, err := s.same(tx, q); err != nil {
			return err
		}
		next = q.upTo(tx, s.Clock.Now().UnixMilli(), func(due) bool { found = true; return false })
		return nil
	})
	if err != nil || !found {
		return nil, next, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		q, err := s.same(tx, q)
		if err != nil {
			return err
		}
		got, err = s.takeDue(tx, &q, in)
		tx.OnCommit(func() { s.bells.ring(q.UID) }) // others may have to wait for other times now
		return err
	})
	return got, 0, err
}

// same reads a queue again, which may have been deleted or made anew.
func (s *Service) same(tx *store.Tx, q *queue) (queue, error) {
	now, err := s.get(tx, q.scope, q.Name)
	if err == nil && now.UID != q.UID {
		err = errNoQueue()
	}
	return now, err
}

// look is how many messages that cannot be received one request passes over.
const look = 1000

func (s *Service) takeDue(tx *store.Tx, q *queue, in *ReceiveMessageInput) (got []Message, err error) {
	most := 1
	if in.MaxNumberOfMessages != nil {
		most = int(*in.MaxNumberOfMessages)
	}
	hidden := int64(q.number("VisibilityTimeout"))
	if in.VisibilityTimeout != nil {
		hidden = int64(*in.VisibilityTimeout)
	}
	at := s.Clock.Now()
	now, expired := at.UnixMilli(), at.Add(-q.retention()).UnixMilli()
	rule, dead, err := s.redriveOf(tx, q)
	if err != nil {
		return nil, err
	}
	exhausted := func(d due) bool { return rule != nil && int(d.count) >= rule.Max }
	var list []due
	live := 0
	q.upTo(tx, now, func(d due) bool {
		list = append(list, d)
		if d.sent > expired && !exhausted(d) {
			live++
		}
		return live < most && len(list) < look
	})
	for _, d := range list {
		switch {
		case d.sent <= expired:
			q.remove(tx, d.seq, &d.state)
		case exhausted(d):
			err = s.bury(tx, q, dead, d, now)
		default:
			var m Message
			m, err = q.receive(tx, d, now, now+hidden*1000, in)
			got = append(got, m)
		}
		if err != nil {
			return nil, err
		}
	}
	return got, nil
}

// redriveOf returns a queue's RedrivePolicy, nil without one or when its
// target is gone: then messages stay.
func (s *Service) redriveOf(tx *store.Tx, q *queue) (*redrive, *queue, error) {
	rule, err := parseRedrive(q.Attributes["RedrivePolicy"])
	if rule == nil || err != nil {
		return nil, nil, err
	}
	dead, ok := s.deadLetters(tx, q, rule)
	if !ok {
		return nil, nil, nil
	}
	return rule, &dead, nil
}

// bury moves a message that was received too often to the dead-letter queue.
// It keeps its age and its count.
func (s *Service) bury(tx *store.Tx, q, dead *queue, d due, now int64) error {
	m, err := q.body(tx, d.seq)
	if err != nil {
		return err
	}
	q.remove(tx, d.seq, &d.state)
	m.Source = q.arn()
	st := d.state
	st.visible = now
	return s.add(tx, dead, &m, &st)
}

// receive hands out one message and hides it.
func (q *queue) receive(tx *store.Tx, d due, now, until int64, in *ReceiveMessageInput) (Message, error) {
	m, err := q.body(tx, d.seq)
	if err != nil {
		return Message{}, err
	}
	tx.Delete(q.dueKey(d.visible, d.seq))
	st := d.state
	st.visible = until
	st.count++
	if st.received == 0 {
		st.received = now
	}
	q.schedule(tx, d.seq, &st)
	out := Message{
		MessageId: m.ID, Body: m.Body, MD5OfBody: md5Hex(m.Body),
		ReceiptHandle:     handle{q.UID, d.seq, st.count}.String(),
		Attributes:        m.system(&st, in.wants),
		MessageAttributes: m.chosen(in.MessageAttributeNames),
	}
	out.MD5OfMessageAttributes = digest(out.MessageAttributes)
	return out, nil
}

// wants reports whether a receiver asked for a system attribute.
func (in *ReceiveMessageInput) wants(name string) bool {
	for _, list := range [][]string{in.AttributeNames, in.MessageSystemAttributeNames} {
		if slices.Contains(list, "All") || slices.Contains(list, name) {
			return true
		}
	}
	return false
}

// system returns the attributes that SQS itself gives a message.
func (m *message) system(st *state, wants func(string) bool) map[string]string {
	all := map[string]string{
		"SenderId":                         m.Sender,
		"SentTimestamp":                    strconv.FormatInt(st.sent, 10),
		"ApproximateReceiveCount":          strconv.Itoa(int(st.count)),
		"ApproximateFirstReceiveTimestamp": strconv.FormatInt(st.received, 10),
		traceHeader:                        m.Trace,
		"MessageGroupId":                   m.Group,
		"DeadLetterQueueSourceArn":         string(m.Source),
	}
	var some map[string]string
	for name, v := range all {
		if v != "" && wants(name) {
			if some == nil {
				some = map[string]string{}
			}
			some[name] = v
		}
	}
	return some
}

// chosen returns the attributes that a receiver asked for, by name, by
// "prefix.*", or all.
func (m *message) chosen(names []string) map[string]MessageAttributeValue {
	var some map[string]MessageAttributeValue
	for name, v := range m.Attributes {
		fits := slices.ContainsFunc(names, func(n string) bool {
			prefix, open := strings.CutSuffix(n, ".*")
			return n == "All" || n == name || open && (prefix == "" || strings.HasPrefix(name, prefix))
		})
		if fits {
			if some == nil {
				some = map[string]MessageAttributeValue{}
			}
			some[name] = v
		}
	}
	return some
}
