package s3

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// TestConcurrentRequests has many clients write, copy, read and delete a few
// keys: what is read is always a whole object, and nothing is left at the end.
func TestConcurrentRequests(t *testing.T) {
	w := newWorld(t)
	w.bucket("busy")
	w.versioning("busy", versioningSuspended)
	var clients sync.WaitGroup
	for id := range 8 {
		clients.Go(func() {
			r := rand.New(rand.NewPCG(uint64(id), 1))
			for range 150 {
				if err := w.act(r); err != nil {
					t.Error(err)
				}
			}
		})
	}
	clients.Wait()
	for _, k := range []string{"0", "1", "2"} {
		do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("busy", k)})
		do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("busy", k), VersionId: ptr("null")})
	}
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		t.Errorf("left behind: %d contents, %d blobs", inStore, inBlobs)
	}
	do[NoContent](w, &DeleteBucketInput{onBucket: on("busy")})
}

// act carries out one random request.
func (w *world) act(r *rand.Rand) error {
	key, other := fmt.Sprint(r.IntN(3)), fmt.Sprint(r.IntN(3))
	var err error
	switch r.IntN(5) {
	case 0, 1:
		letter := string(rune('a' + r.IntN(26)))
		_, err = w.try(put("busy", key, strings.Repeat(letter, 1+r.IntN(3*inlineMax))))
	case 2:
		c := &CopyObjectInput{onObject: at("busy", key), MetadataDirective: "REPLACE"}
		c.CopySource = "busy/" + other
		_, err = w.try(c)
	case 3:
		err = w.readWhole(key)
	default:
		_, err = w.try(&DeleteObjectInput{onObject: at("busy", key)})
	}
	var e *aws.Error
	if errors.As(err, &e) && e.Code == "NoSuchKey" {
		return nil
	}
	return err
}

// readWhole reads an object and checks that it is one that was written.
func (w *world) readWhole(key string) error {
	out, err := w.try(get("busy", key))
	if err != nil {
		return err
	}
	got := out.(*GetObjectOutput)
	defer got.Body.Close()
	b, err := io.ReadAll(got.Body)
	if err != nil {
		return err
	}
	if int64(len(b)) != got.Body.Length || strings.Trim(string(b), string(b[:1])) != "" || got.ETag != quote(md5Hex(string(b))) {
		return fmt.Errorf("%s: %d of %d bytes, mixed", key, len(b), got.Body.Length)
	}
	return nil
}
