package dynamodb

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// origin is what a table was restored from.
type origin struct {
	Backup aws.ARN // "" for a point in time
	Table  aws.ARN
	At     time.Time
}

func (o *origin) summary(filling bool) *RestoreSummary {
	if o == nil {
		return nil
	}
	return &RestoreSummary{string(o.Backup), string(o.Table), o.At, filling}
}

func (in *RestoreTableToPointInTimeInput) source(c *aws.Call) (string, error) {
	switch {
	case in.SourceTableArn != "" && in.SourceTableName != "":
		return "", errValidation("Must provide exactly one of: sourceTableArn, sourceTableName")
	case in.SourceTableArn != "":
		return tableOfSource(c, in.SourceTableArn, "sourceTableArn")
	case in.SourceTableName == "":
		return "", errValidation("The parameter 'TableName' is required but was not present in the request")
	}
	return in.SourceTableName, nil
}

// tableOfSource is the name in the ARN of a table whose past is asked for.
func tableOfSource(c *aws.Call, arn, member string) (string, error) {
	p, ok := aws.ARN(arn).Parse()
	name, isTable := strings.CutPrefix(p.Resource, "table/")
	switch {
	case !ok || p.Service != "dynamodb" || !isTable:
		return "", errValidation(invalidValues+"%s is not a valid ARN", member)
	case checkTableName(name) != nil:
		return "", errValidation("Invalid Request: Table ARN is invalid.")
	case p.Account != c.Account:
		return "", errForeign()
	case p.Region != c.Region:
		return "", errBackupTable(arn)
	}
	return name, nil
}

func (s *Service) onRestoreToPointInTime(_ context.Context, c *aws.Call, in *RestoreTableToPointInTimeInput) ([]service.Access, error) {
	name, err := in.source(c)
	if err != nil {
		return nil, err
	}
	return []service.Access{{Resource: tableARN(c.Scope, name)}, {Resource: tableARN(c.Scope, in.TargetTableName)}}, nil
}

func (s *Service) onRestoreFromBackup(_ context.Context, c *aws.Call, in *RestoreTableFromBackupInput) ([]service.Access, error) {
	return []service.Access{{Resource: aws.ARN(in.BackupArn)}, {Resource: tableARN(c.Scope, in.TargetTableName)}}, nil
}

func (s *Service) restoreTableToPointInTime(_ context.Context, c *aws.Call, in *RestoreTableToPointInTimeInput) (*RestoreTableOutput, error) {
	name, err := in.source(c)
	switch {
	case err != nil:
		return nil, err
	case !in.UseLatestRestorableTime && in.RestoreDateTime == nil:
		return nil, errValidation("Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both")
	case in.UseLatestRestorableTime && in.RestoreDateTime != nil:
		return nil, errValidation("Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set for point-in-time restore request. Please specify only one of them.")
	}
	return s.restore(c, in.TargetTableName, &in.Overrides, func(tx *store.Tx) (*table, *origin, *job, error) {
		t, ok := s.tables.Get(tx, c.Scope, name)
		switch {
		case !ok:
			return nil, nil, nil, errBackupTable(name)
		case !t.recoverable():
			return nil, nil, nil, errNotRecoverable(name)
		}
		t.prepare(c.Scope)
		at, ok := s.restorable(tx, c, t, in.RestoreDateTime)
		if !ok {
			return nil, nil, nil, errInvalidRestoreTime(*in.RestoreDateTime, t.Past.earliest(c.Time), c.Time)
		}
		return t, &origin{Table: tableARN(c.Scope, name), At: orNow(in.RestoreDateTime, c.Time)}, &job{Source: t.Number, At: at}, nil
	})
}

func (s *Service) restoreTableFromBackup(_ context.Context, c *aws.Call, in *RestoreTableFromBackupInput) (*RestoreTableOutput, error) {
	return s.restore(c, in.TargetTableName, &in.Overrides, func(tx *store.Tx) (*table, *origin, *job, error) {
		b, err := s.findBackup(tx, c, in.BackupArn)
		switch {
		case err != nil:
			return nil, nil, nil, err
		case !b.Done:
			return nil, nil, nil, errBackupInUse("Backup is being created: %s", in.BackupArn)
		case s.read(tx, c.Scope, b.Number):
			return nil, nil, nil, errBackupInUse("Backup is being used to restore another table: %s", in.BackupArn)
		}
		o := &origin{aws.ARN(in.BackupArn), tableARN(c.Scope, b.Table.Name), b.Created}
		return b.Table, o, &job{Source: b.Number, At: s.stamps.present(tx, c.Time)}, nil
	})
}

