package costexplorer_test

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/scripttest"
)

func TestScripts(t *testing.T) { scripttest.Run(t, "testdata", "ce") }
