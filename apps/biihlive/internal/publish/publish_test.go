package publish

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
)

// publisher publishes to a server that gives one answer.
func publisher(t *testing.T, status int, answer string, look func(*http.Request, []byte)) *Publisher {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if look != nil {
			look(r, body)
		}
		w.WriteHeader(status)
		io.WriteString(w, answer)
	}))
	t.Cleanup(s.Close)
	return &Publisher{
		URL: s.URL + "/graphql", Region: "eu-west-3", HTTP: s.Client(),
		Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "secret", "token"),
		Now:         func() time.Time { return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC) },
	}
}

func TestPublish(t *testing.T) {
	var body []byte
	var header http.Header
	p := publisher(t, http.StatusOK, `{"data":{"publishUser":{"userId":"ana"}}}`, func(r *http.Request, b []byte) { header, body = r.Header, b })
	if err := p.User(t.Context(), "ana"); err != nil {
		t.Fatal(err)
	}
	signed := regexp.MustCompile(`^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260102/eu-west-3/appsync/aws4_request, SignedHeaders=\S*content-type;host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$`)
	if got := header.Get("Authorization"); !signed.MatchString(got) {
		t.Errorf("Authorization: %s", got)
	}
	if header.Get("X-Amz-Security-Token") != "token" || header.Get("X-Amz-Date") != "20260102T030405Z" {
		t.Errorf("headers %v", header)
	}
	var sent struct {
		Query     string
		Variables map[string]string
	}
	if err := json.Unmarshal(body, &sent); err != nil {
		t.Fatal(err)
	}
	if sent.Variables["userId"] != "ana" || !strings.Contains(sent.Query, "publishUser(userId: $userId)") {
		t.Errorf("sent %s", body)
	}
}

func TestPublishErrors(t *testing.T) {
	for _, c := range []struct {
		status       int
		answer, want string
	}{
		{http.StatusOK, `{"data":{"publishUser":null},"errors":[{"message":"no such table"}]}`, "no such table"},
		{http.StatusUnauthorized, `{"errors":[{"errorType":"UnauthorizedException","message":"Permission denied"}]}`, "401 Unauthorized"},
		{http.StatusOK, `<html>`, "<html>"},
		{http.StatusBadGateway, strings.Repeat("x", 5000), "502 Bad Gateway: xxx"},
	} {
		err := publisher(t, c.status, c.answer, nil).User(t.Context(), "ana")
		if err == nil || !strings.Contains(err.Error(), c.want) || len(err.Error()) > 300 {
			t.Errorf("%d %.50s: %v", c.status, c.answer, err)
		}
	}
	p := publisher(t, http.StatusOK, "", nil)
	p.URL = "http://127.0.0.1:1/"
	if err := p.User(t.Context(), "ana"); err == nil {
		t.Error("nobody answered, and that is no error")
	}
}
