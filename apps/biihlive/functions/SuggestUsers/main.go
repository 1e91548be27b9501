// SuggestUsers answers whom a member may want to follow: those whom the people
// they follow follow, the most followed by them first, and then people of their
// own city. It is the resolver of Query.suggestions.
//
// Invariants:
//   - Nobody is suggested to themselves, nor whom they follow (TestSuggestions).
//   - Suggestions have an order that stays (TestSuggestions).
package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/env"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("no configuration", "err", err)
		os.Exit(1)
	}
	v := env.Must("USERS_TABLE", "SOCIAL_TABLE")
	h := handler{dynamodb.NewFromConfig(cfg), v[0], v[1]}
	lambda.Start(h.handle)
}

type handler struct {
	db            *dynamodb.Client
	users, social string
}

// question is what the resolver asks.
type question struct {
	UserID string `json:"userId"`
	Limit  int    `json:"limit"`
}

const (
	most     = 25  // suggestions
	looked   = 100 // of whom a member follows
	eachSees = 50  // of whom each of those follows
)

func (h *handler) handle(ctx context.Context, q question) ([]map[string]any, error) {
	limit := min(max(q.Limit, 1), most)
	mine, err := h.following(ctx, q.UserID, looked)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{q.UserID: true}
	for _, id := range mine {
		known[id] = true
	}
	common, err := h.common(ctx, mine, known)
	if err != nil {
		return nil, err
	}
	ids := slices.SortedFunc(maps.Keys(common), func(a, b string) int {
		return cmp.Or(cmp.Compare(common[b], common[a]), strings.Compare(a, b))
	})
	if len(ids) < limit {
		near, err := h.neighbours(ctx, q.UserID)
		if err != nil {
			return nil, err
		}
		for _, id := range near {
			if !known[id] && common[id] == 0 {
				ids = append(ids, id)
			}
		}
	}
	return h.profiles(ctx, ids[:min(len(ids), limit)])
}

func (h *handler) following(ctx context.Context, userID string, limit int32) (ids []string, err error) {
	out, err := h.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &h.social, Limit: &limit, ProjectionExpression: aws.String("followedId"),
		KeyConditionExpression: aws.String("followerId = :me AND begins_with(SK, :following)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":me": &types.AttributeValueMemberS{Value: userID}, ":following": &types.AttributeValueMemberS{Value: "FOLLOWING#"},
		},
	})
	if err != nil {
		return nil, err
	}
	for _, item := range out.Items {
		if v, ok := item["followedId"].(*types.AttributeValueMemberS); ok {
			ids = append(ids, v.Value)
		}
	}
	return ids, nil
}

// common counts by how many of the members each unknown one is followed.
func (h *handler) common(ctx context.Context, members []string, known map[string]bool) (map[string]int, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var errs []error
	counts := map[string]int{}
	free := make(chan struct{}, 8)
	for _, m := range members {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			theirs, err := h.following(ctx, m, eachSees)
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, err)
			for _, id := range theirs {
				if !known[id] {
					counts[id]++
				}
			}
		})
	}
	all.Wait()
	return counts, errors.Join(errs...)
}

// neighbours are members of the same city.
func (h *handler) neighbours(ctx context.Context, userID string) (ids []string, err error) {
	me, err := h.db.GetItem(ctx, &dynamodb.GetItemInput{
		TableName: &h.users, Key: map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: userID}},
	})
	if err != nil || me.Item["pais"] == nil || me.Item["ciudad"] == nil {
		return nil, err
	}
	out, err := h.db.Query(ctx, &dynamodb.QueryInput{
		TableName: &h.users, IndexName: aws.String("ciudad-index"), Limit: aws.Int32(2 * most), ProjectionExpression: aws.String("userId"),
		KeyConditionExpression:    aws.String("pais = :country AND ciudad = :city"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":country": me.Item["pais"], ":city": me.Item["ciudad"]},
	})
	if err != nil {
		return nil, err
	}
	for _, item := range out.Items {
		if v, ok := item["userId"].(*types.AttributeValueMemberS); ok {
			ids = append(ids, v.Value)
		}
	}
	return ids, nil
}

// profiles reads the profiles of members, in the order of their ids.
func (h *handler) profiles(ctx context.Context, ids []string) ([]map[string]any, error) {
	list := []map[string]any{}
	if len(ids) == 0 {
		return list, nil
	}
	var keys []map[string]types.AttributeValue
	for _, id := range ids {
		keys = append(keys, map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: id}})
	}
	out, err := h.db.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{RequestItems: map[string]types.KeysAndAttributes{h.users: {Keys: keys}}})
	if err != nil {
		return nil, err
	}
	found := map[string]map[string]any{}
	for _, item := range out.Responses[h.users] {
		profile := map[string]any{}
		if err := attributevalue.UnmarshalMap(item, &profile); err != nil {
			return nil, err
		}
		found[profile["userId"].(string)] = profile
	}
	for _, id := range ids {
		if p := found[id]; p != nil {
			list = append(list, p)
		}
	}
	return list, nil
}
