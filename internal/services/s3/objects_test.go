package s3

import (
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

func md5Hex(s string) string {
	sum := md5.Sum([]byte(s))
	return hex.EncodeToString(sum[:])
}

func TestObjectKeepsWhatItWasPutWith(t *testing.T) {
	w := newWorld(t)
	w.bucket("desc")
	in := put("desc", "k", "body")
	in.description = description{
		CacheControl: "max-age=1", ContentDisposition: "inline", ContentEncoding: "gzip, aws-chunked", ContentLanguage: "es",
		ContentType: "text/plain", Expires: "Thu, 01 Dec 2033 16:00:00 GMT", StorageClass: "STANDARD_IA",
		WebsiteRedirectLocation: "/elsewhere", Metadata: map[string]string{"Color": "red", "name": "café"},
	}
	in.Tagging = "a=1&b=x%20y"
	do[PutObjectOutput](w, in)
	out := do[HeadObjectOutput](w, &HeadObjectInput{reading: reading{onObject: at("desc", "k")}})
	want := in.description
	want.ContentEncoding = "gzip"
	want.Metadata = map[string]string{"color": "red", "name": "=?UTF-8?B?Y2Fmw6k=?="}
	if fmt.Sprint(out.description) != fmt.Sprint(want) {
		t.Errorf("described as\n%+v\nwant\n%+v", out.description, want)
	}
	if out.ContentLength != 4 || out.ETag != quote(md5Hex("body")) || out.ServerSideEncryption != sseS3 || *out.TagCount != 2 || out.VersionId != "" {
		t.Errorf("%+v", out)
	}
	tags := do[GetObjectTaggingOutput](w, &GetObjectTaggingInput{onObject: at("desc", "k")})
	if fmt.Sprint(tags.TagSet) != "[{a 1} {b x y}]" {
		t.Errorf("tags %v", tags.TagSet)
	}
	plain := do[HeadObjectOutput](w, &HeadObjectInput{reading: reading{onObject: at("desc", w.plain())}})
	if plain.ContentType != "binary/octet-stream" {
		t.Errorf("default type %q", plain.ContentType)
	}
}

// plain puts an object that nothing is said of.
func (w *world) plain() string {
	do[PutObjectOutput](w, put("desc", "plain", ""))
	return "plain"
}

func TestBadUploads(t *testing.T) {
	w := newWorld(t)
	w.bucket("bad")
	five := int64(maxPut + 1)
	for code, change := range map[string]func(*PutObjectInput){
		"MetadataTooLarge":              func(in *PutObjectInput) { in.Metadata = map[string]string{"k": strings.Repeat("v", maxMetadata)} },
		"InvalidStorageClass":           func(in *PutObjectInput) { in.StorageClass = "GOLD" },
		"EntityTooLarge":                func(in *PutObjectInput) { in.ContentLength = &five },
		"MissingContentLength":          func(in *PutObjectInput) { in.ContentLength = nil },
		"NotImplemented":                func(in *PutObjectInput) { in.IfNoneMatch = "etag" },
		"InvalidTag":                    func(in *PutObjectInput) { in.Tagging = "aws:a=1" },
		"BadRequest":                    func(in *PutObjectInput) { in.Tagging = "a&b&c&d&e&f&g&h&i&j&k" },
		"InvalidRequest":                func(in *PutObjectInput) { in.ObjectLockLegalHoldStatus = "ON" },
		"InvalidArgument":               func(in *PutObjectInput) { in.ServerSideEncryption = "ROT13" },
		"AccessControlListNotSupported": func(in *PutObjectInput) { in.ACL = "public-read" },
		"InvalidRedirectLocation":       func(in *PutObjectInput) { in.WebsiteRedirectLocation = "elsewhere" },
		"NoSuchBucket":                  func(in *PutObjectInput) { in.Bucket = "none" },
		"AccessDenied":                  func(in *PutObjectInput) { in.ExpectedBucketOwner = "999999999999" },
		"KeyTooLongError":               func(in *PutObjectInput) { in.Key = strings.Repeat("k", maxKey+1) },
		"InvalidURI":                    func(in *PutObjectInput) { in.Key = "\xff\xfe" },
	} {
		in := put("bad", "k", "x")
		change(in)
		w.refused(code, in)
	}
	w.refused("NoSuchKey", get("bad", "k"))
}

func TestHostileKeys(t *testing.T) {
	w := newWorld(t)
	w.bucket("keys")
	keys := []string{
		"..", ".", "../../etc/passwd", "/", "//", "a//b", "/leading", "trailing/", "a/./b", "a/../b", "%2e%2e", "a\\b", "C:\\x",
		"nul\x00byte", "\x01", "new\nline", "<&>\"'", "\u202e", strings.Repeat("k", maxKey), "?versionId=x", "a b+c%20d", "~", "tmp",
	}
	for _, k := range keys {
		do[PutObjectOutput](w, put("keys", k, "content of "+k))
	}
	for _, k := range keys {
		if got := w.content(get("keys", k)); got != "content of "+k {
			t.Errorf("%q holds %q", k, got)
		}
	}
	if out := do[ListObjectsV2Output](w, &ListObjectsV2Input{listing: listing{onBucket: on("keys")}}); int(out.KeyCount) != len(keys) {
		t.Errorf("%d keys listed, want %d", out.KeyCount, len(keys))
	}
}

func TestRanges(t *testing.T) {
	w := newWorld(t)
	w.bucket("ranges")
	do[PutObjectOutput](w, put("ranges", "k", "0123456789"))
	do[PutObjectOutput](w, put("ranges", "empty", ""))
	for _, c := range []struct{ header, want, contentRange string }{
		{"bytes=0-0", "0", "bytes 0-0/10"},
		{"bytes=2-4", "234", "bytes 2-4/10"},
		{"bytes=7-", "789", "bytes 7-9/10"},
		{"bytes=7-99999999999999999999999", "789", "bytes 7-9/10"},
		{"bytes=-3", "789", "bytes 7-9/10"},
		{"bytes=-99", "0123456789", "bytes 0-9/10"},
		{"Bytes=1-1", "1", "bytes 1-1/10"},
		{"bytes=4-2", "0123456789", ""},
		{"bytes=0-1,3-4", "0123456789", ""},
		{"bytes=a-b", "0123456789", ""},
		{"lines=1-2", "0123456789", ""},
		{"bytes=-", "0123456789", ""},
		{"bytes= -1", "0123456789", ""},
	} {
		in := get("ranges", "k")
		in.Range = c.header
		out := do[GetObjectOutput](w, in)
		if got := w.content(in); got != c.want || out.ContentRange != c.contentRange || (out.StatusCode == 206) != (c.contentRange != "") {
			t.Errorf("%s: %q %q %d", c.header, got, out.ContentRange, out.StatusCode)
		}
		out.Body.Close()
	}
	for _, bad := range []struct{ key, header string }{{"k", "bytes=10-"}, {"k", "bytes=-0"}, {"empty", "bytes=0-"}, {"empty", "bytes=-1"}} {
		in := get("ranges", bad.key)
		in.Range = bad.header
		if e := w.refused("InvalidRange", in); e.Status != 416 {
			t.Errorf("%s: status %d", bad.header, e.Status)
		}
	}
}

func TestReadConditions(t *testing.T) {
	w := newWorld(t)
	w.bucket("cond")
	do[PutObjectOutput](w, put("cond", "k", "x"))
	etag, other := quote(md5Hex("x")), `"other"`
	before, same := w.now.Add(-time.Hour).Format(http.TimeFormat), w.now.Format(http.TimeFormat)
	for _, c := range []struct {
		match, noneMatch, modified, unmodified string
		want                                   string
	}{
		{match: etag},
		{match: strings.Trim(etag, `"`)},
		{match: "*"},
		{match: other + ", " + etag},
		{match: other, want: "PreconditionFailed"},
		{noneMatch: other},
		{noneMatch: etag, want: "NotModified"},
		{noneMatch: "*", want: "NotModified"},
		{modified: before},
		{modified: same, want: "NotModified"},
		{unmodified: same},
		{unmodified: before, want: "PreconditionFailed"},
		{modified: "never", unmodified: "whenever"},
		{match: etag, unmodified: before},
		{noneMatch: other, modified: same},
		{noneMatch: etag, modified: before, want: "NotModified"},
	} {
		in := get("cond", "k")
		in.IfMatch, in.IfNoneMatch, in.IfModifiedSince, in.IfUnmodifiedSince = c.match, c.noneMatch, c.modified, c.unmodified
		if c.want != "" {
			w.refused(c.want, in)
		} else if w.content(in) != "x" {
			t.Errorf("%+v", c)
		}
	}
}

func TestWriteConditions(t *testing.T) {
	w := newWorld(t)
	w.bucket("cond")
	w.versioning("cond", versioningEnabled)
	in := put("cond", "k", "1")
	in.IfNoneMatch = "*"
	do[PutObjectOutput](w, in)
	in.Body = strings.NewReader("2")
	if e := w.refused("PreconditionFailed", in); e.Fields[0].Value != "If-None-Match" {
		t.Errorf("%+v", e)
	}
	match := put("cond", "k", "3")
	match.IfMatch = quote(md5Hex("1"))
	do[PutObjectOutput](w, match)
	match.Body = strings.NewReader("4")
	w.refused("PreconditionFailed", match)
	both := put("cond", "k", "5")
	both.IfMatch, both.IfNoneMatch = "x", "*"
	w.refused("NotImplemented", both)

	w.refused("PreconditionFailed", &DeleteObjectInput{onObject: at("cond", "k"), IfMatch: "other"})
	do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("cond", "k"), IfMatch: quote(md5Hex("3"))})
	// Behind a delete marker there is nothing.
	match.Body, match.IfMatch = strings.NewReader("6"), "*"
	w.refused("NoSuchKey", match)
	in.Body = strings.NewReader("7")
	do[PutObjectOutput](w, in)
}

