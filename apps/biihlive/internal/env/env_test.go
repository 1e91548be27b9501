package env

import (
	"slices"
	"testing"
)

func TestMust(t *testing.T) {
	t.Setenv("USERS_TABLE", "users")
	t.Setenv("MEDIA_BUCKET", "media")
	if got := Must("MEDIA_BUCKET", "USERS_TABLE"); !slices.Equal(got, []string{"media", "users"}) {
		t.Errorf("%q", got)
	}
	t.Setenv("GRAPHQL_URL", "")
	defer func() {
		if recover() != "the function's environment lacks GRAPHQL_URL" {
			t.Error("a variable that is not there was taken")
		}
	}()
	Must("USERS_TABLE", "GRAPHQL_URL")
}
