package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"testing"
)

// uploadOf makes a multipart upload of parts, as the client of an SDK would,
// up to its completion, which is returned.
func (w *world) uploadOf(create *CreateMultipartUploadInput, parts map[int]string) *CompleteMultipartUploadInput {
	w.t.Helper()
	up := do[CreateMultipartUploadOutput](w, create)
	in := &CompleteMultipartUploadInput{onUpload: onUpload{create.onObject, up.UploadId}, MultipartUpload: &CompletedMultipartUpload{}}
	for n := 1; n <= 20; n++ {
		content, ok := parts[n]
		if !ok {
			continue
		}
		p := &UploadPartInput{onUpload: in.onUpload, PartNumber: strconv.Itoa(n), Body: strings.NewReader(content), uploaded: ofLength(len(content))}
		if create.ChecksumAlgorithm != "" {
			for i, a := range algorithms {
				if a.name == create.ChecksumAlgorithm {
					*p.checksumHeaders.fields()[i] = sumOf(a.name, content)
				}
			}
		}
		out := do[UploadPartOutput](w, p)
		done := CompletedPart{ETag: out.ETag, PartNumber: number(n)}
		if sum, count := out.checksumHeaders.one(); count == 1 && create.ChecksumAlgorithm != "" {
			done.set(sum)
		}
		in.MultipartUpload.Parts = append(in.MultipartUpload.Parts, done)
	}
	return in
}

func create(bucket, key string) *CreateMultipartUploadInput {
	return &CreateMultipartUploadInput{onObject: at(bucket, key)}
}

var threeParts = map[int]string{2: filled(minPart), 5: filled(minPart + 3), 9: "end"}

func TestMultipart(t *testing.T) {
	w := newWorld(t)
	w.bucket("multi")
	start := create("multi", "k")
	start.ContentType, start.Metadata = "text/x", map[string]string{"a": "b"}
	in := w.uploadOf(start, threeParts)
	whole := threeParts[2] + threeParts[5] + threeParts[9]

	list := do[ListPartsOutput](w, &ListPartsInput{onUpload: in.onUpload, MaxParts: "2"})
	if len(list.Parts) != 2 || !list.IsTruncated || list.NextPartNumberMarker != 5 || list.Parts[1].Size != minPart+3 {
		t.Errorf("ListParts: %+v", list)
	}
	if ups := do[ListMultipartUploadsOutput](w, &ListMultipartUploadsInput{listing: listing{onBucket: on("multi")}}); len(ups.Uploads) != 1 || ups.Uploads[0].Key != "k" {
		t.Errorf("ListMultipartUploads: %+v", ups)
	}
	w.refused("NoSuchKey", get("multi", "k"))

	out := do[CompleteMultipartUploadOutput](w, in)
	if out.ETag != quote(multipartETag(threeParts)) || out.ChecksumCRC64NVME != sumOf("CRC64NVME", whole) || out.ChecksumType != fullObject {
		t.Errorf("Complete: %+v", out)
	}
	if again := do[CompleteMultipartUploadOutput](w, in); again.ETag != out.ETag {
		t.Errorf("completed twice: %+v", again)
	}
	if w.content(get("multi", "k")) != whole {
		t.Error("the object is not its parts")
	}
	across := get("multi", "k")
	across.Range = fmt.Sprintf("bytes=%d-%d", minPart-10, minPart+10)
	if w.content(across) != whole[minPart-10:minPart+11] {
		t.Error("a range across parts")
	}
	second := get("multi", "k")
	second.PartNumber = "5"
	if got := do[GetObjectOutput](w, second); got.StatusCode != 206 || *got.PartsCount != 3 || got.ContentRange != fmt.Sprintf("bytes %d-%d/%d", minPart, 2*minPart+2, len(whole)) {
		t.Errorf("part 5: %d %s", got.StatusCode, got.ContentRange)
	} else {
		got.Body.Close()
	}
	second.PartNumber = "4"
	w.refused("InvalidPartNumber", second)
	if head := do[HeadObjectOutput](w, &HeadObjectInput{reading: reading{onObject: at("multi", "k")}}); head.ContentType != "text/x" || head.Metadata["a"] != "b" || head.ContentLength != int64(len(whole)) {
		t.Errorf("%+v", head)
	}

	// A copy is one piece: its entity tag is the MD5 of the whole.
	c := &CopyObjectInput{onObject: at("multi", "copy")}
	c.CopySource = "multi/k"
	if copied := do[CopyObjectOutput](w, c); copied.CopyObjectResult.ETag != quote(md5Hex(whole)) {
		t.Errorf("copy: %+v", copied.CopyObjectResult)
	}
	if inStore, inBlobs := w.stored(); inStore != 4 || inBlobs != 2 {
		t.Errorf("%d contents, %d blobs", inStore, inBlobs)
	}
	for _, k := range []string{"k", "copy"} {
		do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("multi", k)})
	}
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		t.Errorf("left behind: %d contents, %d blobs", inStore, inBlobs)
	}
}

