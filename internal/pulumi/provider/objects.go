package provider

import (
	"context"
	"errors"
	"net/http"
)

// Objects keeps small objects in buckets of the cloud.
type Objects struct{ *Client }

// ErrChanged is returned by Put when the object is not the version it replaces.
var ErrChanged = errors.New("the object was changed meanwhile")

// Get reads an object and its version; ok is false if there is none.
func (o *Objects) Get(ctx context.Context, bucket, key string) (b []byte, version string, ok bool, err error) {
	h, b, err := o.s3(ctx, "GetObject", http.MethodGet, bucket, key, nil, nil, nil)
	if errors.Is(err, errGone) {
		return nil, "", false, nil
	}
	return b, h.Get("Etag"), err == nil, err
}

// Put writes an object that has the given version, or does not exist if the
// version is "", and returns the new version. It makes the bucket if need be.
func (o *Objects) Put(ctx context.Context, bucket, key string, b []byte, version string) (string, error) {
	header := http.Header{"If-Match": {version}, "Content-Type": {"application/json"}}
	if version == "" {
		header = http.Header{"If-None-Match": {"*"}, "Content-Type": {"application/json"}}
	}
	put := func() (string, error) {
		h, _, err := o.s3(ctx, "PutObject", http.MethodPut, bucket, key, nil, header, b)
		return h.Get("Etag"), err
	}
	etag, err := put()
	if e, ok := errors.AsType[*APIError](err); ok && e.Code == "NoSuchBucket" && version == "" {
		r := &Resource{Client: o.Client, In: map[string]any{"bucket": bucket}}
		if _, err := createBucket(ctx, r); err != nil {
			return "", err
		}
		etag, err = put()
	}
	if e, ok := errors.AsType[*APIError](err); ok {
		if e.Status == http.StatusPreconditionFailed || e.Status == http.StatusConflict || e.Code == "NoSuchKey" {
			return "", ErrChanged
		}
	}
	return etag, err
}

// Delete deletes an object, and its bucket if that was all it held.
func (o *Objects) Delete(ctx context.Context, bucket, key string) error {
	if _, _, err := o.s3(ctx, "DeleteObject", http.MethodDelete, bucket, key, nil, nil, nil); unlessGone(err) != nil {
		return err
	}
	_, _, err := o.s3(ctx, "DeleteBucket", http.MethodDelete, bucket, "", nil, nil, nil)
	if e, ok := errors.AsType[*APIError](err); ok && e.Code == "BucketNotEmpty" {
		return nil
	}
	return unlessGone(err)
}
