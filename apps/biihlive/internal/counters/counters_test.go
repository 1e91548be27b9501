package counters

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// tables are the two tables in memory: a transaction applies whole or not at
// all, and says for each write why it could not be.
type tables struct {
	t       *testing.T
	items   map[string]map[string]int // table and key, attributes
	calls   int
	largest int
	// before and after may fail a transaction: as one that conflicts with
	// another's, or as one whose answer was lost.
	before func(writes int) error
	after  func() error
}

func newTables(t *testing.T, members ...string) *tables {
	s := &tables{t: t, items: map[string]map[string]int{}}
	for _, m := range members {
		s.items["users "+m] = map[string]int{}
	}
	return s
}

func (s *tables) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	s.calls++
	s.largest = max(s.largest, len(in.TransactItems))
	if n := len(in.TransactItems); n == 0 || n > 100 {
		s.t.Fatalf("a transaction of %d writes", n)
	}
	if s.before != nil {
		if err := s.before(len(in.TransactItems)); err != nil {
			return nil, err
		}
	}
	reasons, canceled := make([]types.CancellationReason, len(in.TransactItems)), false
	seen := map[string]bool{}
	for i, w := range in.TransactItems {
		key, condition := s.target(w)
		if seen[key] {
			s.t.Fatalf("a transaction writes %s twice", key)
		}
		seen[key] = true
		_, exists := s.items[key]
		reasons[i].Code = aws.String("None")
		if exists != strings.HasPrefix(condition, "attribute_exists(") {
			reasons[i].Code, canceled = aws.String("ConditionalCheckFailed"), true
		}
	}
	if canceled {
		return nil, &types.TransactionCanceledException{CancellationReasons: reasons}
	}
	for _, w := range in.TransactItems {
		s.apply(w)
	}
	if s.after != nil {
		if err := s.after(); err != nil {
			return nil, err
		}
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func (s *tables) target(w types.TransactWriteItem) (key, condition string) {
	name := func(v types.AttributeValue) string { return v.(*types.AttributeValueMemberS).Value }
	if w.Put != nil {
		return *w.Put.TableName + " " + name(w.Put.Item["followerId"]) + " " + name(w.Put.Item["SK"]), *w.Put.ConditionExpression
	}
	return *w.Update.TableName + " " + name(w.Update.Key["userId"]), *w.Update.ConditionExpression
}

func (s *tables) apply(w types.TransactWriteItem) {
	key, _ := s.target(w)
	if w.Put != nil {
		s.items[key] = map[string]int{"caduca": s.number(w.Put.Item["caduca"])}
		return
	}
	adds, ok := strings.CutPrefix(*w.Update.UpdateExpression, "ADD ")
	if !ok {
		s.t.Fatalf("an update %q", *w.Update.UpdateExpression)
	}
	for add := range strings.SplitSeq(adds, ", ") {
		attribute, value, _ := strings.Cut(add, " ")
		s.items[key][attribute] += s.number(w.Update.ExpressionAttributeValues[value])
	}
}

func (s *tables) number(v types.AttributeValue) int {
	n, err := strconv.Atoi(v.(*types.AttributeValueMemberN).Value)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// counts are the counters of a member: followers, following, points.
func (s *tables) counts(member string) [3]int {
	u := s.items["users "+member]
	return [3]int{u["seguidores"], u["siguiendo"], u["puntos"]}
}

func (s *tables) want(member string, counts ...int) {
	s.t.Helper()
	if got := s.counts(member); !slices.Equal(got[:], counts) {
		s.t.Errorf("%s has %v, want %v", member, got, counts)
	}
}

func (s *tables) counter() *Counter {
	return &Counter{DB: s, UsersTable: "users", SocialTable: "social", Pause: func(context.Context, int) error { return nil }}
}

// count counts what has to be counted without an error.
func (s *tables) count(records ...events.DynamoDBEventRecord) []string {
	s.t.Helper()
	changed, failed, err := s.counter().Count(s.t.Context(), records)
	if err != nil || failed != "" {
		s.t.Fatalf("from %q: %v", failed, err)
	}
	return changed
}

func record(n int, name, follower, sk string) events.DynamoDBEventRecord {
	return events.DynamoDBEventRecord{EventID: fmt.Sprint("e", n), EventName: name, Change: events.DynamoDBStreamRecord{
		SequenceNumber: fmt.Sprintf("%021d", n),
		Keys: map[string]events.DynamoDBAttributeValue{
			"followerId": events.NewStringAttribute(follower), "SK": events.NewStringAttribute(sk),
		},
	}}
}

func followed(n int, a, b string) events.DynamoDBEventRecord {
	return record(n, "INSERT", a, followingPrefix+b)
}

func unfollowed(n int, a, b string) events.DynamoDBEventRecord {
	return record(n, "REMOVE", a, followingPrefix+b)
}

func conflict(writes int) error {
	reasons := make([]types.CancellationReason, writes)
	for i := range reasons {
		reasons[i].Code = aws.String("None")
	}
	reasons[writes-1].Code = aws.String("TransactionConflict")
	return &types.TransactionCanceledException{CancellationReasons: reasons}
}

func TestCount(t *testing.T) {
	s := newTables(t, "ana", "ben", "eva")
	changed := s.count(followed(1, "ana", "ben"), followed(2, "eva", "ben"), followed(3, "ana", "ana"),
		record(4, "MODIFY", "ana", "FOLLOWING#ben"), record(5, "INSERT", "ana", "PHOTO#1"), record(6, "INSERT", "EVENT#e1", "COUNTED"))
	s.want("ana", 1, 2, 10)
	s.want("ben", 2, 0, 20)
	s.want("eva", 0, 1, 0)
	if !slices.Equal(changed, []string{"ana", "ben", "eva"}) {
		t.Errorf("changed %q", changed)
	}
	if s.calls != 1 {
		t.Errorf("%d transactions", s.calls)
	}
	changed = s.count(unfollowed(7, "ana", "ben"), followed(8, "ana", "eva"), unfollowed(9, "ana", "eva"))
	s.want("ana", 1, 1, 10)
	s.want("ben", 1, 0, 10)
	s.want("eva", 0, 1, 0)
	if !slices.Equal(changed, []string{"ana", "ben"}) { // nothing is left of what eva gained and lost
		t.Errorf("changed %q", changed)
	}
	if s.count(record(10, "INSERT", "ana", "PHOTO#2")); s.calls != 2 {
		t.Error("nothing to count was written")
	}
}

func TestDuplicates(t *testing.T) {
	s := newTables(t, "ana", "ben", "eva")
	first, second := followed(1, "ana", "ben"), followed(2, "eva", "ben")
	s.count(first, first)
	s.count(second, first, second)
	if changed := s.count(first, second); len(changed) != 0 {
		t.Errorf("%q changed a second time", changed)
	}
	s.want("ana", 0, 1, 0)
	s.want("ben", 2, 0, 20)
	s.want("eva", 0, 1, 0)
}

func TestOrder(t *testing.T) {
	records := []events.DynamoDBEventRecord{
		followed(1, "ana", "ben"), unfollowed(2, "ana", "ben"), followed(3, "ana", "ben"), followed(4, "ben", "ana"), unfollowed(5, "ben", "ana"),
	}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		s := newTables(t, "ana", "ben")
		random.Shuffle(len(records), func(i, j int) { records[i], records[j] = records[j], records[i] })
		for _, r := range records {
			s.count(r)
		}
		s.want("ana", 0, 1, 0)
		s.want("ben", 1, 0, 10)
	}
}

// A long batch takes several transactions, which all fit.
func TestFailures(t *testing.T) {
	members := make([]string, 3*together)
	var records []events.DynamoDBEventRecord
	for i := range members {
		members[i] = fmt.Sprintf("m%03d", i)
	}
	for i := range members {
		records = append(records, followed(i, members[i], members[(i+1)%len(members)]))
	}
	s := newTables(t, members...)
	broken := errors.New("broken")
	s.before = func(int) error {
		if s.calls == 2 {
			return broken
		}
		return nil
	}
	changed, failed, err := s.counter().Count(t.Context(), records)
	if !errors.Is(err, broken) || failed != records[together].Change.SequenceNumber {
		t.Fatalf("from %q: %v", failed, err)
	}
	if len(changed) != 2*together+1 { // the second transaction may have come to pass
		t.Errorf("%d members changed", len(changed))
	}
	s.count(records...)
	for _, m := range members {
		s.want(m, 1, 1, 10)
	}
	if s.largest > 100 {
		t.Errorf("a transaction of %d writes", s.largest)
	}
}

func TestConflicts(t *testing.T) {
	s := newTables(t, "ana", "ben")
	s.before = func(writes int) error {
		if s.calls < attempts {
			return conflict(writes)
		}
		return nil
	}
	s.count(followed(1, "ana", "ben"))
	s.want("ben", 1, 0, 10)

	s = newTables(t, "ana", "ben")
	s.before = conflict
	if _, failed, err := s.counter().Count(t.Context(), []events.DynamoDBEventRecord{followed(1, "ana", "ben")}); err == nil || failed == "" || s.calls != attempts {
		t.Errorf("after %d attempts from %q: %v", s.calls, failed, err)
	}
	s.want("ben", 0, 0, 0)

	c := s.counter()
	c.Pause = func(context.Context, int) error { return context.Canceled }
	if _, _, err := c.Count(t.Context(), []events.DynamoDBEventRecord{followed(1, "ana", "ben")}); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting was interrupted: %v", err)
	}
}

