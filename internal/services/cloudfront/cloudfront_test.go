package cloudfront_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/sigv4"
	"github.com/niebla-cloud/niebla/nieblatest"
)

// world is a cloud with a closed bucket behind a distribution.
type world struct {
	*nieblatest.Cloud
	t testing.TB
}

// api makes a signed request, which must succeed, and returns the answer's header and body.
func (x *world) api(service, method, path, body string, headers ...string) (http.Header, string) {
	x.t.Helper()
	r, err := http.NewRequest(method, x.URL()+path, strings.NewReader(body))
	if err != nil {
		x.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	sum := sha256.Sum256([]byte(body))
	sigv4.Sign(r, sigv4.Credentials{AccessKey: "test", Secret: "test"}, "eu-west-3", service, hex.EncodeToString(sum[:]), x.Now())
	res, text := x.send(r)
	if res.StatusCode >= 300 {
		x.t.Fatalf("%s %s: %d %s", method, path, res.StatusCode, text)
	}
	return res.Header, text
}

func (x *world) send(r *http.Request) (*http.Response, string) {
	x.t.Helper()
	res, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		x.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		x.t.Fatal(err)
	}
	return res, string(text)
}

// view asks for a path as a viewer of d3example.cloudfront.net does.
func (x *world) view(path string, headers ...string) (*http.Response, string) {
	x.t.Helper()
	r, err := http.NewRequest(http.MethodGet, x.URL()+path, nil)
	if err != nil {
		x.t.Fatal(err)
	}
	r.Host = "d3example.cloudfront.net"
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "Host" {
			r.Host = headers[i+1]
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	return x.send(r)
}

// expect asks for a path, and checks what it is answered and by whom.
func (x *world) expect(path string, status int, cache string) {
	x.t.Helper()
	res, _ := x.view(path)
	if got := strings.TrimSuffix(res.Header.Get("X-Cache"), " from cloudfront"); res.StatusCode != status || got != cache {
		x.t.Errorf("%s: %d %s, want %d %s", path, res.StatusCode, got, status, cache)
	}
}

// put stores an object without telling the distribution.
func (x *world) put(key, body string) { x.api("s3", "PUT", "/biihlivemedia/"+key, body) }

const (
	optimized = "<CachePolicyId>658327ea-f89d-4fab-a63d-7e88639e58f6</CachePolicyId>"
	disabled  = "<CachePolicyId>4135ea2d-6df8-44a3-9df3-4b5a84be39ad</CachePolicyId>"
)

func start(t testing.TB) *world {
	x := &world{nieblatest.Start(t), t}
	x.api("s3", "PUT", "/biihlivemedia", "<CreateBucketConfiguration><LocationConstraint>eu-west-3</LocationConstraint></CreateBucketConfiguration>")
	_, text := x.api("cloudfront", "POST", "/2020-05-31/origin-access-control", "<OriginAccessControlConfig><Name>media</Name><SigningProtocol>sigv4</SigningProtocol>"+
		"<SigningBehavior>always</SigningBehavior><OriginAccessControlOriginType>s3</OriginAccessControlOriginType></OriginAccessControlConfig>")
	_, text, _ = strings.Cut(text, "<Id>")
	control, _, _ := strings.Cut(text, "</Id>")
	policy := func(name string, seconds int) string {
		_, text := x.api("cloudfront", "POST", "/2020-05-31/cache-policy", fmt.Sprintf("<CachePolicyConfig><Name>%s</Name><MinTTL>%d</MinTTL><DefaultTTL>%[2]d</DefaultTTL><MaxTTL>%[2]d</MaxTTL></CachePolicyConfig>", name, seconds))
		_, text, _ = strings.Cut(text, "<Id>")
		id, _, _ := strings.Cut(text, "</Id>")
		return "<CachePolicyId>" + id + "</CachePolicyId>"
	}
	behavior := func(pattern, cache string) string {
		return "<CacheBehavior><PathPattern>" + pattern + "</PathPattern><TargetOriginId>media</TargetOriginId><ViewerProtocolPolicy>allow-all</ViewerProtocolPolicy>" + cache + "</CacheBehavior>"
	}
	x.api("cloudfront", "POST", "/2020-05-31/distribution?WithTags", "<DistributionConfigWithTags><DistributionConfig><CallerReference>one</CallerReference><Comment></Comment><Enabled>true</Enabled>"+
		"<Origins><Quantity>1</Quantity><Items><Origin><Id>media</Id><DomainName>biihlivemedia.s3.eu-west-3.amazonaws.com</DomainName><OriginAccessControlId>"+control+"</OriginAccessControlId>"+
		"<S3OriginConfig><OriginAccessIdentity></OriginAccessIdentity></S3OriginConfig></Origin></Items></Origins>"+
		"<DefaultCacheBehavior><TargetOriginId>media</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy>"+optimized+"</DefaultCacheBehavior>"+
		"<CacheBehaviors><Quantity>3</Quantity><Items>"+behavior("/profile-photos/*", policy("day", 86400))+behavior("/fotos/*", policy("forever", 31536000))+behavior("/videos/*", disabled)+"</Items></CacheBehaviors>"+
		"</DistributionConfig><Tags><Items><Tag><Key>niebla:id</Key><Value>E1DISTRIBUTION</Value></Tag><Tag><Key>niebla:domain</Key><Value>d3example.cloudfront.net</Value></Tag></Items></Tags></DistributionConfigWithTags>")
	return x
}

// open lets the distribution, and only it, read the bucket.
func (x *world) open(distribution string) {
	x.api("s3", "PUT", "/biihlivemedia?policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"cloudfront.amazonaws.com"},"Action":"s3:GetObject",`+
		`"Resource":"arn:aws:s3:::biihlivemedia/*","Condition":{"StringEquals":{"AWS:SourceArn":"arn:aws:cloudfront::000000000000:distribution/`+distribution+`"}}}]}`)
}

func TestClosedBucket(t *testing.T) {
	x := start(t)
	x.put("fotos/u1/full_1.jpg", "a photo")
	x.expect("/fotos/u1/full_1.jpg", 403, "Error")
	x.open("E2ANOTHER")
	x.expect("/fotos/u1/full_1.jpg", 403, "Error")
	x.open("E1DISTRIBUTION")
	x.expect("/fotos/u1/full_1.jpg", 200, "Miss")
	if res, _ := x.view("/biihlivemedia/fotos/u1/full_1.jpg", "Host", "localhost"); res.StatusCode != 403 {
		t.Errorf("the bucket itself answers %d", res.StatusCode)
	}
	x.expect("/fotos/u1/none.jpg", 403, "Error") // as on AWS, unless the policy lets the distribution list
}

// TestThreeBehaviors is the description's table: /profile-photos/* for 24
// hours, /fotos/* for ever, /videos/* not at all.
func TestThreeBehaviors(t *testing.T) {
	x := start(t)
	x.open("E1DISTRIBUTION")
	const photo, foto, video = "profile-photos/u1/photo_1.jpg", "fotos/u1/full_1.jpg", "videos/u1/video_1.mp4"
	for _, key := range []string{photo, foto, video} {
		x.put(key, "first")
		x.expect("/"+key, 200, "Miss")
		x.put(key, "second")
	}
	body := func(key, want string) {
		t.Helper()
		if _, text := x.view("/" + key); text != want {
			t.Errorf("%s: %q, want %q", key, text, want)
		}
	}
	body(photo, "first")
	body(foto, "first")
	body(video, "second")

	x.Advance(24*time.Hour - time.Second)
	x.expect("/"+photo, 200, "Hit")
	x.expect("/"+foto, 200, "Hit")
	x.expect("/"+video, 200, "Miss")
	x.Advance(time.Second)
	x.expect("/"+photo, 200, "Miss") // the object has changed; an unchanged one would be a RefreshHit
	body(photo, "second")
	x.Advance(24 * time.Hour)
	x.expect("/"+photo, 200, "RefreshHit")

	x.Advance(300 * 24 * time.Hour)
	x.expect("/"+foto, 200, "Hit")
	body(foto, "first")

	x.put(photo, "third")
	x.expect("/"+photo, 200, "Miss")
	x.put(photo, "fourth")
	x.expect("/"+photo, 200, "Hit")
	x.api("cloudfront", "POST", "/2020-05-31/distribution/E1DISTRIBUTION/invalidation", "<InvalidationBatch><CallerReference>one</CallerReference>"+
		"<Paths><Quantity>1</Quantity><Items><Path>/profile-photos/*</Path></Items></Paths></InvalidationBatch>")
	x.expect("/"+photo, 200, "Miss")
	body(photo, "fourth")
	x.expect("/"+foto, 200, "Hit")
}

func TestNames(t *testing.T) {
	x := start(t)
	x.open("E1DISTRIBUTION")
	x.put("videos/a", "a video")
	for _, host := range []string{"d3example.cloudfront.net", "d3example.cloudfront.localhost:4566", "D3EXAMPLE.CloudFront.localhost"} {
		if res, text := x.view("/videos/a", "Host", host); res.StatusCode != 200 || text != "a video" {
			t.Errorf("%s: %d %s", host, res.StatusCode, text)
		}
	}
	if res, text := x.view("/_cloudfront/E1DISTRIBUTION/videos/a", "Host", "localhost"); res.StatusCode != 200 || text != "a video" {
		t.Errorf("by path: %d %s", res.StatusCode, text)
	}
	for _, host := range []string{"dother.cloudfront.net", "dother.cloudfront.localhost"} {
		if res, _ := x.view("/videos/a", "Host", host); res.StatusCode != 403 || res.Header.Get("Server") != "CloudFront" {
			t.Errorf("%s: %d %v", host, res.StatusCode, res.Header)
		}
	}
	// All paths of a distribution's host are its own, ours too.
	if res, _ := x.view("/_niebla/status"); res.StatusCode == 200 || res.Header.Get("X-Cache") == "" && res.Header.Get("Location") == "" {
		t.Errorf("the administration answers under a distribution's name: %d %v", res.StatusCode, res.Header)
	}
	// Plain HTTP is sent to HTTPS, but not for what a local page embeds.
	if res, _ := x.view("/other"); res.StatusCode != 301 {
		t.Errorf("plain HTTP: %d", res.StatusCode)
	}
	if res, _ := x.view("/other", "Host", "d3example.cloudfront.localhost", "Sec-Fetch-Dest", "image"); res.StatusCode != 403 {
		t.Errorf("a picture of a local page: %d", res.StatusCode)
	}
}
