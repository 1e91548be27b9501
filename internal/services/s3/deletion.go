package s3

import (
	"context"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) deleteObject(_ context.Context, c *aws.Call, in *DeleteObjectInput) (*DeleteObjectOutput, error) {
	if in.IfMatchLastModifiedTime != "" {
		return nil, errNotImplementedHeader("x-amz-if-match-last-modified-time", "")
	}
	if in.IfMatchSize != "" {
		return nil, errNotImplementedHeader("x-amz-if-match-size", "")
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	if in.VersionId != nil {
		if err := checkVersionID(*in.VersionId); err != nil {
			return nil, err
		}
	}
	out := new(DeleteObjectOutput)
	return out, s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		h := s.history(tx, now, in.Key)
		if err := h.mayDelete(in.IfMatch); err != nil {
			return err
		}
		*out = DeleteObjectOutput{}
		if in.VersionId == nil {
			marker, err := h.deleteLive(c)
			if marker != nil {
				out.DeleteMarker, out.VersionId = &marker.Marker, marker.id()
			}
			return err
		}
		v, live, err := h.find(*in.VersionId)
		out.VersionId = *in.VersionId
		if err != nil || v == nil {
			return err
		}
		if v.Marker {
			out.DeleteMarker = &v.Marker
		}
		return h.removeVersion(c, v, live)
	})
}

// mayDelete checks the If-Match of a deletion.
func (h history) mayDelete(match string) error {
	if match == "" {
		return nil
	}
	live, err := h.live()
	if err != nil {
		return err
	}
	return writeConditions{match: match}.hold(live, h.key)
}

// maxDelete is how many objects one DeleteObjects may name.
const maxDelete = 1000

func (s *Service) deleteObjects(ctx context.Context, c *aws.Call, in *DeleteObjectsInput) (*DeleteObjectsOutput, error) {
	if in.Delete == nil || len(in.Delete.Objects) == 0 || len(in.Delete.Objects) > maxDelete {
		return nil, errMalformedXML()
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	verdicts := make([]error, len(in.Delete.Objects))
	for i, o := range in.Delete.Objects {
		verdicts[i] = s.mayDeleteOne(ctx, c, b, o)
	}
	out := new(DeleteObjectsOutput)
	err = s.DB.Update(func(tx *store.Tx) error {
		now, err := same(tx, b)
		if err != nil {
			return err
		}
		*out = DeleteObjectsOutput{}
		for i, o := range in.Delete.Objects {
			done, err := DeletedObject{}, verdicts[i]
			if err == nil {
				done, err = s.deleteOne(c, s.history(tx, now, o.Key), o)
			}
			if err := out.add(o, done, err, in.Delete.Quiet); err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// add reports one deletion. An error that a client may not see is returned.
func (out *DeleteObjectsOutput) add(o ObjectIdentifier, done DeletedObject, err error, quiet bool) error {
	var e *aws.Error
	switch {
	case errors.As(err, &e):
		out.Errors = append(out.Errors, DeleteError{o.Key, o.VersionId, e.Code, e.Message})
	case err != nil:
		return err
	case !quiet:
		out.Deleted = append(out.Deleted, done)
	}
	return nil
}

// mayDeleteOne authorises one deletion, and refuses what is malformed.
func (s *Service) mayDeleteOne(ctx context.Context, c *aws.Call, b *opened, o ObjectIdentifier) error {
	if err := checkKey(o.Key); err != nil {
		return err
	}
	action, keys := "DeleteObject", map[string][]string{}
	if o.VersionId != "" {
		action, keys["s3:VersionId"] = "DeleteObjectVersion", []string{o.VersionId}
		if err := checkVersionID(o.VersionId); err != nil {
			return errNoSuchVersion(o.Key, o.VersionId)
		}
	}
	if err := s.addTagKeys(keys, b, o.Key, o.VersionId); err != nil {
		return err
	}
	if !s.Authorizer.Allowed(ctx, c, b.access(c, action, o.Key, keys)) {
		return errAccessDenied()
	}
	if o.LastModifiedTime != "" || o.Size != nil {
		return errNotImplemented("A deletion conditional on time or size")
	}
	return nil
}

func (s *Service) deleteOne(c *aws.Call, h history, o ObjectIdentifier) (done DeletedObject, err error) {
	done.Key = o.Key
	if err := h.mayDelete(o.ETag); err != nil {
		return done, err
	}
	if o.VersionId == "" {
		marker, err := h.deleteLive(c)
		if marker != nil {
			done.DeleteMarker, done.DeleteMarkerVersionId = &marker.Marker, marker.id()
		}
		return done, err
	}
	done.VersionId = o.VersionId
	v, live, err := h.find(o.VersionId)
	switch {
	case err != nil:
		return done, err
	case v == nil && o.VersionId == "null":
		return done, nil
	case v == nil:
		return done, errNoSuchVersion(o.Key, o.VersionId)
	case v.Marker:
		done.DeleteMarker, done.DeleteMarkerVersionId = &v.Marker, v.id()
	}
	return done, h.removeVersion(c, v, live)
}
