package appsync

import (
	"net/http"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// serveRealtime answers the handshake of subscriptions.
func (s *Service) serveRealtime(w http.ResponseWriter, _ *http.Request, c *aws.Call, _ *api) {
	s.refuse(w, c, &refusal{http.StatusNotImplemented, "NotImplemented", "Niebla does not implement subscriptions yet."})
}

// publish tells those who follow a mutation.
func (s *Service) publish(publication) {}
