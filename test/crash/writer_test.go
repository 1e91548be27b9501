package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

// holdings are what a writer has written: the v of each of its items, 0 for one
// that is not there, and how often it counted.
type holdings struct {
	items   [6]int
	counted int
}

// writer makes one write after the other. What it has left is known, or is one
// of two things if the last answer was lost.
type writer struct {
	id           int
	random       *rand.Rand
	possible     []holdings
	version      int
	acknowledged atomic.Int64
}

func (w *writer) part() string      { return fmt.Sprintf("w%d", w.id) }
func (w *writer) name(k int) string { return fmt.Sprintf("writer-%d %d", w.id, k) }

func (w *writer) key(k int) attributes {
	return attributes{"pk": text("writer-" + strconv.Itoa(w.id)), "sk": number(k)}
}

// item has a v that no other write has, and most of the time a g.
func (w *writer) item(k, v int) attributes {
	it := w.key(k)
	it["v"] = number(v)
	if v%3 > 0 {
		it["g"] = text("g" + strconv.Itoa(v%5))
	}
	return it
}

// work writes until an answer is lost.
func (w *writer) work(t *testing.T, db *dynamodb.Client, progress func()) {
	if w.possible == nil {
		w.possible = []holdings{{}}
	}
	for {
		was := w.possible[0]
		next, refused, do := w.next(was)
		err := do(t.Context(), db)
		var e smithy.APIError
		switch {
		case err != nil && !errors.As(err, &e):
			w.possible = []holdings{was, next}
			return
		case (err == nil) != (refused == ""), err != nil && e.ErrorCode() != refused:
			t.Errorf("writer %d is told %v, want %q", w.id, err, refused)
		}
		w.possible = []holdings{next}
		w.acknowledged.Add(1)
		progress()
	}
}

type write func(context.Context, *dynamodb.Client) error

// next is a write, what the writer has after it, and the error it must get.
func (w *writer) next(h holdings) (after holdings, refused string, do write) {
	w.version++
	v, k := w.version, w.random.IntN(len(h.items))
	j := (k + 1 + w.random.IntN(len(h.items)-1)) % len(h.items)
	after = h
	condition, values := aws.String("attribute_not_exists(v)"), attributes(nil)
	if h.items[k] != 0 {
		condition, values = aws.String("v = :was"), attributes{":was": number(h.items[k])}
	}
	impossible := attributes{":was": number(-1)}
	switch w.random.IntN(8) {
	case 0:
		after.items[k] = v
		return after, "", putItem(&dynamodb.PutItemInput{TableName: ledger, Item: w.item(k, v)})
	case 1:
		after.items[k] = v
		return after, "", putItem(&dynamodb.PutItemInput{TableName: ledger, Item: w.item(k, v), ConditionExpression: condition, ExpressionAttributeValues: values})
	case 2:
		return h, "ConditionalCheckFailedException", putItem(&dynamodb.PutItemInput{TableName: ledger, Item: w.item(k, v),
			ConditionExpression: aws.String("v = :was"), ExpressionAttributeValues: impossible})
	case 3:
		after.items[k] = 0
		return after, "", func(ctx context.Context, db *dynamodb.Client) error {
			_, err := db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: ledger, Key: w.key(k)})
			return err
		}
	case 4:
		after.counted++
		u := w.count()
		return after, "", func(ctx context.Context, db *dynamodb.Client) error {
			_, err := db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: ledger, Key: u.Key, UpdateExpression: u.UpdateExpression, ExpressionAttributeValues: u.ExpressionAttributeValues})
			return err
		}
	case 5:
		after.items[k], after.items[j] = v, 0
		return after, "", func(ctx context.Context, db *dynamodb.Client) error {
			_, err := db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*ledger: {
				{PutRequest: &types.PutRequest{Item: w.item(k, v)}}, {DeleteRequest: &types.DeleteRequest{Key: w.key(j)}}}}})
			return err
		}
	case 6:
		return h, "TransactionCanceledException", transact(
			types.TransactWriteItem{Put: &types.Put{TableName: ledger, Item: w.item(k, v)}},
			types.TransactWriteItem{Update: w.count()},
			types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{TableName: ledger, Key: w.key(j), ConditionExpression: aws.String("v = :was"), ExpressionAttributeValues: impossible}})
	}
	after.items[k], after.items[j] = v, 0
	after.counted++
	return after, "", transact(
		types.TransactWriteItem{Put: &types.Put{TableName: ledger, Item: w.item(k, v), ConditionExpression: condition, ExpressionAttributeValues: values}},
		types.TransactWriteItem{Delete: &types.Delete{TableName: ledger, Key: w.key(j)}},
		types.TransactWriteItem{Update: w.count()})
}

// count adds one to the counter that all share, and to the writer's part of it.
func (w *writer) count() *types.Update {
	return &types.Update{TableName: ledger, Key: attributes{"pk": text("counter"), "sk": number(0)},
		UpdateExpression: aws.String("ADD tally :one, " + w.part() + " :one"), ExpressionAttributeValues: attributes{":one": number(1)}}
}

func putItem(in *dynamodb.PutItemInput) write {
	return func(ctx context.Context, db *dynamodb.Client) error {
		_, err := db.PutItem(ctx, in)
		return err
	}
}

func transact(items ...types.TransactWriteItem) write {
	return func(ctx context.Context, db *dynamodb.Client) error {
		_, err := db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: items})
		return err
	}
}
