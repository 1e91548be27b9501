package s3

import (
	"net/http"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// isForm reports whether a request is a browser's upload form.
func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(lower(r.Header.Get("Content-Type")), "multipart/form-data")
}

func (s *Service) servePost(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	http.Error(w, "not yet", http.StatusNotImplemented)
}
