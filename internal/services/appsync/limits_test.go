package appsync

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestLimits holds that what is meant to take long ends with an error, soon.
func TestLimits(t *testing.T) {
	s := newService(t)
	id, _ := makeAPI(t, s, "type T { n: Int t: T ts: [T] } type Query { t: T n: Int endless: Int deep: T broken: Int }")
	setResolver(t, s, id, "Query", "t", `{"payload":{"n":1,"ts":[{"n":1,"ts":[{"n":1,"ts":[{"n":1}]}]}]}}`, "$util.toJson($ctx.result)")
	setResolver(t, s, id, "Query", "n", `{"payload":1}`, "$util.toJson($ctx.result)")
	setResolver(t, s, id, "Query", "endless", `#macro(m $x)#foreach($i in [1..1000])#m($i)#end#end#m(1){"payload":1}`, "1")
	setResolver(t, s, id, "Query", "broken", "#if(", "1")
	many := func(n int, field string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, " a%d: %s", i, field)
		}
		return "{" + b.String() + " }"
	}
	for name, tt := range map[string]struct{ query, want string }{
		"an endless template": {"{ endless }", `"errorType":"MappingTemplate"`},
		"a broken template":   {"{ broken }", `"errorType":"MappingTemplate"`},
		"many aliases":        {many(1_900, "n"), `"a1899":1`},
		"too many aliases":    {many(2_100, "n"), "too large"},
		"aliases that multiply": {
			"{ t { ...A } } fragment A on T " + many(500, "ts { ...B }") + " fragment B on T " + many(500, "ts { ...C }") + " fragment C on T " + many(500, "ts { n }"),
			"more than",
		},
		"no end of tokens": {"{" + strings.Repeat(" n", 20_000) + "}", "MalformedHttpRequestException"},
		"deep":             {strings.Repeat("{ t ", 990) + "{ n" + strings.Repeat(" }", 991), `{"data":`},
	} {
		start := time.Now()
		got := ask(t, s, id, tt.query)
		if !strings.Contains(got, tt.want) {
			t.Errorf("%s: %.300s", name, got)
		}
		if took := time.Since(start); took > 15*time.Second {
			t.Errorf("%s took %s", name, took)
		}
	}
}

func TestExecutionTimesOut(t *testing.T) {
	s := newService(t)
	id, _ := makeAPI(t, s, "type Query { n: Int }")
	setResolver(t, s, id, "Query", "n", `{"payload":1}`, "$util.toJson($ctx.result)")
	a, err := s.compiled(id)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	out, no := s.execute(ctx, root(), a, &caller{mode: byKey}, graphQLRequest{query: "{ n }"})
	if no != nil || !strings.Contains(string(out.body), `"errorType":"ExecutionTimeout"`) {
		t.Errorf("%v, %+v", no, out)
	}
}

// TestLimitsOfSettings holds that an API's own limits count.
func TestLimitsOfSettings(t *testing.T) {
	s := newService(t)
	id, _ := makeAPI(t, s, "type T { n: Int t: T } type Query { t: T n: Int }")
	setResolver(t, s, id, "Query", "n", `{"payload":1}`, "$util.toJson($ctx.result)")
	three, two := int32(3), int32(2)
	_, err := s.updateGraphqlAPI(t.Context(), root(), &UpdateGraphqlApiInput{ApiId: id, APISettings: APISettings{
		Name: "a", AuthenticationType: byKey, QueryDepthLimit: &three, ResolverCountLimit: &two, IntrospectionConfig: "DISABLED",
	}})
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{
		"{ t { t { n } } }":                              `{"data":{"t":null}}`,
		"{ t { t { t { n } } } }":                        "exceeds the limit of 3",
		"{ ...F } fragment F on Query { t { t { n } } }": `{"data":{"t":null}}`,
		"{ a: n b: n }":                                  `{"data":{"a":1,"b":1}}`,
		"{ a: n b: n c: n }":                             "ResolverExecutionLimitReached",
		"{ __schema { types { name } } }":                "IntrospectionDisabled",
		"{ __typename }":                                 `{"data":{"__typename":"Query"}}`,
	} {
		if got := ask(t, s, id, query); !strings.Contains(got, want) {
			t.Errorf("%s: %s", query, got)
		}
	}
}
