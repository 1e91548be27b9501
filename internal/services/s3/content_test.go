package s3

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
)

// sizes are around every boundary of how content is kept.
var sizes = []int{0, 1, inlineMax - 1, inlineMax, inlineMax + 1, chunkPlain - 1, chunkPlain, chunkPlain + 1, 2 * chunkPlain, bufferSize, bufferSize + 1, 3*bufferSize + 17}

func filled(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*31 + i>>9)
	}
	return string(b)
}

func TestSizes(t *testing.T) {
	w := newWorld(t)
	w.bucket("sizes")
	for _, algorithm := range []string{"", sseKMS} {
		for _, n := range sizes {
			in := put("sizes", "k", filled(n))
			in.ServerSideEncryption = algorithm
			do[PutObjectOutput](w, in)
			if w.content(get("sizes", "k")) != filled(n) {
				t.Fatalf("%s %d bytes came back changed", algorithm, n)
			}
			for _, r := range [][2]int{{0, 0}, {n / 2, n - 1}, {n - 1, n - 1}, {chunkPlain - 1, chunkPlain}} {
				if r[0] < 0 || r[1] >= n || r[0] > r[1] {
					continue
				}
				read := get("sizes", "k")
				read.Range = fmt.Sprintf("bytes=%d-%d", r[0], r[1])
				if w.content(read) != filled(n)[r[0]:r[1]+1] {
					t.Fatalf("%s %d bytes, %s came back changed", algorithm, n, read.Range)
				}
			}
		}
	}
}

// broken ends in an error where others end in io.EOF.
type broken struct {
	io.Reader
	err error
}

func (b broken) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if err == io.EOF {
		err = b.err
	}
	return n, err
}

func TestRefusedPayloadLeavesNothing(t *testing.T) {
	w := newWorld(t)
	w.bucket("refused")
	wrong := aws.Errorf(403, "SignatureDoesNotMatch", "a chunk's signature is wrong")
	for _, n := range []int{0, 10, inlineMax + 1, 2 * bufferSize} {
		in := put("refused", "k", "")
		in.Body = broken{strings.NewReader(filled(n)), wrong}
		w.refused("SignatureDoesNotMatch", in)
		in.Body = broken{strings.NewReader(filled(n)), io.ErrUnexpectedEOF}
		w.refused("IncompleteBody", in)
		in = put("refused", "k", filled(n))
		in.ContentMD5 = ptr(sumOf("MD5", "something else"))
		w.refused("BadDigest", in)
		in = put("refused", "k", filled(n))
		in.IfMatch = "nothing"
		w.refused("NoSuchKey", in)
	}
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		t.Errorf("kept %d contents, %d blobs", inStore, inBlobs)
	}
	do[NoContent](w, &DeleteBucketInput{onBucket: on("refused")})
}

func TestContentIsCollected(t *testing.T) {
	w := newWorld(t)
	w.bucket("collect")
	want := func(step string, inStore, inBlobs int) {
		t.Helper()
		if s, b := w.stored(); s != inStore || b != inBlobs {
			t.Errorf("%s: %d contents and %d blobs, want %d and %d", step, s, b, inStore, inBlobs)
		}
	}
	large := filled(inlineMax + 1)
	do[PutObjectOutput](w, put("collect", "a", large))
	want("put", 1, 1)
	do[PutObjectOutput](w, put("collect", "a", large))
	want("overwrite", 1, 1)
	for i := range 3 {
		in := &CopyObjectInput{onObject: at("collect", fmt.Sprint(i))}
		in.CopySource = "collect/a"
		do[CopyObjectOutput](w, in)
	}
	want("copies share", 1, 1)
	for _, k := range []string{"a", "0", "1"} {
		do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("collect", k)})
	}
	want("one copy left", 1, 1)
	if w.content(get("collect", "2")) != large {
		t.Error("the last copy is damaged")
	}
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("collect", "2")})
	want("all deleted", 0, 0)
	do[PutObjectOutput](w, put("collect", "small", "x"))
	want("small", 1, 0)
}

func TestReadSurvivesDeletion(t *testing.T) {
	w := newWorld(t)
	w.bucket("read")
	large := filled(3 * bufferSize)
	do[PutObjectOutput](w, put("read", "k", large))
	out := do[GetObjectOutput](w, get("read", "k"))
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("read", "k")})
	if _, inBlobs := w.stored(); inBlobs != 1 {
		t.Errorf("%d blobs while one is being read", inBlobs)
	}
	var got bytes.Buffer
	if _, err := out.Body.ReadCloser.(io.WriterTo).WriteTo(&got); err != nil || got.String() != large {
		t.Errorf("read %d bytes, %v", got.Len(), err)
	}
	for range 2 {
		if err := out.Body.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, inBlobs := w.stored(); inBlobs != 0 {
		t.Errorf("%d blobs after the reader left", inBlobs)
	}
}

