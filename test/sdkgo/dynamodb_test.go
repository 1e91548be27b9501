package sdkgo

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
func number(n int) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: fmt.Sprint(n)}
}

func TestDynamoDB(t *testing.T) {
	start(t)
	c, ctx := dynamodb.NewFromConfig(load(t)), ctx(t)
	table := aws.String("Plays")
	_, err := c.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: table, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("device"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("at"), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("device"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("at"), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableExistsWaiter(c).Wait(ctx, &dynamodb.DescribeTableInput{TableName: table}, 30*time.Second); err != nil {
		t.Fatal(err)
	}
	item := map[string]types.AttributeValue{
		"device": text("d1"), "at": number(1), "genre": text("Rock"), "liked": &types.AttributeValueMemberBOOL{Value: true},
		"tags": &types.AttributeValueMemberSS{Value: []string{"a", "b"}}, "raw": &types.AttributeValueMemberB{Value: []byte{0, 255}},
		"tastes": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"Rock": number(3)}},
	}
	put := &dynamodb.PutItemInput{TableName: table, Item: item, ConditionExpression: aws.String("attribute_not_exists(device)")}
	if _, err := c.PutItem(ctx, put); err != nil {
		t.Fatal(err)
	}
	var failed *types.ConditionalCheckFailedException
	if _, err := c.PutItem(ctx, put); !errors.As(err, &failed) {
		t.Errorf("the second conditional put: %v", err)
	}
	key := map[string]types.AttributeValue{"device": text("d1"), "at": number(1)}
	got, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Item) != len(item) || got.Item["raw"].(*types.AttributeValueMemberB).Value[1] != 255 {
		t.Errorf("item = %v", got.Item)
	}
	updated, err := c.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: table, Key: key, UpdateExpression: aws.String("ADD tastes.#g :one"), ReturnValues: types.ReturnValueAllNew,
		ExpressionAttributeNames: map[string]string{"#g": "Rock"}, ExpressionAttributeValues: map[string]types.AttributeValue{":one": number(1)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if n := updated.Attributes["tastes"].(*types.AttributeValueMemberM).Value["Rock"].(*types.AttributeValueMemberN).Value; n != "4" {
		t.Errorf("tastes.Rock = %s", n)
	}

	var batch []types.WriteRequest
	for i := range 20 {
		batch = append(batch, types.WriteRequest{PutRequest: &types.PutRequest{Item: map[string]types.AttributeValue{"device": text("d2"), "at": number(i)}}})
	}
	wrote, err := c.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{*table: batch}})
	if err != nil || len(wrote.UnprocessedItems) != 0 {
		t.Fatalf("batch: %v, %v", err, wrote)
	}
	var ats []string
	pages := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{
		TableName: table, Limit: aws.Int32(6), KeyConditionExpression: aws.String("device = :d AND #at >= :n"),
		ExpressionAttributeNames: map[string]string{"#at": "at"}, ExpressionAttributeValues: map[string]types.AttributeValue{":d": text("d2"), ":n": number(5)},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, i := range page.Items {
			ats = append(ats, i["at"].(*types.AttributeValueMemberN).Value)
		}
	}
	if len(ats) != 15 || ats[0] != "5" || ats[14] != "19" {
		t.Errorf("query gave %q", ats)
	}
	scanned, err := c.Scan(ctx, &dynamodb.ScanInput{TableName: table, FilterExpression: aws.String("attribute_exists(genre)")})
	if err != nil || scanned.Count != 1 || scanned.ScannedCount != 21 {
		t.Errorf("scan: %v, %+v", err, scanned)
	}
	many, err := c.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{*table: {Keys: []map[string]types.AttributeValue{key, {"device": text("none"), "at": number(1)}}}}})
	if err != nil || len(many.Responses[*table]) != 1 {
		t.Errorf("batch get: %v, %v", err, many)
	}
	if _, err := c.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: table, Key: key}); err != nil {
		t.Error(err)
	}
	if _, err := c.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table}); err != nil {
		t.Error(err)
	}
	var missing *types.ResourceNotFoundException
	if _, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key}); !errors.As(err, &missing) {
		t.Errorf("GetItem of a deleted table: %v", err)
	}
}

// TestLargeAnswers holds that the SDK does not close its connection under an
// answer (docs/clients.md), which it did for one Scan in twenty.
func TestLargeAnswers(t *testing.T) {
	start(t)
	db, ctx := dynamodb.NewFromConfig(load(t), func(o *dynamodb.Options) { o.Retryer = aws.NopRetryer{} }), ctx(t)
	name := aws.String("large")
	_, err := db.CreateTable(ctx, &dynamodb.CreateTableInput{TableName: name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{{AttributeName: aws.String("pk"), AttributeType: types.ScalarAttributeTypeS}},
		KeySchema:            []types.KeySchemaElement{{AttributeName: aws.String("pk"), KeyType: types.KeyTypeHash}}})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 400 {
		_, err := db.PutItem(ctx, &dynamodb.PutItemInput{TableName: name, Item: map[string]types.AttributeValue{
			"pk": text(strconv.Itoa(i)), "notes": text(strings.Repeat("x", 500))}})
		if err != nil {
			t.Fatal(err)
		}
	}
	const scans = 600
	failed := 0
	for range scans {
		if _, err := db.Scan(ctx, &dynamodb.ScanInput{TableName: name}); err != nil {
			t.Log(err)
			failed++
		}
	}
	if failed > scans/200 {
		t.Errorf("%d of %d Scans failed", failed, scans)
	}
}
