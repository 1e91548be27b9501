package ddbexpr

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
)

const (
	testItem   = `{"n":{"N":"5"},"s":{"S":"hello"},"b":{"B":"aGVsbG8="},"t":{"BOOL":true},"z":{"NULL":true},"ss":{"SS":["a","b"]},"ns":{"NS":["1","2"]},"l":{"L":[{"S":"x"},{"N":"1"},{"M":{"k":{"S":"deep"}}}]},"m":{"M":{"a":{"N":"1"},"b":{"M":{"c":{"S":"v"}}}}},"a.b":{"S":"dotted"}}`
	testValues = `{":n":{"N":"5"},":six":{"N":"6"},":one":{"N":"1"},":s":{"S":"hello"},":he":{"S":"he"},":a":{"S":"a"},":b":{"B":"aGVsbG8="},":l":{"L":[{"S":"y"}]},":m":{"M":{"a":{"N":"1"}}},":ss":{"SS":["b","a"]},":bs":{"SS":["b"]},":ns":{"NS":["2","3"]},":t":{"BOOL":true},":SS":{"S":"SS"},":bad":{"S":"XX"},":x":{"S":"x"},":nul":{"NULL":true}}`
)

func params(t testing.TB) *Params {
	t.Helper()
	p, err := NewParams(map[string]string{"#n": "n", "#dot": "a.b", "#size": "size", "#0": "n"}, []byte(testValues))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestConditions(t *testing.T) {
	it := item(t, testItem)
	for text, want := range map[string]bool{
		"n = :n": true, "#n = :n": true, "#0 = :n": true, "n <> :n": false, "n < :six": true, "n >= :n": true, "n > :n": false, "n <= :six": true,
		"absent = :n": false, "absent <> :n": true, "absent < :n": false, "gone = lost": false, "gone <> lost": true,
		"n = :s": false, "n <> :s": true, "n < :s": false,
		"ss = :ss": true, "m.a = :one": true, "l[1] = :one": true, "l[2].k <> :s": true, "#dot = :s": false, "attribute_exists(#dot)": true,
		"n BETWEEN :one AND :six": true, "n between :six and :six": false, "n BETWEEN :one AND :six AND s = :s": true,
		"n IN (:one, :six, :n)": true, "n in (:one)": false,
		"attribute_exists(m.b.c)": true, "attribute_exists(m.b.d)": false, "attribute_not_exists(zz)": true, "attribute_not_exists(n)": false,
		"attribute_type(ss, :SS)": true, "attribute_type(n, :SS)": false, "attribute_type(zz, :SS)": false,
		"begins_with(s, :he)": true, "begins_with(n, :he)": false, "begins_with(b, :b)": true, "begins_with(zz, :he)": false,
		"contains(s, :he)": true, "contains(ss, :a)": true, "contains(ss, :he)": false, "contains(l, :x)": true, "contains(l, :one)": true, "contains(ns, :one)": true, "contains(n, :n)": false,
		"size(s) = :n": true, "size(l) < :n": true, "size(ss) > :one": true, "size(m) < size(s)": true, "size(n) = :n": false, "size(b) = :n": true,
		"n = :n OR s = :he AND n = :one": true, "(n = :n OR s = :he) AND n = :one": false, "NOT n = :n": false, "NOT NOT n = :n": true, "not (n = :one) and s = :s": true,
		"(n) = :n": true, "n = (:n)": true, "(m).a = :one": true, "(n = :n AND (s = :s))": true,
		":n = n": true, ":n = :six": false, "l[0]=:x": true, "m = :m": false, "t = :t": true, "z = :nul": true,
		"n=:n\nAND\ts=:s": true,
	} {
		c, err := params(t).Condition("ConditionExpression", text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := c.Match(it); got != want {
			t.Errorf("%s is %v", text, got)
		}
	}
}

func TestConditionErrors(t *testing.T) {
	many := "n = :n" + strings.Repeat(" OR n = :n", 150)
	for text, want := range map[string]string{
		"":                         "The expression can not be empty;",
		"n":                        `Syntax error; token: "<EOF>", near: "n"`,
		"a x b":                    `Syntax error; token: "x", near: "a x b"`,
		"n = ":                     `Syntax error; token: "<EOF>", near: "="`,
		"n = :n )":                 `Syntax error; token: ")", near: ":n )"`,
		"n = :n AND":               `Syntax error; token: "<EOF>", near: "AND"`,
		"n = :n = :n":              `Syntax error; token: "=", near: ":n = :n"`,
		"_n = :n":                  `Syntax error; token: "_", near: "_n"`,
		"l[x] = :n":                `Syntax error; token: "x", near: "[x]"`,
		"n AND s = :s":             `Syntax error; token: "AND", near: "n AND s"`,
		"name = :n":                "Attribute name is a reserved keyword; reserved keyword: name",
		"m.Status = :n":            "Attribute name is a reserved keyword; reserved keyword: Status",
		"#x = :n":                  "An expression attribute name used in the document path is not defined; attribute name: #x",
		"n = :v":                   "An expression attribute value used in expression is not defined; attribute value: :v",
		"f(n) = :n":                "Invalid function name; function: f",
		"Attribute_Exists(n)":      "Invalid function name; function: Attribute_Exists",
		"begins_with(s)":           "Incorrect number of operands for operator or function; operator or function: begins_with, number of operands: 1",
		"begins_with(s, :n)":       "Incorrect operand type for operator or function; operator or function: begins_with, operand type: N",
		"attribute_exists(:s)":     "Operator or function requires a document path; operator or function: attribute_exists",
		"attribute_type(s, n)":     "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
		"attribute_type(s, :bad)":  "Invalid attribute type name found; type: XX, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
		"size(s)":                  "The function is not allowed to be used this way in an expression; function: size",
		"attribute_exists(n) = :t": "The function is not allowed to be used this way in an expression; function: attribute_exists",
		"if_not_exists(n, s) = :n": "The function is not allowed to be used this way in an expression; function: if_not_exists",
		"size(:n) = :n":            "Incorrect operand type for operator or function; operator or function: size, operand type: N",
		"n < :l":                   "Incorrect operand type for operator or function; operator or function: <, operand type: L",
		"n BETWEEN :six AND :n":    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:6}, upper bound operand: AttributeValue: {N:5}",
		"n BETWEEN :s AND :n":      "The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {S:hello}, upper bound operand: AttributeValue: {N:5}",
		"n = n":                    "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [n]",
		"l[0] = l[0]":              "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [l, [0]]",
		"((n = :n))":               "The expression has redundant parentheses;",
		"n = ((:n))":               "The expression has redundant parentheses;",
		many:                       "The expression contains too many operators; operator count: 301",
		strings.Repeat("n", 4097):  "Expression size has exceeded the maximum allowed size; expression size: 4097",
		"n = :v AND name = :n":     "Attribute name is a reserved keyword; reserved keyword: name",
	} {
		_, err := params(t).Condition("FilterExpression", text)
		if err == nil || err.Error() != "Invalid FilterExpression: "+want {
			t.Errorf("%s:\n got %v\nwant Invalid FilterExpression: %s", text, err, want)
		}
	}
}

func TestUpdate(t *testing.T) {
	for _, c := range []struct{ text, from, want string }{
		{"SET a = :n", `{}`, `{"a":{"N":"5"}}`},
		{"SET a = :n, b = a", `{"a":{"S":"old"}}`, `{"a":{"N":"5"},"b":{"S":"old"}}`},
		{"SET a = a + :one", `{"a":{"N":"2"}}`, `{"a":{"N":"3"}}`},
		{"SET a = :six - a", `{"a":{"N":"2"}}`, `{"a":{"N":"4"}}`},
		{"SET a = (a - :one)", `{"a":{"N":"2"}}`, `{"a":{"N":"1"}}`},
		{"SET a = if_not_exists(a, :one) + :one", `{}`, `{"a":{"N":"2"}}`},
		{"SET a = if_not_exists(a, :one) + if_not_exists(b, :six)", `{"b":{"N":"1"}}`, `{"a":{"N":"2"},"b":{"N":"1"}}`},
		{"SET l = list_append(if_not_exists(l, :l), :l)", `{}`, `{"l":{"L":[{"S":"y"},{"S":"y"}]}}`},
		{"SET l = list_append(:l, l)", `{"l":{"L":[{"S":"z"}]}}`, `{"l":{"L":[{"S":"y"},{"S":"z"}]}}`},
		{"SET m.a = :n, m.c = :s", `{"m":{"M":{"a":{"N":"1"},"b":{"N":"2"}}}}`, `{"m":{"M":{"a":{"N":"5"},"b":{"N":"2"},"c":{"S":"hello"}}}}`},
		{"SET l[1] = :n", `{"l":{"L":[{"S":"a"},{"S":"b"}]}}`, `{"l":{"L":[{"S":"a"},{"N":"5"}]}}`},
		{"SET l[9] = :n, l[7] = :s", `{"l":{"L":[{"S":"a"}]}}`, `{"l":{"L":[{"S":"a"},{"S":"hello"},{"N":"5"}]}}`},
		{"REMOVE l[0], l[2]", `{"l":{"L":[{"S":"a"},{"S":"b"},{"S":"c"},{"S":"d"}]}}`, `{"l":{"L":[{"S":"b"},{"S":"d"}]}}`},
		{"SET l[1] = :n REMOVE l[0]", `{"l":{"L":[{"S":"a"},{"S":"b"}]}}`, `{"l":{"L":[{"N":"5"}]}}`},
		{"REMOVE l[9]", `{"l":{"L":[{"S":"a"}]}}`, `{"l":{"L":[{"S":"a"}]}}`},
		{"REMOVE a, zz", `{"a":{"S":"x"},"b":{"S":"y"}}`, `{"b":{"S":"y"}}`},
		{"remove m.a", `{"m":{"M":{"a":{"S":"x"}}}}`, `{"m":{"M":{}}}`},
		{"ADD a :one", `{}`, `{"a":{"N":"1"}}`},
		{"ADD a :one", `{"a":{"N":"-1"}}`, `{"a":{"N":"0"}}`},
		{"ADD s :ss", `{"s":{"SS":["c","a"]}}`, `{"s":{"SS":["a","b","c"]}}`},
		{"ADD s :ns", `{}`, `{"s":{"NS":["2","3"]}}`},
		{"DELETE s :bs", `{"s":{"SS":["a","b"]}}`, `{"s":{"SS":["a"]}}`},
		{"DELETE s :ss", `{"s":{"SS":["a","b"]}}`, `{}`},
		{"DELETE s :ss", `{"a":{"S":"x"}}`, `{"a":{"S":"x"}}`},
		{"SET #dot = :n", `{}`, `{"a.b":{"N":"5"}}`},
		{"SET a = :n ADD c :one DELETE s :bs REMOVE r", `{"r":{"N":"1"},"s":{"SS":["b","c"]}}`, `{"a":{"N":"5"},"c":{"N":"1"},"s":{"SS":["c"]}}`},
		{"SET l[0].k = :n", `{"l":{"L":[{"M":{"k":{"S":"a"},"q":{"S":"stays"}}}]}}`, `{"l":{"L":[{"M":{"k":{"N":"5"},"q":{"S":"stays"}}}]}}`},
	} {
		u, err := params(t).Update(c.text)
		if err != nil {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		from := item(t, c.from)
		keep := bytes.Clone(from)
		got, err := u.Append(nil, from)
		if err != nil || got.String() != c.want {
			t.Errorf("%s of %s:\n got %s, %v\nwant %s", c.text, c.from, got, err, c.want)
		}
		if !bytes.Equal(from, keep) {
			t.Errorf("%s changed the old item", c.text)
		}
	}
}

func TestUpdateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                           "The expression can not be empty;",
		"INVALID SYNTAX":             `Syntax error; token: "INVALID", near: "INVALID SYNTAX"`,
		"SET a = :n, ":               `Syntax error; token: "<EOF>", near: ","`,
		"SET a = b + c + d":          `Syntax error; token: "+", near: "c + d"`,
		"SET a = list_append(b + c)": `Syntax error; token: "+", near: "b + c"`,
		"ADD a n":                    `Syntax error; token: "n", near: "a n"`,
		"SET a = :v":                 "An expression attribute value used in expression is not defined; attribute value: :v",
		"SET #q = :n":                "An expression attribute name used in the document path is not defined; attribute name: #q",
		"SET name = :n":              "Attribute name is a reserved keyword; reserved keyword: name",
		"SET a = size(s)":            "The function is not allowed to be used this way in an expression; function: size",
		"SET a = list_append(list_append(:l, b), :l)": "The function is not allowed to be used this way in an expression; function: list_append",
		"SET a = list_append(:l, list_append(b, :l))": "The function is not allowed to be used this way in an expression; function: list_append",
		"SET a = b" + strings.Repeat(".c", 32):        "The document path has too many nesting levels; nesting levels: 33",
		"SET a" + strings.Repeat("[0]", 32) + " = :n": "The document path has too many nesting levels; nesting levels: 33",
		"SET a = foo(:n)":               "Invalid function name; function: foo",
		"SET a = :n SET b = :n":         `The "SET" section can only be used once in an update expression;`,
		"SET a = :n, a.b = :n":          "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]",
		"SET a.b = :n REMOVE a[0]":      "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
		"ADD a :s":                      "Incorrect operand type for operator or function; operator: ADD, operand type: STRING",
		"DELETE a :n":                   "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER",
		"SET a = b + :s":                "Incorrect operand type for operator or function; operator or function: +, operand type: S",
		"SET a = list_append(b, :n)":    "Incorrect operand type for operator or function; operator or function: list_append, operand type: N",
		"SET a = if_not_exists(:n, :n)": "Operator or function requires a document path; operator or function: if_not_exists",
		"SET a = if_not_exists(b)":      "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 1",
	} {
		_, err := params(t).Update(text)
		if err == nil || err.Error() != "Invalid UpdateExpression: "+want {
			t.Errorf("%s:\n got %v\nwant Invalid UpdateExpression: %s", text, err, want)
		}
	}
	for text, want := range map[string]error{
		"SET a = zz":                 errNoAttribute,
		"SET a = zz + :n":            errNoAttribute,
		"SET a = s + :n":             errOperand,
		"SET zz.a = :n":              errUpdatePath,
		"SET s.a = :n":               errUpdatePath,
		"SET m[0] = :n":              errUpdatePath,
		"REMOVE zz.a":                errUpdatePath,
		"DELETE zz.a :ss":            errUpdatePath,
		"ADD s :n":                   errOperand,
		"DELETE ns :ss":              errOperand,
		"SET a = list_append(s, :l)": errOperand,
	} {
		u, err := params(t).Update(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if _, err := u.Append(nil, item(t, testItem)); err != want {
			t.Errorf("%s: %v, want %v", text, err, want)
		}
	}
}

func TestUpdateDepth(t *testing.T) {
	nest := func(n int) string { return strings.Repeat(`{"L":[`, n) + strings.Repeat(`]}`, n) }
	for depth, want := range map[int]error{31: nil, 32: errTooDeep} {
		p, err := NewParams(nil, []byte(`{":v":`+nest(depth)+`}`))
		if err != nil {
			t.Fatal(err)
		}
		u, err := p.Update("SET m.a = :v")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := u.Append(nil, item(t, `{"m":{"M":{}}}`)); err != want {
			t.Errorf("a value of %d levels inside another: %v, want %v", depth, err, want)
		}
	}
}

func TestProjection(t *testing.T) {
	it := item(t, `{"a":{"S":"1"},"l":{"L":[{"S":"x"},{"S":"y"},{"M":{"k":{"N":"1"},"j":{"N":"2"}}}]},"m":{"M":{"p":{"S":"p"},"q":{"M":{"r":{"S":"r"}}}}}}`)
	for text, want := range map[string]string{
		"a":              `{"a":{"S":"1"}}`,
		"zz":             `{}`,
		"m.q.r, a":       `{"a":{"S":"1"},"m":{"M":{"q":{"M":{"r":{"S":"r"}}}}}}`,
		"m.zz":           `{}`,
		"l[2], l[0]":     `{"l":{"L":[{"S":"x"},{"M":{"j":{"N":"2"},"k":{"N":"1"}}}]}}`,
		"l[2].k":         `{"l":{"L":[{"M":{"k":{"N":"1"}}}]}}`,
		"l[7], a.b, m.p": `{"m":{"M":{"p":{"S":"p"}}}}`,
	} {
		pr, err := params(t).Projection(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := pr.Append(nil, it).String(); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	for text, want := range map[string]string{
		"!!! INVALID !!!": `Syntax error; token: "!", near: "!!"`,
		"a, a":            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a]",
		"a.b, a[0]":       "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [a, b], path two: [a, [0]]",
		"a.":              `Syntax error; token: "<EOF>", near: "."`,
		"name":            "Attribute name is a reserved keyword; reserved keyword: name",
	} {
		if _, err := params(t).Projection(text); err == nil || err.Error() != "Invalid ProjectionExpression: "+want {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func keyCondition(t testing.TB, text string) ([]KeyTerm, error) {
	c, err := params(t).Condition("KeyConditionExpression", text)
	if err != nil {
		return nil, err
	}
	return c.KeyTerms()
}

func TestKeyCondition(t *testing.T) {
	for text, want := range map[string]string{
		"n = :n":                             "n = 5",
		"n = :n AND s > :s":                  "n = 5, s > hello",
		":six < s AND (n = :n)":              "s > 6, n = 5",
		"(n = :n AND begins_with(s, :he))":   "n = 5, s begins_with he",
		"n = :n and s between :one and :six": "n = 5, s BETWEEN 1..6",
	} {
		terms, err := keyCondition(t, text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		var got []string
		show := func(v Value) string {
			if v.Type() == NumberType {
				return v.Number().String()
			}
			return v.Text()
		}
		for _, term := range terms {
			s := term.Name + " " + term.Sign + " " + show(term.Value)
			if term.Upper != nil {
				s += ".." + show(term.Upper)
			}
			got = append(got, s)
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s is %s, want %s", text, g, want)
		}
	}
	for text, want := range map[string]string{
		"n = :n OR s = :s":    "Invalid operator used in KeyConditionExpression: OR",
		"n <> :n":             "Invalid operator used in KeyConditionExpression: <>",
		"n IN (:n)":           "Invalid operator used in KeyConditionExpression: IN",
		"contains(n, :n)":     "Invalid operator used in KeyConditionExpression: contains",
		"n = :n AND n = :six": "Invalid KeyConditionExpression: KeyConditionExpressions must only contain one condition per key",
		"m.a = :n":            "Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes",
		"n = s":               "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
		":n = :six":           "Invalid condition in KeyConditionExpression: No key attribute specified",
		"begins_with(:s, s)":  "Invalid condition in KeyConditionExpression: begins_with operator must have the key attribute as its first operand",
		"size(s) = :n":        "Invalid KeyConditionExpression: KeyConditionExpressions cannot contain nested operations",
		"":                    "Invalid KeyConditionExpression: The expression can not be empty;",
	} {
		if _, err := keyCondition(t, text); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}

func TestParams(t *testing.T) {
	v := []byte(`{":v":{"S":"x"},":w":{"S":"y"}}`)
	p, err := NewParams(map[string]string{"#a": "a", "#b": "b"}, v)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Condition("ConditionExpression", "#a = :v"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unused(); err == nil || err.Error() != "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}" {
		t.Error(err)
	}
	if _, err := p.Condition("ConditionExpression", "#b = :v"); err != nil {
		t.Fatal(err)
	}
	if err := p.Unused(); err == nil || err.Error() != "Value provided in ExpressionAttributeValues unused in expressions: keys: {:w}" {
		t.Error(err)
	}
	if _, err := p.Condition("ConditionExpression", "#b = :w"); err != nil || p.Unused() != nil {
		t.Error(err, p.Unused())
	}
	for want, bad := range map[string]struct {
		names  map[string]string
		values string
	}{
		"ExpressionAttributeNames must not be empty":                             {map[string]string{}, ""},
		`ExpressionAttributeNames contains invalid key: Syntax error; key: "b"`:  {map[string]string{"b": "x"}, ""},
		"ExpressionAttributeValues must not be empty":                            {nil, `{}`},
		`ExpressionAttributeValues contains invalid key: Syntax error; key: "v"`: {nil, `{":a":{"N":"x"},"v":{}}`},
	} {
		var values []byte
		if bad.values != "" {
			values = []byte(bad.values)
		}
		if _, err := NewParams(bad.names, values); err == nil || err.Error() != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

func FuzzExpressions(f *testing.F) {
	for _, s := range []string{
		"n = :n AND (s < :s OR NOT contains(ss, :a))", "SET a = if_not_exists(b, :n) + :n, l[3] = :s REMOVE m.a ADD n :one DELETE ss :bs",
		"a.b[0].c, d", "((n))", "size(a) BETWEEN :n AND :six", "n IN (", "SET a = (((", "l[99999999999]", "a = b.", ")", "#n.#n[0]",
	} {
		f.Add(s, testItem)
	}
	f.Add("SET l[1].k = l, m.b.c = :m REMOVE l[0]", `{"l":{"L":[{"M":{}},{"M":{"k":{"S":"x"}}}]},"m":{"M":{"b":{"M":{}}}}}`)
	f.Add("ADD ns :ns DELETE ss :ss", `{"ns":{"NS":["1"]},"ss":{"SS":["a"]}}`)
	f.Fuzz(func(t *testing.T, text, js string) {
		it, err := ParseItem([]byte(js))
		if err != nil {
			return
		}
		c, err := params(t).Condition("C", text)
		if checkPlace(t, text, err); err == nil {
			c.Match(it)
			c.Match(nil)
		}
		pr, err := params(t).Projection(text)
		if checkPlace(t, text, err); err == nil {
			checkStored(t, pr.Append(nil, it))
		}
		_, err = keyCondition(t, text)
		checkPlace(t, text, err)
		u, err := params(t).Update(text)
		if checkPlace(t, text, err); err != nil {
			return
		}
		for _, from := range []Item{it, nil} {
			keep := bytes.Clone(from)
			if out, err := u.Append(nil, from); err == nil {
				checkStored(t, out)
			}
			if !bytes.Equal(from, keep) {
				t.Errorf("%s changed the old item", text)
			}
		}
	})
}

var syntaxError = regexp.MustCompile(`(?s)Syntax error; token: "(.*)", near: "(.*)"$`)

// checkPlace holds that a syntax error quotes the expression.
func checkPlace(t *testing.T, text string, err error) {
	t.Helper()
	if err == nil {
		return
	}
	m := syntaxError.FindStringSubmatch(err.Error())
	if m != nil && (m[1] != "<EOF>" && !strings.Contains(m[2], m[1]) || !strings.Contains(text, m[2])) {
		t.Errorf("%q: %v", text, err)
	}
}

// checkStored checks that an item is in its canonical form.
func checkStored(t *testing.T, it Item) {
	t.Helper()
	if again := item(t, it.String()); !bytes.Equal(again, it) {
		t.Errorf("%s is not in its one form", it)
	}
}
