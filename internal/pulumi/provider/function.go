package provider

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

func functionKinds() []*Kind {
	return []*Kind{
		{
			Token: "aws:lambda/function:Function",
			Inputs: []Property{
				{Name: "name", Type: str, Replace: true, Computed: true},
				{Name: "role", Type: str, Required: true},
				{Name: "code", Type: archive},
				{Name: "s3Bucket", Type: str},
				{Name: "s3Key", Type: str},
				{Name: "s3ObjectVersion", Type: str},
				{Name: "sourceCodeHash", Type: str, Computed: true},
				{Name: "runtime", Type: str, Required: true},
				{Name: "handler", Type: str, Required: true},
				{Name: "architectures", Type: listOf(oneOf("x86_64", "arm64")), Computed: true},
				{Name: "deadLetterConfig", Type: object(Property{Name: "targetArn", Type: str, Required: true})},
				{Name: "description", Type: str},
				{Name: "environment", Type: object(Property{Name: "variables", Type: mapOf(str)})},
				{Name: "ephemeralStorage", Computed: true, Type: object(Property{Name: "size", Type: number})},
				{Name: "memorySize", Type: number, Default: 128.0},
				{Name: "packageType", Type: oneOf("Zip"), Default: "Zip", Replace: true},
				{Name: "publish", Type: boolean, Default: false},
				{Name: "reservedConcurrentExecutions", Type: number, Default: -1.0},
				{Name: "timeout", Type: number, Default: 3.0},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "invokeArn", "lastModified", "qualifiedArn", "qualifiedInvokeArn", "responseStreamingInvokeArn", "signingJobArn", "signingProfileVersionArn", "codeSha256", "sourceCodeSize", "version", "tagsAll"},
			Name:     Naming{Property: "name", Max: 64},
			Identity: []string{"name", "region"},
			create:   createFunction, read: readFunction, update: updateFunction, remove: removeFunction,
			find: byInputs(func(r *Resource) string { return r.text("name") }, readFunction),
		},
		{
			Token: "aws:lambda/permission:Permission",
			Inputs: []Property{
				{Name: "action", Type: str, Required: true, Replace: true},
				{Name: "function", Type: str, Required: true, Replace: true},
				{Name: "principal", Type: str, Required: true, Replace: true},
				{Name: "qualifier", Type: str, Replace: true},
				{Name: "sourceAccount", Type: str, Replace: true},
				{Name: "sourceArn", Type: str, Replace: true},
				{Name: "statementId", Type: str, Replace: true, Computed: true},
				{Name: "statementIdPrefix", Type: str, Replace: true, Computed: true},
			},
			Name:     Naming{Property: "statementId", Prefix: "statementIdPrefix", Max: 100},
			Identity: []string{"function", "statementId"},
			create:   createPermission, read: readPermission, remove: removePermission,
			find: byInputs(func(r *Resource) string { return r.text("statementId") }, readPermission),
		},
		{
			Token: "aws:lambda/eventSourceMapping:EventSourceMapping",
			Inputs: []Property{
				{Name: "functionName", Type: str, Required: true},
				{Name: "eventSourceArn", Type: str, Required: true, Replace: true},
				{Name: "batchSize", Type: number, Computed: true},
				{Name: "bisectBatchOnFunctionError", Type: boolean, Default: false},
				{Name: "destinationConfig", Type: object(Property{Name: "onFailure", Type: object(Property{Name: "destinationArn", Type: str, Required: true})})},
				{Name: "enabled", Type: boolean, Default: true},
				{Name: "filterCriteria", Type: object(Property{Name: "filters", Type: setOf(object(Property{Name: "pattern", Type: str}))})},
				{Name: "functionResponseTypes", Type: setOf(oneOf("ReportBatchItemFailures"))},
				{Name: "maximumBatchingWindowInSeconds", Type: number, Default: 0.0},
				{Name: "maximumRecordAgeInSeconds", Type: number, Computed: true},
				{Name: "maximumRetryAttempts", Type: number, Computed: true},
				{Name: "parallelizationFactor", Type: number, Computed: true},
				{Name: "startingPosition", Type: oneOf("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP"), Replace: true},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: []string{"arn", "uuid", "functionArn", "state", "stateTransitionReason", "lastModified", "lastProcessingResult", "tagsAll"},
			create:   createMapping, read: readMapping, update: updateMapping, remove: removeMapping,
		},
	}
}

const functionsPath = "/2015-03-31/functions"

// lambda calls an operation of Lambda; what is not there is errGone.
func (r *Resource) lambda(ctx context.Context, operation, method, path string, query url.Values, in jsonObject, out any) error {
	return notFound(r.rest(ctx, "lambda", operation, method, path, query, in, out), "ResourceNotFoundException")
}

// functionCode is where the code of a function comes from.
func functionCode(r *Resource) (jsonObject, error) {
	if r.text("s3Bucket") != "" {
		return members(r.In, "s3Bucket", "s3Key", "s3ObjectVersion"), nil
	}
	a, ok := r.In["code"].(value.Archive)
	if !ok {
		return nil, errors.New("a function takes the property code, or s3Bucket and s3Key")
	}
	zip, err := r.ReadArchive(a)
	return jsonObject{"ZipFile": base64.StdEncoding.EncodeToString(zip)}, err
}

func functionConfiguration(r *Resource) jsonObject {
	in := members(r.In, "role", "runtime", "handler", "memorySize", "timeout")
	in["Description"] = r.text("description")
	variables := nested(nested(r.In, "environment"), "variables")
	if variables == nil {
		variables = value.Map{}
	}
	in["Environment"] = jsonObject{"Variables": variables}
	in["DeadLetterConfig"] = jsonObject{"TargetArn": text(nested(r.In, "deadLetterConfig"), "targetArn")}
	put(in, "EphemeralStorage", members(nested(r.In, "ephemeralStorage"), "size"))
	return in
}

func createFunction(ctx context.Context, r *Resource) (string, error) {
	code, err := functionCode(r)
	if err != nil {
		return "", err
	}
	in := functionConfiguration(r)
	in["FunctionName"], in["Code"], in["PackageType"], in["Publish"] = r.text("name"), code, r.text("packageType"), r.flag("publish")
	if list := texts(r.In["architectures"]); len(list) > 0 {
		in["Architectures"] = list
	}
	if tags := nested(r.In, "tags"); len(tags) > 0 {
		in["Tags"] = tags
	}
	if text(nested(r.In, "deadLetterConfig"), "targetArn") == "" {
		delete(in, "DeadLetterConfig")
	}
	r.ID = r.text("name")
	if err := r.lambda(ctx, "CreateFunction", http.MethodPost, functionsPath, nil, in, nil); err != nil {
		return "", err
	}
	if err := r.functionReady(ctx); err != nil {
		return r.ID, err
	}
	return r.ID, setConcurrency(ctx, r)
}

// functionReady waits until a function can be invoked and changed.
func (r *Resource) functionReady(ctx context.Context) error {
	return r.wait(ctx, func() (bool, error) {
		var out struct{ State, StateReason, LastUpdateStatus, LastUpdateStatusReason string }
		err := r.lambda(ctx, "GetFunctionConfiguration", http.MethodGet, functionsPath+"/"+r.ID+"/configuration", nil, nil, &out)
		switch {
		case err != nil:
			return false, err
		case out.State == "Failed":
			return false, errors.New("the function failed: " + out.StateReason)
		case out.LastUpdateStatus == "Failed":
			return false, errors.New("the update failed: " + out.LastUpdateStatusReason)
		}
		return out.State != "Pending" && out.LastUpdateStatus != "InProgress", nil
	})
}

func setConcurrency(ctx context.Context, r *Resource) error {
	if !r.Changed("reservedConcurrentExecutions") {
		return nil
	}
	path := "/2017-10-31/functions/" + r.ID + "/concurrency"
	if n := integer(r.In["reservedConcurrentExecutions"]); n >= 0 {
		return r.lambda(ctx, "PutFunctionConcurrency", http.MethodPut, path, nil, jsonObject{"ReservedConcurrentExecutions": n}, nil)
	}
	if r.Old == nil {
		return nil
	}
	return r.lambda(ctx, "DeleteFunctionConcurrency", http.MethodDelete, path, nil, nil, nil)
}

func readFunction(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		FunctionArn, LastModified, CodeSha256, Version string
		CodeSize                                       float64
		Architectures                                  []string
	}
	if err := r.lambda(ctx, "GetFunctionConfiguration", http.MethodGet, functionsPath+"/"+r.ID+"/configuration", nil, nil, &out); err != nil {
		return nil, err
	}
	invoke := "arn:aws:apigateway:" + r.Region + ":lambda:path" + functionsPath + "/"
	qualified := out.FunctionArn + ":" + out.Version
	return value.Map{
		"arn": out.FunctionArn, "invokeArn": invoke + out.FunctionArn + "/invocations",
		"qualifiedArn": qualified, "qualifiedInvokeArn": invoke + qualified + "/invocations",
		"responseStreamingInvokeArn": "arn:aws:apigateway:" + r.Region + ":lambda:path/2021-11-15/functions/" + out.FunctionArn + "/response-streaming-invocations",
		"signingJobArn":              "", "signingProfileVersionArn": "",
		"lastModified": out.LastModified, "codeSha256": out.CodeSha256, "sourceCodeSize": out.CodeSize, "version": out.Version,
	}, nil
}

