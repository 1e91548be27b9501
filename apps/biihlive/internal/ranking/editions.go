package ranking

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Editions are the rankings in their table.
type Editions struct {
	DB    *dynamodb.Client
	Table string
}

const (
	currentKey = "CURRENT"
	// kept is how long an edition can be read after it was made.
	kept = 7 * 24 * time.Hour
	// batch is how many items BatchWriteItem takes.
	batch = 25
)

// Write writes an edition that was made at a time, and then makes it current.
func (e *Editions) Write(ctx context.Context, edition string, at time.Time, entries []Entry) error {
	expires := at.Add(kept).Unix()
	for chunk := range slices.Chunk(entries, batch) {
		var writes []types.WriteRequest
		for _, entry := range chunk {
			entry.Expires = expires
			item, err := attributevalue.MarshalMap(entry)
			if err != nil {
				return err
			}
			writes = append(writes, types.WriteRequest{PutRequest: &types.PutRequest{Item: item}})
		}
		if err := e.put(ctx, writes); err != nil {
			return err
		}
	}
	_, err := e.DB.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &e.Table,
		Item: map[string]types.AttributeValue{
			"ranking": &types.AttributeValueMemberS{Value: currentKey}, "position": &types.AttributeValueMemberN{Value: "0"},
			"edition": &types.AttributeValueMemberS{Value: edition},
		},
		ConditionExpression:       aws.String("attribute_not_exists(ranking) OR edition <= :edition"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":edition": &types.AttributeValueMemberS{Value: edition}},
	})
	if _, older := errors.AsType[*types.ConditionalCheckFailedException](err); older {
		return nil
	}
	return err
}

// put writes a batch, and again what the table did not take.
func (e *Editions) put(ctx context.Context, writes []types.WriteRequest) error {
	for pause := 20 * time.Millisecond; len(writes) > 0; pause *= 2 {
		out, err := e.DB.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{e.Table: writes}})
		if err != nil {
			return err
		}
		if writes = out.UnprocessedItems[e.Table]; len(writes) == 0 {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("%d entries were not taken: %w", len(writes), ctx.Err())
		}
	}
	return nil
}

// Current reads the ranking of a place in the current edition, which is "" as
// long as there is none.
func (e *Editions) Current(ctx context.Context, kind, place string, limit int32) (edition string, entries []Entry, err error) {
	out, err := e.DB.GetItem(ctx, &dynamodb.GetItemInput{TableName: &e.Table, Key: map[string]types.AttributeValue{
		"ranking": &types.AttributeValueMemberS{Value: currentKey}, "position": &types.AttributeValueMemberN{Value: "0"},
	}})
	if err != nil {
		return "", nil, err
	}
	v, ok := out.Item["edition"].(*types.AttributeValueMemberS)
	if !ok {
		return "", nil, nil
	}
	page, err := e.DB.Query(ctx, &dynamodb.QueryInput{
		TableName: &e.Table, Limit: &limit, KeyConditionExpression: aws.String("ranking = :key"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":key": &types.AttributeValueMemberS{Value: Key(v.Value, kind, place)}},
	})
	if err != nil {
		return "", nil, err
	}
	err = attributevalue.UnmarshalListOfMaps(page.Items, &entries)
	return v.Value, entries, err
}
