package logs

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// group is a log group as stored.
type group struct {
	Name      string
	Created   int64
	Retention int // days; 0 is for ever
	Class     string
	Protected bool
	Tags      map[string]string
}

const standardClass = "STANDARD"

// since is the time before which the group's events have expired.
func (g *group) since(now time.Time) int64 {
	if g.Retention == 0 {
		return 0
	}
	return millis(now.Add(-time.Duration(g.Retention) * 24 * time.Hour))
}

// bytesKey is where the size of a group's events is kept. It changes with
// every batch, the group hardly ever.
func bytesKey(s aws.Scope, group string) []byte {
	return store.AppendPart(store.Prefix("logs/bytes", s), group)
}

func storedBytes(tx *store.Tx, s aws.Scope, group string) int64 {
	if v, ok := tx.Get(bytesKey(s, group)); ok && len(v) == 8 {
		return int64(binary.BigEndian.Uint64(v))
	}
	return 0
}

func addBytes(tx *store.Tx, s aws.Scope, group string, n int64) {
	tx.Set(bytesKey(s, group), binary.BigEndian.AppendUint64(nil, uint64(storedBytes(tx, s, group)+n)))
}

func (s *Service) find(tx *store.Tx, scope aws.Scope, name string) (group, error) {
	g, ok := s.groups.Get(tx, scope, name)
	if !ok {
		return group{}, errNoGroup()
	}
	return g, nil
}

// change applies f to a group, and stores it.
func (s *Service) change(c *aws.Call, name string, f func(*store.Tx, *group) error) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, name)
		if err != nil {
			return err
		}
		if err := f(tx, &g); err != nil {
			return err
		}
		s.groups.Put(tx, c.Scope, g, name)
		return nil
	})
}

func (s *Service) createLogGroup(_ context.Context, c *aws.Call, in *CreateLogGroupInput) (*service.Empty, error) {
	g := group{Name: in.LogGroupName, Created: millis(c.Time), Class: in.LogGroupClass, Protected: in.DeletionProtectionEnabled}
	if g.Class == "" {
		g.Class = standardClass
	}
	var err error
	if g.Tags, err = addTags(nil, in.Tags); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.groups.Get(tx, c.Scope, g.Name); taken {
			return errGroupExists()
		}
		s.groups.Put(tx, c.Scope, g, g.Name)
		return nil
	})
}

func (s *Service) deleteLogGroup(_ context.Context, c *aws.Call, in *DeleteLogGroupInput) (*service.Empty, error) {
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		g, err := s.find(tx, c.Scope, in.LogGroupName)
		if err != nil {
			return err
		}
		if g.Protected {
			return errProtected()
		}
		s.groups.Delete(tx, c.Scope, g.Name)
		s.streams.DeleteAll(tx, c.Scope, g.Name)
		s.filters.DeleteAll(tx, c.Scope, g.Name)
		tx.Delete(bytesKey(c.Scope, g.Name))
		events := store.AppendPart(store.Prefix(eventSpace, c.Scope), g.Name)
		tx.DeleteRange(events, store.PrefixEnd(events))
		return nil
	})
}

func (s *Service) describeLogGroups(_ context.Context, c *aws.Call, in *DescribeLogGroupsInput) (*DescribeLogGroupsOutput, error) {
	if in.LogGroupNamePattern != "" && in.LogGroupNamePrefix != "" {
		return nil, errParameter("LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.")
	}
	after, err := decodeToken(in.NextToken)
	if err != nil {
		return nil, err
	}
	limit := orElse(in.Limit, 50)
	wanted := func(g *group) bool {
		return strings.HasPrefix(g.Name, in.LogGroupNamePrefix) &&
			(in.LogGroupNamePattern == "" || strings.Contains(strings.ToLower(g.Name), strings.ToLower(in.LogGroupNamePattern))) &&
			(in.LogGroupClass == "" || in.LogGroupClass == g.Class) &&
			(len(in.LogGroupIdentifiers) == 0 || slices.ContainsFunc(in.LogGroupIdentifiers, func(id string) bool { return nameOf(id) == g.Name }))
	}
	out := &DescribeLogGroupsOutput{LogGroups: []LogGroup{}}
	return out, s.DB.View(func(tx *store.Tx) error {
		for _, g := range s.groups.All(tx, c.Scope) {
			if g.Name <= after || !wanted(&g) {
				continue
			}
			if len(out.LogGroups) == limit {
				out.NextToken = encodeToken(out.LogGroups[limit-1].LogGroupName)
				break
			}
			out.LogGroups = append(out.LogGroups, s.describe(tx, c.Scope, &g))
		}
		return nil
	})
}

func (s *Service) describe(tx *store.Tx, scope aws.Scope, g *group) LogGroup {
	d := LogGroup{
		Arn:                       string(groupARN(scope, g.Name)) + ":*",
		LogGroupArn:               string(groupARN(scope, g.Name)),
		CreationTime:              g.Created,
		LogGroupClass:             g.Class,
		LogGroupName:              g.Name,
		StoredBytes:               storedBytes(tx, scope, g.Name),
		DeletionProtectionEnabled: g.Protected,
	}
	for range s.filters.All(tx, scope, g.Name) {
		d.MetricFilterCount++
	}
	if g.Retention > 0 {
		d.RetentionInDays = &g.Retention
	}
	return d
}

func orElse(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// encodeToken is the opaque form of the last name on a page.
func encodeToken(last string) string { return base64.RawURLEncoding.EncodeToString([]byte(last)) }

func decodeToken(token string) (string, error) {
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return "", errParameter("The specified nextToken is invalid.")
	}
	return string(b), nil
}
