package s3

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Credentials tells whom an access key belongs to, and its secret. token is
// the session token, "" for long-term keys.
type Credentials interface {
	Open(ctx context.Context, accessKey, token string) (*aws.Principal, string, error)
}

// isForm reports whether a request is a browser's upload form for a bucket.
func isForm(r *http.Request) bool {
	return r.Method == http.MethodPost && strings.HasPrefix(lower(r.Header.Get("Content-Type")), "multipart/form-data") && formBucket(r) != ""
}

// formBucket is the bucket that a form is posted to: the path, or the host.
func formBucket(r *http.Request) string {
	if path := strings.Trim(r.URL.Path, "/"); path != "" {
		if strings.Contains(path, "/") {
			return ""
		}
		return path
	}
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	for _, mark := range []string{".s3.", ".s3-", ".localhost"} {
		if i := strings.Index(host, mark); i > 0 {
			return host[:i]
		}
	}
	return ""
}

// maxFields bounds what comes before the file of a form.
const maxFields = 20 << 10

// form is an upload form as it was posted.
type form struct {
	bucket string
	fields map[string]string // by lower-case name
	file   *multipart.Part
}

func (s *Service) servePost(w http.ResponseWriter, r *http.Request, c *aws.Call) {
	c.Service, c.Operation = "s3", "PostObject"
	h := w.Header()
	h["X-Amz-Request-Id"], h["X-Amz-Id-2"], h["Server"] = []string{c.RequestID}, []string{c.RequestID}, []string{"AmazonS3"}
	if r.Header.Get("Origin") != "" {
		for k, v := range s.corsFor(formBucket(r), r) {
			h[k] = v
		}
	}
	if err := s.post(w, r, c); err != nil {
		writeError(w, c, err)
	}
}

func (s *Service) post(w http.ResponseWriter, r *http.Request, c *aws.Call) error {
	f, err := readForm(r)
	if err != nil {
		return err
	}
	policy, err := s.signedPolicy(r.Context(), c, f)
	if err != nil {
		return err
	}
	b, err := s.buckets.open(f.bucket)
	if err != nil {
		return err
	}
	if err := policy.allows(f); err != nil {
		return err
	}
	in, err := f.input(policy)
	if err != nil {
		return err
	}
	accesses, err := s.mayPutObject(r.Context(), c, in)
	if err != nil {
		return err
	}
	for _, a := range accesses {
		if !s.Authorizer.Allowed(r.Context(), c, a) {
			return errAccessDenied()
		}
	}
	out, err := s.write(r.Context(), c, in, posted)
	if err != nil {
		return err
	}
	return f.succeed(w, c, b, in.Key, out)
}