func multipartETag(parts map[int]string) string {
	h := md5.New()
	for n := range 20 {
		if p, ok := parts[n]; ok {
			sum := md5.Sum([]byte(p))
			h.Write(sum[:])
		}
	}
	return hex.EncodeToString(h.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

func TestMultipartChecksums(t *testing.T) {
	w := newWorld(t)
	w.bucket("sums")
	parts := map[int]string{1: filled(minPart), 2: "end"}
	whole := parts[1] + parts[2]
	for _, a := range algorithms {
		for _, kind := range []string{composite, fullObject} {
			start := create("sums", a.name)
			start.ChecksumAlgorithm, start.ChecksumType = a.name, kind
			if kind == composite && a.name == defaultAlgorithm || kind == fullObject && a.poly == 0 {
				w.refused("InvalidRequest", start)
				continue
			}
			out := do[CompleteMultipartUploadOutput](w, w.uploadOf(start, parts))
			want := sumOf(a.name, whole)
			if kind == composite {
				want = compositeOf(a, parts)
			}
			if sum, n := out.checksumElements.one(); n != 1 || sum.Value != want || out.ChecksumType != kind {
				t.Errorf("%s %s: %+v %s, want %s", a.name, kind, sum, out.ChecksumType, want)
			}
		}
	}
	start := create("sums", "x")
	start.ChecksumType = composite
	w.refused("InvalidRequest", start)
}

func compositeOf(a algorithm, parts map[int]string) string {
	all := a.new()
	for n := range 20 {
		if p, ok := parts[n]; ok {
			h := a.new()
			h.Write([]byte(p))
			all.Write(h.Sum(nil))
		}
	}
	return base64.StdEncoding.EncodeToString(all.Sum(nil)) + "-" + strconv.Itoa(len(parts))
}

func TestMultipartRefusals(t *testing.T) {
	w := newWorld(t)
	w.bucket("multi")
	in := w.uploadOf(create("multi", "k"), map[int]string{1: "small", 2: "end"})
	w.refused("EntityTooSmall", in)
	parts := in.MultipartUpload.Parts
	for code, list := range map[string][]CompletedPart{
		"InvalidPartOrder": {parts[1], parts[0]},
		"InvalidPart":      {{ETag: `"no"`, PartNumber: number(1)}},
		"MalformedXML":     {},
		"InvalidArgument":  {{ETag: `"no"`, PartNumber: number(10001)}},
	} {
		bad := *in
		bad.MultipartUpload = &CompletedMultipartUpload{list}
		w.refused(code, &bad)
	}
	size := *in
	size.MultipartUpload, size.MpuObjectSize = &CompletedMultipartUpload{parts[:1]}, "99"
	w.refused("InvalidRequest", &size)
	unknown := *in
	unknown.UploadId = "nonsense"
	w.refused("NoSuchUpload", &unknown)
	for _, n := range []string{"0", "10001", "x", "-1"} {
		w.refused("InvalidArgument", &UploadPartInput{onUpload: in.onUpload, PartNumber: n, Body: strings.NewReader("x"), uploaded: ofLength(1)})
	}

	do[NoContent](w, &AbortMultipartUploadInput{onUpload: in.onUpload})
	w.refused("NoSuchUpload", &AbortMultipartUploadInput{onUpload: in.onUpload})
	w.refused("NoSuchUpload", &UploadPartInput{onUpload: in.onUpload, PartNumber: "1", Body: strings.NewReader(filled(inlineMax + 1)), uploaded: ofLength(1)})
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		t.Errorf("left behind: %d contents, %d blobs", inStore, inBlobs)
	}
	w.uploadOf(create("multi", "unfinished"), map[int]string{1: filled(inlineMax + 1)})
	do[NoContent](w, &DeleteBucketInput{onBucket: on("multi")})
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		t.Errorf("a deleted bucket left %d contents, %d blobs", inStore, inBlobs)
	}
}

