// Command function is a function of Lambda that goes wrong as its event says.
package main

import (
	"context"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/lambda"
)

type event struct {
	Do string `json:"do"`
}

func main() { lambda.Start(handle) }

func handle(_ context.Context, e event) (string, error) {
	switch e.Do {
	case "crash":
		os.Exit(3)
	case "hang":
		select {}
	case "print":
		for {
			fmt.Println("and on and on and on and on and on and on and on and on and on and on")
		}
	}
	return "well", nil
}
