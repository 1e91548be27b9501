package appsync

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// lambda answers as functions by these names would.
type lambda struct {
	mu       sync.Mutex
	payloads []string
}

func (l *lambda) Assume(context.Context, *aws.Call, aws.ARN, string, string) (*aws.Principal, aws.Session, error) {
	return &aws.Principal{Kind: aws.AssumedRole}, aws.Session{}, nil
}

func (l *lambda) Invoke(_ context.Context, _ *aws.Call, function aws.ARN, payload []byte) ([]byte, bool, error) {
	l.mu.Lock()
	l.payloads = append(l.payloads, string(payload))
	l.mu.Unlock()
	v, err := vtl.ParseJSON(string(payload))
	if err != nil {
		return nil, false, err
	}
	switch name := string(function[strings.LastIndexByte(string(function), ':')+1:]); name {
	case "echo":
		return payload, false, nil
	case "crash":
		return []byte(`{"errorMessage":"no","errorType":"Error","trace":[]}`), true, nil
	case "short":
		return []byte(`[]`), false, nil
	case "direct": // a list of contexts, each answered by its argument; 3 is an error
		var out []string
		for _, c := range v.(*vtl.List).Items() {
			n := text(property(property(c, "source"), "n"))
			if n == "3" {
				out = append(out, `{"errorMessage":"three","errorType":"Odd"}`)
			} else {
				out = append(out, fmt.Sprintf(`{"data":%s}`, n))
			}
		}
		return []byte("[" + strings.Join(out, ",") + "]"), false, nil
	case "authorizer":
		if property(v, "authorizationToken") == "come in" {
			return []byte(`{"isAuthorized":true,"resolverContext":{"who":"me"},"deniedFields":["Query.secret"]}`), false, nil
		}
		return []byte(`{"isAuthorized":false}`), false, nil
	}
	return nil, false, aws.Errorf(404, "ResourceNotFoundException", "Function not found: %s", function)
}