// readForm reads the fields up to the file; later ones do not count.
func readForm(r *http.Request) (*form, error) {
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, aws.Errorf(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold").
			With("Condition", "Bucket POST must be of the enclosure-type multipart/form-data")
	}
	f := &form{bucket: formBucket(r), fields: map[string]string{}}
	size := 0
	for {
		p, err := mr.NextRawPart()
		if err == io.EOF {
			return nil, errArgument("file", "0", "POST requires exactly one file upload per request.")
		}
		if err != nil {
			return nil, aws.Errorf(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
		}
		name := lower(p.FormName())
		if name == "file" {
			f.file = p
			return f, f.name()
		}
		value, err := io.ReadAll(io.LimitReader(p, maxFields+1))
		if err != nil {
			return nil, aws.Errorf(400, "MalformedPOSTRequest", "The body of your POST request is not well-formed multipart/form-data.")
		}
		if size += len(name) + len(value); size > maxFields {
			return nil, aws.Errorf(400, "MaxPostPreDataLengthExceeded", "Your POST request fields preceding the upload file were too large.")
		}
		f.fields[name] = string(value)
	}
}

// name puts the name of the file into the key.
func (f *form) name() error {
	key, ok := f.fields["key"]
	if !ok || key == "" {
		return errField("key")
	}
	f.fields["key"] = strings.ReplaceAll(key, "${filename}", f.file.FileName())
	return nil
}

func errField(name string) *aws.Error {
	return errArgument(name, "", "Bucket POST must contain a field named '"+name+"'.  If it is specified, please check the order of the fields.")
}

// input is the PutObject that a form amounts to.
func (f *form) input(policy *postPolicy) (*PutObjectInput, error) {
	in := &PutObjectInput{onObject: onObject{onBucket{Bucket: f.bucket}, f.fields["key"]}, Body: f.file}
	in.ACL = f.fields["acl"]
	in.description = description{
		CacheControl: f.fields["cache-control"], ContentDisposition: f.fields["content-disposition"],
		ContentEncoding: f.fields["content-encoding"], ContentLanguage: f.fields["content-language"], ContentType: f.fields["content-type"], Expires: f.fields["expires"],
		StorageClass: f.fields["x-amz-storage-class"], WebsiteRedirectLocation: f.fields["x-amz-website-redirect-location"],
		Metadata: map[string]string{},
	}
	in.ServerSideEncryption = f.fields["x-amz-server-side-encryption"]
	in.SSEKMSKeyId = f.fields["x-amz-server-side-encryption-aws-kms-key-id"]
	in.SSECustomerAlgorithm = f.fields["x-amz-server-side-encryption-customer-algorithm"]
	in.ContentMD5 = emptyIsNil(f.fields["content-md5"])
	in.ChecksumAlgorithm = f.fields["x-amz-sdk-checksum-algorithm"]
	for i, field := range in.checksumHeaders.fields() {
		*field = f.fields[algorithms[i].header()]
	}
	for k, v := range f.fields {
		if name, ok := strings.CutPrefix(k, "x-amz-meta-"); ok {
			in.Metadata[name] = v
		}
	}
	if policy != nil && policy.length != nil {
		in.Body = &bounded{r: f.file, lengthRange: *policy.length}
	}
	var err error
	in.Tagging, err = tagField(f.fields["tagging"])
	return in, err
}

// tagField turns the document of a form's tags into a header.
func tagField(doc string) (string, error) {
	if doc == "" {
		return "", nil
	}
	var t struct {
		Tags []Tag `xml:"TagSet>Tag"`
	}
	if xml.Unmarshal([]byte(doc), &t) != nil {
		return "", errMalformedXML()
	}
	q := make([]string, len(t.Tags))
	for i, tag := range t.Tags {
		q[i] = url.QueryEscape(tag.Key) + "=" + url.QueryEscape(tag.Value)
	}
	return strings.Join(q, "&"), nil
}

// bounded holds a file to a content-length-range.
type bounded struct {
	r io.Reader
	lengthRange
	n int64
}

func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.n += int64(n)
	if b.n > b.most {
		return n, errEntityTooLarge(b.n, b.most)
	}
	if err == io.EOF && b.n < b.least {
		return n, aws.Errorf(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size").
			With("ProposedSize", strconv.FormatInt(b.n, 10)).With("MinSizeAllowed", strconv.FormatInt(b.least, 10))
	}
	return n, err
}

// succeed answers as the form asked.
func (f *form) succeed(w http.ResponseWriter, c *aws.Call, b *opened, key string, out *PutObjectOutput) error {
	h := w.Header()
	h.Set("Etag", out.ETag)
	h.Set("X-Amz-Server-Side-Encryption", out.ServerSideEncryption)
	if out.VersionId != "" {
		h.Set("X-Amz-Version-Id", out.VersionId)
	}
	h.Set("Location", location(c, b, key))
	to := f.fields["success_action_redirect"]
	if to == "" {
		to = f.fields["redirect"]
	}
	if u, err := url.Parse(to); to != "" && err == nil && u.Host != "" {
		q := u.Query()
		q.Set("bucket", b.Name)
		q.Set("key", key)
		q.Set("etag", out.ETag)
		u.RawQuery = q.Encode()
		h.Set("Location", u.String())
		w.WriteHeader(http.StatusSeeOther)
		return nil
	}
	switch f.fields["success_action_status"] {
	case "200":
		w.WriteHeader(http.StatusOK)
	case "201":
		f.describe(w, location(c, b, key), key, out.ETag)
	default:
		w.WriteHeader(http.StatusNoContent)
	}
	return nil
}

func (f *form) describe(w http.ResponseWriter, location, key, etag string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(http.StatusCreated)
	var doc strings.Builder
	doc.WriteString(xml.Header)
	element(&doc, "PostResponse", func() {
		text(&doc, "Location", location)
		text(&doc, "Bucket", f.bucket)
		text(&doc, "Key", key)
		text(&doc, "ETag", etag)
	})
	_, _ = io.WriteString(w, doc.String()) // a client that left is no error of ours
}

func element(doc *strings.Builder, name string, inside func()) {
	doc.WriteString("<" + name + ">")
	inside()
	doc.WriteString("</" + name + ">")
}

func text(doc *strings.Builder, name, value string) {
	element(doc, name, func() { _ = xml.EscapeText(doc, []byte(value)) })
}

// writeError writes an error as the REST API does.
func writeError(w http.ResponseWriter, c *aws.Call, err error) {
	var e *aws.Error
	if !errors.As(err, &e) {
		e = aws.Errorf(500, "InternalError", "We encountered an internal error. Please try again.")
	}
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.Status)
	var doc strings.Builder
	doc.WriteString(xml.Header)
	element(&doc, "Error", func() {
		text(&doc, "Code", e.Code)
		text(&doc, "Message", e.Message)
		for _, f := range e.Fields {
			if v, ok := f.Value.(string); ok {
				text(&doc, f.Name, v)
			}
		}
		text(&doc, "RequestId", c.RequestID)
		text(&doc, "HostId", c.RequestID)
	})
	_, _ = io.WriteString(w, doc.String())
}
