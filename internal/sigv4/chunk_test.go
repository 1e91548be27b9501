package sigv4

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
)

// The example of S3's documentation: 65 KiB of "a" in two chunks.
const (
	chunkedSeed   = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
	chunkedFirst  = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"
	chunkedSecond = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"
	chunkedLast   = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"
)

func frame(size int, signature string) string {
	return fmt.Sprintf("%x;chunk-signature=%s\r\n%s\r\n", size, signature, strings.Repeat("a", size))
}

func exampleChunks() string {
	return frame(65536, chunkedFirst) + frame(1024, chunkedSecond) + "0;chunk-signature=" + chunkedLast + "\r\n\r\n"
}

// exampleBody reads a body under the documented request's headers.
func exampleBody(t *testing.T, body io.Reader, length string) (*Body, error) {
	t.Helper()
	r := httptest.NewRequest("PUT", "/examplebucket/chunkObject.txt", body)
	r.Host = "s3.amazonaws.com"
	r.ContentLength = 66824
	for name, value := range map[string]string{
		"X-Amz-Date": "20130524T000000Z", "X-Amz-Storage-Class": "REDUCED_REDUNDANCY", "Content-Encoding": "aws-chunked",
		"X-Amz-Content-Sha256": StreamingSigned, "X-Amz-Decoded-Content-Length": "66560", "Content-Length": "66824",
		"Authorization": "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request," +
			"SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=" + chunkedSeed,
	} {
		r.Header.Set(name, value)
	}
	v := NewVerifier(at("20130524T000000Z"))
	a, err := Parse(r)
	if err == nil {
		err = v.Verify(r, a, exampleSecret, "")
	}
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("X-Amz-Decoded-Content-Length", length) // as a signer with another length would have sent
	return v.Body(r, a, exampleSecret)
}

