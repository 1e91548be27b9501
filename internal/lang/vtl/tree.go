package vtl

// A template is a list of nodes; within directives and references there are
// expressions. Nodes know their offset in the source for the sake of errors.

type node interface{}

type textNode string

type setNode struct {
	pos    int
	target *reference
	value  expr
}

type ifNode struct {
	arms []arm
	rest []node
}

type arm struct {
	pos  int
	cond expr
	body []node
}

type foreachNode struct {
	pos  int
	slot int
	list expr
	body []node
	rest []node // for an empty list
}

type breakNode struct{ pos int }

type stopNode struct{}

type returnNode struct {
	pos   int
	value expr // nil without one
}

type defineNode struct {
	slot int
	body []node
}

type callNode struct {
	pos  int
	name string
	args []expr
	text string // as it stands in the source: what an unknown macro renders
	body []node // of a block macro #@name
}

type macro struct {
	params   []int
	defaults []expr // of the parameters that have one, else nil
	body     []node
}

// expr is one of the types below, a *reference, or a constant.
type expr interface{}

type constant struct{ value any }

type interpolated struct{ body []node }

type listExpr struct{ items []expr }

type mapExpr struct{ keys, values []expr }

type rangeExpr struct {
	pos      int
	from, to expr
}

type binaryExpr struct {
	pos         int
	op          operator
	left, right expr
}

type notExpr struct{ operand expr }

type negateExpr struct {
	pos     int
	operand expr
}

type operator uint8

const (
	opAnd operator = iota
	opOr
	opEqual
	opNotEqual
	opLess
	opLessEqual
	opGreater
	opGreaterEqual
	opAdd
	opSubtract
	opMultiply
	opDivide
	opRemainder
)

// reference is $a.b(c)[d] with all that can be around it.
type reference struct {
	pos         int
	slot        int // of the variable
	name        string
	steps       []step
	quiet       bool
	backslashes int    // before it
	text        string // as it stands in the source, without the backslashes
	alternate   expr   // of ${x|expr}, else nil
}

type stepKind uint8

const (
	stepProperty stepKind = iota
	stepMethod
	stepIndex
)

type step struct {
	kind  stepKind
	pos   int
	name  string
	args  []expr
	index expr
}