func TestCopy(t *testing.T) {
	w := newWorld(t)
	w.bucket("from")
	w.bucket("target")
	src := put("from", "dir/a b+é", "content")
	src.ContentType, src.Metadata, src.Tagging = "text/x", map[string]string{"k": "v"}, "t=1"
	do[PutObjectOutput](w, src)
	for _, name := range []string{"from/dir/a%20b%2B%C3%A9", "/from/dir/a%20b+%C3%A9", "from/dir/a b+é"} {
		in := &CopyObjectInput{onObject: at("target", "k")}
		in.CopySource = name
		out := do[CopyObjectOutput](w, in)
		if out.CopyObjectResult.ETag != quote(md5Hex("content")) || w.content(get("target", "k")) != "content" {
			t.Errorf("%s: %+v", name, out.CopyObjectResult)
		}
	}
	head := do[HeadObjectOutput](w, &HeadObjectInput{reading: reading{onObject: at("target", "k")}})
	if head.ContentType != "text/x" || head.Metadata["k"] != "v" || *head.TagCount != 1 {
		t.Errorf("%+v", head)
	}
	replace := &CopyObjectInput{onObject: at("target", "k"), MetadataDirective: "REPLACE", TaggingDirective: "REPLACE", ChecksumAlgorithm: "SHA256"}
	replace.CopySource, replace.ContentType = "target/k", "text/y"
	if out := do[CopyObjectOutput](w, replace); out.CopyObjectResult.ChecksumSHA256 != sumOf("SHA256", "content") {
		t.Errorf("%+v", out.CopyObjectResult)
	}
	head = do[HeadObjectOutput](w, &HeadObjectInput{reading: reading{onObject: at("target", "k")}})
	if head.ContentType != "text/y" || head.Metadata != nil || head.TagCount != nil {
		t.Errorf("%+v", head)
	}
	for code, change := range map[string]func(*CopyObjectInput){
		"InvalidRequest":     func(in *CopyObjectInput) { in.CopySource = "target/k" },
		"NoSuchKey":          func(in *CopyObjectInput) { in.CopySource = "from/none" },
		"NoSuchBucket":       func(in *CopyObjectInput) { in.CopySource = "none/k" },
		"InvalidArgument":    func(in *CopyObjectInput) { in.CopySource = "nothing" },
		"PreconditionFailed": func(in *CopyObjectInput) { in.CopySourceIfNoneMatch = md5Hex("content") },
	} {
		in := &CopyObjectInput{onObject: at("target", "k")}
		in.CopySource = "from/dir/a b+é"
		change(in)
		w.refused(code, in)
	}
}

