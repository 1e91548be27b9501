package dynamodb

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// randomSteps are calls of every kind on two tables, on their past and on what is
// restored of it, and on a global table in its regions, each with its input, and "Pass 1h", "Restart" and "History table".
// "$last" is the last key of a page, "$backup" the backup that was made last, "@region" in front where it is made.
func randomSteps(r *rand.Rand, n int) []string {
	g := stepper{r}
	steps := []string{"CreateTable " + twinPair, "CreateTable " + twinHash, "UpdateContinuousBackups " + fmt.Sprintf(turnOnRecovery, "one", 35), "CreateTable " + globalTable}
	kinds := []func() string{
		g.put, g.put, g.put, g.update, g.update, g.update, g.remove, g.get, g.batchGet, g.batchWrite, g.batchWrite,
		g.query, g.query, g.query, g.scan, g.scan, g.transactWrite, g.transactGet, g.table, g.statement, g.past, g.past, g.past, g.past, g.restored, g.restored, g.global, g.global, g.global, g.global, g.global,
		func() string { return "Pass " + g.one("1s", "10m", "1h", "5h") },
		func() string { return "Restart" },
		func() string { return "History one" },
	}
	for len(steps) < n {
		steps = append(steps, kinds[r.IntN(len(kinds))]())
	}
	for _, region := range twinRegions {
		steps = append(steps, region+`Scan {"TableName":"world"}`, region+`Scan {"TableName":"world","IndexName":"byg"}`, region+`DescribeTable {"TableName":"world"}`, region+"History world")
	}
	return append(steps, "Restart", "Pass 1s", `Scan {"TableName":"made1"}`, `Scan {"TableName":"made2"}`, `Scan {"TableName":"made3"}`, `ListBackups {"BackupType":"ALL"}`, `Scan {"TableName":"one"}`, `Scan {"TableName":"two"}`, "History one", `DescribeTable {"TableName":"one"}`, `DescribeTable {"TableName":"two"}`)
}

const (
	twinPair = `{"TableName":"one","BillingMode":"PAY_PER_REQUEST",` +
		`"AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},{"AttributeName":"g","AttributeType":"S"},{"AttributeName":"a","AttributeType":"N"}],` +
		`"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],` +
		`"LocalSecondaryIndexes":[{"IndexName":"local","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}],"Projection":{"ProjectionType":"KEYS_ONLY"}}],` +
		`"GlobalSecondaryIndexes":[{"IndexName":"global","KeySchema":[{"AttributeName":"g","KeyType":"HASH"},{"AttributeName":"a","KeyType":"RANGE"}],"Projection":{"ProjectionType":"INCLUDE","NonKeyAttributes":["s"]}}],` +
		`"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`
	twinHash = `{"TableName":"two","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]}`
)

type stepper struct{ *rand.Rand }

func (g stepper) one(choices ...string) string { return choices[g.IntN(len(choices))] }

// tableKey is a table and the JSON of a key of it, without its braces.
func (g stepper) tableKey() (table, key string) {
	if g.IntN(4) == 0 {
		return "two", fmt.Sprintf(`"pk":{"S":"p%d"}`, g.IntN(6))
	}
	return "one", fmt.Sprintf(`"pk":{"S":"p%d"},"sk":{"N":"%d"}`, g.IntN(4), g.IntN(6)-2)
}

func (g stepper) item(key string) string {
	var b strings.Builder
	b.WriteString(key)
	for _, a := range []string{
		fmt.Sprintf(`"a":{"N":"%d"}`, g.IntN(8)), fmt.Sprintf(`"g":{"S":"g%d"}`, g.IntN(3)), fmt.Sprintf(`"s":{"S":"%s"}`, strings.Repeat("s", g.IntN(2000))),
		`"l":{"L":[{"N":"1"},{"S":"x"},{"M":{"k":{"BOOL":true}}}]}`, `"m":{"M":{"n":{"N":"1.50"},"z":{"NULL":true}}}`,
		`"ss":{"SS":["b","a"]}`, `"ns":{"NS":["2","1.0"]}`, `"b":{"B":"AAEC"}`, fmt.Sprintf(`"due":{"N":"%d"}`, 1795334400+g.IntN(40000)),
	} {
		if g.IntN(2) == 0 {
			b.WriteString("," + a)
		}
	}
	return b.String()
}

func (g stepper) capacity() string {
	return fmt.Sprintf(`,"ReturnConsumedCapacity":"%s"`, g.one("NONE", "TOTAL", "INDEXES"))
}

