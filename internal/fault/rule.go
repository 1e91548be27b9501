package fault

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Kind is what goes wrong.
type Kind string

// The kinds of faults.
const (
	Throttle  Kind = "throttle"  // too many requests, in the service's words
	Error     Kind = "error"     // an error with a code and a status
	Latency   Kind = "latency"   // a pause before the request is carried out
	Duplicate Kind = "duplicate" // stream records are delivered twice
)

// Rule is one thing that goes wrong.
type Rule struct {
	ID        string `json:"id"`
	Kind      Kind   `json:"kind"`
	Service   string `json:"service"`             // as signatures name it: "dynamodb"
	Operation string `json:"operation,omitempty"` // "" is every operation

	Code    string        `json:"code,omitempty"`    // of an Error; default InternalFailure
	Status  int           `json:"status,omitempty"`  // of an Error; default 500
	Latency time.Duration `json:"latency,omitempty"` // nanoseconds

	Rate  float64   `json:"rate"`            // the part of the requests that is struck, over 0 and up to 1; 0 is 1
	Count int       `json:"count,omitempty"` // how many are struck until the rule ends; 0 is without end
	Until time.Time `json:"until,omitzero"`  // when the rule ends
}

// complete sets defaults, or says what is wrong with a rule.
func (r *Rule) complete() error {
	if r.Rate == 0 {
		r.Rate = 1
	}
	switch {
	case r.Service == "":
		return errors.New("a fault names the service that it strikes, such as dynamodb")
	case r.Rate < 0 || r.Rate > 1:
		return fmt.Errorf("the rate %v is not a part of the requests: it lies between 0 and 1", r.Rate)
	case r.Count < 0:
		return errors.New("a count of faults is not negative")
	}
	switch r.Kind {
	case Throttle, Duplicate:
	case Error:
		if r.Code == "" {
			r.Code = "InternalFailure"
		}
		if r.Status == 0 {
			r.Status = http.StatusInternalServerError
		}
		if r.Status < 400 || r.Status > 599 {
			return fmt.Errorf("%d is not the status of an error: it lies between 400 and 599", r.Status)
		}
	case Latency:
		if r.Latency <= 0 || r.Latency > time.Minute {
			return errors.New("a latency lies between 0 and a minute")
		}
	default:
		return fmt.Errorf("there is no fault %q: it is throttle, error, latency or duplicate", r.Kind)
	}
	return nil
}

func (r *Rule) matches(service, operation string) bool {
	return r.Service == service && (r.Operation == "" || r.Operation == operation)
}

// throttled is how services say that there are too many requests.
func throttled(service string) *aws.Error {
	switch service {
	case "dynamodb":
		return aws.Errorf(http.StatusBadRequest, "ProvisionedThroughputExceededException",
			"The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.")
	case "s3":
		return aws.Errorf(http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
	case "lambda":
		return aws.Errorf(http.StatusTooManyRequests, "TooManyRequestsException", "Rate Exceeded.").With("Reason", "CallerRateLimitExceeded").With("Type", "User")
	case "cognito-idp", "cognito-identity":
		return aws.Errorf(http.StatusBadRequest, "TooManyRequestsException", "Rate exceeded")
	case "appsync", "apigateway":
		return aws.Errorf(http.StatusTooManyRequests, "TooManyRequestsException", "Too Many Requests")
	case "iam", "sts", "sns", "monitoring", "cloudfront":
		return aws.Errorf(http.StatusBadRequest, "Throttling", "Rate exceeded")
	}
	return aws.Errorf(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
}
