// Command function is a function of Lambda that does as its event says.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type event struct {
	Do string `json:"do"`
}

func main() { lambda.Start(handle) }

func handle(ctx context.Context, e event) (map[string]string, error) {
	switch e.Do {
	case "error":
		return nil, errors.New("no")
	case "panic":
		panic("no")
	case "exit":
		os.Exit(3)
	case "hang":
		select {}
	case "nothing":
		return map[string]string{}, nil
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, err
	}
	who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	lc, _ := lambdacontext.FromContext(ctx)
	return map[string]string{"arn": *who.Arn, "colour": os.Getenv("COLOUR"), "function": lc.InvokedFunctionArn}, nil
}
