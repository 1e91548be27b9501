package provider

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// objectKinds are objects; the provider has them under two tokens.
func objectKinds() []*Kind {
	var all []*Kind
	computed := []string{"arn", "etag", "versionId", "serverSideEncryption", "storageClass", "tagsAll"}
	for token, more := range map[string][]string{
		"aws:s3/bucketObject:BucketObject":     nil,
		"aws:s3/bucketObjectv2:BucketObjectv2": slices.Sorted(maps.Keys(checksums)),
	} {
		all = append(all, &Kind{
			Token: token,
			Inputs: []Property{
				{Name: "bucket", Type: str, Required: true, Replace: true},
				{Name: "key", Type: str, Replace: true, Computed: true},
				{Name: "content", Type: str},
				{Name: "contentBase64", Type: str},
				{Name: "source", Type: file},
				{Name: "sourceHash", Type: str},
				{Name: "contentType", Type: str, Computed: true},
				{Name: "cacheControl", Type: str},
				{Name: "contentDisposition", Type: str},
				{Name: "contentEncoding", Type: str},
				{Name: "contentLanguage", Type: str},
				{Name: "metadata", Type: mapOf(str)},
				{Name: "forceDestroy", Type: boolean, Default: false},
				{Name: "tags", Type: mapOf(str)},
			},
			Computed: slices.Concat(computed, more),
			Name:     Naming{Property: "key", Max: 1024},
			Identity: []string{"bucket", "key"},
			create:   byPutting(func(r *Resource) string { return r.text("key") }, putObject),
			update:   putObject, read: headObject, remove: removeObject,
			find: putAgain,
		})
	}
	return all
}

func putObject(ctx context.Context, r *Resource) error {
	body, err := objectBody(r)
	if err != nil {
		return err
	}
	header := http.Header{}
	for property, name := range objectHeaders {
		if v := r.text(property); v != "" {
			header.Set(name, v)
		}
	}
	metadata, _ := r.In["metadata"].(value.Map)
	for k := range metadata {
		header.Set("X-Amz-Meta-"+k, text(metadata, k))
	}
	if tags, ok := r.In["tags"].(value.Map); ok && len(tags) > 0 {
		query := url.Values{}
		for k := range tags {
			query.Set(k, text(tags, k))
		}
		header.Set("X-Amz-Tagging", query.Encode())
	}
	_, _, err = r.s3(ctx, "PutObject", http.MethodPut, bucketOf(r), r.text("key"), nil, header, body)
	return err
}

// objectHeaders are the headers that properties are sent in.
var objectHeaders = map[string]string{
	"contentType":        "Content-Type",
	"cacheControl":       "Cache-Control",
	"contentDisposition": "Content-Disposition",
	"contentEncoding":    "Content-Encoding",
	"contentLanguage":    "Content-Language",
}

func objectBody(r *Resource) ([]byte, error) {
	var bodies [][]byte
	if s, ok := r.In["content"].(string); ok {
		bodies = append(bodies, []byte(s))
	}
	if s, ok := r.In["contentBase64"].(string); ok {
		b, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			return nil, errors.New("property contentBase64 is not base64")
		}
		bodies = append(bodies, b)
	}
	if a, ok := r.In["source"].(value.Asset); ok {
		b := []byte(a.Text)
		if a.Path != "" {
			var err error
			if b, err = r.ReadFile(a.Path); err != nil {
				return nil, err
			}
		}
		bodies = append(bodies, b)
	}
	if len(bodies) > 1 {
		return nil, errors.New("only one of the properties content, contentBase64 and source can be given")
	}
	return bytes.Join(bodies, nil), nil
}

func headObject(ctx context.Context, r *Resource) (value.Map, error) {
	bucket := bucketOf(r)
	mode := http.Header{"X-Amz-Checksum-Mode": {"ENABLED"}}
	h, _, err := r.s3(ctx, "HeadObject", http.MethodHead, bucket, r.ID, nil, mode, nil)
	if err != nil {
		return nil, err
	}
	class := h.Get("X-Amz-Storage-Class")
	if class == "" {
		class = "STANDARD"
	}
	out := value.Map{
		"key":                  r.ID,
		"arn":                  "arn:aws:s3:::" + bucket + "/" + r.ID,
		"contentType":          h.Get("Content-Type"),
		"etag":                 strings.Trim(h.Get("Etag"), `"`),
		"versionId":            h.Get("X-Amz-Version-Id"),
		"serverSideEncryption": h.Get("X-Amz-Server-Side-Encryption"),
		"storageClass":         class,
	}
	for property, name := range checksums {
		out[property] = h.Get(name)
	}
	return out, nil
}

// checksums are the headers an object's checksums come in.
var checksums = map[string]string{
	"checksumCrc32":     "X-Amz-Checksum-Crc32",
	"checksumCrc32c":    "X-Amz-Checksum-Crc32c",
	"checksumCrc64nvme": "X-Amz-Checksum-Crc64nvme",
	"checksumSha1":      "X-Amz-Checksum-Sha1",
	"checksumSha256":    "X-Amz-Checksum-Sha256",
}

func removeObject(ctx context.Context, r *Resource) error {
	_, _, err := r.s3(ctx, "DeleteObject", http.MethodDelete, bucketOf(r), r.ID, nil, nil, nil)
	return unlessGone(err)
}
