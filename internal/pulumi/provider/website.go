package provider

import (
	"encoding/xml"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// The XML of a website's configuration.
type (
	website struct {
		XMLName   xml.Name         `xml:"WebsiteConfiguration"`
		Namespace string           `xml:"xmlns,attr"`
		Index     *websiteIndex    `xml:"IndexDocument"`
		Error     *websiteError    `xml:"ErrorDocument"`
		Redirect  *websiteRedirect `xml:"RedirectAllRequestsTo"`
		Rules     []websiteRule    `xml:"RoutingRules>RoutingRule,omitempty"`
	}
	websiteIndex    struct{ Suffix string }
	websiteError    struct{ Key string }
	websiteRedirect struct {
		HostName string
		Protocol string `xml:",omitempty"`
	}
	websiteRule struct {
		Condition *websiteCondition
		Redirect  websiteTarget
	}
	websiteCondition struct {
		HttpErrorCodeReturnedEquals string `xml:",omitempty"`
		KeyPrefixEquals             string `xml:",omitempty"`
	}
	websiteTarget struct {
		HostName             string `xml:",omitempty"`
		HttpRedirectCode     string `xml:",omitempty"`
		Protocol             string `xml:",omitempty"`
		ReplaceKeyPrefixWith string `xml:",omitempty"`
		ReplaceKeyWith       string `xml:",omitempty"`
	}
)

func websiteConfiguration() bucketConfig {
	return bucketConfig{
		token: "aws:s3/bucketWebsiteConfiguration:BucketWebsiteConfiguration",
		inputs: []Property{
			{Name: "indexDocument", Type: object(Property{Name: "suffix", Type: str, Required: true})},
			{Name: "errorDocument", Type: object(Property{Name: "key", Type: str, Required: true})},
			{Name: "redirectAllRequestsTo", Type: object(
				Property{Name: "hostName", Type: str, Required: true}, Property{Name: "protocol", Type: str},
			)},
			{Name: "routingRules", Type: listOf(object(
				Property{Name: "condition", Type: object(
					Property{Name: "httpErrorCodeReturnedEquals", Type: str}, Property{Name: "keyPrefixEquals", Type: str},
				)},
				Property{Name: "redirect", Required: true, Type: object(
					Property{Name: "hostName", Type: str}, Property{Name: "httpRedirectCode", Type: str},
					Property{Name: "protocol", Type: str}, Property{Name: "replaceKeyPrefixWith", Type: str},
					Property{Name: "replaceKeyWith", Type: str},
				)},
			))},
		},
		computed: []string{"websiteDomain", "websiteEndpoint"},
		name:     "website", put: "PutBucketWebsite", get: "GetBucketWebsite", delete: "DeleteBucketWebsite",
		document: websiteDocument,
		outputs: func(r *Resource) value.Map {
			domain := r.websiteDomain()
			return value.Map{"websiteDomain": domain, "websiteEndpoint": r.ID + "." + domain}
		},
	}
}

func websiteDocument(r *Resource) any {
	d := website{Namespace: s3Namespace}
	if m, ok := r.In["indexDocument"].(value.Map); ok {
		d.Index = &websiteIndex{text(m, "suffix")}
	}
	if m, ok := r.In["errorDocument"].(value.Map); ok {
		d.Error = &websiteError{text(m, "key")}
	}
	if m, ok := r.In["redirectAllRequestsTo"].(value.Map); ok {
		d.Redirect = &websiteRedirect{text(m, "hostName"), text(m, "protocol")}
	}
	for _, m := range objects(r.In["routingRules"]) {
		to, _ := m["redirect"].(value.Map)
		rule := websiteRule{Redirect: websiteTarget{
			text(to, "hostName"), text(to, "httpRedirectCode"), text(to, "protocol"),
			text(to, "replaceKeyPrefixWith"), text(to, "replaceKeyWith"),
		}}
		if on, ok := m["condition"].(value.Map); ok {
			rule.Condition = &websiteCondition{text(on, "httpErrorCodeReturnedEquals"), text(on, "keyPrefixEquals")}
		}
		d.Rules = append(d.Rules, rule)
	}
	return d
}

// websiteDomain is what websites of the cloud's buckets are below. The AWS
// provider says s3-website.REGION.amazonaws.com, where nobody would find a
// Niebla's.
func (c *Client) websiteDomain() string { return "s3-website." + c.host() }
