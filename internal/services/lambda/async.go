package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Asynchronous events: two retries, after one minute and two, for six hours.
const (
	defaultRetries = 2
	defaultAge     = 6 * time.Hour
	firstRetry     = time.Minute
)

// newQueue is the queue of events that are to be executed.
func (s *Service) newQueue() *deliver.Queue {
	return deliver.NewQueue(deliver.QueueDeps{
		DB: s.DB, IDs: s.IDs, Name: "lambda", Clock: s.Clock,
		Deliver:     s.deliver,
		DeadLetters: s.Targets.Deliver,
		GaveUp:      s.gaveUp,
	})
}

// newResults is the queue of what came of events, for destinations.
func (s *Service) newResults() *deliver.Queue {
	return deliver.NewQueue(deliver.QueueDeps{
		DB: s.DB, IDs: s.IDs, Name: "lambda-results", Clock: s.Clock,
		Deliver:     s.Targets.Deliver,
		DeadLetters: s.Targets.Deliver,
		GaveUp: func(m *deliver.Message, err error) {
			n, metric := parseName(string(m.Event.Source), m.Event.Scope), "DestinationDeliveryFailures"
			if m.Event.Attributes["ErrorCode"] != "" {
				metric = "DeadLetterErrors"
			}
			s.count(n, metric, meter.Count, 1)
			s.Log.Warn("a destination did not take the result of an event", "function", m.Event.Source, "destination", m.Event.Target, "err", err)
		},
	})
}

// accept takes an event, which is executed later.
func (s *Service) accept(c *aws.Call, n name, payload []byte) error {
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, _, err := s.find(tx, n); err != nil {
			return err
		}
		cfg := s.asyncOf(tx, n)
		return s.queue.Send(tx, &deliver.Message{
			Event: deliver.Event{ID: c.RequestID, Target: n.arn(), Payload: payload, Scope: n.scope, Service: hostName},
			Sent:  c.Time,
			Retry: deliver.Retry{Attempts: 1 + cfg.retries(), Age: cfg.age(), First: firstRetry},
		})
	})
	if err == nil {
		s.count(n, "AsyncEventsReceived", meter.Count, 1)
	}
	return err
}

// functionError is a result that is an error.
type functionError struct{ result *runtime.Result }

func (functionError) Error() string { return "the function failed" }

// deliver executes an event once.
func (s *Service) deliver(ctx context.Context, _ *aws.Call, e *deliver.Event) error {
	n := parseName(string(e.Target), e.Scope)
	r, _, err := s.execute(ctx, e.ID, n, &event{payload: e.Payload})
	switch failed, _ := errors.AsType[*aws.Error](err); {
	case failed != nil && failed.Status == http.StatusTooManyRequests:
		f, _, gone := s.read(n)
		if gone == nil && f.Reserved != nil && *f.Reserved == 0 {
			return deliver.Permanent(err) // it never will be
		}
		return deliver.Busy(err)
	case failed != nil && failed.Status == http.StatusNotFound:
		return deliver.Permanent(err)
	case err != nil:
		return err
	case r.Error != "":
		return functionError{r}
	}
	return s.tell(n, e, "Success", 1, r)
}

// gaveUp tells the destination of failures, and the dead-letter target.
func (s *Service) gaveUp(m *deliver.Message, err error) {
	n := parseName(string(m.Event.Target), m.Event.Scope)
	s.count(n, "AsyncEventsDropped", meter.Count, 1)
	condition := "RetriesExhausted"
	if errors.Is(err, deliver.ErrTooOld) {
		condition = "EventAgeExceeded"
	}
	var result *runtime.Result
	if failed, ok := errors.AsType[functionError](err); ok {
		result = failed.result
	}
	if err := errors.Join(s.tell(n, &m.Event, condition, m.Retry.Attempts, result), s.bury(n, &m.Event, result)); err != nil {
		s.Log.Error("the end of an event could not be told", "function", m.Event.Target, "request", m.Event.ID, "err", err)
	}
}

// record is what a destination gets.
type record struct {
	Version         string           `json:"version"`
	Timestamp       string           `json:"timestamp"`
	RequestContext  recordRequest    `json:"requestContext"`
	RequestPayload  json.RawMessage  `json:"requestPayload"`
	ResponseContext *recordResponse  `json:"responseContext,omitempty"`
	ResponsePayload *json.RawMessage `json:"responsePayload,omitempty"`
}

