package provider

import (
	"context"
	"net/url"
	"strconv"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// iam calls an operation of IAM. An entity that is not there is errGone.
func (c *Client) iam(ctx context.Context, operation string, in url.Values, out any) error {
	return notFound(c.query(ctx, "iam", "2010-05-08", operation, in, out), "NoSuchEntity")
}

// form makes the parameters of a query from pairs, leaving out empty values.
func form(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			v.Set(pairs[i], pairs[i+1])
		}
	}
	return v
}

// formTags adds tags to the parameters.
func formTags(in url.Values, tags any) url.Values {
	m, _ := tags.(value.Map)
	for i, k := range sortedKeys(m) {
		in.Set("Tags.member."+strconv.Itoa(i+1)+".Key", k)
		in.Set("Tags.member."+strconv.Itoa(i+1)+".Value", text(m, k))
	}
	return in
}

// retagIAM brings the tags of a user, role or policy up to date. entity is
// "Role", identified by the parameter by.
func (r *Resource) retagIAM(ctx context.Context, entity, by string) error {
	return r.retag(func(gone []string) error {
		in := form(by, r.ID)
		for i, k := range gone {
			in.Set("TagKeys.member."+strconv.Itoa(i+1), k)
		}
		return r.iam(ctx, "Untag"+entity, in, nil)
	}, func(tags value.Map) error {
		return r.iam(ctx, "Tag"+entity, formTags(form(by, r.ID), tags), nil)
	})
}

// setBoundary sets or takes away the permissions boundary of a user or role.
func (r *Resource) setBoundary(ctx context.Context, entity, by string) error {
	boundary := r.text("permissionsBoundary")
	switch {
	case !r.Changed("permissionsBoundary") || r.Old == nil && boundary == "":
		return nil
	case boundary == "":
		return unlessGone(r.iam(ctx, "Delete"+entity+"PermissionsBoundary", form(by, r.ID), nil))
	}
	return r.iam(ctx, "Put"+entity+"PermissionsBoundary", form(by, r.ID, "PermissionsBoundary", boundary), nil)
}

// unescape undoes the percent-encoding policy documents come back in.
func unescape(document string) string {
	if s, err := url.PathUnescape(document); err == nil {
		return s
	}
	return document
}
