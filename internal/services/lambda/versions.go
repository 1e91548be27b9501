package lambda

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// versionKey orders versions by number.
func versionKey(number string) string { return fmt.Sprintf("%010s", number) }

// publish makes a version of the latest one, unless it is as the last that
// was published.
func (s *Service) publish(tx *store.Tx, scope aws.Scope, f *function, description string) version {
	v := f.Latest
	if description != "" {
		v.Description = description
	}
	if f.Next > 1 {
		last, ok := s.published.Get(tx, scope, f.Name, versionKey(strconv.Itoa(f.Next-1)))
		if ok && last.From == f.Latest.Revision {
			return last
		}
	}
	v.From = f.Latest.Revision
	v.Number = strconv.Itoa(f.Next)
	v.Revision = s.IDs.UUID()
	f.Next++
	s.published.Put(tx, scope, v, f.Name, versionKey(v.Number))
	return v
}

func (s *Service) publishVersion(_ context.Context, c *aws.Call, in *PublishVersionInput) (*CreateFunctionOutput, error) {
	n := in.name(c)
	var out FunctionConfiguration
	err := s.change(n, func(tx *store.Tx, f *function) error {
		switch {
		case in.RevisionId != "" && in.RevisionId != f.Latest.Revision:
			return errRevision()
		case in.CodeSha256 != "" && in.CodeSha256 != base64OfHex(f.Latest.Digest):
			return errInvalid("CodeSHA256 (%s) is different from current CodeSHA256 in $LATEST (%s). Please try again with the CodeSHA256 in $LATEST.", in.CodeSha256, base64OfHex(f.Latest.Digest))
		}
		description := ""
		if in.Description != nil {
			description = *in.Description
		}
		v := s.publish(tx, n.scope, f, description)
		out = v.describe(name{scope: n.scope, function: n.function})
		return nil
	})
	return &CreateFunctionOutput{FunctionConfiguration: out}, err
}

func (s *Service) deleteVersion(n name) error {
	if n.qualifier == latest {
		return errInvalid("$LATEST version cannot be deleted without deleting the function.")
	}
	if !isVersion(n.qualifier) {
		return errInvalid("Deletion of aliases is not currently supported.")
	}
	var gone version
	err := s.DB.Update(func(tx *store.Tx) error {
		v, ok := s.published.Get(tx, n.scope, n.function, versionKey(n.qualifier))
		if !ok {
			return nil
		}
		var users []string
		for _, a := range s.aliases.All(tx, n.scope, n.function) {
			if _, part := a.Weights[n.qualifier]; part || a.Version == n.qualifier {
				users = append(users, a.Name)
			}
		}
		if len(users) > 0 {
			return errConflict("Cannot delete version because the following aliases are currently pointing to it: [%s].", strings.Join(users, ", "))
		}
		gone = v
		s.published.Delete(tx, n.scope, n.function, versionKey(n.qualifier))
		s.asyncs.Delete(tx, n.scope, n.function, n.qualifier)
		return nil
	})
	if err != nil || gone.Number == "" {
		return err
	}
	s.Runner.Retire(instanceKey(n, &gone))
	s.release(n, gone.Blob)
	return nil
}

func (s *Service) listVersionsByFunction(_ context.Context, c *aws.Call, in *ListVersionsByFunctionInput) (*ListVersionsByFunctionOutput, error) {
	n := in.name(c)
	out := &ListVersionsByFunctionOutput{Versions: []FunctionConfiguration{}}
	err := s.DB.View(func(tx *store.Tx) error {
		f, ok := s.functions.Get(tx, n.scope, n.function)
		if !ok {
			return errFunctionNotFound(n.arn())
		}
		add := func(v version) {
			out.Versions = append(out.Versions, v.describe(name{n.scope, n.function, v.Number}))
		}
		if in.Marker == "" {
			add(f.Latest)
		}
		for _, v := range s.published.After(tx, n.scope, []string{n.function, in.Marker}, n.function) {
			if len(out.Versions) >= in.size() {
				out.NextMarker = versionKey(out.Versions[len(out.Versions)-1].Version)
				return nil
			}
			add(v)
		}
		return nil
	})
	return out, err
}
