package scripttest

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// fake answers every KMS request with the name of its operation and its body.
type fake struct{ url string }

func (f fake) URL() string         { return f.url }
func (fake) Now() time.Time        { return time.Unix(1_700_000_000, 0) }
func (fake) Advance(time.Duration) {}

func start(t *testing.T) fake {
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=")
		switch {
		case !signed:
			w.Header().Set("Content-Type", "text/xml")
			w.WriteHeader(http.StatusForbidden)
			w.Write([]byte(`<Error><Code>Denied</Code><Keys><Key>a</Key><Key>b</Key></Keys></Error>`))
		case r.Header.Get("X-Amz-Target") == "TrentService.CreateKey":
			w.Write([]byte(`{"KeyMetadata":{"KeyId":"0123-4567","Arn":"arn:key/0123-4567"}}`))
		default:
			w.Header().Set("X-Niebla-Ignored", "Extra")
			w.Write([]byte(`{"Keys":["0123-4567"]}`))
		}
	}))
	t.Cleanup(srv.Close)
	return fake{srv.URL}
}

const script = `# A key is made.
CreateKey {"Description":"x"}
> key = KeyMetadata.KeyId
----
200 {"KeyMetadata":{"KeyId":"${key}","Arn":"arn:key/${key}"}}

# A comment of its own.

advance 24h

ListKeys
> first = Keys.0
> digits = Keys.0 /[4-9]+$/
----
200 {"Keys":["${key}"]}
ignored: Extra

@anonymous s3:GET /bucket
X-Amz-Test: a
| body
> code = Code
> second = Keys.Key.1
----
403
Content-Type: text/xml
<Error>
  <Code>${code}</Code>
  <Keys>
    <Key>a</Key>
    <Key>b</Key>
  </Keys>
</Error>
`

func write(t *testing.T, text string) string {
	file := filepath.Join(t.TempDir(), "a.script")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestMismatchFails(t *testing.T) {
	c := start(t)
	if err := runFile(c, write(t, script), "kms", false); err != nil {
		t.Fatal(err)
	}
	for _, change := range [][2]string{{"200 {\"Keys\"", "400 {\"Keys\""}, {"ignored: Extra\n", ""}, {"<Key>b", "<Key>c"}} {
		changed := strings.Replace(script, change[0], change[1], 1)
		if err := runFile(c, write(t, changed), "kms", false); err == nil {
			t.Errorf("passes with %q in place of %q", change[1], change[0])
		}
	}
}

func TestRewriteKeepsRequests(t *testing.T) {
	c := start(t)
	blank := write(t, strings.NewReplacer("200 {", "999 {", "403\n", "1\n").Replace(script))
	if err := runFile(c, blank, "kms", true); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(blank)
	if err != nil || string(got) != script {
		t.Errorf("rewritten to (%v)\n%s", err, got)
	}
}

func TestBadScripts(t *testing.T) {
	c := start(t)
	for _, bad := range []string{"@nobody ListKeys", "nothing:Do {}", "ListKeys\n> x = Missing.Path", "ListKeys\n> x = Keys.0 /z/", "ListKeys\n> x = Keys.0 /(/", "advance soon", "iam:GetRole\nno pair", "s3:GET"} {
		if err := runFile(c, write(t, bad), "kms", false); err == nil {
			t.Errorf("%q runs", bad)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(script)
	f.Add("\n\n#\n----\n> a = b\n")
	f.Fuzz(func(t *testing.T, text string) {
		blocks, err := parse(text)
		if err != nil {
			return
		}
		for i := range blocks {
			if !blocks[i].comment() {
				blocks[i].advance()
			}
		}
	})
}
