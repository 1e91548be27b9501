package niebla_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptrace"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// request is a call signed by the root of an account.
type request struct {
	method, path, host, service string
	header                      map[string]string
	body                        string
	key, secret                 string // test and test unless given
}

func (r request) send(t *testing.T, url string, now time.Time) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), r.method, url+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Host = r.host
	for k, v := range r.header {
		req.Header.Set(k, v)
	}
	sum := sha256.Sum256([]byte(r.body))
	credentials := sigv4.Credentials{AccessKey: cmp.Or(r.key, "test"), Secret: cmp.Or(r.secret, "test")}
	sigv4.Sign(req, credentials, "eu-west-3", r.service, hex.EncodeToString(sum[:]), now)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

// must sends a request that is to succeed.
func (r request) must(t *testing.T, c *nieblatest.Cloud) string {
	t.Helper()
	status, body := r.send(t, c.URL(), c.Now())
	if status != 200 {
		t.Fatalf("%s %s %v: %d %s", r.method, r.path, r.header, status, body)
	}
	return body
}

// inRegion is the body of a CreateBucket in the cloud's region.
const inRegion = `<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>`

func put(path, body string) request {
	return request{method: "PUT", path: path, service: "s3", body: body}
}

// call is a request in a JSON protocol.
func call(service, target, body string) request {
	header := map[string]string{"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.0"}
	return request{method: "POST", path: "/", service: service, header: header, body: body}
}

// dynamo makes a DynamoDB call as the root of an account.
func dynamo(t *testing.T, url, key string, now time.Time, op, body string) (int, string) {
	t.Helper()
	r := call("dynamodb", "DynamoDB_20120810."+op, body)
	r.key = key
	return r.send(t, url, now)
}

const createTable = `{"TableName":"songs","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}]}`

func tables(t *testing.T, url, key string, now time.Time) string {
	t.Helper()
	status, body := dynamo(t, url, key, now, "ListTables", `{}`)
	if status != 200 {
		t.Fatalf("ListTables: %d %s", status, body)
	}
	return body
}

// Two clouds in one process share nothing, nor do two accounts of one cloud.
func TestIndependence(t *testing.T) {
	a, b := nieblatest.Start(t), nieblatest.Start(t)
	if status, body := dynamo(t, a.URL(), "test", a.Now(), "CreateTable", createTable); status != 200 {
		t.Fatalf("CreateTable: %d %s", status, body)
	}
	if got := tables(t, a.URL(), "test", a.Now()); !strings.Contains(got, "songs") {
		t.Errorf("a: %s", got)
	}
	if got := tables(t, b.URL(), "test", b.Now()); strings.Contains(got, "songs") {
		t.Errorf("b sees a's tables: %s", got)
	}
	if got := tables(t, a.URL(), "123456789012", a.Now()); strings.Contains(got, "songs") {
		t.Errorf("another account sees the table: %s", got)
	}
}

// TestThrottle holds that capacity is a limit in a cloud that is told so, and in no other.
func TestThrottle(t *testing.T) {
	for _, on := range []bool{false, true} {
		c := nieblatest.Start(t, func(cfg *niebla.Config) { cfg.Throttle = on })
		create := `{"TableName":"slow","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],"KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}`
		refused := 0
		dynamo(t, c.URL(), "test", c.Now(), "CreateTable", create)
		for range 3 {
			if status, _ := dynamo(t, c.URL(), "test", c.Now(), "PutItem", `{"TableName":"slow","Item":{"id":{"S":"1"}}}`); status != 200 {
				refused++
			}
		}
		if want := map[bool]int{true: 2}[on]; refused != want {
			t.Errorf("throttling %v: %d of 3 writes were refused, want %d", on, refused, want)
		}
	}
}

func TestReset(t *testing.T) {
	c := nieblatest.Start(t, func(cfg *niebla.Config) { cfg.Dir = t.TempDir() })
	dynamo(t, c.URL(), "test", c.Now(), "CreateTable", createTable)
	if status, body := dynamo(t, c.URL(), "test", c.Now(), "PutItem", `{"TableName":"songs","Item":{"id":{"S":"1"}}}`); status != 200 {
		t.Fatalf("PutItem: %d %s", status, body)
	}
	res, err := http.Post(c.URL()+"/_niebla/reset", "", nil)
	if err != nil || res.StatusCode != 200 {
		t.Fatalf("reset: %v %v", res, err)
	}
	res.Body.Close()
	if got := tables(t, c.URL(), "test", c.Now()); strings.Contains(got, "songs") {
		t.Errorf("after the reset: %s", got)
	}
	dynamo(t, c.URL(), "test", c.Now(), "CreateTable", createTable)
	if _, body := dynamo(t, c.URL(), "test", c.Now(), "GetItem", `{"TableName":"songs","Key":{"id":{"S":"1"}}}`); strings.Contains(body, "Item") {
		t.Errorf("an item outlived the reset: %s", body)
	}
}

