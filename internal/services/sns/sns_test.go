package sns

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

var (
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	scope = aws.Scope{Account: "000000000000", Region: "eu-west-3"}
)

// byPolicy lets in whom the resource's policy does.
type byPolicy struct{}

func (byPolicy) Allowed(_ context.Context, c *aws.Call, a service.Access) bool {
	d := policy.Decide(&policy.Case{
		Request: policy.Request{Principal: c.Principal, Action: a.Action, Resource: a.Resource, Keys: func(name string) []string {
			if name == "aws:sourceowner" {
				return a.Keys["aws:SourceOwner"]
			}
			return nil
		}},
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner,
	})
	return d.Allowed
}

// world is an SNS with endpoints that take what they get, or answer with an
// error.
type world struct {
	*Service
	t      *testing.T
	events chan *deliver.Event // of queues and functions
	posts  chan posted

	mu     sync.Mutex
	answer error
	status int
}

type posted struct {
	url    string
	header http.Header
	body   envelope
	raw    string
}

func (w *world) Check(_ *aws.Call, arn aws.ARN) error { return nil }

func (w *world) Receive(_ context.Context, _ *aws.Call, e *deliver.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answer != nil && !strings.HasSuffix(string(e.Target), ":dead") {
		return w.answer
	}
	w.events <- e
	return nil
}

func (w *world) post(_ context.Context, url string, h http.Header, body []byte) (int, error) {
	p := posted{url: url, header: h, raw: string(body)}
	if json.Unmarshal(body, &p.body) != nil && h.Get("X-Amz-Sns-Rawdelivery") == "" {
		w.t.Errorf("posted %q", body)
	}
	w.posts <- p
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.status, nil
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := store.OpenMemory()
	c := clock.New(func() time.Time { return epoch }, 0)
	w := &world{t: t, events: make(chan *deliver.Event, 100), posts: make(chan posted, 100), status: http.StatusOK}
	targets := &deliver.Router{}
	targets.Mount("sqs", w)
	targets.Mount("lambda", w)
	w.Service = New(Deps{
		DB: db, IDs: aws.NewIDs(nil), Clock: c, Meter: meter.NewMeter(c.Now), Mail: mail.NewBox(db), Targets: targets, Authorizer: byPolicy{}, Post: w.post,
	})
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := errors.Join(<-ended, db.Close()); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.createTopic(ctx, w.call(), &CreateTopicInput{Name: "t"}); err != nil {
		t.Fatal(err)
	}
	return w
}

const topicName = "arn:aws:sns:eu-west-3:000000000000:t"

func (w *world) call() *aws.Call {
	return &aws.Call{
		Scope: scope, Time: w.Clock.Now(), Host: "localhost:4566", RequestID: "r",
		Principal: &aws.Principal{Kind: aws.Root, Account: scope.Account, ID: string(scope.Account)},
	}
}

func (w *world) join(protocol, endpoint string, attributes ...string) string {
	w.t.Helper()
	in := &SubscribeInput{topicARN: topicARN{topicName}, Protocol: protocol, Endpoint: endpoint, ReturnSubscriptionArn: true, Attributes: map[string]string{}}
	for i := 0; i+1 < len(attributes); i += 2 {
		in.Attributes[attributes[i]] = attributes[i+1]
	}
	out, err := w.subscribe(context.Background(), w.call(), in)
	if err != nil {
		w.t.Fatal(err)
	}
	return out.SubscriptionArn
}

// lastMail is the text of the newest mail to an address.
func (w *world) lastMail(to string) string {
	w.t.Helper()
	all, err := w.Mail.List(to, 1)
	if err != nil || len(all) == 0 {
		w.t.Fatalf("%d mails to %s, %v", len(all), to, err)
	}
	return all[0].Body
}

func (w *world) tell(n notice) {
	w.t.Helper()
	if _, err := w.publish(context.Background(), w.call(), &PublishInput{topicARN: topicARN{topicName}, notice: n}); err != nil {
		w.t.Fatal(err)
	}
}

// next waits for what comes.
func next[T any](t *testing.T, ch <-chan T) (v T) {
	t.Helper()
	select {
	case v = <-ch:
	case <-time.After(20 * time.Second):
		t.Fatal("nothing came")
	}
	return v
}

