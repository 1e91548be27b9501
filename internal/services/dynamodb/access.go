package dynamodb

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
)

// keyed collects the condition keys of one access.
type keyed map[string][]string

func (k keyed) set(name, value string) {
	if value != "" {
		k["dynamodb:"+name] = []string{value}
	}
}

// add adds values to a key, each once. The key is there even without values:
// a policy that demands something of all of them holds then.
func (k keyed) add(name string, values ...string) {
	name = "dynamodb:" + name
	for _, v := range values {
		if !slices.Contains(k[name], v) {
			k[name] = append(k[name], v)
		}
	}
}

func (k keyed) attributes(it ddbexpr.Item) {
	for name := range it.All() {
		k.add("Attributes", string(name))
	}
}

// leading adds the partition key of an item, if the table is there and the key
// is what it should be.
func (k keyed) leading(t *table, it ddbexpr.Item) {
	if t == nil {
		return
	}
	if v := it.Get(t.Key.Hash[0].Name); v.Type() == t.Key.Hash[0].Type {
		k.add("LeadingKeys", keyText(v))
	}
}

// unconditional reports whether nobody will look at the condition keys of a
// call: no policy limits the root user.
func unconditional(c *aws.Call) bool { return c.Principal != nil && c.Principal.Kind == aws.Root }

// onChange is the access of one write.
func (s *Service) onChange(c *aws.Call, ch *change, returnValues, capacity string) ([]service.Access, error) {
	a, err := s.access(c, ch.tableName, "")
	if err != nil {
		return nil, err
	}
	if unconditional(c) {
		return []service.Access{a}, nil
	}
	k, err := s.changeKeys(c, ch)
	if err != nil {
		return nil, err
	}
	k.set("ReturnValues", returnValues)
	k.set("ReturnConsumedCapacity", capacity)
	a.Keys = k
	return []service.Access{a}, nil
}

func (s *Service) changeKeys(c *aws.Call, ch *change) (keyed, error) {
	t, err := s.table(c.Scope, ch.tableName)
	if err != nil {
		return nil, err
	}
	k := keyed{}
	k.leading(t, ch.item)
	k.attributes(ch.item)
	if ch.update != nil {
		k.add("Attributes", ch.update.Names()...)
	}
	k.add("Attributes", ch.condition.Names()...)
	return k, nil
}

// getKeys are the condition keys of reading one item.
func (s *Service) getKeys(c *aws.Call, g *get) (keyed, error) {
	t, err := s.table(c.Scope, g.tableName)
	if err != nil {
		return nil, err
	}
	k := keyed{}
	k.leading(t, g.key)
	k.attributes(g.key)
	k.selected(g.projection)
	return k, nil
}

// selected says which attributes a read returns.
func (k keyed) selected(p *ddbexpr.Projection) {
	if p == nil {
		k.set("Select", "ALL_ATTRIBUTES")
		return
	}
	k.set("Select", "SPECIFIC_ATTRIBUTES")
	k.add("Attributes", p.Names()...)
}

// onTable is the access of operations on a table as a whole.
func onTable[In any](s *Service, name func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		n, err := resolveTable(c, name(in))
		if err != nil {
			return nil, err
		}
		a, err := s.access(c, n, "")
		return []service.Access{a}, err
	}
}

// onARN is the access of operations that name their resource.
func onARN[In any](s *Service, arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		a, err := s.accessARN(c, aws.ARN(arn(in)))
		return []service.Access{a}, err
	}
}

// onCreateTable authorises tags and a policy too where the table is to have them.
func onCreateTable(_ context.Context, c *aws.Call, in *CreateTableInput) ([]service.Access, error) {
	if in.TableName == nil {
		return nil, in.check()
	}
	a := []service.Access{{Resource: tableARN(c.Scope, *in.TableName)}}
	if len(in.Tags) > 0 {
		a = append(a, service.Access{Action: "dynamodb:TagResource", Resource: a[0].Resource})
	}
	if in.ResourcePolicy != "" {
		a = append(a, service.Access{Action: "dynamodb:PutResourcePolicy", Resource: a[0].Resource})
	}
	return a, nil
}
