package appsync

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// nobody is a cloud in which there is only AppSync.
type nobody struct{}

func (nobody) Call(context.Context, *aws.Call, string, string, []byte) ([]byte, error) {
	return nil, aws.Errorf(501, "NotImplemented", "There is nothing else.")
}

func (nobody) Assume(context.Context, *aws.Call, aws.ARN, string, string) (*aws.Principal, aws.Session, error) {
	return nil, aws.Session{}, aws.Errorf(403, "AccessDenied", "There are no roles.")
}

func (nobody) Open(context.Context, string, string) (*aws.Principal, string, error) {
	return nil, "", aws.Errorf(403, "AccessDenied", "There are no keys.")
}

func (nobody) Allowed(context.Context, *aws.Call, service.Access) bool { return false }

func (nobody) Verify(*aws.Call, string) (Token, error) { return Token{}, errors.New("no user") }

func (nobody) Invoke(context.Context, *aws.Call, aws.ARN, []byte) ([]byte, bool, error) {
	return nil, false, errors.New("no function")
}
