package cli

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"syscall"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// lookEvery is how often a log group that is followed is asked.
const lookEvery = 500 * time.Millisecond

// late is how far back a follower looks for events that come after later ones.
const late = 30 * time.Second

// logEvent is an event as CloudWatch Logs answers it.
type logEvent struct {
	EventID       string `json:"eventId"`
	LogStreamName string `json:"logStreamName"`
	Message       string `json:"message"`
	Timestamp     int64  `json:"timestamp"`
}

// group prints the events of a log group, and with -f those that come.
func (c *logsCmd) group(a *app, name string) error {
	var s admin.Status
	if err := c.get(a.ctx, "/_niebla/status", &s); err != nil {
		return err
	}
	from := s.Clock.Add(-c.Since).UnixMilli()
	seen := map[string]int64{}
	for {
		newest, err := c.print(a, name, from, seen)
		if err != nil || !c.Follow {
			return err
		}
		if from = max(from, newest-late.Milliseconds()); len(seen) > 0 {
			for id, at := range seen {
				if at < from {
					delete(seen, id)
				}
			}
		}
		select {
		case <-a.ctx.Done():
			return nil
		case <-time.After(lookEvery):
		}
	}
}

// print prints the events since a time that were not seen yet.
func (c *logsCmd) print(a *app, name string, from int64, seen map[string]int64) (newest int64, err error) {
	in := map[string]any{"logGroupName": name, "startTime": from}
	if c.Filter != "" {
		in["filterPattern"] = c.Filter
	}
	for {
		var page struct {
			Events    []logEvent `json:"events"`
			NextToken string     `json:"nextToken"`
		}
		if err := c.keys.ask(a.ctx, c.endpoint, "logs", "Logs_20140328.FilterLogEvents", in, &page); err != nil {
			if a.ctx.Err() != nil {
				return newest, nil
			}
			return newest, err
		}
		for _, e := range page.Events {
			newest = max(newest, e.Timestamp)
			if _, twice := seen[e.EventID]; twice {
				continue
			}
			seen[e.EventID] = e.Timestamp
			if c.JSON {
				if err := json.NewEncoder(a.out).Encode(e); err != nil {
					return newest, err
				}
				continue
			}
			fmt.Fprintf(a.out, "%s %s %s\n", time.UnixMilli(e.Timestamp).Local().Format("15:04:05.000"), e.LogStreamName, strings.TrimRight(e.Message, "\n"))
		}
		if page.NextToken == "" {
			return newest, nil
		}
		in["nextToken"] = page.NextToken
	}
}

// ask calls an operation of a service that speaks JSON, through its public API.
func (k keys) ask(ctx context.Context, e endpoint, service, target string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(e.Endpoint, "/")+"/", bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-amz-json-1.1")
	r.Header.Set("X-Amz-Target", target)
	sum := sha256.Sum256(body)
	sigv4.Sign(r, sigv4.Credentials{AccessKey: k.Key, Secret: k.Secret}, k.Region, service, hex.EncodeToString(sum[:]), time.Now())
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		if errors.Is(err, syscall.ECONNREFUSED) {
			return fmt.Errorf("nothing answers at %s any more", e.Endpoint)
		}
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		var answer struct{ Message string }
		if json.NewDecoder(res.Body).Decode(&answer) != nil || answer.Message == "" {
			answer.Message = res.Status
		}
		return errors.New(answer.Message)
	}
	return json.NewDecoder(res.Body).Decode(out)
}
