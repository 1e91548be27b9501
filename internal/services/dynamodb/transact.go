package dynamodb

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

const maxTransaction = 4 << 20

// transactWrite is what a TransactWriteItems does, action by action.
type transactWrite struct {
	changes []*change
	tellAll bool // that are invalid, and not only the first: of statements
	digest  [sha256.Size]byte
}

func (in *TransactWriteItemsInput) read(c *aws.Call) (*transactWrite, error) {
	if in.prepared != nil {
		return in.prepared, nil
	}
	t := &transactWrite{}
	digest, size := sha256.New(), 0
	var part []byte // of what is digested
	for i := range in.TransactItems {
		a, err := in.TransactItems[i].action()
		if err != nil {
			return nil, err
		}
		size += len(a.item) + len(a.e.values)
		ch, err := newChange(c, a.kind, a.table, a.item, "", a.e)
		if err != nil {
			return nil, err
		}
		ch.wantOld = a.onFailure == "ALL_OLD"
		t.changes = append(t.changes, ch)
		if in.ClientRequestToken != "" {
			part = a.append(part[:0], ch)
			digest.Write(part)
		}
	}
	if size > maxTransaction {
		return nil, errValidation("Member must have length less than or equal to 4194304")
	}
	digest.Sum(t.digest[:0])
	in.prepared = t
	return t, nil
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// append appends what tells an action from any other: its parts, each with its length.
func (a *action) append(dst []byte, ch *change) []byte {
	part := func(b []byte) { dst = append(binary.AppendUvarint(dst, uint64(len(b))), b...) }
	dst = append(dst, byte(a.kind))
	part([]byte(ch.tableName))
	part(ch.item)
	part(a.e.values)
	for _, expression := range []*string{a.e.update, a.e.condition} {
		part([]byte(text(expression)))
	}
	dst = binary.AppendUvarint(dst, uint64(len(a.e.names)))
	for _, name := range slices.Sorted(maps.Keys(a.e.names)) {
		part([]byte(name))
		part([]byte(a.e.names[name]))
	}
	return dst
}

// action is one action of a transaction, whatever its kind.
type action struct {
	kind      changeKind
	table     string
	item      shape.Raw
	onFailure string
	e         expressions
}

func (i *TransactWriteItem) action() (action, error) {
	var as []action
	if x := i.ConditionCheck; x != nil {
		as = append(as, action{changeCheck, x.TableName, x.Key, x.ReturnValuesOnConditionCheckFailure,
			expressions{condition: x.ConditionExpression, names: x.ExpressionAttributeNames, values: x.ExpressionAttributeValues}})
	}
	if x := i.Put; x != nil {
		as = append(as, action{changePut, x.TableName, x.Item, x.ReturnValuesOnConditionCheckFailure,
			expressions{condition: x.ConditionExpression, names: x.ExpressionAttributeNames, values: x.ExpressionAttributeValues}})
	}
	if x := i.Delete; x != nil {
		as = append(as, action{changeDelete, x.TableName, x.Key, x.ReturnValuesOnConditionCheckFailure,
			expressions{condition: x.ConditionExpression, names: x.ExpressionAttributeNames, values: x.ExpressionAttributeValues}})
	}
	if x := i.Update; x != nil {
		as = append(as, action{changeUpdate, x.TableName, x.Key, x.ReturnValuesOnConditionCheckFailure,
			expressions{update: x.UpdateExpression, condition: x.ConditionExpression, names: x.ExpressionAttributeNames, values: x.ExpressionAttributeValues}})
	}
	if len(as) != 1 {
		return action{}, errValidation("TransactItems can only contain one of Check, Put, Update or Delete")
	}
	return as[0], nil
}

var transactActions = [...]string{changePut: "PutItem", changeUpdate: "UpdateItem", changeDelete: "DeleteItem", changeCheck: "ConditionCheckItem"}

func (s *Service) onTransactWriteItems(_ context.Context, c *aws.Call, in *TransactWriteItemsInput) ([]service.Access, error) {
	t, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, ch := range t.changes {
		a, err := s.access(c, ch.tableName, "")
		if err != nil {
			return nil, err
		}
		a.Action = "dynamodb:" + transactActions[ch.kind]
		if !unconditional(c) {
			k, err := s.changeKeys(c, ch)
			if err != nil {
				return nil, err
			}
			k.set("EnclosingOperation", "TransactWriteItems")
			k.set("ReturnConsumedCapacity", in.ReturnConsumedCapacity)
			a.Keys = k
		}
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) transactWriteItems(_ context.Context, c *aws.Call, in *TransactWriteItemsInput) (*TransactWriteItemsOutput, error) {
	t, err := in.read(c)
	if err != nil {
		return nil, err
	}
	done := false // by an earlier request with the same token
	err = retry(func() error {
		if err := s.placeAll(c.Scope, t); err != nil {
			return err
		}
		return s.DB.Update(func(tx *store.Tx) error {
			var err error
			if done, err = s.spend(tx, c, in.ClientRequestToken, t.digest); err != nil {
				return err
			}
			if done {
				t.reread(tx)
				return nil
			}
			return s.runAll(tx, t)
		})
	})
	if err != nil {
		return nil, err
	}
	s.published(t.changes...)
	return t.answer(in, done), nil
}

// placeAll finds the tables of a transaction. What is wrong with an item or a
// key cancels the transaction; a missing table or a repeated item fails it.
func (s *Service) placeAll(scope aws.Scope, t *transactWrite) error {
	problems := make([]error, len(t.changes))
	for i, c := range t.changes {
		table, err := s.usable(scope, c.tableName)
		if err != nil {
			return err
		}
		problems[i] = placeInBatch(c, table)
		c.cost.double = true
	}
	if slices.ContainsFunc(problems, func(err error) bool { return err != nil }) {
		return t.cancelled(problems)
	}
	if duplicateChanges(t.changes) {
		return errSameItem()
	}
	return nil
}

// runAll makes all changes. If any cannot be made the error cancels the
// transaction, which then leaves nothing behind.
func (s *Service) runAll(tx *store.Tx, t *transactWrite) error {
	problems := make([]error, len(t.changes))
	failed := false
	for i, c := range t.changes {
		if err := s.current(c.t); err != nil {
			return err
		}
		problems[i] = c.run(tx)
		failed = failed || problems[i] != nil
	}
	if failed {
		return t.cancelled(problems)
	}
	return nil
}

// reread costs what a repeated transaction costs, which reads its items.
func (t *transactWrite) reread(tx *store.Tx) {
	for _, c := range t.changes {
		v, _ := tx.Get(c.storeKey)
		size, _ := openStored(v)
		c.cost = cost{t: c.t, table: readUnits(size, true), double: true}
	}
}

// cancelled is the error with one reason for each action. Validation errors
// hide what conditions say, and only the first of them is told.
func (t *transactWrite) cancelled(problems []error) error {
	return cancelled(problems, t.tellAll, func(i int) shape.Raw {
		if c := t.changes[i]; c.wantOld && c.old != nil {
			return rawItem(c.old)
		}
		return nil
	})
}

// cancelled is the error of a transaction whose parts have these problems; item
// is what a part tells of an item that fails its condition.
func cancelled(problems []error, tellAll bool, item func(i int) shape.Raw) error {
	reasons := make([]CancellationReason, len(problems))
	codes := make([]string, len(problems))
	invalid := slices.IndexFunc(problems, func(err error) bool {
		var e *aws.Error
		return errors.As(err, &e) && e.Code == "ValidationException"
	})
	for i, err := range problems {
		reasons[i] = CancellationReason{Code: "None"}
		var e *aws.Error
		switch {
		case err == nil:
		case !errors.As(err, &e):
			return err // ours, not the request's
		case e.Code == "ValidationException":
			if i == invalid || tellAll {
				reasons[i] = CancellationReason{Code: "ValidationError", Message: e.Message}
			}
		case e.Code == "ItemCollectionSizeLimitExceededException":
			reasons[i] = CancellationReason{Code: "ItemCollectionSizeLimitExceeded", Message: e.Message}
		case throttleReasons[e.Code] != "":
			reasons[i] = CancellationReason{Code: throttleReasons[e.Code], Message: e.Message}
		case e.Code == "ResourceNotFoundException": // of statements only
			reasons[i] = CancellationReason{Code: "ResourceNotFound", Message: e.Message}
		case invalid >= 0:
		case e.Code == "DuplicateItemException":
			reasons[i] = CancellationReason{Code: "DuplicateItem", Message: e.Message}
		default:
			reasons[i] = CancellationReason{Code: "ConditionalCheckFailed", Message: conditionFailed, Item: item(i)}
		}
		codes[i] = reasons[i].Code
	}
	return errCancelled(codes, reasons)
}

// throttleReasons is what reasons call the errors of actions that were throttled.
var throttleReasons = map[string]string{
	"ProvisionedThroughputExceededException": "ProvisionedThroughputExceeded",
	"ThrottlingException":                    "ThrottlingError",
}

func errCancelled(codes []string, reasons []CancellationReason) *aws.Error {
	message := "Transaction cancelled, please refer cancellation reasons for specific reasons [" + strings.Join(codes, ", ") + "]"
	e := aws.Errorf(http.StatusBadRequest, "TransactionCanceledException", "%s", message)
	return e.With("Message", message).With("CancellationReasons", reasons)
}

func (t *transactWrite) answer(in *TransactWriteItemsInput, done bool) *TransactWriteItemsOutput {
	out := &TransactWriteItemsOutput{}
	for len(t.changes) > 0 {
		name := t.changes[0].tableName
		var rest, mine []*change
		for _, c := range t.changes {
			if c.tableName == name {
				mine = append(mine, c)
			} else {
				rest = append(rest, c)
			}
		}
		sum := &cost{t: mine[0].t, double: true, reads: done}
		for _, c := range mine {
			sum.add(&c.cost)
		}
		out.costs = append(out.costs, sum)
		out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, sum, in.ReturnConsumedCapacity)
		out.ItemCollectionMetrics = addMetrics(out.ItemCollectionMetrics, name, mine, in.ReturnItemCollectionMetrics)
		t.changes = rest
	}
	return out
}

// tokenLife is how long a request's token guards against its repetition.
const tokenLife = 10 * time.Minute

// spend notes a client's token; done tells that the same request was made with
// it before. Tokens that ran out are removed on the way, a few at a time.
func (s *Service) spend(tx *store.Tx, c *aws.Call, token string, digest [sha256.Size]byte) (done bool, err error) {
	if token == "" {
		return false, nil
	}
	byToken := store.AppendPart(store.Prefix("dynamodb/token", c.Scope), token)
	byTime := store.Prefix("dynamodb/token-time", c.Scope)
	oldest := c.Time.Add(-tokenLife)
	stale := 0
	for k, v := range tx.Scan(byTime, binary.BigEndian.AppendUint64(slices.Clone(byTime), uint64(oldest.UnixNano()))) {
		tx.Delete(bytes.Clone(k))
		tx.Delete(store.AppendPart(store.Prefix("dynamodb/token", c.Scope), string(v)))
		if stale++; stale == 16 {
			break
		}
	}
	if v, ok := tx.Get(byToken); ok && len(v) == 8+len(digest) {
		if at := time.Unix(0, int64(binary.BigEndian.Uint64(v))); at.After(oldest) {
			if !bytes.Equal(v[8:], digest[:]) {
				return false, errTokenReused()
			}
			return true, nil
		}
	}
	at := binary.BigEndian.AppendUint64(nil, uint64(c.Time.UnixNano()))
	tx.Set(byToken, append(slices.Clone(at), digest[:]...))
	tx.Set(store.AppendPart(append(byTime, at...), token), []byte(token))
	return false, nil
}

func (in *TransactGetItemsInput) read(c *aws.Call) ([]*get, error) {
	if in.gets != nil {
		return in.gets, nil
	}
	var gets []*get
	for i := range in.TransactItems {
		x := in.TransactItems[i].Get
		g, err := newGet(c, x.TableName, x.Key, expressions{projection: x.ProjectionExpression, names: x.ExpressionAttributeNames})
		if err != nil {
			return nil, err
		}
		gets = append(gets, g)
	}
	in.gets = gets
	return gets, nil
}

func (s *Service) onTransactGetItems(_ context.Context, c *aws.Call, in *TransactGetItemsInput) ([]service.Access, error) {
	gets, err := in.read(c)
	if err != nil {
		return nil, err
	}
	var all []service.Access
	for _, g := range gets {
		a, err := s.access(c, g.tableName, "")
		if err != nil {
			return nil, err
		}
		a.Action = "dynamodb:GetItem"
		if !unconditional(c) {
			k, err := s.getKeys(c, g)
			if err != nil {
				return nil, err
			}
			k.set("EnclosingOperation", "TransactGetItems")
			k.set("ReturnConsumedCapacity", in.ReturnConsumedCapacity)
			a.Keys = k
		}
		all = append(all, a)
	}
	return all, nil
}

func (s *Service) transactGetItems(_ context.Context, c *aws.Call, in *TransactGetItemsInput) (*TransactGetItemsOutput, error) {
	gets, err := in.read(c)
	if err != nil {
		return nil, err
	}
	if err := s.placeGets(c.Scope, gets); err != nil {
		return nil, err
	}
	if s.limiter != nil {
		if err := admitGets(c, gets); err != nil {
			return nil, err
		}
	}
	if err := s.readAll(gets); err != nil {
		return nil, err
	}
	out := &TransactGetItemsOutput{Responses: make([]ItemResponse, len(gets))}
	var costs []*cost
	for i, g := range gets {
		out.Responses[i].Item = g.item
		at := slices.IndexFunc(costs, func(c *cost) bool { return c.t == g.t })
		if at < 0 {
			at = len(costs)
			costs = append(costs, &cost{t: g.t, reads: true, double: true})
		}
		costs[at].table += readUnits(g.size, true)
	}
	out.costs = costs
	for _, cost := range costs {
		cost.t.limiter.take(cost, c.Time)
		out.ConsumedCapacity = appendConsumed(out.ConsumedCapacity, cost, in.ReturnConsumedCapacity)
	}
	return out, nil
}

// admitGets cancels the reads of a transaction that there is no capacity for.
func admitGets(c *aws.Call, gets []*get) error {
	reasons := make([]CancellationReason, len(gets))
	codes := make([]string, len(gets))
	throttled := false
	for i, g := range gets {
		reasons[i] = CancellationReason{Code: "None"}
		if err := g.admit(c.Time); err != nil {
			e := err.(*aws.Error)
			reasons[i], throttled = CancellationReason{Code: throttleReasons[e.Code], Message: e.Message}, true
		}
		codes[i] = reasons[i].Code
	}
	if throttled {
		return errCancelled(codes, reasons)
	}
	return nil
}

// placeGets is placeAll for reads.
func (s *Service) placeGets(scope aws.Scope, gets []*get) error {
	reasons := make([]CancellationReason, len(gets))
	codes := make([]string, len(gets))
	failed := false
	for i, g := range gets {
		err := s.placeGet(scope, g)
		reasons[i] = CancellationReason{Code: "None"}
		var e *aws.Error
		switch {
		case err == nil:
		case errors.As(err, &e) && e.Code == "ValidationException":
			if !failed {
				reasons[i] = CancellationReason{Code: "ValidationError", Message: e.Message}
			}
			failed = true
		default:
			return err
		}
		codes[i] = reasons[i].Code
	}
	if failed {
		return errCancelled(codes, reasons)
	}
	if duplicateKeys(gets) {
		return errSameItem()
	}
	return nil
}
