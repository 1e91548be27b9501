package appsync_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"

	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// world is a cloud with an API for chats.
type world struct {
	testing.TB
	*nieblatest.Cloud
	api, key string
}

const chat = `
type Author { name: String }
type Message @aws_api_key @aws_iam {
  id: ID!
  room: String!
  text: String
  level: Int
  tags: [String]
  meta: AWSJSON
  author: Author
  secret: String @aws_iam
}
type Query { ping: String }
type Mutation {
  send(id: ID!, room: String!, text: String, level: Int, tags: [String], meta: AWSJSON): Message @aws_api_key @aws_iam
  fail: Message
  kick(room: String!): Boolean
}
type Subscription {
  onSend(room: String, level: Int, tags: [String]): Message @aws_subscribe(mutations: ["send", "fail"]) @aws_api_key @aws_iam
  onLevel(min: Int): Message @aws_subscribe(mutations: ["send"])
  onSecret: Message @aws_subscribe(mutations: ["send"]) @aws_iam
  onClosed: Message @aws_subscribe(mutations: ["send"])
}
`

func newWorld(tb testing.TB) *world {
	w := &world{TB: tb, Cloud: nieblatest.Start(tb)}
	w.api = w.call("POST", "/v1/apis", `{"name":"chat","authenticationType":"API_KEY","additionalAuthenticationProviders":[{"authenticationType":"AWS_IAM"}]}`)["graphqlApi"].(map[string]any)["apiId"].(string)
	at := "/v1/apis/" + w.api
	w.key = w.call("POST", at+"/apikeys", `{}`)["apiKey"].(map[string]any)["id"].(string)
	w.call("POST", at+"/schemacreation", `{"definition":"`+base64.StdEncoding.EncodeToString([]byte(chat))+`"}`)
	w.call("POST", at+"/datasources", `{"name":"none","type":"NONE"}`)
	for field, handlers := range map[string][2]string{
		"Mutation.send":         {`return { payload: { author: { name: 'ana' }, secret: 's', ...ctx.args } }`, `return ctx.result`},
		"Mutation.fail":         {`util.error('no')`, ``},
		"Mutation.kick":         {`extensions.invalidateSubscriptions({ subscriptionField: 'onLevel', payload: { room: ctx.args.room } }); return { payload: true }`, `return ctx.result`},
		"Subscription.onLevel":  {`return { payload: null }`, `extensions.setSubscriptionFilter(util.transform.toSubscriptionFilter({ level: { ge: ctx.args.min } })); extensions.setSubscriptionInvalidationFilter({ filterGroup: [{ filters: [{ fieldName: 'room', operator: 'eq', value: 'r' }] }] }); return null`},
		"Subscription.onClosed": {`util.unauthorized()`, ``},
	} {
		kind, name, _ := strings.Cut(field, ".")
		code := "import { util, extensions } from '@aws-appsync/utils';\nexport function request(ctx) { " + handlers[0] + " }\nexport function response(ctx) { " + handlers[1] + " }"
		body, _ := json.Marshal(map[string]any{"fieldName": name, "dataSourceName": "none", "code": code, "runtime": map[string]string{"name": "APPSYNC_JS", "runtimeVersion": "1.0.0"}})
		w.call("POST", at+"/types/"+kind+"/resolvers", string(body))
	}
	return w
}

