package provider

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

var dynamodb = target{"dynamodb", "DynamoDB_20120810", "application/x-amz-json-1.0"}

func tableKinds() []*Kind {
	projection := []Property{
		{Name: "name", Type: str, Required: true},
		{Name: "projectionType", Type: oneOf("ALL", "KEYS_ONLY", "INCLUDE"), Required: true},
		{Name: "nonKeyAttributes", Type: setOf(str)},
		{Name: "rangeKey", Type: str},
	}
	global := append(slices.Clone(projection),
		Property{Name: "hashKey", Type: str, Required: true},
		Property{Name: "readCapacity", Type: number},
		Property{Name: "writeCapacity", Type: number},
	)
	return []*Kind{{
		Token: "aws:dynamodb/table:Table",
		Inputs: []Property{
			{Name: "name", Type: str, Replace: true, Computed: true},
			{Name: "hashKey", Type: str, Required: true, Replace: true},
			{Name: "rangeKey", Type: str, Replace: true},
			{Name: "attributes", Required: true, Type: setOf(object(
				Property{Name: "name", Type: str, Required: true},
				Property{Name: "type", Type: oneOf("S", "N", "B"), Required: true},
			))},
			{Name: "billingMode", Type: oneOf("PROVISIONED", "PAY_PER_REQUEST"), Default: "PROVISIONED"},
			{Name: "readCapacity", Type: number, Computed: true},
			{Name: "writeCapacity", Type: number, Computed: true},
			{Name: "globalSecondaryIndexes", Type: setOf(object(global...))},
			{Name: "localSecondaryIndexes", Type: setOf(object(projection...)), Replace: true},
			{Name: "streamEnabled", Type: boolean},
			{Name: "streamViewType", Type: oneOf("KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES")},
			{Name: "deletionProtectionEnabled", Type: boolean, Default: false},
			{Name: "tableClass", Type: oneOf("STANDARD", "STANDARD_INFREQUENT_ACCESS"), Default: "STANDARD"},
			{Name: "ttl", Type: object(
				Property{Name: "attributeName", Type: str},
				Property{Name: "enabled", Type: boolean, Default: false},
			)},
			{Name: "pointInTimeRecovery", Type: object(
				Property{Name: "enabled", Type: boolean, Required: true},
				Property{Name: "recoveryPeriodInDays", Type: number},
			)},
			{Name: "tags", Type: mapOf(str)},
		},
		Computed: []string{"arn", "streamArn", "streamLabel", "tagsAll"},
		Identity: []string{"name", "region"},
		Name:     Naming{Property: "name", Max: 255},
		create:   createTable, read: readTable, update: updateTable, remove: removeTable,
		find: byInputs(func(r *Resource) string { return r.text("name") }, readTable),
	}}
}

// tableDescription is what is read of a table.
type tableDescription struct {
	TableName, TableArn, TableStatus, LatestStreamArn, LatestStreamLabel string

	GlobalSecondaryIndexes []struct{ IndexName, IndexStatus string }
	ProvisionedThroughput  struct{ ReadCapacityUnits, WriteCapacityUnits float64 }
}

func createTable(ctx context.Context, r *Resource) (string, error) {
	in := jsonObject{
		"TableName":            r.text("name"),
		"AttributeDefinitions": attributes(r.In),
		"KeySchema":            keySchema(r.In),
		"BillingMode":          r.text("billingMode"),
	}
	if r.text("billingMode") == "PROVISIONED" {
		in["ProvisionedThroughput"] = throughput(r.In)
	}
	if list := indexes(r, "globalSecondaryIndexes"); len(list) > 0 {
		in["GlobalSecondaryIndexes"] = list
	}
	if list := indexes(r, "localSecondaryIndexes"); len(list) > 0 {
		in["LocalSecondaryIndexes"] = list
	}
	if r.flag("streamEnabled") {
		in["StreamSpecification"] = stream(r)
	}
	if r.flag("deletionProtectionEnabled") {
		in["DeletionProtectionEnabled"] = true
	}
	if class := r.text("tableClass"); class != "STANDARD" {
		in["TableClass"] = class
	}
	if tags := awsTags(r.In["tags"], "Key", "Value"); len(tags) > 0 {
		in["Tags"] = tags
	}
	if err := r.json(ctx, dynamodb, "CreateTable", in, nil); err != nil {
		return "", err
	}
	name := r.text("name")
	if _, err := r.tableActive(ctx, name); err != nil {
		return name, err
	}
	return name, setTableExtras(ctx, r)
}