func TestMissingMember(t *testing.T) {
	s := newTables(t, "ana", "ben")
	changed := s.count(followed(1, "ana", "gone"), followed(2, "gone", "ben"), followed(3, "gone", "nobody"), followed(4, "ana", "ben"))
	s.want("ana", 0, 2, 0)
	s.want("ben", 2, 0, 20)
	if !slices.Equal(changed, []string{"ana", "ben"}) {
		t.Errorf("changed %q", changed)
	}
	if _, made := s.items["users gone"]; made {
		t.Error("a member who is no more was made")
	}
	s.count(followed(1, "ana", "gone"), followed(2, "gone", "ben"))
	s.want("ana", 0, 2, 0)
	s.want("ben", 2, 0, 20)
}

// Ten thousand follows and unfollows come twice, late, in batches of any size,
// between conflicts and lost answers: the counters are those of the graph.
func TestGraph(t *testing.T) {
	const operations, people = 10_000, 60
	random := rand.New(rand.NewPCG(20, 26))
	members := make([]string, people)
	for i := range members {
		members[i] = fmt.Sprintf("m%02d", i)
	}
	s := newTables(t, members...)
	lost := errors.New("the answer was lost")
	s.before = func(writes int) error {
		if random.IntN(10) == 0 {
			return conflict(writes)
		}
		return nil
	}
	s.after = func() error {
		if random.IntN(20) == 0 {
			return lost
		}
		return nil
	}

	graph := map[[2]string]bool{}
	var stream []events.DynamoDBEventRecord
	for n := range operations {
		edge := [2]string{members[random.IntN(people)], members[random.IntN(people)]}
		if graph[edge] = !graph[edge]; graph[edge] {
			stream = append(stream, followed(n, edge[0], edge[1]))
		} else {
			stream = append(stream, unfollowed(n, edge[0], edge[1]))
		}
	}
	// A fifth comes twice, and a record comes up to 500 places late.
	for _, r := range slices.Clone(stream) {
		if random.IntN(5) == 0 {
			stream = append(stream, r)
		}
	}
	for i := range stream {
		j := min(i+random.IntN(500), len(stream)-1)
		stream[i], stream[j] = stream[j], stream[i]
	}
	failures := 0
	for len(stream) > 0 {
		batch := stream[:min(1+random.IntN(100), len(stream))]
		_, failed, err := s.counter().Count(t.Context(), batch)
		if err == nil {
			stream = stream[len(batch):]
			continue
		}
		failures++
		stream = stream[slices.IndexFunc(stream, func(r events.DynamoDBEventRecord) bool { return r.Change.SequenceNumber == failed }):]
	}
	if failures == 0 {
		t.Error("nothing went wrong, so this proves little")
	}

	want := map[string][3]int{}
	for edge := range maps.Keys(graph) {
		if graph[edge] {
			a := want[edge[0]]
			a[1]++
			want[edge[0]] = a
			b := want[edge[1]]
			b[0]++
			b[2] += pointsPerFollow
			want[edge[1]] = b
		}
	}
	for _, m := range members {
		w := want[m]
		s.want(m, w[0], w[1], w[2])
	}
}

func TestBackoff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Backoff(ctx, 40); !errors.Is(err, context.Canceled) {
		t.Errorf("waiting was interrupted: %v", err)
	}
	if err := Backoff(t.Context(), 0); err != nil {
		t.Error(err)
	}
}
