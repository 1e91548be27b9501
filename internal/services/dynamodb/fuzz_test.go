package dynamodb

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
	"github.com/niebla-cloud/niebla/internal/store"
)

// FuzzStreamNames holds that what clients name places in streams with is read
// as it is written, or refused.
func FuzzStreamNames(f *testing.F) {
	f.Add("arn:aws:dynamodb:eu-west-3:000000000000:table/t/stream/2026-11-22T08:00:00.000", "100000000000000000005")
	f.Add("arn:aws:dynamodb:eu-west-3:000000000000:table/t", "1")
	f.Add("", "199999999999999999999")
	f.Fuzz(func(t *testing.T, arn, sequence string) {
		if p, table, label, err := parseStreamARN(arn); err == nil {
			if p.Resource != "table/"+table+"/stream/"+label {
				t.Errorf("%q is table %q, label %q", arn, table, label)
			}
		}
		if n, err := parseSequence(sequence); err == nil && sequenceText(n) != sequence {
			t.Errorf("%q is %d", sequence, n)
		}
	})
}

// FuzzKeyOrder holds that keys of two parts order as their values do, the first
// part first, and that a part that begins with another does not get into it.
func FuzzKeyOrder(f *testing.F) {
	f.Add("a", "b", "a\x00", "\xff", "1", "-1.5")
	f.Add("", "\x00", "\x00\x01", "", "1e10", "1e-10")
	f.Add("a\x00\xff", "a", "a\x00", "b", "-100", "-99.99")
	f.Fuzz(func(t *testing.T, a1, a2, b1, b2, n1, n2 string) {
		value := func(kind ddbexpr.Type, s string) ddbexpr.Value { return ddbexpr.AppendScalar(nil, kind, []byte(s)) }
		key := func(vs ...ddbexpr.Value) (k []byte) {
			for _, v := range vs {
				k = appendPart(k, v)
			}
			return k
		}
		got := bytes.Compare(key(value(ddbexpr.String, a1), value(ddbexpr.Binary, a2)), key(value(ddbexpr.String, b1), value(ddbexpr.Binary, b2)))
		if want := cmp.Or(strings.Compare(a1, b1), strings.Compare(a2, b2)); got != want {
			t.Errorf("(%q, %q) against (%q, %q): %d, want %d", a1, a2, b1, b2, got, want)
		}
		if p := appendEscaped(nil, []byte(a1)); bytes.HasPrefix(key(value(ddbexpr.String, b1)), p) != strings.HasPrefix(b1, a1) {
			t.Errorf("the key of %q against the prefix %q", b1, a1)
		}
		x, errX := ddbexpr.AppendNumber(nil, []byte(n1))
		y, errY := ddbexpr.AppendNumber(nil, []byte(n2))
		if errX != nil || errY != nil {
			return
		}
		got = bytes.Compare(key(value(ddbexpr.NumberType, string(x)), value(ddbexpr.String, a1)), key(value(ddbexpr.NumberType, string(y)), value(ddbexpr.String, b1)))
		if want := cmp.Or(ddbexpr.Number(x).Compare(y), strings.Compare(a1, b1)); got != want {
			t.Errorf("(%s, %q) against (%s, %q): %d, want %d", n1, a1, n2, b1, got, want)
		}
	})
}

// FuzzStored holds that items and the records of their changes are read from
// the store as they were written, and that a record that is cut short anywhere
// is refused.
func FuzzStored(f *testing.F) {
	f.Add(`{"pk":{"S":"a"},"sk":{"N":"1"}}`, `{"pk":{"S":"a"},"sk":{"N":"1"},"l":{"L":[{"NULL":true}]}}`, byte(3))
	f.Add(`{"pk":{"S":"b"},"sk":{"N":"-1"},"ss":{"SS":["x"]}}`, ``, byte(0))
	f.Add(``, `{"pk":{"S":"b"},"sk":{"N":"2"}}`, byte(1))
	f.Fuzz(func(t *testing.T, before, after string, view byte) {
		tb := &table{Name: "t", Number: 1, Key: keySchema{Hash: []attribute{{"pk", ddbexpr.String}}, Range: []attribute{{"sk", ddbexpr.NumberType}}},
			Stream: &streaming{Number: 2, View: []string{keysOnly, newImage, oldImage, bothImage}[view%4], Open: []uint32{1}}}
		tb.prepare(testScope)
		read := func(js string) ddbexpr.Item {
			it, err := ddbexpr.ParseItem([]byte(js))
			if err != nil || tb.checkItem(it) != nil {
				return nil
			}
			if size, again := openStored(appendStored(nil, it.Size(), it)); size != it.Size() || !bytes.Equal(again, it) {
				t.Errorf("%s comes back as %s, of size %d", it, again, size)
			}
			return it
		}
		old, next := read(before), read(after)
		some := next
		if some == nil {
			some = old
		}
		if some == nil {
			return
		}
		if old != nil && next != nil && !bytes.Equal(tb.itemKey(nil, old), tb.itemKey(nil, next)) {
			return
		}
		checkRecord(t, tb, old, next, tb.itemKey(nil, some))
	})
}

