package sdkgo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// services are our packages, and the SDK's names of them.
var services = map[string]string{
	"kms": "kms", "cognitoidentity": "cognitoidentity", "s3": "s3", "dynamodb": "dynamodb", "iam": "iam", "sts": "sts",
	"logs": "cloudwatchlogs", "cloudwatch": "cloudwatch",
}

// TestMembersAreTheSDKs compares our inputs and outputs with the official
// types: a member that we spell otherwise would never be seen by a client.
func TestMembersAreTheSDKs(t *testing.T) {
	for ours, theirs := range services {
		t.Run(ours, func(t *testing.T) {
			sdk := structs(t, sdkFiles(t, theirs))
			compared := 0
			for name, fields := range structs(t, apiFiles(t, ours)) {
				official, ok := sdk[name]
				if !ok {
					continue // a shape that the SDK flattens or names otherwise
				}
				compared++
				for field, wire := range fields {
					_, byField := official[field]
					_, byWire := official[wire]
					if !byField && !byWire && !beyondTheModel(wire) {
						t.Errorf("%s.%s (%s) is not a member of the SDK's %s", name, field, wire, name)
					}
				}
			}
			if compared == 0 {
				t.Errorf("no type of %s has a counterpart in the SDK", ours)
			}
		})
	}
}

// beyondTheModel are the members that the SDK's types do not show: parts of
// the protocol, headers that are good on every operation, and payloads that
// the SDK unwraps.
func beyondTheModel(wire string) bool {
	switch wire {
	case "status", "X-amz-trailer", "X-amz-decoded-content-length", "X-amz-expected-bucket-owner", "X-amz-grant-write", "payload":
		return true
	}
	return false
}

func apiFiles(t *testing.T, pkg string) []string {
	t.Helper()
	files, err := filepath.Glob("../../internal/services/" + pkg + "/api*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("no api.go in %s (%v)", pkg, err)
	}
	return files
}

func sdkFiles(t *testing.T, pkg string) []string {
	t.Helper()
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "github.com/aws/aws-sdk-go-v2/service/"+pkg).Output()
	if err != nil {
		t.Fatal(err)
	}
	dir := strings.TrimSpace(string(out))
	operations, err := filepath.Glob(filepath.Join(dir, "api_op_*.go"))
	if err != nil {
		t.Fatal(err)
	}
	return append(operations, filepath.Join(dir, "types", "types.go"))
}

// structs are the members of each struct type in files: the name of the field
// and its name on the wire, but for the case of the first letter, which the
// SDK raises.
func structs(t *testing.T, files []string) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	embedded := map[string][]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			st, ok := spec.Type.(*ast.StructType)
			if !ok {
				return true
			}
			all[spec.Name.Name] = map[string]string{}
			for _, field := range st.Fields.List {
				if id, ok := field.Type.(*ast.Ident); ok && len(field.Names) == 0 {
					embedded[spec.Name.Name] = append(embedded[spec.Name.Name], id.Name)
				}
				for _, name := range field.Names {
					if ast.IsExported(name.Name) {
						all[spec.Name.Name][name.Name] = wireName(name.Name, field.Tag)
					}
				}
			}
			return true
		})
	}
	for name, parts := range embedded {
		for _, part := range parts {
			maps.Copy(all[name], all[part])
		}
	}
	return all
}

func wireName(field string, tag *ast.BasicLit) string {
	name := field
	if tag != nil {
		tags := reflect.StructTag(strings.Trim(tag.Value, "`"))
		if n := tags.Get("wire"); n != "" {
			name = n
		} else if l := tags.Get("loc"); l == "status" || l == "payload" {
			name = l
		}
	}
	if name == "status" || name == "payload" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
