package dynamodb

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// others is S3 and CloudWatch Logs as exports and imports need them. There is
// one bucket; what is in it stays after a crash of DynamoDB.
type others struct {
	mu      sync.Mutex
	gone    bool              // the bucket is
	denied  bool              // everything is
	objects map[string]string // by key
	logged  []string          // "operation body"
	as      []aws.ARN         // who asked
	half    func()            // called when half of an object was read
}

func newOthers() *others { return &others{objects: map[string]string{}} }

// Serve implements Inside.
func (o *others) Serve(w http.ResponseWriter, r *http.Request, p *aws.Principal, _ aws.Scope) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.as = append(o.as, p.ARN)
	name, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	body, found := o.objects[key]
	owner := r.Header.Get("x-amz-expected-bucket-owner")
	refuse := func(status int, code, message string) {
		w.Header().Set("x-amz-request-id", "R1")
		w.WriteHeader(status)
		fmt.Fprintf(w, "<Error><Code>%s</Code><Message>%s</Message></Error>", code, message)
	}
	switch {
	case name != "exports" || o.gone:
		refuse(404, "NoSuchBucket", "The specified bucket does not exist")
	case o.denied || owner != "" && owner != string(testScope.Account):
		refuse(403, "AccessDenied", "Access Denied")
	case r.Method == http.MethodPut:
		b, _ := io.ReadAll(r.Body)
		o.objects[key] = string(b)
		w.Header().Set("ETag", fmt.Sprintf(`"%x"`, md5.Sum(b)))
	case key == "":
		o.list(w, r)
	case !found:
		refuse(404, "NoSuchKey", "The specified key does not exist.")
	default:
		io.WriteString(w, body[:len(body)/2])
		if o.half != nil {
			o.half()
		}
		io.WriteString(w, body[len(body)/2:])
	}
}

// list answers in pages of two.
func (o *others) list(w io.Writer, r *http.Request) {
	q := r.URL.Query()
	keys := o.keys(q.Get("prefix"))
	keys = slices.DeleteFunc(keys, func(k string) bool { return k <= q.Get("start-after") })
	fmt.Fprintf(w, "<ListBucketResult><IsTruncated>%v</IsTruncated>", len(keys) > 2)
	for _, k := range keys[:min(2, len(keys))] {
		fmt.Fprintf(w, "<Contents><Key>%s</Key><Size>%d</Size></Contents>", k, len(o.objects[k]))
	}
	io.WriteString(w, "</ListBucketResult>")
}

func (o *others) keys(prefix string) (keys []string) {
	for k := range o.objects {
		if strings.HasPrefix(k, prefix) {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return keys
}

// Call implements Inside.
func (o *others) Call(_ context.Context, c *aws.Call, service, operation string, body []byte) ([]byte, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.logged = append(o.logged, operation+" "+string(bytes.Clone(body)))
	if operation == "CreateLogGroup" {
		return nil, aws.Errorf(400, "ResourceAlreadyExistsException", "The specified log group already exists")
	}
	return []byte("{}"), nil
}

// show writes objects as scripts record them.
func (o *others) show(prefix string) string {
	var b strings.Builder
	for _, k := range o.keys(prefix) {
		body := o.objects[k]
		if z, err := gzip.NewReader(strings.NewReader(body)); err == nil {
			plain, _ := io.ReadAll(z)
			body = string(plain)
		}
		fmt.Fprintf(&b, "%s\n", k)
		for l := range strings.Lines(body) {
			fmt.Fprintf(&b, "    %s\n", strings.TrimSuffix(l, "\n"))
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
