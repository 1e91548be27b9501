package cloudfront

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/edge"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Deps is what CloudFront needs from the world. Every field is required; Edge
// is all but Observe, which is ours.
type Deps struct {
	DB    *store.DB
	IDs   *aws.IDs
	Now   func() time.Time
	Meter *meter.Meter
	Edge  edge.Config
}

// Service is the CloudFront emulator.
type Service struct {
	Deps
	distributions store.Table[distribution]
	owners        store.Table[aws.AccountID] // by distribution id and domain: they are unique in the world
	invalidations store.Table[invalidation]

	accessControls          kind[OriginAccessControlConfig]
	cachePolicies           kind[CachePolicyConfig]
	originRequestPolicies   kind[OriginRequestPolicyConfig]
	responseHeadersPolicies kind[ResponseHeadersPolicyConfig]
	publicKeys              kind[PublicKeyConfig]
	keyGroups               kind[KeyGroupConfig]

	edge    *edge.Edge
	publish sync.Mutex // held while routes are made anew
	counts  map[string]*edge.Counts
	routes  atomic.Pointer[routes]
}

// New returns the distributions that the store has, with an empty cache.
func New(d Deps) (*Service, error) {
	if d.DB == nil || d.IDs == nil || d.Now == nil || d.Meter == nil {
		panic("cloudfront: incomplete Deps")
	}
	s := &Service{
		Deps:          d,
		distributions: store.NewTable[distribution]("cloudfront/distribution"),
		owners:        store.NewTable[aws.AccountID]("cloudfront/owner"),
		invalidations: store.NewTable[invalidation]("cloudfront/invalidation"),
		counts:        map[string]*edge.Counts{},
	}
	s.initKinds()
	d.Edge.Observe = s.observe
	s.edge = edge.New(d.Edge)
	return s, s.republish()
}

// Close implements service.Closer.
func (s *Service) Close() error { return s.edge.Close() }

