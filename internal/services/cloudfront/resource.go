package cloudfront

import (
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// resource is a configuration with a name and a version: what policies,
// access controls and keys have in common.
type resource[C any] struct {
	ID, ETag          string
	Created, Modified time.Time
	Config            C

	managed bool // by AWS, for everybody
}

// kind is one sort of resource.
type kind[C any] struct {
	s        *Service
	table    store.Table[resource[C]]
	path     string // in ARNs and locations: "cache-policy"
	newID    func() string
	name     func(*C) string
	check    func(*store.Tx, aws.Scope, *C) error
	managed  []resource[C]
	errs     kindErrors
	usedBy   func(d *DistributionConfig, id string) bool
	usedElse func(tx *store.Tx, at aws.Scope, id string) bool // by other resources; may be nil
	change   func(old, cfg *C) error                          // may be nil
}

// kindErrors are the errors that each kind has of its own.
type kindErrors struct{ missing, exists, inUse func() error }

func (k *kind[C]) arn(c *aws.Call, id string) aws.ARN {
	return aws.MakeARN("cloudfront", c.Scope.Global(), k.path+"/"+id)
}

func (k *kind[C]) location(id string) string { return location(k.path + "/" + id) }

func (k *kind[C]) create(c *aws.Call, cfg C) (r resource[C], err error) {
	r = resource[C]{ID: k.newID(), ETag: k.s.newETag(), Created: c.Time, Modified: c.Time, Config: cfg}
	return r, k.s.update(func(tx *store.Tx) error {
		if err := k.check(tx, c.Scope, &r.Config); err != nil {
			return err
		}
		if k.named(tx, c.Scope, k.name(&cfg), "") {
			return k.errs.exists()
		}
		k.table.Put(tx, c.Scope, r, r.ID)
		return nil
	})
}

// named reports whether another resource than id has that name.
func (k *kind[C]) named(tx *store.Tx, at aws.Scope, name, id string) bool {
	for _, r := range k.table.All(tx, at) {
		if k.name(&r.Config) == name && r.ID != id {
			return true
		}
	}
	return false
}

func (k *kind[C]) find(tx *store.Tx, at aws.Scope, id string) (resource[C], error) {
	for _, r := range k.managed {
		if r.ID == id {
			return r, nil
		}
	}
	if r, ok := k.table.Get(tx, at, id); ok {
		return r, nil
	}
	return resource[C]{}, k.errs.missing()
}

func (k *kind[C]) get(c *aws.Call, id string) (r resource[C], err error) {
	err = k.s.DB.View(func(tx *store.Tx) error {
		r, err = k.find(tx, c.Scope, id)
		return err
	})
	return r, err
}

func (k *kind[C]) replace(c *aws.Call, id, ifMatch string, cfg C) (r resource[C], err error) {
	return r, k.s.update(func(tx *store.Tx) error {
		if r, err = k.find(tx, c.Scope, id); err != nil {
			return err
		}
		switch {
		case r.managed:
			return errIllegalUpdate()
		case ifMatch == "":
			return errInvalidIfMatch()
		case ifMatch != r.ETag:
			return errPreconditionFailed()
		}
		if k.change != nil {
			if err := k.change(&r.Config, &cfg); err != nil {
				return err
			}
		}
		if err := k.check(tx, c.Scope, &cfg); err != nil {
			return err
		}
		if k.named(tx, c.Scope, k.name(&cfg), id) {
			return k.errs.exists()
		}
		r.Config, r.ETag, r.Modified = cfg, k.s.newETag(), c.Time
		k.table.Put(tx, c.Scope, r, id)
		return nil
	})
}

func (k *kind[C]) remove(c *aws.Call, id, ifMatch string) error {
	return k.s.update(func(tx *store.Tx) error {
		r, err := k.find(tx, c.Scope, id)
		switch {
		case err != nil:
			return err
		case r.managed:
			return errIllegalDelete()
		case ifMatch == "":
			return errInvalidIfMatch()
		case ifMatch != r.ETag:
			return errPreconditionFailed()
		case k.usedElse != nil && k.usedElse(tx, c.Scope, id):
			return k.errs.inUse()
		}
		for _, d := range k.s.distributions.All(tx, c.Scope) {
			if k.usedBy(&d.Config, id) {
				return k.errs.inUse()
			}
		}
		k.table.Delete(tx, c.Scope, id)
		return nil
	})
}

// list returns a page of the resources after marker: AWS' own first, then
// those of the account. which is "managed", "custom", or "" for both.
func (k *kind[C]) list(c *aws.Call, marker, maxItems, which string) (p page[resource[C]], err error) {
	return p, k.s.DB.View(func(tx *store.Tx) error {
		var all []resource[C]
		if which != "custom" {
			all = append(all, k.managed...)
		}
		if which != "managed" {
			for _, r := range k.table.All(tx, c.Scope) {
				all = append(all, r)
			}
		}
		p, err = pageOf(all, func(r resource[C]) string { return r.ID }, marker, maxItems)
		return err
	})
}

// page is a part of a list.
type page[T any] struct {
	items    []T
	marker   string
	max      int32
	next     string
	quantity int32
}

func pageOf[T any](all []T, id func(T) string, marker, maxItems string) (p page[T], err error) {
	limit := 100
	if maxItems != "" {
		if limit, err = strconv.Atoi(maxItems); err != nil || limit < 1 {
			return p, errInvalidArgument("The parameter MaxItems must be a number greater than 0.")
		}
	}
	from := 0
	if marker != "" {
		from = -1
		for i, item := range all {
			if id(item) == marker {
				from = i + 1
			}
		}
		if from < 0 {
			return p, errInvalidArgument("The parameter Marker is invalid.")
		}
	}
	to := min(from+limit, len(all))
	p = page[T]{items: all[from:to], marker: marker, max: int32(min(limit, 1<<31-1)), quantity: int32(to - from)}
	if to < len(all) {
		p.next = id(all[to-1])
	}
	return p, nil
}

const upperAlphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

// newETag is the version of a resource.
func (s *Service) newETag() string { return "E" + s.IDs.Text(upperAlphanumeric, 13) }

// newID returns an id that begins with a letter and has 13 more characters.
func (s *Service) newID(letter string) func() string {
	return func() string { return letter + s.IDs.Text(upperAlphanumeric, 13) }
}

func location(path string) string {
	return "https://cloudfront.amazonaws.com/2020-05-31/" + strings.TrimPrefix(path, "/")
}
