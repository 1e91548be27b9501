package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/niebla-cloud/niebla/internal/sigv4"
)

var credentials = sigv4.Credentials{AccessKey: "test", Secret: "test"}

// request is one request, signed and ready to be sent again and again.
type request struct {
	method, url, host string // host if it is not the URL's
	header            http.Header
	body              []byte
}

// signed makes a request of a service's API.
func signed(s *server, service, method, path string, header map[string]string, body []byte) request {
	r, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		panic(err) // the path is the bench's own
	}
	for name, value := range header {
		r.Header.Set(name, value)
	}
	sum := sha256.Sum256(body)
	sigv4.Sign(r, credentials, region, service, hex.EncodeToString(sum[:]), time.Now())
	return request{method: method, url: r.URL.String(), header: r.Header, body: body}
}

func dynamodb(s *server, op string, body []byte) request {
	return signed(s, "dynamodb", "POST", "/", map[string]string{
		"X-Amz-Target": "DynamoDB_20120810." + op, "Content-Type": "application/x-amz-json-1.0",
	}, body)
}

func (q request) send(c *http.Client) (*http.Response, error) {
	r, err := http.NewRequest(q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return nil, err
	}
	if q.header != nil {
		r.Header = q.header
	}
	r.Host = q.host
	return c.Do(r)
}

// answer sends the request and returns what a success answers.
func (q request) answer(c *http.Client) ([]byte, error) {
	res, err := q.send(c)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: status %d: %s", q.method, q.url, res.StatusCode, b)
	}
	return b, err
}

// drain sends the request and reads past what is answered.
func (q request) drain(c *http.Client) error {
	res, err := q.send(c)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err = io.Copy(io.Discard, res.Body); err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("status %d", res.StatusCode)
	}
	return err
}

// result is what a load of requests gave.
type result struct {
	perSecond float64
	p50, p99  time.Duration
}

// load sends requests over connections for a time, as many as go or so many a second. Each connection goes round
// the requests from a place of its own, another each time: what was written last is not written again. A status
// other than 200 is an error.
func load(requests []request, connections int, rate float64, d time.Duration) (result, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var failed atomic.Pointer[error]
	all := make([][]time.Duration, connections)
	run := func(d time.Duration, keep bool) {
		begin := time.Now()
		end := begin.Add(d)
		first := rand.IntN(len(requests))
		var wg sync.WaitGroup
		for c := range connections {
			wg.Go(func() {
				for i, n := first+c*len(requests)/connections, 0; failed.Load() == nil; i, n = i+1, n+1 {
					start := time.Now()
					if rate > 0 {
						due := begin.Add(time.Duration(float64(n*connections+c) / rate * float64(time.Second)))
						if start.Before(due) {
							time.Sleep(due.Sub(start))
							start = time.Now()
						} else {
							start = due // it is late since the one before was
						}
					}
					if !start.Before(end) {
						return
					}
					if err := requests[i%len(requests)].drain(client); err != nil {
						failed.CompareAndSwap(nil, &err)
						return
					}
					if keep {
						all[c] = append(all[c], time.Since(start))
					}
				}
			})
		}
		wg.Wait()
	}
	run(d/4, false) // warm up
	start := time.Now()
	run(d, true)
	took := time.Since(start)
	if err := failed.Load(); err != nil {
		return result{}, *err
	}
	times := slices.Concat(all...)
	slices.Sort(times)
	return result{
		perSecond: float64(len(times)) / took.Seconds(),
		p50:       times[len(times)/2],
		p99:       times[len(times)*99/100],
	}, nil
}
