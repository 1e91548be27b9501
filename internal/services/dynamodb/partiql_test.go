package dynamodb

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
)

// twins are two clouds: what one does by operations the other does by statements.
type twins struct {
	t          *testing.T
	r          *rand.Rand
	operations *bench
	statements *bench
}

var twinTable = strings.Replace(modelTable, `"BillingMode"`, `"StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"},"BillingMode"`, 1)

// outcome is what an operation answered, or its error.
func outcome(t *testing.T, b *bench, op, in string) (map[string]any, string) {
	t.Helper()
	out, _, err := b.do(op, in)
	if err != nil {
		var e *aws.Error
		if !errors.As(err, &e) {
			t.Fatalf("%s %s: %v", op, in, err)
		}
		return nil, e.Code
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatal(err)
	}
	return v, ""
}

func quoteJSON(s string) string {
	b, _ := json.Marshal(s)
	return string(b)
}

// same compares an operation with a statement: the items and the cost.
func (w *twins) same(op, in, statement, options string) {
	w.t.Helper()
	a, failed := outcome(w.t, w.operations, op, strings.TrimSuffix(in, "}")+`,"ReturnConsumedCapacity":"INDEXES"}`)
	b, refused := outcome(w.t, w.statements, "ExecuteStatement", `{"Statement":`+quoteJSON(statement)+options+`,"ReturnConsumedCapacity":"INDEXES"}`)
	if refused == "DuplicateItemException" {
		refused = "ConditionalCheckFailedException"
	}
	if failed != refused {
		w.t.Fatalf("%s %s\n%s\n: %q and %q", op, in, statement, failed, refused)
	}
	if failed != "" {
		return
	}
	items, _ := a["Items"].([]any)
	for _, name := range []string{"Item", "Attributes"} {
		if it, ok := a[name]; ok {
			items = []any{it}
		}
	}
	if got := b["Items"].([]any); len(got) != len(items) || len(got) > 0 && !reflect.DeepEqual(got, items) {
		w.t.Fatalf("%s %s\n%s:\n%v\n%v", op, in, statement, items, got)
	}
	for _, what := range []string{"ConsumedCapacity", "LastEvaluatedKey"} {
		if !reflect.DeepEqual(a[what], b[what]) {
			w.t.Fatalf("%s %s\n%s: %s\n%v\n%v", op, in, statement, what, a[what], b[what])
		}
	}
}

// literal is the item as a statement writes it.
func (m modelItem) literal() string {
	g := ""
	if m.group != 0 {
		g = fmt.Sprintf(`,'g':'g%d'`, m.group)
	}
	return fmt.Sprintf(`{'pk':'p%d','sk':%d,'n':%d%s}`, m.pk, m.sk, m.n, g)
}

func (m modelItem) where() string { return fmt.Sprintf(`pk = 'p%d' AND sk = %d`, m.pk, m.sk) }

func TestStatementsEqualOperations(t *testing.T) {
	for seed := range uint64(3) {
		w := &twins{t: t, r: rand.New(rand.NewPCG(seed, 21)), operations: newBench(t), statements: newBench(t)}
		w.operations.must(t, "CreateTable", "%s", twinTable)
		w.statements.must(t, "CreateTable", "%s", twinTable)
		for range 600 {
			w.step()
		}
		scan := `{"TableName":"model"}`
		if a, b := w.operations.must(t, "Scan", scan), w.statements.must(t, "Scan", scan); !reflect.DeepEqual(a, b) {
			t.Fatalf("the tables differ:\n%v\n%v", a, b)
		}
		if a, b := w.history(w.operations), w.history(w.statements); a != b {
			t.Fatalf("the streams differ:\n%s\n%s", a, b)
		}
		checkIndexes(t, w.statements, "model")
	}
}

