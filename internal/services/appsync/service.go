package appsync

import (
	"context"
	"crypto/cipher"
	"log/slog"
	"sync"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/logwriter"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Caller makes requests to our other services, as c.Principal.
type Caller interface {
	Call(ctx context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error)
}

// Roles gives us sessions of the roles that data sources name.
type Roles interface {
	Assume(ctx context.Context, c *aws.Call, role aws.ARN, session, service string) (*aws.Principal, aws.Session, error)
}

// Authorizer says what a signed caller may do.
type Authorizer interface {
	Allowed(ctx context.Context, c *aws.Call, a service.Access) bool
}

// Deps is what AppSync needs from the world. Every field is required.
type Deps struct {
	DB         *store.DB
	IDs        *aws.IDs
	Now        func() time.Time
	Log        *slog.Logger
	Caller     Caller
	Roles      Roles
	Authorizer Authorizer
	Users      Users
	Functions  Functions

	Clock       *clock.Clock
	Meter       *meter.Meter
	Credentials Credentials
	Signers     func() time.Time // the clock that clients sign by
}

// Service is the emulator of AppSync.
type Service struct {
	Deps
	apis      store.Table[apiRecord]
	owners    store.Table[aws.Scope] // of APIs, by id
	keys      store.Table[keyRecord]
	sources   store.Table[sourceRecord]
	functions store.Table[functionRecord]
	resolvers store.Table[resolverRecord]
	seals     store.Table[[]byte]
	live      live
	sessions  sessions
	hub       *hub
	logs      *logwriter.Writer
	verifier  *sigv4.Verifier

	sealing sync.Mutex // held while the key of tokens is looked for or made
	seal    cipher.AEAD
}

// New returns the APIs that the store has.
func New(d Deps) *Service {
	if d.DB == nil || d.IDs == nil || d.Now == nil || d.Log == nil || d.Caller == nil || d.Roles == nil || d.Authorizer == nil || d.Users == nil || d.Functions == nil || d.Clock == nil || d.Meter == nil || d.Credentials == nil || d.Signers == nil {
		panic("appsync: incomplete Deps")
	}
	s := &Service{
		Deps:      d,
		apis:      store.NewTable[apiRecord]("appsync/api"),
		owners:    store.NewTable[aws.Scope]("appsync/owner"),
		keys:      store.NewTable[keyRecord]("appsync/key"),
		sources:   store.NewTable[sourceRecord]("appsync/source"),
		functions: store.NewTable[functionRecord]("appsync/function"),
		resolvers: store.NewTable[resolverRecord]("appsync/resolver"),
		hub:       newHub(),
		verifier:  sigv4.NewVerifier(d.Signers),
		seals:     store.NewTable[[]byte]("appsync/seal"),
	}
	s.logs = logwriter.New(d.Caller, s.actAsLogger, d.Log)
	return s
}

// Info identifies the service on the wire.
func (s *Service) Info() service.Info {
	return service.Info{
		Name:           "appsync",
		Title:          "AWS AppSync",
		Protocols:      []service.Protocol{service.RestJSON},
		ValidationCode: "BadRequestException",
	}
}

// Operations is the table of contents of this package.
func (s *Service) Operations() []service.Operation {
	return []service.Operation{
		service.Op("CreateGraphqlApi", s.onCreateAPI, s.createGraphqlAPI),
		service.Op("GetGraphqlApi", onAPI(func(in *GetGraphqlApiInput) string { return in.ApiId }), s.getGraphqlAPI),
		service.Op("UpdateGraphqlApi", s.onUpdateAPI, s.updateGraphqlAPI),
		service.Op("DeleteGraphqlApi", onAPI(func(in *DeleteGraphqlApiInput) string { return in.ApiId }), s.deleteGraphqlAPI),
		service.Op("ListGraphqlApis", service.Any, s.listGraphqlAPIs),
		service.Op("TagResource", onARN(func(in *TagResourceInput) string { return in.ResourceArn }), s.tagResource),
		service.Op("UntagResource", onARN(func(in *UntagResourceInput) string { return in.ResourceArn }), s.untagResource),
		service.Op("ListTagsForResource", onARN(func(in *ListTagsForResourceInput) string { return in.ResourceArn }), s.listTagsForResource),
		service.Op("GetGraphqlApiEnvironmentVariables", onAPI(func(in *GetGraphqlApiEnvironmentVariablesInput) string { return in.ApiId }), s.getEnvironment),
		service.Op("PutGraphqlApiEnvironmentVariables", onAPI(func(in *PutGraphqlApiEnvironmentVariablesInput) string { return in.ApiId }), s.putEnvironment),

		service.Op("StartSchemaCreation", onAPI(func(in *StartSchemaCreationInput) string { return in.ApiId }), s.startSchemaCreation),
		service.Op("GetSchemaCreationStatus", onAPI(func(in *GetSchemaCreationStatusInput) string { return in.ApiId }), s.getSchemaCreationStatus),
		service.Op("GetIntrospectionSchema", onAPI(func(in *GetIntrospectionSchemaInput) string { return in.ApiId }), s.getIntrospectionSchema),
		service.Op("GetType", onAPI(func(in *GetTypeInput) string { return in.ApiId }), s.getType),
		service.Op("ListTypes", onAPI(func(in *ListTypesInput) string { return in.ApiId }), s.listTypes),

		service.Op("CreateDataSource", onSource(func(in *CreateDataSourceInput) (string, *DataSourceSettings) { return in.ApiId, &in.DataSourceSettings }), s.createDataSource),
		service.Op("GetDataSource", onAPI(func(in *GetDataSourceInput) string { return in.ApiId }), s.getDataSource),
		service.Op("UpdateDataSource", onSource(func(in *UpdateDataSourceInput) (string, *DataSourceSettings) { return in.ApiId, &in.DataSourceSettings }), s.updateDataSource),
		service.Op("DeleteDataSource", onAPI(func(in *DeleteDataSourceInput) string { return in.ApiId }), s.deleteDataSource),
		service.Op("ListDataSources", onAPI(func(in *ListDataSourcesInput) string { return in.ApiId }), s.listDataSources),

		service.Op("CreateFunction", onAPI(func(in *CreateFunctionInput) string { return in.ApiId }), s.createFunction),
		service.Op("GetFunction", onAPI(func(in *GetFunctionInput) string { return in.ApiId }), s.getFunction),
		service.Op("UpdateFunction", onAPI(func(in *UpdateFunctionInput) string { return in.ApiId }), s.updateFunction),
		service.Op("DeleteFunction", onAPI(func(in *DeleteFunctionInput) string { return in.ApiId }), s.deleteFunction),
		service.Op("ListFunctions", onAPI(func(in *ListFunctionsInput) string { return in.ApiId }), s.listFunctions),
		service.Op("ListResolversByFunction", onAPI(func(in *ListResolversByFunctionInput) string { return in.ApiId }), s.listResolversByFunction),

		service.Op("CreateResolver", onAPI(func(in *CreateResolverInput) string { return in.ApiId }), s.createResolver),
		service.Op("GetResolver", onAPI(func(in *GetResolverInput) string { return in.ApiId }), s.getResolver),
		service.Op("UpdateResolver", onAPI(func(in *UpdateResolverInput) string { return in.ApiId }), s.updateResolver),
		service.Op("DeleteResolver", onAPI(func(in *DeleteResolverInput) string { return in.ApiId }), s.deleteResolver),
		service.Op("ListResolvers", onAPI(func(in *ListResolversInput) string { return in.ApiId }), s.listResolvers),

		service.Op("CreateApiKey", onAPI(func(in *CreateApiKeyInput) string { return in.ApiId }), s.createAPIKey),
		service.Op("UpdateApiKey", onAPI(func(in *UpdateApiKeyInput) string { return in.ApiId }), s.updateAPIKey),
		service.Op("DeleteApiKey", onAPI(func(in *DeleteApiKeyInput) string { return in.ApiId }), s.deleteAPIKey),
		service.Op("ListApiKeys", onAPI(func(in *ListApiKeysInput) string { return in.ApiId }), s.listAPIKeys),

		service.Op("EvaluateMappingTemplate", service.Any, s.evaluateMappingTemplate),
		service.Op("EvaluateCode", service.Any, s.evaluateCode),
	}
}

// servicePrincipal is how trust policies name us.
const servicePrincipal = "appsync.amazonaws.com"

func apiARN(at aws.Scope, id string) aws.ARN { return aws.MakeARN("appsync", at, "apis/"+id) }

// onAPI authorises against the API that an input names by id.
func onAPI[In any](id func(*In) string) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: apiARN(c.Scope, id(in))}}, nil
	}
}