func TestPartsThatAreReplacedOrLeftOut(t *testing.T) {
	w := newWorld(t)
	w.bucket("multi")
	in := w.uploadOf(create("multi", "k"), map[int]string{1: filled(minPart), 2: filled(minPart), 3: "left out"})
	out := do[UploadPartOutput](w, &UploadPartInput{onUpload: in.onUpload, PartNumber: "2", Body: strings.NewReader("replaced"), uploaded: ofLength(1)})
	in.MultipartUpload.Parts = in.MultipartUpload.Parts[:2]
	w.refused("InvalidPart", in)
	in.MultipartUpload.Parts[1].ETag = out.ETag
	do[CompleteMultipartUploadOutput](w, in)
	if w.content(get("multi", "k")) != filled(minPart)+"replaced" {
		t.Error("not the parts that were listed")
	}
	if inStore, inBlobs := w.stored(); inStore != 3 || inBlobs != 1 {
		t.Errorf("%d contents, %d blobs", inStore, inBlobs)
	}
}

func TestConditionalCompletion(t *testing.T) {
	w := newWorld(t)
	w.bucket("multi")
	in := w.uploadOf(create("multi", "k"), map[int]string{1: "x"})
	in.IfNoneMatch = "*"
	do[PutObjectOutput](w, put("multi", "k", "meanwhile"))
	w.refused("ConditionalRequestConflict", in)
	in = w.uploadOf(create("multi", "k"), map[int]string{1: "x"})
	in.IfNoneMatch = "*"
	w.refused("PreconditionFailed", in)
	in.IfNoneMatch, in.IfMatch = "", quote(md5Hex("meanwhile"))
	do[CompleteMultipartUploadOutput](w, in)
}

func TestUploadPartCopy(t *testing.T) {
	w := newWorld(t)
	w.bucket("multi")
	do[PutObjectOutput](w, put("multi", "src", "0123456789"))
	for _, algorithm := range []string{"", sseKMS} {
		start := create("multi", "k")
		start.ServerSideEncryption = algorithm
		in := w.uploadOf(start, nil)
		p := &UploadPartCopyInput{onUpload: in.onUpload, PartNumber: "1", CopySourceRange: "bytes=2-5"}
		p.CopySource = "multi/src"
		out := do[UploadPartCopyOutput](w, p)
		in.MultipartUpload.Parts = []CompletedPart{{ETag: out.CopyPartResult.ETag, PartNumber: number(1)}}
		do[CompleteMultipartUploadOutput](w, in)
		if w.content(get("multi", "k")) != "2345" {
			t.Error("not the range")
		}
		for _, bad := range []string{"bytes=2-10", "bytes=5-2", "2-5", "bytes=2-"} {
			p.CopySourceRange = bad
			w.refused("NoSuchUpload", &UploadPartCopyInput{onUpload: in.onUpload, copySource: p.copySource, PartNumber: "1"})
			w.refused("InvalidArgument", p)
		}
	}
}
