package apigatewayv2

import (
	"net/url"
	"strings"
)

// The events that functions get, in both formats.

func (x *exchange) headers() map[string]string {
	h := map[string]string{"host": x.r.Host}
	for k, v := range x.r.Header {
		if k != "Cookie" {
			h[strings.ToLower(k)] = strings.Join(v, ",")
		}
	}
	return h
}

func (x *exchange) domain() string {
	return x.api.ID + ".execute-api." + string(x.call.Region) + ".amazonaws.com"
}

// fullPath is the path with the stage, as clients of AWS ask for it.
func (x *exchange) fullPath() string {
	path := x.path
	if p, err := url.PathUnescape(path); err == nil {
		path = p
	}
	if x.stage.Name != defaultStage {
		path = "/" + x.stage.Name + path
	}
	return path
}

func unescaped(vars map[string]string) map[string]string {
	for k, v := range vars {
		if u, err := url.PathUnescape(v); err == nil {
			vars[k] = u
		}
	}
	return vars
}

func (x *exchange) event2(rt route, vars map[string]string, body []byte) any {
	r := x.r
	headers := x.headers()
	event := map[string]any{
		"version": "2.0", "routeKey": rt.Key, "rawPath": x.fullPath(), "rawQueryString": r.URL.RawQuery, "headers": headers,
		"requestContext": map[string]any{
			"accountId": x.call.Account, "apiId": x.api.ID, "domainName": x.domain(), "domainPrefix": x.api.ID,
			"http":      map[string]any{"method": r.Method, "path": x.fullPath(), "protocol": r.Proto, "sourceIp": x.call.SourceIP, "userAgent": r.UserAgent()},
			"requestId": x.call.RequestID, "routeKey": rt.Key, "stage": x.stage.Name,
			"time": x.began.UTC().Format("02/Jan/2006:15:04:05 -0700"), "timeEpoch": x.began.UnixMilli(),
		},
		"isBase64Encoded": false,
	}
	if cookies := r.Header.Values("Cookie"); len(cookies) > 0 {
		var list []string
		for _, line := range cookies {
			for _, c := range strings.Split(line, ";") {
				list = append(list, strings.TrimSpace(c))
			}
		}
		event["cookies"] = list
	}
	if query := r.URL.Query(); len(query) > 0 {
		q := map[string]string{}
		for k, v := range query {
			q[k] = strings.Join(v, ",")
		}
		event["queryStringParameters"] = q
	}
	if len(vars) > 0 {
		event["pathParameters"] = unescaped(vars)
	}
	if len(x.stage.Variables) > 0 {
		event["stageVariables"] = x.stage.Variables
	}
	if len(body) > 0 {
		event["body"], event["isBase64Encoded"] = text(r, body)
	}
	return event
}

// orNull is a map, or null if it is empty, as the first format has it.
func orNull[V any](m map[string]V) any {
	if len(m) == 0 {
		return nil
	}
	return m
}

func (x *exchange) event1(rt route, vars map[string]string, body []byte) any {
	r := x.r
	headers, multi := map[string]string{"Host": r.Host}, map[string][]string{"Host": {r.Host}}
	for k, v := range r.Header {
		headers[k], multi[k] = v[len(v)-1], v
	}
	query := map[string]string{}
	for k, v := range r.URL.Query() {
		query[k] = v[len(v)-1]
	}
	_, resource, ok := strings.Cut(rt.Key, " ")
	if !ok {
		resource = rt.Key
	}
	event := map[string]any{
		"version": "1.0", "resource": resource, "path": x.fullPath(), "httpMethod": r.Method, "headers": headers, "multiValueHeaders": multi,
		"queryStringParameters": orNull(query), "multiValueQueryStringParameters": orNull(map[string][]string(r.URL.Query())),
		"requestContext": map[string]any{
			"accountId": x.call.Account, "apiId": x.api.ID, "domainName": x.domain(), "domainPrefix": x.api.ID, "extendedRequestId": x.call.RequestID,
			"httpMethod": r.Method, "identity": map[string]any{"sourceIp": x.call.SourceIP, "userAgent": r.UserAgent()}, "path": x.fullPath(),
			"protocol": r.Proto, "requestId": x.call.RequestID, "requestTime": x.began.UTC().Format("02/Jan/2006:15:04:05 -0700"),
			"requestTimeEpoch": x.began.UnixMilli(), "resourceId": rt.Key, "resourcePath": resource, "stage": x.stage.Name,
		},
		"pathParameters": orNull(unescaped(vars)), "stageVariables": orNull(x.stage.Variables), "body": nil, "isBase64Encoded": false,
	}
	if len(body) > 0 {
		event["body"], event["isBase64Encoded"] = text(r, body)
	}
	return event
}
