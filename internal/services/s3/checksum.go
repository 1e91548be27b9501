package s3

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"hash"
	"hash/crc32"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/cespare/xxhash/v2"
	"github.com/minio/crc64nvme"
	"github.com/zeebo/xxh3"
)

// checksum is what S3 keeps beside an object for its clients to verify.
type checksum struct {
	Algorithm string // "CRC32"
	Type      string // fullObject or composite
	Value     string // base64, with "-N" when composite
}

// The types of checksum of a multipart upload.
const (
	fullObject = "FULL_OBJECT"
	composite  = "COMPOSITE"
)

// algorithm is one of S3's checksum algorithms.
type algorithm struct {
	name string
	size int
	new  func() hash.Hash
	poly uint64 // reversed polynomial of a CRC, whose values combine; else 0
}

// defaultAlgorithm is what S3 computes when the client names none.
const defaultAlgorithm = "CRC64NVME"

var algorithms = []algorithm{
	{"CRC32", 4, func() hash.Hash { return crc32.NewIEEE() }, 0xEDB88320},
	{"CRC32C", 4, func() hash.Hash { return crc32.New(castagnoli) }, 0x82F63B78},
	{"CRC64NVME", 8, func() hash.Hash { return crc64nvme.New() }, 0x9A6C9329AC4BC9B5},
	{"SHA1", sha1.Size, sha1.New, 0},
	{"SHA256", sha256.Size, sha256.New, 0},
	{"SHA512", sha512.Size, sha512.New, 0},
	{"MD5", md5.Size, md5.New, 0},
	{"XXHASH64", 8, func() hash.Hash { return xxhash.New() }, 0},
	{"XXHASH3", 8, func() hash.Hash { return xxh3.New() }, 0},
	{"XXHASH128", 16, func() hash.Hash { return wide{xxh3.New128()} }, 0},
}

var md5Algorithm, _ = findAlgorithm("MD5")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// wide gives the 128-bit hash the big-endian Sum that S3 sends.
type wide struct{ *xxh3.Hasher128 }

func (w wide) Sum(b []byte) []byte {
	sum := w.Sum128().Bytes()
	return append(b, sum[:]...)
}

// findAlgorithm looks an algorithm up by its name in any case.
func findAlgorithm(name string) (algorithm, bool) {
	for _, a := range algorithms {
		if strings.EqualFold(a.name, name) {
			return a, true
		}
	}
	return algorithm{}, false
}

