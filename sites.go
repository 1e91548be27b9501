package niebla

import (
	"cmp"
	"net"
	"net/http"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/admin"
	"github.com/niebla-cloud/niebla/internal/aws"
)

// sites are what runs in the configured account and is looked at with a
// browser: distributions and websites, at addresses that browsers on this
// machine resolve.
func (c *Cloud) sites(r *http.Request) ([]admin.Site, error) {
	port := ""
	if _, p, err := net.SplitHostPort(r.Host); err == nil {
		port = ":" + p
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	a, account := c.api.Load(), aws.AccountID(c.cfg.Account)
	distributions, err := a.distributions.Sites(account)
	if err != nil {
		return nil, err
	}
	var list []admin.Site
	for _, d := range distributions {
		list = append(list, admin.Site{Name: d.Name, URL: scheme + strings.TrimSuffix(d.Domain, ".net") + ".localhost" + port + "/"})
	}
	buckets, err := a.buckets.Websites(account)
	if err != nil {
		return nil, err
	}
	for _, b := range buckets {
		list = append(list, admin.Site{Name: strings.TrimSuffix(b, "-"+c.cfg.Account+"-web"), URL: scheme + b + ".s3-website.localhost" + port + "/"})
	}
	slices.SortFunc(list, func(a, b admin.Site) int { return cmp.Compare(a.Name, b.Name) })
	return list, nil
}
