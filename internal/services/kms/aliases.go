package kms

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// alias is another name of a key, as stored under that name.
type alias struct {
	Target           string // key id
	Created, Updated time.Time
}

func aliasARN(s aws.Scope, name string) aws.ARN { return aws.MakeARN("kms", s, name) }

// managed is what begins the aliases of the keys that AWS manages.
const managed = "alias/aws/"

// managedServices are the services that have a managed key in every account.
var managedServices = []string{"acm", "dynamodb", "ebs", "kinesis", "lambda", "rds", "s3", "secretsmanager", "sns", "sqs", "ssm", "xray"}

// unborn reports that err came of an AWS managed alias that was never used.
func (s *Service) unborn(c *aws.Call, name string, err error) (string, bool) {
	if err == nil {
		return "", false
	}
	at, resource, bad := parseName(c.Scope, name)
	svc, ok := strings.CutPrefix(resource, managed)
	return resource, bad == nil && ok && at == c.Scope && slices.Contains(managedServices, svc)
}

// makeManaged makes the key of an AWS managed alias.
func (s *Service) makeManaged(tx *store.Tx, c *aws.Call, name string) key {
	svc := strings.TrimPrefix(name, managed)
	k := s.newKey(c)
	k.Managed, k.Aliases = true, []string{name}
	k.Description = "Default key that protects my data of " + svc + " when no other key is defined"
	k.Policy = managedPolicy(c.Scope, svc)
	k.Rotation = rotation{Days: rotationDays, Next: c.Time.Add(rotationDays * day)}
	s.put(tx, k)
	s.aliases.Put(tx, c.Scope, alias{Target: k.ID, Created: c.Time, Updated: c.Time}, name)
	return k
}

// checkAlias refuses names that nobody may make or change.
func checkAlias(name string) error {
	if !strings.HasPrefix(name, "alias/") || name == "alias/" {
		return errAliasPrefix()
	}
	if strings.HasPrefix(name, managed) {
		return errReservedAlias()
	}
	return nil
}

// target is the key that an alias is to name.
func (s *Service) target(tx *store.Tx, c *aws.Call, name string) (key, error) {
	k, err := s.own(tx, c, name)
	if err != nil {
		return key{}, err
	}
	if k.State == PendingDeletion {
		return key{}, errPendingDeletion(k.arn())
	}
	return k, k.customers()
}

func (s *Service) createAlias(_ context.Context, c *aws.Call, in *CreateAliasInput) (*service.Empty, error) {
	if err := checkAlias(in.AliasName); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		k, err := s.target(tx, c, in.TargetKeyId)
		if err != nil {
			return err
		}
		if _, err := s.find(tx, c, in.AliasName); err == nil {
			return errAliasExists(aliasARN(c.Scope, in.AliasName))
		}
		k.named(in.AliasName, true)
		s.put(tx, k)
		s.aliases.Put(tx, c.Scope, alias{Target: k.ID, Created: c.Time, Updated: c.Time}, in.AliasName)
		return nil
	})
}

func (s *Service) updateAlias(_ context.Context, c *aws.Call, in *UpdateAliasInput) (*service.Empty, error) {
	if err := checkAlias(in.AliasName); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		from, err := s.find(tx, c, in.AliasName)
		if err != nil {
			return err
		}
		from.named(in.AliasName, false)
		s.put(tx, from)
		to, err := s.target(tx, c, in.TargetKeyId)
		if err != nil {
			return err
		}
		to.named(in.AliasName, true)
		s.put(tx, to)
		a, _ := s.aliases.Get(tx, c.Scope, in.AliasName)
		a.Target, a.Updated = to.ID, c.Time
		s.aliases.Put(tx, c.Scope, a, in.AliasName)
		return nil
	})
}

func (s *Service) deleteAlias(_ context.Context, c *aws.Call, in *DeleteAliasInput) (*service.Empty, error) {
	if err := checkAlias(in.AliasName); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		k, err := s.find(tx, c, in.AliasName)
		if err != nil {
			return err
		}
		k.named(in.AliasName, false)
		s.put(tx, k)
		s.aliases.Delete(tx, c.Scope, in.AliasName)
		return nil
	})
}

func (s *Service) listAliases(_ context.Context, c *aws.Call, in *ListAliasesInput) (*ListAliasesOutput, error) {
	p, err := newPage(in.Limit, 50, in.Marker)
	if err != nil {
		return nil, err
	}
	out := &ListAliasesOutput{Aliases: []AliasListEntry{}}
	err = s.DB.View(func(tx *store.Tx) error {
		only := ""
		if in.KeyId != "" {
			k, err := s.own(tx, c, in.KeyId)
			if err != nil {
				return err
			}
			only = k.ID
		}
		for name, a := range s.aliases.After(tx, c.Scope, p.after) {
			if only != "" && a.Target != only {
				continue
			}
			if _, err := s.get(tx, c.Scope, c.Time, a.Target); err != nil {
				continue // gone with its key
			}
			if p.full(len(out.Aliases)) {
				out.Truncated, out.NextMarker = true, marker(out.Aliases[len(out.Aliases)-1].AliasName)
				break
			}
			out.Aliases = append(out.Aliases, AliasListEntry{
				AliasArn: string(aliasARN(c.Scope, name[0])), AliasName: name[0],
				CreationDate: a.Created, LastUpdatedDate: a.Updated, TargetKeyId: a.Target,
			})
		}
		return nil
	})
	return out, err
}