func TestSweepKeepsWhatIsNamed(t *testing.T) {
	w := newWorld(t)
	w.bucket("sweep")
	do[PutObjectOutput](w, put("sweep", "k", filled(inlineMax+1)))
	if _, err := w.contents.stage(strings.NewReader(filled(inlineMax+1)), maxPut, io.Discard, nil); err != nil {
		t.Fatal(err) // and the process dies here
	}
	d := w.Deps
	d.Blobs = w.blobs.Reopen()
	next := New(d)
	if n, err := next.contents.sweep(context.Background()); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if w.content(get("sweep", "k")) != filled(inlineMax+1) {
		t.Error("the sweep took a blob that is named")
	}
}

func TestKMS(t *testing.T) {
	w := newWorld(t)
	w.bucket("kms")
	secret := strings.Repeat("secret ", 20_000)
	in := put("kms", "k", secret)
	in.ServerSideEncryption, in.SSEKMSKeyId = sseKMS, "mine"
	out := do[PutObjectOutput](w, in)
	if out.ServerSideEncryption != sseKMS || !strings.HasSuffix(out.SSEKMSKeyId, "key/mine") || out.ETag == quote(md5Hex(secret)) {
		t.Errorf("%+v", out)
	}
	w.eachBlob(func(id blob.ID, b []byte) {
		if bytes.Contains(b, []byte("secret")) {
			t.Error("the blob holds the plain text")
		}
	})
	if w.content(get("kms", "k")) != secret {
		t.Error("came back changed")
	}
	in.SSEKMSKeyId = "missing"
	w.refused("KMS.NotFoundException", in)

	// A copy without a word about encryption is in the clear again, and one
	// with a word is under that key.
	c := &CopyObjectInput{onObject: at("kms", "plain")}
	c.CopySource = "kms/k"
	if got := do[CopyObjectOutput](w, c); got.ServerSideEncryption != sseS3 || w.content(get("kms", "plain")) != secret {
		t.Errorf("copy: %+v", got)
	}
	do[Empty](w, &PutBucketEncryptionInput{onBucket: on("kms"), ServerSideEncryptionConfiguration: &ServerSideEncryptionConfiguration{
		Rules: []ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &ServerSideEncryptionByDefault{sseKMS, "default"}, BucketKeyEnabled: true}},
	}})
	got := do[PutObjectOutput](w, put("kms", "by default", "x"))
	if got.ServerSideEncryption != sseKMS || got.BucketKeyEnabled == nil || w.content(get("kms", "by default")) != "x" {
		t.Errorf("by default: %+v", got)
	}
	theirs := put("kms", "c", "x")
	theirs.SSECustomerAlgorithm = "AES256"
	w.refused("NotImplemented", theirs)
}

func (w *world) eachBlob(f func(blob.ID, []byte)) {
	w.t.Helper()
	_, err := w.blobs.Reopen().Sweep(context.Background(), func(id blob.ID) (bool, error) {
		r, err := w.blobs.Open(id)
		if err != nil {
			return true, err
		}
		b, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
		f(id, b)
		return true, err
	})
	if err != nil {
		w.t.Fatal(err)
	}
}

func TestTamperedChunk(t *testing.T) {
	key, id := bytes.Repeat([]byte{7}, 32), contentID{1}
	var stored bytes.Buffer
	out, finish := sealTo(&stored, key, id)
	plain := filled(3*chunkPlain - 5)
	io.WriteString(out, plain)
	if err := finish(); err != nil {
		t.Fatal(err)
	}
	read := func(b []byte, id contentID) (string, error) {
		r, err := openSealed(inlineReader{bytes.NewReader(b)}, section{id, 0, int64(len(plain))}, key)
		if err != nil {
			return "", err
		}
		got, err := io.ReadAll(r)
		return string(got), err
	}
	if got, err := read(stored.Bytes(), id); got != plain || err != nil {
		t.Fatalf("untouched: %v", err)
	}
	flipped := bytes.Clone(stored.Bytes())
	flipped[chunkStored+3] ^= 1
	swapped := append(append(bytes.Clone(stored.Bytes()[chunkStored:2*chunkStored]), stored.Bytes()[:chunkStored]...), stored.Bytes()[2*chunkStored:]...)
	for name, b := range map[string][]byte{
		"flipped": flipped, "swapped": swapped, "cut at a chunk": stored.Bytes()[:2*chunkStored], "cut": stored.Bytes()[:stored.Len()-1],
	} {
		if _, err := read(b, id); !errors.Is(err, errTampered) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := read(stored.Bytes(), contentID{2}); !errors.Is(err, errTampered) {
		t.Errorf("of another content: %v", err)
	}
}