func TestDelivery(t *testing.T) {
	w := newWorld(t)
	w.join("sqs", "arn:aws:sqs:eu-west-3:000000000000:q")
	attributes := map[string]MessageAttributeValue{"b": {DataType: "Binary", BinaryValue: []byte{0, 1}}, "n": {DataType: "Number", StringValue: "5"}}
	w.tell(notice{Message: "<hello>", Subject: "Hi", MessageAttributes: attributes})
	e := next(t, w.events)
	var got envelope
	if err := json.Unmarshal(e.Payload, &got); err != nil {
		t.Fatal(err)
	}
	if e.Target != "arn:aws:sqs:eu-west-3:000000000000:q" || e.Service != "sns.amazonaws.com" || e.Source != topicName ||
		got.Type != "Notification" || got.Message != "<hello>" || *got.Subject != "Hi" || got.Attributes["b"] != (attribute{"Binary", "AAE="}) ||
		got.Timestamp != "2026-01-02T03:04:05.000Z" || !strings.Contains(string(e.Payload), "<hello>") {
		t.Errorf("%+v carries %s", e, e.Payload)
	}

	w = newWorld(t)
	w.join("sqs", "arn:aws:sqs:eu-west-3:000000000000:q", "RawMessageDelivery", "true")
	w.tell(notice{Message: "raw", MessageAttributes: attributes})
	e = next(t, w.events)
	if string(e.Payload) != "raw" || e.Attributes["b"] != "AAE=" || e.Types["b"] != "Binary" || e.Attributes["n"] != "5" || e.Types["n"] != "Number" {
		t.Errorf("%+v carries %s", e, e.Payload)
	}

	w = newWorld(t)
	sub := w.join("lambda", "arn:aws:lambda:eu-west-3:000000000000:function:f")
	w.tell(notice{Message: `{"default":"d","lambda":"l"}`, MessageStructure: "json"})
	var event struct {
		Records []struct {
			EventSource, EventSubscriptionArn string
			Sns                               map[string]any
		}
	}
	if err := json.Unmarshal(next(t, w.events).Payload, &event); err != nil || len(event.Records) != 1 {
		t.Fatal(err, event)
	}
	r := event.Records[0]
	subject, there := r.Sns["Subject"]
	if r.EventSource != "aws:sns" || r.EventSubscriptionArn != sub || r.Sns["Message"] != "l" || r.Sns["SigningCertUrl"] == nil || subject != nil || !there {
		t.Errorf("%+v", r)
	}
}

func TestDeadLetters(t *testing.T) {
	const dead = `{"deadLetterTargetArn":"arn:aws:sqs:eu-west-3:000000000000:dead"}`
	w := newWorld(t)
	w.answer = deliver.Permanent(errors.New("no"))
	w.join("lambda", "arn:aws:lambda:eu-west-3:000000000000:function:f", "RedrivePolicy", dead)
	w.tell(notice{Message: "x"})
	e := next(t, w.events)
	var got envelope
	if err := json.Unmarshal(e.Payload, &got); err != nil || e.Target != "arn:aws:sqs:eu-west-3:000000000000:dead" || got.Message != "x" {
		t.Errorf("%s got %s (%v)", e.Target, e.Payload, err)
	}
	series := meter.Series{Scope: scope, Namespace: "AWS/SNS", Metric: "NumberOfNotificationsFailed", Unit: meter.Count, Dimensions: "TopicName\x00t\x00"}
	if m := w.Meter.Minutes(series); len(m) != 1 || m[epoch.Unix()/60].Sum != 1 {
		t.Errorf("failed: %v", m)
	}
}

func TestConfirmation(t *testing.T) {
	w := newWorld(t)
	sub := w.join("http", "http://example.org/hook", "RawMessageDelivery", "true")
	w.tell(notice{Message: "too early"})
	p := next(t, w.posts)
	if p.url != "http://example.org/hook" || p.header.Get("X-Amz-Sns-Message-Type") != "SubscriptionConfirmation" || p.body.Token == "" ||
		!strings.HasPrefix(p.body.SubscribeURL, "http://localhost:4566/?Action=ConfirmSubscription&") {
		t.Fatalf("%+v", p)
	}
	open := func(url string) (int, string) {
		t.Helper()
		r := httptest.NewRequest(http.MethodGet, url, nil)
		if !w.Claims(r) {
			t.Fatalf("%s is not ours", url)
		}
		a := httptest.NewRecorder()
		w.ServeHTTP(a, r, w.call())
		return a.Code, a.Body.String()
	}
	if status, text := open(strings.Replace(p.body.SubscribeURL, p.body.Token, "x", 1)); status != http.StatusBadRequest || !strings.Contains(text, "InvalidParameter") {
		t.Errorf("%d %s", status, text)
	}
	for range 2 { // a link can be opened twice
		if status, text := open(p.body.SubscribeURL); status != http.StatusOK || !strings.Contains(text, "<SubscriptionArn>"+sub) {
			t.Errorf("%d %s", status, text)
		}
	}
	w.tell(notice{Message: "now"})
	p = next(t, w.posts)
	if p.raw != "now" || p.header.Get("X-Amz-Sns-Rawdelivery") != "true" || p.header.Get("X-Amz-Sns-Subscription-Arn") != sub {
		t.Errorf("%+v", p)
	}

	// An endpoint that is busy is asked again, by the clock.
	w.mu.Lock()
	w.status = http.StatusServiceUnavailable
	w.mu.Unlock()
	w.tell(notice{Message: "again"})
	next(t, w.posts)
	w.mu.Lock()
	w.status = http.StatusOK
	w.mu.Unlock()
	if err := w.Clock.Advance(context.Background(), 20*time.Second); err != nil {
		t.Fatal(err)
	}
	if p := next(t, w.posts); p.raw != "again" {
		t.Errorf("%+v", p)
	}

	unsubscribe := (&subscription{ID: sub[len(topicName)+1:], Topic: topicName, Origin: "http://localhost:4566"}).link("Unsubscribe", "SubscriptionArn", sub)
	for range 2 {
		if status, text := open(unsubscribe); status != http.StatusOK || !strings.Contains(text, "UnsubscribeResponse") {
			t.Errorf("%d %s", status, text)
		}
	}
	list, err := w.listSubscriptions(context.Background(), w.call(), &ListSubscriptionsInput{})
	if err != nil || len(list.Subscriptions) != 0 {
		t.Errorf("%v, %v", list, err)
	}
}

