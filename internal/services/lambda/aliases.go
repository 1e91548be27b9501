package lambda

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// alias is a name for a version, or for two among which it divides traffic.
type alias struct {
	Name        string
	Version     string
	Description string
	Weights     map[string]float64 // of further versions
	Revision    string
}

func (a *alias) describe(n name) AliasConfiguration {
	n.qualifier = a.Name
	d := AliasConfiguration{
		AliasArn: string(n.arn()), Description: a.Description, FunctionVersion: a.Version, Name: a.Name, RevisionId: a.Revision,
	}
	if len(a.Weights) > 0 {
		d.RoutingConfig = &AliasRoutingConfiguration{a.Weights}
	}
	return d
}

// choose draws the version that an invocation goes to, with chance in [0, 1).
func (a *alias) choose(chance float64) string {
	for v, w := range a.Weights { // one at most
		if chance < w {
			return v
		}
	}
	return a.Version
}

func (s *Service) createAlias(_ context.Context, c *aws.Call, in *CreateAliasInput) (*CreateAliasOutput, error) {
	n := in.name(c)
	if isVersion(in.Name) {
		return nil, errInvalid("Alias name cannot be a number.")
	}
	a := alias{Name: in.Name, Version: in.FunctionVersion, Revision: s.IDs.UUID()}
	set(&a.Description, in.Description)
	if in.RoutingConfig != nil {
		a.Weights = in.RoutingConfig.AdditionalVersionWeights
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, ok := s.aliases.Get(tx, n.scope, n.function, a.Name); ok {
			return errConflict("Alias already exists: %s", name{n.scope, n.function, a.Name}.arn())
		}
		return s.putAlias(tx, n, a)
	})
	return &CreateAliasOutput{AliasConfiguration: a.describe(n)}, err
}

// putAlias stores an alias, if its versions are there.
func (s *Service) putAlias(tx *store.Tx, n name, a alias) error {
	versions := []string{a.Version}
	for v, w := range a.Weights {
		if w < 0 || w > 1 || v == a.Version || len(a.Weights) > 1 || a.Version == latest {
			return errInvalid("Invalid routing configuration: an alias divides its traffic among two different published versions.")
		}
		versions = append(versions, v)
	}
	for _, v := range versions {
		if _, _, err := s.find(tx, name{n.scope, n.function, v}); err != nil {
			return err
		}
	}
	s.aliases.Put(tx, n.scope, a, n.function, a.Name)
	return nil
}

func (s *Service) getAlias(_ context.Context, c *aws.Call, in *GetAliasInput) (*AliasConfiguration, error) {
	n := in.name(c)
	var d AliasConfiguration
	err := s.DB.View(func(tx *store.Tx) error {
		a, ok := s.aliases.Get(tx, n.scope, n.function, in.Name)
		if !ok {
			return errAliasNotFound(name{n.scope, n.function, in.Name}.arn())
		}
		d = a.describe(n)
		return nil
	})
	return &d, err
}

func (s *Service) updateAlias(_ context.Context, c *aws.Call, in *UpdateAliasInput) (*AliasConfiguration, error) {
	n := in.name(c)
	var d AliasConfiguration
	err := s.DB.Update(func(tx *store.Tx) error {
		a, ok := s.aliases.Get(tx, n.scope, n.function, in.Name)
		switch {
		case !ok:
			return errAliasNotFound(name{n.scope, n.function, in.Name}.arn())
		case in.RevisionId != "" && in.RevisionId != a.Revision:
			return errRevision()
		}
		set(&a.Description, in.Description)
		if in.FunctionVersion != "" {
			a.Version = in.FunctionVersion
		}
		if in.RoutingConfig != nil {
			a.Weights = in.RoutingConfig.AdditionalVersionWeights
		}
		a.Revision = s.IDs.UUID()
		d = a.describe(n)
		return s.putAlias(tx, n, a)
	})
	return &d, err
}

func (s *Service) deleteAlias(_ context.Context, c *aws.Call, in *DeleteAliasInput) (*DeleteAliasOutput, error) {
	n := in.name(c)
	return &DeleteAliasOutput{}, s.change(n, func(tx *store.Tx, f *function) error {
		s.aliases.Delete(tx, n.scope, n.function, in.Name)
		s.asyncs.Delete(tx, n.scope, n.function, in.Name)
		delete(f.Policies, in.Name)
		return nil
	})
}

func (s *Service) listAliases(_ context.Context, c *aws.Call, in *ListAliasesInput) (*ListAliasesOutput, error) {
	n := in.name(c)
	out := &ListAliasesOutput{Aliases: []AliasConfiguration{}}
	err := s.DB.View(func(tx *store.Tx) error {
		if _, ok := s.functions.Get(tx, n.scope, n.function); !ok {
			return errFunctionNotFound(n.arn())
		}
		for _, a := range s.aliases.After(tx, n.scope, []string{n.function, in.Marker}, n.function) {
			if len(out.Aliases) >= in.size() {
				out.NextMarker = out.Aliases[len(out.Aliases)-1].Name
				return nil
			}
			if in.FunctionVersion == "" || in.FunctionVersion == a.Version {
				out.Aliases = append(out.Aliases, a.describe(n))
			}
		}
		return nil
	})
	return out, err
}