// call makes a signed request.
func (w *world) call(method, path, body string) map[string]any {
	w.Helper()
	r, err := http.NewRequest(method, w.URL()+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	sigv4.Sign(r, sigv4.Credentials{AccessKey: "test", Secret: "test"}, "us-east-1", "appsync", sigv4.HashBody([]byte(body)), w.Now())
	return w.do(r)
}

func (w *world) do(r *http.Request) map[string]any {
	w.Helper()
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	out := map[string]any{}
	if err != nil || res.StatusCode != http.StatusOK || json.Unmarshal(b, &out) != nil {
		w.Fatalf("%s %s: %d %s %v", r.Method, r.URL.Path, res.StatusCode, b, err)
	}
	return out
}

// graphql runs an operation with the API's key, and returns its answer.
func (w *world) graphql(query string) string {
	w.Helper()
	body, _ := json.Marshal(map[string]string{"query": query})
	r, err := http.NewRequest("POST", w.URL()+"/graphql/"+w.api, bytes.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("X-Api-Key", w.key)
	b, _ := json.Marshal(w.do(r))
	return string(b)
}

// client is a connection for subscriptions.
type client struct {
	*world
	ws   *websocket.Conn
	auth map[string]string
}

func (w *world) dial(auth map[string]string) *client {
	w.Helper()
	return w.dialAt("/graphql/"+w.api+"/realtime", auth)
}

func (w *world) dialAt(path string, auth map[string]string) *client {
	w.Helper()
	header, _ := json.Marshal(auth)
	ws, res, err := websocket.Dial(w.Context(), "ws"+strings.TrimPrefix(w.URL(), "http")+path, &websocket.DialOptions{
		Subprotocols: []string{"graphql-ws", "header-" + base64.RawURLEncoding.EncodeToString(header)},
	})
	if err != nil {
		w.Fatal(err)
	}
	if got := res.Header.Get("Sec-Websocket-Protocol"); got != "graphql-ws" {
		w.Errorf("the subprotocol is %q", got)
	}
	ws.SetReadLimit(1 << 20)
	w.Cleanup(func() { ws.CloseNow() })
	return &client{world: w, ws: ws, auth: auth}
}

func (w *world) withKey() map[string]string {
	return map[string]string{"host": strings.TrimPrefix(w.URL(), "http://"), "x-api-key": w.key}
}

// connect dials and is acknowledged.
func (w *world) connect() *client {
	w.Helper()
	c := w.dial(w.withKey())
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack","payload":{"connectionTimeoutMs":300000}}`)
	c.expect(`{"type":"ka"}`)
	return c
}

func (c *client) send(m string) {
	c.Helper()
	if err := c.ws.Write(c.Context(), websocket.MessageText, []byte(m)); err != nil {
		c.Fatal(err)
	}
}

func (c *client) start(id, query string) {
	c.Helper()
	c.startAs(id, query, c.auth)
}

func (c *client) startAs(id, query string, auth map[string]string) {
	c.Helper()
	data, _ := json.Marshal(map[string]string{"query": query})
	m, _ := json.Marshal(map[string]any{"id": id, "type": "start", "payload": map[string]any{"data": string(data), "extensions": map[string]any{"authorization": auth}}})
	c.send(string(m))
}

// receive reads a message, or why there is none.
func (c *client) receive() string {
	ctx, cancel := context.WithTimeout(c.Context(), 10*time.Second)
	defer cancel()
	_, b, err := c.ws.Read(ctx)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func (c *client) expect(want ...string) {
	c.Helper()
	for _, m := range want {
		if got := c.receive(); got != m {
			c.Fatalf("got  %s\nwant %s", got, m)
		}
	}
}

// quiet finds that nothing is on its way: what is asked for next comes next.
func (c *client) quiet() {
	c.Helper()
	c.send(`{"type":"stop","id":"none"}`)
	c.expect(`{"id":"none","type":"error","payload":{"errors":[{"errorType":"UnknownOperationError","errorCode":400,"message":"Unknown operation id none"}]}}`)
}

func TestSubscription(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	c.start("1", `subscription { onSend { id room text meta author { name } tags __typename } }`)
	c.expect(`{"type":"start_ack","id":"1"}`)
	if got := w.graphql(`mutation { send(id: "a", room: "r", text: "hi", meta: "{\"a\":1}", tags: ["x"]) { id room text meta author { name } } }`); !strings.Contains(got, `"name":"ana"`) {
		t.Error(got)
	}
	// What the mutation's client did not select is null.
	c.expect(`{"id":"1","type":"data","payload":{"data":{"onSend":{"id":"a","room":"r","text":"hi","meta":"{\"a\":1}","author":{"name":"ana"},"tags":null,"__typename":"Message"}}}}`)
	w.graphql(`mutation { one: send(id: "b", room: "r") { id room } fail { id } two: send(id: "c", room: "r", text: "t") { id room other: text } }`)
	c.expect(
		`{"id":"1","type":"data","payload":{"data":{"onSend":{"id":"b","room":"r","text":null,"meta":null,"author":null,"tags":null,"__typename":"Message"}}}}`,
		`{"id":"1","type":"data","payload":{"data":{"onSend":{"id":"c","room":"r","text":"t","meta":null,"author":null,"tags":null,"__typename":"Message"}}}}`,
	)
	// What may not be null and was not selected makes the whole null.
	w.graphql(`mutation { send(id: "d", room: "r") { id } }`)
	c.expect(`{"id":"1","type":"data","payload":{"data":{"onSend":null},"errors":[{"path":["onSend","room"],"locations":null,"message":"Cannot return null for non-nullable type: 'String' within parent 'Message' (/onSend/room)"}]}}`)
	c.send(`{"type":"stop","id":"1"}`)
	c.expect(`{"type":"complete","id":"1"}`)
	w.graphql(`mutation { send(id: "e", room: "r") { id room } }`)
	c.quiet()
}

// TestArguments are filters: those that are given must be in what was selected.
func TestArguments(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	for i, args := range []string{`(room: "r")`, `(room: "other")`, `(room: "r", level: 3)`, `(level: null)`, `(tags: ["x"])`} {
		id := fmt.Sprint(i)
		c.start(id, `subscription { onSend`+args+` { id } }`)
		c.expect(`{"type":"start_ack","id":"` + id + `"}`)
	}
	for mutation, want := range map[string][]string{
		`send(id: "a", room: "r", level: 3) { id room level }`:        {"0", "2"},
		`send(id: "a", room: "r", level: 3) { id room }`:              {"0", "3"},
		`send(id: "a", room: "q", tags: ["x"]) { id room tags }`:      {"3", "4"},
		`send(id: "a", room: "other", level: 4) { id room level }`:    {"1"},
		`send(id: "a", room: "q", level: 3, tags: ["y"]) { id tags }`: {"3"},
	} {
		w.graphql(`mutation { ` + mutation + ` }`)
		var got []string
		for range want {
			var m struct{ ID string }
			if text := c.receive(); json.Unmarshal([]byte(text), &m) != nil || !strings.Contains(text, `"id":"a"`) {
				t.Fatal(text)
			}
			got = append(got, m.ID)
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%s: for %v, want %v", mutation, got, want)
		}
		c.quiet()
	}
}

func TestFiltersAndInvalidation(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	c.start("1", `subscription { onLevel(min: 3) { level } }`)
	c.expect(`{"type":"start_ack","id":"1"}`)
	w.graphql(`mutation { a: send(id: "a", room: "r", level: 2) { id level } b: send(id: "b", room: "r", level: 3) { level } c: send(id: "c", room: "r", level: 9) { id } }`)
	c.expect(`{"id":"1","type":"data","payload":{"data":{"onLevel":{"level":3}}}}`)
	c.quiet()
	w.graphql(`mutation { kick(room: "elsewhere") }`)
	c.quiet()
	w.graphql(`mutation { kick(room: "r") }`)
	c.expect(`{"type":"complete","id":"1"}`)
	w.graphql(`mutation { send(id: "b", room: "r", level: 3) { level } }`)
	c.quiet()
}

func TestRefusals(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	refused := func(id, query, want string) {
		t.Helper()
		c.start(id, query)
		c.expect(`{"id":"` + id + `","type":"error","payload":` + want + `}`)
	}
	refused("1", `subscription { onSecret { id } }`, `{"errors":[{"errorType":"Unauthorized","message":"Not Authorized to access onSecret on type Subscription"}]}`)
	refused("2", `subscription { onClosed { id } }`, `{"errors":[{"errorType":"Unauthorized","message":"Not Authorized to access onClosed on type Subscription"}]}`)
	refused("3", `subscription { nope { id } }`, `{"errors":[{"message":"Validation error of type FieldUndefined: Field 'nope' in type 'Subscription' is undefined @ 'nope'"}]}`)
	refused("4", `query { ping }`, `{"errors":[{"errorType":"UnsupportedOperation","errorCode":400,"message":"Operation not supported through the realtime channel"}]}`)
	refused("5", `subscription($l: Int!) { onSend(level: $l) { id } }`, `{"errors":[{"message":"Variable 'l' has coerced Null value for NonNull type 'Int!'"}]}`)
	c.startAs("6", `subscription { onSend { id } }`, map[string]string{"x-api-key": "da2-nope"})
	c.expect(`{"id":"6","type":"error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":401,"message":"You are not authorized to make this call."}]}}`)
	c.startAs("7", `subscription { onSend { id } }`, nil)
	c.expect(`{"id":"7","type":"error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":401,"message":"Valid authorization header not provided."}]}}`)
	for i := range 100 {
		id := fmt.Sprint("s", i)
		c.start(id, `subscription { onSend { id } }`)
		c.expect(`{"type":"start_ack","id":"` + id + `"}`)
	}
	refused("s1", `subscription { onSend { id } }`, `{"errors":[{"errorType":"DuplicatedOperationError","errorCode":400,"message":"Duplicated operation id s1"}]}`)
	refused("more", `subscription { onSend { id } }`, `{"errors":{"errorType":"MaxSubscriptionsReachedError","message":"Max number of 100 subscriptions reached"}}`)
	c.send(`nonsense`)
	c.expect(`{"type":"connection_error","payload":{"errors":[{"errorType":"BadRequestException","errorCode":400,"message":"the message is no JSON object with a type"}]}}`)
}

func TestHandshakes(t *testing.T) {
	w := newWorld(t)
	host := strings.TrimPrefix(w.URL(), "http://")
	at := "ws://" + host + "/graphql/" + w.api + "/realtime"
	header, _ := json.Marshal(w.withKey())
	ack := `{"type":"connection_ack","payload":{"connectionTimeoutMs":300000}}`
	dial := func(url string, o *websocket.DialOptions) *client {
		t.Helper()
		ws, _, err := websocket.Dial(t.Context(), url, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { ws.CloseNow() })
		c := &client{world: w, ws: ws}
		c.send(`{"type":"start","id":"early","payload":{}}`) // which is ignored
		c.send(`{"type":"connection_init"}`)
		return c
	}
	protocols := []string{"graphql-ws"}
	dial(at+"?header="+base64.URLEncoding.EncodeToString(header)+"&payload=e30=", &websocket.DialOptions{Subprotocols: protocols}).expect(ack)
	dial(at, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: http.Header{"X-Api-Key": {w.key}}}).expect(ack)
	dial("ws://"+host+"/graphql", &websocket.DialOptions{Subprotocols: protocols, Host: w.api + ".appsync-realtime-api.us-east-1.amazonaws.com", HTTPHeader: http.Header{"X-Api-Key": {w.key}}}).expect(ack)
	c := dial(at, &websocket.DialOptions{Subprotocols: protocols, HTTPHeader: http.Header{"X-Api-Key": {"da2-nope"}}})
	c.expect(`{"type":"connection_error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":401,"message":"You are not authorized to make this call."}]}}`)
	if got := c.receive(); !strings.Contains(got, "StatusNormalClosure") {
		t.Error(got)
	}
	dial(at, nil).expect(`{"type":"connection_error","payload":{"errors":[{"errorType":"NoProtocolError","errorCode":400,"message":"The subprotocol graphql-ws is required."}]}}`)
	dial(at+"?header=%21", &websocket.DialOptions{Subprotocols: protocols}).expect(`{"type":"connection_error","payload":{"errors":[{"errorType":"BadRequestException","errorCode":400,"message":"the header is not base64"}]}}`)
}

// signed is what a client says that signs, as Amplify does it.
func (w *world) signed(secret, path, body string) map[string]string {
	r, err := http.NewRequest("POST", w.URL()+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Encoding", "amz-1.0")
	r.Header.Set("Content-Type", "application/json; charset=UTF-8")
	sigv4.Sign(r, sigv4.Credentials{AccessKey: "test", Secret: secret}, "us-east-1", "appsync", sigv4.HashBody([]byte(body)), w.Now())
	out := map[string]string{"host": r.Host}
	for name, v := range r.Header {
		out[name] = v[0]
	}
	return out
}

func TestSignedConnections(t *testing.T) {
	w := newWorld(t)
	at := "/graphql/" + w.api
	c := w.dial(w.signed("test", at+"/connect", "{}"))
	c.send(`{"type":"connection_init"}`)
	c.expect(`{"type":"connection_ack","payload":{"connectionTimeoutMs":300000}}`, `{"type":"ka"}`)
	query := `subscription { onSecret { id secret } }`
	data, _ := json.Marshal(map[string]string{"query": query})
	c.startAs("1", query, w.signed("test", at, string(data)))
	c.expect(`{"type":"start_ack","id":"1"}`)
	c.startAs("2", query, w.signed("test", at, `{}`)) // something else was signed
	c.expect(`{"id":"2","type":"error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":403,"message":"Permission denied"}]}}`)
	w.graphql(`mutation { send(id: "a", room: "r") { id } }`)
	c.expect(`{"id":"1","type":"data","payload":{"data":{"onSecret":{"id":"a","secret":null}}}}`)

	wrong := w.dial(w.signed("wrong", at+"/connect", "{}"))
	wrong.send(`{"type":"connection_init"}`)
	wrong.expect(`{"type":"connection_error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":403,"message":"Permission denied"}]}}`)
}

// TestFieldsOfSubscribers are authorised for each subscriber.
func TestFieldsOfSubscribers(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	c.start("1", `subscription { onSend { id secret } }`)
	c.expect(`{"type":"start_ack","id":"1"}`)
	w.graphql(`mutation { send(id: "a", room: "r") { id room } }`)
	if got := c.receive(); !strings.Contains(got, `"onSend":{"id":"a","secret":null}`) || !strings.Contains(got, "Not Authorized to access secret on type Message") {
		t.Error(got)
	}
}

// TestTime keeps connections alive, ends what an expired key has let in, and
// ends connections that are a day old.
func TestTime(t *testing.T) {
	w := newWorld(t)
	short := w.call("POST", "/v1/apis/"+w.api+"/apikeys", fmt.Sprintf(`{"expires":%d}`, w.Now().Add(25*time.Hour).Unix()))["apiKey"].(map[string]any)["id"].(string)
	old, silent := w.connect(), w.dial(w.withKey())
	w.Advance(time.Minute)
	old.expect(`{"type":"ka"}`)
	w.Advance(time.Minute)
	silent.expectBesidesKeepAlive("StatusNormalClosure") // it never said connection_init
	w.Advance(6 * time.Hour)
	late := w.connect()
	late.startAs("1", `subscription { onSend { id } }`, map[string]string{"x-api-key": short})
	late.expect(`{"type":"start_ack","id":"1"}`)
	w.Advance(19 * time.Hour)
	late.expectBesidesKeepAlive(`{"id":"1","type":"error","payload":{"errors":[{"errorType":"UnauthorizedException","errorCode":401,"message":"Token expired."}]}}`)
	old.expectBesidesKeepAlive("StatusNormalClosure")
}

func (c *client) expectBesidesKeepAlive(want string) {
	c.Helper()
	for {
		switch got := c.receive(); {
		case got == `{"type":"ka"}`:
		case strings.Contains(got, want):
			return
		default:
			c.Fatal(got)
		}
	}
}

// TestSlowConsumer loses its connection, and nobody waits for it.
func TestSlowConsumer(t *testing.T) {
	w := newWorld(t)
	slow, quick := w.connect(), w.connect()
	for _, c := range []*client{slow, quick} {
		c.start("1", `subscription { onSend { text } }`)
		c.expect(`{"type":"start_ack","id":"1"}`)
	}
	text := strings.Repeat("x", 100_000)
	for range 400 {
		w.graphql(`mutation { send(id: "a", room: "r", text: "` + text + `") { text } }`)
		if got := quick.receive(); !strings.HasPrefix(got, `{"id":"1","type":"data"`) {
			t.Fatal(got)
		}
	}
	for range 400 {
		if got := slow.receive(); !strings.HasPrefix(got, `{"id":"1","type":"data"`) {
			return
		}
	}
	t.Error("the slow client has had everything")
}

// TestTooLargeEventsAreDropped keeps the connection.
func TestTooLargeEventsAreDropped(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	c.start("1", `subscription { onSend { text } }`)
	c.expect(`{"type":"start_ack","id":"1"}`)
	w.graphql(`mutation { send(id: "a", room: "r", text: "` + strings.Repeat("x", 250_000) + `") { text } }`)
	c.quiet()
}

// TestConnectionsEndWithTheCloud, when it is reset and when it is closed.
func TestConnectionsEndWithTheCloud(t *testing.T) {
	w := newWorld(t)
	c := w.connect()
	c.start("1", `subscription { onSend { id } }`)
	c.expect(`{"type":"start_ack","id":"1"}`)
	if err := w.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := c.receive(); !strings.Contains(got, "StatusGoingAway") {
		t.Error(got)
	}
}

// BenchmarkDelivery is a mutation and its way to one subscriber of a hundred
// that it concerns.
func BenchmarkDelivery(b *testing.B) {
	w := newWorld(b)
	c := w.connect()
	for i := range 100 {
		id := fmt.Sprint(i)
		c.start(id, fmt.Sprintf(`subscription { onSend(room: "%d") { id room text } }`, i))
		c.expect(`{"type":"start_ack","id":"` + id + `"}`)
	}
	for b.Loop() {
		w.graphql(`mutation { send(id: "a", room: "7", text: "hi") { id room text } }`)
		c.expect(`{"id":"7","type":"data","payload":{"data":{"onSend":{"id":"a","room":"7","text":"hi"}}}}`)
	}
}

// TestFormBody: what curl sends without being told a type is no form, and
// reaches its endpoint whole.
func TestFormBody(t *testing.T) {
	w := newWorld(t)
	r, err := http.NewRequest("POST", w.URL()+"/graphql/"+w.api, strings.NewReader(`{"query":"{ __typename }"}`))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Api-Key", w.key)
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if out, _ := json.Marshal(w.do(r)); string(out) != `{"data":{"__typename":"Query"}}` {
		t.Errorf("got %s", out)
	}
}