func updateFunction(ctx context.Context, r *Resource) error {
	if r.Changed("code", "s3Bucket", "s3Key", "s3ObjectVersion", "sourceCodeHash", "architectures") {
		in, err := functionCode(r)
		if err != nil {
			return err
		}
		in["Publish"] = r.flag("publish")
		if list := texts(r.In["architectures"]); len(list) > 0 {
			in["Architectures"] = list
		}
		if err := r.lambda(ctx, "UpdateFunctionCode", http.MethodPut, functionsPath+"/"+r.ID+"/code", nil, in, nil); err != nil {
			return err
		}
		if err := r.functionReady(ctx); err != nil {
			return err
		}
	}
	if err := r.lambda(ctx, "UpdateFunctionConfiguration", http.MethodPut, functionsPath+"/"+r.ID+"/configuration", nil, functionConfiguration(r), nil); err != nil {
		return err
	}
	if err := r.functionReady(ctx); err != nil {
		return err
	}
	if err := setConcurrency(ctx, r); err != nil {
		return err
	}
	return r.retagREST(ctx, "lambda", "/2017-03-31/tags/"+url.PathEscape(r.arn("lambda", "function:"+r.ID)), "Tags")
}

func removeFunction(ctx context.Context, r *Resource) error {
	return unlessGone(r.lambda(ctx, "DeleteFunction", http.MethodDelete, functionsPath+"/"+r.ID, nil, nil, nil))
}