// history is what the table's stream tells of each change.
func (w *twins) history(b *bench) string {
	arn := b.must(w.t, "DescribeTable", `{"TableName":"model"}`)["Table"].(map[string]any)["LatestStreamArn"]
	d := b.must(w.t, "DescribeStream", `{"StreamArn":"%s"}`, arn)["StreamDescription"].(map[string]any)
	shard := d["Shards"].([]any)[0].(map[string]any)["ShardId"]
	it := b.must(w.t, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"TRIM_HORIZON"}`, arn, shard)["ShardIterator"]
	var all []string
	for range 5 {
		out := b.must(w.t, "GetRecords", `{"ShardIterator":"%s"}`, it)
		for _, r := range out["Records"].([]any) {
			record := r.(map[string]any)["dynamodb"].(map[string]any)
			all = append(all, fmt.Sprint(r.(map[string]any)["eventName"], record["Keys"], record["OldImage"], record["NewImage"]))
		}
		it = out["NextShardIterator"]
	}
	return strings.Join(all, "\n")
}

var returnings = map[string]string{"NONE": "", "ALL_OLD": " RETURNING ALL OLD *", "ALL_NEW": " RETURNING ALL NEW *",
	"UPDATED_OLD": " RETURNING MODIFIED OLD *", "UPDATED_NEW": " RETURNING MODIFIED NEW *"}

func (w *twins) step() {
	m := modelItem{w.r.IntN(4), w.r.IntN(8) - 4, w.r.IntN(3), w.r.IntN(10) - 5}
	values := fmt.Sprintf(`"ExpressionAttributeValues":{":n":{"N":"%d"}}`, m.n)
	back := []string{"NONE", "ALL_OLD", "ALL_NEW", "UPDATED_OLD", "UPDATED_NEW"}[w.r.IntN(5)]
	switch w.r.IntN(9) {
	case 0, 1, 2:
		w.same("PutItem", `{"TableName":"model","Item":`+m.json()+`,"ConditionExpression":"attribute_not_exists(pk)"}`,
			"INSERT INTO model VALUE "+m.literal(), "")
	case 3:
		w.same("UpdateItem", `{"TableName":"model","Key":`+m.key()+`,"UpdateExpression":"SET n = n + :n REMOVE g","ConditionExpression":"attribute_exists(pk)",`+values+`,"ReturnValues":"`+back+`"}`,
			`UPDATE model SET n = n + ? REMOVE g WHERE `+m.where()+returnings[back], fmt.Sprintf(`,"Parameters":[{"N":"%d"}]`, m.n))
	case 4:
		w.same("UpdateItem", `{"TableName":"model","Key":`+m.key()+`,"UpdateExpression":"SET g = :g ADD s :s","ConditionExpression":"attribute_exists(pk) AND (n < :n OR g = :g)","ExpressionAttributeValues":{":n":{"N":"0"},":g":{"S":"g1"},":s":{"SS":["x"]}},"ReturnValues":"`+back+`"}`,
			`UPDATE model SET g = 'g1', s = set_add(s, <<'x'>>) WHERE `+m.where()+` AND (n < 0 OR g = 'g1')`+returnings[back], "")
	case 5:
		if back != "ALL_OLD" {
			back = "NONE"
		}
		w.same("DeleteItem", `{"TableName":"model","Key":`+m.key()+`,"ConditionExpression":"attribute_not_exists(pk) OR n <= :n",`+values+`,"ReturnValues":"`+back+`"}`,
			`DELETE FROM model WHERE n <= `+fmt.Sprint(m.n)+` AND `+m.where()+returnings[back], "")
	case 6:
		w.transact(m)
	default:
		w.reads(m)
	}
}

func (w *twins) reads(m modelItem) {
	w.same("GetItem", `{"TableName":"model","Key":`+m.key()+`,"ProjectionExpression":"n, g","ConsistentRead":true}`,
		`SELECT n, g FROM model WHERE `+m.where(), `,"ConsistentRead":true`)
	limit := fmt.Sprintf(`,"Limit":%d`, 1+w.r.IntN(8))
	w.same("Query", fmt.Sprintf(`{"TableName":"model","KeyConditionExpression":"pk = :p AND sk BETWEEN :a AND :b","FilterExpression":"n <> :n","ExpressionAttributeValues":{":p":{"S":"p%d"},":a":{"N":"%d"},":b":{"N":"%d"},":n":{"N":"%d"}}%s}`, m.pk, m.sk, m.sk+4, m.n, limit),
		fmt.Sprintf(`SELECT * FROM model WHERE n <> %d AND pk = 'p%d' AND sk BETWEEN %d AND %d`, m.n, m.pk, m.sk, m.sk+4), limit)
	w.same("Query", fmt.Sprintf(`{"TableName":"model","IndexName":"byn","ScanIndexForward":false,"KeyConditionExpression":"pk = :p AND n >= :n","ExpressionAttributeValues":{":p":{"S":"p%d"},":n":{"N":"%d"}}%s}`, m.pk, m.n, limit),
		fmt.Sprintf(`SELECT * FROM model.byn WHERE pk = 'p%d' AND %d <= n ORDER BY n DESC`, m.pk, m.n), limit)
	w.same("Query", fmt.Sprintf(`{"TableName":"model","IndexName":"byg","KeyConditionExpression":"g = :g","ExpressionAttributeValues":{":g":{"S":"g%d"}}%s}`, m.group, limit),
		fmt.Sprintf(`SELECT * FROM "model"."byg" WHERE g = 'g%d'`, m.group), limit)
	w.same("Scan", fmt.Sprintf(`{"TableName":"model","FilterExpression":"attribute_exists(g) AND contains(pk, :p)","ExpressionAttributeValues":{":p":{"S":"%d"}}%s}`, m.pk, limit),
		fmt.Sprintf(`SELECT * FROM model WHERE g IS NOT MISSING AND contains(pk, '%d')`, m.pk), limit)
}

// transact moves a count between two items, if the first is there, and reads both.
func (w *twins) transact(m modelItem) {
	from, to := modelItem{pk: m.pk, sk: m.sk}, modelItem{pk: (m.pk + 1) % 4, sk: m.sk}
	a, failed := outcome(w.t, w.operations, "TransactWriteItems", fmt.Sprintf(`{"TransactItems":[
		{"Update":{"TableName":"model","Key":%s,"UpdateExpression":"SET n = n - :one","ConditionExpression":"attribute_exists(pk)","ExpressionAttributeValues":{":one":{"N":"1"}}}},
		{"Put":{"TableName":"model","Item":%s,"ConditionExpression":"attribute_not_exists(pk)"}}],"ReturnConsumedCapacity":"INDEXES"}`, from.key(), to.json()))
	b, refused := outcome(w.t, w.statements, "ExecuteTransaction", fmt.Sprintf(`{"TransactStatements":[{"Statement":"UPDATE model SET n = n - 1 WHERE %s"},{"Statement":"INSERT INTO model VALUE %s"}],"ReturnConsumedCapacity":"INDEXES"}`, from.where(), to.literal()))
	if failed != refused || !reflect.DeepEqual(a["ConsumedCapacity"], b["ConsumedCapacity"]) {
		w.t.Fatalf("a transaction from %v: %q %v, %q %v", from, failed, a, refused, b)
	}
	a, _ = outcome(w.t, w.operations, "TransactGetItems", fmt.Sprintf(`{"TransactItems":[{"Get":{"TableName":"model","Key":%s}},{"Get":{"TableName":"model","Key":%s}}],"ReturnConsumedCapacity":"TOTAL"}`, from.key(), to.key()))
	b, _ = outcome(w.t, w.statements, "ExecuteTransaction", fmt.Sprintf(`{"TransactStatements":[{"Statement":"SELECT * FROM model WHERE %s"},{"Statement":"SELECT * FROM model WHERE %s"}],"ReturnConsumedCapacity":"TOTAL"}`, from.where(), to.where()))
	if !reflect.DeepEqual(a, b) {
		w.t.Fatalf("reads of a transaction:\n%v\n%v", a, b)
	}
}

// clause is a condition as text, and what it says of an item.
type clause struct {
	text  string
	holds func(modelItem) bool
}

// clauseOf makes a random condition, in which keys are likely.
func clauseOf(r *rand.Rand, depth int) clause {
	if depth > 0 && r.IntN(4) > 0 {
		a, b := clauseOf(r, depth-1), clauseOf(r, depth-1)
		switch r.IntN(5) {
		case 0:
			return clause{"NOT (" + a.text + ")", func(m modelItem) bool { return !a.holds(m) }}
		case 1:
			return clause{"(" + a.text + " OR " + b.text + ")", func(m modelItem) bool { return a.holds(m) || b.holds(m) }}
		}
		return clause{"(" + a.text + " AND " + b.text + ")", func(m modelItem) bool { return a.holds(m) && b.holds(m) }}
	}
	name := []string{"pk", "pk", "sk", "n"}[r.IntN(4)]
	of := func(m modelItem) int { return map[string]int{"pk": m.pk, "sk": m.sk, "n": m.n}[name] }
	show := func(v int) string {
		if name == "pk" {
			return fmt.Sprintf("'p%d'", v)
		}
		return fmt.Sprint(v)
	}
	x := r.IntN(5)
	y := x + r.IntN(3)
	switch r.IntN(6) {
	case 0:
		return clause{name + " < " + show(x), func(m modelItem) bool { return of(m) < x }}
	case 1:
		return clause{show(x) + " >= " + name, func(m modelItem) bool { return x >= of(m) }}
	case 2:
		return clause{name + " BETWEEN " + show(x) + " AND " + show(y), func(m modelItem) bool { return x <= of(m) && of(m) <= y }}
	case 3:
		return clause{name + " IN [" + show(x) + "," + show(y+1) + "]", func(m modelItem) bool { return of(m) == x || of(m) == y+1 }}
	}
	return clause{name + " = " + show(x), func(m modelItem) bool { return of(m) == x }}
}

// TestSelectsEqualAFilter compares SELECTs with random conditions with a filter
// of all items.
func TestSelectsEqualAFilter(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", modelTable)
	var items []modelItem
	for pk := range 5 {
		for sk := range 5 {
			m := modelItem{pk: pk, sk: sk, n: (pk*3 + sk*7) % 5}
			b.must(t, "PutItem", `{"TableName":"model","Item":%s}`, m.json())
			items = append(items, m)
		}
	}
	r := rand.New(rand.NewPCG(4, 4))
	ran, queries := 0, 0
	for range 2000 {
		c := clauseOf(r, 3)
		order, turned := "", r.IntN(2) == 0
		if r.IntN(3) == 0 {
			order = map[bool]string{false: " ORDER BY pk, sk", true: " ORDER BY pk DESC, sk DESC"}[turned]
		}
		got, refused := selectAll(t, b, "SELECT * FROM model WHERE "+c.text+order, 1+r.IntN(9))
		if refused != "" {
			if !strings.HasPrefix(refused, "Overlapping") && !strings.HasPrefix(refused, "Must have at least") {
				t.Fatalf("%s: %s", c.text, refused)
			}
			continue
		}
		ran++
		var want []modelItem
		for _, m := range items {
			if c.holds(m) {
				want = append(want, m)
			}
		}
		if order == "" {
			slices.SortFunc(got, bySort)
		} else if queries++; turned {
			slices.Reverse(want)
		}
		if len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Fatalf("%s%s:\n got %v\nwant %v", c.text, order, got, want)
		}
	}
	if ran < 500 || queries < 50 {
		t.Errorf("of 2000 conditions %d were run, %d in order: the generator makes too few that can be", ran, queries)
	}
}

// selectAll collects the items of all pages, or returns why there are none.
func selectAll(t *testing.T, b *bench, statement string, limit int) (all []modelItem, refused string) {
	t.Helper()
	token := ""
	for {
		in := fmt.Sprintf(`{"Statement":%s,"Limit":%d%s}`, quoteJSON(statement), limit, token)
		out, _, err := b.do("ExecuteStatement", in)
		if err != nil {
			var e *aws.Error
			if !errors.As(err, &e) || token != "" {
				t.Fatalf("%s: %v", in, err)
			}
			return nil, e.Message
		}
		var page struct {
			Items     []any
			NextToken string
		}
		if err := json.Unmarshal([]byte(out), &page); err != nil {
			t.Fatal(err)
		}
		if len(page.Items) > limit {
			t.Fatalf("%s: %d items", in, len(page.Items))
		}
		for _, it := range page.Items {
			all = append(all, readModel(t, it))
		}
		if page.NextToken == "" {
			return all, ""
		}
		token = `,"NextToken":` + quoteJSON(page.NextToken)
	}
}

// TestStatementPages reads more than a page holds, through several queries.
func TestStatementPages(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", pairTable)
	for i := range 30 {
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"%c"},"sk":{"N":"%d"},"v":{"S":"%s"}}}`, 'a'+i%2, i, strings.Repeat("x", 100<<10))
	}
	for statement, want := range map[string][]int{
		`SELECT sk FROM pairs WHERE pk IN ['a', 'b']`: {11, 11, 8},
		`SELECT sk FROM pairs`:                        {11, 11, 8},
		`SELECT sk FROM pairs WHERE pk = 'b'`:         {11, 4},
	} {
		token := ""
		var sizes []int
		for ok := true; ok; {
			out := b.must(t, "ExecuteStatement", `{"Statement":%s%s}`, quoteJSON(statement), token)
			sizes = append(sizes, len(out["Items"].([]any)))
			var next string
			if next, ok = out["NextToken"].(string); ok {
				token = `,"NextToken":` + quoteJSON(next)
			}
		}
		if !slices.Equal(sizes, want) {
			t.Errorf("%s: pages of %v items, want %v", statement, sizes, want)
		}
	}
}

