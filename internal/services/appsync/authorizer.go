package appsync

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	authorizerTime = 10 * time.Second
	authorizerTTL  = 300 // seconds, where the API does not say
)

// Functions invokes Lambda functions, as c.Principal. failed means that the
// function ran and ended with an error, which the answer describes.
type Functions interface {
	Invoke(ctx context.Context, c *aws.Call, function aws.ARN, payload []byte) (answer []byte, failed bool, err error)
}

// authorizerConfig is the API's configuration of its authorizer.
func (a *APISettings) authorizerConfig() *LambdaAuthorizerConfig {
	if a.AuthenticationType == byLambda {
		return a.LambdaAuthorizerConfig
	}
	for _, p := range a.AdditionalAuthenticationProviders {
		if p.AuthenticationType == byLambda {
			return p.LambdaAuthorizerConfig
		}
	}
	return nil
}

// askAuthorizer lets a function of the API's owner decide about a token.
func (s *Service) askAuthorizer(ctx context.Context, c *aws.Call, a *api, req *graphQLRequest, token string) (*caller, *refusal) {
	no := unauthorized("You are not authorized to make this call.")
	cfg := a.settings.authorizerConfig()
	if cfg.IdentityValidationExpression != "" && !regexp.MustCompile(cfg.IdentityValidationExpression).MatchString(token) {
		return nil, no
	}
	if who := a.tokens.get(byLambda+token, c.Time); who != nil {
		return who, nil
	}
	var variables any = vtl.NewMap()
	if req.variables != nil {
		variables = req.variables
	}
	event := build(
		"authorizationToken", token,
		"requestContext", build(
			"apiId", a.id, "accountId", string(a.scope.Account), "requestId", c.RequestID,
			"queryString", req.query, "operationName", orNull(req.operation), "variables", variables),
		"requestHeaders", headersOf(req.header),
	)
	payload, err := vtl.AppendJSON(nil, event)
	if err != nil {
		return nil, no
	}
	ctx, cancel := context.WithTimeout(ctx, authorizerTime)
	defer cancel()
	own := *c
	own.Scope = a.scope
	own.Principal = &aws.Principal{
		Kind: aws.ServicePrincipal, Account: a.scope.Account, Name: servicePrincipal,
		Keys: map[string][]string{"aws:SourceArn": {string(a.arn)}, "aws:SourceAccount": {string(a.scope.Account)}},
	}
	answer, failed, err := s.Functions.Invoke(ctx, &own, aws.ARN(cfg.AuthorizerUri), payload)
	if err != nil || failed {
		return nil, no
	}
	v, err := vtl.ParseJSON(string(answer))
	if err != nil || property(v, "isAuthorized") != true {
		return nil, no
	}
	who := &caller{mode: byLambda, identity: build("resolverContext", property(v, "resolverContext")), hidden: map[string]bool{}}
	if l, ok := property(v, "deniedFields").(*vtl.List); ok {
		for _, name := range l.Items() {
			who.hidden[fieldName(text(name))] = true
		}
	}
	ttl := int64(authorizerTTL)
	if t := cfg.AuthorizerResultTtlInSeconds; t != nil {
		ttl = int64(*t)
	}
	if t, ok := property(v, "ttlOverride").(int64); ok {
		ttl = t
	}
	if ttl > 0 {
		who.expires = c.Time.Add(time.Duration(ttl) * time.Second)
		a.tokens.put(byLambda+token, who)
	}
	return who, nil
}

// fieldName is Type.field, whether it is given so or as an ARN.
func fieldName(name string) string {
	if _, path, ok := strings.Cut(name, "/types/"); ok {
		return strings.Replace(path, "/fields/", ".", 1)
	}
	return name
}