// policyPath is where the resource policy of a permission's function is.
func policyPath(r *Resource) (path string, query url.Values) {
	name := r.text("function")
	if p := strings.Split(name, ":"); len(p) >= 7 && p[0] == "arn" {
		name = p[6]
	}
	if q := r.text("qualifier"); q != "" {
		query = url.Values{"Qualifier": {q}}
	}
	return functionsPath + "/" + name + "/policy", query
}

func createPermission(ctx context.Context, r *Resource) (string, error) {
	path, query := policyPath(r)
	in := members(r.In, "action", "principal", "sourceAccount", "sourceArn", "statementId")
	return r.text("statementId"), r.lambda(ctx, "AddPermission", http.MethodPost, path, query, in, nil)
}

func readPermission(ctx context.Context, r *Resource) (value.Map, error) {
	path, query := policyPath(r)
	var out struct{ Policy string }
	if err := r.lambda(ctx, "GetPolicy", http.MethodGet, path, query, nil, &out); err != nil {
		return nil, err
	}
	var policy struct{ Statement []struct{ Sid string } }
	if err := json.Unmarshal([]byte(out.Policy), &policy); err != nil {
		return nil, err
	}
	for _, s := range policy.Statement {
		if s.Sid == r.ID {
			return value.Map{"statementId": r.ID}, nil
		}
	}
	return nil, errGone
}

