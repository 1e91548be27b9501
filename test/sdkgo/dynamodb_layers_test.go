package sdkgo

import (
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/expression"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// play is an item as a program has it.
type play struct {
	Device string                `dynamodbav:"device"`
	N      int                   `dynamodbav:"n"`
	At     time.Time             `dynamodbav:"at,unixtime"`
	Until  time.Time             `dynamodbav:"until"`
	Genre  string                `dynamodbav:"genre,omitempty"`
	Tags   []string              `dynamodbav:"tags,stringset,omitempty"`
	Marks  []int                 `dynamodbav:"marks,numberset,omitempty"`
	Parts  [][]byte              `dynamodbav:"parts,binaryset,omitempty"`
	Digits attributevalue.Number `dynamodbav:"digits"`
	Song   *song                 `dynamodbav:"song"`
	Notes  []map[string]float64  `dynamodbav:"notes"`
	Loose  map[string]any        `dynamodbav:"loose,omitempty"`
	Hidden string                `dynamodbav:"-"`
}

type song struct {
	Title string
	Raw   []byte `dynamodbav:",omitempty"`
	Liked bool
}

func TestDynamoDBValuesAndExpressions(t *testing.T) {
	start(t)
	c, ctx := dynamodb.NewFromConfig(load(t)), ctx(t)
	table := aws.String("Plays")
	makeTable(t, c, *table)

	first := play{
		Device: "d1", N: 1, At: time.Unix(1_700_000_000, 0), Until: time.Date(2030, 1, 2, 3, 4, 5, 678, time.UTC), Genre: "Rock",
		Tags: []string{"b", "a"}, Marks: []int{10, 9}, Parts: [][]byte{{255}, {0}}, Digits: "12345678901234567890.123456789012345678",
		Song: &song{Title: "ñ", Raw: []byte{0, 255}}, Notes: []map[string]float64{{"x": 0.5}}, Loose: map[string]any{"a": []any{"b", nil, true}},
		Hidden: "not written",
	}
	put(t, c, *table, first)
	key, err := attributevalue.MarshalMap(map[string]any{"device": "d1", "n": 1})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: key, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	if n := got.Item["at"].(*types.AttributeValueMemberN).Value; n != "1700000000" {
		t.Errorf("at = %s", n)
	}
	if _, ok := got.Item["marks"].(*types.AttributeValueMemberNS); !ok {
		t.Errorf("marks = %T", got.Item["marks"])
	}
	want := first
	want.Hidden = ""
	sorted := func(p play) play {
		slices.Sort(p.Tags)
		slices.Sort(p.Marks)
		slices.SortFunc(p.Parts, slices.Compare)
		return p
	}
	if back := read[play](t, got.Item); !reflect.DeepEqual(sorted(back), sorted(want)) {
		t.Errorf("got back %+v, want %+v", back, want)
	}

	// What is empty is left out, and the song is NULL.
	put(t, c, *table, play{Device: "d1", N: 2, Digits: "0"})
	empty, err := c.GetItem(ctx, &dynamodb.GetItemInput{TableName: table, Key: map[string]types.AttributeValue{"device": text("d1"), "n": number(2)}})
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range empty.Item {
		names = append(names, name)
	}
	if slices.Sort(names); !slices.Equal(names, []string{"at", "device", "digits", "n", "notes", "song", "until"}) {
		t.Errorf("attributes = %q", names)
	}

	// An update under a condition, built.
	update := expression.Set(expression.Name("song.Liked"), expression.Value(true)).
		Set(expression.Name("plays"), expression.Plus(expression.IfNotExists(expression.Name("plays"), expression.Value(0)), expression.Value(2))).
		Set(expression.Name("notes"), expression.ListAppend(expression.Name("notes"), expression.Value([]map[string]float64{{"y": 1}}))).
		Add(expression.Name("tags"), expression.Value(&types.AttributeValueMemberSS{Value: []string{"c"}})).
		Delete(expression.Name("marks"), expression.Value(&types.AttributeValueMemberNS{Value: []string{"9"}})).
		Remove(expression.Name("parts"))
	condition := expression.Name("genre").In(expression.Value("Fado"), expression.Value("Rock")).
		And(expression.Size(expression.Name("tags")).Equal(expression.Value(2)), expression.Name("song.Title").BeginsWith("ñ"), expression.AttributeType(expression.Name("n"), expression.Number)).
		And(expression.Not(expression.Name("plays").AttributeExists()))
	e, err := expression.NewBuilder().WithUpdate(update).WithCondition(condition).Build()
	if err != nil {
		t.Fatal(err)
	}
	change := &dynamodb.UpdateItemInput{
		TableName: table, Key: key, UpdateExpression: e.Update(), ConditionExpression: e.Condition(), ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
		ReturnValues: types.ReturnValueAllNew, ReturnValuesOnConditionCheckFailure: types.ReturnValuesOnConditionCheckFailureAllOld,
	}
	updated, err := c.UpdateItem(ctx, change)
	if err != nil {
		t.Fatal(err)
	}
	want.Tags, want.Marks, want.Parts = []string{"a", "b", "c"}, []int{10}, nil
	want.Song = &song{Title: "ñ", Raw: []byte{0, 255}, Liked: true}
	want.Notes = append(want.Notes, map[string]float64{"y": 1})
	type played struct {
		play
		Plays int `dynamodbav:"plays"`
	}
	if back := read[played](t, updated.Attributes); !reflect.DeepEqual(sorted(back.play), want) || back.Plays != 2 {
		t.Errorf("updated to %+v, want %+v", back, want)
	}
	var failed *types.ConditionalCheckFailedException
	if _, err := c.UpdateItem(ctx, change); !errors.As(err, &failed) {
		t.Errorf("the second update: %v", err)
	} else if old := read[played](t, failed.Item); old.Plays != 2 {
		t.Errorf("it failed for %+v", old)
	}
}

func TestDynamoDBPaginatorsAndWaiters(t *testing.T) {
	start(t)
	c, ctx := dynamodb.NewFromConfig(load(t)), ctx(t)
	for _, name := range []string{"a-1", "a-2", "a-3", "a-4", "a-5"} {
		makeTable(t, c, name)
	}
	var tables [][]string
	lists := dynamodb.NewListTablesPaginator(c, &dynamodb.ListTablesInput{Limit: aws.Int32(2)})
	for lists.HasMorePages() {
		page, err := lists.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, page.TableNames)
	}
	if want := [][]string{{"a-1", "a-2"}, {"a-3", "a-4"}, {"a-5"}}; !reflect.DeepEqual(tables, want) {
		t.Errorf("tables = %q, want %q", tables, want)
	}

	table := aws.String("a-1")
	for n := range 12 {
		put(t, c, *table, play{Device: "d1", N: n, Digits: "1", Genre: []string{"Fado", "Rock"}[n%2]})
	}
	e, err := expression.NewBuilder().
		WithKeyCondition(expression.Key("device").Equal(expression.Value("d1")).And(expression.Key("n").Between(expression.Value(2), expression.Value(10)))).
		WithFilter(expression.Name("genre").Equal(expression.Value("Rock"))).
		WithProjection(expression.NamesList(expression.Name("n"), expression.Name("genre"))).Build()
	if err != nil {
		t.Fatal(err)
	}
	var found [][]int
	queries := dynamodb.NewQueryPaginator(c, &dynamodb.QueryInput{
		TableName: table, Limit: aws.Int32(4), ScanIndexForward: aws.Bool(false), KeyConditionExpression: e.KeyCondition(), FilterExpression: e.Filter(),
		ProjectionExpression: e.Projection(), ExpressionAttributeNames: e.Names(), ExpressionAttributeValues: e.Values(),
	})
	for queries.HasMorePages() {
		page, err := queries.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		ns := []int{}
		for _, it := range page.Items {
			p := read[play](t, it)
			if len(it) != 2 || p.Genre != "Rock" {
				t.Errorf("a projected item: %v", it)
			}
			ns = append(ns, p.N)
		}
		found = append(found, ns)
	}
	if want := [][]int{{9, 7}, {5, 3}, {}}; !reflect.DeepEqual(found, want) {
		t.Errorf("the query's pages are %v, want %v", found, want)
	}
	seen := map[int]bool{}
	var sizes []int32
	scans := dynamodb.NewScanPaginator(c, &dynamodb.ScanInput{TableName: table, Limit: aws.Int32(5)})
	for scans.HasMorePages() {
		page, err := scans.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		var plays []play
		if err := attributevalue.UnmarshalListOfMaps(page.Items, &plays); err != nil {
			t.Fatal(err)
		}
		for _, p := range plays {
			seen[p.N] = true
		}
		sizes = append(sizes, page.Count)
	}
	if want := []int32{5, 5, 2}; !slices.Equal(sizes, want) || len(seen) != 12 {
		t.Errorf("the scan's pages have %v items, want %v; %d are different", sizes, want, len(seen))
	}

	about := &dynamodb.DescribeTableInput{TableName: table}
	if _, err := c.DeleteTable(ctx, &dynamodb.DeleteTableInput{TableName: table}); err != nil {
		t.Fatal(err)
	}
	if err := dynamodb.NewTableNotExistsWaiter(c).Wait(ctx, about, 30*time.Second); err != nil {
		t.Error(err)
	}
	quick := func(o *dynamodb.TableExistsWaiterOptions) {
		o.MinDelay, o.MaxDelay = 10*time.Millisecond, 20*time.Millisecond
	}
	if err := dynamodb.NewTableExistsWaiter(c, quick).Wait(ctx, about, 100*time.Millisecond); err == nil {
		t.Error("a deleted table exists")
	}
}

