package dynamodb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// backup is what is stored of a backup. Its items lie as those of a table do,
// under a number of their own; those of a deleted table stay where they are.
type backup struct {
	ID      string
	Name    string
	System  bool // made because its table was deleted
	Number  uint64
	Done    bool
	Created time.Time
	Expires time.Time // zero for one that stays until it is deleted
	Extent  extent
	Table   *table // as it was
}

// systemLife is how long the backup of a deleted table is kept.
const systemLife = 35 * fullDay

const (
	userBackup   = "USER"
	systemBackup = "SYSTEM"
)

func backupARN(table aws.ARN, id string) aws.ARN { return table + aws.ARN("/backup/"+id) }

// parsePart finds the table and the id in the ARN of a backup, an export or an import.
func parsePart(arn, kind string) (scope aws.Scope, table, id string, ok bool) {
	p, ok := aws.ARN(arn).Parse()
	f := strings.Split(p.Resource, "/")
	if !ok || p.Service != "dynamodb" || len(f) != 4 || f[0] != "table" || f[2] != kind {
		return scope, "", "", false
	}
	return p.Scope, f[1], f[3], true
}

// partID names a backup, an export or an import: they order as they were made.
func (s *Service) partID(now time.Time) string {
	return fmt.Sprintf("%014d-%s", now.UnixMilli(), s.IDs.Hex(8))
}

func (s *Service) createBackup(_ context.Context, c *aws.Call, in *CreateBackupInput) (*CreateBackupOutput, error) {
	name, err := resolveName(c, in.TableName)
	if err != nil {
		return nil, err
	}
	var b *backup
	_, err = s.changeTable(c.Scope, name, func(tx *store.Tx, t *table) (*table, error) {
		if t == nil || t.Filling {
			return nil, errBackupTable(name)
		}
		b = &backup{ID: s.partID(c.Time), Name: in.BackupName, Number: tx.Sequence(), Created: c.Time.UTC(), Extent: t.readTally(tx)[0], Table: t}
		s.backups.Put(tx, c.Scope, b, name, b.ID)
		s.begin(tx, c.Scope, &job{Kind: backingUp, Table: name, Name: b.ID, Source: t.Number, At: s.stamps.present(tx, c.Time)})
		if t.Past == nil { // until it is copied
			t = t.clone()
			t.Past = &past{Since: c.Time.UTC()}
		}
		return t, nil
	})
	if err != nil {
		return nil, err
	}
	return &CreateBackupOutput{b.details(c.Scope)}, nil
}

// stepBackup copies the next items of a table into its backup.
func (s *Service) stepBackup(scope aws.Scope, j *job) error {
	batch, more, err := s.next(scope, j)
	if err != nil {
		return err
	}
	return s.DB.Update(func(tx *store.Tx) error {
		b, ok := s.backups.Get(tx, scope, j.Table, j.Name)
		if !ok {
			s.end(tx, scope, j)
			return nil
		}
		space := appendSpaceOf(nil, dataPrefix(scope, b.Number), 0)
		for _, p := range batch {
			tx.Set(append(slices.Clip(space), p.key...), p.stored)
			j.After = p.key
		}
		if more {
			s.jobs.Put(tx, scope, j, j.ID)
			return nil
		}
		b.Done = true
		s.backups.Put(tx, scope, b, j.Table, j.Name)
		s.end(tx, scope, j)
		return nil
	})
}

// archive makes the backup of a table that is being deleted, out of the data
// that it leaves behind.
func (s *Service) archive(tx *store.Tx, scope aws.Scope, t *table, now time.Time) {
	id := func(at time.Time) string { return fmt.Sprintf("%014d-00000000", at.UnixMilli()) }
	at := now
	for _, taken := s.backups.Get(tx, scope, t.Name, id(at)); taken; _, taken = s.backups.Get(tx, scope, t.Name, id(at)) {
		at = at.Add(time.Millisecond)
	}
	b := &backup{
		ID: id(at), Name: t.Name + "$DeletedTableBackup", System: true, Number: t.Number, Done: true,
		Created: now.UTC(), Expires: now.UTC().Add(systemLife), Extent: t.readTally(tx)[0], Table: t,
	}
	s.backups.Put(tx, scope, b, t.Name, b.ID)
	// What is not items lies after them.
	tx.DeleteRange(appendSpaceOf(nil, t.prefix, 1), appendSpaceOf(nil, t.prefix, pastSpace))
	tx.DeleteRange(appendSpaceOf(nil, t.prefix, pastSpace+1), prefixEnd(t.prefix))
}

