// CalculateRankings makes a new edition of the rankings, once a day.
//
// Invariants:
//   - An event that comes twice makes one edition (TestHandle).
//   - Levels follow points (TestHandle).
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/env"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/ranking"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("no configuration", "err", err)
		os.Exit(1)
	}
	v := env.Must("USERS_TABLE", "RANKINGS_TABLE")
	db := dynamodb.NewFromConfig(cfg)
	h := handler{db, v[0], ranking.Editions{DB: db, Table: v[1]}}
	lambda.Start(h.handle)
}

type handler struct {
	db       *dynamodb.Client
	users    string
	editions ranking.Editions
}

// handle takes the daily event. Its time names the edition, so that an event
// that comes twice makes the same one.
func (h *handler) handle(ctx context.Context, e events.CloudWatchEvent) error {
	at := e.Time.UTC()
	if at.IsZero() {
		return errors.New("the event has no time to name the edition by")
	}
	members, err := h.members(ctx)
	if err != nil {
		return err
	}
	for _, m := range members {
		if level := ranking.Level(m.Points); level != m.Level {
			if err := h.setLevel(ctx, m.UserID, level); err != nil {
				return err
			}
		}
	}
	edition := at.Format(time.RFC3339)
	entries := ranking.Rank(edition, members)
	if err := h.editions.Write(ctx, edition, at, entries); err != nil {
		return err
	}
	slog.Info("a new edition", "edition", edition, "members", len(members), "entries", len(entries))
	return nil
}

func (h *handler) members(ctx context.Context) (members []ranking.Member, err error) {
	pages := dynamodb.NewScanPaginator(h.db, &dynamodb.ScanInput{
		TableName: &h.users, ProjectionExpression: aws.String("userId, nickname, ciudad, pais, puntos, nivel, seguidores, fotoMiniatura"),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		var list []ranking.Member
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &list); err != nil {
			return nil, err
		}
		members = append(members, list...)
	}
	return members, nil
}

func (h *handler) setLevel(ctx context.Context, userID string, level int) error {
	_, err := h.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &h.users, Key: map[string]types.AttributeValue{"userId": &types.AttributeValueMemberS{Value: userID}},
		UpdateExpression: aws.String("SET nivel = :level"), ConditionExpression: aws.String("attribute_exists(userId)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":level": &types.AttributeValueMemberN{Value: strconv.Itoa(level)}},
	})
	if _, gone := errors.AsType[*types.ConditionalCheckFailedException](err); gone {
		return nil
	}
	return err
}
