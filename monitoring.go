package niebla

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/cost"
)

// monitoring is what the administrative pages show of CloudWatch and of costs,
// in the configured account.
type monitoring struct{ c *Cloud }

func (d monitoring) scope() aws.Scope {
	return aws.Scope{Account: aws.AccountID(d.c.cfg.Account), Region: aws.Region(d.c.cfg.Region)}
}

// Names implements admin.Dashboards.
func (d monitoring) Names() ([]string, error) {
	return d.c.api.Load().watch.Dashboards(d.scope().Account)
}

// Draw implements admin.Dashboards.
func (d monitoring) Draw(name string, span time.Duration) ([]byte, error) {
	return d.c.api.Load().watch.DrawDashboard(d.scope(), name, span)
}

// Month implements admin.Bills.
func (d monitoring) Month(month time.Time, free bool) []cost.Line {
	return d.c.api.Load().bills.Month(d.scope().Account, month, free)
}
