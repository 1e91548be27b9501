package partiql

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// show writes an expression with all its parentheses.
func show(e Expr) string {
	list := func(es []Expr) string {
		var all []string
		for _, e := range es {
			all = append(all, show(e))
		}
		return strings.Join(all, " ")
	}
	switch e := e.(type) {
	case nil:
		return "-"
	case *Path:
		var steps []string
		for _, s := range e.Steps {
			if s.Index >= 0 {
				s.Name = fmt.Sprint(s.Index)
			}
			steps = append(steps, s.Name)
		}
		return strings.Join(steps, ".")
	case *Literal:
		return [...]string{"null", "missing", "", "#", "'", "`"}[e.Type] + e.Text
	case *Param:
		return fmt.Sprint("?", e.Index)
	case *List:
		return "[" + list(e.Elems) + "]"
	case *Bag:
		return "<<" + list(e.Elems) + ">>"
	case *Struct:
		var all []string
		for _, f := range e.Fields {
			all = append(all, show(f.Key)+":"+show(f.Value))
		}
		return "{" + strings.Join(all, " ") + "}"
	case *Op:
		return "(" + e.Sign + " " + list(e.Args) + ")"
	case *Is:
		return fmt.Sprintf("(is %s %s %v)", show(e.X), e.Type, !e.Not)
	case *Call:
		return e.Name + "(" + list(e.Args) + ")"
	case *Query:
		return "(" + showStatement(e.Statement) + ")"
	}
	return "?"
}

func showStatement(st Statement) string {
	target := st.Target().Table
	if st.Target().Index != "" {
		target += "/" + st.Target().Index
	}
	switch st := st.(type) {
	case *Select:
		var columns []string
		for _, c := range st.Columns {
			columns = append(columns, show(c)+" as "+c.Column())
		}
		return fmt.Sprintf("select %v of %s where %s order %v", columns, target, show(st.Where), st.Order)
	case *Insert:
		return "insert " + show(st.Item) + " into " + target
	case *Update:
		var actions []string
		for _, a := range st.Actions {
			actions = append(actions, show(a.Path)+" = "+show(a.Value))
		}
		return fmt.Sprintf("update %s %v where %s returning %s", target, actions, show(st.Where), st.Returning)
	case *Delete:
		return fmt.Sprintf("delete %s where %s returning %s", target, show(st.Where), st.Returning)
	case *Exists:
		return "exists " + showStatement(st.Select)
	}
	return "?"
}

