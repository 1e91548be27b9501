package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// item is an item of a table.
type item map[string]any

// What one request takes.
const reads, writes = 100, 25

// put writes the items that are missing. What is there stays as it is: members
// may have changed it since.
func (f *filler) put(ctx context.Context, step, table string, items []item, key []string) error {
	total, done := len(items), 0
	for chunk := range slices.Chunk(items, reads) {
		there, err := f.read(ctx, table, chunk, key)
		if err != nil {
			return err
		}
		var missing []types.WriteRequest
		for _, i := range chunk {
			if there[identity(i, key)] {
				continue
			}
			av, err := attributevalue.MarshalMap(map[string]any(i))
			if err != nil {
				return err
			}
			missing = append(missing, types.WriteRequest{PutRequest: &types.PutRequest{Item: av}})
		}
		f.written += len(missing)
		for some := range slices.Chunk(missing, writes) {
			if err := f.write(ctx, table, some); err != nil {
				return err
			}
		}
		done += len(chunk)
		f.progress.show(step, done, total)
	}
	return nil
}

// identity is an item's key as a text.
func identity(i item, key []string) string {
	parts := make([]string, len(key))
	for n, k := range key {
		parts[n] = fmt.Sprint(i[k])
	}
	return strings.Join(parts, "\x00")
}

// read reads which items there are.
func (f *filler) read(ctx context.Context, table string, items []item, key []string) (map[string]bool, error) {
	there := map[string]bool{}
	err := f.get(ctx, table, items, key, key, func(av map[string]types.AttributeValue) error {
		var i item
		if err := attributevalue.UnmarshalMap(av, (*map[string]any)(&i)); err != nil {
			return err
		}
		there[identity(i, key)] = true
		return nil
	})
	return there, err
}

// get reads attributes of items by their keys.
func (f *filler) get(ctx context.Context, table string, items []item, key, attributes []string, each func(map[string]types.AttributeValue) error) error {
	names, projection := map[string]string{}, make([]string, len(attributes))
	for n, a := range attributes {
		projection[n] = fmt.Sprint("#", n)
		names[projection[n]] = a
	}
	asked := types.KeysAndAttributes{ConsistentRead: aws.Bool(true), ExpressionAttributeNames: names, ProjectionExpression: aws.String(strings.Join(projection, ", "))}
	for _, i := range items {
		k := item{}
		for _, name := range key {
			k[name] = i[name]
		}
		av, err := attributevalue.MarshalMap(map[string]any(k))
		if err != nil {
			return err
		}
		asked.Keys = append(asked.Keys, av)
	}
	for again := firstPause; ; again = min(2*again, longestPause) {
		out, err := f.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{table: asked}})
		if err != nil {
			return err
		}
		for _, av := range out.Responses[table] {
			if err := each(av); err != nil {
				return err
			}
		}
		if asked = out.UnprocessedKeys[table]; len(asked.Keys) == 0 {
			return nil
		}
		if err := pause(ctx, again); err != nil {
			return err
		}
	}
}

// write writes a batch, and again what the table did not take.
func (f *filler) write(ctx context.Context, table string, batch []types.WriteRequest) error {
	if f.dryRun {
		return nil
	}
	for again := firstPause; ; again = min(2*again, longestPause) {
		out, err := f.db.BatchWriteItem(ctx, &dynamodb.BatchWriteItemInput{RequestItems: map[string][]types.WriteRequest{table: batch}})
		if err != nil {
			return err
		}
		if batch = out.UnprocessedItems[table]; len(batch) == 0 {
			return nil
		}
		if err := pause(ctx, again); err != nil {
			return err
		}
	}
}

const firstPause, longestPause = 50 * time.Millisecond, 2 * time.Second

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