func checkRecord(t *testing.T, tb *table, old, next ddbexpr.Item, key []byte) {
	t.Helper()
	db := store.OpenMemory()
	defer db.Close()
	err := db.Update(func(tx *store.Tx) error {
		c := &change{call: &aws.Call{}, t: tb, storeKey: key}
		c.record(tx, old, next)
		st := &stream{View: tb.Stream.View}
		for k, v := range tx.Scan(recordKey(testScope, 2, 1, 0), recordKey(testScope, 2, 2, 0)) {
			r, err := openRecord("eu-west-3", st, sequenceOf(k), v)
			if err != nil {
				return err
			}
			for what, image := range map[string]struct {
				got  []byte
				want ddbexpr.Item
				in   string
			}{"old": {r.Dynamodb.OldImage, old, oldImage}, "new": {r.Dynamodb.NewImage, next, newImage}} {
				want := rawItem(image.want)
				if st.View != image.in && st.View != bothImage {
					want = nil
				}
				if !bytes.Equal(image.got, want) {
					t.Errorf("the %s image is %s, want %s", what, image.got, want)
				}
			}
			for n := range v {
				if _, err := openRecord("eu-west-3", st, 1, v[:n]); err == nil {
					t.Errorf("%d of %d bytes are taken for a record", n, len(v))
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// FuzzStartKeys goes on from any key, in a table and its indexes: it is refused,
// or what comes is what a read of all has after it.
func FuzzStartKeys(f *testing.F) {
	b := newBench(f)
	b.must(f, "CreateTable", modelTable)
	for i := range 24 {
		b.must(f, "PutItem", `{"TableName":"model","Item":%s}`, modelItem{i % 3, i, i % 4, i % 5}.json())
	}
	f.Add(`{"pk":{"S":"p1"},"sk":{"N":"4"}}`, byte(0))
	f.Add(`{"pk":{"S":"p1"},"sk":{"N":"4"},"n":{"N":"4"}}`, byte(1))
	f.Add(`{"pk":{"S":"zz"},"sk":{"N":"1e9"},"n":{"N":"-1"},"g":{"S":"g1"}}`, byte(2))
	f.Add(`{"pk":{"B":"AA=="}}`, byte(7))
	f.Fuzz(func(t *testing.T, start string, how byte) {
		for op, in := range map[string]string{
			"Scan":  `"TableName":"model"` + []string{``, `,"IndexName":"byn"`, `,"IndexName":"byg"`, `,"Segment":1,"TotalSegments":3`}[how%4],
			"Query": `"TableName":"model","KeyConditionExpression":"pk = :p","ExpressionAttributeValues":{":p":{"S":"p1"}}` + []string{``, `,"IndexName":"byn"`, `,"ScanIndexForward":false`, `,"Limit":2`}[how%4],
		} {
			out, _, err := b.do(op, `{`+in+`,"ExclusiveStartKey":`+start+`}`)
			if err != nil {
				if e := new(*aws.Error); !errors.As(err, e) && !json.Valid([]byte(start)) || errors.As(err, e) && (*e).Status < 500 {
					continue
				}
				t.Errorf("%s from %s: %v", op, start, err)
				continue
			}
			checkSuffix(t, b, op, in, out)
		}
	})
}

// checkSuffix holds that what was answered is the end of what a read of all
// answers, or with a limit a part of it.
func checkSuffix(t *testing.T, b *bench, op, in, out string) {
	t.Helper()
	type page struct{ Items []map[string]any }
	var got page
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	all := ask[page](t, b, op, "{%s}", strings.TrimSuffix(in, `,"Limit":2`))
	text := func(items []map[string]any) string {
		s := ";"
		for _, it := range items {
			s += fmt.Sprint(it) + ";"
		}
		return s
	}
	whole, part := text(all.Items), text(got.Items)
	if strings.HasSuffix(in, `"Limit":2`) && strings.Contains(whole, part) {
		return
	}
	if !strings.HasSuffix(whole, part) {
		t.Errorf("%s: %s is not the end of %s", op, part, whole)
	}
}

// FuzzIterators holds that no text that a client makes is an iterator.
func FuzzIterators(f *testing.F) {
	b := newBench(f)
	text, err := b.sealIterator(&iterator{stream: "arn:aws:dynamodb:eu-west-3:1:table/t/stream/l", shard: 3})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(text[:len(text)-1])
	f.Add("arn|1|AAAAAAAAAAAAAAAAAAAAAAAAAAAA")
	f.Add("|1|")
	f.Fuzz(func(t *testing.T, other string) {
		if it, err := b.openIterator(other); err == nil && other != text {
			t.Errorf("%q opens as %+v", other, it)
		}
	})
}

// FuzzTables makes tables of any description: it is refused, or the table is
// after a start what it was before.
func FuzzTables(f *testing.F) {
	f.Add(modelTable)
	f.Add(crashTable)
	f.Add(twinPair)
	f.Add(hashTable)
	f.Add(`{"TableName":"t-1","AttributeDefinitions":[{"AttributeName":"é","AttributeType":"B"}],"KeySchema":[{"AttributeName":"é","KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":9},"Tags":[{"Key":"a","Value":""}],"TableClass":"STANDARD_INFREQUENT_ACCESS","DeletionProtectionEnabled":true}`)
	db := newBench(f).db // one for all, since to open it takes longer than the rest
	f.Fuzz(func(t *testing.T, in string) {
		if err := db.Clear(); err != nil {
			t.Fatal(err)
		}
		b := benchOn(db)
		if _, _, err := b.do("CreateTable", in); err != nil {
			return
		}
		names := ask[struct{ TableNames []string }](t, b, "ListTables", `{}`).TableNames
		if len(names) != 1 {
			t.Fatalf("the tables are %v", names)
		}
		ask := func(b *bench) string {
			out, _, err := b.do("DescribeTable", fmt.Sprintf(`{"TableName":"%s"}`, names[0]))
			if err != nil {
				t.Fatal(err)
			}
			return out
		}
		if before, after := ask(b), ask(benchOn(b.db)); before != after {
			t.Errorf("%s is described as\n%s, and after a start as\n%s", in, before, after)
		}
	})
}

// FuzzImports holds that whatever an object has in it is read to an end: each
// item that is found is one that DynamoDB takes, with the attributes that CSV names.
func FuzzImports(f *testing.F) {
	f.Add("DYNAMODB_JSON", "NONE", "", []byte(`{"Item":{"pk":{"S":"a"}}} {"Item":{"pk":{"S":"b"},"l":{"L":[{"NULL":true}]}}}`))
	f.Add("CSV", "NONE", ";", []byte("pk;n\na;1\n\"b;c\";x\n"))
	f.Add("DYNAMODB_JSON", "GZIP", "", []byte("\x1f\x8b\x08\x00\x00\x00\x00\x00"))
	f.Add("DYNAMODB_JSON", "ZSTD", "", []byte("\x28\xb5\x2f\xfd\x04\x00"))
	f.Fuzz(func(t *testing.T, format, compression, delimiter string, object []byte) {
		in := &ImportTableInput{InputFormat: format, InputCompressionType: compression, TableCreationParameters: TableCreationParameters{
			AttributeDefinitions: []AttributeDefinition{{"n", "N"}, {"b", "B"}},
		}}
		if len(delimiter) == 1 {
			in.InputFormatOptions = &InputFormatOptions{&CsvOptions{Delimiter: delimiter}}
		}
		r, err := openRows(in, bytes.NewReader(object))
		if err != nil {
			return
		}
		defer r.close()
		for range 1000 {
			it, err := r.next()
			if _, bad := err.(badItem); bad {
				continue
			}
			if err != nil {
				return
			}
			if again, err := parseItem(rawItem(it)); err != nil || !bytes.Equal(again, it) {
				t.Fatalf("%s is read back as %s, %v", it, again, err)
			}
		}
	})
}
