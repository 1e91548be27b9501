package cloud

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

func TestItem(t *testing.T) {
	full := seeding.Entry{
		SongID: "00112233445566778899aabbccddeeff", Title: "Café", Artist: "a", Album: "b", Genre: "Rock", Year: 2026, Track: 3,
		Duration: 183 * time.Second / 7 / time.Millisecond * time.Millisecond, AudioKey: "songs/x.enc", AudioType: "audio/mpeg",
		AudioSize: 1 << 40, AudioHash: "h", ObjectSize: 1<<40 + 1, CoverKey: "thumbnails/x.jpg", CoverHash: "c",
		Container: 1, KeyMode: "kms", KMSKey: "arn", Source: "x.mp3", UploadedAt: "2026-11-22T10:00:00Z",
	}
	bare := full
	bare.Year, bare.Track, bare.KMSKey = 0, 0, ""
	for _, e := range []seeding.Entry{full, bare} {
		it := toItem(e)
		if got := fromItem(it); got != e {
			t.Errorf("read back %+v\nwant %+v", got, e)
		}
		// Each member of an entry has an attribute, but for those left out.
		left := 0
		for v, i := reflect.ValueOf(e), 0; i < v.NumField(); i++ {
			if v.Field(i).IsZero() {
				left++
			}
		}
		if len(it)+left != reflect.TypeFor[seeding.Entry]().NumField() {
			t.Errorf("%d attributes, %d members left out", len(it), left)
		}
	}
	odd := toItem(full)
	odd["title"], odd["duration"] = number(3), text("long")
	if got := fromItem(odd); got.Title != "" || got.Duration != 0 {
		t.Errorf("attributes of wrong types read as %q, %v", got.Title, got.Duration)
	}
}

func TestPathStyle(t *testing.T) {
	for endpoint, want := range map[string]bool{
		"http://127.0.0.1:4566": true, "http://[::1]:4566": true, "http://localhost:4566": true, "http://LOCALHOST.": true,
		"http://niebla.localhost:4566": true, "http://192.168.1.7": true,
		"https://s3.eu-west-3.amazonaws.com": false, "https://niebla.example.org": false, "https://notlocalhost": false, "::": false,
	} {
		if got := byPath(endpoint); got != want {
			t.Errorf("%s: %v", endpoint, got)
		}
	}
}

// isolated makes the SDK see no configuration but this.
func isolated(t *testing.T) {
	none := filepath.Join(t.TempDir(), "none")
	for name, value := range map[string]string{
		"AWS_CONFIG_FILE": none, "AWS_SHARED_CREDENTIALS_FILE": none, "AWS_PROFILE": "", "AWS_ENDPOINT_URL": "",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_EC2_METADATA_DISABLED": "true",
	} {
		t.Setenv(name, value)
	}
}

// TestMeter: a server that refuses the first attempts; the progress adds up to
// the size, and was taken back in between.
func TestMeter(t *testing.T) {
	isolated(t)
	body := bytes.Repeat([]byte("niebla "), 100_000)
	var requests atomic.Int32
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, err := io.ReadAll(r.Body)
		if err != nil || !bytes.Equal(got, body) || r.URL.Path != "/media/songs/x.enc" || r.Header.Get("X-Amz-Meta-Song-Id") != "x" {
			t.Errorf("%s: %d bytes, %v", r.URL, len(got), err)
		}
		if requests.Add(1) <= 2 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	}))
	defer srv.Close()
	c, err := New(t.Context(), Options{Region: "eu-west-3", Endpoint: srv.URL, Bucket: "media"})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	var sum, back int64
	o := seeding.Object{Key: "songs/x.enc", ContentType: seeding.ContainerType, Body: body, Meta: map[string]string{"song-id": "x"}}
	err = c.Store(t.Context(), o, func(n int64) {
		mu.Lock()
		defer mu.Unlock()
		sum += n
		if n < 0 {
			back -= n
		}
		if sum < 0 || sum > int64(len(body)) {
			t.Errorf("progress at %d of %d", sum, len(body))
		}
	})
	if err != nil || requests.Load() != 3 || sum != int64(len(body)) || back != 2*int64(len(body)) {
		t.Errorf("%d requests, progress %d, taken back %d of %d: %v", requests.Load(), sum, back, len(body), err)
	}
}

// TestCheck: what is missing is named, whatever the service calls it.
func TestCheck(t *testing.T) {
	isolated(t)
	for missing, kind := range map[string]string{"list-type=2": "bucket", "DynamoDB_20120810.GetItem": "table", "TrentService.DescribeKey": "key", "": ""} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			target := r.Header.Get("X-Amz-Target")
			switch {
			case r.URL.Query().Has("list-type") && kind == "bucket":
				w.WriteHeader(http.StatusNotFound)
				io.WriteString(w, `<Error><Code>NoSuchBucket</Code><Message>The specified bucket does not exist</Message></Error>`)
			case r.URL.Query().Has("list-type"):
				io.WriteString(w, `<ListBucketResult/>`)
			case target != "" && target == missing:
				w.WriteHeader(http.StatusBadRequest)
				name := map[string]string{"table": "com.amazonaws.dynamodb.v20120810#ResourceNotFoundException", "key": "NotFoundException"}[kind]
				io.WriteString(w, `{"__type":"`+name+`","message":"none"}`)
			case strings.HasSuffix(target, "DescribeKey"):
				io.WriteString(w, `{"KeyMetadata":{"KeyId":"k","Arn":"arn:aws:kms:eu-west-3:000000000000:key/k"}}`)
			case target != "":
				io.WriteString(w, `{}`)
			}
		}))
		c, err := New(context.Background(), Options{Region: "eu-west-3", Endpoint: srv.URL, Bucket: "media", Table: "Catalogo", Key: "alias/k"})
		if err != nil {
			t.Fatal(err)
		}
		arn, err := c.Check(t.Context())
		srv.Close()
		if kind == "" {
			if err != nil || arn != "arn:aws:kms:eu-west-3:000000000000:key/k" {
				t.Errorf("all there: %q, %v", arn, err)
			}
			continue
		}
		if e, ok := err.(*MissingError); !ok || e.Kind != kind {
			t.Errorf("%s missing: %v", kind, err)
		}
	}
}