// files counts the files below a folder.
func files(t *testing.T, dir string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			n++
		}
		return nil // what vanishes meanwhile is not there
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestResetRemovesContents(t *testing.T) {
	dir := t.TempDir()
	c := nieblatest.Start(t, func(cfg *niebla.Config) { cfg.Dir = dir })
	put("/songs", inRegion).must(t, c)
	put("/songs/big", strings.Repeat("x", 1<<20)).must(t, c)
	blobs := filepath.Join(dir, "blobs")
	if files(t, blobs) == 0 {
		t.Fatal("the object has no file")
	}
	if err := c.Reset(t.Context()); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Second); files(t, blobs) > 0; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatalf("%d files outlived the reset", files(t, blobs))
		}
	}
}

// A reset neither overtakes a request nor lets one write into the empty cloud.
func TestResetWaitsForRequests(t *testing.T) {
	c := nieblatest.Start(t)
	put("/songs", inRegion).must(t, c)
	body, feed := io.Pipe()
	began, ended := make(chan struct{}), make(chan int, 1)
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		Got100Continue: func() { close(began) }, // the server has begun to read
	}), "PUT", c.URL()+"/songs/slow", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Expect", "100-continue")
	req.ContentLength = 2
	sigv4.Sign(req, sigv4.Credentials{AccessKey: "test", Secret: "test"}, "eu-west-3", "s3", sigv4.UnsignedPayload, c.Now())
	go func() {
		client := http.Client{Transport: &http.Transport{ExpectContinueTimeout: time.Minute}}
		res, err := client.Do(req)
		if err != nil {
			t.Error(err)
			ended <- 0
			return
		}
		res.Body.Close()
		ended <- res.StatusCode
	}()
	<-began
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := c.Reset(ctx); err == nil || !strings.Contains(err.Error(), "nothing was removed") {
		t.Errorf("a reset over a request says %v", err)
	}
	reset := make(chan error)
	go func() { reset <- c.Reset(t.Context()) }()
	io.WriteString(feed, "ok")
	if status := <-ended; status != 200 {
		t.Errorf("the request that was under way: %d", status)
	}
	if err := <-reset; err != nil {
		t.Error(err)
	}
	if status, _ := (request{method: "GET", path: "/songs/slow", service: "s3"}).send(t, c.URL(), c.Now()); status != 404 {
		t.Errorf("after the reset: %d", status)
	}
}

// Who follows the requests does not hold up the end; a second Close is harmless.
func TestClose(t *testing.T) {
	c, err := niebla.Start(t.Context(), niebla.Config{})
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.Get(c.URL() + "/_niebla/requests?follow=1")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	before := time.Now()
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(before); took > 5*time.Second {
		t.Errorf("Close took %v, for a follower", took)
	}
	if err := errors.Join(c.Close(), c.Close()); err != nil {
		t.Error(err)
	}
	if err := c.Reset(t.Context()); err == nil {
		t.Error("a closed cloud was reset")
	}
}

// The paths of a bucket's own host are its objects, whatever they are called.
func TestBucketHasNoAdministration(t *testing.T) {
	c := nieblatest.Start(t)
	put("/songs", inRegion).must(t, c)
	put("/songs/_niebla/health", "an object").must(t, c)
	r := request{method: "GET", path: "/_niebla/health", host: "songs.localhost", service: "s3"}
	if got := r.must(t, c); got != "an object" {
		t.Errorf("got %q", got)
	}
}

// An account's number is a root key on loopback, but no way around a root key
// pair that somebody chose.
func TestNumberedAccounts(t *testing.T) {
	c := nieblatest.Start(t, func(cfg *niebla.Config) { cfg.RootKey, cfg.RootSecret = "AKIAMINE", "mine" })
	for _, tc := range []struct {
		key, secret string
		status      int
	}{
		{"AKIAMINE", "mine", 200}, {"123456789012", "test", 200}, {"000000000000", "test", 400}, {"test", "test", 400},
	} {
		r := call("dynamodb", "DynamoDB_20120810.ListTables", "{}")
		r.key, r.secret = tc.key, tc.secret
		if status, body := r.send(t, c.URL(), c.Now()); status != tc.status {
			t.Errorf("%s/%s: %d %s", tc.key, tc.secret, status, body)
		}
	}
}

