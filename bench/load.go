package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// request is one request, signed and ready to be sent again and again.
type request struct {
	method, url string
	header      http.Header
	body        []byte
}

func (q request) send(c *http.Client) (int, error) {
	r, err := http.NewRequest(q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return 0, err
	}
	r.Header = q.header
	res, err := c.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// result is what a load of requests gave.
type result struct {
	perSecond float64
	p50, p99  time.Duration
}

// load sends requests over connections for a time. Each connection goes round
// the requests from a place of its own. A status other than 200 is an error.
func load(requests []request, connections int, d time.Duration) (result, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: connections, MaxConnsPerHost: connections, DisableCompression: true}}
	defer client.CloseIdleConnections()
	var failed atomic.Pointer[error]
	all := make([][]time.Duration, connections)
	run := func(d time.Duration, keep bool) {
		end := time.Now().Add(d)
		var wg sync.WaitGroup
		for c := range connections {
			wg.Go(func() {
				for i := c * len(requests) / connections; failed.Load() == nil; i++ {
					start := time.Now()
					if !start.Before(end) {
						return
					}
					status, err := requests[i%len(requests)].send(client)
					if err == nil && status != http.StatusOK {
						err = fmt.Errorf("status %d", status)
					}
					if err != nil {
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
