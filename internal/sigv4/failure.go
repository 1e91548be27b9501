package sigv4

import "github.com/niebla-cloud/niebla/internal/aws"

// Style is how a family of services words its authentication errors.
type Style int

// The styles.
const (
	JSON  Style = iota // awsJson and RPC v2 CBOR
	REST               // restJson, and restXml other than S3
	Query              // awsQuery
	S3
)

// Failure is why a request is not authentic.
type Failure struct{}

func (f *Failure) Error() string { return "" }

// As renders the failure as a client of that style of service expects it.
func (f *Failure) As(s Style) *aws.Error { return nil }
