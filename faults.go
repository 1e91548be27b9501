package niebla

import "github.com/niebla-cloud/niebla/internal/fault"

// faults is the injected faults of a cloud, which a reset ends, as the
// administration sees them.
type faults struct{ cloud *Cloud }

func (f faults) Add(r fault.Rule) (fault.Rule, error) { return f.cloud.api.Load().faults.Add(r) }

func (f faults) List() []fault.Rule { return f.cloud.api.Load().faults.List() }

func (f faults) Remove(id string) bool { return f.cloud.api.Load().faults.Remove(id) }

func (f faults) Clear() { f.cloud.api.Load().faults.Clear() }
