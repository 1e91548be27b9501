package main

import (
	"github.com/pulumi/pulumi-aws/sdk/v7/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// tables are the catalogue of songs and what guests let us remember.
type tables struct{ catalog, users *dynamodb.Table }

func newTables(ctx *pulumi.Context, s settings) (*tables, error) {
	catalog, err := newTable(ctx, s, "catalogo", "Catalogo", "song_id")
	if err != nil {
		return nil, err
	}
	// A row of Usuarios also has the map tastes; DynamoDB wants to be told of
	// key attributes only.
	users, err := newTable(ctx, s, "usuarios", "Usuarios", "device_id")
	return &tables{catalog, users}, err
}

func newTable(ctx *pulumi.Context, s settings, resource, name, key string) (*dynamodb.Table, error) {
	return dynamodb.NewTable(ctx, resource, &dynamodb.TableArgs{
		Name:        pulumi.String(name),
		BillingMode: pulumi.String("PAY_PER_REQUEST"),
		HashKey:     pulumi.String(key),
		Attributes: dynamodb.TableAttributeArray{&dynamodb.TableAttributeArgs{
			Name: pulumi.String(key),
			Type: pulumi.String("S"),
		}},
		DeletionProtectionEnabled: pulumi.Bool(!s.trials),
	})
}
