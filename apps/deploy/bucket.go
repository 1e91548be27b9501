package main

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket is the bucket that the site is served from.
type bucket struct {
	name   string
	client *s3.Client
}

func newBucket(ctx context.Context, region, name string) (*bucket, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithRegion(region))
	if err != nil {
		return nil, err
	}
	return &bucket{name, s3.NewFromConfig(cfg, func(s *s3.Options) {
		s.UsePathStyle = s.BaseEndpoint != nil && local(*s.BaseEndpoint)
	})}, nil
}

// local reports whether a bucket's name in front of the endpoint's would not resolve.
func local(endpoint string) bool {
	u, err := url.Parse(endpoint)
	return err == nil && (net.ParseIP(u.Hostname()) != nil || u.Hostname() == "localhost" || strings.HasSuffix(u.Hostname(), ".localhost"))
}

// put uploads the files that the bucket does not have as they are, in order,
// and then removes what is no longer part of the site.
func (b *bucket) put(ctx context.Context, files []file) error {
	stored, err := b.list(ctx)
	if err != nil {
		return err
	}
	sent := 0
	for _, f := range files {
		sum := md5.Sum(f.body)
		same := stored[f.name] == hex.EncodeToString(sum[:])
		delete(stored, f.name)
		if same {
			continue
		}
		_, err := b.client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &b.name, Key: &f.name, Body: bytes.NewReader(f.body),
			ContentType: aws.String(contentType(f.name)), CacheControl: aws.String(cacheControl(f.name)),
		})
		if err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
		sent++
	}
	if err := b.remove(ctx, stored); err != nil {
		return err
	}
	fmt.Fprintf(os.Stdout, "%s: %d files, %d sent, %d removed\n", b.name, len(files), sent, len(stored))
	return nil
}

// list returns the ETag of each object.
func (b *bucket) list(ctx context.Context) (map[string]string, error) {
	etags := map[string]string{}
	for p := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name}); p.HasMorePages(); {
		page, err := p.NextPage(ctx)
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			etags[*o.Key] = strings.Trim(*o.ETag, `"`)
		}
	}
	return etags, nil
}

// maxDelete is how many objects one DeleteObjects takes.
const maxDelete = 1000

func (b *bucket) remove(ctx context.Context, names map[string]string) error {
	var ids []types.ObjectIdentifier
	for name := range names {
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(name)})
	}
	for len(ids) > 0 {
		n := min(len(ids), maxDelete)
		out, err := b.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &b.name, Delete: &types.Delete{Objects: ids[:n], Quiet: aws.Bool(true)}})
		if err != nil {
			return err
		}
		for _, e := range out.Errors {
			return fmt.Errorf("removing %s: %s", aws.ToString(e.Key), aws.ToString(e.Message))
		}
		ids = ids[n:]
	}
	return nil
}