// onARN authorises against the resource that an input names by ARN.
func onARN[In any](arn func(*In) string) service.Resource[In] {
	return func(_ context.Context, _ *aws.Call, in *In) ([]service.Access, error) {
		return []service.Access{{Resource: aws.ARN(arn(in))}}, nil
	}
}

// passes adds that a role is handed to us, if there is one.
func passes(a []service.Access, role string) []service.Access {
	if role == "" {
		return a
	}
	return append(a, service.Access{
		Action: "iam:PassRole", Resource: aws.ARN(role), Keys: map[string][]string{"iam:PassedToService": {servicePrincipal}},
	})
}

func onSource[In any](settings func(*In) (string, *DataSourceSettings)) service.Resource[In] {
	return func(_ context.Context, c *aws.Call, in *In) ([]service.Access, error) {
		id, d := settings(in)
		return passes([]service.Access{{Resource: apiARN(c.Scope, id)}}, d.ServiceRoleArn), nil
	}
}

// onCreateAPI also lets policies test the new API's tags.
func (s *Service) onCreateAPI(_ context.Context, _ *aws.Call, in *CreateGraphqlApiInput) ([]service.Access, error) {
	keys := map[string][]string{}
	for k, v := range in.Tags {
		keys["aws:RequestTag/"+k] = []string{v}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], k)
	}
	return passes([]service.Access{{Resource: "*", Keys: keys}}, in.logsRole()), nil
}

func (s *Service) onUpdateAPI(_ context.Context, c *aws.Call, in *UpdateGraphqlApiInput) ([]service.Access, error) {
	return passes([]service.Access{{Resource: apiARN(c.Scope, in.ApiId)}}, in.logsRole()), nil
}

func (a *APISettings) logsRole() string {
	if a.LogConfig == nil {
		return ""
	}
	return a.LogConfig.CloudWatchLogsRoleArn
}