// condition is a condition and its values, or nothing.
func (g stepper) condition(param string) string {
	text := g.one("", "", "attribute_exists(pk)", "attribute_not_exists(l)", "a > :a", "contains(ss, :s) OR size(l) = :a", "NOT begins_with(s, :s) AND a IN (:a, :b)", "attribute_type(m.z, :t)", "a BETWEEN :a AND :b")
	if text == "" {
		return ""
	}
	var values []string
	for _, v := range []string{`":a":{"N":"3"}`, `":b":{"N":"5"}`, `":s":{"S":"a"}`, `":t":{"S":"NULL"}`} {
		if strings.Contains(text, v[1:3]) {
			values = append(values, v)
		}
	}
	in := fmt.Sprintf(`,"%s":"%s"`, param, text)
	if len(values) > 0 {
		in += `,"ExpressionAttributeValues":{` + strings.Join(values, ",") + `}`
	}
	return in
}

func (g stepper) put() string {
	table, key := g.tableKey()
	return fmt.Sprintf(`PutItem {"TableName":"%s","Item":{%s},"ReturnValues":"%s"%s%s}`, table, g.item(key), g.one("NONE", "ALL_OLD"), g.condition("ConditionExpression"), g.capacity())
}

func (g stepper) remove() string {
	table, key := g.tableKey()
	return fmt.Sprintf(`DeleteItem {"TableName":"%s","Key":{%s},"ReturnValues":"%s"%s%s}`, table, key, g.one("NONE", "ALL_OLD"), g.condition("ConditionExpression"), g.capacity())
}

func (g stepper) update() string {
	table, key := g.tableKey()
	change := g.one(
		`"SET a = if_not_exists(a, :n) + :n","ExpressionAttributeValues":{":n":{"N":"1"}}`,
		`"SET l = list_append(if_not_exists(l, :e), :l)","ExpressionAttributeValues":{":e":{"L":[]},":l":{"L":[{"N":"7"}]}}`,
		`"SET m.n = m.n - :n, l[1] = :n REMOVE g","ExpressionAttributeValues":{":n":{"N":"0.25"}}`,
		`"ADD a :n, ss :s DELETE ns :d","ExpressionAttributeValues":{":n":{"N":"-1"},":s":{"SS":["c","a"]},":d":{"NS":["1"]}}`,
		`"REMOVE l[0], m.z, b"`,
		`"SET g = :g, s = :g","ExpressionAttributeValues":{":g":{"S":"moved"}}`,
		`"DELETE ss :s REMOVE due","ExpressionAttributeValues":{":s":{"SS":["a","b","c"]}}`,
		`"SET due = :n","ExpressionAttributeValues":{":n":{"N":"1795340000"}}`,
	)
	return fmt.Sprintf(`UpdateItem {"TableName":"%s","Key":{%s},"UpdateExpression":%s,"ReturnValues":"%s"%s}`, table, key, change, g.one("NONE", "ALL_OLD", "UPDATED_OLD", "ALL_NEW", "UPDATED_NEW"), g.capacity())
}

func (g stepper) get() string {
	table, key := g.tableKey()
	return fmt.Sprintf(`GetItem {"TableName":"%s","Key":{%s}%s%s}`, table, key, g.one("", `,"ConsistentRead":true`, `,"ProjectionExpression":"a, l[1], m.n"`), g.capacity())
}

func (g stepper) batchGet() string {
	var keys []string
	for i := range 1 + g.IntN(4) {
		keys = append(keys, fmt.Sprintf(`{"pk":{"S":"p%d"},"sk":{"N":"%d"}}`, i, g.IntN(3)))
	}
	return fmt.Sprintf(`BatchGetItem {"RequestItems":{"one":{"Keys":[%s]},"two":{"Keys":[{"pk":{"S":"p1"}}],"ProjectionExpression":"a, s"}}%s}`, strings.Join(keys, ","), g.capacity())
}

func (g stepper) batchWrite() string {
	var writes []string
	for i := range 1 + g.IntN(4) {
		key := fmt.Sprintf(`"pk":{"S":"p%d"},"sk":{"N":"%d"}`, i, g.IntN(3))
		if g.IntN(3) == 0 {
			writes = append(writes, `{"DeleteRequest":{"Key":{`+key+`}}}`)
		} else {
			writes = append(writes, `{"PutRequest":{"Item":{`+g.item(key)+`}}}`)
		}
	}
	return fmt.Sprintf(`BatchWriteItem {"RequestItems":{"one":[%s],"two":[{"PutRequest":{"Item":{%s}}}]}%s}`, strings.Join(writes, ","), g.item(fmt.Sprintf(`"pk":{"S":"p%d"}`, g.IntN(6))), g.capacity())
}

// start goes on from the last page, now and then.
func (g stepper) start() string { return g.one("", "", `,"ExclusiveStartKey":$last`) }

