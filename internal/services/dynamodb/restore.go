package dynamodb

import (
	"context"
	"reflect"
	"slices"
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
	case in.SourceTableArn != "":
		return resolveName(c, in.SourceTableArn)
	case in.SourceTableName == "":
		return "", errValidation(invalidValues + "Either SourceTableName or SourceTableArn must be specified")
	}
	return in.SourceTableName, nil
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
		return nil, errValidation(invalidValues + "Either RestoreDateTime or UseLatestRestorableTime must be specified")
	case in.UseLatestRestorableTime && in.RestoreDateTime != nil:
		return nil, errValidation(invalidValues + "Only one of RestoreDateTime and UseLatestRestorableTime can be specified")
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
		at, err := s.restorable(tx, c, t, in.RestoreDateTime, errInvalidRestoreTime())
		return t, &origin{Table: tableARN(c.Scope, name), At: orNow(in.RestoreDateTime, c.Time)}, &job{Source: t.Number, At: at}, err
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
// stream, time to live, tags, deletion protection and recovery.
func (o *Overrides) apply(src *table, name string, now time.Time) (*table, error) {
	t := &table{
		Name: name, Created: now, Attributes: src.Attributes, Key: src.Key, LastIndex: src.LastIndex,
		OnDemand: src.OnDemand, Throughput: throughput{Read: src.Throughput.Read, Write: src.Throughput.Write}, Class: src.Class, Tags: map[string]string{},
	}
	if o.BillingModeOverride != "" {
		t.OnDemand = o.BillingModeOverride == onDemandMode
	}
	mode, bought := provisionedMode, o.ProvisionedThroughputOverride
	if t.OnDemand {
		mode = onDemandMode
		t.BillingSet, t.OnDemandAt, t.Throughput = true, now, throughput{}
	} else if bought == nil && !src.OnDemand {
		bought = src.Throughput.bought()
	}
	if err := checkBilling(mode, bought); err != nil {
		return nil, err
	}
	t.Throughput = throughputOf(bought)
	if err := o.checkIndexes(src); err != nil {
		return nil, err
	}
	for _, x := range src.Indexes {
		y := &index{Number: x.Number, Name: x.Name, Local: x.Local, Key: x.Key, Projection: x.Projection}
		wanted, bought := o.wants(x)
		if !wanted {
			continue
		}
		if bought == nil && !x.Local && !t.OnDemand && x.Throughput.Read > 0 {
			bought = x.Throughput.bought()
		}
		if !x.Local {
			if err := checkIndexThroughput(x.Name, t.OnDemand, bought); err != nil {
				return nil, err
			}
			y.Throughput = throughputOf(bought)
		}
		t.Indexes = append(t.Indexes, y)
	}
	t.Attributes = slices.DeleteFunc(slices.Clone(t.Attributes), func(a AttributeDefinition) bool { return !t.indexed(a.AttributeName) })
	return t, nil
}

// wants reports whether an index of the source is to be restored, and with what.
func (o *Overrides) wants(x *index) (wanted bool, bought *ProvisionedThroughput) {
	if x.Local {
		return o.LocalSecondaryIndexOverride == nil || slices.ContainsFunc(o.LocalSecondaryIndexOverride, func(y LocalSecondaryIndex) bool { return y.IndexName == x.Name }), nil
	}
	i := slices.IndexFunc(o.GlobalSecondaryIndexOverride, func(y GlobalSecondaryIndex) bool { return y.IndexName == x.Name })
	if i < 0 {
		return o.GlobalSecondaryIndexOverride == nil, nil
	}
	return true, o.GlobalSecondaryIndexOverride[i].ProvisionedThroughput
}

// checkIndexes refuses indexes that the source does not have: a restore can only
// leave some out.
func (o *Overrides) checkIndexes(src *table) error {
	same := func(name string, local bool, key []KeySchemaElement, p Projection) error {
		x := src.index(name)
		if x == nil || x.Local != local || !slices.Equal(x.Key.elements(), key) || x.Projection.ProjectionType != p.ProjectionType || !sameNames(x.Projection.NonKeyAttributes, p.NonKeyAttributes) {
			return errValidation(invalidValues+"Index %s does not match an index of the source table", name)
		}
		return nil
	}
	for _, x := range o.LocalSecondaryIndexOverride {
		if err := same(x.IndexName, true, x.KeySchema, x.Projection); err != nil {
			return err
		}
	}
	for _, x := range o.GlobalSecondaryIndexOverride {
		if err := same(x.IndexName, false, x.KeySchema, x.Projection); err != nil {
			return err
		}
	}
	return nil
}

func sameNames(a, b []string) bool {
	return reflect.DeepEqual(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
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
		return s.fill(scope, &now)
	})
}

// fill ends the filling of a table: from now on it is there for all.
func (s *Service) fill(scope aws.Scope, j *job) error {
	_, err := s.changeTable(scope, j.Table, func(tx *store.Tx, t *table) (*table, error) {
		s.end(tx, scope, j)
		if t == nil {
			return nil, nil
		}
		t = t.clone()
		t.Filling = false
		return t, nil
	})
	return err
}