func algorithmNames() string {
	names := make([]string, len(algorithms))
	for i, a := range algorithms {
		names[i] = a.name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// header is the header that carries a value of the algorithm.
func (a algorithm) header() string { return "x-amz-checksum-" + strings.ToLower(a.name) }

// multipartType is the type a multipart upload has when the client names none.
func (a algorithm) multipartType() string {
	if a.name == defaultAlgorithm {
		return fullObject
	}
	return composite
}

// valid reports whether value is the base64 of a sum of the right length.
func (a algorithm) valid(value string) bool {
	b, err := base64.StdEncoding.DecodeString(value)
	return err == nil && len(b) == a.size
}

// combine returns the CRC of two runs of bytes from the CRC of each and the
// length of the second.
func (a algorithm) combine(first, second []byte, length int64) []byte {
	width := uint(8 * a.size)
	shifted := mulPoly(toUint(first), powX(8*uint64(length), a.poly, width), a.poly, width)
	out := binary.BigEndian.AppendUint64(nil, shifted^toUint(second))
	return out[8-a.size:]
}

func toUint(b []byte) (n uint64) {
	for _, c := range b {
		n = n<<8 | uint64(c)
	}
	return n
}

// mulPoly multiplies two polynomials over GF(2) modulo poly. Bits are
// reversed: the top one is the coefficient of 1.
func mulPoly(a, b, poly uint64, width uint) (p uint64) {
	for bit := uint64(1) << (width - 1); bit != 0; bit >>= 1 {
		if a&bit != 0 {
			p ^= b
		}
		if b&1 != 0 {
			b = b>>1 ^ poly
		} else {
			b >>= 1
		}
	}
	return p
}

// powX is x^n modulo poly.
func powX(n, poly uint64, width uint) uint64 {
	result, square := uint64(1)<<(width-1), uint64(1)<<(width-2) // 1, x
	for ; n > 0; n >>= 1 {
		if n&1 != 0 {
			result = mulPoly(result, square, poly, width)
		}
		square = mulPoly(square, square, poly, width)
	}
	return result
}

// checksumHeaders are the values of all algorithms as response or request
// headers.
type checksumHeaders struct {
	ChecksumCRC32     string `wire:"x-amz-checksum-crc32" loc:"header"`
	ChecksumCRC32C    string `wire:"x-amz-checksum-crc32c" loc:"header"`
	ChecksumCRC64NVME string `wire:"x-amz-checksum-crc64nvme" loc:"header"`
	ChecksumSHA1      string `wire:"x-amz-checksum-sha1" loc:"header"`
	ChecksumSHA256    string `wire:"x-amz-checksum-sha256" loc:"header"`
	ChecksumSHA512    string `wire:"x-amz-checksum-sha512" loc:"header"`
	ChecksumMD5       string `wire:"x-amz-checksum-md5" loc:"header"`
	ChecksumXXHASH64  string `wire:"x-amz-checksum-xxhash64" loc:"header"`
	ChecksumXXHASH3   string `wire:"x-amz-checksum-xxhash3" loc:"header"`
	ChecksumXXHASH128 string `wire:"x-amz-checksum-xxhash128" loc:"header"`
}

// checksumElements are the same as elements of a document.
type checksumElements struct {
	ChecksumCRC32     string
	ChecksumCRC32C    string
	ChecksumCRC64NVME string
	ChecksumSHA1      string
	ChecksumSHA256    string
	ChecksumSHA512    string
	ChecksumMD5       string
	ChecksumXXHASH64  string
	ChecksumXXHASH3   string
	ChecksumXXHASH128 string
}

// fields are the members in the order of algorithms.
func (h *checksumHeaders) fields() [10]*string {
	return [...]*string{&h.ChecksumCRC32, &h.ChecksumCRC32C, &h.ChecksumCRC64NVME, &h.ChecksumSHA1, &h.ChecksumSHA256,
		&h.ChecksumSHA512, &h.ChecksumMD5, &h.ChecksumXXHASH64, &h.ChecksumXXHASH3, &h.ChecksumXXHASH128}
}

// set fills the member of the checksum's algorithm.
func (h *checksumHeaders) set(c checksum) {
	for i, f := range h.fields() {
		if algorithms[i].name == c.Algorithm {
			*f = c.Value
		}
	}
}

// one returns the only checksum given, and how many there were.
func (h *checksumHeaders) one() (c checksum, n int) {
	for i, f := range h.fields() {
		if *f != "" {
			c = checksum{Algorithm: algorithms[i].name, Value: *f}
			n++
		}
	}
	return c, n
}

func (e *checksumElements) set(c checksum) { (*checksumHeaders)(e).set(c) }

func (e *checksumElements) one() (checksum, int) { return (*checksumHeaders)(e).one() }

// unsignedPayload is what some clients put where a checksum belongs, when they
// configured none: it claims nothing.
const unsignedPayload = "UNSIGNED-PAYLOAD"

// claim is what a client says its payload adds up to.
type claim struct {
	algorithm algorithm
	computed  bool   // the client named no algorithm
	value     string // "" until the trailer is read, or when nothing is claimed
	trailer   bool   // the value comes after the payload
	md5       string // Content-MD5
}

// claimOf reads the claim of an upload's headers. sdk is the algorithm a
// client announces, trailer the names of the trailers it announces.
func claimOf(h checksumHeaders, sdk, trailer string, contentMD5 *string) (claim, error) {
	for _, f := range h.fields() {
		if *f == unsignedPayload {
			*f = ""
		}
	}
	var c claim
	if contentMD5 != nil {
		if c.md5 = *contentMD5; !md5Algorithm.valid(c.md5) {
			return c, errInvalidDigest(c.md5)
		}
	}
	given, n := h.one()
	if n > 1 {
		return c, errMultipleChecksums()
	}
	name := given.Algorithm
	if name == "" {
		name, c.trailer = trailerAlgorithm(trailer)
	}
	if sdk != "" {
		if _, ok := findAlgorithm(sdk); !ok {
			return c, errChecksumAlgorithm()
		}
		if name != "" && !strings.EqualFold(name, sdk) {
			return c, errChecksumMismatchedHeader(sdk)
		}
	}
	c.computed = name == ""
	if c.computed {
		name = defaultAlgorithm
	}
	c.algorithm, _ = findAlgorithm(name)
	if n == 1 && !c.algorithm.valid(given.Value) {
		return c, errChecksumHeader(c.algorithm)
	}
	c.value = given.Value
	return c, nil
}

// trailerAlgorithm finds the checksum among announced trailers.
func trailerAlgorithm(names string) (string, bool) {
	for name := range strings.SplitSeq(names, ",") {
		if a, ok := strings.CutPrefix(strings.ToLower(strings.TrimSpace(name)), "x-amz-checksum-"); ok {
			if alg, ok := findAlgorithm(a); ok {
				return alg.name, true
			}
		}
	}
	return "", false
}

// A trailed body has trailers once it is read to its end.
type trailed interface{ Trailer() http.Header }

// digest adds up a payload: its MD5 and one checksum.
type digest struct {
	claim claim
	md5   hash.Hash
	sum   hash.Hash
	crc64 hash.Hash // of a part whose upload declared no algorithm: its object needs it
}

func newDigest(c claim) *digest {
	d := &digest{claim: c, md5: md5.New()}
	if c.algorithm.name != "MD5" {
		d.sum = c.algorithm.new()
	}
	return d
}

func (d *digest) Write(p []byte) (int, error) {
	d.md5.Write(p)
	if d.sum != nil {
		d.sum.Write(p)
	}
	if d.crc64 != nil {
		d.crc64.Write(p)
	}
	return len(p), nil
}

// raw is the sum of the claimed algorithm.
func (d *digest) raw() []byte {
	if d.sum == nil {
		return d.md5.Sum(nil)
	}
	return d.sum.Sum(nil)
}

func (d *digest) checksum() checksum {
	return checksum{d.claim.algorithm.name, fullObject, base64.StdEncoding.EncodeToString(d.raw())}
}

// verify compares what was read from body with what was claimed.
func (d *digest) verify(body io.Reader) error {
	if d.claim.trailer {
		if t, ok := body.(trailed); ok {
			d.claim.value = t.Trailer().Get(d.claim.algorithm.header())
			if d.claim.value != "" && !d.claim.algorithm.valid(d.claim.value) {
				return errTrailerChecksum(d.claim.algorithm)
			}
		}
	}
	if d.claim.md5 != "" && d.claim.md5 != base64.StdEncoding.EncodeToString(d.md5.Sum(nil)) {
		return errBadMD5()
	}
	if d.claim.value != "" && d.claim.value != d.checksum().Value {
		return errBadChecksum(d.claim.algorithm)
	}
	return nil
}

// CheckBody implements service.BodyChecker: it verifies what a client claims of a body that was read whole: the
// document of a configuration, or of DeleteObjects, which must claim something.
func (s *Service) CheckBody(operation string, h http.Header, body []byte) error {
	if operation == "CompleteMultipartUpload" {
		return nil // what it claims is claimed of the object
	}
	var sums checksumHeaders
	for i, f := range sums.fields() {
		*f = h.Get(algorithms[i].header())
	}
	var md5 *string
	if v := h["Content-Md5"]; len(v) > 0 {
		md5 = &v[0]
	}
	c, err := claimOf(sums, h.Get("X-Amz-Sdk-Checksum-Algorithm"), h.Get("X-Amz-Trailer"), md5)
	if err != nil {
		return err
	}
	if operation == "DeleteObjects" && c.md5 == "" && c.value == "" && !c.trailer {
		return errMissingMD5()
	}
	d := newDigest(c)
	d.Write(body)
	return d.verify(nil)
}
