package cloudfront

import (
	"context"
	"reflect"
	"regexp"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The tags of a new distribution whose values become its id and its domain
// name, so that what others wrote down of a distribution on AWS is right here.
const (
	pinID     = "niebla:id"
	pinDomain = "niebla:domain"
)

var (
	idPattern     = regexp.MustCompile(`^E[A-Z0-9]{1,31}$`)
	domainPattern = regexp.MustCompile(`^d[a-z0-9]{1,31}$`)
)

// distribution is a distribution as stored.
type distribution struct {
	ID, Domain, ETag string
	Modified         time.Time
	Config           DistributionConfig
	Tags             map[string]string
}

func distributionARN(account aws.AccountID, id string) aws.ARN {
	return aws.MakeARN("cloudfront", aws.Scope{Account: account}, "distribution/"+id)
}

func (s *Service) find(tx *store.Tx, at aws.Scope, id string) (distribution, error) {
	d, ok := s.distributions.Get(tx, at, id)
	if !ok {
		return d, errNoSuchDistribution()
	}
	return d, nil
}

// show is a distribution as clients see it. It has always been deployed: a
// change is served from the next request on.
func (s *Service) show(tx *store.Tx, at aws.Scope, d *distribution) *Distribution {
	out := &Distribution{
		ARN: string(distributionARN(at.Account, d.ID)), Id: d.ID, DomainName: d.Domain, Status: "Deployed", LastModifiedTime: d.Modified,
		DistributionConfig:     d.Config,
		ActiveTrustedSigners:   &ActiveTrustedSigners{},
		ActiveTrustedKeyGroups: &ActiveTrustedKeyGroups{},
	}
	for _, id := range d.Config.keyGroups() {
		g, _ := s.keyGroups.table.Get(tx, at, id)
		keys := g.Config.Items
		out.ActiveTrustedKeyGroups.Items = append(out.ActiveTrustedKeyGroups.Items,
			KGKeyPairIds{KeyGroupId: id, KeyPairIds: &KeyPairIds{Items: keys, Quantity: int32(len(keys))}})
	}
	out.ActiveTrustedKeyGroups.Quantity = int32(len(out.ActiveTrustedKeyGroups.Items))
	out.ActiveTrustedKeyGroups.Enabled = out.ActiveTrustedKeyGroups.Quantity > 0
	return out
}

func (s *Service) createDistribution(_ context.Context, c *aws.Call, in *CreateDistributionInput) (*CreateDistributionOutput, error) {
	d, etag, err := s.create(c, in.DistributionConfig, nil)
	if err != nil {
		return nil, err
	}
	return &CreateDistributionOutput{Distribution: d, ETag: etag, Location: location("distribution/" + d.Id)}, nil
}

func (s *Service) createDistributionWithTags(_ context.Context, c *aws.Call, in *CreateDistributionWithTagsInput) (*CreateDistributionWithTagsOutput, error) {
	tags, err := addTags(nil, in.DistributionConfigWithTags.Tags)
	if err != nil {
		return nil, err
	}
	d, etag, err := s.create(c, in.DistributionConfigWithTags.DistributionConfig, tags)
	if err != nil {
		return nil, err
	}
	return &CreateDistributionWithTagsOutput{Distribution: d, ETag: etag, Location: location("distribution/" + d.Id)}, nil
}

func (s *Service) create(c *aws.Call, cfg DistributionConfig, tags map[string]string) (out *Distribution, etag string, err error) {
	d := distribution{Modified: c.Time, Config: cfg, Tags: tags}
	return out, d.ETag, s.update(func(tx *store.Tx) error {
		for _, other := range s.distributions.All(tx, c.Scope) {
			if other.Config.CallerReference != cfg.CallerReference {
				continue
			}
			asked := cfg
			asked.complete()
			if reflect.DeepEqual(asked, other.Config) { // the same request again
				d, out = other, s.show(tx, c.Scope, &other)
				return nil
			}
			return errDistributionExists(other.ID)
		}
		if err := s.check(tx, c.Scope, &d.Config, ""); err != nil {
			return err
		}
		if err := s.name(tx, &d); err != nil {
			return err
		}
		d.ETag = s.newETag()
		s.owners.Put(tx, aws.Scope{}, c.Account, d.ID)
		s.owners.Put(tx, aws.Scope{}, c.Account, d.Domain)
		s.distributions.Put(tx, c.Scope, d, d.ID)
		out = s.show(tx, c.Scope, &d)
		return nil
	})
}

// name gives a new distribution its id and domain name.
func (s *Service) name(tx *store.Tx, d *distribution) error {
	d.ID = s.newID("E")()
	if id := d.Tags[pinID]; id != "" {
		if !idPattern.MatchString(id) {
			return errTagging("The tag %s must be an E and up to 31 capitals or digits.", pinID)
		}
		if _, taken := s.owners.Get(tx, aws.Scope{}, id); taken {
			return errPinned(pinID, id)
		}
		d.ID = id
	}
	label := "d" + s.IDs.Lower(13)
	if domain := d.Tags[pinDomain]; domain != "" {
		label = strings.TrimSuffix(domain, ".cloudfront.net")
		if !domainPattern.MatchString(label) {
			return errTagging("The tag %s must be a d and up to 31 small letters or digits, with or without .cloudfront.net.", pinDomain)
		}
		if _, taken := s.owners.Get(tx, aws.Scope{}, label+".cloudfront.net"); taken {
			return errPinned(pinDomain, domain)
		}
	}
	d.Domain = label + ".cloudfront.net"
	return nil
}

func (s *Service) getDistribution(_ context.Context, c *aws.Call, in *GetDistributionInput) (out *GetDistributionOutput, err error) {
	return out, s.DB.View(func(tx *store.Tx) error {
		d, err := s.find(tx, c.Scope, in.Id)
		if err != nil {
			return err
		}
		out = &GetDistributionOutput{Distribution: s.show(tx, c.Scope, &d), ETag: d.ETag}
		return nil
	})
}

func (s *Service) getDistributionConfig(_ context.Context, c *aws.Call, in *GetDistributionConfigInput) (out *GetDistributionConfigOutput, err error) {
	return out, s.DB.View(func(tx *store.Tx) error {
		d, err := s.find(tx, c.Scope, in.Id)
		if err != nil {
			return err
		}
		out = &GetDistributionConfigOutput{DistributionConfig: &d.Config, ETag: d.ETag}
		return nil
	})
}

func (s *Service) updateDistribution(_ context.Context, c *aws.Call, in *UpdateDistributionInput) (out *UpdateDistributionOutput, err error) {
	return out, s.update(func(tx *store.Tx) error {
		d, err := s.find(tx, c.Scope, in.Id)
		switch {
		case err != nil:
			return err
		case in.IfMatch == "":
			return errInvalidIfMatch()
		case in.IfMatch != d.ETag:
			return errPreconditionFailed()
		case in.DistributionConfig.CallerReference != d.Config.CallerReference:
			return errIllegalUpdate()
		}
		d.Config = in.DistributionConfig
		if err := s.check(tx, c.Scope, &d.Config, d.ID); err != nil {
			return err
		}
		d.ETag, d.Modified = s.newETag(), c.Time
		s.distributions.Put(tx, c.Scope, d, d.ID)
		out = &UpdateDistributionOutput{Distribution: s.show(tx, c.Scope, &d), ETag: d.ETag}
		return nil
	})
}

func (s *Service) deleteDistribution(_ context.Context, c *aws.Call, in *DeleteDistributionInput) (*DeleteDistributionOutput, error) {
	err := s.update(func(tx *store.Tx) error {
		d, err := s.find(tx, c.Scope, in.Id)
		switch {
		case err != nil:
			return err
		case in.IfMatch == "":
			return errInvalidIfMatch()
		case in.IfMatch != d.ETag:
			return errPreconditionFailed()
		case d.Config.Enabled:
			return errNotDisabled()
		}
		s.distributions.Delete(tx, c.Scope, d.ID)
		s.invalidations.DeleteAll(tx, c.Scope, d.ID)
		s.owners.Delete(tx, aws.Scope{}, d.ID)
		s.owners.Delete(tx, aws.Scope{}, d.Domain)
		tx.OnCommit(func() { s.edge.Invalidate(d.ID, []string{"*"}) })
		return nil
	})
	return &DeleteDistributionOutput{}, err
}

func (s *Service) listDistributions(_ context.Context, c *aws.Call, in *ListDistributionsInput) (*ListDistributionsOutput, error) {
	var all []distribution
	err := s.DB.View(func(tx *store.Tx) error {
		for _, d := range s.distributions.All(tx, c.Scope) {
			all = append(all, d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	p, err := pageOf(all, func(d distribution) string { return d.ID }, in.Marker, in.MaxItems)
	if err != nil {
		return nil, err
	}
	list := &DistributionList{Marker: p.marker, MaxItems: p.max, NextMarker: p.next, IsTruncated: p.next != "", Quantity: p.quantity}
	for i := range p.items {
		list.Items = append(list.Items, p.items[i].summary(c.Account))
	}
	return &ListDistributionsOutput{DistributionList: list}, nil
}

func (d *distribution) summary(account aws.AccountID) DistributionSummary {
	cfg := &d.Config
	return DistributionSummary{
		ARN: string(distributionARN(account, d.ID)), Id: d.ID, ETag: d.ETag, DomainName: d.Domain, Status: "Deployed", LastModifiedTime: d.Modified,
		Aliases: *cfg.Aliases, CacheBehaviors: *cfg.CacheBehaviors, Comment: cfg.Comment, CustomErrorResponses: *cfg.CustomErrorResponses,
		DefaultCacheBehavior: cfg.DefaultCacheBehavior, Enabled: cfg.Enabled, HttpVersion: cfg.HttpVersion, IsIPV6Enabled: *cfg.IsIPV6Enabled,
		OriginGroups: cfg.OriginGroups, Origins: cfg.Origins, PriceClass: cfg.PriceClass, Restrictions: *cfg.Restrictions, Staging: *cfg.Staging,
		ViewerCertificate: *cfg.ViewerCertificate, WebACLId: cfg.WebACLId,
	}
}
