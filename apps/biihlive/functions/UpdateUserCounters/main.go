// UpdateUserCounters counts followers, from the stream of BIIHLIVE-SOCIAL-V2.
//
// Invariants:
//   - Subscribers hear of every member whose counters changed (TestTell).
//   - What was not counted comes again, from the first such record on (TestFailureIsReported).
package main

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/counters"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/env"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/publish"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("no configuration", "err", err)
		os.Exit(1)
	}
	v := env.Must("USERS_TABLE", "SOCIAL_TABLE", "GRAPHQL_URL")
	h := handler{
		counter:   counters.Counter{DB: dynamodb.NewFromConfig(cfg), UsersTable: v[0], SocialTable: v[1], Pause: counters.Backoff},
		publisher: publish.Publisher{URL: v[2], Region: cfg.Region, Credentials: cfg.Credentials, HTTP: http.DefaultClient, Now: time.Now},
	}
	lambda.Start(h.handle)
}

type handler struct {
	counter   counters.Counter
	publisher publish.Publisher
}

func (h *handler) handle(ctx context.Context, e events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	changed, failed, err := h.counter.Count(ctx, e.Records)
	h.tell(ctx, changed)
	if err != nil {
		slog.Error("some records were not counted", "from", failed, "err", err)
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: failed}}}, nil
	}
	return events.DynamoDBEventResponse{}, nil
}

// tell publishes profiles. The counters are right whether subscribers hear of
// them or not, so a failure is only logged.
func (h *handler) tell(ctx context.Context, members []string) {
	var all sync.WaitGroup
	free := make(chan struct{}, 8)
	for _, m := range members {
		all.Go(func() {
			free <- struct{}{}
			defer func() { <-free }()
			if err := h.publisher.User(ctx, m); err != nil {
				slog.Warn("a profile was not published", "userId", m, "err", err)
			}
		})
	}
	all.Wait()
}