func (g stepper) query() string {
	where := g.one(
		`"TableName":"one","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p1"}}`,
		`"TableName":"one","KeyConditionExpression":"pk = :p AND sk BETWEEN :x AND :y","ExpressionAttributeValues":{":p":{"S":"p2"},":x":{"N":"-1"},":y":{"N":"2"}}`,
		`"TableName":"one","IndexName":"local","KeyConditionExpression":"pk = :p AND a >= :x","ExpressionAttributeValues":{":p":{"S":"p1"},":x":{"N":"2"}},"Select":"ALL_ATTRIBUTES"`,
		`"TableName":"one","IndexName":"global","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g1"}}`,
		`"TableName":"one","IndexName":"late","KeyConditionExpression":"s = :g","ExpressionAttributeValues":{":g":{"S":"moved"}}`,
		`"TableName":"one","KeyConditionExpression":"pk = :p","FilterExpression":"a > :x OR attribute_exists(m.z)","ExpressionAttributeValues":{":p":{"S":"p0"},":x":{"N":"2"}},"ProjectionExpression":"sk, m.n, l[2].k"`,
		`"TableName":"two","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p3"}},"Select":"COUNT"`,
	)
	return fmt.Sprintf(`Query {%s,"ScanIndexForward":%v%s%s%s}`, where, g.IntN(2) == 0, g.one("", `,"Limit":1`, `,"Limit":2`, `,"Limit":3`), g.start(), g.capacity())
}

func (g stepper) scan() string {
	what := g.one(`"TableName":"one"`, `"TableName":"two"`, `"TableName":"one","IndexName":"global"`, `"TableName":"one","IndexName":"local"`, `"TableName":"one","IndexName":"late"`)
	return fmt.Sprintf(`Scan {%s%s%s%s%s%s}`, what, g.one("", `,"Limit":2`, `,"Limit":5`), g.one("", `,"Segment":1,"TotalSegments":3`), g.start(), g.condition("FilterExpression"), g.capacity())
}

func (g stepper) transactWrite() string {
	k := g.IntN(4)
	token := g.one("", "", `,"ClientRequestToken":"token-1"`, `,"ClientRequestToken":"token-2"`)
	return fmt.Sprintf(`TransactWriteItems {"TransactItems":[`+
		`{"Put":{"TableName":"one","Item":{%s},"ReturnValuesOnConditionCheckFailure":"ALL_OLD"%s}},`+
		`{"Update":{"TableName":"one","Key":{"pk":{"S":"p%d"},"sk":{"N":"1"}},"UpdateExpression":"ADD a :one","ExpressionAttributeValues":{":one":{"N":"1"}}}},`+
		`{"Delete":{"TableName":"two","Key":{"pk":{"S":"p%d"}}}},`+
		`{"ConditionCheck":{"TableName":"two","Key":{"pk":{"S":"p5"}},"ConditionExpression":"%s"}}]%s%s}`,
		g.item(fmt.Sprintf(`"pk":{"S":"p%d"},"sk":{"N":"0"}`, k)), g.condition("ConditionExpression"), (k+1)%4, g.IntN(5), g.one("attribute_exists(pk)", "attribute_not_exists(zz)"), token, g.capacity())
}

func (g stepper) transactGet() string {
	return fmt.Sprintf(`TransactGetItems {"TransactItems":[{"Get":{"TableName":"one","Key":{"pk":{"S":"p%d"},"sk":{"N":"1"}}}},{"Get":{"TableName":"two","Key":{"pk":{"S":"p1"}},"ProjectionExpression":"a"}}]%s}`, g.IntN(4), g.capacity())
}

func (g stepper) statement() string {
	return "ExecuteStatement " + g.one(
		`{"Statement":"SELECT * FROM one WHERE pk = 'p1'"}`,
		`{"Statement":"UPDATE one SET a = 4 WHERE pk = 'p1' AND sk = 1"}`,
		`{"Statement":"DELETE FROM two WHERE pk = 'p2'"}`,
	)
}

// table describes tables and changes them.
func (g stepper) table() string {
	return g.one(
		`DescribeTable {"TableName":"one"}`, `DescribeTable {"TableName":"two"}`, `ListTables {}`, `DescribeTimeToLive {"TableName":"one"}`,
		`UpdateTimeToLive {"TableName":"one","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"due"}}`,
		`UpdateTimeToLive {"TableName":"one","TimeToLiveSpecification":{"Enabled":false,"AttributeName":"due"}}`,
		`UpdateTable {"TableName":"one","AttributeDefinitions":[{"AttributeName":"s","AttributeType":"S"}],"GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"late","KeySchema":[{"AttributeName":"s","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]}`,
		`UpdateTable {"TableName":"one","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"late"}}]}`,
		`UpdateTable {"TableName":"one","StreamSpecification":{"StreamEnabled":false}}`,
		`UpdateTable {"TableName":"one","StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}}`,
		`DeleteTable {"TableName":"two"}`, "CreateTable "+twinHash, "CreateTable "+twinHash, "CreateTable "+twinHash,
		`TagResource {"ResourceArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/one","Tags":[{"Key":"k","Value":"v"}]}`,
		`ListTagsOfResource {"ResourceArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/one"}`,
	)
}

