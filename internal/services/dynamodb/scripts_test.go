package dynamodb_test

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/scripttest"
)

// TestCloudScripts runs the scripts of what only a whole cloud shows: several
// callers, accounts and services.
func TestCloudScripts(t *testing.T) { scripttest.Run(t, "testdata/cloud", "dynamodb") }