func TestDeleteObjects(t *testing.T) {
	w := newWorld(t)
	w.bucket("del")
	for _, k := range []string{"a", "b", "kept"} {
		do[PutObjectOutput](w, put("del", k, "x"))
	}
	w.deny = func(a service.Access) bool { return strings.HasSuffix(string(a.Resource), "/kept") }
	in := &DeleteObjectsInput{onBucket: on("del"), Delete: &Delete{Objects: []ObjectIdentifier{
		{Key: "a"}, {Key: "missing"}, {Key: "kept"}, {Key: "b", VersionId: "null"}, {Key: "b", VersionId: "nonsense"},
	}}}
	out := do[DeleteObjectsOutput](w, in)
	if fmt.Sprint(keysOf(out.Deleted)) != "[a missing b]" {
		t.Errorf("deleted %v", out.Deleted)
	}
	if len(out.Errors) != 2 || out.Errors[0].Code != "AccessDenied" || out.Errors[1].Code != "NoSuchVersion" {
		t.Errorf("errors %v", out.Errors)
	}
	in.Delete.Quiet = true
	if out := do[DeleteObjectsOutput](w, in); len(out.Deleted) != 0 {
		t.Errorf("quiet: %v", out.Deleted)
	}
	w.refused("MalformedXML", &DeleteObjectsInput{onBucket: on("del"), Delete: &Delete{}})
	w.refused("MalformedXML", &DeleteObjectsInput{onBucket: on("del"), Delete: &Delete{Objects: make([]ObjectIdentifier, maxDelete+1)}})
}