func TestTokensAreSealed(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", pairTable)
	for i := range 3 {
		b.must(t, "PutItem", `{"TableName":"pairs","Item":{"pk":{"S":"a"},"sk":{"N":"%d"}}}`, i)
	}
	ask := func(sk, token string) string {
		return fmt.Sprintf(`{"Statement":"SELECT * FROM pairs WHERE pk = 'a' AND sk >= ?","Parameters":[{"N":"%s"}],"Limit":1%s}`, sk, token)
	}
	token := b.must(t, "ExecuteStatement", "%s", ask("0", ""))["NextToken"].(string)
	with := func(text string) string { return `,"NextToken":` + quoteJSON(text) }
	if out := b.must(t, "ExecuteStatement", "%s", ask("0", with(token))); fmt.Sprint(out["Items"]) != "[map[pk:map[S:a] sk:map[N:1]]]" {
		t.Errorf("the second page: %v", out["Items"])
	}
	if e := b.fails(t, "ExecuteStatement", ask("1", with(token))); e.Message != "NextToken does not match request" {
		t.Errorf("another parameter: %v", e)
	}
	raw, _ := base64.StdEncoding.DecodeString(token)
	for i := range raw {
		changed := slices.Clone(raw)
		changed[i] ^= 1
		if e := b.fails(t, "ExecuteStatement", ask("0", with(base64.StdEncoding.EncodeToString(changed)))); e.Message != "Invalid NextToken" {
			t.Fatalf("a token whose byte %d is changed: %v", i, e)
		}
	}
	b.call.Account = "111111111111"
	b.must(t, "CreateTable", "%s", pairTable)
	if e := b.fails(t, "ExecuteStatement", ask("0", with(token))); e.Message != "NextToken does not match request" {
		t.Errorf("another account: %v", e)
	}
}

