// Package counters keeps the counters of members equal to the graph of who
// follows whom, from the stream of its table.
//
// A record of the stream may come twice, late, or beside another. So what it
// changes and a marker that says that it was counted are one transaction: a
// second time finds the marker. Sums do not mind their order.
//
// Invariants:
//   - A record counts once, however often it comes (TestDuplicates).
//   - Counters do not depend on the order of records (TestOrder).
//   - Records that cannot be counted now are reported from the first one on, and those before it are not counted again (TestFailures).
//   - A member who is no more does not hold up the others (TestMissingMember).
//   - Whatever goes wrong on the way, in the end the counters are those of the graph (TestGraph).
package counters

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Transactor is the part of DynamoDB that counting takes.
type Transactor interface {
	TransactWriteItems(context.Context, *dynamodb.TransactWriteItemsInput, ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error)
}

// Counter counts.
type Counter struct {
	DB                      Transactor
	UsersTable, SocialTable string
	// Pause waits before the nth attempt at what others were writing too.
	Pause func(ctx context.Context, attempt int) error
}

const (
	followingPrefix = "FOLLOWING#"
	pointsPerFollow = 10
	// together is how many records one transaction takes: a marker each, and at
	// most two members each, of the hundred writes that it may have.
	together = 33
	attempts = 8
	// remembered outlives the stream, which keeps records for a day.
	remembered = 48 * time.Hour
)

// follow is what a record says.
type follow struct {
	event              string // id of the record
	sequence           string
	follower, followed string
	delta              int
	at                 time.Time
}

// Count counts records, and returns the members whose counters changed, or may
// have, if an answer was lost. failed is the sequence number of the first record
// that was not counted; then err says why.
func (c *Counter) Count(ctx context.Context, records []events.DynamoDBEventRecord) (changed []string, failed string, err error) {
	all := map[string]bool{}
	for chunk := range slices.Chunk(follows(records), together) {
		members, err := c.together(ctx, chunk)
		for _, m := range members {
			all[m] = true
		}
		if err != nil {
			return slices.Sorted(maps.Keys(all)), chunk[0].sequence, err
		}
	}
	return slices.Sorted(maps.Keys(all)), "", nil
}

// follows are the records that say that somebody follows somebody, or no
// longer does, each once.
func follows(records []events.DynamoDBEventRecord) (list []follow) {
	seen := map[string]bool{}
	for _, r := range records {
		delta := map[string]int{"INSERT": 1, "REMOVE": -1}[r.EventName]
		followed, ok := strings.CutPrefix(text(r.Change.Keys["SK"]), followingPrefix)
		follower := text(r.Change.Keys["followerId"])
		if !ok || delta == 0 || follower == "" || seen[r.EventID] {
			continue
		}
		seen[r.EventID] = true
		list = append(list, follow{r.EventID, r.Change.SequenceNumber, follower, followed, delta, r.Change.ApproximateCreationDateTime.Time})
	}
	return list
}

func text(v events.DynamoDBAttributeValue) string {
	if v.DataType() != events.DataTypeString {
		return ""
	}
	return v.String()
}

// change is what happens to one member.
type change struct{ followers, following int }

// together counts some records in one transaction, leaving out those that were
// counted before and members who are no more.
func (c *Counter) together(ctx context.Context, list []follow) ([]string, error) {
	gone := map[string]bool{}
	for conflicts := 0; len(list) > 0; {
		changes := changesOf(list)
		members := slices.DeleteFunc(slices.Sorted(maps.Keys(changes)), func(m string) bool { return gone[m] || changes[m] == change{} })
		in := &dynamodb.TransactWriteItemsInput{}
		for _, f := range list {
			in.TransactItems = append(in.TransactItems, c.marker(f))
		}
		for _, m := range members {
			in.TransactItems = append(in.TransactItems, c.update(m, changes[m]))
		}
		_, err := c.DB.TransactWriteItems(ctx, in)
		canceled, ok := errors.AsType[*types.TransactionCanceledException](err)
		if err == nil || !ok {
			return members, err
		}
		left, learned := list[:0:0], false
		for i, r := range canceled.CancellationReasons {
			failed := aws.ToString(r.Code) == "ConditionalCheckFailed"
			learned = learned || failed
			switch {
			case i >= len(list) && failed:
				gone[members[i-len(list)]] = true
			case i < len(list) && !failed:
				left = append(left, list[i])
			}
		}
		if learned {
			list = left
			continue
		}
		if conflicts++; conflicts == attempts {
			return nil, err
		}
		if err := c.Pause(ctx, conflicts); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// changesOf sums up what records change of each member.
func changesOf(list []follow) map[string]change {
	changes := map[string]change{}
	add := func(member string, followers, following int) {
		c := changes[member]
		changes[member] = change{c.followers + followers, c.following + following}
	}
	for _, f := range list {
		add(f.follower, 0, f.delta)
		add(f.followed, f.delta, 0)
	}
	return changes
}

func (c *Counter) marker(f follow) types.TransactWriteItem {
	return types.TransactWriteItem{Put: &types.Put{
		TableName: &c.SocialTable,
		Item: map[string]types.AttributeValue{
			"followerId": &types.AttributeValueMemberS{Value: "EVENT#" + f.event},
			"SK":         &types.AttributeValueMemberS{Value: "COUNTED"},
			"caduca":     number(int(f.at.Add(remembered).Unix())),
		},
		ConditionExpression: aws.String("attribute_not_exists(followerId)"),
	}}
}

func (c *Counter) update(member string, ch change) types.TransactWriteItem {
	return types.TransactWriteItem{Update: &types.Update{
		TableName:           &c.UsersTable,
		Key:                 map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: member}},
		UpdateExpression:    aws.String("ADD seguidores :followers, siguiendo :following, puntos :points"),
		ConditionExpression: aws.String("attribute_exists(userId)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":followers": number(ch.followers), ":following": number(ch.following), ":points": number(ch.followers * pointsPerFollow),
		},
	}}
}

func number(n int) types.AttributeValue { return &types.AttributeValueMemberN{Value: strconv.Itoa(n)} }

// Backoff is a Pause that grows, and differs between those who wait.
func Backoff(ctx context.Context, attempt int) error {
	longest := 5 * time.Millisecond << attempt
	select {
	case <-time.After(rand.N(longest)):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