// withFunctions makes an API whose data sources are functions.
func withFunctions(t *testing.T, schema string) (s *Service, l *lambda, id string) {
	s, l = newService(t), &lambda{}
	s.Functions, s.Roles = l, l
	id, _ = makeAPI(t, s, schema)
	for _, name := range []string{"echo", "crash", "short", "direct", "missing"} {
		_, err := s.createDataSource(t.Context(), root(), &CreateDataSourceInput{ApiId: id, Name: name, DataSourceSettings: DataSourceSettings{
			Type: sourceLambda, ServiceRoleArn: "arn:aws:iam::000000000000:role/r",
			LambdaConfig: &LambdaDataSourceConfig{LambdaFunctionArn: "arn:aws:lambda:eu-west-3:000000000000:function:" + name},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s, l, id
}

func resolve(t *testing.T, s *Service, id, typ, field string, h Handlers) {
	t.Helper()
	if _, err := s.createResolver(t.Context(), root(), &CreateResolverInput{ApiId: id, TypeName: typ, FieldName: field, ResolverSettings: ResolverSettings{Handlers: h}}); err != nil {
		t.Fatal(err)
	}
}

func TestFunctions(t *testing.T) {
	s, _, id := withFunctions(t, "type Query { echo(n: Int): Int crash: Int missing: Int direct(n: Int): Int }")
	invoke := `{"version":"2018-05-29","operation":"Invoke","payload":$util.toJson($ctx.args.n)}`
	rethrow := `#if($ctx.error)$util.error($ctx.error.message, $ctx.error.type)#end$util.toJson($ctx.result)`
	resolve(t, s, id, "Query", "echo", Handlers{DataSourceName: "echo", RequestMappingTemplate: invoke, ResponseMappingTemplate: rethrow})
	resolve(t, s, id, "Query", "crash", Handlers{DataSourceName: "crash", RequestMappingTemplate: invoke, ResponseMappingTemplate: rethrow})
	resolve(t, s, id, "Query", "missing", Handlers{DataSourceName: "missing", RequestMappingTemplate: invoke, ResponseMappingTemplate: rethrow})
	resolve(t, s, id, "Query", "direct", Handlers{DataSourceName: "echo", ResponseMappingTemplate: "$util.toJson($ctx.result.arguments.n)"})
	for query, want := range map[string]string{
		"{ echo(n: 5) }":   `{"data":{"echo":5}}`,
		"{ direct(n: 7) }": `{"data":{"direct":7}}`,
		"{ crash }":        `"errorType":"Lambda:Unhandled","errorInfo":null,"locations":[{"line":1,"column":3,"sourceName":null}],"message":"no"}`,
		"{ missing }":      `"errorType":"Lambda:ResourceNotFoundException"`,
	} {
		if got := ask(t, s, id, query); !strings.Contains(got, want) {
			t.Errorf("%s: %s", query, got)
		}
	}
}

// TestBatches holds that siblings are asked for together, as many as a batch
// may have, and that each gets what is its own.
func TestBatches(t *testing.T) {
	s, l, id := withFunctions(t, "type T { n: Int twice: Int some: Int short: Int } type Query { list: [T] lists: [[T]] }")
	setResolver(t, s, id, "Query", "list", `{"payload":[{"n":0},{"n":1},{"n":2},{"n":3},{"n":4},null,{"n":6}]}`, "$util.toJson($ctx.result)")
	setResolver(t, s, id, "Query", "lists", `{"payload":[[{"n":0},{"n":1}],[{"n":2}]]}`, "$util.toJson($ctx.result)")
	batch := `{"version":"2018-05-29","operation":"BatchInvoke","payload":$ctx.source.n}`
	result := "$util.toJson($ctx.result)"
	four := int32(4)
	resolve(t, s, id, "T", "twice", Handlers{DataSourceName: "echo", RequestMappingTemplate: batch, ResponseMappingTemplate: result})
	resolve(t, s, id, "T", "some", Handlers{DataSourceName: "direct", MaxBatchSize: &four})
	resolve(t, s, id, "T", "short", Handlers{DataSourceName: "short", RequestMappingTemplate: batch, ResponseMappingTemplate: result})

	got := ask(t, s, id, "{ list { twice } }")
	if want := `{"data":{"list":[{"twice":0},{"twice":1},{"twice":2},{"twice":3},{"twice":4},null,{"twice":6}]}}`; got != want {
		t.Error(got)
	}
	if all := strings.Join(l.payloads, " "); len(l.payloads) != 2 || !strings.Contains(all, "[0,1,2,3,4]") || !strings.Contains(all, "[6]") {
		t.Errorf("asked %s", all)
	}
	l.payloads = nil
	got = ask(t, s, id, "{ list { some } }")
	if !strings.HasPrefix(got, `{"data":{"list":[{"some":0},{"some":1},{"some":2},{"some":null},{"some":4},null,{"some":6}]},"errors":[{"path":["list",3,"some"],"data":null,"errorType":"Odd"`) {
		t.Error(got)
	}
	if len(l.payloads) != 2 {
		t.Errorf("asked %d times", len(l.payloads))
	}
	l.payloads = nil
	if got = ask(t, s, id, "{ lists { twice } }"); got != `{"data":{"lists":[[{"twice":0},{"twice":1}],[{"twice":2}]]}}` || len(l.payloads) != 1 {
		t.Errorf("%s, asked %v", got, l.payloads)
	}
	if got = ask(t, s, id, "{ lists { short } }"); strings.Count(got, "Lambda:IllegalArgument") != 3 {
		t.Error(got)
	}
}

func TestAuthorizer(t *testing.T) {
	s, l, _ := withFunctions(t, "type Query { a: Int }")
	c := root()
	out, err := s.createGraphqlAPI(t.Context(), c, &CreateGraphqlApiInput{APISettings: APISettings{Name: "b", AuthenticationType: byLambda, LambdaAuthorizerConfig: &LambdaAuthorizerConfig{
		AuthorizerUri: "arn:aws:lambda:eu-west-3:000000000000:function:authorizer", IdentityValidationExpression: "^[a-z ]+$",
	}}})
	if err != nil {
		t.Fatal(err)
	}
	id := out.GraphqlApi.ApiId
	if _, err := s.startSchemaCreation(t.Context(), c, &StartSchemaCreationInput{ApiId: id, Definition: []byte("type Query { who: String secret: String }")}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.createDataSource(t.Context(), c, &CreateDataSourceInput{ApiId: id, Name: "none", DataSourceSettings: DataSourceSettings{Type: sourceNone}}); err != nil {
		t.Fatal(err)
	}
	for _, f := range []string{"who", "secret"} {
		setResolver(t, s, id, "Query", f, `{"payload":1}`, "$util.toJson($ctx.identity.resolverContext.who)")
	}
	a, err := s.compiled(id)
	if err != nil {
		t.Fatal(err)
	}
	enter := func(token string) string {
		req := graphQLRequest{query: "{ who secret }", header: map[string][]string{"Authorization": {token}}}
		who, no := s.authenticate(t.Context(), c, a, &req)
		if no != nil {
			return no.message
		}
		res, no := s.execute(t.Context(), c, a, who, req)
		if no != nil {
			return no.message
		}
		return string(res.body)
	}
	for range 2 {
		if got := enter("come in"); !strings.HasPrefix(got, `{"data":{"who":"me","secret":null},"errors":[`) {
			t.Error(got)
		}
	}
	if len(l.payloads) != 1 {
		t.Errorf("asked %d times about one token", len(l.payloads))
	}
	for _, token := range []string{"stay out", "FORM", ""} {
		if got := enter(token); !strings.Contains(got, "authoriz") {
			t.Errorf("%q: %s", token, got)
		}
	}
	if len(l.payloads) != 2 {
		t.Errorf("asked %d times: a token of the wrong form was asked about", len(l.payloads))
	}
}