// discard removes the data of a table that is being deleted, as far as neither
// its recovery nor a job needs them.
func (s *Service) discard(tx *store.Tx, scope aws.Scope, t *table, now time.Time) {
	read := s.read(tx, scope, t.Number)
	if t.recoverable() {
		s.archive(tx, scope, t, now)
	}
	switch {
	case read:
		s.left.Put(tx, scope, left{t.Number}, numberText(t.Number))
	case t.recoverable():
		dropPast(tx, t.prefix)
	default:
		tx.DeleteRange(t.prefix, prefixEnd(t.prefix))
	}
	tx.OnCommit(s.keepingPast.wake)
}

// backedUp reports whether the data of a number are those of a backup.
func (s *Service) backedUp(tx *store.Tx, scope aws.Scope, number uint64) bool {
	for _, b := range s.backups.All(tx, scope) {
		if b.Number == number {
			return true
		}
	}
	return false
}

func (s *Service) dropBackup(tx *store.Tx, scope aws.Scope, b *backup) {
	prefix := dataPrefix(scope, b.Number)
	tx.DeleteRange(prefix, prefixEnd(prefix))
	s.backups.Delete(tx, scope, b.Table.Name, b.ID)
}

// findBackup finds the backup of an ARN.
func (s *Service) findBackup(tx *store.Tx, c *aws.Call, arn string) (*backup, error) {
	scope, table, id, ok := parsePart(arn, "backup")
	switch {
	case !ok:
		return nil, errValidation("Invalid Backup ARN")
	case scope.Account != c.Account:
		return nil, errForeign()
	}
	if b, found := s.backups.Get(tx, c.Scope, table, id); found && scope == c.Scope {
		b.Table.prepare(c.Scope)
		return b, nil
	}
	return nil, errBackupNotFound(arn)
}

func (s *Service) describeBackup(_ context.Context, c *aws.Call, in *OneBackupInput) (out *OneBackupOutput, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		b, err := s.findBackup(tx, c, in.BackupArn)
		if err == nil {
			out = &OneBackupOutput{b.describe(c.Scope)}
		}
		return err
	})
	return out, err
}

func (s *Service) deleteBackup(_ context.Context, c *aws.Call, in *OneBackupInput) (out *OneBackupOutput, err error) {
	err = s.DB.Update(func(tx *store.Tx) error {
		b, err := s.findBackup(tx, c, in.BackupArn)
		switch {
		case err != nil:
			return err
		case b.System:
			return errValidation("User is not allowed to delete the system backup with arn %s. It will automatically expire on %s", in.BackupArn, b.Expires.Format(time.RFC3339))
		case !b.Done:
			return errBackupInUse("Backup is being created: %s", in.BackupArn)
		case s.read(tx, c.Scope, b.Number):
			return errBackupInUse("Backup is being used to restore table: %s", in.BackupArn)
		}
		s.dropBackup(tx, c.Scope, b)
		out = &OneBackupOutput{b.describe(c.Scope)}
		out.BackupDescription.BackupDetails.BackupStatus = "DELETED"
		return nil
	})
	return out, err
}

