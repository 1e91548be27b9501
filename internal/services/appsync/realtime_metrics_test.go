package appsync

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"github.com/niebla-cloud/niebla/internal/meter"
)

// TestRealtimeMeasures counts and charges what connections do.
func TestRealtimeMeasures(t *testing.T) {
	s := newService(t)
	id, key := makeAPI(t, s, `type Query { a: Int } type Mutation { set(n: Int): Int } type Subscription { onSet: Int @aws_subscribe(mutations: ["set"]) }`)
	setResolver(t, s, id, "Mutation", "set", `{"version": "2018-05-29", "payload": $util.toJson($ctx.args.n)}`, `$util.toJson($ctx.result)`)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.ServeHTTP(w, r, root()) }))
	defer server.Close()
	dial := func(key string) *websocket.Conn {
		ws, _, err := websocket.Dial(t.Context(), "ws"+strings.TrimPrefix(server.URL, "http")+"/graphql/"+id+"/realtime",
			&websocket.DialOptions{Subprotocols: []string{subprotocol}, HTTPHeader: http.Header{"X-Api-Key": {key}}})
		if err != nil {
			t.Fatal(err)
		}
		return ws
	}
	say := func(ws *websocket.Conn, m, want string) {
		t.Helper()
		if m != "" {
			if err := ws.Write(t.Context(), websocket.MessageText, []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		if _, got, err := ws.Read(t.Context()); err != nil || !strings.Contains(string(got), want) {
			t.Fatal(string(got), err)
		}
	}
	ws := dial(key)
	say(ws, `{"type":"connection_init"}`, "connection_ack")
	say(ws, "", "ka")
	start := `{"id":"1","type":"start","payload":{"data":"{\"query\":\"subscription { onSet }\"}","extensions":{"authorization":{"x-api-key":"` + key + `"}}}}`
	say(ws, start, "start_ack")
	say(ws, start, "DuplicatedOperationError")
	if got := ask(t, s, id, `mutation { a: set(n: 1) b: set(n: 2) c: set }`); got != `{"data":{"a":1,"b":2,"c":null}}` {
		t.Error(got)
	}
	say(ws, "", `{"data":{"onSet":1}}`)
	say(ws, "", `{"data":{"onSet":2}}`)
	say(ws, `{"type":"stop","id":"1"}`, "complete")
	say(dial("da2-nope"), `{"type":"connection_init"}`, "UnauthorizedException")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}

	for metric, want := range map[string]float64{
		"ConnectSuccess": 1, "ConnectClientError": 1, "DisconnectSuccess": 1, "SubscribeSuccess": 1, "SubscribeClientError": 1,
		"UnsubscribeSuccess": 1, "PublishDataMessageSuccess": 2,
	} {
		if got := counted(s, id, metric); got != want {
			t.Errorf("%s: %v, want %v", metric, got, want)
		}
	}
	charged := 0.0
	for u, n := range s.Meter.Used() {
		if u.Item == (meter.Item{Product: product, Unit: "RealTimeUpdates"}) {
			charged += n
		}
	}
	if charged != 2 {
		t.Errorf("%v updates were charged", charged)
	}
}

// counted is the sum of a metric of an API.
func counted(s *Service, api, metric string) (sum float64) {
	series := meter.Series{
		Scope: root().Scope, Namespace: namespace, Metric: metric, Unit: meter.Count, Dimensions: meter.Flat([]string{"GraphQLAPIId", api}),
	}
	for _, st := range s.Meter.Minutes(series) {
		sum += st.Sum
	}
	return sum
}
