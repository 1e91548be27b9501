package crash

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/smithy-go"
)

type attributes = map[string]types.AttributeValue

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.Itoa(n)}
}

// create makes a table of items with a partition key alone.
func create(t *testing.T, c *cloud, name string) {
	t.Helper()
	_, err := c.tables().CreateTable(ctx(t), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

// items are the items of one history in the table shared: a number n each.
type items struct {
	db     *dynamodb.Client
	prefix string
}

var sharedTable = aws.String("shared")

func (s *items) key(k int) attributes {
	return attributes{"pk": text(fmt.Sprintf("%s-%d", s.prefix, k))}
}

func (s *items) item(k, n int) attributes {
	it := s.key(k)
	it["n"] = number(n)
	return it
}

func numberOf(it attributes) int {
	n, ok := it["n"].(*types.AttributeValueMemberN)
	if !ok {
		return absent
	}
	i, err := strconv.Atoi(n.Value)
	if err != nil {
		return absent - 1 // what no call can have written
	}
	return i
}

func (s *items) do(ctx context.Context, c call) (a answer, err error) {
	switch c.kind {
	case get:
		var out *dynamodb.GetItemOutput
		if out, err = s.db.GetItem(ctx, &dynamodb.GetItemInput{TableName: sharedTable, Key: s.key(c.key), ConsistentRead: aws.Bool(true)}); err == nil {
			a.number = numberOf(out.Item)
		}
	case put:
		var out *dynamodb.PutItemOutput
		if out, err = s.db.PutItem(ctx, &dynamodb.PutItemInput{TableName: sharedTable, Item: s.item(c.key, c.now), ReturnValues: types.ReturnValueAllOld}); err == nil {
			a.number = numberOf(out.Attributes)
		}
	case add:
		var out *dynamodb.UpdateItemOutput
		if out, err = s.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{TableName: sharedTable, Key: s.key(c.key), UpdateExpression: aws.String("ADD n :d"),
			ExpressionAttributeValues: attributes{":d": number(c.now)}, ReturnValues: types.ReturnValueUpdatedNew}); err == nil {
			a.number = numberOf(out.Attributes)
		}
	case remove:
		var out *dynamodb.DeleteItemOutput
		if out, err = s.db.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: sharedTable, Key: s.key(c.key), ReturnValues: types.ReturnValueAllOld}); err == nil {
			a.number = numberOf(out.Attributes)
		}
	case swap:
		in := &dynamodb.PutItemInput{TableName: sharedTable, Item: s.item(c.key, c.now), ConditionExpression: aws.String("attribute_not_exists(pk)")}
		if c.was != absent {
			in.ConditionExpression, in.ExpressionAttributeValues = aws.String("n = :was"), attributes{":was": number(c.was)}
		}
		_, err = s.db.PutItem(ctx, in)
	case transfer:
		err = s.transfer(ctx, c)
	default:
		a.all, err = s.look(ctx)
	}
	return told(a, err)
}

func (s *items) transfer(ctx context.Context, c call) error {
	_, err := s.db.TransactWriteItems(ctx, &dynamodb.TransactWriteItemsInput{TransactItems: []types.TransactWriteItem{
		{Update: &types.Update{TableName: sharedTable, Key: s.key(c.key), UpdateExpression: aws.String("ADD n :minus"), ConditionExpression: aws.String("n >= :least"),
			ExpressionAttributeValues: attributes{":minus": number(-c.now), ":least": number(c.now)}}},
		{Update: &types.Update{TableName: sharedTable, Key: s.key(c.to), UpdateExpression: aws.String("ADD n :plus"),
			ExpressionAttributeValues: attributes{":plus": number(c.now)}}},
	}})
	return err
}

func (s *items) look(ctx context.Context) (all [keys]int, err error) {
	in := &dynamodb.TransactGetItemsInput{}
	for k := range keys {
		in.TransactItems = append(in.TransactItems, types.TransactGetItem{Get: &types.Get{TableName: sharedTable, Key: s.key(k)}})
	}
	out, err := s.db.TransactGetItems(ctx, in)
	if err != nil {
		return all, err
	}
	for k := range keys {
		all[k] = numberOf(out.Responses[k].Item)
	}
	return all, nil
}

// told sorts errors: a condition that does not hold is an answer, and without
// any answer nothing is known. Others are wrong.
func told(a answer, err error) (answer, error) {
	var e smithy.APIError
	switch {
	case err == nil:
		return a, nil
	case !errors.As(err, &e):
		return answer{lost: true}, nil
	case e.ErrorCode() == "ConditionalCheckFailedException" || e.ErrorCode() == "TransactionCanceledException":
		return answer{refused: true}, nil
	}
	return answer{}, err
}