func (s *Service) listBackups(_ context.Context, c *aws.Call, in *ListBackupsInput) (*ListBackupsOutput, error) {
	if in.TimeRangeLowerBound != nil && in.TimeRangeUpperBound != nil && in.TimeRangeLowerBound.After(*in.TimeRangeUpperBound) {
		return nil, errValidation("Time range lower bound must be less than or equal to upper bound")
	}
	var prefix []string
	if in.TableName != "" {
		name, err := resolveName(c, in.TableName)
		if err != nil {
			return nil, err
		}
		prefix = []string{name}
	}
	after := append(slices.Clip(prefix), "")
	if in.ExclusiveStartBackupArn != "" {
		scope, table, id, ok := parsePart(in.ExclusiveStartBackupArn, "backup")
		if !ok || scope != c.Scope {
			return nil, errValidation("Invalid ExclusiveStartBackupArn: %s", in.ExclusiveStartBackupArn)
		}
		after = []string{table, id}
	}
	limit := 100
	if in.Limit != nil {
		limit = *in.Limit
	}
	out := &ListBackupsOutput{BackupSummaries: []BackupSummary{}}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, b := range s.backups.After(tx, c.Scope, after, prefix...) {
			if !in.wants(b) {
				continue
			}
			if len(out.BackupSummaries) == limit {
				out.LastEvaluatedBackupArn = out.BackupSummaries[limit-1].BackupArn
				break
			}
			out.BackupSummaries = append(out.BackupSummaries, BackupSummary{b.Table.Name, b.Table.ID, string(tableARN(c.Scope, b.Table.Name)), b.details(c.Scope)})
		}
		return nil
	})
	return out, err
}

func (in *ListBackupsInput) wants(b *backup) bool {
	switch {
	case in.TimeRangeLowerBound != nil && b.Created.Before(*in.TimeRangeLowerBound):
		return false
	case in.TimeRangeUpperBound != nil && !b.Created.Before(*in.TimeRangeUpperBound):
		return false
	}
	kind := cmp.Or(in.BackupType, userBackup)
	return kind == "ALL" || kind == b.kind()
}

func (b *backup) kind() string {
	if b.System {
		return systemBackup
	}
	return userBackup
}

func (b *backup) details(scope aws.Scope) BackupDetails {
	d := BackupDetails{
		BackupArn: string(backupARN(tableARN(scope, b.Table.Name), b.ID)), BackupName: b.Name, BackupSizeBytes: b.Extent.Size,
		BackupStatus: "CREATING", BackupType: b.kind(), BackupCreationDateTime: b.Created, BackupExpiryDateTime: b.Expires,
	}
	if b.Done {
		d.BackupStatus = "AVAILABLE"
	}
	return d
}

func (b *backup) describe(scope aws.Scope) BackupDescription {
	t := b.Table
	d := BackupDescription{BackupDetails: b.details(scope), SourceTableDetails: SourceTableDetails{
		TableName: t.Name, TableId: t.ID, TableArn: string(tableARN(scope, t.Name)), TableSizeBytes: b.Extent.Size, ItemCount: b.Extent.Count,
		KeySchema: t.Key.elements(), TableCreationDateTime: t.Created, ProvisionedThroughput: *t.Throughput.bought(), BillingMode: provisionedMode, OnDemandThroughput: t.Maxima,
	}}
	if t.OnDemand {
		d.SourceTableDetails.BillingMode = onDemandMode
	}
	if b.System {
		return d
	}
	f := &d.SourceTableFeatureDetails
	for _, x := range t.Indexes {
		info := IndexInfo{IndexName: x.Name, KeySchema: x.Key.elements(), Projection: x.Projection}
		if x.Local {
			f.LocalSecondaryIndexes = append(f.LocalSecondaryIndexes, info)
			continue
		}
		info.ProvisionedThroughput, info.OnDemandThroughput = x.Throughput.bought(), x.Maxima
		f.GlobalSecondaryIndexes = append(f.GlobalSecondaryIndexes, info)
	}
	if t.Stream != nil {
		f.StreamDescription = &StreamSpecification{true, t.Stream.View}
	}
	f.SSEDescription = t.encryption()
	if t.TTL != nil {
		f.TimeToLiveDescription = &TimeToLiveDescription{"ENABLED", t.TTL.Attribute}
	}
	return d
}

func (p throughput) bought() *ProvisionedThroughput { return &ProvisionedThroughput{p.Read, p.Write} }