type recordRequest struct {
	RequestID              string  `json:"requestId"`
	FunctionARN            aws.ARN `json:"functionArn"`
	Condition              string  `json:"condition"`
	ApproximateInvokeCount int     `json:"approximateInvokeCount"`
}

type recordResponse struct {
	StatusCode      int    `json:"statusCode"`
	ExecutedVersion string `json:"executedVersion"`
	FunctionError   string `json:"functionError,omitempty"`
}

// tell sends the result of an event to its destination, if it has one.
func (s *Service) tell(n name, e *deliver.Event, condition string, attempts int, r *runtime.Result) error {
	return s.DB.Update(func(tx *store.Tx) error {
		cfg := s.asyncOf(tx, n)
		target, kind := cfg.OnFailure, "Lambda Function Invocation Result - Failure"
		if condition == "Success" {
			target, kind = cfg.OnSuccess, "Lambda Function Invocation Result - Success"
		}
		if target == "" {
			return nil
		}
		f, v, err := s.find(tx, n)
		if err != nil {
			return nil // it is gone, and so are its destinations
		}
		q := n
		if q.qualifier == "" {
			q.qualifier = latest
		}
		now := s.Clock.Now().UTC()
		rec := record{
			Version: "1.0", Timestamp: now.Format("2006-01-02T15:04:05.000Z"), RequestPayload: e.Payload,
			RequestContext: recordRequest{e.ID, q.arn(), condition, attempts},
		}
		if r != nil {
			payload := json.RawMessage(r.Payload)
			rec.ResponseContext = &recordResponse{http.StatusOK, v.Number, r.Error}
			if json.Valid(payload) {
				rec.ResponsePayload = &payload
			}
		}
		body, err := json.Marshal(rec)
		if err != nil {
			return err
		}
		return s.results.Send(tx, &deliver.Message{
			Event: deliver.Event{
				ID: s.IDs.UUID(), Target: target, Payload: body, Scope: n.scope, Service: hostName, Source: n.bare(),
				Attributes: map[string]string{"DetailType": kind},
			},
			Sent: now, Retry: deliver.Retry{Age: defaultAge, First: time.Second, Longest: firstRetry}, Key: string(f.Latest.Role),
		})
	})
}

// bury sends an event that was given up to its function's dead-letter target.
func (s *Service) bury(n name, e *deliver.Event, r *runtime.Result) error {
	return s.DB.Update(func(tx *store.Tx) error {
		_, v, err := s.find(tx, n)
		if err != nil || v.DeadLetter == "" {
			return nil
		}
		attributes := map[string]string{"RequestID": e.ID, "ErrorCode": "200"}
		if r != nil {
			var described struct {
				Message string `json:"errorMessage"`
			}
			if json.Unmarshal(r.Payload, &described) == nil && described.Message != "" {
				attributes["ErrorMessage"] = described.Message[:min(len(described.Message), 1024)]
			}
		}
		return s.results.Send(tx, &deliver.Message{
			Event: deliver.Event{
				ID: s.IDs.UUID(), Target: v.DeadLetter, Payload: e.Payload, Scope: n.scope, Service: hostName, Source: n.bare(), Attributes: attributes,
			},
			Sent: s.Clock.Now(), Retry: deliver.Retry{Age: defaultAge, First: time.Second, Longest: firstRetry},
		})
	})
}

// Check implements deliver.Receiver.
func (s *Service) Check(c *aws.Call, arn aws.ARN) error {
	_, _, err := s.read(parseName(string(arn), c.Scope))
	return err
}

// Receive implements deliver.Receiver: an event is an asynchronous invocation.
func (s *Service) Receive(ctx context.Context, c *aws.Call, e *deliver.Event) error {
	n := parseName(string(e.Target), c.Scope)
	if err := s.permit(ctx, c, n); err != nil {
		return deliver.Permanent(err)
	}
	if len(e.Payload) > maxAsync {
		return deliver.Permanent(errTooLarge(len(e.Payload), maxAsync))
	}
	own := *c
	own.RequestID, own.Time = s.IDs.UUID(), s.Clock.Now()
	err := s.accept(&own, n, e.Payload)
	if _, refused := errors.AsType[*aws.Error](err); refused {
		return deliver.Permanent(err)
	}
	return err
}
