// PostConfirmation makes the profile of a member who confirmed.
//
// Invariants:
//   - Every member has a nickname by which they are found (TestProfile).
//   - A profile that is there stays as it is (TestConfirmedTwice).
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
	nickname := nicknameOf(attributes)
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
	if name := cut(attributes["name"], longestName); name != "" {
		item["nombreCompleto"] = &types.AttributeValueMemberS{Value: name}
	}
	return item
}

// What updateProfile of the API allows, too.
const shortestNickname, longestNickname, longestName = 2, 30, 80

// nicknameOf is the nickname that a member gave, or else what stands before
// the @ of their mail, or else a part of their id.
func nicknameOf(attributes map[string]string) string {
	mailbox, _, _ := strings.Cut(attributes["email"], "@")
	for _, s := range []string{attributes["nickname"], mailbox} {
		if s = cut(s, longestNickname); len([]rune(s)) >= shortestNickname {
			return s
		}
	}
	return cut("biihlive-"+attributes["sub"], len("biihlive-")+8)
}

// cut is a text without space around it, cut to a length in characters.
func cut(s string, longest int) string {
	r := []rune(strings.TrimSpace(s))
	return strings.TrimSpace(string(r[:min(len(r), longest)]))
}
