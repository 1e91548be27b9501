package niebla

import (
	"context"
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/gateway"
	"github.com/niebla-cloud/niebla/internal/services/sts"
)

// inside is how our own services make requests: in the process, and through
// the same stages as those of clients.
type inside struct {
	gateway  *gateway.Handler // set once every service is there
	sessions *sts.Sessions
}

// Call runs an operation of a service that speaks awsJson, as c.Principal.
func (i *inside) Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error) {
	return i.gateway.Call(ctx, c, service, operation, body)
}

// Serve answers a request to S3, in path style and unsigned, as p.
func (i *inside) Serve(w http.ResponseWriter, r *http.Request, p *aws.Principal, s aws.Scope) {
	i.gateway.Serve(w, r, p, s)
}

// ServeHTTP answers a request as if it had come over the network.
func (i *inside) ServeHTTP(w http.ResponseWriter, r *http.Request) { i.gateway.ServeHTTP(w, r) }

// sessionLife is how long services keep the sessions that they assume.
const sessionLife = time.Hour

// Assume opens a session of a role for a service, such as lambda.amazonaws.com,
// that the role's trust policy must let in.
func (i *inside) Assume(ctx context.Context, c *aws.Call, role aws.ARN, session, service string) (*aws.Principal, aws.Session, error) {
	s, err := i.sessions.Issue(ctx, c, aws.SessionRequest{Role: role, Name: session, Duration: sessionLife, Service: service})
	if err != nil {
		return nil, aws.Session{}, err
	}
	p, _, err := i.sessions.Open(s.AccessKey, s.Token)
	return p, s, err
}
