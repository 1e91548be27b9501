package s3

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cockroachdb/pebble/v2/vfs"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/store"
)

// listener receives for the ARNs of a service, and may refuse.
type listener struct {
	mu     sync.Mutex
	got    []deliver.Event
	as     []*aws.Principal
	refuse func(*deliver.Event) error
	fresh  chan struct{}
}

func newListener() *listener { return &listener{fresh: make(chan struct{}, 1)} }

func (l *listener) Check(_ *aws.Call, arn aws.ARN) error {
	if strings.HasSuffix(string(arn), ":none") {
		return aws.Errorf(400, "NonExistentQueue", "The specified queue does not exist.")
	}
	return nil
}

func (l *listener) Receive(_ context.Context, c *aws.Call, e *deliver.Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.refuse != nil {
		if err := l.refuse(e); err != nil {
			return err
		}
	}
	l.got, l.as = append(l.got, *e), append(l.as, c.Principal)
	select {
	case l.fresh <- struct{}{}:
	default:
	}
	return nil
}

// wait returns what was received once it is n events.
func (l *listener) wait(t testing.TB, n int) []deliver.Event {
	t.Helper()
	timeout := time.After(20 * time.Second)
	for {
		l.mu.Lock()
		got := slices.Clone(l.got)
		l.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-l.fresh:
		case <-timeout:
			t.Fatalf("%d events came, want %d", len(got), n)
		}
	}
}

// deliverNow runs the queue until the test ends, or stop is called.
func (w *world) deliverNow() (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- w.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			w.t.Error(err)
		}
	})
	w.t.Cleanup(stop)
	return stop
}

func (w *world) notify(bucket string, n *NotificationConfiguration) {
	w.t.Helper()
	do[Empty](w, &PutBucketNotificationConfigurationInput{onBucket: on(bucket), NotificationConfiguration: n})
}

func toQueue(name string, events ...string) *NotificationConfiguration {
	return &NotificationConfiguration{QueueConfigurations: []QueueConfiguration{{Id: name, QueueArn: "arn:aws:sqs:eu-west-3:000000000000:" + name, Events: events}}}
}

