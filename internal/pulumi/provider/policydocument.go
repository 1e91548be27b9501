package provider

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// policyDocumentArgs are the arguments of aws:iam/getPolicyDocument.
var policyDocumentArgs = []string{"policyId", "version", "statements", "sourcePolicyDocuments", "overridePolicyDocuments"}

// statement is one statement of a document, in the order its members are written.
type statement struct {
	Sid          string                    `json:",omitempty"`
	Effect       string                    `json:",omitempty"`
	Action       any                       `json:",omitempty"`
	NotAction    any                       `json:",omitempty"`
	Resource     any                       `json:",omitempty"`
	NotResource  any                       `json:",omitempty"`
	Principal    any                       `json:",omitempty"`
	NotPrincipal any                       `json:",omitempty"`
	Condition    map[string]map[string]any `json:",omitempty"`
}

// policyDocument writes a policy from statements, as the provider does.
func policyDocument(_ context.Context, _ *Client, args value.Map) (value.Map, error) {
	for _, name := range []string{"sourcePolicyDocuments", "overridePolicyDocuments"} {
		if len(anys(args[name])) > 0 {
			return nil, fmt.Errorf("getPolicyDocument: argument %s is not supported", name)
		}
	}
	version := text(args, "version")
	if version == "" {
		version = "2012-10-17"
	}
	document := struct {
		Version   string
		ID        string      `json:"Id,omitempty"`
		Statement []statement `json:",omitempty"`
	}{Version: version, ID: text(args, "policyId")}
	for _, m := range objects(args["statements"]) {
		document.Statement = append(document.Statement, policyStatement(m))
	}
	full, err := json.MarshalIndent(document, "", "  ")
	if err != nil {
		return nil, err
	}
	small, err := json.Marshal(document)
	if err != nil {
		return nil, err
	}
	return value.Map{"id": fmt.Sprint(crc32.ChecksumIEEE(full)), "json": string(full), "minifiedJson": string(small), "version": version}, nil
}

func policyStatement(m value.Map) statement {
	s := statement{
		Sid: text(m, "sid"), Effect: text(m, "effect"),
		Action: few(m["actions"]), NotAction: few(m["notActions"]),
		Resource: few(m["resources"]), NotResource: few(m["notResources"]),
		Principal: principals(m["principals"]), NotPrincipal: principals(m["notPrincipals"]),
	}
	if s.Effect == "" {
		s.Effect = "Allow"
	}
	for _, c := range objects(m["conditions"]) {
		if s.Condition == nil {
			s.Condition = map[string]map[string]any{}
		}
		test := text(c, "test")
		if s.Condition[test] == nil {
			s.Condition[test] = map[string]any{}
		}
		s.Condition[test][text(c, "variable")] = few(c["values"])
	}
	return s
}

// few is one text as itself, several as a sorted list, none as nothing. The
// provider writes &{name} for a variable that Pulumi would expand itself.
func few(v any) any {
	list := texts(v)
	for i, s := range list {
		list[i] = strings.ReplaceAll(s, "&{", "${")
	}
	switch len(list) {
	case 0:
		return nil
	case 1:
		return list[0]
	}
	slices.Sort(list)
	slices.Reverse(list)
	return list
}

func principals(v any) any {
	byType := map[string]any{}
	for _, p := range objects(v) {
		if text(p, "type") == "*" {
			return "*"
		}
		byType[text(p, "type")] = few(p["identifiers"])
	}
	if len(byType) == 0 {
		return nil
	}
	return byType
}
