// RankingsApi serves the current rankings to anybody, over plain HTTP.
//
//	GET /rankings/paises/ES
//	GET /rankings/ciudades/ES/Madrid
//
// Invariants:
//   - A path names one ranking or nothing, however it is escaped (TestAsked).
//   - What there is may be kept for a while, what there is not may come at any time (TestAnswers).
package main

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/env"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/ranking"
)

func main() {
	cfg, err := config.LoadDefaultConfig(context.Background())
	if err != nil {
		slog.Error("no configuration", "err", err)
		os.Exit(1)
	}
	h := handler{ranking.Editions{DB: dynamodb.NewFromConfig(cfg), Table: env.Must("RANKINGS_TABLE")[0]}}
	lambda.Start(h.handle)
}

type handler struct{ editions ranking.Editions }

func (h *handler) handle(ctx context.Context, r events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error) {
	kind, place, ok := asked(r.RawPath)
	if !ok {
		return answer(http.StatusNotFound, map[string]string{"message": "ask for /rankings/paises/ES or /rankings/ciudades/ES/Madrid"})
	}
	edition, entries, err := h.editions.Current(ctx, kind, place, ranking.Longest)
	if err != nil {
		return events.APIGatewayV2HTTPResponse{}, err
	}
	if len(entries) == 0 {
		return answer(http.StatusNotFound, map[string]string{"message": "there is no ranking of " + place})
	}
	return answer(http.StatusOK, map[string]any{"kind": kind, "place": place, "edition": edition, "entries": entries})
}

// asked is which ranking a path names.
func asked(path string) (kind, place string, ok bool) {
	part := strings.Split(strings.Trim(path, "/"), "/")
	for i := range part {
		p, err := url.PathUnescape(part[i])
		if err != nil || p == "" || strings.ContainsAny(p, "#/") {
			return "", "", false
		}
		part[i] = p
	}
	switch {
	case len(part) == 3 && part[0] == "rankings" && part[1] == "paises":
		return ranking.Country, part[2], true
	case len(part) == 4 && part[0] == "rankings" && part[1] == "ciudades":
		return ranking.City, part[2] + "/" + part[3], true
	}
	return "", "", false
}

func answer(status int, v any) (events.APIGatewayV2HTTPResponse, error) {
	b, err := json.Marshal(v)
	headers := map[string]string{"Content-Type": "application/json", "Cache-Control": "no-store"}
	if status == http.StatusOK {
		headers["Cache-Control"] = "public, max-age=300"
	}
	return events.APIGatewayV2HTTPResponse{StatusCode: status, Headers: headers, Body: string(b)}, err
}
