package dynamodb

import (
	"context"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (in *UpdateTableInput) check() error {
	if in.ProvisionedThroughput == nil && in.BillingMode == "" && len(in.GlobalSecondaryIndexUpdates) == 0 &&
		in.TableClass == "" && in.DeletionProtectionEnabled == nil && in.StreamSpecification == nil &&
		in.OnDemandThroughput == nil && len(in.ReplicaUpdates) == 0 && in.MultiRegionConsistency == "" && in.SSESpecification == nil && in.WarmThroughput == nil {
		return errValidation("At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, GlobalSecondaryIndexUpdates or SSESpecification or ReplicaUpdates is required")
	}
	if in.BillingMode == provisionedMode && in.ProvisionedThroughput == nil {
		return errValidation(invalidValues + "ProvisionedThroughput must be specified when BillingMode is PROVISIONED")
	}
	if in.ProvisionedThroughput != nil {
		if err := in.ProvisionedThroughput.check(); err != nil {
			return err
		}
	}
	if err := in.StreamSpecification.check(); err != nil {
		return err
	}
	if err := in.SSESpecification.check(); err != nil {
		return err
	}
	if err := in.checkReplicas(); err != nil {
		return err
	}
	if err := checkDefinitions(in.AttributeDefinitions); err != nil {
		return err
	}
	return in.checkIndexUpdates()
}

func (in *UpdateTableInput) checkIndexUpdates() error {
	names := map[string]bool{}
	online := 0
	for _, u := range in.GlobalSecondaryIndexUpdates {
		var name string
		switch {
		case u.Update != nil && u.Create != nil, u.Update != nil && u.Delete != nil, u.Create != nil && u.Delete != nil:
			return errValidation(invalidValues + "Only one of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete may be there")
		case u.Update != nil:
			name = u.Update.IndexName
		case u.Create != nil:
			name = u.Create.IndexName
			online++
		case u.Delete != nil:
			name = u.Delete.IndexName
			online++
		default:
			return errValidation(invalidValues + "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, GlobalSecondaryIndexUpdate.Delete must not be null")
		}
		if names[name] {
			return errValidation(invalidValues+"Only one global secondary index update per index is allowed simultaneously. Index: %s", name)
		}
		names[name] = true
	}
	if online > 1 {
		return errLimitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
	}
	return nil
}

func (s *Service) updateTable(ctx context.Context, c *aws.Call, in *UpdateTableInput) (*UpdateTableOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	key, err := s.keyOfTable(ctx, c, name, in.SSESpecification)
	if err != nil {
		return nil, err
	}
	var n tally
	var before *table
	var dropped []*index
	t, err := s.changeTable(c.Scope, name, func(tx *store.Tx, old *table) (*table, error) {
		if old == nil || old.Filling {
			return nil, errTableNotFound(name)
		}
		before = old
		t := old.clone()
		if dropped, err = in.apply(t, c.Time); err != nil {
			return nil, err
		}
		if err := t.encrypt(in.SSESpecification, key); err != nil {
			return nil, err
		}
		if err := s.switchStream(tx, c, t, in.StreamSpecification); err != nil {
			return nil, err
		}
		if err := s.applyReplicas(tx, c, t, in); err != nil {
			return nil, err
		}
		for _, x := range dropped {
			t.drop(tx, x)
		}
		n = t.readTally(tx)
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	s.backfill.wake()
	d := t.describe(n, c.Time)
	d.TableStatus = "UPDATING"
	d.asBefore(before, c.Time)
	s.describeReplicas(&d, t)
	for _, x := range dropped {
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, IndexDescription{IndexName: x.Name, KeySchema: x.Key.elements(),
			Projection: x.Projection, IndexStatus: "DELETING", IndexArn: string(t.indexARN(x))})
	}
	return &UpdateTableOutput{d}, nil
}

// asBefore puts back the throughput that the table had: the answer to an update
// still shows it.
func (d *TableDescription) asBefore(t *table, now time.Time) {
	d.ProvisionedThroughput = t.Throughput.describe(now)
	for i := range d.GlobalSecondaryIndexes {
		if x := t.index(d.GlobalSecondaryIndexes[i].IndexName); x != nil {
			p := x.Throughput.describe(now)
			d.GlobalSecondaryIndexes[i].ProvisionedThroughput = &p
		}
	}
}

// apply changes the table as the request says, and returns the indexes that
// are to go.
func (in *UpdateTableInput) apply(t *table, now time.Time) ([]*index, error) {
	if err := in.applyBilling(t, now); err != nil {
		return nil, err
	}
	if err := t.heat(in.WarmThroughput); err != nil {
		return nil, err
	}
	if in.DeletionProtectionEnabled != nil {
		t.Protected = *in.DeletionProtectionEnabled
	}
	if in.TableClass != "" && in.TableClass != t.Class {
		t.Class, t.ClassAt = in.TableClass, now
	}
	if in.AttributeDefinitions != nil {
		for _, a := range in.AttributeDefinitions {
			i := slices.IndexFunc(t.Attributes, func(b AttributeDefinition) bool { return b.AttributeName == a.AttributeName })
			if i >= 0 && t.Attributes[i].AttributeType != a.AttributeType && t.indexed(a.AttributeName) {
				return nil, errValidation(invalidValues + "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined.")
			}
			if i < 0 {
				t.Attributes = append(slices.Clip(t.Attributes), a)
			}
		}
	}
	dropped, err := in.applyIndexes(t, now)
	t.Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), func(a AttributeDefinition) bool { return !t.indexed(a.AttributeName) })
	return dropped, err
}

