package sqs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// byPolicy lets in whom the resource's policy does.
type byPolicy struct{}

func (byPolicy) Allowed(_ context.Context, c *aws.Call, a service.Access) bool {
	d := policy.Decide(&policy.Case{
		Request: policy.Request{Principal: c.Principal, Action: a.Action, Resource: a.Resource, Keys: func(name string) []string {
			if name == "aws:sourcearn" {
				return c.Principal.Keys["aws:SourceArn"]
			}
			return nil
		}},
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner,
	})
	return d.Allowed
}

func newService(t *testing.T, db *store.DB) (s *Service, stop func()) {
	t.Helper()
	c := clock.New(func() time.Time { return epoch }, 0)
	s = New(Deps{DB: db, IDs: aws.NewIDs(nil), Clock: c, Meter: meter.NewMeter(c.Now), Authorizer: byPolicy{}})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- s.Run(ctx) }()
	return s, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// start returns a running service over an empty store.
func start(t *testing.T) *Service {
	t.Helper()
	db := store.OpenMemory()
	s, stop := newService(t, db)
	t.Cleanup(func() {
		stop()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func (s *Service) call() *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: s.Clock.Now(), Host: "localhost",
		Principal: &aws.Principal{Kind: aws.Root, Account: "000000000000", ID: "000000000000"},
	}
}

const address = "http://localhost/000000000000/q"

func (s *Service) make(t *testing.T, name string, attributes map[string]string) {
	t.Helper()
	if _, err := s.createQueue(context.Background(), s.call(), &CreateQueueInput{QueueName: name, Attributes: attributes}); err != nil {
		t.Fatal(err)
	}
}

func (s *Service) put(text string) error {
	_, err := s.sendMessage(context.Background(), s.call(), &SendMessageInput{queueURL{address}, body{MessageBody: text}})
	return err
}

func (s *Service) fetch(most int32, wait int32) ([]Message, error) {
	out, err := s.receiveMessage(context.Background(), s.call(), &ReceiveMessageInput{
		queueURL: queueURL{address}, MaxNumberOfMessages: &most, WaitTimeSeconds: &wait, AttributeNames: []string{"All"},
	})
	if err != nil {
		return nil, err
	}
	return out.Messages, nil
}

// TestNothingIsLost has senders and receivers work until the machine stops, and
// compares what is left with what they were told.
func TestNothingIsLost(t *testing.T) {
	for seed := range uint64(5) {
		fs := vfs.NewCrashableMem()
		db, err := store.OpenFS(fs, "store")
		if err != nil {
			t.Fatal(err)
		}
		s, end := newService(t, db)
		s.make(t, "q", nil)
		var mu sync.Mutex
		sent, held, deleted := map[string]bool{}, map[string]bool{}, map[string]bool{}
		maybe := map[string]bool{} // under way when the machine stopped
		stop := make(chan struct{})
		var workers sync.WaitGroup
		stopped := func() bool {
			select {
			case <-stop:
				return true
			default:
				return false
			}
		}
		for w := range 4 {
			workers.Go(func() {
				for i := 0; !stopped(); i++ {
					text := fmt.Sprint(w, ".", i)
					mu.Lock()
					maybe[text] = true
					mu.Unlock()
					if err := s.put(text); err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					if !stopped() {
						sent[text] = true
						delete(maybe, text)
					}
					mu.Unlock()
				}
			})
			workers.Go(func() {
				for !stopped() {
					list, err := s.fetch(3, 0)
					if err != nil {
						t.Error(err)
						return
					}
					for _, m := range list {
						mu.Lock()
						if held[m.Body] {
							t.Errorf("%s was received while it was hidden", m.Body)
						}
						held[m.Body] = true
						mu.Unlock()
						if m.Body[len(m.Body)-1]%2 == 0 {
							continue
						}
						mu.Lock()
						maybe[m.Body] = true
						mu.Unlock()
						if _, err := s.deleteMessage(context.Background(), s.call(), &DeleteMessageInput{queueURL{address}, m.ReceiptHandle}); err != nil {
							t.Error(err)
							return
						}
						mu.Lock()
						if !stopped() {
							deleted[m.Body] = true
							delete(maybe, m.Body)
						}
						mu.Unlock()
					}
				}
			})
		}
		for n, enough := 0, 100+rand.New(rand.NewPCG(seed, 0)).IntN(200); n < enough; {
			mu.Lock()
			n = len(deleted)
			mu.Unlock()
		}
		mu.Lock()
		close(stop)
		after := fs.CrashClone(vfs.CrashCloneCfg{})
		mu.Unlock()
		workers.Wait()
		end()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}

		db, err = store.OpenFS(after, "store")
		if err != nil {
			t.Fatal(err)
		}
		s, end = newService(t, db)
		if err := s.Clock.Advance(context.Background(), time.Minute); err != nil { // all can be received again
			t.Fatal(err)
		}
		left := map[string]int{}
		for {
			list, err := s.fetch(10, 0)
			if err != nil {
				t.Fatal(err)
			}
			if len(list) == 0 {
				break
			}
			for _, m := range list {
				left[m.Body]++
			}
		}
		for text := range maps.Keys(sent) {
			if !deleted[text] && !maybe[text] && left[text] != 1 {
				t.Errorf("%s is there %d times", text, left[text])
			}
		}
		for text, n := range left {
			if deleted[text] || n > 1 || !sent[text] && !maybe[text] {
				t.Errorf("%s is there %d times; sent %v, deleted %v", text, n, sent[text], deleted[text])
			}
		}
		end()
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// waits polls in the background until somebody listens for the queue.
func (s *Service) waits(t *testing.T) (got <-chan []Message) {
	t.Helper()
	ch := make(chan []Message, 1)
	go func() {
		list, err := s.fetch(10, 20)
		if err != nil {
			t.Error(err)
		}
		ch <- list
	}()
	for timeout := time.After(10 * time.Second); ; {
		s.bells.mu.Lock()
		n := len(s.bells.listeners)
		s.bells.mu.Unlock()
		if n > 0 {
			return ch
		}
		select {
		case <-timeout:
			t.Fatal("nobody listens")
		case <-time.After(time.Millisecond):
		}
	}
}

func TestLongPoll(t *testing.T) {
	s := start(t)
	s.make(t, "q", nil)
	got := s.waits(t)
	begin := time.Now()
	if err := s.put("x"); err != nil {
		t.Fatal(err)
	}
	if list := <-got; len(list) != 1 || list[0].Body != "x" || time.Since(begin) > 5*time.Second {
		t.Errorf("received %v after %v", list, time.Since(begin))
	}

	got = s.waits(t)
	s.Hurry()
	if list := <-got; len(list) != 0 || time.Since(begin) > 5*time.Second {
		t.Errorf("received %v after %v", list, time.Since(begin))
	}
}

func TestLongPollEndsWithItsQueue(t *testing.T) {
	s := start(t)
	s.make(t, "q", nil)
	ended := make(chan error, 1)
	go func() {
		_, err := s.fetch(1, 20)
		ended <- err
	}()
	for polling := false; !polling; {
		s.bells.mu.Lock()
		polling = len(s.bells.listeners) > 0
		s.bells.mu.Unlock()
	}
	if _, err := s.deleteQueue(context.Background(), s.call(), &DeleteQueueInput{queueURL{address}}); err != nil {
		t.Fatal(err)
	}
	if e, ok := errors.AsType[*aws.Error](<-ended); !ok || e.Code != "QueueDoesNotExist" {
		t.Errorf("the poll ended with %v", e)
	}
}

func TestLongPollByTheClock(t *testing.T) {
	s := start(t)
	s.make(t, "q", map[string]string{"DelaySeconds": "5"})
	if err := s.put("x"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		step time.Duration
		want int
	}{{5 * time.Second, 1}, {20 * time.Second, 0}} {
		got := s.waits(t)
		begin := s.Clock.Now()
		if err := s.Clock.Advance(context.Background(), c.step); err != nil {
			t.Fatal(err)
		}
		if list := <-got; len(list) != c.want || !s.Clock.Now().Equal(begin.Add(c.step)) {
			t.Errorf("after %v there are %v", c.step, list)
		}
	}
}

func TestDigests(t *testing.T) {
	// From the AWS CLI, which checks what it is told.
	got := digest(map[string]MessageAttributeValue{
		"x": {DataType: "String", StringValue: "1"},
		"b": {DataType: "Binary", BinaryValue: []byte{0, 1}},
	})
	if got != "2d450dfd25b390644d36c8e7e197f7fe" || digest(nil) != "" {
		t.Errorf("digest %s", got)
	}
}

func TestReceiver(t *testing.T) {
	s := start(t)
	s.make(t, "q", map[string]string{"Policy": `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"events.amazonaws.com"},
		"Action":"sqs:SendMessage","Resource":"arn:aws:sqs:eu-west-3:000000000000:q","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:events:eu-west-3:000000000000:rule/r"}}}]}`})
	const arn = "arn:aws:sqs:eu-west-3:000000000000:q"
	if err := s.Check(s.call(), arn); err != nil {
		t.Error(err)
	}
	if err := s.Check(s.call(), arn+"x"); err == nil {
		t.Error("a queue that does not exist can receive")
	}
	event := func(source aws.ARN, target aws.ARN) error {
		e := &deliver.Event{Target: target, Payload: []byte("hi"), Scope: s.call().Scope, Service: "events.amazonaws.com", Source: source, Attributes: map[string]string{"a": "1"}}
		c := s.call()
		c.Principal = e.Principal()
		return s.Receive(context.Background(), c, e)
	}
	if err := event("arn:aws:events:eu-west-3:000000000000:rule/r", arn); err != nil {
		t.Error(err)
	}
	for _, target := range []aws.ARN{arn, arn + "x"} {
		err := event("arn:aws:events:eu-west-3:000000000000:rule/other", target)
		if err == nil || deliver.Permanent(err).Error() != err.Error() {
			t.Errorf("sending to %s ended with %v", target, err)
		}
	}
	list, err := s.fetch(10, 0)
	if err != nil || len(list) != 1 || list[0].Body != "hi" || list[0].Attributes["SenderId"] != "events.amazonaws.com" {
		t.Errorf("received %v, %v", list, err)
	}
}

func TestSweep(t *testing.T) {
	s := start(t)
	s.make(t, "q", map[string]string{"MessageRetentionPeriod": "60"})
	for i := range 3 {
		if err := s.put(fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	visible := meter.Series{
		Scope: s.call().Scope, Namespace: "AWS/SQS", Metric: "ApproximateNumberOfMessagesVisible", Unit: meter.Count, Dimensions: "QueueName\x00q\x00",
	}
	for s.Clock.Now().Before(epoch.Add(3 * time.Minute)) {
		if err := s.Clock.Advance(context.Background(), time.Minute); err != nil {
			t.Fatal(err)
		}
	}
	var sums []float64
	minutes := s.Meter.Minutes(visible)
	for _, m := range slices.Sorted(maps.Keys(minutes)) {
		sums = append(sums, minutes[m].Sum)
	}
	if !slices.Equal(sums, []float64{3, 0, 0}) {
		t.Errorf("visible by the minute: %v", sums)
	}
	if err := s.DB.View(func(tx *store.Tx) error {
		for _, name := range []string{"sqs/body", "sqs/state", "sqs/due"} {
			p := store.AppendPart(nil, name)
			for k := range tx.Scan(p, store.PrefixEnd(p)) {
				t.Errorf("%q is left", k)
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("AAAAAAAAAAEAAAAAAAAAAgAAAAE=")
	f.Add(`{"deadLetterTargetArn":"arn:aws:sqs:eu-west-3:000000000000:q","maxReceiveCount":"3"}`)
	f.Add(`{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:eu-west-3:000000000000:q"]}`)
	f.Fuzz(func(t *testing.T, text string) {
		if h, err := parseHandle(&queue{UID: 1}, text); err == nil && h.String() != text {
			if again, err := parseHandle(&queue{UID: 1}, h.String()); err != nil || again != h {
				t.Errorf("%q is %+v, which is written %q", text, h, h)
			}
		}
		if p, err := parseRedrive(text); err == nil && p != nil && (p.Max < 1 || p.Max > 1000) {
			t.Errorf("%q allows %d", text, p.Max)
		}
		if p, err := parseRedriveAllow(text); err == nil && p.Permission == "" {
			t.Errorf("%q permits nothing", text)
		}
	})
}
