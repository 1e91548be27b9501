// PostConfirmation makes the profile of a member who confirmed.
package main

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
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
	h := handler{dynamodb.NewFromConfig(cfg), env.Must("USERS_TABLE")[0]}
	lambda.Start(h.handle)
}

type handler struct {
	db    *dynamodb.Client
	table string
}

func (h *handler) handle(ctx context.Context, e events.CognitoEventUserPoolsPostConfirmation) (events.CognitoEventUserPoolsPostConfirmation, error) {
	if e.TriggerSource != "PostConfirmation_ConfirmSignUp" { // the other is a new password
		return e, nil
	}
	_, err := h.db.PutItem(ctx, &dynamodb.PutItemInput{
		TableName: &h.table, Item: profile(e.Request.UserAttributes), ConditionExpression: aws.String("attribute_not_exists(userId)"),
	})
	if _, there := errors.AsType[*types.ConditionalCheckFailedException](err); there {
		err = nil // confirmed before: what the member wrote since stays
	}
	return e, err
}

func profile(attributes map[string]string) map[string]types.AttributeValue {
	nickname := attributes["nickname"]
	if nickname == "" {
		nickname, _, _ = strings.Cut(attributes["email"], "@")
	}
	found := strings.ToLower(nickname)
	item := map[string]types.AttributeValue{
		"userId":           &types.AttributeValueMemberS{Value: attributes["sub"]},
		"nickname":         &types.AttributeValueMemberS{Value: nickname},
		"nicknameBusqueda": &types.AttributeValueMemberS{Value: found},
		"inicial":          &types.AttributeValueMemberS{Value: string([]rune(found)[:1])},
		"isOnline":         &types.AttributeValueMemberBOOL{},
		"nivel":            &types.AttributeValueMemberN{Value: "1"},
	}
	for _, counter := range []string{"seguidores", "siguiendo", "puntos"} {
		item[counter] = &types.AttributeValueMemberN{Value: "0"}
	}
	if name := attributes["name"]; name != "" {
		item["nombreCompleto"] = &types.AttributeValueMemberS{Value: name}
	}
	return item
}
