package ddbexpr

// Invalid is what DynamoDB says of a request it understands and refuses
// (ValidationException).
type Invalid string

func (e Invalid) Error() string { return string(e) }

// Malformed is what DynamoDB says of JSON that does not fit the shape of an
// attribute value (SerializationException).
type Malformed string

func (e Malformed) Error() string { return string(e) }

const invalidValues = "One or more parameter values were invalid: "
