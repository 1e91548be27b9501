package sdkgo

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestS3(t *testing.T) {
	start(t)
	objects(t, s3.NewFromConfig(load(t)))
}

// TestS3VirtualHosts gives the SDK a host name, so that it puts the bucket in
// front of it. Such a name must lead here, which most resolvers do not grant
// to x.localhost: the test's own dialler does.
func TestS3VirtualHosts(t *testing.T) {
	srv := start(t)
	_, port, err := net.SplitHostPort(strings.TrimPrefix(srv.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ENDPOINT_URL", "http://localhost:"+port)
	hosts := &seenHosts{}
	objects(t, s3.NewFromConfig(load(t), func(o *s3.Options) { o.HTTPClient = hosts.client() }))
	if !hosts.virtual {
		t.Errorf("no request used a virtual host")
	}
}

// seenHosts leads every name to this machine.
type seenHosts struct{ virtual bool }

func (h *seenHosts) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(addr)
		if err != nil {
			return nil, err
		}
		h.virtual = h.virtual || strings.HasSuffix(host, ".localhost")
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}}}
}

func objects(t *testing.T, c *s3.Client) {
	ctx := ctx(t)
	bucket := aws.String("songs-of-fog")
	if _, err := c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket, CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: region}}); err != nil {
		t.Fatal(err)
	}
	key := aws.String("songs/ä b+c?.enc")
	content := bytes.Repeat([]byte("0123456789"), 1000)
	put, err := c.PutObject(ctx, &s3.PutObjectInput{
		Bucket: bucket, Key: key, Body: bytes.NewReader(content), ContentType: aws.String("audio/mpeg"), Metadata: map[string]string{"title": "fog"},
	})
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=5-14")})
	if err != nil {
		t.Fatal(err)
	}
	part, err := io.ReadAll(got.Body)
	if err != nil || string(part) != "5678901234" || aws.ToString(got.ContentRange) != "bytes 5-14/10000" {
		t.Errorf("range: %q, %v, %v", part, aws.ToString(got.ContentRange), err)
	}
	head, err := c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	if aws.ToString(head.ETag) != aws.ToString(put.ETag) || head.Metadata["title"] != "fog" || aws.ToInt64(head.ContentLength) != 10000 {
		t.Errorf("head = %+v", head)
	}
	if _, err := c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: aws.String("copy"), CopySource: aws.String("songs-of-fog/songs/%C3%A4%20b%2Bc%3F.enc")}); err != nil {
		t.Error(err)
	}
	multipart(t, ctx, c, bucket)
	presigned(t, ctx, c, bucket)

	var names []string
	pages := s3.NewListObjectsV2Paginator(c, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(2)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			names = append(names, *o.Key)
		}
	}
	if strings.Join(names, " ") != "copy parts presigned songs/ä b+c?.enc" {
		t.Errorf("listed %q", names)
	}
	var missing *types.NoSuchKey
	if _, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("none")}); !errors.As(err, &missing) {
		t.Errorf("GetObject of nothing: %v", err)
	}
	var ids []types.ObjectIdentifier
	for _, n := range names {
		ids = append(ids, types.ObjectIdentifier{Key: aws.String(n)})
	}
	gone, err := c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: ids}})
	if err != nil || len(gone.Deleted) != len(ids) || len(gone.Errors) != 0 {
		t.Errorf("DeleteObjects: %v, %+v", err, gone)
	}
	if _, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}); err != nil {
		t.Error(err)
	}
}

func multipart(t *testing.T, ctx context.Context, c *s3.Client, bucket *string) {
	key := aws.String("parts")
	up, err := c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key})
	if err != nil {
		t.Fatal(err)
	}
	var parts []types.CompletedPart
	for n, size := range []int{5 << 20, 10} {
		p, err := c.UploadPart(ctx, &s3.UploadPartInput{
			Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(int32(n + 1)), Body: bytes.NewReader(make([]byte, size)),
		})
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, types.CompletedPart{ETag: p.ETag, PartNumber: aws.Int32(int32(n + 1)), ChecksumCRC32: p.ChecksumCRC32})
	}
	done, err := c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{
		Bucket: bucket, Key: key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasSuffix(aws.ToString(done.ETag), `-2"`) {
		t.Errorf("ETag = %s", aws.ToString(done.ETag))
	}
}

func presigned(t *testing.T, ctx context.Context, c *s3.Client, bucket *string) {
	signer := s3.NewPresignClient(c)
	key := aws.String("presigned")
	put, err := signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	get, err := signer.PresignGetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key}, s3.WithPresignExpires(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	plain := (&seenHosts{}).client()
	for _, step := range []struct {
		method, url, body, want string
		status                  int
	}{
		{"PUT", put.URL, "by link", "", 200},
		{"GET", get.URL, "", "by link", 200},
		{"GET", strings.Replace(get.URL, "presigned", "parts", 1), "", "SignatureDoesNotMatch", 403},
	} {
		r, err := http.NewRequestWithContext(ctx, step.method, step.url, strings.NewReader(step.body))
		if err != nil {
			t.Fatal(err)
		}
		res, err := plain.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil || res.StatusCode != step.status || !strings.Contains(string(body), step.want) {
			t.Errorf("%s by link: %d %s (%v)", step.method, res.StatusCode, body, err)
		}
	}
}
