package events

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
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

var (
	epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	scope = aws.Scope{Account: "000000000000", Region: "eu-west-3"}
)

// byPolicy lets in whom the resource's policy does.
type byPolicy struct{}

func (byPolicy) Allowed(_ context.Context, c *aws.Call, a service.Access) bool {
	d := policy.Decide(&policy.Case{
		Request:        policy.Request{Principal: c.Principal, Action: a.Action, Resource: a.Resource, Keys: func(string) []string { return nil }},
		ResourcePolicy: a.ResourcePolicy, Owner: a.Owner,
	})
	return d.Allowed
}

// world is an EventBridge whose targets take what they get, or answer with an
// error.
type world struct {
	*Service
	t    *testing.T
	stop func()

	mu     sync.Mutex
	answer error
	got    []*deliver.Event
}

func (w *world) Check(*aws.Call, aws.ARN) error { return nil }

func (w *world) Receive(_ context.Context, _ *aws.Call, e *deliver.Event) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.answer != nil && !strings.HasSuffix(string(e.Target), ":dead") {
		return w.answer
	}
	w.got = append(w.got, e)
	return nil
}

// start returns a running service over a store, at a time after the epoch.
func start(t *testing.T, db *store.DB, ahead time.Duration) *world {
	t.Helper()
	c := clock.New(func() time.Time { return epoch }, ahead)
	w := &world{t: t}
	targets := &deliver.Router{}
	targets.Mount("sqs", w)
	w.Service = New(Deps{DB: db, IDs: aws.NewIDs(nil), Clock: c, Meter: meter.NewMeter(c.Now), Targets: targets, Authorizer: byPolicy{}})
	targets.Mount("events", w.Service)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- w.Run(ctx) }()
	w.stop = func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
	return w
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := store.OpenMemory()
	w := start(t, db, 0)
	t.Cleanup(func() {
		w.stop()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *world) call() *aws.Call {
	return &aws.Call{
		Scope: scope, Time: w.Clock.Now(), Principal: &aws.Principal{Kind: aws.Root, Account: scope.Account, ID: string(scope.Account)},
	}
}

func (w *world) schedule(name, expression string) {
	w.t.Helper()
	_, err := w.putRule(context.Background(), w.call(), &PutRuleInput{ruleName: ruleName{Name: name}, ScheduleExpression: expression})
	if err != nil {
		w.t.Fatal(err)
	}
	w.targets(name, Target{Id: "q", Arn: "arn:aws:sqs:eu-west-3:000000000000:" + name})
}

func (w *world) targets(rule string, targets ...Target) {
	w.t.Helper()
	if _, err := w.putTargets(context.Background(), w.call(), &PutTargetsInput{rulesTargets{Rule: rule}, targets}); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) advance(d time.Duration) {
	w.t.Helper()
	if err := w.Clock.Advance(context.Background(), d); err != nil {
		w.t.Fatal(err)
	}
}

// fired polls until so many events came, and returns the rule and time of each
// in order of time.
func (w *world) fired(n int) (list []string) {
	w.t.Helper()
	for timeout := time.After(20 * time.Second); ; {
		w.mu.Lock()
		list = nil
		for _, e := range w.got {
			var ev event
			if err := json.Unmarshal(e.Payload, &ev); err != nil {
				w.t.Fatal(err)
			}
			list = append(list, ev.Time+" "+ruleOf(e.Source))
		}
		w.mu.Unlock()
		if len(list) >= n {
			slices.Sort(list)
			return list
		}
		select {
		case <-timeout:
			w.t.Fatalf("%d came: %q", len(list), list)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestSchedulesFollowTheClock(t *testing.T) {
	w := newWorld(t)
	w.schedule("hourly", "rate(1 hour)")
	w.schedule("daily", "cron(0 4 * * ? *)")
	w.advance(25 * time.Hour)
	list := w.fired(27)
	if len(list) != 27 || slices.Contains(list[1:], list[0]) || len(slices.Compact(slices.Clone(list))) != 27 {
		t.Fatalf("%d fired: %q", len(list), list)
	}
	for _, want := range []string{"2026-01-02T04:00:00Z daily", "2026-01-02T04:04:05Z hourly", "2026-01-03T04:00:00Z daily", "2026-01-03T04:04:05Z hourly"} {
		if !slices.Contains(list, want) {
			t.Errorf("%q is missing", want)
		}
	}
	// Changing what is not the schedule does not begin it anew, and switching it off ends it.
	if _, err := w.disableRule(context.Background(), w.call(), &DisableRuleInput{ruleName{Name: "hourly"}}); err != nil {
		t.Fatal(err)
	}
	w.advance(24 * time.Hour)
	if list := w.fired(28); len(list) != 28 || list[27] != "2026-01-04T04:00:00Z daily" {
		t.Errorf("%d fired, last %q", len(list), list[len(list)-1])
	}
	count := w.Meter.Minutes(meter.Series{Scope: scope, Namespace: "AWS/Events", Metric: "TriggeredRules", Unit: meter.Count, Dimensions: "RuleName\x00daily\x00"})
	if len(count) != 3 {
		t.Errorf("triggered in %d minutes", len(count))
	}
}

func TestDowntime(t *testing.T) {
	db := store.OpenMemory()
	w := start(t, db, 0)
	w.schedule("minutely", "rate(1 minute)")
	w.schedule("weekly", "cron(0 4 ? * MON *)")
	w.stop()
	w = start(t, db, 49*time.Hour) // a Sunday, 04:04:05
	t.Cleanup(func() {
		w.stop()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if list := w.fired(1); len(list) != 1 || list[0] != "2026-01-04T04:04:05Z minutely" {
		t.Errorf("%q", list)
	}
	w.advance(24 * time.Hour)
	if list := w.fired(1442); len(list) != 1442 || !slices.Contains(list, "2026-01-05T04:00:00Z weekly") {
		t.Errorf("%d fired", len(list))
	}
}

// TestSchedulesSurviveACrash stops the machine while schedules fire, and counts
// what came before and after.
func TestSchedulesSurviveACrash(t *testing.T) {
	fs := vfs.NewCrashableMem()
	db, err := store.OpenFS(fs, "store")
	if err != nil {
		t.Fatal(err)
	}
	w := start(t, db, 0)
	for i := range 5 {
		w.schedule(fmt.Sprint("r", i), "rate(1 minute)")
	}
	moved := make(chan error, 1)
	go func() { moved <- w.Clock.Advance(context.Background(), 30*time.Minute) }()
	w.fired(20)
	after := fs.CrashClone(vfs.CrashCloneCfg{})
	before := map[string]bool{}
	w.mu.Lock()
	for _, e := range w.got {
		before[e.ID] = true
	}
	w.mu.Unlock()
	if err := <-moved; err != nil {
		t.Fatal(err)
	}
	w.stop()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	// What had fired is on its way or was received; what had not fires now: each
	// occurrence under one id.
	if db, err = store.OpenFS(after, "store"); err != nil {
		t.Fatal(err)
	}
	next := map[string]time.Time{}
	pending := 0
	if err := db.View(func(tx *store.Tx) error {
		for _, r := range w.rules.Everywhere(tx) {
			next[r.Name] = r.Next
			pending += int(r.Next.Sub(epoch)/time.Minute) - 1
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if len(next) != 5 || pending == 0 {
		t.Fatalf("%v", next)
	}
	w = start(t, db, 0)
	w.advance(30 * time.Minute)
	ids := map[string]string{}
	for timeout := time.After(20 * time.Second); len(ids) < 5*30; {
		w.mu.Lock()
		for _, e := range w.got {
			var ev event
			if err := json.Unmarshal(e.Payload, &ev); err != nil {
				t.Fatal(err)
			}
			occurrence := ruleOf(e.Source) + " " + ev.Time
			if other, again := ids[occurrence]; again && other != ev.ID {
				t.Fatalf("%s fired as %s and as %s", occurrence, other, ev.ID)
			}
			ids[occurrence] = ev.ID
		}
		got := len(w.got) + len(before)
		w.mu.Unlock()
		if got >= 5*30 {
			break // the rest came before the crash
		}
		select {
		case <-timeout:
			t.Fatalf("%d of %d occurrences came after the crash, %d before", len(ids), 5*30, len(before))
		case <-time.After(time.Millisecond):
		}
	}
	w.stop()
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestDeadLetters(t *testing.T) {
	w := newWorld(t)
	if _, err := w.putRule(context.Background(), w.call(), &PutRuleInput{ruleName: ruleName{Name: "r"}, EventPattern: `{"source":["shop"]}`}); err != nil {
		t.Fatal(err)
	}
	w.targets("r", Target{Id: "q", Arn: "arn:aws:sqs:eu-west-3:000000000000:q", DeadLetterConfig: &DeadLetterConfig{Arn: "arn:aws:sqs:eu-west-3:000000000000:dead"}})
	w.answer = deliver.Permanent(aws.Errorf(403, "AccessDeniedException", "no"))
	out, err := w.putEvents(context.Background(), w.call(), &PutEventsInput{[]PutEventsRequestEntry{{Source: "shop", DetailType: "x", Detail: "{}"}}})
	if err != nil || out.FailedEntryCount != 0 {
		t.Fatal(out, err)
	}
	w.fired(1)
	e := w.got[0]
	if e.Target != "arn:aws:sqs:eu-west-3:000000000000:dead" || e.Attributes["ERROR_CODE"] != "NO_PERMISSIONS" || e.Attributes["ERROR_MESSAGE"] != "no" ||
		e.Attributes["TARGET_ARN"] != "arn:aws:sqs:eu-west-3:000000000000:q" || e.Attributes["RULE_ARN"] != "arn:aws:events:eu-west-3:000000000000:rule/r" {
		t.Errorf("%+v", e)
	}
	for metric, want := range map[string]float64{"MatchedEvents": 1, "TriggeredRules": 1, "Invocations": 1, "FailedInvocations": 1} {
		m := w.Meter.Minutes(meter.Series{Scope: scope, Namespace: "AWS/Events", Metric: metric, Unit: meter.Count, Dimensions: "RuleName\x00r\x00"})
		if m[epoch.Unix()/60].Sum != want {
			t.Errorf("%s: %v", metric, m)
		}
	}
	if used := w.Meter.Used(); len(used) != 1 {
		t.Errorf("used: %v", used)
	}
}

func TestBusPolicies(t *testing.T) {
	w := newWorld(t)
	if _, err := w.putRule(context.Background(), w.call(), &PutRuleInput{ruleName: ruleName{Name: "r"}, EventPattern: `{"source":["x"]}`}); err != nil {
		t.Fatal(err)
	}
	w.targets("r", Target{Id: "q", Arn: "arn:aws:sqs:eu-west-3:000000000000:q"})
	send := func(account aws.AccountID, payload string) error {
		e := &deliver.Event{
			Target: busARN(scope, defaultBus), Payload: []byte(payload), Scope: aws.Scope{Account: account, Region: "eu-west-3"}, Service: hostName,
		}
		c := w.call()
		c.Principal = e.Principal()
		return w.Service.Receive(context.Background(), c, e)
	}
	const payload = `{"source":"x","detail-type":"y","detail":{}}`
	if err := send("000000000000", payload); err != nil {
		t.Error(err)
	}
	if err := send("111111111111", payload); err == nil {
		t.Error("another account's event came in")
	}
	if err := send("000000000000", "{}"); err == nil {
		t.Error("what is no event came in")
	}
	in := &PutPermissionInput{Action: "events:PutEvents", Principal: "111111111111", StatementId: "them"}
	if _, err := w.putPermission(context.Background(), w.call(), in); err != nil {
		t.Fatal(err)
	}
	if err := send("111111111111", payload); err != nil {
		t.Error(err)
	}
	w.fired(2)
	accounts := map[string]bool{}
	for _, e := range w.got {
		var ev event
		if err := json.Unmarshal(e.Payload, &ev); err != nil {
			t.Fatal(err)
		}
		accounts[ev.Account] = ev.ID != "" && ev.Version == "0"
	}
	if !accounts["000000000000"] || !accounts["111111111111"] {
		t.Errorf("%v", accounts)
	}
	if err := w.Service.Check(nil, busARN(scope, "none")); err == nil {
		t.Error("a bus that does not exist can receive")
	}
}

func FuzzTransform(f *testing.F) {
	f.Add(`{"a":<a>,"b":"x <a> y"}`, "$.detail.list[0]", `{"list":["x"]}`)
	f.Add(`"<a> is <aws.events.event>"`, "$['detail']['a']", `{"a":"\""}`)
	f.Add(`<aws.events.event.json>`, "$.detail[*].b", `{}`)
	f.Fuzz(func(t *testing.T, template, path, detail string) {
		var fields map[string]json.RawMessage
		if json.Unmarshal([]byte(detail), &fields) != nil || fields == nil {
			return
		}
		tr := &InputTransformer{InputPathsMap: map[string]string{"a": path}, InputTemplate: template}
		if tr.check() != nil {
			return
		}
		event, err := encode(map[string]any{"source": "x", "detail": fields})
		if err != nil {
			return // text that is not UTF-8
		}
		out, err := tr.apply(&rule{Name: "r", Bus: defaultBus, scope: scope}, event, epoch)
		if err != nil {
			t.Fatal(err)
		}
		d := json.NewDecoder(strings.NewReader(string(out)))
		for {
			var v any
			if err := d.Decode(&v); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("%q with %q of %s is %q: %v", template, path, event, out, err)
			}
		}
	})
}
