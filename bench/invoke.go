package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"
)

// serveFunction is the Lambda function that is invoked: it answers what it is
// sent.
func serveFunction(api string) error {
	base := "http://" + api + "/2018-06-01/runtime/invocation/"
	for {
		res, err := http.Get(base + "next")
		if err != nil {
			return err
		}
		id := res.Header.Get("Lambda-Runtime-Aws-Request-Id")
		event, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return err
		}
		if res, err = http.Post(base+id+"/response", "application/json", bytes.NewReader(event)); err != nil {
			return err
		}
		_, _ = io.Copy(io.Discard, res.Body)
		res.Body.Close()
	}
}

const role = `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}}`

// invoke measures what an invocation of a function that does nothing takes,
// once it is warm.
func (b *bench) invoke(cloud *server) error {
	made, err := b.createFunction(cloud)
	if err != nil {
		return err
	}
	invoke := signed(cloud, "lambda", "POST", "/2015-03-31/functions/bench/invocations", nil, []byte(`{"song":"one"}`))
	for end := time.Now().Add(20 * time.Second); ; {
		if _, err := invoke.answer(http.DefaultClient); err == nil {
			break
		} else if time.Now().After(end) {
			return fmt.Errorf("%s: %w", made, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
	for _, l := range []struct {
		connections int
		want        string
	}{{1, "under 1.5 ms"}, {8, ""}} {
		before, start := cloud.cpu(), time.Now()
		r, err := load([]request{invoke}, l.connections, 0, b.time/2)
		if err != nil {
			return err
		}
		all := r.perSecond * time.Since(start).Seconds()
		name := fmt.Sprintf("Warm Lambda invocation, %d at a time", l.connections)
		b.report.loads = append(b.report.loads, loaded{name, cloud.name, r, time.Duration(float64(cloud.cpu()-before) / all)})
		b.report.add(name, l.want, "%s p50, %s p99", short(r.p50), short(r.p99))
	}
	return nil
}

// createFunction makes a function that is this program.
func (b *bench) createFunction(cloud *server) (string, error) {
	_, err := signed(cloud, "iam", "POST", "/", map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		[]byte("Action=CreateRole&Version=2010-05-08&RoleName=bench&AssumeRolePolicyDocument="+role)).answer(http.DefaultClient)
	if err != nil {
		return "", err
	}
	var code bytes.Buffer
	z := zip.NewWriter(&code)
	h := &zip.FileHeader{Name: "bootstrap", Method: zip.Deflate}
	h.SetMode(0o755)
	w, err := z.CreateHeader(h)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(w, "#!/bin/sh\nexec '%s' -function \"$AWS_LAMBDA_RUNTIME_API\"\n", b.self)
	if err := z.Close(); err != nil {
		return "", err
	}
	made, err := signed(cloud, "lambda", "POST", "/2015-03-31/functions", map[string]string{"Content-Type": "application/json"}, encode(value{
		"FunctionName": "bench", "Role": "arn:aws:iam::000000000000:role/bench", "Runtime": "provided.al2023", "Handler": "bootstrap",
		"Code": value{"ZipFile": base64.StdEncoding.EncodeToString(code.Bytes())},
	})).answer(http.DefaultClient)
	return string(made), err
}

// percentile of times that are in order.
func percentile(sorted []time.Duration, p int) time.Duration {
	return sorted[min(len(sorted)*p/100, len(sorted)-1)]
}

func inOrder(d []time.Duration) []time.Duration {
	slices.Sort(d)
	return d
}
