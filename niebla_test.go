package niebla_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla"
	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// dynamo makes a DynamoDB call as the root of an account.
func dynamo(t *testing.T, url, key string, now time.Time, op, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "POST", url+"/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Amz-Target", "DynamoDB_20120810."+op)
	req.Header.Set("Content-Type", "application/x-amz-json-1.0")
	sum := sha256.Sum256([]byte(body))
	sigv4.Sign(req, sigv4.Credentials{AccessKey: key, Secret: "test"}, "eu-west-3", "dynamodb", hex.EncodeToString(sum[:]), now)
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

// The clock is the one that signatures are checked against.
func TestOneClock(t *testing.T) {
	c := nieblatest.Start(t)
	signed := c.Now()
	c.Advance(16 * time.Minute)
	if status, body := dynamo(t, c.URL(), "test", signed, "ListTables", `{}`); status != 400 || !strings.Contains(body, "Signature expired") {
		t.Errorf("%d %s", status, body)
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
