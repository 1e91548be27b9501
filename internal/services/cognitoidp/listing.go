package cognitoidp

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) listUsers(_ context.Context, c *aws.Call, in *ListUsersInput) (*ListUsersOutput, error) {
	f, err := parseFilter(in.Filter)
	if err != nil {
		return nil, err
	}
	from, err := newPage(wanted(in.Limit), in.PaginationToken, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	pass := everything
	if len(in.AttributesToGet) > 0 {
		pass = func(name string) bool { return slices.Contains(in.AttributesToGet, name) }
	}
	out := &ListUsersOutput{Users: []UserType{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		p, err := s.get(tx, c.Scope, in.UserPoolId)
		if err != nil {
			return err
		}
		last := ""
		for key, u := range s.users.After(tx, p.scope, from.after, p.ID) {
			if !f.selects(&p, &u) {
				continue
			}
			if len(out.Users) == from.limit {
				out.PaginationToken = pageToken(last)
				break
			}
			out.Users, last = append(out.Users, u.describe(pass)), key[1]
		}
		return nil
	})
}
