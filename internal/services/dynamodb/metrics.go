package dynamodb

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/partiql"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

const namespace = "AWS/DynamoDB"

// What is paid for.
var (
	readRequests   = meter.Item{Product: "AmazonDynamoDB", Unit: "ReadRequestUnits"}
	writeRequests  = meter.Item{Product: "AmazonDynamoDB", Unit: "WriteRequestUnits"}
	replicaWrites  = meter.Item{Product: "AmazonDynamoDB", Unit: "ReplWriteRequestUnits"}
	readHours      = meter.Item{Product: "AmazonDynamoDB", Unit: "ReadCapacityUnit-Hrs"}
	writeHours     = meter.Item{Product: "AmazonDynamoDB", Unit: "WriteCapacityUnit-Hrs"}
	storedMonths   = meter.Item{Product: "AmazonDynamoDB", Unit: "TimedStorage-ByteHrs"}       // in GB-months
	recoveryMonths = meter.Item{Product: "AmazonDynamoDB", Unit: "TimedPITRStorage-ByteHrs"}   // in GB-months
	backupMonths   = meter.Item{Product: "AmazonDynamoDB", Unit: "TimedBackupStorage-ByteHrs"} // in GB-months
	restoredBytes  = meter.Item{Product: "AmazonDynamoDB", Unit: "RestoreDataSize-Bytes"}      // in GB
	exportedBytes  = meter.Item{Product: "AmazonDynamoDB", Unit: "ExportDataSize-Bytes"}       // in GB
	importedBytes  = meter.Item{Product: "AmazonDynamoDB", Unit: "ImportDataSize-Bytes"}       // in GB
	streamReads    = meter.Item{Product: "AmazonDynamoDB", Unit: "Streams-Requests"}
)

// Observe implements service.Observer.
func (s *Service) Observe(x *service.Exchange) {
	c := x.Call
	if x.Err != nil {
		s.observeError(x)
	}
	if s.limiter != nil {
		s.observeRefused(x)
	}
	if out, ok := x.Out.(*PageOutput); ok {
		defer out.release()
	}
	switch in := x.In.(type) {
	case *GetItemInput:
		if x.Out != nil {
			s.consume(&cost{t: in.get.t, table: readUnits(in.get.size, in.ConsistentRead), reads: true})
			s.took(x, in.get.t)
		}
	case *PutItemInput:
		s.observeWrite(x, in.change)
	case *UpdateItemInput:
		s.observeWrite(x, in.change)
	case *DeleteItemInput:
		s.observeWrite(x, in.change)
	case *TransactWriteItemsInput:
		if x.Out == nil && in.prepared != nil {
			for _, ch := range in.prepared.changes {
				s.observeFailed(ch)
			}
		}
	case *ExecuteStatementInput, *BatchExecuteStatementInput, *ExecuteTransactionInput:
		s.observeStatements(x)
	}
	switch out := x.Out.(type) {
	case *PageOutput:
		s.consume(&out.cost)
		s.took(x, out.cost.t)
		s.Meter.Count(out.cost.t.scope, namespace, "ReturnedItemCount", meter.Count, float64(out.Count), "Operation", c.Operation, "TableName", out.cost.t.Name)
	case *BatchGetItemOutput:
		s.consumeAll(x, out.costs)
	case *BatchWriteItemOutput:
		s.consumeAll(x, out.costs)
	case *TransactGetItemsOutput:
		s.consumeAll(x, out.costs)
	case *TransactWriteItemsOutput:
		s.consumeAll(x, out.costs)
	}
}

func (s *Service) observeWrite(x *service.Exchange, ch *change) {
	if ch == nil || ch.t == nil {
		return
	}
	switch {
	case x.Out != nil:
		s.consume(&ch.cost)
		s.took(x, ch.t)
	case ch.failed:
		s.observeFailed(ch)
	}
}

// observeFailed counts a condition that did not hold, which costs what it reads.
func (s *Service) observeFailed(ch *change) {
	if ch.failed {
		s.countFailed(ch)
		s.consume(&cost{t: ch.t, table: ch.cost.table, double: ch.cost.double})
	}
}

func (s *Service) countFailed(ch *change) {
	s.Meter.Count(ch.t.scope, namespace, "ConditionalCheckFailedRequests", meter.Count, 1, "TableName", ch.t.Name)
}