func TestStreamingExample(t *testing.T) {
	for name, wrap := range map[string]func(io.Reader) io.Reader{
		"at once": func(r io.Reader) io.Reader { return r }, "byte by byte": iotest.OneByteReader, "by halves": iotest.HalfReader,
	} {
		b, err := exampleBody(t, wrap(strings.NewReader(exampleChunks())), "66560")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		if err != nil || len(got) != 66560 || strings.Trim(string(got), "a") != "" {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if b.Length != 66560 || !b.Chunked {
			t.Errorf("Body = %+v", b)
		}
	}
}

func TestStreamingRefusals(t *testing.T) {
	good := exampleChunks()
	for _, c := range []struct{ name, body, length, code string }{
		{"cut in data", good[:1000], "66560", "IncompleteBody"},
		{"cut between chunks", good[:strings.Index(good, "\r\n400;")+2], "66560", "IncompleteBody"},
		{"cut before the last chunk", good[:strings.LastIndex(good, "0;")], "66560", "IncompleteBody"},
		{"data changed", strings.Replace(good, "aaa", "aba", 1), "66560", "SignatureDoesNotMatch"},
		{"signature changed", strings.Replace(good, chunkedSecond, chunkedFirst, 1), "66560", "SignatureDoesNotMatch"},
		{"chunks swapped", frame(1024, chunkedSecond) + good, "67584", "SignatureDoesNotMatch"},
		{"last chunk's signature changed", strings.Replace(good, chunkedLast, chunkedFirst, 1), "66560", "SignatureDoesNotMatch"},
		{"no signature", strings.Replace(good, ";chunk-signature="+chunkedFirst, "", 1), "66560", "InvalidRequest"},
		{"longer than promised", good, "66559", "IncompleteBody"},
		{"shorter than promised", good, "66561", "IncompleteBody"},
		{"data after the end", good + "x", "66560", "InvalidRequest"},
		{"no chunks", "", "66560", "IncompleteBody"},
		{"not chunked", strings.Repeat("z", 9000), "66560", "InvalidRequest"},
		{"bare line feed", strings.Replace(good, "\r\n", "\n", 1), "66560", "InvalidRequest"},
		{"huge size", "fffffffffffffffff" + good, "66560", "InvalidRequest"},
		{"no length", good, "", "MissingContentLength"},
		{"bad length", good, "-1", "InvalidArgument"},
		{"trailer nobody announced", strings.TrimSuffix(good, "\r\n") + "x-amz-meta-a:b\r\n\r\n", "66560", "MalformedTrailerError"},
	} {
		b, err := exampleBody(t, strings.NewReader(c.body), c.length)
		if err == nil {
			_, err = io.ReadAll(b)
		}
		if !hasCode(err, c.code) {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
}

// encode frames data as a client does, in chunks of size, with trailers.
func encode(data []byte, size int, trailers []string, c *chain) string {
	var b strings.Builder
	head := func(p []byte) {
		fmt.Fprintf(&b, "%x", len(p))
		if c != nil {
			s := c.next(algorithm+"-PAYLOAD", EmptyHash, HashBody(p))
			c.previous = string(s[:])
			b.WriteString(";chunk-signature=" + c.previous)
		}
		b.WriteString("\r\n")
	}
	for len(data) > 0 {
		p := data[:min(size, len(data))]
		data = data[len(p):]
		head(p)
		b.Write(p)
		b.WriteString("\r\n")
	}
	head(nil)
	for _, t := range trailers {
		b.WriteString(t + "\r\n")
	}
	if c != nil && len(trailers) > 0 {
		s := c.next(algorithm+"-TRAILER", HashBody([]byte(strings.Join(trailers, "\n")+"\n")))
		b.WriteString("x-amz-trailer-signature:" + string(s[:]) + "\r\n")
	}
	return b.String() + "\r\n"
}

func TestStreamingRoundTrip(t *testing.T) {
	now := at("20261122T080000Z")
	v := NewVerifier(now)
	const sum = "x-amz-checksum-crc32:NhCmhg=="
	for _, mode := range []string{StreamingSigned, StreamingSignedTrailer, StreamingUnsignedTrailer} {
		for _, length := range []int{0, 1, 8192, 8193, 100_000} {
			r := httptest.NewRequest("PUT", "http://h/b/k", nil)
			r.Header.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(length))
			var trailers []string
			if mode != StreamingSigned {
				r.Header.Set("X-Amz-Trailer", "x-amz-checksum-crc32")
				trailers = []string{sum}
			}
			Sign(r, creds, "eu-west-3", "s3", mode, now())
			a, err := Parse(r)
			if err == nil {
				err = v.Verify(r, a, creds.Secret, "")
			}
			if err != nil {
				t.Fatal(err)
			}
			var c *chain
			if mode != StreamingUnsignedTrailer {
				c = &chain{key: newSigningKey(creds.Secret, a.Date, a.Region, a.Service), auth: a, previous: a.Signature}
			}
			data := bytes.Repeat([]byte("0123456789"), 10_000)[:length]
			wire := encode(data, 8192, trailers, c)
			read := func(wire string) ([]byte, *Body, error) {
				r.Body = io.NopCloser(strings.NewReader(wire))
				b, err := v.Body(r, a, creds.Secret)
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(b)
				return got, b, err
			}
			got, b, err := read(wire)
			if err != nil || !bytes.Equal(got, data) {
				t.Errorf("%s %d: %d bytes, %v", mode, length, len(got), err)
			}
			if len(trailers) > 0 && b.Trailer.Get("X-Amz-Checksum-Crc32") != "NhCmhg==" {
				t.Errorf("%s %d: trailer %v", mode, length, b.Trailer)
			}
			if mode == StreamingSignedTrailer {
				if _, _, err := read(strings.Replace(wire, "NhCmhg", "NhCmhh", 1)); !hasCode(err, "SignatureDoesNotMatch") {
					t.Errorf("changed trailer: %v", err)
				}
			}
			if len(trailers) > 0 {
				if _, _, err := read(strings.Replace(wire, sum+"\r\n", "", 1)); err == nil {
					t.Errorf("%s: lost trailer accepted", mode)
				}
			}
		}
	}
}

func TestSmallChunks(t *testing.T) {
	r := httptest.NewRequest("PUT", "http://h/b/k", strings.NewReader(encode(make([]byte, 300), 100, nil, nil)))
	r.Header.Set("X-Amz-Content-Sha256", StreamingUnsignedTrailer)
	r.Header.Set("X-Amz-Decoded-Content-Length", "300")
	b, err := NewVerifier(at("20261122T080000Z")).Body(r, nil, "")
	if err == nil {
		_, err = io.ReadAll(b)
	}
	if !hasCode(err, "InvalidChunkSizeError") {
		t.Error(err)
	}
}

func TestWholeBodies(t *testing.T) {
	v := NewVerifier(at("20261122T080000Z"))
	for _, c := range []struct{ declared, code string }{
		{HashBody([]byte("hello")), ""}, {UnsignedPayload, ""}, {"", ""},
		{EmptyHash, "XAmzContentSHA256Mismatch"},
	} {
		r := httptest.NewRequest("PUT", "http://h/b/k", strings.NewReader("hello"))
		r.Header.Set("X-Amz-Content-Sha256", c.declared)
		b, err := v.Body(r, nil, "")
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(b)
		if string(got) != "hello" || b.Length != 5 || (err != nil) != (c.code != "") || err != nil && !hasCode(err, c.code) {
			t.Errorf("%q: %q, %v", c.declared, got, err)
		}
	}
	r := httptest.NewRequest("PUT", "http://h/b/k", iotest.ErrReader(io.ErrUnexpectedEOF))
	b, _ := v.Body(r, nil, "")
	if _, err := io.ReadAll(b); !hasCode(err, "IncompleteBody") {
		t.Error(err)
	}
}

func hasCode(err error, code string) bool {
	var f *Failure
	return errors.As(err, &f) && f.For(S3).Code == code
}

// What an unsigned body decodes to, it decodes to again when encoded afresh;
// what does not decode is refused with an error of ours.
func FuzzStreaming(f *testing.F) {
	f.Add(encode([]byte("hello"), 8192, []string{"x-amz-checksum-crc32:NhCmhg=="}, nil), int64(5))
	f.Add(exampleChunks(), int64(66560))
	f.Add("5\r\nhello\r\n0\r\n", int64(5))
	f.Add("5;a=b\r\nhello\r\n0;\r\nx-amz-checksum-crc32:\r\n\r\n", int64(5))
	v := NewVerifier(at("20261122T080000Z"))
	f.Fuzz(func(t *testing.T, wire string, length int64) {
		read := func(wire string) ([]byte, error) {
			r := httptest.NewRequest("PUT", "http://h/b/k", strings.NewReader(wire))
			r.Header.Set("X-Amz-Content-Sha256", StreamingUnsignedTrailer)
			r.Header.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(length))
			r.Header.Set("X-Amz-Trailer", "x-amz-checksum-crc32")
			b, err := v.Body(r, nil, "")
			if err != nil {
				return nil, err
			}
			return io.ReadAll(b)
		}
		data, err := read(wire)
		if err != nil {
			if !errors.As(err, new(*Failure)) {
				t.Fatalf("%v", err)
			}
			return
		}
		if int64(len(data)) != length {
			t.Fatalf("%d bytes of %d", len(data), length)
		}
		again, err := read(encode(data, 8192, []string{"x-amz-checksum-crc32:NhCmhg=="}, nil))
		if err != nil || !bytes.Equal(data, again) {
			t.Fatalf("%v: %s", err, hex.Dump(again))
		}
	})
}

// Parsing never panics, and what it accepts has a complete credential.
func FuzzParse(f *testing.F) {
	f.Add("AWS4-HMAC-SHA256 Credential=AK/20261122/r/s/aws4_request, SignedHeaders=host, Signature=aa", "20261122T080000Z", "")
	f.Add("AWS AK:sig", "Sun, 22 Nov 2026 08:00:00 GMT", "")
	f.Add("", "", "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20261122%2Fr%2Fs3%2Faws4_request&X-Amz-Date=20261122T080000Z&X-Amz-Expires=1&X-Amz-SignedHeaders=host&X-Amz-Signature=1")
	f.Add("", "", "AWSAccessKeyId=a&Signature=b&Expires=1")
	v := NewVerifier(at("20261122T080000Z"))
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := httptest.NewRequest("GET", "http://h/", nil)
		r.RequestURI = "/%2e/" + query + "?" + query
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		a, err := Parse(r)
		if err != nil {
			if !errors.As(err, new(*Failure)) {
				t.Fatalf("%v", err)
			}
			return
		}
		if a == nil {
			return
		}
		if a.AccessKey == "" || a.Service == "" || a.Signature == "" {
			t.Fatalf("%+v", a)
		}
		if v.Verify(r, a, "secret nobody has", EmptyHash) == nil {
			t.Fatal("accepted")
		}
	})
}

func BenchmarkStreaming(b *testing.B) {
	data := make([]byte, 1<<20)
	now := at("20261122T080000Z")
	v := NewVerifier(now)
	r := httptest.NewRequest("PUT", "http://h/b/k", nil)
	r.Header.Set("X-Amz-Decoded-Content-Length", fmt.Sprint(len(data)))
	Sign(r, creds, "eu-west-3", "s3", StreamingSigned, now())
	a, err := Parse(r)
	if err != nil {
		b.Fatal(err)
	}
	wire := encode(data, 64<<10, nil, &chain{key: newSigningKey(creds.Secret, a.Date, a.Region, a.Service), auth: a, previous: a.Signature})
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		r.Body = io.NopCloser(strings.NewReader(wire))
		body, err := v.Body(r, a, creds.Secret)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, body); err != nil {
			b.Fatal(err)
		}
	}
}
