package appsync_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// signed makes a request as the root user, and returns the answer.
func signed(tb testing.TB, c *nieblatest.Cloud, service, method, path, target, body string) string {
	tb.Helper()
	r, err := http.NewRequestWithContext(tb.Context(), method, c.URL()+path, strings.NewReader(body))
	if err != nil {
		tb.Fatal(err)
	}
	switch {
	case target != "":
		r.Header.Set("X-Amz-Target", target)
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
	case service == "iam":
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	sum := sha256.Sum256([]byte(body))
	sigv4.Sign(r, sigv4.Credentials{AccessKey: "test", Secret: niebla.DevelopmentSecret}, "eu-west-3", service, hex.EncodeToString(sum[:]), c.Now())
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode/100 != 2 {
		tb.Fatalf("%s %s: %d %s %v", service, path, res.StatusCode, data, err)
	}
	return string(data)
}

// prepare makes an API with the description's resolver, and returns its URL
// and a key.
func prepare(tb testing.TB, c *nieblatest.Cloud) (endpoint, key string) {
	tb.Helper()
	const api = "chxkj33wdrc3vfk6vhlcbn52w4"
	role := url.Values{
		"Action": {"CreateRole"}, "Version": {"2010-05-08"}, "RoleName": {"ds"},
		"AssumeRolePolicyDocument": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"appsync.amazonaws.com"},"Action":"sts:AssumeRole"}]}`},
	}
	signed(tb, c, "iam", "POST", "/", "", role.Encode())
	policy := url.Values{
		"Action": {"PutRolePolicy"}, "Version": {"2010-05-08"}, "RoleName": {"ds"}, "PolicyName": {"p"},
		"PolicyDocument": {`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"dynamodb:GetItem","Resource":"*"}]}`},
	}
	signed(tb, c, "iam", "POST", "/", "", policy.Encode())
	signed(tb, c, "dynamodb", "POST", "/", "DynamoDB_20120810.CreateTable", `{"TableName":"USERS","KeySchema":[{"AttributeName":"userId","KeyType":"HASH"}],"AttributeDefinitions":[{"AttributeName":"userId","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST"}`)
	signed(tb, c, "dynamodb", "POST", "/", "DynamoDB_20120810.PutItem", `{"TableName":"USERS","Item":{"userId":{"S":"user123"},"nickname":{"S":"ana"},"ciudad":{"S":"Lyon"},"puntos":{"N":"12"}}}`)
	signed(tb, c, "appsync", "POST", "/v1/apis", "", `{"name":"b","authenticationType":"API_KEY","tags":{"niebla:id":"`+api+`"}}`)
	schema := base64.StdEncoding.EncodeToString([]byte("type User { userId: ID! nickname: String } type Query { getUser(userId: ID!): User }"))
	signed(tb, c, "appsync", "POST", "/v1/apis/"+api+"/schemacreation", "", `{"definition":"`+schema+`"}`)
	signed(tb, c, "appsync", "POST", "/v1/apis/"+api+"/datasources", "", `{"name":"users","type":"AMAZON_DYNAMODB","serviceRoleArn":"arn:aws:iam::000000000000:role/ds","dynamodbConfig":{"tableName":"USERS","awsRegion":"eu-west-3"}}`)
	template := "{\n    \"version\": \"2017-02-28\",\n    \"operation\": \"GetItem\",\n    \"key\": {\n        \"userId\": $util.dynamodb.toDynamoDBJson($ctx.args.userId)\n    }\n}"
	signed(tb, c, "appsync", "POST", "/v1/apis/"+api+"/types/Query/resolvers", "", `{"fieldName":"getUser","dataSourceName":"users","requestMappingTemplate":`+strconv.Quote(template)+`,"responseMappingTemplate":"$util.toJson($ctx.result)"}`)
	var out struct {
		APIKey struct{ ID string } `json:"apiKey"`
	}
	if err := json.Unmarshal([]byte(signed(tb, c, "appsync", "POST", "/v1/apis/"+api+"/apikeys", "", "{}")), &out); err != nil {
		tb.Fatal(err)
	}
	return c.URL() + "/graphql/" + api, out.APIKey.ID
}

// BenchmarkQuery is a query of one field from a table through VTL, over HTTP,
// and the same bytes from a bare server. The first is to have at least a fifth
// of the speed of the second.
func BenchmarkQuery(b *testing.B) {
	endpoint, key := prepare(b, nieblatest.Start(b))
	body := []byte(`{"query":"query X($id: ID!) { getUser(userId: $id) { nickname } }","variables":{"id":"user123"}}`)
	want := `{"data":{"getUser":{"nickname":"ana"}}}`
	bare := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			b.Error(err)
		}
		w.Header().Set("Content-Type", "application/json;charset=UTF-8")
		fmt.Fprint(w, want)
	}))
	defer bare.Close()
	for name, target := range map[string]string{"appsync": endpoint, "bare": bare.URL} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				client := &http.Client{Transport: &http.Transport{}}
				for pb.Next() {
					r, err := http.NewRequest(http.MethodPost, target, bytes.NewReader(body))
					if err != nil {
						b.Error(err)
						return
					}
					r.Header.Set("X-Api-Key", key)
					res, err := client.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					data, err := io.ReadAll(res.Body)
					res.Body.Close()
					if err != nil || string(data) != want {
						b.Error(string(data), err)
						return
					}
				}
			})
		})
	}
}