func keysOf(d []DeletedObject) (keys []string) {
	for _, o := range d {
		keys = append(keys, o.Key)
	}
	return keys
}

func TestMissingKeyIsASecretOfThoseWhoMayList(t *testing.T) {
	w := newWorld(t)
	w.bucket("secret")
	w.refused("NoSuchKey", get("secret", "k"))
	w.deny = func(a service.Access) bool { return a.Action == "s3:ListBucket" }
	w.refused("AccessDenied", get("secret", "k"))
}

func TestResponseOverrides(t *testing.T) {
	w := newWorld(t)
	w.bucket("over")
	do[PutObjectOutput](w, put("over", "k", "x"))
	in := get("over", "k")
	in.ResponseContentType, in.ResponseContentDisposition = "text/html", "attachment"
	if out := do[GetObjectOutput](w, in); out.ContentType != "text/html" || out.ContentDisposition != "attachment" {
		t.Errorf("%+v", out.description)
	}
	w.as = &aws.Principal{Kind: aws.Anonymous}
	w.refused("InvalidRequest", in)
}

func TestListIsBounded(t *testing.T) {
	w := newWorld(t)
	w.bucket("few")
	w.bucket("many")
	fill := func(bucket string, n int) {
		for i := range n {
			do[PutObjectOutput](w, put(bucket, fmt.Sprintf("a/%05d", i), ""))
		}
		do[PutObjectOutput](w, put(bucket, "b/x", ""))
		do[PutObjectOutput](w, put(bucket, "c", ""))
	}
	fill("few", 100)
	fill("many", 4000)
	cost := func(in any) float64 { return testing.AllocsPerRun(5, func() { w.try(in) }) }
	list := func(bucket string) *ListObjectsV2Input {
		return &ListObjectsV2Input{listing: listing{onBucket: on(bucket), Delimiter: "/"}}
	}
	if out := do[ListObjectsV2Output](w, list("many")); out.KeyCount != 3 {
		t.Fatalf("%d entries", out.KeyCount)
	}
	if few, many := cost(list("few")), cost(list("many")); many > 1.2*few+20 {
		t.Errorf("a list of 3 entries costs %.0f among 100 keys and %.0f among 4,000", few, many)
	}
	versions := func(bucket string) *ListObjectVersionsInput {
		return &ListObjectVersionsInput{listing: listing{onBucket: on(bucket), Delimiter: "/"}}
	}
	if few, many := cost(versions("few")), cost(versions("many")); many > 1.2*few+20 {
		t.Errorf("a list of versions costs %.0f among 100 keys and %.0f among 4,000", few, many)
	}
}
