package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/counters"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/publish"
)

// An audience hears of members.
type audience struct {
	mu    sync.Mutex
	heard []string
}

func (a *audience) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	_, rest, _ := strings.Cut(string(body), `"variables":{"userId":"`)
	member, _, _ := strings.Cut(rest, `"`)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.heard = append(a.heard, member)
	if member == "ben" { // not every time it works
		w.WriteHeader(http.StatusInternalServerError)
	}
	io.WriteString(w, `{"data":{}}`)
}

func newHandler(t *testing.T, db counters.Transactor) (*handler, *audience) {
	t.Helper()
	a := &audience{}
	api := httptest.NewServer(a)
	t.Cleanup(api.Close)
	return &handler{
		counter:   counters.Counter{DB: db, UsersTable: cloudtest.Users, SocialTable: cloudtest.Social, Pause: counters.Backoff},
		publisher: publish.Publisher{URL: api.URL, Region: cloudtest.Region, Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""), HTTP: api.Client(), Now: time.Now},
	}, a
}

func follow(id, follower, followed string) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{EventID: id, EventName: "INSERT", Change: events.DynamoDBStreamRecord{
		SequenceNumber: "00" + id, ApproximateCreationDateTime: events.SecondsEpochTime{Time: time.Now()},
		Keys: map[string]events.DynamoDBAttributeValue{
			"followerId": events.NewStringAttribute(follower), "SK": events.NewStringAttribute("FOLLOWING#" + followed),
		},
	}}
}

func TestTell(t *testing.T) {
	db := cloudtest.Tables(t, cloudtest.Start(t))
	for _, id := range []string{"ana", "ben", "eva"} {
		cloudtest.Put(t, db, cloudtest.Users, map[string]any{"userId": id, "seguidores": 0, "siguiendo": 0, "puntos": 0})
	}
	h, audience := newHandler(t, db)
	batch := events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{follow("1", "ana", "ben"), follow("2", "eva", "ben"), follow("3", "ana", "gone")}}
	for range 2 { // the second time nothing changes
		res, err := h.handle(t.Context(), batch)
		if err != nil || len(res.BatchItemFailures) != 0 {
			t.Fatalf("%+v: %v", res, err)
		}
	}
	slices.Sort(audience.heard)
	if !slices.Equal(audience.heard, []string{"ana", "ben", "eva"}) {
		t.Errorf("subscribers heard of %q", audience.heard)
	}
	for id, want := range map[string][3]float64{"ana": {0, 2, 0}, "ben": {2, 0, 20}, "eva": {0, 1, 0}} {
		got := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": id})
		if got["seguidores"] != want[0] || got["siguiendo"] != want[1] || got["puntos"] != want[2] {
			t.Errorf("%v, want %v", got, want)
		}
	}
	marker := cloudtest.Get(t, db, cloudtest.Social, map[string]any{"followerId": "EVENT#1", "SK": "COUNTED"})
	if expires, _ := marker["caduca"].(float64); expires < float64(time.Now().Add(47*time.Hour).Unix()) {
		t.Errorf("the marker is %v", marker)
	}
}

type broken struct{}

func (broken) TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	return nil, errors.New("broken")
}

func TestFailureIsReported(t *testing.T) {
	h, _ := newHandler(t, broken{})
	photo := follow("1", "ana", "x")
	photo.Change.Keys["SK"] = events.NewStringAttribute("PHOTO#1")
	res, err := h.handle(t.Context(), events.DynamoDBEvent{Records: []events.DynamoDBEventRecord{photo, follow("2", "ana", "ben"), follow("3", "ana", "eva")}})
	if err != nil || len(res.BatchItemFailures) != 1 || res.BatchItemFailures[0].ItemIdentifier != "002" {
		t.Errorf("%+v: %v", res, err)
	}
}