func (in *UpdateTableInput) applyBilling(t *table, now time.Time) error {
	onDemand := in.BillingMode == onDemandMode || in.BillingMode == "" && t.OnDemand
	if onDemand && in.ProvisionedThroughput != nil {
		return errValidation(invalidValues + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
	}
	switch {
	case onDemand && !t.OnDemand:
		t.OnDemand, t.BillingSet, t.OnDemandAt = true, true, now
		t.Throughput = throughput{}
		for _, x := range t.Indexes {
			x.Throughput = throughput{}
		}
	case !onDemand && t.OnDemand:
		for _, x := range t.Indexes {
			if !x.Local && !slices.ContainsFunc(in.GlobalSecondaryIndexUpdates, func(u GlobalSecondaryIndexUpdate) bool {
				return u.Update != nil && u.Update.IndexName == x.Name
			}) {
				return errValidation(invalidValues+"ProvisionedThroughput must be specified for index: %s", x.Name)
			}
		}
		t.OnDemand, t.Maxima = false, nil
		for _, x := range t.Indexes {
			x.Maxima = nil
		}
		t.Throughput = throughputOf(in.ProvisionedThroughput)
	case in.ProvisionedThroughput != nil:
		if in.TableClass == "" && in.DeletionProtectionEnabled == nil && len(in.GlobalSecondaryIndexUpdates) == 0 {
			if err := unchanged("table", t.Throughput, in.ProvisionedThroughput); err != nil {
				return err
			}
		}
		t.Throughput.set(in.ProvisionedThroughput, now)
	}
	if in.OnDemandThroughput == nil {
		return nil
	}
	t.Maxima = t.Maxima.with(in.OnDemandThroughput)
	return t.Maxima.check(t.OnDemand)
}

func unchanged(what string, old throughput, p *ProvisionedThroughput) error {
	if old.Read != p.ReadCapacityUnits || old.Write != p.WriteCapacityUnits {
		return nil
	}
	return errValidation("The provisioned throughput for the %s will not change. The requested value equals the current value. "+
		"Current ReadCapacityUnits provisioned for the %s: %d. Requested ReadCapacityUnits: %d. "+
		"Current WriteCapacityUnits provisioned for the %s: %d. Requested WriteCapacityUnits: %d. "+
		"Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher limits.",
		what, what, old.Read, p.ReadCapacityUnits, what, old.Write, p.WriteCapacityUnits)
}

// set changes provisioned throughput and remembers when it rose and fell.
func (p *throughput) set(to *ProvisionedThroughput, now time.Time) {
	if to.ReadCapacityUnits > p.Read || to.WriteCapacityUnits > p.Write {
		p.Increased = now
	}
	if to.ReadCapacityUnits < p.Read || to.WriteCapacityUnits < p.Write {
		p.Decreased = now
		if p.DecreasesDay != day(now) {
			p.DecreasesDay, p.Decreases = day(now), 0
		}
		p.Decreases++
	}
	p.Read, p.Write = to.ReadCapacityUnits, to.WriteCapacityUnits
}

func (in *UpdateTableInput) applyIndexes(t *table, now time.Time) (dropped []*index, err error) {
	for _, u := range in.GlobalSecondaryIndexUpdates {
		switch {
		case u.Create != nil:
			err = t.addIndex(u.Create, definedNames(in.AttributeDefinitions))
		case u.Delete != nil:
			x := t.index(u.Delete.IndexName)
			if x == nil || x.Local {
				return nil, errIndexNotFound(u.Delete.IndexName)
			}
			dropped = append(dropped, x)
			t.Indexes = slices.DeleteFunc(t.Indexes, func(y *index) bool { return y == x })
		default:
			err = t.updateIndex(u.Update, now)
		}
		if err != nil {
			return nil, err
		}
	}
	return dropped, nil
}

func (t *table) updateIndex(u *UpdateGlobalSecondaryIndexAction, now time.Time) error {
	x := t.index(u.IndexName)
	switch {
	case x == nil || x.Local:
		return errIndexNotFound(u.IndexName)
	case u.ProvisionedThroughput == nil && u.OnDemandThroughput == nil && u.WarmThroughput == nil:
		return errValidation(invalidValues+"ProvisionedThroughput, OnDemandThroughput or WarmThroughput must be specified for index: %s", x.Name)
	case x.Building && !t.OnDemand:
		return errInUse(t.Name)
	}
	if u.OnDemandThroughput != nil {
		x.Maxima = x.Maxima.with(u.OnDemandThroughput)
		if err := x.Maxima.check(t.OnDemand); err != nil {
			return err
		}
	}
	if err := t.heatIndex(x, u.WarmThroughput); err != nil || u.ProvisionedThroughput == nil {
		return err
	}
	if err := checkIndexThroughput(x.Name, t.OnDemand, u.ProvisionedThroughput); err != nil {
		return err
	}
	x.Throughput.set(u.ProvisionedThroughput, now)
	return nil
}

// addIndex adds an index, whose entries for the items there are come later. The
// request defines its key even where the table has the attributes in another.
func (t *table) addIndex(c *CreateGlobalSecondaryIndexAction, defined []string) error {
	names, globals := map[string]bool{}, 0
	for _, x := range t.Indexes {
		names[x.Name] = true
		if !x.Local {
			globals++
		}
		if x.Building {
			return errLimitExceeded("Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table")
		}
	}
	if names[c.IndexName] {
		return errValidation("Attempting to create an index which already exists")
	}
	if err := checkSchema(c.KeySchema, defined, true); err != nil {
		return err
	}
	if err := checkIndex(c.IndexName, c.Projection, names); err != nil {
		return err
	}
	if err := checkIndexThroughput(c.IndexName, t.OnDemand, c.ProvisionedThroughput); err != nil {
		return err
	}
	if err := c.OnDemandThroughput.check(t.OnDemand); err != nil {
		return err
	}
	if globals >= maxGlobal {
		return errLimitExceeded("Subscriber limit exceeded: GlobalSecondaryIndex count exceeds the per-table limit of 20")
	}
	t.LastIndex++
	t.Indexes = append(t.Indexes, &index{Number: t.LastIndex, Name: c.IndexName, Key: schemaOf(c.KeySchema, t.Attributes),
		Projection: c.Projection, Throughput: throughputOf(c.ProvisionedThroughput), Maxima: (*OnDemandThroughput)(nil).with(c.OnDemandThroughput), Building: true})
	return t.heatIndex(t.index(c.IndexName), c.WarmThroughput)
}
