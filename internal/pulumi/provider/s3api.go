package provider

import (
	"context"
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

const s3Namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

// s3 sends a request to S3. Only an error with a code that is not absent is an
// error; absent ones are errGone.
func (c *Client) s3(ctx context.Context, operation, method, bucket, key string, query url.Values, header http.Header, body []byte) (http.Header, []byte, error) {
	path := "/" + bucket
	if key != "" {
		path += "/" + escapeKey(key)
	}
	h, b, err := c.send(ctx, request{
		service: "s3", operation: operation, method: method, path: path, query: query, header: header, body: body,
	})
	if e, ok := errors.AsType[*APIError](err); ok && absent(e) {
		err = errors.Join(errGone, err)
	}
	return h, b, err
}

// absent reports whether the error says that what was asked for is not there.
func absent(e *APIError) bool {
	return e.Status == http.StatusNotFound
}

// escapeKey escapes an object's key for a path: all but what may stand in it.
func escapeKey(key string) string {
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for _, c := range []byte(key) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.~/", c) >= 0 {
			b.WriteByte(c)
		} else {
			b.Write([]byte{'%', hex[c>>4], hex[c&15]})
		}
	}
	return b.String()
}

// putConfig puts a sub-resource of a bucket: PUT /bucket?name.
func (c *Client) putConfig(ctx context.Context, operation, bucket, name string, document any) error {
	body, ok := document.([]byte)
	contentType := "application/json"
	if !ok {
		contentType = "application/xml"
		var err error
		if body, err = xml.Marshal(document); err != nil {
			return err
		}
	}
	sum := md5.Sum(body)
	_, _, err := c.s3(ctx, operation, http.MethodPut, bucket, "", url.Values{name: {""}}, http.Header{
		"Content-Type": {contentType}, "Content-Md5": {base64.StdEncoding.EncodeToString(sum[:])},
	}, body)
	return err
}

// getConfig reads a sub-resource of a bucket; errGone if there is none.
func (c *Client) getConfig(ctx context.Context, operation, bucket, name string, out any) error {
	_, b, err := c.s3(ctx, operation, http.MethodGet, bucket, "", url.Values{name: {""}}, nil, nil)
	if err != nil || out == nil {
		return err
	}
	return xml.Unmarshal(b, out)
}

// deleteConfig deletes a sub-resource of a bucket, if there is one.
func (c *Client) deleteConfig(ctx context.Context, operation, bucket, name string) error {
	_, _, err := c.s3(ctx, operation, http.MethodDelete, bucket, "", url.Values{name: {""}}, nil, nil)
	return unlessGone(err)
}

func unlessGone(err error) error {
	if errors.Is(err, errGone) {
		return nil
	}
	return err
}

type s3Tag struct{ Key, Value string }

func s3Tags(tags value.Map) []s3Tag {
	var list []s3Tag
	for _, k := range sortedKeys(tags) {
		list = append(list, s3Tag{k, text(tags, k)})
	}
	return list
}
