package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/lambda"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// function is one of functions/, and what it needs.
type function struct {
	name            string
	memory, timeout int // MB, seconds
	variables       pulumi.StringMap
	rights          []statement // beside writing its log
}

// newFunction makes a function with a role and a log group of its own.
func newFunction(ctx *pulumi.Context, s settings, f function) (*lambda.Function, error) {
	group, err := cloudwatch.NewLogGroup(ctx, f.name, &cloudwatch.LogGroupArgs{
		Name: pulumi.String("/aws/lambda/" + f.name), RetentionInDays: pulumi.Int(30),
	})
	if err != nil {
		return nil, err
	}
	role, rights, err := serviceRole(ctx, f.name, "lambda.amazonaws.com", append(f.rights, statement{
		"Sid": "Log", "Effect": "Allow", "Action": []any{"logs:CreateLogStream", "logs:PutLogEvents"}, "Resource": pulumi.Sprintf("%s:*", group.Arn),
	})...)
	if err != nil {
		return nil, err
	}
	return lambda.NewFunction(ctx, f.name, &lambda.FunctionArgs{
		Name:          pulumi.String(f.name),
		Role:          role.Arn,
		Runtime:       pulumi.String("provided.al2023"),
		Handler:       pulumi.String("bootstrap"),
		Architectures: pulumi.ToStringArray([]string{s.architecture}),
		Code:          pulumi.NewFileArchive("../functions/dist/" + f.name),
		MemorySize:    pulumi.Int(f.memory),
		Timeout:       pulumi.Int(f.timeout),
		Environment:   &lambda.FunctionEnvironmentArgs{Variables: f.variables},
	}, pulumi.DependsOn([]pulumi.Resource{group, rights})) // what reads a stream is checked to be allowed to
}

// serviceRole makes a role that a service of AWS takes on, with its rights.
func serviceRole(ctx *pulumi.Context, name, service string, rights ...statement) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(ctx, name, &iam.RoleArgs{
		Name: pulumi.String("biihlive-" + name),
		AssumeRolePolicy: policy(statement{
			"Effect": "Allow", "Principal": map[string]any{"Service": service}, "Action": "sts:AssumeRole",
		}),
	})
	if err != nil {
		return nil, nil, err
	}
	granted, err := iam.NewRolePolicy(ctx, name, &iam.RolePolicyArgs{Name: pulumi.String("rights"), Role: role.Name, Policy: policy(rights...)})
	return role, granted, err
}