// restore makes a table like the one that from finds, and begins to fill it.
func (s *Service) restore(c *aws.Call, target string, o *Overrides, from func(*store.Tx) (*table, *origin, *job, error)) (*RestoreTableOutput, error) {
	t, err := s.changeTable(c.Scope, target, func(tx *store.Tx, old *table) (*table, error) {
		src, origin, j, err := from(tx)
		switch {
		case err != nil:
			return nil, err
		case old != nil && old.Filling:
			return nil, errBeingRestored(target, origin)
		case old != nil:
			return nil, errRestoreTarget(target)
		}
		t, err := o.apply(src, target, c.Time)
		if err != nil {
			return nil, err
		}
		t.ID, t.Number = s.IDs.UUID(), tx.Sequence()
		t.Origin, t.Filling = origin, true
		j.Kind, j.Table = restoring, target
		s.begin(tx, c.Scope, j)
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	return &RestoreTableOutput{t.describe(tally{}, c.Time)}, nil
}

// apply makes the table that is to be restored: as the source is, without its
// stream, time to live, tags, class, deletion protection and recovery.
func (o *Overrides) apply(src *table, name string, now time.Time) (*table, error) {
	t := &table{
		Name: name, Created: now, Attributes: src.Attributes, Key: src.Key, KMSKey: src.KMSKey,
		OnDemand: src.OnDemand, Throughput: throughput{Read: src.Throughput.Read, Write: src.Throughput.Write}, Tags: map[string]string{},
	}
	if o.BillingModeOverride != "" {
		t.OnDemand = o.BillingModeOverride == onDemandMode
	}
	bought := o.ProvisionedThroughputOverride
	switch {
	case t.OnDemand && bought != nil:
		return nil, errValidation("Invalid Request: Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED")
	case t.OnDemand:
		t.BillingSet, t.OnDemandAt = true, now
	case bought == nil && src.OnDemand:
		return nil, errValidation("Invalid Request: Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED")
	case bought == nil:
		bought = src.Throughput.bought()
	}
	if bought != nil {
		if err := bought.check(); err != nil {
			return nil, err
		}
	}
	t.Throughput = throughputOf(bought)
	if err := o.OnDemandThroughputOverride.check(t.OnDemand); err != nil {
		return nil, err
	}
	if t.OnDemand {
		t.Maxima = src.Maxima.with(o.OnDemandThroughputOverride)
	}
	if err := o.applyIndexes(t, src); err != nil {
		return nil, err
	}
	t.Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), func(a AttributeDefinition) bool { return !t.indexed(a.AttributeName) })
	return t, nil
}

// applyIndexes gives the table the indexes of the source, or those of them that
// are asked for, which may have other names and capacity.
func (o *Overrides) applyIndexes(t, src *table) error {
	locals, globals := o.LocalSecondaryIndexOverride, o.GlobalSecondaryIndexOverride
	for _, x := range src.Indexes {
		switch {
		case x.Local && o.LocalSecondaryIndexOverride == nil:
			locals = append(locals, LocalSecondaryIndex{x.Name, x.Key.elements(), x.Projection})
		case !x.Local && o.GlobalSecondaryIndexOverride == nil:
			y := GlobalSecondaryIndex{IndexName: x.Name, KeySchema: x.Key.elements(), Projection: x.Projection}
			if !t.OnDemand && !src.OnDemand {
				y.ProvisionedThroughput = x.Throughput.bought()
			}
			if t.OnDemand {
				y.OnDemandThroughput = x.Maxima
			}
			globals = append(globals, y)
		}
	}
	for _, y := range locals {
		if err := t.inherit(src, &index{Name: y.IndexName, Local: true}, y.KeySchema, y.Projection); err != nil {
			return err
		}
	}
	for _, y := range globals {
		if err := checkIndexThroughput(y.IndexName, t.OnDemand, y.ProvisionedThroughput); err != nil {
			return err
		}
		if err := y.OnDemandThroughput.check(t.OnDemand); err != nil {
			return err
		}
		if err := t.inherit(src, &index{Name: y.IndexName, Throughput: throughputOf(y.ProvisionedThroughput), Maxima: (*OnDemandThroughput)(nil).with(y.OnDemandThroughput)}, y.KeySchema, y.Projection); err != nil {
			return err
		}
	}
	return nil
}

// inherit adds an index that the source has, maybe under another name.
func (t *table) inherit(src *table, y *index, key []KeySchemaElement, p Projection) error {
	for _, x := range src.Indexes {
		if x.Local == y.Local && slices.Equal(x.Key.elements(), key) && x.Projection.ProjectionType == p.ProjectionType && sameNames(x.Projection.NonKeyAttributes, p.NonKeyAttributes) {
			if t.index(y.Name) != nil {
				return errValidation(invalidValues+"Duplicate index name: %s", y.Name)
			}
			t.LastIndex++
			y.Number, y.Key, y.Projection = t.LastIndex, x.Key, x.Projection
			t.Indexes = append(t.Indexes, y)
			return nil
		}
	}
	return errValidation("Invalid Request: Index %s does not match a secondary index that existed in the source table and cannot be created during the restore operation", y.Name)
}

func sameNames(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// stepRestore puts the next items into a table. Nobody else writes to it.
func (s *Service) stepRestore(scope aws.Scope, j *job) error {
	batch, more, err := s.next(scope, j)
	if err != nil {
		return err
	}
	return retry(func() error {
		t, err := s.table(scope, j.Table)
		if err != nil || t == nil {
			return err
		}
		now, moved := *j, int64(0)
		err = s.DB.Update(func(tx *store.Tx) error {
			if err := s.current(t); err != nil {
				return err
			}
			call := &aws.Call{Scope: scope, Time: s.Clock.Now()}
			for _, p := range batch {
				size, it := openStored(p.stored)
				c := &change{call: call, t: t, tableName: t.Name, cost: cost{t: t}, item: it, storeKey: append(t.appendSpace(nil, 0), p.key...)}
				if err := c.write(tx, nil, 0, it, size, p.stored); err != nil {
					return err
				}
				now.After, moved = p.key, moved+int64(size)
			}
			s.jobs.Put(tx, scope, &now, j.ID)
			return nil
		})
		if err != nil {
			return err
		}
		s.Meter.Charge(scope, restoredBytes, float64(moved)/1e9)
		if more {
			return nil
		}
		return s.fill(scope, &now, func(*store.Tx) {})
	})
}

// fill ends the filling of a table: from now on it is there for all.
func (s *Service) fill(scope aws.Scope, j *job, note func(*store.Tx)) error {
	_, err := s.changeTable(scope, j.Table, func(tx *store.Tx, t *table) (*table, error) {
		s.end(tx, scope, j)
		note(tx)
		if t == nil {
			return nil, nil
		}
		t = t.clone()
		t.Filling, t.Origin = false, nil // as on AWS, nothing tells any more that it was restored
		return t, nil
	})
	return err
}
