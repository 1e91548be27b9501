package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

type tables struct{ users, social, chats, rankings *dynamodb.Table }

func newTables(ctx *pulumi.Context, s settings) (*tables, error) {
	users, err := table(ctx, s, "users", "BIILIVEDB-USERS", &dynamodb.TableArgs{
		HashKey:    pulumi.String("userId"),
		Attributes: attributes("userId", "S", "inicial", "S", "nicknameBusqueda", "S", "pais", "S", "ciudad", "S"),
		GlobalSecondaryIndexes: dynamodb.TableGlobalSecondaryIndexArray{
			index("nickname-index", "inicial", "nicknameBusqueda"),
			index("ciudad-index", "pais", "ciudad"),
		},
	})
	if err != nil {
		return nil, err
	}
	social, err := table(ctx, s, "social", "BIIHLIVE-SOCIAL-V2", &dynamodb.TableArgs{
		HashKey:                pulumi.String("followerId"),
		RangeKey:               pulumi.String("SK"),
		Attributes:             attributes("followerId", "S", "SK", "S", "GSI1PK", "S", "GSI1SK", "S"),
		GlobalSecondaryIndexes: dynamodb.TableGlobalSecondaryIndexArray{index("GSI1", "GSI1PK", "GSI1SK")},
		StreamEnabled:          pulumi.Bool(true),
		StreamViewType:         pulumi.String("NEW_AND_OLD_IMAGES"),
		Ttl:                    expiry(),
	})
	if err != nil {
		return nil, err
	}
	chats, err := table(ctx, s, "chats", "BIILIVEDB-CHATS", &dynamodb.TableArgs{
		HashKey:    pulumi.String("conversationId"),
		RangeKey:   pulumi.String("timestamp"),
		Attributes: attributes("conversationId", "S", "timestamp", "S", "lastTimestamp", "S"),
		LocalSecondaryIndexes: dynamodb.TableLocalSecondaryIndexArray{&dynamodb.TableLocalSecondaryIndexArgs{
			Name: pulumi.String("inbox-index"), RangeKey: pulumi.String("lastTimestamp"), ProjectionType: pulumi.String("ALL"),
		}},
	})
	if err != nil {
		return nil, err
	}
	rankings, err := table(ctx, s, "rankings", "BIIHLIVE-RANKINGS", &dynamodb.TableArgs{
		HashKey:    pulumi.String("ranking"),
		RangeKey:   pulumi.String("position"),
		Attributes: attributes("ranking", "S", "position", "N"),
		Ttl:        expiry(),
	})
	return &tables{users, social, chats, rankings}, err
}

func table(ctx *pulumi.Context, s settings, resource, name string, args *dynamodb.TableArgs) (*dynamodb.Table, error) {
	args.Name = pulumi.String(name)
	args.BillingMode = pulumi.String("PAY_PER_REQUEST")
	args.DeletionProtectionEnabled = pulumi.Bool(!s.trials)
	return dynamodb.NewTable(ctx, resource, args)
}

// attributes are given as names and types in turn.
func attributes(pairs ...string) dynamodb.TableAttributeArray {
	var list dynamodb.TableAttributeArray
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, &dynamodb.TableAttributeArgs{Name: pulumi.String(pairs[i]), Type: pulumi.String(pairs[i+1])})
	}
	return list
}

func index(name, hash, sort string) *dynamodb.TableGlobalSecondaryIndexArgs {
	return &dynamodb.TableGlobalSecondaryIndexArgs{
		Name: pulumi.String(name), HashKey: pulumi.String(hash), RangeKey: pulumi.String(sort), ProjectionType: pulumi.String("ALL"),
	}
}

func expiry() *dynamodb.TableTtlArgs {
	return &dynamodb.TableTtlArgs{AttributeName: pulumi.String("caduca"), Enabled: pulumi.Bool(true)}
}
