package main

import (
	"strings"
	"testing"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
)

func TestProfile(t *testing.T) {
	for _, c := range []struct{ nickname, email, name, want, search, initial, fullName string }{
		{"Ana", "x@example.com", " Ana López ", "Ana", "ana", "a", "Ana López"},
		{"  Ñandú  ", "x@example.com", "", "Ñandú", "ñandú", "ñ", ""},
		{"", "eva.ruiz@example.com", "", "eva.ruiz", "eva.ruiz", "e", ""},
		{" ", "eva@example.com", "", "eva", "eva", "e", ""},
		{"x", "y@example.com", "", "biihlive-01234567", "biihlive-01234567", "b", ""},
		{"", "", "", "biihlive-01234567", "biihlive-01234567", "b", ""},
		{strings.Repeat("é", 50), "", strings.Repeat("n", 100), strings.Repeat("é", 30), strings.Repeat("é", 30), "é", strings.Repeat("n", 80)},
		{strings.Repeat("é", 29) + " x", "", "", strings.Repeat("é", 29), strings.Repeat("é", 29), "é", ""},
	} {
		var got map[string]any
		item := profile(map[string]string{"sub": "0123456789", "nickname": c.nickname, "email": c.email, "name": c.name})
		if err := attributevalue.UnmarshalMap(item, &got); err != nil {
			t.Fatal(err)
		}
		want := map[string]any{
			"userId": "0123456789", "nickname": c.want, "nicknameBusqueda": c.search, "inicial": c.initial, "isOnline": false, "nivel": 1.0,
			"seguidores": 0.0, "siguiendo": 0.0, "puntos": 0.0,
		}
		if c.fullName != "" {
			want["nombreCompleto"] = c.fullName
		}
		for name := range got {
			if got[name] != want[name] {
				t.Errorf("%q, %q: %s is %v, want %v", c.nickname, c.email, name, got[name], want[name])
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q, %q: %v", c.nickname, c.email, got)
		}
	}
}

func confirmation(source, nickname string) events.CognitoEventUserPoolsPostConfirmation {
	var e events.CognitoEventUserPoolsPostConfirmation
	e.TriggerSource = source
	e.Request.UserAttributes = map[string]string{"sub": "ana", "nickname": nickname, "email": "ana@example.com"}
	return e
}

func TestConfirmedTwice(t *testing.T) {
	db := cloudtest.Tables(t, cloudtest.Start(t))
	h := handler{db, cloudtest.Users}
	key := map[string]any{"userId": "ana"}
	if _, err := h.handle(t.Context(), confirmation("PostConfirmation_ConfirmForgotPassword", "Ana")); err != nil {
		t.Fatal(err)
	}
	if got := cloudtest.Get(t, db, cloudtest.Users, key); got != nil {
		t.Errorf("a new password makes a profile: %v", got)
	}
	for _, nickname := range []string{"Ana", "Other"} {
		e := confirmation("PostConfirmation_ConfirmSignUp", nickname)
		answer, err := h.handle(t.Context(), e)
		if err != nil || answer.TriggerSource != e.TriggerSource {
			t.Fatalf("%+v: %v", answer, err)
		}
	}
	if got := cloudtest.Get(t, db, cloudtest.Users, key); got["nickname"] != "Ana" {
		t.Errorf("the second time changed it: %v", got)
	}
	h.table = "none"
	if _, err := h.handle(t.Context(), confirmation("PostConfirmation_ConfirmSignUp", "Ana")); err == nil {
		t.Error("without a table all is well")
	}
}