// observeStatements counts what PartiQL did, under the names of its operations.
func (s *Service) observeStatements(x *service.Exchange) {
	switch in := x.In.(type) {
	case *ExecuteStatementInput:
		if in.statement != nil && in.statement.made != nil && x.Out == nil {
			s.observeFailed(in.statement.made)
		}
	case *BatchExecuteStatementInput: // a batch tells and counts the cost of what failed
		for _, b := range in.batch {
			if b.err == nil && b.made != nil && b.made.failed {
				s.countFailed(b.made)
			}
		}
	case *ExecuteTransactionInput:
		if x.Out == nil && in.prepared != nil && in.prepared.writes != nil {
			for _, ch := range in.prepared.writes.changes {
				s.observeFailed(ch)
			}
		}
	}
	switch out := x.Out.(type) {
	case *ExecuteStatementOutput:
		s.consumeAll(x, []*cost{out.cost})
		if out.count >= 0 {
			s.Meter.Count(out.cost.t.scope, namespace, "ReturnedItemCount", meter.Count, float64(out.count), "Operation", x.Call.Operation, "TableName", out.cost.t.Name)
		}
	case *BatchExecuteStatementOutput:
		s.consumeAll(x, out.costs)
	case *ExecuteTransactionOutput:
		s.consumeAll(x, out.costs)
	}
}

func (s *Service) consumeAll(x *service.Exchange, costs []*cost) {
	for _, c := range costs {
		s.consume(c)
		s.took(x, c.t)
	}
}

// took counts how long a request took, as all measures with the owner of the table.
func (s *Service) took(x *service.Exchange, t *table) {
	s.Meter.Count(t.scope, namespace, "SuccessfulRequestLatency", meter.Milliseconds, float64(x.Took)/float64(time.Millisecond),
		"Operation", x.Call.Operation, "TableName", t.Name)
}

// consume counts what a request cost. A local index is part of its table.
func (s *Service) consume(c *cost) {
	metric, item := "ConsumedWriteCapacityUnits", writeRequests
	if c.reads {
		metric, item = "ConsumedReadCapacityUnits", readRequests
	} else if len(c.t.Replicas) > 0 || c.t.Source != "" {
		item = replicaWrites
	}
	own := c.own() + c.failed
	all := own
	for _, x := range c.indexes {
		all += x.units
		if x.x.Local {
			own += x.units
			continue
		}
		s.Meter.Count(c.t.scope, namespace, metric, meter.Count, x.units, "GlobalSecondaryIndexName", x.x.Name, "TableName", c.t.Name)
	}
	if own > 0 {
		s.Meter.Count(c.t.scope, namespace, metric, meter.Count, own, "TableName", c.t.Name)
	}
	if c.t.OnDemand {
		s.Meter.Charge(c.t.scope, item, all)
	}
}

// observeError counts a request that was refused or failed.
func (s *Service) observeError(x *service.Exchange) {
	c := x.Call
	owner, table := ownerOf(c.Scope, named(x.In))
	reads := strings.HasPrefix(c.Operation, "Get") || c.Operation == "Query" || c.Operation == "Scan" || c.Operation == "BatchGetItem" || c.Operation == "TransactGetItems"
	if in, ok := x.In.(*ExecuteStatementInput); ok {
		table, reads = statementTarget(in.Statement)
	}
	count := func(metric string, dims ...string) {
		s.Meter.Count(owner, namespace, metric, meter.Count, 1, dims...)
	}
	switch {
	case x.Err.Code == "ProvisionedThroughputExceededException" || x.Err.Code == "ThrottlingException":
		if table == "" || len(refused(x.In)) > 0 { // see observeRefused
			return
		}
		count("ThrottledRequests", "Operation", c.Operation, "TableName", table)
		if reads {
			count("ReadThrottleEvents", "TableName", table)
		} else {
			count("WriteThrottleEvents", "TableName", table)
		}
	case x.Err.Status >= 500 && table != "":
		count("SystemErrors", "Operation", c.Operation, "TableName", table)
	case x.Err.Code == "TransactionConflictException" && table != "":
		count("TransactionConflict", "TableName", table)
	case x.Err.Status < 500 && x.Err.Code != "ConditionalCheckFailedException" && x.Err.Code != "DuplicateItemException":
		s.Meter.Count(c.Scope, namespace, "UserErrors", meter.Count, 1)
	}
}

// observeRefused counts what there was no capacity for: each table and index by
// itself, and a request once for each table, unless a part of it was done.
func (s *Service) observeRefused(x *service.Exchange) {
	var tables []string
	for _, r := range refused(x.In) {
		metric := "WriteThrottleEvents"
		if r.reads {
			metric = "ReadThrottleEvents"
		}
		dims := []string{"TableName", r.t.Name}
		if r.x != nil {
			dims = []string{"GlobalSecondaryIndexName", r.x.Name, "TableName", r.t.Name}
		}
		s.Meter.Count(r.t.scope, namespace, metric, meter.Count, 1, dims...)
		if x.Err != nil && !slices.Contains(tables, r.t.Name) {
			tables = append(tables, r.t.Name)
			s.Meter.Count(r.t.scope, namespace, "ThrottledRequests", meter.Count, 1, "Operation", x.Call.Operation, "TableName", r.t.Name)
		}
	}
}

