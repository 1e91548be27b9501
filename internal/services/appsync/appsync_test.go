package appsync

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

func newService(tb testing.TB, options ...func(*Deps)) *Service {
	db := store.OpenMemory()
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Error(err)
		}
	})
	now := func() time.Time { return time.Unix(1e9, 0) }
	d := Deps{
		DB: db, IDs: aws.NewIDs(nil), Now: now, Log: slog.New(slog.DiscardHandler), Caller: nobody{}, Roles: nobody{}, Authorizer: nobody{}, Users: nobody{}, Functions: nobody{},
		Clock: clock.New(now, 0), Meter: meter.NewMeter(now), Credentials: nobody{}, Signers: time.Now,
	}
	for _, set := range options {
		set(&d)
	}
	return New(d)
}

func root() *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: time.Unix(1e9, 0),
		Principal: &aws.Principal{Kind: aws.Anonymous}, Host: "localhost",
	}
}

// makeAPI makes an API with a schema and one key.
func makeAPI(tb testing.TB, s *Service, schema string) (id, key string) {
	tb.Helper()
	ctx, c := tb.Context(), root()
	out, err := s.createGraphqlAPI(ctx, c, &CreateGraphqlApiInput{APISettings: APISettings{Name: "a", AuthenticationType: byKey}})
	if err != nil {
		tb.Fatal(err)
	}
	id = out.GraphqlApi.ApiId
	if _, err := s.startSchemaCreation(ctx, c, &StartSchemaCreationInput{ApiId: id, Definition: []byte(schema)}); err != nil {
		tb.Fatal(err)
	}
	if _, err := s.createDataSource(ctx, c, &CreateDataSourceInput{ApiId: id, Name: "none", DataSourceSettings: DataSourceSettings{Type: sourceNone}}); err != nil {
		tb.Fatal(err)
	}
	k, err := s.createAPIKey(ctx, c, &CreateApiKeyInput{ApiId: id})
	if err != nil {
		tb.Fatal(err)
	}
	return id, k.ApiKey.Id
}

// setResolver gives a field a resolver in VTL without a data source.
func setResolver(tb testing.TB, s *Service, api, typ, field, request, response string) {
	tb.Helper()
	settings := ResolverSettings{Handlers: Handlers{DataSourceName: "none", RequestMappingTemplate: request, ResponseMappingTemplate: response}}
	_, err := s.createResolver(tb.Context(), root(), &CreateResolverInput{ApiId: api, TypeName: typ, FieldName: field, ResolverSettings: settings})
	if err != nil {
		tb.Fatal(err)
	}
}

// ask executes a query as somebody with the key.
func ask(tb testing.TB, s *Service, id, query string) string {
	tb.Helper()
	a, err := s.compiled(id)
	if err != nil {
		tb.Fatal(err)
	}
	out, no := s.execute(tb.Context(), root(), a, &caller{mode: byKey}, graphQLRequest{query: query})
	if no != nil {
		return no.kind + ": " + no.message
	}
	return string(out.body)
}

func TestChangesAreSeen(t *testing.T) {
	s := newService(t)
	id, _ := makeAPI(t, s, "type Query { a: Int }")
	if got := ask(t, s, id, "{ a }"); got != `{"data":{"a":null}}` {
		t.Error(got)
	}
	setResolver(t, s, id, "Query", "a", `{"version":"2018-05-29","payload":5}`, "$util.toJson($ctx.result)")
	if got := ask(t, s, id, "{ a }"); got != `{"data":{"a":5}}` {
		t.Error(got)
	}
	if _, err := s.startSchemaCreation(t.Context(), root(), &StartSchemaCreationInput{ApiId: id, Definition: []byte("type Query { b: Int }")}); err != nil {
		t.Fatal(err)
	}
	if got := ask(t, s, id, "{ b }"); got != `{"data":{"b":null}}` {
		t.Error(got)
	}
	if _, err := s.deleteGraphqlAPI(t.Context(), root(), &DeleteGraphqlApiInput{ApiId: id}); err != nil {
		t.Fatal(err)
	}
	if a, err := s.compiled(id); err == nil {
		t.Errorf("%s is still there", a.id)
	}
}

