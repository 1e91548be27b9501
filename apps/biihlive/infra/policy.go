package main

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// A statement of a policy document.
type statement map[string]any

// policy is a policy document with the statements.
func policy(statements ...statement) pulumi.StringOutput {
	list := make([]any, len(statements))
	for i, s := range statements {
		list[i] = map[string]any(s)
	}
	return pulumi.JSONMarshal(map[string]any{"Version": "2012-10-17", "Statement": list})
}