// named is the table that a request for items names, "" if it names several.
func named(in any) string {
	switch in := in.(type) {
	case *GetItemInput:
		if in.get != nil {
			return in.get.tableName
		}
	case *PutItemInput:
		return in.change.named()
	case *UpdateItemInput:
		return in.change.named()
	case *DeleteItemInput:
		return in.change.named()
	case *QueryInput:
		return in.TableName
	case *ScanInput:
		return in.TableName
	}
	return ""
}

func (c *change) named() string {
	if c == nil {
		return ""
	}
	return c.tableName
}

// statementTarget is the table of a statement, and whether it reads it.
func statementTarget(text string) (table string, reads bool) {
	st, _, err := partiql.Parse(text)
	if err != nil {
		return "", false
	}
	_, reads = st.(*partiql.Select)
	return st.Target().Table, reads
}

// Observe implements service.Observer.
func (x Streams) Observe(e *service.Exchange) {
	in, ok := e.In.(*GetRecordsInput)
	if !ok || in.at == nil {
		return
	}
	out, ok := e.Out.(*GetRecordsOutput)
	if !ok {
		return
	}
	m, c := x.s.Meter, e.Call
	at, table, label, err := parseStreamARN(in.at.stream)
	if err != nil {
		return
	}
	m.Count(at.Scope, namespace, "SuccessfulRequestLatency", meter.Milliseconds, float64(e.Took)/float64(time.Millisecond), "Operation", c.Operation, "StreamLabel", label, "TableName", table)
	m.Count(at.Scope, namespace, "ReturnedRecordsCount", meter.Count, float64(len(out.Records)), "Operation", c.Operation, "StreamLabel", label, "TableName", table)
	m.Count(at.Scope, namespace, "ReturnedBytes", meter.Bytes, float64(e.BytesOut), "Operation", c.Operation, "StreamLabel", label, "TableName", table)
	if !strings.HasSuffix(c.SourceIP, ".amazonaws.com") { // Lambda reads for nothing
		m.Charge(at.Scope, streamReads, 1)
	}
}

// countExpired counts items that were removed because their time had come.
func (s *Service) countExpired(scope aws.Scope, table string, n int) {
	if n > 0 {
		s.Meter.Count(scope, namespace, "TimeToLiveDeletedItemCount", meter.Count, float64(n), "TableName", table)
	}
}

// overhead is what storage is charged for beside the bytes of an item or entry.
const overhead = 100

// chargeHours charges by the hour for what tables store, and for the capacity
// of those that are not on demand.
func (s *Service) chargeHours(ctx context.Context) error {
	sleeper := s.Clock.Sleeper()
	defer sleeper.Close()
	for {
		next := s.Clock.Now().Truncate(time.Hour).Add(time.Hour)
		sleeper.Sleep(ctx, next, nil)
		if ctx.Err() != nil {
			return nil
		}
		if err := s.chargeHour(s.Clock.Now()); err != nil {
			return err
		}
	}
}

func (s *Service) chargeHour(now time.Time) error {
	now = now.UTC()
	month := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	hours := month.AddDate(0, 1, 0).Sub(month).Hours()
	return s.DB.View(func(tx *store.Tx) error {
		for scope, b := range s.backups.Everywhere(tx) {
			if !b.System { // those of deleted tables cost nothing
				s.Meter.Charge(scope, backupMonths, float64(b.Extent.Size)/1e9/hours)
			}
		}
		for scope, t := range s.tables.Everywhere(tx) {
			t.prepare(scope)
			bytes := int64(0)
			for _, e := range t.readTally(tx) {
				bytes += e.Size + overhead*e.Count
			}
			if bytes > 0 {
				s.Meter.Charge(scope, storedMonths, float64(bytes)/1e9/hours)
			}
			if t.recoverable() {
				s.Meter.Charge(scope, recoveryMonths, float64(t.recoverySize(tx))/1e9/hours)
			}
			if t.OnDemand {
				continue
			}
			p := t.Throughput
			for _, x := range t.Indexes {
				p.Read, p.Write = p.Read+x.Throughput.Read, p.Write+x.Throughput.Write
			}
			s.Meter.Charge(scope, readHours, float64(p.Read))
			s.Meter.Charge(scope, writeHours, float64(p.Write))
		}
		return nil
	})
}

// recoverySize is what recovery is charged for: the items and the local indexes.
func (t *table) recoverySize(tx *store.Tx) (size int64) {
	for number, e := range t.readTally(tx) {
		if number == 0 || t.local(number) {
			size += e.Size
		}
	}
	return size
}
