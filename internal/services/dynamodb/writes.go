package dynamodb

import (
	"context"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// newChange reads a change; checks of the request that need no table are done
// here, in the order in which DynamoDB reports them.
func newChange(c *aws.Call, kind changeKind, name string, raw shape.Raw, returnValues string, e expressions) (*change, error) {
	ch := &change{call: c, kind: kind}
	var err error
	if ch.tableName, err = resolveTable(c, name); err != nil {
		return nil, err
	}
	takers := []string{"ConditionExpression"}
	if kind == changeUpdate {
		takers = []string{"UpdateExpression", "ConditionExpression"}
	}
	if err := e.check(takers...); err != nil {
		return nil, err
	}
	if kind == changePut {
		var roomy []byte
		if roomy, err = ddbexpr.AppendItem(make([]byte, storedRoom), raw); err == nil {
			ch.puts(roomy)
		}
	} else {
		ch.item, err = ddbexpr.ParseItem(raw)
	}
	if err != nil {
		return nil, visible(err)
	}
	if kind != changeUpdate && returnValues != "" && returnValues != "ALL_OLD" && returnValues != "NONE" {
		return nil, errValidation("ReturnValues can only be ALL_OLD or NONE")
	}
	if ch.size > ddbexpr.MaxItemSize {
		return nil, errValidation("Item size has exceeded the maximum allowed size")
	}
	x, err := e.compile()
	if err != nil {
		return nil, err
	}
	ch.update, ch.condition = x.update, x.condition
	return ch, nil
}

func (in *PutItemInput) read(c *aws.Call) (_ *change, err error) {
	if in.change == nil {
		in.change, err = newChange(c, changePut, in.TableName, in.Item, in.ReturnValues, expressions{
			condition: in.ConditionExpression, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
			legacy: legacy{expected: in.Expected, operator: in.ConditionalOperator},
		})
	}
	return in.change, err
}

func (in *DeleteItemInput) read(c *aws.Call) (_ *change, err error) {
	if in.change == nil {
		in.change, err = newChange(c, changeDelete, in.TableName, in.Key, in.ReturnValues, expressions{
			condition: in.ConditionExpression, names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
			legacy: legacy{expected: in.Expected, operator: in.ConditionalOperator},
		})
	}
	return in.change, err
}

func (in *UpdateItemInput) read(c *aws.Call) (_ *change, err error) {
	if in.change == nil {
		in.change, err = newChange(c, changeUpdate, in.TableName, in.Key, in.ReturnValues, expressions{
			update: in.UpdateExpression, condition: in.ConditionExpression,
			names: in.ExpressionAttributeNames, values: in.ExpressionAttributeValues,
			legacy: legacy{attributeUpdates: in.AttributeUpdates, expected: in.Expected, operator: in.ConditionalOperator},
		})
	}
	return in.change, err
}

func (s *Service) onPutItem(_ context.Context, c *aws.Call, in *PutItemInput) ([]service.Access, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	return s.onChange(c, ch, in.ReturnValues, in.ReturnConsumedCapacity)
}

func (s *Service) onDeleteItem(_ context.Context, c *aws.Call, in *DeleteItemInput) ([]service.Access, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	return s.onChange(c, ch, in.ReturnValues, in.ReturnConsumedCapacity)
}

func (s *Service) onUpdateItem(_ context.Context, c *aws.Call, in *UpdateItemInput) ([]service.Access, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	return s.onChange(c, ch, in.ReturnValues, in.ReturnConsumedCapacity)
}

func (s *Service) putItem(_ context.Context, c *aws.Call, in *PutItemInput) (*WriteItemOutput, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	ch.wantOld = in.ReturnValues == "ALL_OLD" || in.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
	return s.writeItem(c, ch, writeOptions{in.ReturnValues, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure})
}

func (s *Service) deleteItem(_ context.Context, c *aws.Call, in *DeleteItemInput) (*WriteItemOutput, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	ch.wantOld = in.ReturnValues == "ALL_OLD" || in.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
	return s.writeItem(c, ch, writeOptions{in.ReturnValues, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure})
}

func (s *Service) updateItem(_ context.Context, c *aws.Call, in *UpdateItemInput) (*WriteItemOutput, error) {
	ch, err := in.read(c)
	if err != nil {
		return nil, err
	}
	rv := in.ReturnValues
	ch.wantOld = rv == "ALL_OLD" || rv == "UPDATED_OLD" || in.ReturnValuesOnConditionCheckFailure == "ALL_OLD"
	ch.wantNew = rv == "ALL_NEW" || rv == "UPDATED_NEW"
	return s.writeItem(c, ch, writeOptions{rv, in.ReturnConsumedCapacity, in.ReturnItemCollectionMetrics, in.ReturnValuesOnConditionCheckFailure})
}

// writeOptions is what a write is to answer.
type writeOptions struct{ values, capacity, metrics, onFailure string }

func (s *Service) writeItem(c *aws.Call, ch *change, o writeOptions) (*WriteItemOutput, error) {
	if err := s.write(c.Scope, ch); err != nil {
		return nil, ch.failure(err, o.onFailure)
	}
	return &WriteItemOutput{
		Attributes:            rawAttributes(ch.returned(o.values)),
		ConsumedCapacity:      ch.cost.consumed(o.capacity),
		ItemCollectionMetrics: ch.metrics(o.metrics),
	}, nil
}

// failure is the error of a write, with the item if it is asked for when the
// condition does not hold.
func (c *change) failure(err error, onFailure string) error {
	if e, ok := err.(*aws.Error); ok && onFailure == "ALL_OLD" && c.old != nil && e.Code == "ConditionalCheckFailedException" {
		return e.With("Item", rawItem(c.old))
	}
	return err
}

// returned picks what ReturnValues asks for.
func (c *change) returned(mode string) ddbexpr.Item {
	switch mode {
	case "ALL_OLD":
		return c.old
	case "ALL_NEW":
		return c.new
	case "UPDATED_OLD":
		return c.touched(c.old)
	case "UPDATED_NEW":
		return c.touched(c.new)
	}
	return nil
}

// touched is what an item has at the paths that the update changed.
func (c *change) touched(it ddbexpr.Item) ddbexpr.Item {
	if c.update == nil || it == nil {
		return nil
	}
	return ddbexpr.NewProjection(c.update.Paths()).Append(nil, it)
}

// rawAttributes is rawItem for Attributes, which is left out when empty.
func rawAttributes(it ddbexpr.Item) shape.Raw {
	if len(it) == 0 {
		return nil
	}
	return rawItem(it)
}

// write makes one change in a transaction of its own.
func (s *Service) write(scope aws.Scope, c *change) error {
	err := retry(func() error {
		if err := s.placeIn(scope, c); err != nil {
			return err
		}
		return s.DB.Update(func(tx *store.Tx) error {
			if err := s.current(c.t); err != nil {
				return err
			}
			return c.run(tx)
		})
	})
	if err == nil {
		s.published(c)
	}
	return err
}

// placeIn finds the table of a change and places it there.
func (s *Service) placeIn(scope aws.Scope, c *change) error {
	t, err := s.usable(scope, c.tableName)
	if err != nil {
		return err
	}
	return c.place(t)
}
