package sts

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// getCallerIdentity needs no permission: it tells the caller nothing but what
// the caller's own credentials are.
func (s *Service) getCallerIdentity(_ context.Context, c *aws.Call, _ *GetCallerIdentityInput) (*GetCallerIdentityOutput, error) {
	p := c.Principal
	return &GetCallerIdentityOutput{Account: string(p.Account), Arn: string(p.ARN), UserId: p.ID}, nil
}

const (
	defaultTokenLife = 12 * time.Hour
	rootTokenLife    = time.Hour // the longest, for the account's root
)

// getSessionToken gives a user, or root, temporary credentials with its own rights.
func (s *Service) getSessionToken(_ context.Context, c *aws.Call, in *GetSessionTokenInput) (*GetSessionTokenOutput, error) {
	if !c.Principal.Expires.IsZero() {
		return nil, errSessionForSession()
	}
	life := defaultTokenLife
	if in.DurationSeconds != 0 {
		life = time.Duration(in.DurationSeconds) * time.Second
	}
	if c.Principal.Kind == aws.Root {
		life = min(life, rootTokenLife)
	}
	p := *c.Principal
	made, err := s.Sessions.make(&p, life)
	if err != nil {
		return nil, err
	}
	return &GetSessionTokenOutput{credentials(made)}, nil
}

func (s *Service) getAccessKeyInfo(_ context.Context, _ *aws.Call, in *GetAccessKeyInfoInput) (*GetAccessKeyInfoOutput, error) {
	if account, ok := accountOf(in.AccessKeyId); ok {
		return &GetAccessKeyInfoOutput{string(account)}, nil
	}
	account, ok, err := s.Sessions.Identities.Owner(in.AccessKeyId)
	if err == nil && !ok {
		err = errUnknownAccessKey()
	}
	if err != nil {
		return nil, err
	}
	return &GetAccessKeyInfoOutput{string(account)}, nil
}

// The letters after ASIA that hold the account: nothing else is kept of a
// session that could tell it.
const (
	accountLetters  = 8
	accountAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

func accountPart(a aws.AccountID) string {
	n, _ := strconv.ParseUint(string(a), 10, 64) // twelve digits: less than 2^40
	b := make([]byte, accountLetters)
	for i := range b {
		b[len(b)-1-i] = accountAlphabet[n&31]
		n >>= 5
	}
	return string(b)
}

func accountOf(accessKey string) (aws.AccountID, bool) {
	rest, ok := strings.CutPrefix(accessKey, "ASIA")
	if !ok || len(rest) != 16 {
		return "", false
	}
	var n uint64
	for i := range accountLetters {
		d := strings.IndexByte(accountAlphabet, rest[i])
		if d < 0 {
			return "", false
		}
		n = n<<5 | uint64(d)
	}
	if n > 999_999_999_999 {
		return "", false
	}
	return aws.AccountID(fmt.Sprintf("%012d", n)), true
}