func TestSignatures(t *testing.T) {
	w := newWorld(t)
	w.join("sqs", "arn:aws:sqs:eu-west-3:000000000000:q")
	for _, version := range []string{"1", "2"} {
		if _, err := w.setTopicAttributes(context.Background(), w.call(), &SetTopicAttributesInput{topicARN{topicName}, "SignatureVersion", version}); err != nil {
			t.Fatal(err)
		}
		w.tell(notice{Message: "hello", Subject: "Hi"})
		var e envelope
		if err := json.Unmarshal(next(t, w.events).Payload, &e); err != nil {
			t.Fatal(err)
		}
		a := httptest.NewRecorder()
		w.ServeHTTP(a, httptest.NewRequest(http.MethodGet, e.SigningCertURL, nil), w.call())
		block, _ := pem.Decode(a.Body.Bytes())
		if block == nil {
			t.Fatalf("%s: %s", e.SigningCertURL, a.Body)
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			t.Fatal(err)
		}
		signature, err := base64.StdEncoding.DecodeString(e.Signature)
		if err != nil {
			t.Fatal(err)
		}
		text := []byte("Message\nhello\nMessageId\n" + e.MessageID + "\nSubject\nHi\nTimestamp\n" + e.Timestamp + "\nTopicArn\n" + topicName + "\nType\nNotification\n")
		key := cert.PublicKey.(*rsa.PublicKey)
		if version == "1" {
			sum := sha1.Sum(text)
			err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
		} else {
			sum := sha256.Sum256(text)
			err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
		}
		if err != nil || e.SignatureVersion != version {
			t.Errorf("version %s: %v", e.SignatureVersion, err)
		}
	}
}

func TestReceiver(t *testing.T) {
	w := newWorld(t)
	w.join("sqs", "arn:aws:sqs:eu-west-3:000000000000:q", "RawMessageDelivery", "true")
	const reader = "ops@example.com"
	w.join("email", reader)
	if _, err := w.confirm(topicName, regexp.MustCompile(`Token=(\w+)`).FindStringSubmatch(w.lastMail(reader))[1], false, w.Clock.Now()); err != nil {
		t.Fatal(err)
	}
	send := func(host, text string) error {
		e := &deliver.Event{Target: topicName, Payload: []byte(text), Scope: scope, Service: host, Attributes: map[string]string{"Subject": "ALARM", "Email": "in words: " + text}}
		c := w.call()
		c.Principal = e.Principal()
		return w.Service.Receive(context.Background(), c, e)
	}
	if err := send("cloudwatch.amazonaws.com", "alarm"); err != nil {
		t.Error(err)
	}
	if err := send("s3.amazonaws.com", "object"); err == nil {
		t.Error("the default policy lets S3 publish")
	}
	err := w.change(topicName, func(tp *topic) error {
		return w.set(tp, "Policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"s3.amazonaws.com"},"Action":"sns:Publish","Resource":"*"}]}`)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := send("s3.amazonaws.com", "object"); err != nil {
		t.Error(err)
	}
	got := map[string]bool{string(next(t, w.events).Payload): true, string(next(t, w.events).Payload): true}
	if !got["alarm"] || !got["object"] {
		t.Errorf("%v", got)
	}
	if body := w.lastMail(reader); !strings.HasPrefix(body, "in words: object\n") {
		t.Errorf("who reads mail is told %q", body)
	}
	if err := w.Service.Check(w.call(), topicName); err != nil {
		t.Error(err)
	}
	if err := w.Service.Check(w.call(), topicName+"x"); err == nil {
		t.Error("a topic that does not exist can receive")
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`{"deadLetterTargetArn":"arn:aws:sqs:eu-west-3:000000000000:q"}`, "MessageBody")
	f.Add(`{"a":["x",{"prefix":"y"}]}`, "MessageAttributes")
	f.Fuzz(func(t *testing.T, text, scope string) {
		if arn, err := parseRedrive(text); err == nil && !strings.HasPrefix(string(arn), "arn:") {
			t.Errorf("%q leads to %q", text, arn)
		}
		if p, err := compileFilter(text, scope); err == nil && p == nil && text != "" {
			t.Errorf("%q filters nothing", text)
		}
		n := &notice{Message: text, MessageStructure: "json"}
		if v, err := n.versions(); err == nil {
			if _, ok := v["default"]; !ok {
				t.Errorf("%q has no default", text)
			}
		}
	})
}
