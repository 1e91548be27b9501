package main

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/publish"
)

// A stage is the function between a bucket and a table. What anybody puts below
// profile-photos/ waits as an event.
type stage struct {
	*handler
	t         *testing.T
	mu        sync.Mutex
	events    []string // keys, as events have them
	published atomic.Int32
}

func newStage(t *testing.T, members ...string) *stage {
	t.Helper()
	st := &stage{t: t}
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		st.published.Add(1)
		io.WriteString(w, `{"data":{}}`)
	}))
	t.Cleanup(api.Close)
	cfg := cloudtest.Start(t)
	db := cloudtest.Tables(t, cfg)
	for _, m := range members {
		cloudtest.Put(t, db, cloudtest.Users, map[string]any{"userId": m, "nickname": m})
	}
	put := regexp.MustCompile(`^/biihlivemedia/(profile-photos/.*)$`)
	cfg.HTTPClient = cloudtest.Tap(func(r *http.Request) {
		if m := put.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodPut {
			st.mu.Lock()
			defer st.mu.Unlock()
			st.events = append(st.events, url.QueryEscape(m[1]))
		}
	})
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	st.handler = &handler{
		objects: objects, db: dynamodb.NewFromConfig(cfg), users: cloudtest.Users, bucket: "biihlivemedia",
		publisher: publish.Publisher{URL: api.URL, Region: cloudtest.Region, Credentials: cfg.Credentials, HTTP: api.Client(), Now: time.Now},
	}
	if _, err := objects.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: &st.bucket, CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: cloudtest.Region},
	}); err != nil {
		t.Fatal(err)
	}
	return st
}

func (st *stage) put(key string, body []byte) {
	st.t.Helper()
	if err := st.write(st.t.Context(), &s3.PutObjectInput{Key: &key}, body); err != nil {
		st.t.Fatal(err)
	}
}

func (st *stage) get(key string) []byte {
	st.t.Helper()
	out, err := st.objects.GetObject(st.t.Context(), &s3.GetObjectInput{Bucket: &st.bucket, Key: &key})
	if err != nil {
		return nil
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	if err != nil {
		st.t.Fatal(err)
	}
	return body
}

func (st *stage) profile(member string) map[string]any {
	return cloudtest.Get(st.t, st.db, cloudtest.Users, map[string]any{"userId": member})
}

func event(keys ...string) (e events.S3Event) {
	for _, k := range keys {
		var r events.S3EventRecord
		r.S3.Object.Key = k
		e.Records = append(e.Records, r)
	}
	return e
}

// settle delivers events, and those that come of them, until none are left.
func (st *stage) settle() (delivered int) {
	st.t.Helper()
	for ; len(st.events) > 0; delivered++ {
		if delivered == 50 {
			st.t.Fatal("the function takes what it writes for uploads")
		}
		next := st.events[0]
		st.events = st.events[1:]
		if err := st.handle(st.t.Context(), event(next)); err != nil {
			st.t.Fatal(err)
		}
	}
	return delivered
}

func picture(t *testing.T, w, h int, c color.Color) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func key(member string, n int) string {
	return fmt.Sprintf("profile-photos/%s/photo_%013d.jpg", member, n)
}

func width(t *testing.T, file []byte) int {
	t.Helper()
	c, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return c.Width
}

func TestOwnWrites(t *testing.T) {
	st := newStage(t, "ana")
	st.put(key("ana", 1), picture(t, 2000, 1000, color.White))
	if n := st.settle(); n != 2 { // the upload, and what the function wrote
		t.Errorf("%d events", n)
	}
	if n := st.published.Load(); n != 1 {
		t.Errorf("published %d times", n)
	}
	p := st.profile("ana")
	if p["foto"] != "/"+key("ana", 1) || p["fotoMiniatura"] != "/fotos/ana/thumbnail_0000000000001.jpg" || p["nickname"] != "ana" {
		t.Errorf("the profile is %v", p)
	}
	for k, want := range map[string]int{key("ana", 1): 512, "fotos/ana/full_0000000000001.jpg": 1600, "fotos/ana/thumbnail_0000000000001.jpg": 160} {
		if got := width(t, st.get(k)); got != want {
			t.Errorf("%s is %d wide, want %d", k, got, want)
		}
	}
	out, err := st.objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &st.bucket, Key: aws.String("fotos/ana/full_0000000000001.jpg")})
	if err != nil || aws.ToString(out.ContentType) != "image/jpeg" || !strings.Contains(aws.ToString(out.CacheControl), "immutable") {
		t.Errorf("%+v: %v", out, err)
	}

	// The same events again change nothing.
	before := st.get(key("ana", 1))
	for range 3 {
		if err := st.handle(t.Context(), event(url.QueryEscape(key("ana", 1)))); err != nil {
			t.Fatal(err)
		}
	}
	if st.settle() != 0 || !bytes.Equal(before, st.get(key("ana", 1))) {
		t.Error("an event that came twice wrote again")
	}

	// Many photos at the same time.
	for n := range 20 {
		st.put(key("ana", 100+n), picture(t, 600, 600, color.Gray{uint8(n * 10)}))
	}
	if n := st.settle(); n != 40 {
		t.Errorf("%d events", n)
	}
	if got := st.profile("ana")["foto"]; got != "/"+key("ana", 119) {
		t.Errorf("the profile shows %v", got)
	}

	// Another upload under the same key is an upload; photos never change.
	st.put(key("ana", 1), picture(t, 300, 300, color.Black))
	st.settle()
	if got := width(t, st.get(key("ana", 1))); got != 300 {
		t.Errorf("the second upload was not processed: %d wide", got)
	}
	if got := width(t, st.get("fotos/ana/full_0000000000001.jpg")); got != 1600 {
		t.Errorf("a photo changed: %d wide", got)
	}
}

