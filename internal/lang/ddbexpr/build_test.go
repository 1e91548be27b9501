package ddbexpr

import (
	"fmt"
	"testing"
)

func value(t testing.TB, json string) Value {
	t.Helper()
	v, err := AppendValue(nil, []byte(json))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestBuilt compares what is built with what is read: results and errors.
func TestBuilt(t *testing.T) {
	it := item(t, testItem)
	path := func(steps ...any) Path {
		var p Path
		for _, s := range steps {
			if i, ok := s.(int); ok {
				p = append(p, Step{"", i})
			} else {
				p = append(p, nameStep(s.(string)))
			}
		}
		return p
	}
	at := func(steps ...any) Operand { return PathOperand(path(steps...)) }
	v := func(json string) Operand { return ValueOperand(value(t, json)) }
	six := v(`{"N":"6"}`)

	for text, test := range map[string]Test{
		"n < :six":                            Compare("<", at("n"), six),
		"NOT n BETWEEN :one AND :six":         Between(at("n"), v(`{"N":"1"}`), six).Not(),
		"l[1] IN (:six, :one)":                In(at("l", 1), []Operand{six, v(`{"N":"1"}`)}),
		"begins_with(s, :he) AND n = :n":      Holds("begins_with", at("s"), v(`{"S":"he"}`)).And(Compare("=", at("n"), v(`{"N":"5"}`))),
		"attribute_exists(x) OR size(s) = :n": Holds("attribute_exists", at("x")).Or(Compare("=", CallOperand("size", at("s")), v(`{"N":"5"}`))),
		"n < :t":                              Compare("<", at("n"), v(`{"BOOL":true}`)),
		"n = n":                               Compare("=", at("n"), at("n")),
		"attribute_exists(n, s)":              Holds("attribute_exists", at("n"), at("s")),
		"attribute_exists(:s)":                Holds("attribute_exists", v(`{"S":"hello"}`)),
		"attribute_type(n, :bad)":             Holds("attribute_type", at("n"), v(`{"S":"XX"}`)),
	} {
		read, err := params(t).condition(text)
		built, err2 := test.Condition()
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Errorf("%s: %v, built %v", text, err, err2)
		} else if err == nil && read.Match(it) != built.Match(it) {
			t.Errorf("%s is %v, built %v", text, read.Match(it), built.Match(it))
		}
	}
	if c, err := (Test{}).And(Test{}).Condition(); c != nil || err != nil {
		t.Errorf("no test is %v, %v", c, err)
	}

	for text, changes := range map[string][]Change{
		"SET n = n + :one, y = :six REMOVE l[0]": {SetSum(path("n"), at("n"), "+", v(`{"N":"1"}`)), Set(path("y"), six), Remove(path("l", 0))},
		"SET l = list_append(l, :l)":             {Set(path("l"), CallOperand("list_append", at("l"), v(`{"L":[{"S":"y"}]}`)))},
		"ADD ss :bs DELETE ns :ns":               {AddMembers(path("ss"), value(t, `{"SS":["b"]}`)), DeleteMembers(path("ns"), value(t, `{"NS":["2","3"]}`))},
		"SET n = :s - :one":                      {SetSum(path("n"), v(`{"S":"hello"}`), "-", v(`{"N":"1"}`))},
		"SET m.a = :six, m = :m":                 {Set(path("m", "a"), six), Set(path("m"), v(`{"M":{"a":{"N":"1"}}}`))},
		"SET n = if_not_exists(absent, :six)":    {Set(path("n"), CallOperand("if_not_exists", at("absent"), six))},
		"SET n = list_append(l)":                 {Set(path("n"), CallOperand("list_append", at("l")))},
	} {
		read, err := params(t).update(text)
		built, err2 := Changes(changes)
		if fmt.Sprint(err) != fmt.Sprint(err2) {
			t.Errorf("%s: %v, built %v", text, err, err2)
			continue
		}
		if err != nil {
			continue
		}
		a, err := read.Append(nil, it)
		b, err2 := built.Append(nil, it)
		if a.String() != b.String() || err != nil || err2 != nil {
			t.Errorf("%s:\n%s %v\nbuilt %s %v", text, a, err, b, err2)
		}
	}
}

func TestColumns(t *testing.T) {
	it := item(t, testItem)
	c := NewColumns([]string{"z", "l[1]", "absent", "c"}, []Path{{nameStep("n")}, {nameStep("l"), {"", 1}}, {nameStep("absent")}, {nameStep("m"), nameStep("b"), nameStep("c")}})
	if got, want := c.Append(nil, it).String(), `{"c":{"S":"v"},"l[1]":{"N":"1"},"z":{"N":"5"}}`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
