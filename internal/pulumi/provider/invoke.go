package provider

import (
	"context"
	"fmt"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// Invoke calls a function of the provider.
func Invoke(ctx context.Context, c *Client, token string, args value.Map) (value.Map, error) {
	f, ok := functions[token]
	if !ok {
		return nil, fmt.Errorf("niebla up does not know the function %s", token)
	}
	for name, v := range args {
		if v != nil && !f.takes(name) {
			return nil, fmt.Errorf("%s: argument %s is not supported", token, name)
		}
	}
	return f.call(ctx, c, args)
}

type function struct {
	args []string
	call func(context.Context, *Client, value.Map) (value.Map, error)
}

func (f function) takes(name string) bool {
	for _, a := range f.args {
		if a == name {
			return true
		}
	}
	return false
}

var functions = map[string]function{
	"aws:index/getCallerIdentity:getCallerIdentity": {nil, callerIdentity},
	"aws:index/getPartition:getPartition":           {nil, partition},
	"aws:index/getRegion:getRegion":                 {[]string{"region", "name"}, region},
	"aws:iam/getPolicyDocument:getPolicyDocument":   {policyDocumentArgs, policyDocument},
}

func callerIdentity(ctx context.Context, c *Client, _ value.Map) (value.Map, error) {
	who, err := c.Identity(ctx)
	if err != nil {
		return nil, err
	}
	return value.Map{"accountId": who.Account, "arn": who.Arn, "id": who.Account, "userId": who.UserID}, nil
}

func partition(context.Context, *Client, value.Map) (value.Map, error) {
	return value.Map{"id": "aws", "partition": "aws", "dnsSuffix": "amazonaws.com", "reverseDnsPrefix": "com.amazonaws"}, nil
}

func region(_ context.Context, c *Client, args value.Map) (value.Map, error) {
	name := c.Region
	for _, arg := range []string{"name", "region"} {
		if r := text(args, arg); r != "" {
			name = r
		}
	}
	return value.Map{
		"id": name, "name": name, "region": name,
		"endpoint": "ec2." + name + ".amazonaws.com", "description": name,
	}, nil
}