// Info identifies CloudFront on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:           "cloudfront",
		Title:          "Amazon CloudFront",
		Protocols:      []service.Protocol{service.RestXML},
		Version:        "2020-05-31",
		Namespace:      "http://cloudfront.amazonaws.com/doc/2020-05-31/",
		ValidationCode: "InvalidArgument",
		Global:         true,
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateDistribution", service.Any, s.createDistribution),
		service.Op("CreateDistributionWithTags", onCreateWithTags, s.createDistributionWithTags),
		service.Op("GetDistribution", onDistribution(func(in *GetDistributionInput) string { return in.Id }), s.getDistribution),
		service.Op("GetDistributionConfig", onDistribution(func(in *GetDistributionConfigInput) string { return in.Id }), s.getDistributionConfig),
		service.Op("UpdateDistribution", onDistribution(func(in *UpdateDistributionInput) string { return in.Id }), s.updateDistribution),
		service.Op("DeleteDistribution", onDistribution(func(in *DeleteDistributionInput) string { return in.Id }), s.deleteDistribution),
		service.Op("ListDistributions", service.Any, s.listDistributions),

		service.Op("CreateInvalidation", onDistribution(func(in *CreateInvalidationInput) string { return in.DistributionId }), s.createInvalidation),
		service.Op("GetInvalidation", onDistribution(func(in *GetInvalidationInput) string { return in.DistributionId }), s.getInvalidation),
		service.Op("ListInvalidations", onDistribution(func(in *ListInvalidationsInput) string { return in.DistributionId }), s.listInvalidations),

		service.Op("TagResource", onARN(func(in *TagResourceInput) string { return in.Resource }), s.tagResource),
		service.Op("UntagResource", onARN(func(in *UntagResourceInput) string { return in.Resource }), s.untagResource),
		service.Op("ListTagsForResource", onARN(func(in *ListTagsForResourceInput) string { return in.Resource }), s.listTagsForResource),

		service.Op("CreateCachePolicy", service.Any, s.createCachePolicy),
		service.Op("GetCachePolicy", on(s.cachePolicies.arn, func(in *GetCachePolicyInput) string { return in.Id }), s.getCachePolicy),
		service.Op("GetCachePolicyConfig", on(s.cachePolicies.arn, func(in *GetCachePolicyConfigInput) string { return in.Id }), s.getCachePolicyConfig),
		service.Op("UpdateCachePolicy", on(s.cachePolicies.arn, func(in *UpdateCachePolicyInput) string { return in.Id }), s.updateCachePolicy),
		service.Op("DeleteCachePolicy", on(s.cachePolicies.arn, func(in *DeleteCachePolicyInput) string { return in.Id }), s.deleteCachePolicy),
		service.Op("ListCachePolicies", service.Any, s.listCachePolicies),

		service.Op("CreateOriginRequestPolicy", service.Any, s.createOriginRequestPolicy),
		service.Op("GetOriginRequestPolicy", on(s.originRequestPolicies.arn, func(in *GetOriginRequestPolicyInput) string { return in.Id }), s.getOriginRequestPolicy),
		service.Op("GetOriginRequestPolicyConfig", on(s.originRequestPolicies.arn, func(in *GetOriginRequestPolicyConfigInput) string { return in.Id }), s.getOriginRequestPolicyConfig),
		service.Op("UpdateOriginRequestPolicy", on(s.originRequestPolicies.arn, func(in *UpdateOriginRequestPolicyInput) string { return in.Id }), s.updateOriginRequestPolicy),
		service.Op("DeleteOriginRequestPolicy", on(s.originRequestPolicies.arn, func(in *DeleteOriginRequestPolicyInput) string { return in.Id }), s.deleteOriginRequestPolicy),
		service.Op("ListOriginRequestPolicies", service.Any, s.listOriginRequestPolicies),

		service.Op("CreateResponseHeadersPolicy", service.Any, s.createResponseHeadersPolicy),
		service.Op("GetResponseHeadersPolicy", on(s.responseHeadersPolicies.arn, func(in *GetResponseHeadersPolicyInput) string { return in.Id }), s.getResponseHeadersPolicy),
		service.Op("GetResponseHeadersPolicyConfig", on(s.responseHeadersPolicies.arn, func(in *GetResponseHeadersPolicyConfigInput) string { return in.Id }), s.getResponseHeadersPolicyConfig),
		service.Op("UpdateResponseHeadersPolicy", on(s.responseHeadersPolicies.arn, func(in *UpdateResponseHeadersPolicyInput) string { return in.Id }), s.updateResponseHeadersPolicy),
		service.Op("DeleteResponseHeadersPolicy", on(s.responseHeadersPolicies.arn, func(in *DeleteResponseHeadersPolicyInput) string { return in.Id }), s.deleteResponseHeadersPolicy),
		service.Op("ListResponseHeadersPolicies", service.Any, s.listResponseHeadersPolicies),

		service.Op("CreateOriginAccessControl", service.Any, s.createOriginAccessControl),
		service.Op("GetOriginAccessControl", on(s.accessControls.arn, func(in *GetOriginAccessControlInput) string { return in.Id }), s.getOriginAccessControl),
		service.Op("GetOriginAccessControlConfig", on(s.accessControls.arn, func(in *GetOriginAccessControlConfigInput) string { return in.Id }), s.getOriginAccessControlConfig),
		service.Op("UpdateOriginAccessControl", on(s.accessControls.arn, func(in *UpdateOriginAccessControlInput) string { return in.Id }), s.updateOriginAccessControl),
		service.Op("DeleteOriginAccessControl", on(s.accessControls.arn, func(in *DeleteOriginAccessControlInput) string { return in.Id }), s.deleteOriginAccessControl),
		service.Op("ListOriginAccessControls", service.Any, s.listOriginAccessControls),

		service.Op("CreatePublicKey", service.Any, s.createPublicKey),
		service.Op("GetPublicKey", on(s.publicKeys.arn, func(in *GetPublicKeyInput) string { return in.Id }), s.getPublicKey),
		service.Op("GetPublicKeyConfig", on(s.publicKeys.arn, func(in *GetPublicKeyConfigInput) string { return in.Id }), s.getPublicKeyConfig),
		service.Op("UpdatePublicKey", on(s.publicKeys.arn, func(in *UpdatePublicKeyInput) string { return in.Id }), s.updatePublicKey),
		service.Op("DeletePublicKey", on(s.publicKeys.arn, func(in *DeletePublicKeyInput) string { return in.Id }), s.deletePublicKey),
		service.Op("ListPublicKeys", service.Any, s.listPublicKeys),

		service.Op("CreateKeyGroup", service.Any, s.createKeyGroup),
		service.Op("GetKeyGroup", on(s.keyGroups.arn, func(in *GetKeyGroupInput) string { return in.Id }), s.getKeyGroup),
		service.Op("GetKeyGroupConfig", on(s.keyGroups.arn, func(in *GetKeyGroupConfigInput) string { return in.Id }), s.getKeyGroupConfig),
		service.Op("UpdateKeyGroup", on(s.keyGroups.arn, func(in *UpdateKeyGroupInput) string { return in.Id }), s.updateKeyGroup),
		service.Op("DeleteKeyGroup", on(s.keyGroups.arn, func(in *DeleteKeyGroupInput) string { return in.Id }), s.deleteKeyGroup),
		service.Op("ListKeyGroups", service.Any, s.listKeyGroups),
	}
}

// on authorises against the resource that an input names by id.
func on[In any](arn func(*aws.Call, string) aws.ARN, id func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: arn(c, id(in))}}, nil
	}
}

func onDistribution[In any](id func(*In) string) service.Resource[In] {
	return on(func(c *aws.Call, id string) aws.ARN { return distributionARN(c.Account, id) }, id)
}

// onARN authorises against the resource that an input names by ARN.
func onARN[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}

// onCreateWithTags asks for two permissions, as AWS does, and lets policies
// test the tags.
func onCreateWithTags(_ context.Context, _ *aws.Call, in *CreateDistributionWithTagsInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for _, t := range in.DistributionConfigWithTags.Tags.Items {
		keys["aws:RequestTag/"+t.Key] = []string{t.value()}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return []service.Access{
		{Action: "cloudfront:CreateDistribution", Resource: "*", Keys: keys},
		{Action: "cloudfront:TagResource", Resource: "*", Keys: keys},
	}, nil
}

// update changes the store, and then what the edge serves.
func (s *Service) update(f func(*store.Tx) error) error {
	if err := s.DB.Update(f); err != nil {
		return err
	}
	return s.republish()
}
