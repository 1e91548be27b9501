package stack

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// counted is what the table of members says of one.
type counted struct {
	UserID     string `dynamodbav:"userId"`
	Seguidores int    `dynamodbav:"seguidores"`
	Siguiendo  int    `dynamodbav:"siguiendo"`
	Puntos     int    `dynamodbav:"puntos"`
}

// TestCountersEqualTheGraph follows and unfollows ten thousand times while
// stream records come twice, transactions fail and wait, and the cloud dies in
// the middle.
func TestCountersEqualTheGraph(t *testing.T) {
	c := start(t)
	const members, operations, writers = 60, 10_000, 8
	put(t, c, members)
	faults := func() {
		c.niebla(t, "fault", "duplicate", "dynamodb", "--rate", "0.3")
		c.niebla(t, "fault", "error", "dynamodb", "--operation", "TransactWriteItems", "--rate", "0.3")
		c.niebla(t, "fault", "latency", "dynamodb", "150ms", "--operation", "TransactWriteItems", "--rate", "0.2")
	}
	faults()

	began := time.Now()
	var done atomic.Int64
	half := make(chan struct{})
	progress := func() {
		if done.Add(1) == operations/2 {
			close(half)
		}
	}
	graphs := make([]map[[2]int]bool, writers)
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			graphs[w] = follow(t, c.tables(), w, writers, members, operations/writers, progress)
		})
	}
	finished := make(chan struct{})
	go func() { all.Wait(); close(finished) }()
	select {
	case <-half:
	case <-finished:
		t.Fatal("the writers gave up")
	}
	if err := c.end(syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	if err := c.run(); err != nil {
		t.Fatal(err)
	}
	faults()
	<-finished
	written := time.Since(began)
	if t.Failed() {
		return
	}

	// What was acknowledged is there, and nothing else.
	graph := edges(t, c)
	want := map[string]counted{}
	expected := 0
	for _, g := range graphs {
		for pair, following := range g {
			if !following {
				continue
			}
			expected++
			if !graph[[2]string{name(pair[0]), name(pair[1])}] {
				t.Errorf("%v was acknowledged and is not there", pair)
			}
		}
	}
	if expected != len(graph) {
		t.Errorf("%d edges, want %d", len(graph), expected)
	}
	for pair := range graph {
		a, b := want[pair[0]], want[pair[1]]
		a.Siguiendo++
		b.Seguidores++
		b.Puntos += 10
		want[pair[0]], want[pair[1]] = a, b
	}
	eventually(t, time.Minute, func() string {
		wrong := []string{}
		for _, m := range counters(t, c) {
			w := want[m.UserID]
			w.UserID = m.UserID
			if m != w {
				wrong = append(wrong, fmt.Sprintf("%+v, the graph says %+v", m, w))
			}
		}
		if len(wrong) > 0 {
			return fmt.Sprintf("%d counters differ, such as %s", len(wrong), wrong[0])
		}
		return ""
	})
	t.Logf("%d operations in %v, counted after %v; %d of them stand", operations, written.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), len(graph))
}

func name(i int) string { return fmt.Sprintf("member-%02d", i) }

// put makes the profiles of members, as PostConfirmation does.
func put(t *testing.T, c *cloud, members int) {
	t.Helper()
	for i := range members {
		item, err := attributevalue.MarshalMap(map[string]any{
			"userId": name(i), "nickname": name(i), "nicknameBusqueda": name(i), "inicial": "m", "nivel": 1, "isOnline": false,
			"seguidores": 0, "siguiendo": 0, "puntos": 0, "pais": "ES", "ciudad": []string{"Madrid", "Sevilla"}[i%2],
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.tables().PutItem(ctx(t), &dynamodb.PutItemInput{TableName: &stack.outputs.Users, Item: item}); err != nil {
			t.Fatal(err)
		}
	}
}

// follow lets the members of one writer follow and unfollow others at random,
// and returns what they follow in the end. A write whose answer is lost is
// written again until there is one.
func follow(t *testing.T, db *dynamodb.Client, writer, writers, members, operations int, progress func()) map[[2]int]bool {
	random := rand.New(rand.NewPCG(uint64(writer), 1))
	graph := map[[2]int]bool{}
	for range operations {
		a, b := random.IntN(members/writers)*writers+writer, random.IntN(members)
		if a == b {
			b = (a + 1) % members
		}
		pair := [2]int{a, b}
		graph[pair] = !graph[pair]
		if err := write(t.Context(), db, name(a), name(b), graph[pair]); err != nil {
			t.Error(err)
			return nil
		}
		progress()
	}
	return graph
}

func write(ctx context.Context, db *dynamodb.Client, a, b string, following bool) error {
	key := map[string]types.AttributeValue{
		"followerId": &types.AttributeValueMemberS{Value: a}, "SK": &types.AttributeValueMemberS{Value: "FOLLOWING#" + b},
	}
	for deadline := time.Now().Add(30 * time.Second); ; {
		var err error
		if following {
			key["GSI1PK"], key["GSI1SK"] = &types.AttributeValueMemberS{Value: b}, &types.AttributeValueMemberS{Value: "FOLLOWER#" + a}
			_, err = db.PutItem(ctx, &dynamodb.PutItemInput{
				TableName: &stack.outputs.Social, Item: key, ConditionExpression: aws.String("attribute_not_exists(SK)"),
			})
		} else {
			_, err = db.DeleteItem(ctx, &dynamodb.DeleteItemInput{
				TableName: &stack.outputs.Social, Key: key, ConditionExpression: aws.String("attribute_exists(SK)"),
			})
		}
		if _, already := errors.AsType[*types.ConditionalCheckFailedException](err); err == nil || already {
			return nil
		}
		if time.Now().After(deadline) {
			return err
		}
	}
}

// edges are who follows whom, as the table says.
func edges(t *testing.T, c *cloud) map[[2]string]bool {
	t.Helper()
	graph := map[[2]string]bool{}
	pages := dynamodb.NewScanPaginator(c.tables(), &dynamodb.ScanInput{
		TableName: &stack.outputs.Social, ConsistentRead: aws.Bool(true), ProjectionExpression: aws.String("followerId, SK"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range page.Items {
			if followed, ok := strings.CutPrefix(item["SK"].(*types.AttributeValueMemberS).Value, "FOLLOWING#"); ok {
				graph[[2]string{item["followerId"].(*types.AttributeValueMemberS).Value, followed}] = true
			}
		}
	}
	return graph
}

func counters(t *testing.T, c *cloud) (list []counted) {
	t.Helper()
	out, err := c.tables().Scan(ctx(t), &dynamodb.ScanInput{TableName: &stack.outputs.Users, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	if err := attributevalue.UnmarshalListOfMaps(out.Items, &list); err != nil {
		t.Fatal(err)
	}
	return list
}
