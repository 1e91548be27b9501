package lambda

import (
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// eventInvoke is how a function, or one of its qualifiers, treats asynchronous events.
type eventInvoke struct {
	Qualifier string
	Age       *int32 // seconds
	Retries   *int32
	OnSuccess aws.ARN
	OnFailure aws.ARN
	Modified  time.Time
}

func (e *eventInvoke) retries() int {
	if e.Retries == nil {
		return defaultRetries
	}
	return int(*e.Retries)
}

func (e *eventInvoke) age() time.Duration {
	if e.Age == nil {
		return defaultAge
	}
	return time.Duration(*e.Age) * time.Second
}

func asyncKey(n name) string {
	if n.qualifier == "" {
		return latest
	}
	return n.qualifier
}

// asyncOf returns the settings of a qualifier, or AWS' own.
func (s *Service) asyncOf(tx *store.Tx, n name) eventInvoke {
	e, _ := s.asyncs.Get(tx, n.scope, n.function, asyncKey(n))
	return e
}

func (e *eventInvoke) describe(n name) *FunctionEventInvokeConfig {
	n.qualifier = e.Qualifier
	d := &FunctionEventInvokeConfig{
		DestinationConfig: &DestinationConfig{OnFailure: &Destination{}, OnSuccess: &Destination{}}, FunctionArn: string(n.arn()), LastModified: e.Modified,
		MaximumEventAgeInSeconds: e.Age, MaximumRetryAttempts: e.Retries,
	}
	d.DestinationConfig.OnFailure.Destination = string(e.OnFailure)
	d.DestinationConfig.OnSuccess.Destination = string(e.OnSuccess)
	return d
}

func (s *Service) putFunctionEventInvokeConfig(_ context.Context, c *aws.Call, in *PutFunctionEventInvokeConfigInput) (*FunctionEventInvokeConfig, error) {
	return s.setAsync(c, &in.eventInvokeSettings, true)
}

func (s *Service) updateFunctionEventInvokeConfig(_ context.Context, c *aws.Call, in *UpdateFunctionEventInvokeConfigInput) (*FunctionEventInvokeConfig, error) {
	return s.setAsync(c, &in.eventInvokeSettings, false)
}

func (s *Service) setAsync(c *aws.Call, in *eventInvokeSettings, anew bool) (*FunctionEventInvokeConfig, error) {
	n := in.name(c)
	targets := map[string]*Destination{}
	if d := in.DestinationConfig; d != nil {
		targets["success"], targets["failure"] = d.OnSuccess, d.OnFailure
	}
	for _, d := range targets {
		if d != nil && d.Destination != "" {
			if err := s.Targets.Check(c, aws.ARN(d.Destination)); err != nil {
				return nil, errInvalid("The destination ARN %s is invalid.", d.Destination)
			}
		}
	}
	var out *FunctionEventInvokeConfig
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, _, err := s.find(tx, n); err != nil {
			return err
		}
		e, ok := s.asyncs.Get(tx, n.scope, n.function, asyncKey(n))
		if !ok && !anew {
			return errNoEventInvoke(n)
		}
		if anew {
			e = eventInvoke{}
		}
		e.Qualifier, e.Modified = asyncKey(n), c.Time.UTC()
		if in.MaximumEventAgeInSeconds != nil {
			e.Age = in.MaximumEventAgeInSeconds
		}
		if in.MaximumRetryAttempts != nil {
			e.Retries = in.MaximumRetryAttempts
		}
		if d := targets["success"]; d != nil {
			e.OnSuccess = aws.ARN(d.Destination)
		}
		if d := targets["failure"]; d != nil {
			e.OnFailure = aws.ARN(d.Destination)
		}
		s.asyncs.Put(tx, n.scope, e, n.function, asyncKey(n))
		out = e.describe(n)
		return nil
	})
	return out, err
}

func errNoEventInvoke(n name) error {
	n.qualifier = asyncKey(n)
	return errResourceNotFound("The function %s doesn't have an EventInvokeConfig", n.arn())
}

func (s *Service) getFunctionEventInvokeConfig(_ context.Context, c *aws.Call, in *GetFunctionEventInvokeConfigInput) (*FunctionEventInvokeConfig, error) {
	n := in.name(c)
	var out *FunctionEventInvokeConfig
	err := s.DB.View(func(tx *store.Tx) error {
		e, ok := s.asyncs.Get(tx, n.scope, n.function, asyncKey(n))
		if !ok {
			return errNoEventInvoke(n)
		}
		out = e.describe(n)
		return nil
	})
	return out, err
}

func (s *Service) deleteFunctionEventInvokeConfig(_ context.Context, c *aws.Call, in *DeleteFunctionEventInvokeConfigInput) (*NoContent, error) {
	n := in.name(c)
	return &NoContent{}, s.DB.Update(func(tx *store.Tx) error {
		if _, ok := s.asyncs.Get(tx, n.scope, n.function, asyncKey(n)); !ok {
			return errNoEventInvoke(n)
		}
		s.asyncs.Delete(tx, n.scope, n.function, asyncKey(n))
		return nil
	})
}

func (s *Service) listFunctionEventInvokeConfigs(_ context.Context, c *aws.Call, in *ListFunctionEventInvokeConfigsInput) (*ListFunctionEventInvokeConfigsOutput, error) {
	n := in.name(c)
	out := &ListFunctionEventInvokeConfigsOutput{FunctionEventInvokeConfigs: []FunctionEventInvokeConfig{}}
	err := s.DB.View(func(tx *store.Tx) error {
		if _, ok := s.functions.Get(tx, n.scope, n.function); !ok {
			return errFunctionNotFound(n.arn())
		}
		last := ""
		for key, e := range s.asyncs.After(tx, n.scope, []string{n.function, in.Marker}, n.function) {
			if len(out.FunctionEventInvokeConfigs) >= in.size() {
				out.NextMarker = last
				return nil
			}
			out.FunctionEventInvokeConfigs = append(out.FunctionEventInvokeConfigs, *e.describe(n))
			last = key[len(key)-1]
		}
		return nil
	})
	return out, err
}
