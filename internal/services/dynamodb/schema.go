package dynamodb

import (
	"slices"
	"strings"
)

const (
	maxLocal          = 5
	maxGlobal         = 20
	maxProjected      = 100 // attributes that all indexes name together
	maxThroughput     = 1000000000000
	keySchemaMismatch = "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions"
)

// checkCreate checks the definition of a table, in DynamoDB's order.
func (in *CreateTableInput) check() error {
	switch {
	case in.TableName == nil:
		return errValidation("The parameter 'TableName' is required but was not present in the request")
	case in.KeySchema == nil:
		return errValidation("1 validation error detected: Value null at 'keySchema' failed to satisfy constraint: Member must not be null")
	case in.AttributeDefinitions == nil:
		return errValidation("1 validation error detected: Value null at 'attributeDefinitions' failed to satisfy constraint: Member must not be null")
	}
	if err := checkBilling(in.BillingMode, in.ProvisionedThroughput); err != nil {
		return err
	}
	if err := in.OnDemandThroughput.check(in.BillingMode == onDemandMode); err != nil {
		return err
	}
	if err := checkDefinitions(in.AttributeDefinitions); err != nil {
		return err
	}
	defined := definedNames(in.AttributeDefinitions)
	if len(in.KeySchema) > len(defined) {
		return errValidation("Invalid KeySchema: Some index key attribute have no definition")
	}
	if err := checkSchema(in.KeySchema, defined, false); err != nil {
		return err
	}
	if in.LocalSecondaryIndexes == nil && in.GlobalSecondaryIndexes == nil && len(in.KeySchema) != len(defined) {
		return errValidation(invalidValues + keySchemaMismatch)
	}
	names := map[string]bool{}
	if err := in.checkLocal(defined, names); err != nil {
		return err
	}
	if err := in.checkGlobal(defined, names); err != nil {
		return err
	}
	if in.projectedCount() > maxProjected {
		return errValidation(invalidValues+"Number of projected attributes in all indexes exceeds the limit of %d", maxProjected)
	}
	if unused := len(defined) - len(in.usedNames()); unused > 0 {
		return errValidation(invalidValues+"Some AttributeDefinitions are not used. AttributeDefinitions: [%s], keys used: [%s]",
			strings.Join(defined, ", "), strings.Join(in.usedNames(), ", "))
	}
	if err := in.StreamSpecification.check(); err != nil {
		return err
	}
	if err := in.SSESpecification.check(); err != nil {
		return err
	}
	return checkTags(in.Tags)
}

// checkDefinitions refuses to define an attribute twice.
func checkDefinitions(ds []AttributeDefinition) error {
	seen := map[string]bool{}
	for _, d := range ds {
		if seen[d.AttributeName] {
			return errValidation("Attribute Name is duplicated: %s", d.AttributeName)
		}
		seen[d.AttributeName] = true
	}
	return nil
}

func definedNames(ds []AttributeDefinition) []string {
	var names []string
	for _, d := range ds {
		names = append(names, d.AttributeName)
	}
	return names
}

// usedNames are the attributes that any key of the table names.
func (in *CreateTableInput) usedNames() []string {
	var names []string
	add := func(es []KeySchemaElement) {
		for _, e := range es {
			if !slices.Contains(names, e.AttributeName) {
				names = append(names, e.AttributeName)
			}
		}
	}
	add(in.KeySchema)
	for _, x := range in.LocalSecondaryIndexes {
		add(x.KeySchema)
	}
	for _, x := range in.GlobalSecondaryIndexes {
		add(x.KeySchema)
	}
	return names
}

func (in *CreateTableInput) projectedCount() int {
	n := 0
	for _, x := range in.LocalSecondaryIndexes {
		n += len(x.Projection.NonKeyAttributes)
	}
	for _, x := range in.GlobalSecondaryIndexes {
		n += len(x.Projection.NonKeyAttributes)
	}
	return n
}

func checkBilling(mode string, t *ProvisionedThroughput) error {
	if mode == onDemandMode {
		if t != nil {
			return errValidation(invalidValues + "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST")
		}
		return nil
	}
	if t == nil {
		return errValidation(invalidValues + "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED")
	}
	return t.check()
}

func (t *ProvisionedThroughput) check() error {
	if t.ReadCapacityUnits > maxThroughput {
		return errValidation("Given value %d for ReadCapacityUnits is out of bounds", t.ReadCapacityUnits)
	}
	if t.WriteCapacityUnits > maxThroughput {
		return errValidation("Given value %d for WriteCapacityUnits is out of bounds", t.WriteCapacityUnits)
	}
	return nil
}

