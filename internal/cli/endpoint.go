package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"syscall"
)

// endpoint is embedded by the verbs that talk to a running cloud.
type endpoint struct {
	Endpoint string `help:"Where the cloud is." default:"http://127.0.0.1:4566" env:"NIEBLA_ENDPOINT"`
}

// keys are the credentials of the verbs that make AWS calls, or print them.
type keys struct {
	Key    string `help:"Root access key." default:"test" env:"NIEBLA_ROOT_KEY"`
	Secret string `help:"Its secret." default:"test" env:"NIEBLA_ROOT_SECRET"`
	Region string `help:"AWS region." default:"eu-west-3" env:"NIEBLA_REGION"`
}

// call makes an administrative call and returns its answer's body.
func (e endpoint) call(ctx context.Context, method, path string) (io.ReadCloser, error) {
	return e.send(ctx, method, path, nil)
}

func (e endpoint) send(ctx context.Context, method, path string, body io.Reader) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, method, strings.TrimSuffix(e.Endpoint, "/")+path, body)
	if err != nil {
		return nil, usage{fmt.Errorf("the endpoint %q is not a URL such as http://127.0.0.1:4566", e.Endpoint)}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			return nil, fmt.Errorf("nothing answers at %s: start the cloud with niebla start, or name another --endpoint", e.Endpoint)
		}
		return nil, err
	}
	if res.StatusCode == http.StatusOK {
		return res.Body, nil
	}
	defer res.Body.Close()
	var answer struct{ Message string }
	if json.NewDecoder(res.Body).Decode(&answer) != nil || answer.Message == "" {
		return nil, fmt.Errorf("%s answered %s: is it a Niebla?", e.Endpoint, res.Status)
	}
	return nil, errors.New(answer.Message)
}

// get makes an administrative call and decodes its answer.
func (e endpoint) get(ctx context.Context, path string, answer any) error {
	body, err := e.call(ctx, http.MethodGet, path)
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(answer)
}

// post makes an administrative call with something to say, and decodes its
// answer.
func (e endpoint) post(ctx context.Context, path string, say, answer any) error {
	b, err := json.Marshal(say)
	if err != nil {
		return err
	}
	body, err := e.send(ctx, http.MethodPost, path, bytes.NewReader(b))
	if err != nil {
		return err
	}
	defer body.Close()
	return json.NewDecoder(body).Decode(answer)
}