// TestGuide reads statements like those that the developer guide shows.
func TestGuide(t *testing.T) {
	for text, want := range map[string]string{
		`SELECT * FROM Music`:                                                                         `select [] of Music where - order []`,
		`select * from "Music"."byYear" ;`:                                                            `select [] of Music/byYear where - order []`,
		`SELECT a, b.c[1][2], "d e" FROM t.i`:                                                         `select [a as a b.c.1.2 as c[1][2] d e as d e] of t/i where - order []`,
		`SELECT m['k'] FROM t -- comment`:                                                             `select [m.k as k] of t where - order []`,
		`SELECT l[-0] /* zero */ FROM t`:                                                              `select [l.0 as l[0]] of t where - order []`,
		`SELECT * FROM t WHERE a IN [1,-2,?]`:                                                         `select [] of t where (in a [#1 #-2 ?0]) order []`,
		`SELECT * FROM t WHERE a IN (1, 2)`:                                                           `select [] of t where (in a [#1 #2]) order []`,
		`SELECT * FROM t WHERE a NOT IN ?`:                                                            `select [] of t where (not in a ?0) order []`,
		`SELECT * FROM t WHERE size("a") != 3`:                                                        `select [] of t where (<> size(a) #3) order []`,
		`SELECT * FROM t WHERE a IS NOT MISSING AND b IS NULL`:                                        `select [] of t where (and (is a MISSING false) (is b NULL true)) order []`,
		`SELECT * FROM t WHERE a BETWEEN ? AND ? AND b = 'it''s'`:                                     `select [] of t where (and (between a ?0 ?1) (= b 'it's)) order []`,
		`SELECT * FROM "Orders" WHERE OrderID = 1 ORDER BY OrderID DESC, n`:                           `select [] of Orders where (= OrderID #1) order [{OrderID true} {n false}]`,
		`INSERT INTO "Music" value {'Artist' : 'Acme', 'n': -1.5e3, 's': <<1, .5>>, 'l': [TRUE, {}]}`: `insert {'Artist:'Acme 'n:#-1.5e3 's:<<#1 #.5>> 'l:[true {}]} into Music`,
		`UPDATE "Music" SET a = a + 1 SET b.c = list_append(b.c, ?) REMOVE d[1] WHERE k = 'x' RETURNING ALL OLD *`: `update Music [a = (+ a #1) b.c = list_append(b.c ?0) d.1 = -] where (= k 'x) returning ALL OLD`,
		`UPDATE t SET a = 1, b = SET_ADD(b, <<'x'>>) WHERE k = 1 RETURNING MODIFIED NEW *`:                         `update t [a = #1 b = set_add(b <<'x>>)] where (= k #1) returning MODIFIED NEW`,
		`FROM t WHERE k = 1 SET a = 2 REMOVE b RETURNING ALL NEW *`:                                                `update t [a = #2 b = -] where (= k #1) returning ALL NEW`,
		`DELETE FROM "Music" WHERE "Artist" = ? AND n = ?`:                                                         `delete Music where (and (= Artist ?0) (= n ?1)) returning `,
		"EXISTS(SELECT * FROM t\nWHERE k = 1 AND a IS MISSING)":                                                    `exists select [] of t where (and (= k #1) (is a MISSING true)) order []`,
	} {
		st, params, err := Parse(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := showStatement(st); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
		if want := strings.Count(text, "?"); params != want {
			t.Errorf("%s: %d parameters", text, params)
		}
	}
}

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		`a = 1 OR b = 2 AND NOT c = 3`:      `(or (= a #1) (and (= b #2) (not (= c #3))))`,
		`(a = 1 OR b = 2) AND c = 3`:        `(and (or (= a #1) (= b #2)) (= c #3))`,
		`a = b < c`:                         `(= a (< b c))`,
		`a + 1 > b - - 2`:                   `(> (+ a #1) (- b #-2))`,
		`NOT a BETWEEN 1 AND 2 OR b`:        `(or (not (between a #1 #2)) b)`,
		`a NOT BETWEEN 1 AND 2 AND b`:       `(and (not between a #1 #2) b)`,
		`a IS NOT NULL = true`:              `(= (is a NULL false) true)`,
		`a = 1 AND b IN [1] AND c LIKE 'x'`: `(and (and (= a #1) (in b [#1])) (like c 'x))`,
	} {
		st, _, err := Parse("SELECT * FROM t WHERE " + text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if got := show(st.(*Select).Where); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestRefusals(t *testing.T) {
	const malformed = "Statement wasn't well formed, can't be processed: "
	for text, want := range map[string]string{
		`SLECT * FROM t WHERE a = 1`:                         malformed + "Expected data manipulation",
		`SELECTT * FROMM "t"`:                                malformed + "Unexpected token after expression",
		`UPDATE a-b SET c = 1`:                               malformed + "Expected data manipulation",
		`SELECT * FROM t WHERE`:                              malformed + "Unexpected term",
		`SELECT * FROM t WHERE;`:                             malformed + "Unexpected term",
		`SELECT * FROM t WHERE NOT`:                          malformed + "Unexpected term",
		`SELECT * FROM`:                                      malformed + "Unexpected term",
		`SELECT * FROM t WHERE a = 1 AND`:                    malformed + "Missing right-hand side expression of infix operator",
		`SELECT * FROM t WHERE ORDER BY a`:                   malformed + "Unexpected keyword",
		`SELECT * FROM t WHERE IS NULL`:                      malformed + "Unexpected operator",
		`SELECT * FROM t WHERE a = LIKE`:                     malformed + "Unexpected operator",
		`SELECT * FROM t WHERE a IS FOO`:                     malformed + "Expected type name",
		`SELECT * FROM t WHERE user = 1`:                     malformed + "Unexpected keyword",
		`SELECT * FROM t WHERE m.inner = 1`:                  malformed + "Invalid path dot component",
		`SELECT * FROM t ORDER BY a WHERE a = 1`:             malformed + "Unexpected token after expression",
		`SELECT * FROM t WHERE a = 1 e5`:                     malformed + "Unexpected token after expression",
		`SELECT * FROM t WHERE a = 1)`:                       malformed + "Unexpected token after expression",
		`SELECT * FROM t WHERE a = 1; SELECT`:                malformed + "Unexpected token after expression",
		`SELECT * FROM t WHERE a = 1e2147483648`:             malformed,
		`SELECT * FROM t WHERE a = 1.5e-2147483647`:          malformed,
		`SELECT * FROM t # note`:                             malformed,
		`SELECT * FROM t /* note`:                            malformed,
		`SELECT * FROM "t`:                                   malformed,
		`DELETE FROM WHERE a = 1`:                            malformed + "Expected identifier for simple path",
		`INSERT INTO "t" t VALUE {'a': 1}`:                   malformed + "Unexpected token after expression",
		`INSERT INTO t (key, a) VALUES (1, 2)`:               malformed + "Unexpected keyword",
		`FROM t SET a = 1 WHERE b = 1`:                       malformed + "Unexpected token after expression",
		`x IS DOUBLE PRECISION`:                              "Unsupported operation: IsType",
		`CREATE TABLE t`:                                     "Unsupported operation: Ddl",
		`SELECT * FROM t x`:                                  "Aliasing is not supported",
		`UPDATE t AS x SET a = 1`:                            "Aliasing is not supported",
		`SELECT a, b FROM t, u`:                              "Only select from a single table or index is supported.",
		`SELECT * FROM t LEFT JOIN u ON a = b`:               "Only select from a single table or index is supported.",
		`SELECT * FROM t LIMIT 1`:                            "Unsupported clause: LIMIT",
		`SELECT * FROM t GROUP BY a`:                         "Unsupported clause: GROUP BY",
		`SELECT VALUE a FROM t`:                              "Select projection doesn't support value or pivot keywords",
		`SELECT *, a FROM t`:                                 "Other attributes should not be present in the projection when '*' is used.",
		`SELECT a.x, b.x FROM t`:                             "Duplicate identifiers in select clause: x",
		`SELECT COUNT(*) FROM t`:                             "Unexpected path component at 1:8:5",
		"SELECT a,\n size(b) FROM t":                         "Unexpected path component at 2:2:4",
		`SELECT l[-1] FROM t`:                                "List index is not within the allowable range; index: [-1] at 1:11:1",
		`SELECT l[2147483648] FROM t`:                        "List index is not within the allowable range; index: [2147483648] at 1:10:10",
		`SELECT * FROM a-b`:                                  "Unexpected from source",
		`SELECT * FROM a.b.c`:                                "A path may contain at most 2 components in the FROM clause",
		`SELECT * FROM ""`:                                   "Path component cannot be an empty string",
		`INSERT INTO t.i VALUE {}`:                           "FROM clause may only contain a single table name in data manipulation statements",
		`UPDATE t.i SET a = 1 WHERE b = 1`:                   "This operation is not supported on an index",
		`INSERT INTO t <<{'a': 1}>>`:                         `Unsupported operation: Inserting multiple items in a single statement is not supported, use "INSERT INTO tableName VALUE item" instead`,
		`DELETE FROM t WHERE a = 1 RETURNING MODIFIED OLD *`: "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.",
		`UPDATE t SET a = 1 RETURNING ALL OLD a`:             "Expected '*' after ( MODIFIED | ALL ) ( NEW | OLD ) in RETURNING clause",
	} {
		if _, _, err := Parse(text); err == nil || err.Error() != want {
			t.Errorf("%s:\n got %v\nwant %s", text, err, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		`SELECT a.b[0], "c" FROM "t"."i" WHERE a = 1 AND (b IN ['x', ?] OR NOT c BETWEEN 1 AND -2.5e3) ORDER BY a DESC;`,
		`INSERT INTO t VALUE {'a': <<1, 2>>, 'b': [null, {'c': true}]}`,
		`UPDATE t SET a = set_add(a, <<'x'>>) REMOVE b.c WHERE k = ? RETURNING MODIFIED NEW *`,
		`DELETE FROM t WHERE k = 'x' /* c */ -- d`, `EXISTS(SELECT * FROM t WHERE k IS NOT MISSING)`, `FROM t SET a = 1`, "(((", "[[{<<", "SELECT", "`x", "1e99", "é.ü",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 8192 {
			return // no statement is longer
		}
		st, params, err := Parse(text)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without a message")
			}
			return
		}
		if params < 0 || params > strings.Count(text, "?") {
			t.Errorf("%d parameters in %q", params, text)
		}
		tokens, err := lex(text)
		if err != nil {
			t.Fatal(err)
		}
		var widths []int
		for _, line := range strings.Split(text, "\n") {
			widths = append(widths, utf8.RuneCountInString(line))
		}
		for _, k := range tokens {
			if k.Line > len(widths) || k.Column-1 > widths[k.Line-1] {
				t.Errorf("%q at %s of %q", k.text, k.Pos, text)
			}
		}
		if showStatement(st) == "?" {
			t.Errorf("%q is no statement", text)
		}
	})
}