// past turns recovery on and off, restores tables to times of it, and makes backups.
func (g stepper) past() string {
	table, made := g.one("one", "one", "one", "two"), g.one("made1", "made2", "made3")
	period := g.one(`true`, `true`, `true,"RecoveryPeriodInDays":1`, `true,"RecoveryPeriodInDays":35`, `false`)
	return g.one(
		fmt.Sprintf(`UpdateContinuousBackups {"TableName":"%s","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":%s}}`, table, period),
		fmt.Sprintf(`DescribeContinuousBackups {"TableName":"%s"}`, table),
		fmt.Sprintf(`RestoreTableToPointInTime {"SourceTableName":"%s","TargetTableName":"%s","UseLatestRestorableTime":true}`, table, made),
		fmt.Sprintf(`RestoreTableToPointInTime {"SourceTableName":"%s","TargetTableName":"%s","RestoreDateTime":%d}`, table, made, 1795334400+g.IntN(40000)),
		fmt.Sprintf(`RestoreTableToPointInTime {"SourceTableName":"%s","TargetTableName":"%s","RestoreDateTime":%d}`, table, made, 1795334400+g.IntN(100000)),
		fmt.Sprintf(`CreateBackup {"TableName":"%s","BackupName":"some"}`, table), fmt.Sprintf(`CreateBackup {"TableName":"%s","BackupName":"more"}`, table),
		`DescribeBackup {"BackupArn":"$backup"}`, `DeleteBackup {"BackupArn":"$backup"}`, `ListBackups {}`, `ListBackups {"BackupType":"ALL","Limit":2}`,
		fmt.Sprintf(`RestoreTableFromBackup {"BackupArn":"$backup","TargetTableName":"%s"}`, made), fmt.Sprintf(`RestoreTableFromBackup {"BackupArn":"$backup","TargetTableName":"%s"}`, made),
	)
}

// restored looks at what was restored, as far as it is done, and deletes it to make room.
func (g stepper) restored() string {
	return fmt.Sprintf(g.one(`Scan {"TableName":"%s"}`, `Scan {"TableName":"%s"}`, `DescribeTable {"TableName":"%s"}`, `DeleteTable {"TableName":"%s"}`), g.one("made1", "made2", "made3"))
}

var twinRegions = []string{"", "@us-east-1 ", "@ap-south-1 "}

// global writes to and reads of a table in several regions, which join and leave.
func (g stepper) global() string {
	key := fmt.Sprintf(`"pk":{"S":"p%d"}`, g.IntN(8))
	return g.one(twinRegions...) + g.one(
		fmt.Sprintf(`PutItem {"TableName":"world","Item":{%s},"ReturnValues":"ALL_OLD"%s}`, g.item(key), g.capacity()),
		fmt.Sprintf(`PutItem {"TableName":"world","Item":{%s}%s}`, g.item(key), g.condition("ConditionExpression")),
		fmt.Sprintf(`UpdateItem {"TableName":"world","Key":{%s},"UpdateExpression":"ADD a :n","ExpressionAttributeValues":{":n":{"N":"1"}},"ReturnValues":"ALL_NEW"}`, key),
		fmt.Sprintf(`DeleteItem {"TableName":"world","Key":{%s},"ReturnValues":"ALL_OLD"}`, key),
		fmt.Sprintf(`GetItem {"TableName":"world","Key":{%s}}`, key),
		fmt.Sprintf(`TransactWriteItems {"TransactItems":[{"Put":{"TableName":"world","Item":{%s}}},{"Delete":{"TableName":"world","Key":{"pk":{"S":"p9"}}}}]}`, g.item(key)),
		`Scan {"TableName":"world"}`, `Scan {"TableName":"world","IndexName":"byg"}`, `DescribeTable {"TableName":"world"}`, "History world",
		fmt.Sprintf(`UpdateTable {"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"%s"}}]}`, g.one("us-east-1", "ap-south-1")),
		fmt.Sprintf(`UpdateTable {"TableName":"world","ReplicaUpdates":[{"Create":{"RegionName":"%s"}}]}`, g.one("us-east-1", "ap-south-1")),
		fmt.Sprintf(`UpdateTable {"TableName":"world","ReplicaUpdates":[{"Delete":{"RegionName":"%s"}}]}`, g.one("us-east-1", "ap-south-1")),
	)
}