func readTable(ctx context.Context, r *Resource) (value.Map, error) {
	t, err := r.describeTable(ctx, r.ID)
	if err != nil {
		return nil, err
	}
	return value.Map{
		"name":          t.TableName,
		"arn":           t.TableArn,
		"streamArn":     t.LatestStreamArn,
		"streamLabel":   t.LatestStreamLabel,
		"readCapacity":  t.ProvisionedThroughput.ReadCapacityUnits,
		"writeCapacity": t.ProvisionedThroughput.WriteCapacityUnits,
	}, nil
}

func (c *Client) describeTable(ctx context.Context, name string) (tableDescription, error) {
	var out struct{ Table tableDescription }
	err := c.json(ctx, dynamodb, "DescribeTable", jsonObject{"TableName": name}, &out)
	return out.Table, notFound(err, "ResourceNotFoundException")
}

// tableActive waits until a table and its indexes can be used and changed.
func (c *Client) tableActive(ctx context.Context, name string) (t tableDescription, err error) {
	err = c.wait(ctx, func() (bool, error) {
		if t, err = c.describeTable(ctx, name); err != nil {
			return false, err
		}
		done := t.TableStatus == "ACTIVE"
		for _, i := range t.GlobalSecondaryIndexes {
			done = done && i.IndexStatus == "ACTIVE"
		}
		return done, nil
	})
	return t, err
}

// wait asks until done, more and more seldom.
func (c *Client) wait(ctx context.Context, done func() (bool, error)) error {
	pause := 20 * time.Millisecond
	for {
		ok, err := done()
		if ok || err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
		pause = min(2*pause, 2*time.Second)
	}
}

func updateTable(ctx context.Context, r *Resource) error {
	for _, in := range tableChanges(r) {
		in["TableName"] = r.ID
		if err := r.json(ctx, dynamodb, "UpdateTable", in, nil); err != nil {
			return err
		}
		if _, err := r.tableActive(ctx, r.ID); err != nil {
			return err
		}
	}
	if r.Changed("tags") {
		t, err := r.describeTable(ctx, r.ID)
		if err != nil {
			return err
		}
		if err := r.retagTable(ctx, t.TableArn); err != nil {
			return err
		}
	}
	return setTableExtras(ctx, r)
}

// tableChanges are the UpdateTable calls it takes, each of which may change
// only one thing.
func tableChanges(r *Resource) []jsonObject {
	if r.Old == nil {
		return nil // all of it was said at creation
	}
	var calls []jsonObject
	if r.Changed("billingMode", "readCapacity", "writeCapacity") {
		in := jsonObject{"BillingMode": r.text("billingMode")}
		if r.text("billingMode") == "PROVISIONED" {
			in["ProvisionedThroughput"] = throughput(r.In)
		}
		calls = append(calls, in)
	}
	if r.Changed("streamEnabled", "streamViewType") {
		if r.Old["streamEnabled"] == true {
			// The view of a stream is fixed: a new one takes a new stream.
			calls = append(calls, jsonObject{"StreamSpecification": jsonObject{"StreamEnabled": false}})
		}
		if r.flag("streamEnabled") {
			calls = append(calls, jsonObject{"StreamSpecification": stream(r)})
		}
	}
	if r.Changed("deletionProtectionEnabled") {
		calls = append(calls, jsonObject{"DeletionProtectionEnabled": r.flag("deletionProtectionEnabled")})
	}
	if r.Changed("tableClass") {
		calls = append(calls, jsonObject{"TableClass": r.text("tableClass")})
	}
	return append(calls, indexChanges(r)...)
}

// indexChanges drops the global indexes that are no more or not the same, then
// makes those that are new.
func indexChanges(r *Resource) []jsonObject {
	was, is := objects(r.Old["globalSecondaryIndexes"]), objects(r.In["globalSecondaryIndexes"])
	in := func(list []value.Map, m value.Map) bool {
		return slices.ContainsFunc(list, func(e value.Map) bool { return value.Equal(e, m) })
	}
	var calls []jsonObject
	change := func(action string, m jsonObject) {
		calls = append(calls, jsonObject{
			"AttributeDefinitions":        attributes(r.In),
			"GlobalSecondaryIndexUpdates": []any{jsonObject{action: m}},
		})
	}
	for _, m := range was {
		if !in(is, m) {
			change("Delete", jsonObject{"IndexName": text(m, "name")})
		}
	}
	for _, m := range is {
		if !in(was, m) {
			change("Create", index(r, m))
		}
	}
	return calls
}