func removePermission(ctx context.Context, r *Resource) error {
	path, query := policyPath(r)
	return unlessGone(r.lambda(ctx, "RemovePermission", http.MethodDelete, path+"/"+url.PathEscape(r.ID), query, nil, nil))
}

const mappingsPath = "/2015-03-31/event-source-mappings/"

func mapping(r *Resource) jsonObject {
	in := members(r.In, "functionName", "batchSize", "bisectBatchOnFunctionError", "enabled",
		"maximumBatchingWindowInSeconds", "maximumRecordAgeInSeconds", "maximumRetryAttempts", "parallelizationFactor")
	if !strings.Contains(r.text("eventSourceArn"), ":dynamodb:") { // the others have no batches to divide
		delete(in, "BisectBatchOnFunctionError")
	}
	if types := texts(r.In["functionResponseTypes"]); len(types) > 0 || r.Old != nil {
		in["FunctionResponseTypes"] = append([]string{}, types...)
	}
	var filters []any
	for _, m := range objects(nested(r.In, "filterCriteria")["filters"]) {
		filters = append(filters, members(m, "pattern"))
	}
	if len(filters) > 0 || r.Old != nil {
		in["FilterCriteria"] = jsonObject{"Filters": append([]any{}, filters...)}
	}
	if to := text(nested(nested(r.In, "destinationConfig"), "onFailure"), "destinationArn"); to != "" {
		in["DestinationConfig"] = jsonObject{"OnFailure": jsonObject{"Destination": to}}
	}
	return in
}

func createMapping(ctx context.Context, r *Resource) (string, error) {
	in := mapping(r)
	for member, v := range members(r.In, "eventSourceArn", "startingPosition", "tags") {
		in[member] = v
	}
	var out struct{ UUID string }
	err := r.lambda(ctx, "CreateEventSourceMapping", http.MethodPost, mappingsPath, nil, in, &out)
	return out.UUID, err
}

func readMapping(ctx context.Context, r *Resource) (value.Map, error) {
	var out struct {
		EventSourceMappingArn, FunctionArn, State, StateTransitionReason, LastProcessingResult string
		LastModified                                                                           float64
	}
	if err := r.lambda(ctx, "GetEventSourceMapping", http.MethodGet, mappingsPath+r.ID, nil, nil, &out); err != nil {
		return nil, err
	}
	return value.Map{
		"arn": out.EventSourceMappingArn, "uuid": r.ID, "functionArn": out.FunctionArn, "state": out.State, "stateTransitionReason": out.StateTransitionReason,
		"lastModified": timestamp(out.LastModified), "lastProcessingResult": out.LastProcessingResult,
	}, nil
}

func updateMapping(ctx context.Context, r *Resource) error {
	if err := r.lambda(ctx, "UpdateEventSourceMapping", http.MethodPut, mappingsPath+r.ID, nil, mapping(r), nil); err != nil {
		return err
	}
	return r.retagREST(ctx, "lambda", "/2017-03-31/tags/"+url.PathEscape(r.arn("lambda", "event-source-mapping:"+r.ID)), "Tags")
}

func removeMapping(ctx context.Context, r *Resource) error {
	err := r.lambda(ctx, "DeleteEventSourceMapping", http.MethodDelete, mappingsPath+r.ID, nil, nil, nil)
	if err != nil {
		return unlessGone(err)
	}
	return r.wait(ctx, func() (bool, error) {
		_, err := readMapping(ctx, r)
		return errors.Is(err, errGone), unlessGone(err)
	})
}