func TestUploadsThatSeemDone(t *testing.T) {
	st := newStage(t, "ana")
	clean := picture(t, 20, 20, color.White)
	for n, c := range []struct {
		contentType, keep string
		body              []byte
	}{
		{contentType, aDay, clean},
		{"text/html", aDay, clean},
		{contentType, "public, max-age=1", clean},
		{contentType, aDay, slices.Concat(clean[:2], []byte("\xff\xfe\x00\x08SECRET"), clean[2:])},
	} {
		k := key("ana", n)
		if _, err := st.objects.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: &st.bucket, Key: &k, Body: bytes.NewReader(c.body), ContentType: &c.contentType, CacheControl: &c.keep,
		}); err != nil {
			t.Fatal(err)
		}
		if got, want := st.settle(), min(1+n, 2); got != want {
			t.Errorf("%d: %d events, want %d", n, got, want)
		}
		out, err := st.objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &st.bucket, Key: &k})
		if err != nil || aws.ToString(out.ContentType) != contentType || aws.ToString(out.CacheControl) != aDay || bytes.Contains(st.get(k), []byte("SECRET")) {
			t.Errorf("%d: %s, %s: %v", n, aws.ToString(out.ContentType), aws.ToString(out.CacheControl), err)
		}
		if st.profile("ana")["foto"] != "/"+k || st.get(upload{userID: "ana", timestamp: fmt.Sprintf("%013d", n)}.full()) == nil {
			t.Errorf("%d was not processed", n)
		}
	}
}

func TestLaterPhotoStays(t *testing.T) {
	st := newStage(t, "ana")
	st.put(key("ana", 2), picture(t, 20, 20, color.White))
	st.put(key("ana", 1), picture(t, 20, 20, color.Black))
	st.settle()
	if got := st.profile("ana")["foto"]; got != "/"+key("ana", 2) {
		t.Errorf("the profile shows %v", got)
	}
	if st.get("fotos/ana/full_0000000000001.jpg") == nil {
		t.Error("the earlier photo was not processed")
	}
}

func TestRefusedFiles(t *testing.T) {
	st := newStage(t, "ana", "eva")
	st.put(key("ana", 1), []byte("<html><script>alert(1)</script>"))
	st.put(key("nobody", 1), picture(t, 20, 20, color.White))
	st.settle()
	for _, k := range []string{key("ana", 1), key("nobody", 1), "fotos/ana/full_0000000000001.jpg", "fotos/nobody/full_0000000000001.jpg"} {
		if st.get(k) != nil {
			t.Errorf("%s stayed", k)
		}
	}
	if p := st.profile("ana"); p["fotoError"] != "the file is not a JPEG" || p["fotoRechazada"] != "/"+key("ana", 1) || p["foto"] != nil {
		t.Errorf("the profile is %v", p)
	}
	if p := st.profile("nobody"); p != nil {
		t.Errorf("nobody has a profile: %v", p)
	}
	if n := st.published.Load(); n != 1 {
		t.Errorf("published %d times", n)
	}
	st.put(key("ana", 2), picture(t, 20, 20, color.White))
	st.settle()
	if p := st.profile("ana"); p["fotoError"] != nil || p["fotoRechazada"] != nil || p["foto"] != "/"+key("ana", 2) {
		t.Errorf("the profile after a good one is %v", p)
	}
	st.put(key("ana", 1), []byte("late, and no photo either"))
	st.settle()
	if p := st.profile("ana"); p["fotoError"] != nil {
		t.Errorf("an earlier one that is refused late is told: %v", p)
	}
}

// One event of several does not keep the others from being processed, and
// fails as a whole so that it comes again.
func TestEvents(t *testing.T) {
	st := newStage(t, "ana", "eva")
	for _, k := range []string{key("eva", 9), "profile-photos/ana/other.jpg", "profile-photos/a/b/photo_0000000000001.jpg", "fotos/ana/photo_0000000000001.jpg"} {
		if err := st.handle(t.Context(), event(url.QueryEscape(k))); err != nil { // is no more, or is none of ours
			t.Errorf("%s: %v", k, err)
		}
	}
	st.put(key("ana", 1), picture(t, 20, 20, color.White))
	st.events = nil
	if err := st.handle(t.Context(), event("%zz", url.QueryEscape(key("ana", 1)))); err == nil {
		t.Error("an event that cannot be read is well")
	}
	if st.profile("ana")["foto"] == nil {
		t.Error("the second record was not processed")
	}
	st.users = "none"
	if err := st.handle(t.Context(), event(url.QueryEscape(key("ana", 1)))); err == nil {
		t.Error("without a table all is well")
	}
}
