package cli

import (
	"fmt"
	"time"

	"github.com/niebla-cloud/niebla/internal/admin"
)

type statusCmd struct{ endpoint }

func (statusCmd) Help() string {
	return `Example:
  niebla status

Exit status: 0 the cloud runs; 1 nothing answers.`
}

func (c *statusCmd) Run(a *app) error {
	var s admin.Status
	if err := c.get(a.ctx, "/_niebla/status", &s); err != nil {
		return err
	}
	dir := s.Dir
	if dir == "" {
		dir = "memory only"
	}
	rows := [][2]string{
		{"running", fmt.Sprintf("Niebla %s at %s, process %d, since %s", s.Version, s.URL, s.PID, s.Started.Local().Format(time.DateTime))},
		{"data", fmt.Sprintf("%s (%.1f MB on disk, %.1f MB in memory)", dir, float64(s.DiskBytes)/1e6, float64(s.MemoryBytes)/1e6)},
		{"account", s.Account + ", region " + s.Region},
		{"clock", s.Clock.Local().Format(time.DateTime)},
		{"requests", fmt.Sprint(s.Requests)},
	}
	for _, r := range rows {
		fmt.Fprintf(a.out, "%-9s %s\n", r[0], r[1])
	}
	return nil
}
