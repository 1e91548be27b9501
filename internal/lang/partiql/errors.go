package partiql

// Invalid is what DynamoDB says of a statement (ValidationException).
type Invalid string

func (e Invalid) Error() string { return string(e) }

// malformed is about a text that is no statement.
func malformed(detail string) Invalid {
	return Invalid("Statement wasn't well formed, can't be processed: " + detail)
}

// The details of malformed statements, and what else several places say.
const (
	unexpectedTerm     = "Unexpected term"
	unexpectedKeyword  = "Unexpected keyword"
	unexpectedOperator = "Unexpected operator"
	leftover           = "Unexpected token after expression"
	noOperation        = "Expected data manipulation"
	noRight            = "Missing right-hand side expression of infix operator"
	noSimplePath       = "Expected identifier for simple path"

	refusedAlias = Invalid("Aliasing is not supported")
)
