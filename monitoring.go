package niebla

import (
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// dashboards is what the administrative pages show of CloudWatch, in the
// configured account.
type dashboards struct{ c *Cloud }

func (d dashboards) scope() aws.Scope {
	return aws.Scope{Account: aws.AccountID(d.c.cfg.Account), Region: aws.Region(d.c.cfg.Region)}
}

// Names implements admin.Dashboards.
func (d dashboards) Names() ([]string, error) {
	return d.c.api.Load().watch.Dashboards(d.scope().Account)
}

// Draw implements admin.Dashboards.
func (d dashboards) Draw(name string, span time.Duration) ([]byte, error) {
	return d.c.api.Load().watch.DrawDashboard(d.scope(), name, span)
}
