package shape

import "github.com/niebla-cloud/niebla/internal/aws"

// Report is what decoding found in a request that parsed but is not as the
// model wants it. The zero value is ready for use.
type Report struct {
	// Code is the code of Err; "" means ValidationException.
	Code string

	violations []string
	ignored    []string
}

// Err returns the violations as one error in AWS' wording, or nil.
func (r *Report) Err() *aws.Error { return nil }

// Ignored lists the members the request carried and the input does not model,
// as dotted paths in wire spelling.
func (r *Report) Ignored() []string { return r.ignored }
