package dynamodb

import (
	"encoding/binary"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// table is what is stored of a table, and what follows from it. It is never
// changed once made: requests share it.
type table struct {
	Name       string
	ID         string
	Number     uint64 // names the table in keys; a table made again has another
	Created    time.Time
	Attributes []AttributeDefinition
	Key        keySchema
	Indexes    []*index
	LastIndex  uint32 // the highest number given to an index

	OnDemand   bool
	BillingSet bool      // the billing mode was given, so it is described
	OnDemandAt time.Time // of the last change to on-demand
	Throughput throughput
	Maxima     *OnDemandThroughput // nil while none was ever set
	Warm       warmth
	KMSKey     string             // ARN of the key it is encrypted with; "" is DynamoDB's own
	Insights   map[string]insight // by index; "" is the table itself
	Class      string
	ClassAt    time.Time
	Protected  bool
	Stream     *streaming // nil while there is none
	LastStream string     // its label, or that of the one before
	TTL        *ttl       // nil when items do not expire
	Past       *past      // nil when nobody will ask what items were
	Filling    bool       // a job is putting the items in, and nobody else may
	Origin     *origin    // what the table was restored from
	Tags       map[string]string
	Policy     *resourcePolicy // nil while there is none
	Replicas   []aws.Region    // the other regions of a global table
	Source     aws.Region      // where a new replica's items are still being copied from

	scope   aws.Scope
	prefix  []byte
	arn     aws.ARN
	stream  aws.ARN             // of Stream
	keys    *ddbexpr.Projection // to the key; only where something needs it
	stamps  *stamps             // of the service
	service *Service            // whose table it is
	limiter *limiter            // nil unless the cloud throttles
}

// index is a secondary index.
type index struct {
	Number     uint32
	Name       string
	Local      bool
	Key        keySchema
	Projection Projection
	Throughput throughput
	Maxima     *OnDemandThroughput
	Warm       warmth
	Building   bool // items from before the index are still being entered

	projection *ddbexpr.Projection // nil for all attributes
}

type throughput struct {
	Read, Write  int64
	Increased    time.Time
	Decreased    time.Time
	DecreasesDay string // the day that Decreases counts
	Decreases    int64
}

const (
	onDemandMode    = "PAY_PER_REQUEST"
	provisionedMode = "PROVISIONED"
)

// prepare computes what is not stored.
func (t *table) prepare(scope aws.Scope) *table {
	t.scope = scope
	t.prefix = binary.BigEndian.AppendUint64(store.Prefix("dynamodb/data", scope), t.Number)
	t.arn = tableARN(scope, t.Name)
	if t.Stream != nil {
		t.stream = streamARN(t.arn, t.Stream.Label)
		t.Stream = t.Stream.prepared()
	}
	if t.Stream != nil || t.TTL != nil || len(t.Replicas) > 0 || t.Source != "" {
		t.keys = t.Key.projection()
	}
	for _, x := range t.Indexes {
		if len(x.Projection.NonKeyAttributes) == 0 {
			x.Projection.NonKeyAttributes = nil // stored JSON has [] for it
		}
		if x.Projection.ProjectionType == "ALL" {
			continue
		}
		var paths []ddbexpr.Path
		for _, n := range t.projected(x) {
			paths = append(paths, ddbexpr.Path{{Name: n, Index: -1}})
		}
		x.projection = ddbexpr.NewProjection(paths)
	}
	return t
}

// projected lists the attributes of an index that does not hold all.
func (t *table) projected(x *index) []string {
	var names []string
	add := func(a attribute, _ bool) error {
		if !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
		}
		return nil
	}
	_ = t.Key.each(add)
	_ = x.Key.each(add)
	for _, n := range x.Projection.NonKeyAttributes {
		_ = add(attribute{Name: n}, false)
	}
	return names
}

// clone returns a copy to be changed and stored.
func (t *table) clone() *table {
	c := *t
	c.Indexes = nil
	for _, x := range t.Indexes {
		y := *x
		c.Indexes = append(c.Indexes, &y)
	}
	return &c
}

func (t *table) index(name string) *index {
	for _, x := range t.Indexes {
		if x.Name == name {
			return x
		}
	}
	return nil
}

// indexed reports whether the attribute is part of any key.
func (t *table) indexed(name string) bool {
	return t.Key.has(name) || slices.ContainsFunc(t.Indexes, func(x *index) bool { return x.Key.has(name) })
}

func (t *table) hasLocal() bool {
	return slices.ContainsFunc(t.Indexes, func(x *index) bool { return x.Local })
}

// holds reports whether the item has an entry in the index. One that was there
// before the index may have what a key cannot be.
func (x *index) holds(it ddbexpr.Item) bool {
	return it != nil && x.Key.each(func(a attribute, _ bool) error {
		if v := it.Get(a.Name); v.Type() != a.Type || len(v.Bytes()) == 0 {
			return errKeyMismatch()
		}
		return nil
	}) == nil
}

// tableARN is the ARN of a table that ownerOf understands.
func tableARN(s aws.Scope, name string) aws.ARN {
	s, name = ownerOf(s, name)
	return aws.MakeARN("dynamodb", s, "table/"+name)
}

func (t *table) indexARN(x *index) aws.ARN { return t.arn + aws.ARN("/index/"+x.Name) }

// schemaOf puts a key schema together from what a request says, which is checked.
func schemaOf(elements []KeySchemaElement, attributes []AttributeDefinition) keySchema {
	var k keySchema
	for _, e := range elements {
		a := attribute{Name: e.AttributeName}
		for _, d := range attributes {
			if d.AttributeName == e.AttributeName {
				a.Type = ddbexpr.TypeNamed(d.AttributeType)
			}
		}
		if e.KeyType == "HASH" {
			k.Hash = append(k.Hash, a)
		} else {
			k.Range = append(k.Range, a)
		}
	}
	return k
}

func (k keySchema) elements() []KeySchemaElement {
	var es []KeySchemaElement
	_ = k.each(func(a attribute, hash bool) error {
		kind := "RANGE"
		if hash {
			kind = "HASH"
		}
		es = append(es, KeySchemaElement{a.Name, kind})
		return nil
	})
	return es
}