func TestNotifications(t *testing.T) {
	w := newWorld(t)
	queues, functions, bus := newListener(), newListener(), newListener()
	w.targets.Mount("sqs", queues)
	w.targets.Mount("lambda", functions)
	w.targets.Mount("events", bus)
	w.bucket("photos")
	config := toQueue("all", "s3:ObjectRemoved:*", "s3:ObjectTagging:*")
	config.LambdaFunctionConfigurations = []LambdaFunctionConfiguration{{
		Id: "photos", LambdaFunctionArn: "arn:aws:lambda:eu-west-3:000000000000:function:ProcessProfilePhoto", Events: []string{"s3:ObjectCreated:*"},
		Filter: &NotificationConfigurationFilter{&S3KeyFilter{[]FilterRule{{"prefix", "profile-photos/"}, {"suffix", ".jpg"}}}},
	}}
	config.EventBridgeConfiguration = &Empty{}
	w.notify("photos", config)
	if got := queues.wait(t, 1); string(got[0].Payload) != `{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2026-11-22T08:00:00.000Z","Bucket":"photos","RequestId":"","HostId":""}` {
		t.Errorf("the queue was tested with %s", got[0].Payload)
	}
	w.deliverNow()

	key := "profile-photos/u 1/photo+ä.jpg"
	do[PutObjectOutput](w, put("photos", key, "first"))
	do[PutObjectOutput](w, put("photos", "videos/1.jpg", "not told to the function"))
	do[PutObjectOutput](w, put("photos", "profile-photos/1.png", "nor this"))
	do[CopyObjectOutput](w, &CopyObjectInput{onObject: at("photos", "profile-photos/copy.jpg"), copySource: copySource{CopySource: "photos/profile-photos/1.png"}})
	do[PutObjectTaggingOutput](w, &PutObjectTaggingInput{onObject: at("photos", key), Tagging: &Tagging{TagSet: []Tag{{"a", "b"}}}})
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("photos", key)})
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("photos", key)}) // it is gone: nothing happens
	w.versioning("photos", versioningEnabled)
	version := do[PutObjectOutput](w, put("photos", key, "second")).VersionId
	marker := do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("photos", key)}).VersionId
	do[DeleteObjectsOutput](w, &DeleteObjectsInput{onBucket: on("photos"), Delete: &Delete{Objects: []ObjectIdentifier{{Key: key, VersionId: version}}}})

	names := func(events []deliver.Event) (names []string) {
		for _, e := range events {
			var v records
			if err := json.Unmarshal(e.Payload, &v); err != nil {
				t.Fatal(err)
			}
			r := v.Records[0]
			names = append(names, fmt.Sprintf("%s %s %s", r.EventName, r.S3.Object.Key, r.S3.Object.VersionID))
		}
		slices.Sort(names) // keys are independent
		return names
	}
	encoded := "profile-photos/u+1/photo%2B%C3%A4.jpg"
	if got, want := names(functions.wait(t, 3)), []string{
		"ObjectCreated:Copy profile-photos/copy.jpg ", "ObjectCreated:Put " + encoded + " ", "ObjectCreated:Put " + encoded + " " + version,
	}; !slices.Equal(got, want) {
		t.Errorf("the function got %q, want %q", got, want)
	}
	if got, want := names(queues.wait(t, 5)[1:]), []string{
		"ObjectRemoved:Delete " + encoded + " ", "ObjectRemoved:Delete " + encoded + " " + version,
		"ObjectRemoved:DeleteMarkerCreated " + encoded + " " + marker, "ObjectTagging:Put " + encoded + " ",
	}; !slices.Equal(got, want) {
		t.Errorf("the queue got %q, want %q", got, want)
	}
	kinds := map[string]int{}
	for _, e := range bus.wait(t, 9) {
		var v bridgeEvent
		if err := json.Unmarshal(e.Payload, &v); err != nil {
			t.Fatal(err)
		}
		kinds[v.DetailType+" "+v.Detail.Reason+" "+v.Detail.DeletionType]++
		if e.Target != "arn:aws:events:eu-west-3:000000000000:event-bus/default" {
			t.Errorf("%s was sent to %s", v.DetailType, e.Target)
		}
	}
	if want := "map[Object Created CopyObject :1 Object Created PutObject :4 Object Deleted DeleteObject Delete Marker Created:1 Object Deleted DeleteObject Permanently Deleted:2 Object Tags Added  :1]"; fmt.Sprint(kinds) != want {
		t.Errorf("the bus got %v, want %s", kinds, want)
	}
	for _, p := range slices.Concat(queues.as, functions.as, bus.as) {
		if p.Kind != aws.ServicePrincipal || p.Name != "s3.amazonaws.com" || p.Keys["aws:SourceArn"][0] != "arn:aws:s3:::photos" || p.Keys["aws:SourceAccount"][0] != testAccount {
			t.Errorf("an event came from %+v", p)
		}
	}
}