// makeTable makes a table of plays and waits until it exists.
func makeTable(t *testing.T, c *dynamodb.Client, name string) {
	t.Helper()
	_, err := c.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: &name, BillingMode: types.BillingModePayPerRequest,
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String("device"), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String("n"), AttributeType: types.ScalarAttributeTypeN},
		},
		KeySchema: []types.KeySchemaElement{
			{AttributeName: aws.String("device"), KeyType: types.KeyTypeHash},
			{AttributeName: aws.String("n"), KeyType: types.KeyTypeRange},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := dynamodb.NewTableExistsWaiter(c).WaitForOutput(t.Context(), &dynamodb.DescribeTableInput{TableName: &name}, 30*time.Second)
	if err != nil || out.Table.TableStatus != types.TableStatusActive {
		t.Fatalf("waited for %+v: %v", out, err)
	}
}

func put(t *testing.T, c *dynamodb.Client, table string, p play) {
	t.Helper()
	item, err := attributevalue.MarshalMap(p)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: item}); err != nil {
		t.Fatal(err)
	}
}

func read[T any](t *testing.T, item map[string]types.AttributeValue) (v T) {
	t.Helper()
	if err := attributevalue.UnmarshalMap(item, &v); err != nil {
		t.Fatal(err)
	}
	return v
}
