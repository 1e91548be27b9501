package scripttest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// protocol is how a service is spoken to.
type protocol struct {
	contentType string // of JSON requests
	target      string // X-Amz-Target prefix; "" for query and REST
	version     string // of the API; query
}

// protocols of the services that scripts can ask.
var protocols = map[string]protocol{
	"kms":              {contentType: "application/x-amz-json-1.1", target: "TrentService"},
	"cognito-identity": {contentType: "application/x-amz-json-1.1", target: "AWSCognitoIdentityService"},
	"cognito-idp":      {contentType: "application/x-amz-json-1.1", target: "AWSCognitoIdentityProviderService"},
	"dynamodb":         {contentType: "application/x-amz-json-1.0", target: "DynamoDB_20120810"},
	"ce":               {contentType: "application/x-amz-json-1.1", target: "AWSInsightsIndexService"},
	"monitoring":       {contentType: "application/x-amz-json-1.0", target: "GraniteServiceVersion20100801"},
	"logs":             {contentType: "application/x-amz-json-1.1", target: "Logs_20140328"},
	"sqs":              {contentType: "application/x-amz-json-1.0", target: "AmazonSQS"},
	"events":           {contentType: "application/x-amz-json-1.1", target: "AWSEvents"},
	"sns":              {version: "2010-03-31"},
	"iam":              {version: "2010-05-08"},
	"sts":              {version: "2011-06-15"},
	"s3":               {},
	"lambda":           {},
	"apigateway":       {},
	"appsync":          {},
	"cloudfront":       {},
	"niebla":           {}, // our own administrative calls, such as GET /_niebla/mail
}

// build makes the HTTP request of a block, unsigned, and its body.
func build(endpoint, service string, lines []string) (*http.Request, string, error) {
	p, ok := protocols[service]
	switch {
	case !ok:
		return nil, "", fmt.Errorf("no service %q", service)
	case p.target != "":
		return buildJSON(endpoint, p, lines)
	case p.version != "":
		return buildQuery(endpoint, p, lines)
	}
	return buildREST(endpoint, lines)
}

func buildJSON(endpoint string, p protocol, lines []string) (*http.Request, string, error) {
	op, body, _ := strings.Cut(strings.Join(lines, "\n"), " ")
	if body == "" {
		body = "{}"
	}
	r, err := http.NewRequest(http.MethodPost, endpoint+"/", strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", p.contentType)
	r.Header.Set("X-Amz-Target", p.target+"."+op)
	return r, body, nil
}

func buildQuery(endpoint string, p protocol, lines []string) (*http.Request, string, error) {
	first := strings.Fields(lines[0])
	form := url.Values{"Action": {first[0]}, "Version": {p.version}}
	for _, pair := range append(first[1:], lines[1:]...) {
		name, value, ok := strings.Cut(pair, "=")
		if !ok {
			return nil, "", fmt.Errorf("%q is not Name=Value", pair)
		}
		form.Set(name, value)
	}
	body := form.Encode()
	r, err := http.NewRequest(http.MethodPost, endpoint+"/", strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	return r, body, nil
}

func buildREST(endpoint string, lines []string) (*http.Request, string, error) {
	method, target, ok := strings.Cut(lines[0], " ")
	if !ok || !strings.HasPrefix(target, "/") {
		return nil, "", fmt.Errorf("%q is not METHOD /path", lines[0])
	}
	header := http.Header{}
	var text []string
	for _, l := range lines[1:] {
		if b, ok := strings.CutPrefix(l, "|"); ok {
			text = append(text, strings.TrimPrefix(b, " "))
			continue
		}
		name, value, ok := strings.Cut(l, ": ")
		if !ok {
			return nil, "", fmt.Errorf("%q is neither a header nor a line of the body", l)
		}
		header.Add(name, value)
	}
	body := strings.Join(text, "\n")
	r, err := http.NewRequest(method, endpoint+target, strings.NewReader(body))
	if err != nil {
		return nil, "", err
	}
	r.Header = header
	return r, body, nil
}

func hash(body string) string {
	h := sha256.Sum256([]byte(body))
	return hex.EncodeToString(h[:])
}