// setTableExtras sets what has an operation of its own.
func setTableExtras(ctx context.Context, r *Resource) error {
	name := r.text("name")
	ttl, _ := r.In["ttl"].(value.Map)
	if r.Changed("ttl") && (ttl["enabled"] == true || r.Old != nil && r.Old["ttl"] != nil) {
		attribute := text(ttl, "attributeName")
		if was, ok := r.Old["ttl"].(value.Map); ok && attribute == "" {
			attribute = text(was, "attributeName")
		}
		in := jsonObject{"TableName": name, "TimeToLiveSpecification": jsonObject{"AttributeName": attribute, "Enabled": ttl["enabled"] == true}}
		if err := r.json(ctx, dynamodb, "UpdateTimeToLive", in, nil); err != nil {
			return err
		}
	}
	recovery, _ := r.In["pointInTimeRecovery"].(value.Map)
	if r.Changed("pointInTimeRecovery") && (recovery != nil || r.Old != nil && r.Old["pointInTimeRecovery"] != nil) {
		specification := jsonObject{"PointInTimeRecoveryEnabled": recovery["enabled"] == true}
		if days := recovery["recoveryPeriodInDays"]; days != nil && recovery["enabled"] == true {
			specification["RecoveryPeriodInDays"] = days
		}
		in := jsonObject{"TableName": name, "PointInTimeRecoverySpecification": specification}
		if err := r.json(ctx, dynamodb, "UpdateContinuousBackups", in, nil); err != nil {
			return err
		}
	}
	return nil
}

func (r *Resource) retagTable(ctx context.Context, arn string) error {
	return r.retag(func(gone []string) error {
		return r.json(ctx, dynamodb, "UntagResource", jsonObject{"ResourceArn": arn, "TagKeys": gone}, nil)
	}, func(tags value.Map) error {
		return r.json(ctx, dynamodb, "TagResource", jsonObject{"ResourceArn": arn, "Tags": awsTags(tags, "Key", "Value")}, nil)
	})
}

func removeTable(ctx context.Context, r *Resource) error {
	err := r.json(ctx, dynamodb, "DeleteTable", jsonObject{"TableName": r.ID}, nil)
	if err = notFound(err, "ResourceNotFoundException"); err != nil {
		return unlessGone(err)
	}
	return r.wait(ctx, func() (bool, error) {
		_, err := r.describeTable(ctx, r.ID)
		return errors.Is(err, errGone), unlessGone(err)
	})
}

func attributes(in value.Map) []any {
	var list []any
	for _, m := range objects(in["attributes"]) {
		list = append(list, jsonObject{"AttributeName": text(m, "name"), "AttributeType": text(m, "type")})
	}
	return list
}

func keySchema(m value.Map) []any {
	list := []any{jsonObject{"AttributeName": text(m, "hashKey"), "KeyType": "HASH"}}
	if key := text(m, "rangeKey"); key != "" {
		list = append(list, jsonObject{"AttributeName": key, "KeyType": "RANGE"})
	}
	return list
}

func throughput(m value.Map) jsonObject {
	return jsonObject{"ReadCapacityUnits": m["readCapacity"], "WriteCapacityUnits": m["writeCapacity"]}
}

func stream(r *Resource) jsonObject {
	return jsonObject{"StreamEnabled": true, "StreamViewType": r.text("streamViewType")}
}

func indexes(r *Resource, property string) []any {
	var list []any
	for _, m := range objects(r.In[property]) {
		list = append(list, index(r, m))
	}
	return list
}

func index(r *Resource, m value.Map) jsonObject {
	projection := jsonObject{"ProjectionType": text(m, "projectionType")}
	if names := texts(m["nonKeyAttributes"]); len(names) > 0 {
		projection["NonKeyAttributes"] = names
	}
	keys := m
	if text(m, "hashKey") == "" { // a local index has the table's
		keys = value.Map{"hashKey": r.In["hashKey"], "rangeKey": m["rangeKey"]}
	}
	in := jsonObject{"IndexName": text(m, "name"), "KeySchema": keySchema(keys), "Projection": projection}
	if r.text("billingMode") == "PROVISIONED" && text(m, "hashKey") != "" {
		in["ProvisionedThroughput"] = throughput(m)
	}
	return in
}

// notFound turns the errors with a code into errGone.
func notFound(err error, codes ...string) error {
	if e, ok := errors.AsType[*APIError](err); ok && slices.Contains(codes, e.Code) {
		return fmt.Errorf("%w: %w", errGone, err)
	}
	return err
}