// checkSchema checks one key schema; only that of a global index may have
// several attributes of a kind.
func checkSchema(es []KeySchemaElement, defined []string, global bool) error {
	var names []string
	for _, e := range es {
		names = append(names, e.AttributeName)
	}
	for i, n := range names {
		if !slices.Contains(defined, n) {
			return errValidation(invalidValues+"Some index key attributes are not defined in AttributeDefinitions. Keys: [%s], AttributeDefinitions: [%s]",
				strings.Join(names, ", "), strings.Join(defined, ", "))
		}
		if slices.Contains(names[:i], n) {
			return errValidation("Both the Hash Key and the Range Key element in the KeySchema have the same name")
		}
	}
	if es[0].KeyType != "HASH" {
		return errValidation("Invalid KeySchema: The first KeySchemaElement is not a HASH key type")
	}
	if !global {
		if len(es) > 1 && es[1].KeyType != "RANGE" {
			return errValidation("Invalid KeySchema: The second KeySchemaElement is not a RANGE key type")
		}
		return nil
	}
	hashes, ranges := 0, 0
	for _, e := range es {
		switch {
		case e.KeyType == "RANGE":
			ranges++
		case ranges > 0:
			return errValidation("Invalid KeySchema: HASH key elements must precede all RANGE key elements")
		default:
			hashes++
		}
	}
	if hashes > 4 || ranges > 4 {
		return errValidation("Invalid KeySchema: a global secondary index has at most 4 HASH and 4 RANGE key elements")
	}
	return nil
}

func (in *CreateTableInput) checkLocal(defined []string, names map[string]bool) error {
	switch {
	case in.LocalSecondaryIndexes == nil:
		return nil
	case len(in.LocalSecondaryIndexes) == 0:
		return errValidation(invalidValues + "List of LocalSecondaryIndexes is empty")
	case len(in.KeySchema) != 2:
		return errValidation(invalidValues + "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex")
	}
	tableHash := in.KeySchema[0].AttributeName
	for _, x := range in.LocalSecondaryIndexes {
		if err := checkSchema(x.KeySchema, defined, false); err != nil {
			return err
		}
		if len(x.KeySchema) != 2 {
			return errValidation(invalidValues+"Index KeySchema does not have a range key for index: %s", x.IndexName)
		}
		if h := x.KeySchema[0].AttributeName; h != tableHash {
			return errValidation(invalidValues+"Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, table hash key: %s", x.IndexName, h, tableHash)
		}
		if err := checkIndex(x.IndexName, x.Projection, names); err != nil {
			return err
		}
	}
	if len(in.LocalSecondaryIndexes) > maxLocal {
		return errValidation(invalidValues + "Number of LocalSecondaryIndexes exceeds per-table limit of 5")
	}
	return nil
}

func (in *CreateTableInput) checkGlobal(defined []string, names map[string]bool) error {
	switch {
	case in.GlobalSecondaryIndexes == nil:
		return nil
	case len(in.GlobalSecondaryIndexes) == 0:
		return errValidation(invalidValues + "List of GlobalSecondaryIndexes is empty")
	}
	for _, x := range in.GlobalSecondaryIndexes {
		if err := checkSchema(x.KeySchema, defined, true); err != nil {
			return err
		}
		if err := checkIndex(x.IndexName, x.Projection, names); err != nil {
			return err
		}
		if err := checkIndexThroughput(x.IndexName, in.BillingMode == onDemandMode, x.ProvisionedThroughput); err != nil {
			return err
		}
		if err := x.OnDemandThroughput.check(in.BillingMode == onDemandMode); err != nil {
			return err
		}
	}
	if len(in.GlobalSecondaryIndexes) > maxGlobal {
		return errValidation(invalidValues + "GlobalSecondaryIndex count exceeds the per-table limit of 20")
	}
	return nil
}

func checkIndexThroughput(name string, onDemand bool, t *ProvisionedThroughput) error {
	switch {
	case onDemand && t != nil:
		return errValidation(invalidValues+"ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST", name)
	case !onDemand && t == nil:
		return errValidation(invalidValues+"ProvisionedThroughput must be specified for index: %s", name)
	case t != nil:
		return t.check()
	}
	return nil
}

// checkIndex checks what local and global indexes share. names are those seen.
func checkIndex(name string, p Projection, names map[string]bool) error {
	switch {
	case p.ProjectionType == "":
		return errValidation(invalidValues + "Unknown ProjectionType: null")
	case p.NonKeyAttributes != nil && p.ProjectionType != "INCLUDE":
		return errValidation(invalidValues+"ProjectionType is %s, but NonKeyAttributes is specified", p.ProjectionType)
	case p.NonKeyAttributes == nil && p.ProjectionType == "INCLUDE":
		return errValidation(invalidValues+"ProjectionType is %s, but NonKeyAttributes is not specified", p.ProjectionType)
	case names[name]:
		return errValidation(invalidValues+"Duplicate index name: %s", name)
	}
	for i, a := range p.NonKeyAttributes {
		if slices.Contains(p.NonKeyAttributes[:i], a) {
			return errValidation(invalidValues+"Duplicate value in attribute name: %s", a)
		}
	}
	names[name] = true
	return nil
}
