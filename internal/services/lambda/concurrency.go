package lambda

import (
	"context"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The limits of an account, as AWS sets them for a new one.
const (
	accountConcurrency = 1000
	minUnreserved      = 100
)

// running counts what is under way.
type running struct {
	mu         sync.Mutex
	functions  map[aws.ARN]int
	unreserved map[aws.Scope]int
}

// enter counts one more event of a function, if it may have one.
func (s *Service) enter(n name, reserved *int32, unreserved int) error {
	r := &s.running
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.functions == nil {
		r.functions, r.unreserved = map[aws.ARN]int{}, map[aws.Scope]int{}
	}
	arn := n.bare()
	switch {
	case reserved != nil && r.functions[arn] >= int(*reserved):
		return errThrottled("ReservedFunctionConcurrentInvocationLimitExceeded")
	case reserved == nil && r.unreserved[n.scope] >= unreserved:
		return errThrottled("ConcurrentInvocationLimitExceeded")
	}
	r.functions[arn]++
	s.count(name{scope: n.scope, function: n.function}, "ConcurrentExecutions", meter.Count, float64(r.functions[arn]))
	if reserved == nil {
		r.unreserved[n.scope]++
		s.Meter.Count(n.scope, namespace, "UnreservedConcurrentExecutions", meter.Count, float64(r.unreserved[n.scope]))
	}
	return nil
}

func (s *Service) leave(n name, reserved *int32) {
	r := &s.running
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.functions[n.bare()]--; r.functions[n.bare()] == 0 {
		delete(r.functions, n.bare())
	}
	if reserved == nil {
		r.unreserved[n.scope]--
	}
}

// unreserved is what the functions of an account leave to those that have
// reserved nothing.
func (s *Service) unreserved(tx *store.Tx, scope aws.Scope, but string) int {
	left := accountConcurrency
	for _, f := range s.functions.All(tx, scope) {
		if f.Reserved != nil && f.Name != but {
			left -= int(*f.Reserved)
		}
	}
	return left
}

func (s *Service) putFunctionConcurrency(_ context.Context, c *aws.Call, in *PutFunctionConcurrencyInput) (*Concurrency, error) {
	n := in.name(c)
	err := s.change(n, func(tx *store.Tx, f *function) error {
		if s.unreserved(tx, n.scope, f.Name)-int(in.ReservedConcurrentExecutions) < minUnreserved {
			return errUnreserved()
		}
		f.Reserved = &in.ReservedConcurrentExecutions
		return nil
	})
	return &Concurrency{&in.ReservedConcurrentExecutions}, err
}

func (s *Service) getFunctionConcurrency(_ context.Context, c *aws.Call, in *GetFunctionConcurrencyInput) (*Concurrency, error) {
	f, _, err := s.read(in.name(c))
	return &Concurrency{f.Reserved}, err
}

func (s *Service) deleteFunctionConcurrency(_ context.Context, c *aws.Call, in *DeleteFunctionConcurrencyInput) (*NoContent, error) {
	return &NoContent{}, s.change(in.name(c), func(_ *store.Tx, f *function) error {
		f.Reserved = nil
		return nil
	})
}

func (s *Service) getAccountSettings(_ context.Context, c *aws.Call, _ *GetAccountSettingsInput) (*GetAccountSettingsOutput, error) {
	out := &GetAccountSettingsOutput{AccountLimit: AccountLimit{
		CodeSizeUnzipped: 262144000, CodeSizeZipped: 52428800, ConcurrentExecutions: accountConcurrency, TotalCodeSize: 80530636800,
	}}
	err := s.DB.View(func(tx *store.Tx) error {
		out.AccountLimit.UnreservedConcurrentExecutions = int32(s.unreserved(tx, c.Scope, ""))
		for _, f := range s.functions.All(tx, c.Scope) {
			out.AccountUsage.FunctionCount++
			out.AccountUsage.TotalCodeSize += f.Latest.Size
		}
		for _, v := range s.published.All(tx, c.Scope) {
			out.AccountUsage.TotalCodeSize += v.Size
		}
		return nil
	})
	return out, err
}
