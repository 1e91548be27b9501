package provider

import (
	"context"
	"encoding/xml"
	"maps"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// A bucketConfig is a sub-resource of a bucket that is a resource of its own.
// Putting one replaces what was there, so creating and changing are the same.
type bucketConfig struct {
	token            string
	inputs           []Property // beside bucket
	computed         []string
	name             string // of the sub-resource: "cors"
	put, get, delete string // operations; delete is "" where reset is put instead

	document func(*Resource) any         // what is put
	reset    func(*Resource) any         // what is put instead of deleting
	outputs  func(r *Resource) value.Map // beside the inputs; may be nil
}

func (b bucketConfig) kind() *Kind {
	inputs := append([]Property{{Name: "bucket", Type: str, Required: true, Replace: true}}, b.inputs...)
	return &Kind{
		Token: b.token, Inputs: inputs, Computed: b.computed, Identity: []string{"bucket"},
		create: byPutting(bucketOf, b.apply),
		update: b.apply,
		read:   b.read,
		remove: b.remove,
		find:   putAgain,
	}
}

func (b bucketConfig) apply(ctx context.Context, r *Resource) error {
	return r.putConfig(ctx, b.put, bucketOf(r), b.name, b.document(r))
}

func (b bucketConfig) read(ctx context.Context, r *Resource) (value.Map, error) {
	if err := r.getConfig(ctx, b.get, r.ID, b.name, nil); err != nil {
		return nil, err
	}
	out := value.Map{"bucket": r.ID}
	if b.outputs != nil {
		maps.Copy(out, b.outputs(r))
	}
	return out, nil
}

func (b bucketConfig) remove(ctx context.Context, r *Resource) error {
	if b.reset != nil {
		return unlessGone(r.putConfig(ctx, b.put, r.ID, b.name, b.reset(r)))
	}
	return r.deleteConfig(ctx, b.delete, r.ID, b.name)
}

func bucketConfigKinds() []*Kind {
	var all []*Kind
	for _, b := range []bucketConfig{
		bucketPolicy(), publicAccessBlock(), ownershipControls(), corsConfiguration(),
		websiteConfiguration(), versioning(), encryption(), notification(),
	} {
		all = append(all, b.kind())
	}
	return all
}

func bucketPolicy() bucketConfig {
	return bucketConfig{
		token:  "aws:s3/bucketPolicy:BucketPolicy",
		inputs: []Property{{Name: "policy", Type: document, Required: true, Policy: true}},
		name:   "policy", put: "PutBucketPolicy", get: "GetBucketPolicy", delete: "DeleteBucketPolicy",
		document: func(r *Resource) any { return []byte(r.text("policy")) },
	}
}

func publicAccessBlock() bucketConfig {
	type document struct {
		XMLName               xml.Name `xml:"PublicAccessBlockConfiguration"`
		Namespace             string   `xml:"xmlns,attr"`
		BlockPublicAcls       bool
		IgnorePublicAcls      bool
		BlockPublicPolicy     bool
		RestrictPublicBuckets bool
	}
	return bucketConfig{
		token: "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
		inputs: []Property{
			{Name: "blockPublicAcls", Type: boolean, Default: false},
			{Name: "ignorePublicAcls", Type: boolean, Default: false},
			{Name: "blockPublicPolicy", Type: boolean, Default: false},
			{Name: "restrictPublicBuckets", Type: boolean, Default: false},
		},
		name: "publicAccessBlock", put: "PutPublicAccessBlock", get: "GetPublicAccessBlock", delete: "DeletePublicAccessBlock",
		document: func(r *Resource) any {
			return document{
				Namespace:       s3Namespace,
				BlockPublicAcls: r.flag("blockPublicAcls"), IgnorePublicAcls: r.flag("ignorePublicAcls"),
				BlockPublicPolicy: r.flag("blockPublicPolicy"), RestrictPublicBuckets: r.flag("restrictPublicBuckets"),
			}
		},
	}
}

func ownershipControls() bucketConfig {
	type document struct {
		XMLName   xml.Name `xml:"OwnershipControls"`
		Namespace string   `xml:"xmlns,attr"`
		Ownership string   `xml:"Rule>ObjectOwnership"`
	}
	ownership := oneOf("BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter")
	return bucketConfig{
		token: "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
		inputs: []Property{{Name: "rule", Required: true, Type: object(
			Property{Name: "objectOwnership", Type: ownership, Required: true},
		)}},
		name: "ownershipControls", put: "PutBucketOwnershipControls", get: "GetBucketOwnershipControls", delete: "DeleteBucketOwnershipControls",
		document: func(r *Resource) any {
			rule, _ := r.In["rule"].(value.Map)
			return document{Namespace: s3Namespace, Ownership: text(rule, "objectOwnership")}
		},
	}
}

func corsConfiguration() bucketConfig {
	type rule struct {
		ID            string `xml:",omitempty"`
		AllowedOrigin []string
		AllowedMethod []string
		AllowedHeader []string
		ExposeHeader  []string
		MaxAgeSeconds int `xml:",omitempty"`
	}
	type document struct {
		XMLName   xml.Name `xml:"CORSConfiguration"`
		Namespace string   `xml:"xmlns,attr"`
		CORSRule  []rule
	}
	return bucketConfig{
		token: "aws:s3/bucketCorsConfiguration:BucketCorsConfiguration",
		inputs: []Property{{Name: "corsRules", Required: true, Type: listOf(object(
			Property{Name: "id", Type: str},
			Property{Name: "allowedHeaders", Type: setOf(str)},
			Property{Name: "allowedMethods", Type: setOf(str), Required: true},
			Property{Name: "allowedOrigins", Type: setOf(str), Required: true},
			Property{Name: "exposeHeaders", Type: setOf(str)},
			Property{Name: "maxAgeSeconds", Type: number},
		))}},
		name: "cors", put: "PutBucketCors", get: "GetBucketCors", delete: "DeleteBucketCors",
		document: func(r *Resource) any {
			d := document{Namespace: s3Namespace}
			for _, m := range objects(r.In["corsRules"]) {
				d.CORSRule = append(d.CORSRule, rule{
					ID: text(m, "id"), AllowedOrigin: texts(m["allowedOrigins"]), AllowedMethod: texts(m["allowedMethods"]),
					AllowedHeader: texts(m["allowedHeaders"]), ExposeHeader: texts(m["exposeHeaders"]), MaxAgeSeconds: integer(m["maxAgeSeconds"]),
				})
			}
			return d
		},
	}
}

func versioning() bucketConfig {
	type document struct {
		XMLName   xml.Name `xml:"VersioningConfiguration"`
		Namespace string   `xml:"xmlns,attr"`
		Status    string
	}
	return bucketConfig{
		token: "aws:s3/bucketVersioning:BucketVersioning",
		inputs: []Property{{Name: "versioningConfiguration", Required: true, Type: object(
			Property{Name: "status", Type: oneOf("Enabled", "Suspended"), Required: true},
		)}},
		name: "versioning", put: "PutBucketVersioning", get: "GetBucketVersioning",
		document: func(r *Resource) any {
			c, _ := r.In["versioningConfiguration"].(value.Map)
			return document{Namespace: s3Namespace, Status: text(c, "status")}
		},
		// Once on, versioning cannot be taken away.
		reset: func(*Resource) any { return document{Namespace: s3Namespace, Status: "Suspended"} },
	}
}

func encryption() bucketConfig {
	type byDefault struct {
		SSEAlgorithm   string
		KMSMasterKeyID string `xml:",omitempty"`
	}
	type rule struct {
		Default          byDefault `xml:"ApplyServerSideEncryptionByDefault"`
		BucketKeyEnabled bool
	}
	type document struct {
		XMLName   xml.Name `xml:"ServerSideEncryptionConfiguration"`
		Namespace string   `xml:"xmlns,attr"`
		Rule      []rule
	}
	return bucketConfig{
		token: "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
		inputs: []Property{{Name: "rules", Required: true, Type: listOf(object(
			Property{Name: "applyServerSideEncryptionByDefault", Required: true, Type: object(
				Property{Name: "sseAlgorithm", Type: oneOf("AES256", "aws:kms", "aws:kms:dsse"), Required: true},
				Property{Name: "kmsMasterKeyId", Type: str},
			)},
			Property{Name: "bucketKeyEnabled", Type: boolean, Default: false},
		))}},
		name: "encryption", put: "PutBucketEncryption", get: "GetBucketEncryption", delete: "DeleteBucketEncryption",
		document: func(r *Resource) any {
			d := document{Namespace: s3Namespace}
			for _, m := range objects(r.In["rules"]) {
				apply, _ := m["applyServerSideEncryptionByDefault"].(value.Map)
				d.Rule = append(d.Rule, rule{byDefault{text(apply, "sseAlgorithm"), text(apply, "kmsMasterKeyId")}, m["bucketKeyEnabled"] == true})
			}
			return d
		},
	}
}

// objects are the objects of a list.
func objects(v any) []value.Map {
	list, _ := v.([]any)
	var out []value.Map
	for _, e := range list {
		if m, ok := e.(value.Map); ok {
			out = append(out, m)
		}
	}
	return out
}

// texts are the texts of a list.
func texts(v any) []string {
	list, _ := v.([]any)
	var out []string
	for _, e := range list {
		if s, ok := e.(string); ok {
			out = append(out, s)
		}
	}
	return out
}

func integer(v any) int {
	n, _ := v.(float64)
	return int(n)
}
