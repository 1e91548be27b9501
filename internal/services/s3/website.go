package s3

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

func (s *Service) putBucketWebsite(_ context.Context, _ *aws.Call, in *PutBucketWebsiteInput) (*Empty, error) {
	if in.WebsiteConfiguration == nil {
		return nil, errMalformedXML()
	}
	if err := in.WebsiteConfiguration.check(); err != nil {
		return nil, err
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Website = in.WebsiteConfiguration
		return nil
	})
}

func (s *Service) getBucketWebsite(_ context.Context, _ *aws.Call, in *GetBucketWebsiteInput) (*WebsiteConfiguration, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if b.Website == nil {
		return nil, errNoWebsite(b.Name)
	}
	return b.Website, nil
}

func (s *Service) deleteBucketWebsite(_ context.Context, _ *aws.Call, in *DeleteBucketWebsiteInput) (*NoContent, error) {
	return &NoContent{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Website = nil
		return nil
	})
}

func (w *WebsiteConfiguration) check() error {
	if all := w.RedirectAllRequestsTo; all != nil {
		switch {
		case w.IndexDocument != nil || w.ErrorDocument != nil || len(w.RoutingRules) > 0:
			return errArgument("RedirectAllRequestsTo", all.HostName, "RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.")
		case all.HostName == "":
			return errMalformedXML()
		}
		return checkProtocol(all.Protocol)
	}
	switch {
	case w.IndexDocument == nil:
		return errArgument("IndexDocument", "null", "A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty")
	case w.IndexDocument.Suffix == "" || strings.Contains(w.IndexDocument.Suffix, "/"):
		return errArgument("IndexDocument", w.IndexDocument.Suffix, "The IndexDocument Suffix is not well formed")
	case w.ErrorDocument != nil && w.ErrorDocument.Key == "":
		return errMalformedXML()
	case len(w.RoutingRules) > 50:
		return errInvalidRequest("The number of routing rules must not exceed 50.")
	}
	for _, r := range w.RoutingRules {
		if err := r.check(); err != nil {
			return err
		}
	}
	return nil
}

func checkProtocol(p string) error {
	if p != "" && p != "http" && p != "https" {
		return errInvalidRequest("Invalid protocol, protocol can be http or https. If not defined the protocol will be selected automatically.")
	}
	return nil
}

func (r *RoutingRule) check() error {
	to := r.Redirect
	switch {
	case to == nil || *to == (Redirect{}):
		return errMalformedXML()
	case to.ReplaceKeyWith != nil && to.ReplaceKeyPrefixWith != nil:
		return errInvalidRequest("You can only define ReplaceKeyPrefix or ReplaceKey but not both.")
	case r.Condition != nil && *r.Condition == (Condition{}):
		return errInvalidRequest("Condition cannot be empty. To redirect all requests without a condition, the condition element shouldn't be present.")
	}
	if code := to.HttpRedirectCode; code != "" {
		if n, err := strconv.Atoi(code); err != nil || !slices.Contains([]int{301, 302, 303, 304, 305, 307, 308}, n) {
			return errInvalidRequest("The provided HTTP redirect code (%s) is not valid. Valid codes are 3XX except 300.", code)
		}
	}
	if r.Condition != nil && r.Condition.HttpErrorCodeReturnedEquals != "" {
		if n, err := strconv.Atoi(r.Condition.HttpErrorCodeReturnedEquals); err != nil || n < 400 || n > 599 {
			return errInvalidRequest("The provided HTTP error code (%s) is not valid. Valid codes are 4XX or 5XX.", r.Condition.HttpErrorCodeReturnedEquals)
		}
	}
	return checkProtocol(to.Protocol)
}

// route returns the first rule that applies to a key; status is 0 before the
// object was looked for, and the status of the error after.
func (w *WebsiteConfiguration) route(key string, status int) *RoutingRule {
	for i := range w.RoutingRules {
		r := &w.RoutingRules[i]
		if r.Condition == nil {
			if status == 0 {
				return r
			}
			continue
		}
		code := r.Condition.HttpErrorCodeReturnedEquals
		if (code == "") == (status == 0) && (code == "" || code == strconv.Itoa(status)) && strings.HasPrefix(key, r.Condition.KeyPrefixEquals) {
			return r
		}
	}
	return nil
}

// target is where a rule sends a request for key.
func (r *RoutingRule) target(key, scheme, host string) (location string, status int) {
	to := r.Redirect
	if to.Protocol != "" {
		scheme = to.Protocol
	}
	if to.HostName != "" {
		host = to.HostName
	}
	switch {
	case to.ReplaceKeyWith != nil:
		key = *to.ReplaceKeyWith
	case to.ReplaceKeyPrefixWith != nil:
		prefix := ""
		if r.Condition != nil {
			prefix = r.Condition.KeyPrefixEquals
		}
		key = *to.ReplaceKeyPrefixWith + strings.TrimPrefix(key, prefix)
	}
	status = 301
	if n, err := strconv.Atoi(to.HttpRedirectCode); err == nil {
		status = n
	}
	return scheme + "://" + host + "/" + escapePath(key), status
}