// TestNotificationForm holds the form of an event, to the letter.
func TestNotificationForm(t *testing.T) {
	w := newWorld(t)
	queues := newListener()
	w.targets.Mount("sqs", queues)
	w.bucket("photos")
	w.notify("photos", toQueue("q", "s3:ObjectCreated:*"))
	w.deliverNow()
	do[PutObjectOutput](w, put("photos", "a b", "first"))
	got := string(queues.wait(t, 2)[1].Payload)
	var v records
	if err := json.Unmarshal([]byte(got), &v); err != nil {
		t.Fatal(err)
	}
	want := `{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-west-3","eventTime":"2026-11-22T08:00:00.000Z","eventName":"ObjectCreated:Put",` +
		`"userIdentity":{"principalId":"AWS:"},"requestParameters":{"sourceIPAddress":""},"responseElements":{"x-amz-id-2":"","x-amz-request-id":""},` +
		`"s3":{"s3SchemaVersion":"1.0","configurationId":"q","bucket":{"name":"photos","ownerIdentity":{"principalId":"` + v.Records[0].S3.Bucket.OwnerIdentity.PrincipalID + `"},"arn":"arn:aws:s3:::photos"},` +
		`"object":{"key":"a+b","size":5,"eTag":"8b04d5e3775d298e78455efc5ca404d5","sequencer":"` + v.Records[0].S3.Object.Sequencer + `"}}}]}`
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// TestNotificationTargets holds that a target is refused when it is configured
// and not when it is too late.
func TestNotificationTargets(t *testing.T) {
	w := newWorld(t)
	queues := newListener()
	w.targets.Mount("sqs", queues)
	w.bucket("photos")
	for _, n := range []*NotificationConfiguration{
		toQueue("none", "s3:ObjectCreated:*"),
		{TopicConfigurations: []TopicConfiguration{{TopicArn: "arn:aws:sns:eu-west-3:000000000000:t", Events: []string{"s3:ObjectCreated:*"}}}},
	} {
		e := w.refused("InvalidArgument", &PutBucketNotificationConfigurationInput{onBucket: on("photos"), NotificationConfiguration: n})
		if e.Message != "Unable to validate the following destination configurations" {
			t.Errorf("%+v: %v", n, e)
		}
	}
	queues.refuse = func(*deliver.Event) error { return deliver.Permanent(aws.Errorf(403, "AccessDenied", "no")) }
	w.refused("InvalidArgument", &PutBucketNotificationConfigurationInput{onBucket: on("photos"), NotificationConfiguration: toQueue("q", "s3:ObjectCreated:*")})
	if out := do[NotificationConfiguration](w, &GetBucketNotificationConfigurationInput{onBucket: on("photos")}); len(out.list()) > 0 {
		t.Errorf("the bucket has %+v", out)
	}
}

// TestNotificationsSurviveACrash crashes between the writes and the delivery.
func TestNotificationsSurviveACrash(t *testing.T) {
	fs := vfs.NewCrashableMem()
	open := func() *store.DB {
		db, err := store.OpenFS(fs, "store")
		if err != nil {
			t.Fatal(err)
		}
		return db
	}
	db := open()
	w := worldOn(t, db)
	w.targets.Mount("sqs", newListener())
	w.bucket("photos")
	w.notify("photos", toQueue("q", "s3:ObjectCreated:*", "s3:ObjectRemoved:*"))
	for i := range 40 {
		do[PutObjectOutput](w, put("photos", fmt.Sprint(i%4), fmt.Sprint("content ", i)))
		if i%10 == 9 {
			do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("photos", fmt.Sprint(i%4))})
		}
	}
	fs = fs.CrashClone(vfs.CrashCloneCfg{})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = open()
	t.Cleanup(func() { db.Close() })
	w = worldOn(t, db)
	queues := newListener()
	refused := 0
	queues.refuse = func(*deliver.Event) error { // the first attempts fail
		if refused++; refused <= 3 {
			return context.DeadlineExceeded
		}
		return nil
	}
	w.targets.Mount("sqs", queues)
	w.deliverNow()
	// Time goes on, so that what failed is tried again.
	if err := w.Clock.Advance(t.Context(), time.Hour); err != nil {
		t.Fatal(err)
	}
	sizes := map[string][]string{}
	last := map[string]string{}
	for _, e := range queues.wait(t, 44) {
		var v records
		if err := json.Unmarshal(e.Payload, &v); err != nil {
			t.Fatal(err)
		}
		o := v.Records[0].S3.Object
		if o.Sequencer <= last[o.Key] {
			t.Errorf("%s comes after %s", o.Sequencer, last[o.Key])
		}
		last[o.Key] = o.Sequencer
		sizes[o.Key] = append(sizes[o.Key], string(v.Records[0].EventName))
	}
	for key, want := range map[string]int{"0": 10, "1": 12, "2": 10, "3": 12} {
		if len(sizes[key]) != want {
			t.Errorf("%d events of the key %s, want %d", len(sizes[key]), key, want)
		}
	}
}
