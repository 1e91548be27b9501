package s3

import (
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"
)

// Check values of the catalogues of CRCs and of the algorithms' own tests:
// the sum of "123456789", or of "" where that is what is published.
func TestAlgorithms(t *testing.T) {
	for _, c := range []struct{ name, input, want string }{
		{"CRC32", "123456789", "cbf43926"},
		{"CRC32C", "123456789", "e3069283"},
		{"CRC64NVME", "123456789", "ae8b14860a799888"},
		{"SHA1", "abc", "a9993e364706816aba3e25717850c26c9cd0d89d"},
		{"SHA256", "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
		{"SHA512", "", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"},
		{"MD5", "abc", "900150983cd24fb0d6963f7d28e17f72"},
		{"XXHASH64", "", "ef46db3751d8e999"},
		{"XXHASH3", "", "2d06800538d394c2"},
		{"XXHASH128", "", "99aa06d3014798d86001c324468d497f"},
	} {
		a, ok := findAlgorithm(c.name)
		if !ok {
			t.Fatalf("%s is unknown", c.name)
		}
		h := a.new()
		h.Write([]byte(c.input))
		sum := h.Sum(nil)
		if got := hex.EncodeToString(sum); got != c.want || len(sum) != a.size {
			t.Errorf("%s(%q) = %s, want %s", c.name, c.input, got, c.want)
		}
	}
}

func TestCombineCRCs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, a := range algorithms {
		if a.poly == 0 {
			continue
		}
		for range 30 {
			data := make([]byte, r.IntN(5000))
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			cut := r.IntN(len(data) + 1)
			sum := func(b []byte) []byte {
				h := a.new()
				h.Write(b)
				return h.Sum(nil)
			}
			got := a.combine(sum(data[:cut]), sum(data[cut:]), int64(len(data)-cut))
			if want := sum(data); string(got) != string(want) {
				t.Fatalf("%s of %d+%d bytes: %x, want %x", a.name, cut, len(data)-cut, got, want)
			}
		}
	}
}

func sumOf(name, content string) string {
	a, _ := findAlgorithm(name)
	h := a.new()
	h.Write([]byte(content))
	return base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// withTrailer is a payload that is followed by trailers.
type withTrailer struct {
	*strings.Reader
	trailer http.Header
}

func (w withTrailer) Trailer() http.Header { return w.trailer }

func TestUploadedChecksums(t *testing.T) {
	w := newWorld(t)
	w.bucket("sums")
	for i, a := range algorithms {
		in := put("sums", a.name, "payload")
		*in.checksumHeaders.fields()[i] = sumOf(a.name, "payload")
		in.ChecksumAlgorithm = a.name
		out := do[PutObjectOutput](w, in)
		if sum, n := out.one(); n != 1 || sum.Value != sumOf(a.name, "payload") {
			t.Errorf("%s: PutObject tells %+v", a.name, sum)
		}
		read := get("sums", a.name)
		read.ChecksumMode = "ENABLED"
		got := do[GetObjectOutput](w, read)
		if sum, n := got.one(); n != 1 || sum.Value != sumOf(a.name, "payload") || got.ChecksumType != fullObject {
			t.Errorf("%s: GetObject tells %+v %s", a.name, sum, got.ChecksumType)
		}

		wrong := put("sums", "wrong", "payload")
		*wrong.checksumHeaders.fields()[i] = sumOf(a.name, "other")
		w.refused("BadDigest", wrong)
		malformed := put("sums", "wrong", "payload")
		*malformed.checksumHeaders.fields()[i] = "AAAA"
		w.refused("InvalidRequest", malformed)

		trailer := put("sums", a.name+"/trailer", "")
		trailer.Trailer = a.header()
		trailer.Body = withTrailer{strings.NewReader("payload"), http.Header{http.CanonicalHeaderKey(a.header()): {sumOf(a.name, "payload")}}}
		if sum, _ := do[PutObjectOutput](w, trailer).one(); sum.Algorithm != a.name {
			t.Errorf("%s as a trailer: stored %s", a.name, sum.Algorithm)
		}
		trailer.Body = withTrailer{strings.NewReader("payloae"), http.Header{http.CanonicalHeaderKey(a.header()): {sumOf(a.name, "payload")}}}
		w.refused("BadDigest", trailer)
	}
	w.refused("NoSuchKey", get("sums", "wrong"))
}

func TestChecksumHeaders(t *testing.T) {
	w := newWorld(t)
	w.bucket("sums")

	plain := do[PutObjectOutput](w, put("sums", "plain", "x"))
	if plain.ChecksumCRC64NVME != sumOf("CRC64NVME", "x") || plain.ChecksumType != fullObject {
		t.Errorf("without a claim: %+v", plain)
	}
	if out := do[GetObjectOutput](w, get("sums", "plain")); out.ChecksumCRC64NVME != "" {
		t.Error("a checksum was told that nobody asked for")
	}
	part := get("sums", "plain")
	part.ChecksumMode, part.Range = "ENABLED", "bytes=0-0"
	if out := do[GetObjectOutput](w, part); out.ChecksumCRC64NVME != sumOf("CRC64NVME", "x") {
		t.Error("a range that is the whole object lost its checksum")
	}

	// What some clients send in place of a checksum they do not compute.
	unsigned := put("sums", "unsigned", "x")
	unsigned.ChecksumSHA256 = unsignedPayload
	if out := do[PutObjectOutput](w, unsigned); out.ChecksumCRC64NVME == "" {
		t.Error("UNSIGNED-PAYLOAD was taken for a checksum")
	}

	two := put("sums", "two", "x")
	two.ChecksumCRC32, two.ChecksumSHA1 = sumOf("CRC32", "x"), sumOf("SHA1", "x")
	w.refused("InvalidRequest", two)

	other := put("sums", "other", "x")
	other.ChecksumCRC32, other.ChecksumAlgorithm = sumOf("CRC32", "x"), "SHA256"
	w.refused("InvalidRequest", other)

	md5 := put("sums", "md5", "x")
	md5.ContentMD5 = ptr(sumOf("MD5", "x"))
	do[PutObjectOutput](w, md5)
	md5 = put("sums", "md5", "y")
	md5.ContentMD5 = ptr(sumOf("MD5", "x"))
	w.refused("BadDigest", md5)
	for _, malformed := range []string{"x", ""} {
		md5.ContentMD5 = &malformed
		w.refused("InvalidDigest", md5)
	}
}

func TestCheckBody(t *testing.T) {
	s := newWorld(t).Service
	header := func(pairs ...string) http.Header {
		h := http.Header{}
		for i := 0; i < len(pairs); i += 2 {
			h.Set(pairs[i], pairs[i+1])
		}
		return h
	}
	for _, c := range []struct {
		name, op string
		h        http.Header
		ok       bool
	}{
		{"nothing claimed", "PutBucketCors", header(), true},
		{"deleting needs a claim", "DeleteObjects", header(), false},
		{"right MD5", "DeleteObjects", header("Content-MD5", sumOf("MD5", "doc")), true},
		{"wrong MD5", "PutBucketTagging", header("Content-MD5", sumOf("MD5", "dox")), false},
		{"right CRC32", "DeleteObjects", header("x-amz-checksum-crc32", sumOf("CRC32", "doc"), "x-amz-sdk-checksum-algorithm", "CRC32"), true},
		{"the sum of the object to come", "CompleteMultipartUpload", header("x-amz-checksum-sha256", sumOf("SHA256", "parts")+"-2"), true},
		{"wrong SHA256", "PutBucketTagging", header("x-amz-checksum-sha256", sumOf("SHA256", "dox")), false},
	} {
		if err := s.CheckBody(c.op, c.h, []byte("doc")); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}
