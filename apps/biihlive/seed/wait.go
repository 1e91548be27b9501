package main

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// await waits until the functions have done their part: the counters of all
// members are those of the graph that is in the table, and portraits are shown.
func (f *filler) await(ctx context.Context) error {
	late := time.Now().Add(f.wait)
	for again := firstPause; ; again = min(2*again, longestPause) {
		uncounted, unseen, err := f.behind(ctx)
		if err != nil {
			return err
		}
		f.progress.show(f.words.counting, len(f.network.Members)-uncounted, len(f.network.Members))
		if uncounted == 0 {
			portraits := len(rows{f.network, f.outputs}.portraits())
			f.progress.show(f.words.processed, portraits-unseen, portraits)
		}
		if uncounted == 0 && unseen == 0 {
			return nil
		}
		if time.Now().After(late) {
			return fmt.Errorf(f.words.late, f.wait, uncounted, unseen)
		}
		if err := pause(ctx, again); err != nil {
			return err
		}
	}
}

// profile is what is looked at of a member.
type profile struct {
	UserID    string `dynamodbav:"userId"`
	Followers int    `dynamodbav:"seguidores"`
	Following int    `dynamodbav:"siguiendo"`
	Photo     string `dynamodbav:"foto"`
	Refused   string `dynamodbav:"fotoError"`
}

// behind counts the members whose counters are not those of the graph yet, and
// those whose portrait is not shown.
func (f *filler) behind(ctx context.Context) (uncounted, unseen int, err error) {
	followers, following, err := f.graph(ctx)
	if err != nil {
		return 0, 0, err
	}
	portrait := map[string]bool{}
	for _, m := range f.network.Members {
		portrait[m.ID] = m.Portrait
	}
	for chunk := range slices.Chunk(rows{f.network, f.outputs}.profiles(), reads) {
		err := f.get(ctx, f.outputs.UsersTable, chunk, []string{"userId"}, []string{"userId", "seguidores", "siguiendo", "foto", "fotoError"}, func(av map[string]types.AttributeValue) error {
			var p profile
			if err := attributevalue.UnmarshalMap(av, &p); err != nil {
				return err
			}
			if p.Followers != followers[p.UserID] || p.Following != following[p.UserID] {
				uncounted++
			}
			if portrait[p.UserID] && p.Photo == "" && p.Refused == "" {
				unseen++
			}
			return nil
		})
		if err != nil {
			return 0, 0, err
		}
	}
	return uncounted, unseen, nil
}

// graph counts the follows that are in the table.
func (f *filler) graph(ctx context.Context) (followers, following map[string]int, err error) {
	followers, following = map[string]int{}, map[string]int{}
	pages := dynamodb.NewScanPaginator(f.db, &dynamodb.ScanInput{
		TableName: &f.outputs.SocialTable, ProjectionExpression: aws.String("followerId, followedId"), ConsistentRead: aws.Bool(true),
		FilterExpression:          aws.String("begins_with(SK, :following)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":following": &types.AttributeValueMemberS{Value: "FOLLOWING#"}},
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, nil, err
		}
		for _, av := range page.Items {
			var edge struct{ FollowerID, FollowedID string }
			if err := attributevalue.UnmarshalMap(av, &edge); err != nil {
				return nil, nil, err
			}
			following[edge.FollowerID]++
			followers[edge.FollowedID]++
		}
	}
	return followers, following, nil
}