func TestTokens(t *testing.T) {
	s := newService(t)
	token, err := s.sealToken("here", build("id", build("S", "x")))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(token, "id") {
		t.Errorf("%s shows the key", token)
	}
	key, err := s.openToken("here", token)
	if err != nil || text(key) != `{"id":{"S":"x"}}` {
		t.Errorf("%v, %v", key, err)
	}
	for _, wrong := range [][2]string{{"there", token}, {"here", token[:len(token)-8]}, {"here", ""}, {"here", "?"}, {"here", "AAAA"}} {
		if key, err := s.openToken(wrong[0], wrong[1]); err == nil {
			t.Errorf("%q opened as %v", wrong, text(key))
		}
	}
}

func FuzzRequest(f *testing.F) {
	for _, seed := range []string{
		`{"query":"{ a }"}`, `{"query":"query Q($x: In) { b(x: $x) { ... on T { n } } }","variables":{"x":{"a":1}},"operationName":"Q"}`,
		`{"query":"{ t { t { n } ts { n } } __schema { types { name } } }"}`, `{"query":1}`, `[`, ``, `{"query":"{","variables":""}`,
		`{"query":"{ u { __typename ... on T @skip(if: true) { n } } a @include(if: false) }"}`,
	} {
		f.Add(seed)
	}
	s := newService(f)
	id, _ := makeAPI(f, s, `type T { n: Int! t: T ts: [T!] } union U = T input In { a: Int b: [In!] } type Query { a: Int b(x: In): T t: T u: U }`)
	setResolver(f, s, id, "Query", "t", `{"payload":{"n":1,"t":{"n":null},"ts":[{"n":"2"},3,null]}}`, "$util.toJson($ctx.result)")
	setResolver(f, s, id, "Query", "b", `{"payload":$util.toJson($ctx.args.x)}`, "$util.toJson($ctx.result)")
	f.Fuzz(func(t *testing.T, body string) {
		req, no := parseRequest(body)
		if no != nil {
			return
		}
		a, err := s.compiled(id)
		if err != nil {
			t.Fatal(err)
		}
		out, no := s.execute(t.Context(), root(), a, &caller{mode: byKey}, req)
		if no != nil {
			return
		}
		if v, err := vtl.ParseJSON(string(out.body)); err != nil {
			t.Errorf("%q is answered with %s: %v", body, out.body, err)
		} else if _, ok := v.(*vtl.Map).Get("data"); !ok {
			t.Errorf("%q is answered without data: %s", body, out.body)
		}
	})
}

// FuzzRealtime reads what clients of subscriptions send, and filters.
func FuzzRealtime(f *testing.F) {
	for _, seed := range []string{
		`{"type":"connection_init"}`, `{"id":"1","type":"start","payload":{"data":"{\"query\":\"{a}\"}","extensions":{"authorization":{"host":"h"}}}}`,
		"eyJob3N0IjoiaCJ9", "e30=", `{"filterGroup":[{"filters":[{"fieldName":"a.b","operator":"in","value":[1,"x"]}]}]}`,
		`{"filterGroup":[{"filters":[{"fieldName":"a","operator":"between","value":[1,2.5]},{"fieldName":"l","operator":"containsAny","value":["x"]}]}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if m, err := parseMessage(text); err == nil && m.kind == "" && !strings.Contains(text, `"type"`) {
			t.Errorf("%q has no type, and was read", text)
		}
		if m, err := parseHeader(text); err == nil && m == nil {
			t.Errorf("%q gives no header", text)
		}
		v, err := vtl.ParseJSON(text)
		if err != nil {
			return
		}
		if filter, err := newFilter(v); err == nil {
			filter.matches(v)
			filter.matches(nil)
		}
	})
}