// TestStatementDepth refuses a literal that is nested too deep, by its path.
func TestStatementDepth(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", hashTable)
	nested := func(n int) string { return strings.Repeat("{'a':", n) + "1" + strings.Repeat("}", n) }
	b.must(t, "ExecuteStatement", `{"Statement":"INSERT INTO songs VALUE {'pk':'x','d':%s}"}`, nested(31))
	e := b.fails(t, "ExecuteStatement", `{"Statement":"UPDATE songs SET d = `+nested(32)+` WHERE pk = 'x'"}`)
	if want := "Nesting Levels have exceeded supported limits under root" + strings.Repeat(".a", 32); e.Message != want {
		t.Errorf("%v", e)
	}
}

// TestStatementsAreReadInTime reads statements that are as long as may be, and
// made to branch.
func TestStatementsAreReadInTime(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", pairTable)
	const room = 8000
	for _, condition := range []string{
		strings.Repeat("(", room/2),
		strings.Repeat("(", room/8) + "pk='a'" + strings.Repeat(")=true", room/8),
		"pk='a'" + strings.Repeat(" AND(sk=1 OR sk=2)", room/18),
		"pk='a'" + strings.Repeat(" AND(sk IN[1,2,3,4,5] OR v=1)", room/30),
		strings.Repeat("pk='a' OR ", room/10) + "pk='b'",
		strings.Repeat("NOT ", room/4) + "pk='a'",
		"v = " + strings.Repeat("- ", room/2) + "1",
		"v = " + strings.Repeat("[", room/2) + strings.Repeat("]", room/2),
	} {
		began := time.Now()
		_, _, err := b.do("ExecuteStatement", `{"Statement":`+quoteJSON("SELECT * FROM pairs WHERE "+condition)+`}`)
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%.60s took %v: %v", condition, took, err)
		}
	}
}

