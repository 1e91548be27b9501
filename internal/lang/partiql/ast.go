package partiql

import "strconv"

// Pos is where a token stands: line and column, counted in characters from 1,
// and its length.
type Pos struct{ Line, Column, Length int }

// String returns the place as DynamoDB's messages write it: 1:8:5.
func (p Pos) String() string {
	return strconv.Itoa(p.Line) + ":" + strconv.Itoa(p.Column) + ":" + strconv.Itoa(p.Length)
}

// A Statement is what a text asks for: a *Select, *Insert, *Update, *Delete or
// *Exists.
type Statement interface{ Target() Source }

// Source is the table of a statement, or an index of it.
type Source struct{ Table, Index string }

// Target returns the table or index that the statement is about.
func (s Source) Target() Source { return s }

// A Select reads items.
type Select struct {
	Source
	Columns []*Path // nil for all attributes
	Where   Expr    // nil if there is no condition
	Order   []Ordering
}

// Ordering is one term of ORDER BY.
type Ordering struct {
	Attribute string
	Desc      bool
}

// An Insert puts an item that is not there yet.
type Insert struct {
	Source
	Item Expr
}

// An Update changes an item.
type Update struct {
	Source
	Actions   []Action
	Where     Expr // nil if there is no condition
	Returning Returning
}

// Action is one SET, or one REMOVE if it has no value.
type Action struct {
	Path  *Path
	Value Expr
}

// A Delete deletes an item.
type Delete struct {
	Source
	Where     Expr // nil if there is no condition
	Returning Returning
}

// An Exists is a condition of a transaction.
type Exists struct{ *Select }

// Returning is what a write answers: "" or, say, "MODIFIED OLD".
type Returning string

// The values of Returning beside "".
const (
	AllOld      Returning = "ALL OLD"
	AllNew      Returning = "ALL NEW"
	ModifiedOld Returning = "MODIFIED OLD"
	ModifiedNew Returning = "MODIFIED NEW"
)

// An Expr is a value or a condition: a *Path, *Literal, *Param, *List, *Bag,
// *Struct, *Op, *Is, *Call or *Query.
type Expr interface{ At() Pos }

// At is where the expression begins.
func (p Pos) At() Pos { return p }

// A Path leads to a value in an item.
type Path struct {
	Pos
	Steps []Step
}

// Name returns the attribute that the path is, if it leads no further.
func (p *Path) Name() (string, bool) { return p.Steps[0].Name, len(p.Steps) == 1 }

// Column is the name under which a SELECT returns what is at the path: its last
// name, with the indexes that follow it.
func (p *Path) Column() string {
	last := len(p.Steps) - 1
	for last > 0 && p.Steps[last].Index >= 0 {
		last--
	}
	text := p.Steps[last].Name
	for _, s := range p.Steps[last+1:] {
		text += "[" + strconv.Itoa(s.Index) + "]"
	}
	return text
}

// Step is a name, or an index if Index is not negative.
type Step struct {
	Name  string
	Index int
}

// Type is the type of a literal.
type Type byte

// The types of literals.
const (
	Null Type = iota
	Missing
	Bool
	Number
	String
	Ion
)

// A Literal is a scalar in the statement. Text is the number as written, what
// the string holds, or "true".
type Literal struct {
	Pos
	Type Type
	Text string
}

// A Param is a question mark, counted from 0.
type Param struct {
	Pos
	Index int
}

// A List is a literal list.
type List struct {
	Pos
	Elems []Expr
}

// A Bag is a literal set.
type Bag struct {
	Pos
	Elems []Expr
}

// A Struct is a literal map.
type Struct struct {
	Pos
	Fields []Field
}

// Field is an entry of a Struct.
type Field struct{ Key, Value Expr }

// An Op is an operator and its operands. Sign is in lower case, and negations
// are operators of their own: "and", "not", "<>", "between", "not in".
type Op struct {
	Pos
	Sign string
	Args []Expr
}

// An Is is a test of a type.
type Is struct {
	Pos
	X    Expr
	Type string // in upper case
	Not  bool
}

// A Call is a function and its arguments. Name is in lower case.
type Call struct {
	Pos
	Name string
	Args []Expr
}

// A Query is a statement inside an expression.
type Query struct {
	Pos
	Statement Statement
}

// kinds are the names of operators in refusals.
var kinds = map[string]string{
	"and": "And", "or": "Or", "not": "Not", "=": "Eq", "<>": "Ne", "<": "Lt", "<=": "Lte", ">": "Gt", ">=": "Gte",
	"between": "Between", "not between": "Not", "in": "InCollection", "not in": "Not", "like": "Like", "not like": "Not",
	"+": "Plus", "-": "Minus", "*": "Times", "/": "Divide", "%": "Modulo", "||": "Concat",
	"union": "BagOp", "except": "BagOp", "intersect": "BagOp",
}

// Kind names an expression as refusals do.
func Kind(e Expr) string {
	switch e := e.(type) {
	case *Path:
		if len(e.Steps) == 1 {
			return "Id"
		}
		return "Path"
	case *Literal:
		if e.Type == Missing {
			return "Missing"
		}
		return "Lit"
	case *Param:
		return "Parameter"
	case *List:
		return "List"
	case *Bag:
		return "Bag"
	case *Struct:
		return "Struct"
	case *Is:
		if e.Not {
			return "Not"
		}
		return "IsType"
	case *Call:
		return "Call"
	case *Op:
		if len(e.Args) == 1 && e.Sign == "-" {
			return "Neg"
		}
		if len(e.Args) == 1 && e.Sign == "+" {
			return "Pos"
		}
		return kinds[e.Sign]
	}
	return "Select"
}
