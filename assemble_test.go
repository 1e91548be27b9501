package niebla

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Every input and output has a plan: a wrong tag is found here, not by the
// first request.
func TestEveryShapeCompiles(t *testing.T) {
	cfg := Config{}
	if err := cfg.setDefaults(); err != nil {
		t.Fatal(err)
	}
	db := store.OpenMemory()
	defer db.Close()
	a, err := assemble(&cfg, db, meter.NewRecorder(1))
	if err != nil {
		t.Fatal(err)
	}
	defer a.close()
	plans := new(shape.Plans)
	for _, s := range a.services {
		for _, op := range s.Operations() {
			t.Run(s.Info().Name+"."+op.Name(), func(*testing.T) {
				plans.Of(op.Input())
				plans.Of(op.Output())
			})
		}
	}
}