// TestStatementLimits asks for as many values as a condition may name, and more.
func TestStatementLimits(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", pairTable)
	list := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf("'v%d'", i))
		}
		return "[" + strings.Join(all, ",") + "]"
	}
	for condition, want := range map[string]string{
		`pk IN ` + list(50) + ` AND v IN ` + list(100):   "",
		`pk IN ` + list(51):                              "Too many decomposed read operations for a given query.",
		`pk IN ` + list(26) + ` AND sk IN [1, 2]`:        "Too many decomposed read operations for a given query.",
		`pk IN ` + list(51) + ` OR v = 1`:                "",
		`pk = 'a' AND v IN ` + list(101):                 "The IN operator is provided with too many operands; number of operands: 101",
		`(pk = 'a' OR pk = 'b') AND (pk = 'b' OR v = 1)`: "",
	} {
		_, _, err := b.do("ExecuteStatement", `{"Statement":`+quoteJSON("SELECT * FROM pairs WHERE "+condition)+`}`)
		if got := cmp.Or(fmt.Sprint(err), "<nil>"); want == "" && err != nil || want != "" && !strings.HasSuffix(got, want) {
			t.Errorf("%.60s: %v", condition, err)
		}
	}
}

// TestStatementMetrics reads what statements were measured as: like the
// operations that do the same, under their own names.
func TestStatementMetrics(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", "%s", strings.Replace(modelTable, `"KEYS_ONLY"`, `"ALL"`, 1))
	big := strings.Repeat("x", 5000)
	one := func(text string) { b.observed(t, "ExecuteStatement", `{"Statement":`+quoteJSON(text)+`}`) }
	insert := `INSERT INTO model VALUE {'pk':'a','sk':1,'n':1,'g':'g','text':'` + big + `'}`
	one(insert)                                                                                                                                                                             // 5 + 5 of each index
	one(insert)                                                                                                                                                                             // 5
	one(`SELECT * FROM model WHERE pk = 'a' AND sk = 1`)                                                                                                                                    // 1
	one(`SELECT * FROM model WHERE pk IN ['a', 'b']`)                                                                                                                                       // 1 + 0.5
	one(`SELECT * FROM model.byg WHERE g = 'g'`)                                                                                                                                            // 1
	one(`UPDATE model SET n = 2 WHERE pk = 'b' AND sk = 1`)                                                                                                                                 // 1: it is not there
	one(`DELETE FROM model WHERE pk = 'b' AND sk = 1`)                                                                                                                                      // 1
	one(`SELECT * FROM none WHERE pk = 'a'`)                                                                                                                                                // an error of the user's
	b.observed(t, "BatchExecuteStatement", `{"Statements":[{"Statement":"UPDATE model SET m = 1 WHERE pk = 'b' AND sk = 1"},{"Statement":"DELETE FROM model WHERE pk = 'b' AND sk = 2"}]}`) // 1 + 1
	b.observed(t, "ExecuteTransaction", `{"TransactStatements":[{"Statement":"SELECT * FROM model WHERE pk = 'a' AND sk = 1"}]}`)                                                           // 4
	b.observed(t, "ExecuteTransaction", `{"TransactStatements":[{"Statement":"UPDATE model SET m = 1 WHERE pk = 'b' AND sk = 1"}]}`)                                                        // 2

	for series, want := range map[string]meter.Stat{
		"ConsumedWriteCapacityUnits Count TableName model":                                      {Count: 6, Sum: 21, Min: 1, Max: 10},
		"ConsumedWriteCapacityUnits Count GlobalSecondaryIndexName byg TableName model":         {Count: 1, Sum: 5, Min: 5, Max: 5},
		"ConsumedReadCapacityUnits Count TableName model":                                       {Count: 3, Sum: 6.5, Min: 1, Max: 4},
		"ConsumedReadCapacityUnits Count GlobalSecondaryIndexName byg TableName model":          {Count: 1, Sum: 1, Min: 1, Max: 1},
		"SuccessfulRequestLatency Milliseconds Operation ExecuteStatement TableName model":      {Count: 5, Sum: 10, Min: 2, Max: 2},
		"SuccessfulRequestLatency Milliseconds Operation ExecuteTransaction TableName model":    {Count: 1, Sum: 2, Min: 2, Max: 2},
		"SuccessfulRequestLatency Milliseconds Operation BatchExecuteStatement TableName model": {Count: 1, Sum: 2, Min: 2, Max: 2},
		"ReturnedItemCount Count Operation ExecuteStatement TableName model":                    {Count: 3, Sum: 3, Min: 1, Max: 1},
		"ConditionalCheckFailedRequests Count TableName model":                                  {Count: 4, Sum: 4, Min: 1, Max: 1},
		"UserErrors Count": {Count: 2, Sum: 2, Min: 1, Max: 1},
	} {
		b.measured(t, series, want)
	}
	b.charged(t, map[meter.Item]float64{readRequests: 7.5, writeRequests: 26})
}
