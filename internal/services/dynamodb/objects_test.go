package dynamodb

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/md5"
	"fmt"
	"io"
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
	lost    func() bool       // whether the power is gone, asked before an object is put
}

func newOthers() *others { return &others{objects: map[string]string{}} }

// refuses is why S3 refuses a request.
func (o *others) refuses(c *aws.Call, x Object) error {
	o.as = append(o.as, c.Principal.ARN)
	switch {
	case x.Bucket != "exports" || o.gone:
		return &ObjectError{404, "NoSuchBucket", "The specified bucket does not exist", "R1"}
	case o.denied || x.Owner != "" && x.Owner != string(testScope.Account):
		return &ObjectError{403, "AccessDenied", "Access Denied", "R1"}
	}
	return nil
}

// PutObject implements Objects.
func (o *others) PutObject(_ context.Context, c *aws.Call, x Object, body []byte) (string, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.refuses(c, x); err != nil {
		return "", err
	}
	if o.lost == nil || !o.lost() {
		o.objects[x.Key] = string(body)
	}
	return fmt.Sprintf("%x", md5.Sum(body)), nil
}

// GetObject implements Objects.
func (o *others) GetObject(_ context.Context, c *aws.Call, x Object) (io.ReadCloser, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.refuses(c, x); err != nil {
		return nil, err
	}
	body, ok := o.objects[x.Key]
	if !ok {
		return nil, &ObjectError{404, "NoSuchKey", "The specified key does not exist.", "R1"}
	}
	first, rest := strings.NewReader(body[:len(body)/2]), strings.NewReader(body[len(body)/2:])
	return io.NopCloser(io.MultiReader(first, halfway(func() {
		if o.half != nil {
			o.half()
		}
	}), rest)), nil
}

// halfway is the middle of an object.
type halfway func()

func (h halfway) Read([]byte) (int, error) {
	h()
	return 0, io.EOF
}

// ListObjects implements Objects. It answers in pages of two.
func (o *others) ListObjects(_ context.Context, c *aws.Call, x Object, after string) ([]string, bool, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if err := o.refuses(c, x); err != nil {
		return nil, false, err
	}
	keys := slices.DeleteFunc(o.keys(x.Key), func(k string) bool { return k <= after })
	return keys[:min(2, len(keys))], len(keys) > 2, nil
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

// Call implements Caller.
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