// S3 uses a key with its caller's rights, and the key's policy sees that it was S3.
func TestKeysViaS3(t *testing.T) {
	c := nieblatest.Start(t)
	put("/songs", inRegion).must(t, c)
	var key struct{ KeyMetadata struct{ KeyId string } }
	if err := json.Unmarshal([]byte(call("kms", "TrentService.CreateKey", "{}").must(t, c)), &key); err != nil {
		t.Fatal(err)
	}
	id := key.KeyMetadata.KeyId
	object := put("/songs/secret", "x")
	object.header = map[string]string{"X-Amz-Server-Side-Encryption": "aws:kms", "X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id": id}
	object.must(t, c)
	policy, err := json.Marshal(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:root"},"Action":"kms:*","Resource":"*"},
		{"Effect":"Deny","Principal":"*","Action":"kms:GenerateDataKey","Resource":"*","Condition":{"StringEquals":{"kms:ViaService":"s3.eu-west-3.amazonaws.com"}}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	call("kms", "TrentService.PutKeyPolicy", fmt.Sprintf(`{"KeyId":%q,"Policy":%s}`, id, policy)).must(t, c)
	call("kms", "TrentService.GenerateDataKey", fmt.Sprintf(`{"KeyId":%q,"KeySpec":"AES_256"}`, id)).must(t, c)
	status, body := object.send(t, c.URL(), c.Now())
	if status != 403 || !strings.Contains(body, "is not authorized to perform: kms:GenerateDataKey on resource: arn:aws:kms:") || !strings.Contains(body, "with an explicit deny in a resource-based policy") {
		t.Errorf("%d %s", status, body)
	}
}

func TestDirectoryIsKept(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "made", "when", "missing")
	for i := range 2 {
		c, err := niebla.Start(t.Context(), niebla.Config{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			dynamo(t, c.URL(), "test", time.Now(), "CreateTable", createTable)
		} else if got := tables(t, c.URL(), "test", time.Now()); !strings.Contains(got, "songs") {
			t.Errorf("after a restart: %s", got)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestHTTPSOnTheSamePort(t *testing.T) {
	c := nieblatest.Start(t)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}} // the authority is tested where it is made
	res, err := client.Get(strings.Replace(c.URL(), "http:", "https:", 1) + "/_niebla/health")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if b, _ := io.ReadAll(res.Body); !bytes.Contains(b, []byte(`"dynamodb":"running"`)) {
		t.Errorf("health: %s", b)
	}
}

// The clock is the one that signatures are checked against, when those who
// sign go by it.
func TestOneClock(t *testing.T) {
	c := nieblatest.Start(t)
	signed := c.Now()
	c.Advance(16 * time.Minute)
	if status, body := dynamo(t, c.URL(), "test", signed, "ListTables", `{}`); status != 400 || !strings.Contains(body, "Signature expired") {
		t.Errorf("%d %s", status, body)
	}
}

// Moving the cloud's clock does not lock out clients who go by their own.
func TestSignersHaveTheirClock(t *testing.T) {
	c := nieblatest.Start(t, nieblatest.RealClock)
	c.Advance(24 * time.Hour)
	if ahead := time.Until(c.Now()); ahead < 23*time.Hour || ahead > 25*time.Hour {
		t.Errorf("the clock is %v ahead", ahead)
	}
	if status, body := dynamo(t, c.URL(), "test", time.Now(), "ListTables", `{}`); status != 200 {
		t.Errorf("%d %s", status, body)
	}
}

// The clock stays where it was moved to, until the cloud is emptied.
func TestClockIsKept(t *testing.T) {
	dir := t.TempDir()
	still := func(cfg *niebla.Config) { cfg.Dir, cfg.Now = dir, func() time.Time { return nieblatest.Epoch } }
	t.Run("moved", func(t *testing.T) { nieblatest.Start(t, still).Advance(24 * time.Hour) })
	c := nieblatest.Start(t, still)
	if got := c.Now().Sub(nieblatest.Epoch); got != 24*time.Hour {
		t.Errorf("the clock is %v ahead", got)
	}
	if err := c.Reset(context.Background()); err != nil || !c.Now().Equal(nieblatest.Epoch) {
		t.Errorf("after a reset it is %v (%v)", c.Now(), err)
	}
}

func TestConfigIsChecked(t *testing.T) {
	for want, cfg := range map[string]niebla.Config{
		"everybody knows the keys": {Listen: "0.0.0.0:0"},
		"go together":              {RootKey: "AKIAMINE"},
		"12 digits":                {Account: "1"},
		"host:port":                {Listen: "here"},
	} {
		c, err := niebla.Start(context.Background(), cfg)
		if err == nil {
			c.Close()
		}
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", cfg, err)
		}
	}
}

func TestOversizedHeader(t *testing.T) {
	c := nieblatest.Start(t)
	req, err := http.NewRequest("GET", c.URL()+"/_niebla/health", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Big", strings.Repeat("x", 1<<20))
	if res, err := http.DefaultClient.Do(req); err == nil {
		res.Body.Close()
		if res.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	tables(t, c.URL(), "test", c.Now()) // still serving
}
