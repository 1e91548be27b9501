package cloudfront

import (
	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// Site is a distribution that answers at its root.
type Site struct {
	Name   string // its comment, or its id
	Domain string // d….cloudfront.net
}

// Sites lists the enabled distributions of an account that have a default root
// object.
func (s *Service) Sites(account aws.AccountID) (sites []Site, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		for _, d := range s.distributions.All(tx, aws.Scope{Account: account}) {
			if root := d.Config.DefaultRootObject; !d.Config.Enabled || root == nil || *root == "" {
				continue
			}
			name := d.ID
			if c := d.Config.Comment; c != nil && *c != "" {
				name = *c
			}
			sites = append(sites, Site{name, d.Domain})
		}
		return nil
	})
	return sites, err
}
