// Package env reads the environment of a function.
package env

import (
	"fmt"
	"os"
)

// Must returns the values of variables that a function cannot do without.
func Must(names ...string) []string {
	values := make([]string, len(names))
	for i, name := range names {
		if values[i] = os.Getenv(name); values[i] == "" {
			panic(fmt.Sprintf("the function's environment lacks %s", name))
		}
	}
	return values
}
