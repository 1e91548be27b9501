package iam

import (
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// maxAttached is how many managed policies an entity may have.
const maxAttached = 10

var attachQuotas = map[kind]string{user: "PoliciesPerUser", group: "PoliciesPerGroup", role: "PoliciesPerRole"}

func (p *policyARN) arn() string { return p.PolicyArn }

// attachment is an input that names an entity and a managed policy.
type attachment[In any] interface {
	named[In]
	arn() string
}

func attach[In any, P attachment[In]](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(tx *store.Tx, c *aws.Call, e *entity, in P) error {
		if _, err := s.attachable(tx, c, in.arn()); err != nil {
			return err
		}
		i, found := slices.BinarySearch(e.Attached, in.arn())
		if found {
			return nil
		}
		if len(e.Attached) >= maxAttached {
			return errQuota(attachQuotas[e.Kind], maxAttached)
		}
		e.Attached = slices.Insert(e.Attached, i, in.arn())
		return nil
	})
}

func detach[In any, P attachment[In]](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) error {
		if _, _, ok := policyNamed(in.arn()); !ok {
			return errBadARN()
		}
		i, found := slices.BinarySearch(e.Attached, in.arn())
		if !found {
			return errNoPolicy(in.arn())
		}
		e.Attached = slices.Delete(e.Attached, i, i+1)
		return nil
	})
}

func (p *page) asked() page            { return *p }
func (p *pathPrefix) prefix() string   { return p.PathPrefix }
func (b *boundary) boundaryOf() string { return b.PermissionsBoundary }

// listing is an input that names an entity and asks for a page.
type listing[In any] interface {
	named[In]
	asked() page
}

func listAttached[In any, P interface {
	listing[In]
	prefix() string
}](s *Service) service.Handler[In, ListAttachedPoliciesOutput] {
	return look(s, func(_ *store.Tx, _ *aws.Call, e *entity, in P) (*ListAttachedPoliciesOutput, error) {
		var all []AttachedPolicy
		for _, arn := range e.Attached {
			name, _, _ := policyNamed(arn)
			if _, path, _ := strings.Cut(strings.TrimSuffix(arn, name), ":policy"); strings.HasPrefix(path, in.prefix()) {
				all = append(all, AttachedPolicy{arn, name})
			}
		}
		cut, next, err := paginate(in.asked(), all, func(a AttachedPolicy) string { return a.PolicyArn })
		return &ListAttachedPoliciesOutput{append([]AttachedPolicy{}, cut...), next}, err
	})
}

func putBoundary[In any, P interface {
	named[In]
	boundaryOf() string
}](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(tx *store.Tx, c *aws.Call, e *entity, in P) error {
		e.Boundary = in.boundaryOf()
		_, err := s.attachable(tx, c, e.Boundary)
		return err
	})
}

func deleteBoundary[In any, P named[In]](s *Service) service.Handler[In, service.Empty] {
	return change(s, func(_ *store.Tx, _ *aws.Call, e *entity, _ P) error {
		if e.Boundary == "" {
			return errNoBoundary(e.ref())
		}
		e.Boundary = ""
		return nil
	})
}
