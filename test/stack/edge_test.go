package stack

import (
	"bytes"
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// TestBehaviours reads a file of each kind again and again while time goes by,
// and counts what the bucket was asked for.
func TestBehaviours(t *testing.T) {
	c := start(t)
	const photo, full, video = "/profile-photos/x/notes.txt", "/fotos/x/full_1700000000000.jpg", "/videos/x/video_1700000000000.mp4"
	for _, path := range []string{photo, full, video} {
		if _, err := objects(c.cfg).PutObject(ctx(t), &s3.PutObjectInput{
			Bucket: &stack.outputs.Bucket, Key: aws.String(path[1:]), Body: zeros(10_000),
		}); err != nil {
			t.Fatal(err)
		}
	}
	asked := func() float64 {
		return c.sum(t, "AWS/S3", "GetRequests", "BucketName", stack.outputs.Bucket, "FilterId", "EntireBucket")
	}
	const miss, hit, renewed = "Miss from cloudfront", "Hit from cloudfront", "RefreshHit from cloudfront"
	for i, step := range []struct {
		after  string // what the clock goes on by
		path   string
		cache  string
		origin float64
		age    time.Duration
	}{
		{"", photo, miss, 1, 0}, {"", photo, hit, 0, 0},
		{"", full, miss, 1, 0}, {"", full, hit, 0, 0},
		{"", video, miss, 1, 0}, {"", video, miss, 1, 0}, {"", video, miss, 1, 0},
		{"23h", photo, hit, 0, 23 * time.Hour}, {"", full, hit, 0, 23 * time.Hour}, {"", video, miss, 1, 0},
		{"1h1m", photo, renewed, 1, 0}, {"", photo, hit, 0, 0}, {"", full, hit, 0, 24 * time.Hour},
		{"240h", photo, renewed, 1, 0}, {"", full, hit, 0, 264 * time.Hour}, {"", video, miss, 1, 0},
	} {
		what := fmt.Sprintf("step %d, %s", i, step.path)
		if step.after != "" {
			c.niebla(t, "clock", "advance", step.after)
		}
		before := asked()
		res := c.edge(t, step.path)
		if res.status != 200 || len(res.body) != 10_000 {
			t.Fatalf("%s: %d %s", what, res.status, res.body)
		}
		if got := res.header.Get("X-Cache"); got != step.cache {
			t.Errorf("%s: %s, want a %s", what, got, step.cache)
		}
		if n := asked() - before; n != step.origin {
			t.Errorf("%s: the bucket was asked %v times, want %v", what, n, step.origin)
		}
		age, _ := strconv.Atoi(res.header.Get("Age"))
		if d := time.Duration(age)*time.Second - step.age; d < 0 || d > 5*time.Minute {
			t.Errorf("%s: Age is %d, want %v", what, age, step.age.Seconds())
		}
	}
}

func zeros(n int) *bytes.Reader { return bytes.NewReader(make([]byte, n)) }
