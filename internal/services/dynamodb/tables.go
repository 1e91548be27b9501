package dynamodb

import (
	"context"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) createTable(ctx context.Context, c *aws.Call, in *CreateTableInput) (*CreateTableOutput, error) {
	if err := in.check(); err != nil {
		return nil, err
	}
	name := *in.TableName
	if in.ResourcePolicy != "" {
		if err := checkPolicy(c, tableARN(c.Scope, name), in.ResourcePolicy, false); err != nil {
			return nil, err
		}
	}
	key, err := s.keyOfTable(ctx, c, name, in.SSESpecification)
	if err != nil {
		return nil, err
	}
	t, err := s.changeTable(c.Scope, name, func(tx *store.Tx, old *table) (*table, error) {
		if old != nil {
			return nil, errTableExists(name)
		}
		t := in.table(c)
		t.KMSKey = key
		if err := in.heat(t); err != nil {
			return nil, err
		}
		t.ID, t.Number = s.IDs.UUID(), tx.Sequence()
		if in.StreamSpecification != nil && in.StreamSpecification.StreamEnabled {
			s.enableStream(tx, c.Scope, t, in.StreamSpecification.StreamViewType, c.Time)
		}
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	d := t.describe(tally{}, c.Time)
	d.TableStatus = "CREATING" // it is ACTIVE by the time anybody can ask
	for i := range d.GlobalSecondaryIndexes {
		d.GlobalSecondaryIndexes[i].IndexStatus = "CREATING"
		d.GlobalSecondaryIndexes[i].WarmThroughput = nil
	}
	d.WarmThroughput = nil
	if d.BillingModeSummary != nil {
		d.BillingModeSummary.LastUpdateToPayPerRequestDateTime = time.Time{}
	}
	return &CreateTableOutput{d}, nil
}

// heat gives the table and its indexes the warm throughput that they are to have.
func (in *CreateTableInput) heat(t *table) error {
	if err := t.heat(in.WarmThroughput); err != nil {
		return err
	}
	for _, x := range in.GlobalSecondaryIndexes {
		if err := t.heatIndex(t.index(x.IndexName), x.WarmThroughput); err != nil {
			return err
		}
	}
	return nil
}

// table makes the table that the request describes.
func (in *CreateTableInput) table(c *aws.Call) *table {
	now := c.Time
	var noBounds *OnDemandThroughput
	t := &table{
		Name: *in.TableName, Created: now, Attributes: in.AttributeDefinitions,
		Key: schemaOf(in.KeySchema, in.AttributeDefinitions), OnDemand: in.BillingMode == onDemandMode,
		BillingSet: in.BillingMode == onDemandMode, Throughput: throughputOf(in.ProvisionedThroughput),
		Maxima: noBounds.with(in.OnDemandThroughput), Class: in.TableClass, Protected: in.DeletionProtectionEnabled, Tags: map[string]string{},
	}
	if in.ResourcePolicy != "" {
		t.Policy = newPolicy(c, in.ResourcePolicy)
	}
	if t.OnDemand {
		t.OnDemandAt = now
	}
	for _, tag := range in.Tags {
		t.Tags[tag.Key] = *tag.Value
	}
	for _, x := range in.LocalSecondaryIndexes {
		t.LastIndex++
		t.Indexes = append(t.Indexes, &index{Number: t.LastIndex, Name: x.IndexName, Local: true,
			Key: schemaOf(x.KeySchema, in.AttributeDefinitions), Projection: x.Projection})
	}
	for _, x := range in.GlobalSecondaryIndexes {
		t.LastIndex++
		t.Indexes = append(t.Indexes, &index{Number: t.LastIndex, Name: x.IndexName,
			Key: schemaOf(x.KeySchema, in.AttributeDefinitions), Projection: x.Projection, Throughput: throughputOf(x.ProvisionedThroughput), Maxima: noBounds.with(x.OnDemandThroughput)})
	}
	return t
}

func throughputOf(p *ProvisionedThroughput) throughput {
	if p == nil {
		return throughput{}
	}
	return throughput{Read: p.ReadCapacityUnits, Write: p.WriteCapacityUnits}
}

func (s *Service) describeTable(_ context.Context, c *aws.Call, in *DescribeTableInput) (*DescribeTableOutput, error) {
	t, n, err := s.describe(c, in.TableName)
	if err != nil {
		return nil, err
	}
	d := t.describe(n, c.Time)
	s.describeReplicas(&d, t)
	return &DescribeTableOutput{d}, nil
}

// describe finds the table that a table operation names.
func (s *Service) describe(c *aws.Call, requested string) (*table, tally, error) {
	name, err := resolveTable(c, requested)
	if err != nil {
		return nil, nil, err
	}
	t, err := s.table(c.Scope, name)
	if err != nil {
		return nil, nil, err
	}
	if t == nil {
		return nil, nil, errTableNotFound(name)
	}
	var n tally
	err = s.DB.View(func(tx *store.Tx) error {
		n = t.readTally(tx)
		return nil
	})
	return t, n, err
}

func (s *Service) deleteTable(_ context.Context, c *aws.Call, in *DeleteTableInput) (*DeleteTableOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	var d TableDescription
	_, err = s.changeTable(c.Scope, name, func(tx *store.Tx, t *table) (*table, error) {
		switch {
		case t == nil:
			return nil, errTableNotFound(name)
		case t.Filling:
			return nil, errBeingCreated(name)
		case t.Protected:
			return nil, errProtected()
		}
		d = TableDescription{
			TableName: t.Name, TableStatus: "DELETING", TableArn: string(t.arn), TableId: t.ID,
			ProvisionedThroughput: t.Throughput.describe(c.Time), BillingModeSummary: t.billing(),
		}
		n := t.readTally(tx)
		d.ItemCount, d.TableSizeBytes = n[0].Count, n[0].Size
		if t.Stream != nil {
			d.LatestStreamArn, d.LatestStreamLabel = string(t.stream), t.Stream.Label
			s.disableStream(tx, c.Scope, t, c.Time)
		}
		s.discard(tx, c.Scope, t, c.Time)
		return nil, nil
	})
	if err != nil {
		return nil, err
	}
	return &DeleteTableOutput{d}, nil
}

func (s *Service) listTables(_ context.Context, c *aws.Call, in *ListTablesInput) (*ListTablesOutput, error) {
	limit := 100
	if in.Limit != nil {
		limit = *in.Limit
	}
	out := &ListTablesOutput{TableNames: []string{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for key := range s.tables.After(tx, c.Scope, []string{in.ExclusiveStartTableName}) {
			if len(out.TableNames) == limit {
				out.LastEvaluatedTableName = out.TableNames[limit-1]
				break
			}
			out.TableNames = append(out.TableNames, key[0])
		}
		return nil
	})
	return out, err
}

// describe renders the table.
func (t *table) describe(n tally, now time.Time) TableDescription {
	d := TableDescription{
		AttributeDefinitions: t.Attributes, TableName: t.Name, KeySchema: t.Key.elements(), TableStatus: "ACTIVE",
		CreationDateTime: t.Created, ProvisionedThroughput: t.Throughput.describe(now),
		TableSizeBytes: n[0].Size, ItemCount: n[0].Count, TableArn: string(t.arn), TableId: t.ID,
		BillingModeSummary: t.billing(), DeletionProtectionEnabled: t.Protected, OnDemandThroughput: t.Maxima, WarmThroughput: t.warmUnits(nil).describe(),
		SSEDescription: t.encryption(),
	}
	if t.Stream != nil {
		d.StreamSpecification = &StreamSpecification{true, t.Stream.View}
	}
	if t.LastStream != "" {
		d.LatestStreamLabel, d.LatestStreamArn = t.LastStream, string(streamARN(t.arn, t.LastStream))
	}
	if t.Filling {
		d.TableStatus, d.WarmThroughput = "CREATING", nil
	}
	d.RestoreSummary = t.Origin.summary(t.Filling)
	if t.Class != "" {
		d.TableClassSummary = &TableClassSummary{t.Class, t.ClassAt}
	}
	for _, x := range t.Indexes {
		ix := IndexDescription{
			IndexName: x.Name, KeySchema: x.Key.elements(), Projection: x.Projection,
			IndexSizeBytes: n[x.Number].Size, ItemCount: n[x.Number].Count, IndexArn: string(t.indexARN(x)),
		}
		if x.Local {
			d.LocalSecondaryIndexes = append(d.LocalSecondaryIndexes, ix)
			continue
		}
		ix.IndexStatus, ix.OnDemandThroughput = "ACTIVE", x.Maxima
		p := x.Throughput.describe(now)
		ix.ProvisionedThroughput, ix.WarmThroughput = &p, t.warmUnits(x).describe()
		if t.Filling {
			ix.IndexStatus, ix.WarmThroughput = "", nil
		}
		if x.Building {
			ix.IndexStatus, ix.Backfilling = "CREATING", &x.Building
			d.TableStatus = "UPDATING"
		}
		d.GlobalSecondaryIndexes = append(d.GlobalSecondaryIndexes, ix)
	}
	return d
}

func (t *table) billing() *BillingModeSummary {
	switch {
	case !t.BillingSet:
		return nil
	case t.OnDemand:
		return &BillingModeSummary{onDemandMode, t.OnDemandAt}
	}
	return &BillingModeSummary{provisionedMode, t.OnDemandAt}
}

func (p throughput) describe(now time.Time) ProvisionedThroughputDescription {
	d := ProvisionedThroughputDescription{LastIncreaseDateTime: p.Increased, LastDecreaseDateTime: p.Decreased,
		ReadCapacityUnits: p.Read, WriteCapacityUnits: p.Write}
	if p.DecreasesDay == day(now) {
		d.NumberOfDecreasesToday = p.Decreases
	}
	return d
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }
