package pulumi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"testing"

	"github.com/niebla-cloud/niebla/internal/pulumi"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// A caller asks the cloud as somebody.
type caller struct {
	b     *bench
	creds sigv4.Credentials // none is anonymous
}

type object = map[string]any

// json calls an operation; the answer is what it said, whatever the status.
func (c caller) json(service, target string, in object) (status int, out object) {
	c.b.t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		c.b.t.Fatal(err)
	}
	version := "1.1"
	if service == "dynamodb" {
		version = "1.0"
	}
	status, answer := c.send(service, http.MethodPost, "/", http.Header{
		"Content-Type": {"application/x-amz-json-" + version}, "X-Amz-Target": {target},
	}, body)
	if err := json.Unmarshal(answer, &out); err != nil && len(answer) > 0 {
		c.b.t.Fatalf("%s answered %q", target, answer)
	}
	return status, out
}

func (c caller) send(service, method, path string, header http.Header, body []byte) (int, []byte) {
	c.b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, c.b.cloud.URL()+path, bytes.NewReader(body))
	if err != nil {
		c.b.t.Fatal(err)
	}
	maps.Copy(r.Header, header)
	if c.creds.AccessKey != "" {
		sum := sha256.Sum256(body)
		sigv4.Sign(r, c.creds, "eu-west-3", service, hex.EncodeToString(sum[:]), c.b.cloud.Now())
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		c.b.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.b.t.Fatal(err)
	}
	return resp.StatusCode, answer
}

// must calls an operation that has to succeed.
func (c caller) must(service, target string, in object) object {
	c.b.t.Helper()
	status, out := c.json(service, target, in)
	if status != http.StatusOK {
		c.b.t.Fatalf("%s: %d %v", target, status, out)
	}
	return out
}

// fogMusic brings up the real infrastructure.
func fogMusic(t *testing.T) (*bench, *pulumi.Result) {
	b := newBench(t)
	o := b.options("")
	o.Dir, o.Config, o.CacheDir = filepath.Join("..", "..", "apps", "fogmusic", "infra"), nil, t.TempDir()
	r, err := pulumi.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.wire.reset()
	again, err := pulumi.Up(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	b.did(again)
	if w := b.wire.writes(); len(w) > 0 {
		t.Errorf("the second time it wrote %q", w)
	}
	return b, r
}

// guest is a browser that has just come.
func (b *bench) guest(pool any) (who caller, identity string) {
	b.t.Helper()
	nobody := caller{b: b}
	id := nobody.must("cognito-identity", "AWSCognitoIdentityService.GetId", object{"IdentityPoolId": pool})
	identity, _ = id["IdentityId"].(string)
	got := nobody.must("cognito-identity", "AWSCognitoIdentityService.GetCredentialsForIdentity", object{"IdentityId": identity})
	c, _ := got["Credentials"].(object)
	key, _ := c["AccessKeyId"].(string)
	secret, _ := c["SecretKey"].(string)
	token, _ := c["SessionToken"].(string)
	return caller{b, sigv4.Credentials{AccessKey: key, Secret: secret, SessionToken: token}}, identity
}

func TestFogMusic(t *testing.T) {
	b, r := fogMusic(t)
	outputs := []string{
		"catalogTable", "guestRoleArn", "identityPoolId", "keyAlias", "keyArn", "mediaBucket", "region", "trials", "usersTable", "webBucket", "webUrl",
	}
	if got := slices.Sorted(maps.Keys(r.Outputs)); !slices.Equal(got, outputs) {
		t.Errorf("outputs %q", got)
	}
	root := caller{b, sigv4.Credentials{AccessKey: "test", Secret: "test"}}
	guest, me := b.guest(r.Outputs["identityPoolId"])
	t.Run("tables", func(t *testing.T) { guestTables(t, root, guest, r, me) })
	t.Run("media", func(t *testing.T) { guestMedia(t, root, guest, r) })
	t.Run("key", func(t *testing.T) { guestKey(t, root, guest, r) })
}

func guestTables(t *testing.T, root, guest caller, r *pulumi.Result, me string) {
	catalog, users := r.Outputs["catalogTable"], r.Outputs["usersTable"]
	s := func(v string) object { return object{"S": v} }
	song, mine, theirs := object{"song_id": s("1")}, object{"device_id": s(me)}, object{"device_id": s("eu-west-3:somebody-else")}
	root.must("dynamodb", "DynamoDB_20120810.PutItem", object{"TableName": catalog, "Item": song})
	for _, c := range []struct {
		operation string
		in        object
		allowed   bool
	}{
		{"Scan", object{"TableName": catalog}, true},
		{"GetItem", object{"TableName": catalog, "Key": song}, true},
		{"PutItem", object{"TableName": catalog, "Item": song}, false},
		{"DeleteItem", object{"TableName": catalog, "Key": song}, false},
		{"PutItem", object{"TableName": users, "Item": mine}, true},
		{"GetItem", object{"TableName": users, "Key": mine}, true},
		{"UpdateItem", object{"TableName": users, "Key": mine, "UpdateExpression": "SET tastes = :t", "ExpressionAttributeValues": object{":t": object{"M": object{"Rock": object{"N": "1"}}}}}, true},
		{"PutItem", object{"TableName": users, "Item": theirs}, false},
		{"GetItem", object{"TableName": users, "Key": theirs}, false},
		{"UpdateItem", object{"TableName": users, "Key": theirs}, false},
		{"DeleteItem", object{"TableName": users, "Key": mine}, false},
		{"Scan", object{"TableName": users}, false},
		{"BatchGetItem", object{"RequestItems": object{users.(string): object{"Keys": []any{mine, theirs}}}}, false},
		{"BatchWriteItem", object{"RequestItems": object{users.(string): []any{object{"PutRequest": object{"Item": mine}}}}}, false},
		{"ListTables", object{}, false},
	} {
		status, out := guest.json("dynamodb", "DynamoDB_20120810."+c.operation, c.in)
		if allowed := status == http.StatusOK; allowed != c.allowed {
			t.Errorf("%s %v: %d %v", c.operation, c.in, status, out)
		}
	}
}

func guestMedia(t *testing.T, root, guest caller, r *pulumi.Result) {
	media, _ := r.Outputs["mediaBucket"].(string)
	web, _ := r.Outputs["webBucket"].(string)
	anybody := caller{b: guest.b}
	for _, path := range []string{"/" + media + "/songs/1.enc", "/" + media + "/thumbnails/1.jpg", "/" + web + "/index.html"} {
		if status, b := root.send("s3", http.MethodPut, path, nil, []byte("x")); status != http.StatusOK {
			t.Fatalf("PUT %s: %d %s", path, status, b)
		}
	}
	for _, c := range []struct {
		who          string
		as           caller
		method, path string
		want         int
	}{
		{"a guest", guest, http.MethodGet, "/" + media + "/songs/1.enc", 200},
		{"anybody", anybody, http.MethodGet, "/" + media + "/songs/1.enc", 403},
		{"anybody", anybody, http.MethodGet, "/" + media + "/thumbnails/1.jpg", 200},
		{"anybody", anybody, http.MethodGet, "/" + web + "/index.html", 200},
		{"anybody", anybody, http.MethodPut, "/" + media + "/thumbnails/1.jpg", 403},
		{"a guest", guest, http.MethodPut, "/" + media + "/songs/1.enc", 403},
		{"a guest", guest, http.MethodDelete, "/" + media + "/songs/1.enc", 403},
		{"a guest", guest, http.MethodGet, "/" + media + "?list-type=2", 403},
		{"anybody", anybody, http.MethodGet, "/" + media + "?list-type=2", 403},
	} {
		if status, b := c.as.send("s3", c.method, c.path, nil, nil); status != c.want {
			t.Errorf("%s: %s %s: %d %s", c.who, c.method, c.path, status, b)
		}
	}
	status, b := anybody.send("s3", http.MethodOptions, "/"+media+"/songs/1.enc", http.Header{
		"Origin": {"http://player.example"}, "Access-Control-Request-Method": {"GET"}, "Access-Control-Request-Headers": {"authorization,range"},
	}, nil)
	if status != http.StatusOK {
		t.Errorf("a browser may not ask for a range: %d %s", status, b)
	}
}

func guestKey(t *testing.T, root, guest caller, r *pulumi.Result) {
	key := r.Outputs["keyAlias"]
	wrap := func(context object) any {
		in := object{"KeyId": key, "Plaintext": base64.StdEncoding.EncodeToString([]byte("data key"))}
		if context != nil {
			in["EncryptionContext"] = context
		}
		return root.must("kms", "TrentService.Encrypt", in)["CiphertextBlob"]
	}
	for _, c := range []struct {
		name    string
		context object
		allowed bool
	}{
		{"of a song", object{"song_id": "1"}, true},
		{"of nothing", nil, false},
		{"of something else", object{"user_id": "1"}, false},
		{"of a song and more", object{"song_id": "1", "user_id": "1"}, false},
	} {
		in := object{"CiphertextBlob": wrap(c.context)}
		if c.context != nil {
			in["EncryptionContext"] = c.context
		}
		status, out := guest.json("kms", "TrentService.Decrypt", in)
		if allowed := status == http.StatusOK; allowed != c.allowed {
			t.Errorf("a key %s: %d %v", c.name, status, out)
		}
	}
	if status, out := guest.json("kms", "TrentService.GenerateDataKey", object{"KeyId": key, "KeySpec": "AES_256", "EncryptionContext": object{"song_id": "1"}}); status == http.StatusOK {
		t.Errorf("a guest wrapped a key: %v", out)
	}
}
