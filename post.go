package niebla

import (
	"bytes"
	"context"
	"io"
	"net/http"
)

// maxAnswer is how much of an endpoint's answer is read, so that its connection
// can be used again.
const maxAnswer = 64 << 10

// post sends a message to an endpoint that is outside of this cloud.
func post(ctx context.Context, url string, h http.Header, body []byte) (status int, err error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header = h
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer))
	return res.StatusCode, err
}
