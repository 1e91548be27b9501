package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// songs is how many are seeded: the normal case.
const songs = 100

// A stand is a running Niebla with what fog-seed needs in it, the built
// commands, and the clients to look behind them.
type stand struct {
	seed, samples string
	env, flags    []string
	s3            *s3.Client
	ddb           *dynamodb.Client
	kms           *kms.Client
}

func build(t *testing.T, dir, from, what string) string {
	t.Helper()
	bin := filepath.Join(dir, filepath.Base(what))
	cmd := exec.Command("go", "build", "-o", bin, what)
	cmd.Dir = from
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("building %s: %v\n%s", what, err, out)
	}
	return bin
}

func newStand(t *testing.T) *stand {
	t.Helper()
	dir := t.TempDir()
	st := &stand{seed: build(t, dir, "..", "./seed"), samples: build(t, dir, "..", "./samples")}
	endpoint := startNiebla(t, build(t, dir, "../../..", "./cmd/niebla"))
	none := filepath.Join(dir, "none")
	st.env = append(os.Environ(), "AWS_ENDPOINT_URL="+endpoint, "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test", "AWS_REGION=eu-west-3",
		"AWS_CONFIG_FILE="+none, "AWS_SHARED_CREDENTIALS_FILE="+none, "AWS_PROFILE=", "LC_ALL=C")
	for _, v := range st.env[len(os.Environ()):] {
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	cfg, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	st.s3 = s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	st.ddb, st.kms = dynamodb.NewFromConfig(cfg), kms.NewFromConfig(cfg)
	st.bringUp(t)
	st.flags = []string{"--bucket", "media", "--table", "Catalogo", "--key", "alias/songs"}
	return st
}

// startNiebla runs the binary on a free port until the test ends.
func startNiebla(t *testing.T, bin string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(bin, "start", "--listen", addr, "--dir", filepath.Join(t.TempDir(), "data"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Ready.") {
			return "http://" + addr
		}
	}
	t.Fatalf("niebla did not start: %s", said.String())
	return ""
}

func (st *stand) bringUp(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	_, err := st.s3.CreateBucket(ctx, &s3.CreateBucketInput{
		Bucket:                    aws.String("media"),
		CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: "eu-west-3"},
	})
	fatal(t, err)
	_, err = st.ddb.CreateTable(ctx, &dynamodb.CreateTableInput{
		TableName: aws.String("Catalogo"), BillingMode: ddb.BillingModePayPerRequest,
		AttributeDefinitions: []ddb.AttributeDefinition{{AttributeName: aws.String("song_id"), AttributeType: ddb.ScalarAttributeTypeS}},
		KeySchema:            []ddb.KeySchemaElement{{AttributeName: aws.String("song_id"), KeyType: ddb.KeyTypeHash}},
	})
	fatal(t, err)
	fatal(t, dynamodb.NewTableExistsWaiter(st.ddb, func(o *dynamodb.TableExistsWaiterOptions) { o.MinDelay = 10 * time.Millisecond }).
		Wait(ctx, &dynamodb.DescribeTableInput{TableName: aws.String("Catalogo")}, time.Minute))
	key, err := st.kms.CreateKey(ctx, &kms.CreateKeyInput{})
	fatal(t, err)
	_, err = st.kms.CreateAlias(ctx, &kms.CreateAliasInput{AliasName: aws.String("alias/songs"), TargetKeyId: key.KeyMetadata.KeyId})
	fatal(t, err)
}

func fatal(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// run runs fog-seed and gives its exit status and what it said.
func (st *stand) run(t *testing.T, args ...string) (status int, out string) {
	t.Helper()
	var both bytes.Buffer
	cmd := exec.Command(st.seed, append(args, st.flags...)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = st.env, &both, &both
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), both.String()
}

// runUntil starts fog-seed and sends it a signal when the table has at least n
// entries. It gives the exit status.
func (st *stand) runUntil(t *testing.T, n int, signal os.Signal, args ...string) int {
	t.Helper()
	cmd := exec.Command(st.seed, append(args, st.flags...)...)
	cmd.Env = st.env
	fatal(t, cmd.Start())
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	for deadline := time.Now().Add(2 * time.Minute); st.count(t) < n; <-look.C {
		if time.Now().After(deadline) {
			t.Fatalf("no %d entries in two minutes", n)
		}
	}
	fatal(t, cmd.Process.Signal(signal))
	cmd.Wait()
	return cmd.ProcessState.ExitCode()
}

// count is how many entries the catalogue has.
func (st *stand) count(t *testing.T) int {
	t.Helper()
	out, err := st.ddb.Scan(t.Context(), &dynamodb.ScanInput{TableName: aws.String("Catalogo"), ConsistentRead: aws.Bool(true), Select: ddb.SelectCount})
	fatal(t, err)
	return int(out.Count)
}

// entries reads the catalogue: each song's file by its id.
func (st *stand) entries(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for p := dynamodb.NewScanPaginator(st.ddb, &dynamodb.ScanInput{TableName: aws.String("Catalogo"), ConsistentRead: aws.Bool(true)}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		fatal(t, err)
		for _, it := range page.Items {
			out[it["song_id"].(*ddb.AttributeValueMemberS).Value] = it["source"].(*ddb.AttributeValueMemberS).Value
		}
	}
	return out
}

// objects lists the media bucket: when each key was stored, and its ETag.
func (st *stand) objects(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	for p := s3.NewListObjectsV2Paginator(st.s3, &s3.ListObjectsV2Input{Bucket: aws.String("media"), MaxKeys: aws.Int32(70)}); p.HasMorePages(); {
		page, err := p.NextPage(t.Context())
		fatal(t, err)
		for _, o := range page.Contents {
			out[*o.Key] = fmt.Sprint(o.LastModified, *o.ETag)
		}
	}
	return out
}

// plays checks that the song that is stored decrypts to the file's audio, that
// its header's key came from KMS for this song, and that no other song's does.
func (st *stand) plays(t *testing.T, path string) {
	t.Helper()
	g, audio, err := song.Read(path)
	fatal(t, err)
	out, err := st.s3.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("media"), Key: aws.String("songs/" + g.ID.String() + ".enc")})
	fatal(t, err)
	var sealed bytes.Buffer
	_, err = sealed.ReadFrom(out.Body)
	fatal(t, err)
	if bytes.Contains(sealed.Bytes(), audio[len(audio)/2:][:200]) {
		t.Errorf("%s lies open in the bucket", path)
	}
	unwrap := func(id string) fogfile.KeyFunc {
		return func(h fogfile.Header) ([]byte, error) {
			out, err := st.kms.Decrypt(t.Context(), &kms.DecryptInput{CiphertextBlob: h.WrappedKey, EncryptionContext: map[string]string{"song_id": id}})
			if err != nil {
				return nil, err
			}
			return out.Plaintext, nil
		}
	}
	r, err := fogfile.NewReader(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), unwrap(g.ID.String()))
	fatal(t, err)
	got := make([]byte, r.Size())
	if _, err := r.ReadAt(got, 0); err != nil || !bytes.Equal(got, audio) {
		t.Errorf("%s is not what is stored (%v)", path, err)
	}
	if _, err := fogfile.NewReader(bytes.NewReader(sealed.Bytes()), int64(sealed.Len()), unwrap(strings.Repeat("0", 32))); err == nil {
		t.Errorf("the key of %s serves another song", path)
	}
}

// TestNiebla seeds a hundred songs into a running Niebla, the way users do.
func TestNiebla(t *testing.T) {
	st := newStand(t)
	music := filepath.Join(t.TempDir(), "music")
	if out, err := exec.Command(st.samples, "--out", music).CombinedOutput(); err != nil {
		t.Fatalf("fog-samples: %v\n%s", err, out)
	}
	paths, err := songFiles(music)
	if err != nil || len(paths) != songs {
		t.Fatalf("%d songs, %v", len(paths), err)
	}

	status, out := st.run(t, "--dry-run", music)
	if status != exitOK || !strings.Contains(out, "100 songs, nothing done: would upload 100 ") || st.count(t)+len(st.objects(t)) != 0 {
		t.Fatalf("dry run: status %d, %d entries\n%s", status, st.count(t), out)
	}

	if status := st.runUntil(t, 15, syscall.SIGKILL, "--jobs", "2", music); status != -1 {
		t.Fatalf("killed: status %d", status)
	}
	n := st.count(t)
	if n < 15 || n > songs-20 {
		t.Fatalf("killed half-way: %d entries", n)
	}
	if status := st.runUntil(t, n+5, syscall.SIGINT, "--jobs", "2", music); status != exitInterrupted {
		t.Fatalf("interrupted: status %d", status)
	}
	entries, before := st.entries(t), st.objects(t)
	for id := range entries {
		if before["songs/"+id+".enc"] == "" || before["thumbnails/"+id+".jpg"] == "" {
			t.Fatalf("song %s is registered and not stored", id)
		}
	}

	if status, out := st.run(t, music); status != exitOK {
		t.Fatalf("completing: status %d\n%s", status, out)
	}
	entries, after := st.entries(t), st.objects(t)
	if len(entries) != songs || len(after) != 2*songs {
		t.Fatalf("complete: %d entries, %d objects", len(entries), len(after))
	}
	for key, stored := range before {
		if after[key] != stored {
			t.Errorf("%s was sent again", key)
		}
	}
	for _, path := range paths[:12] { // each tune twice
		st.plays(t, path)
	}

	status, out = st.run(t, music)
	again := st.objects(t)
	if status != exitOK || !strings.Contains(out, "100 songs: 100 unchanged\n") {
		t.Fatalf("second run: status %d\n%s", status, out)
	}
	for key, stored := range again {
		if after[key] != stored {
			t.Errorf("the second run sent %s again", key)
		}
	}
	st.corrupt(t, paths)
}

// corrupt puts a damaged and a new song beside the others: the damaged one is
// named, leaves nothing behind and keeps the new one from nothing.
func (st *stand) corrupt(t *testing.T, paths []string) {
	t.Helper()
	dir := t.TempDir()
	whole, err := os.ReadFile(paths[0])
	fatal(t, err)
	fatal(t, os.WriteFile(filepath.Join(dir, "cut.mp3"), whole[:len(whole)*2/3], 0o666))
	fatal(t, os.WriteFile(filepath.Join(dir, "text.mp3"), []byte(strings.Repeat("no music ", 9999)), 0o666))
	if out, err := exec.Command(st.samples, "--originals", "--out", dir).CombinedOutput(); err != nil {
		t.Fatalf("fog-samples: %v\n%s", err, out)
	}
	status, out := st.run(t, dir)
	if status != exitFailed || !strings.Contains(out, "8 songs: 6 uploaded ") || !strings.Contains(out, ", 2 failed\n") ||
		!strings.Contains(out, "cut.mp3: corrupt MP3: cut short, ") || !strings.Contains(out, "text.mp3: corrupt MP3: no MPEG layer III frames") {
		t.Errorf("corrupt files: status %d\n%s", status, out)
	}
	if n, m := st.count(t), len(st.objects(t)); n != songs+6 || m != 2*(songs+6) {
		t.Errorf("with corrupt files: %d entries, %d objects", n, m)
	}
}

// TestUnreachable: a cloud that is not there is one line, soon.
func TestUnreachable(t *testing.T) {
	dir := t.TempDir()
	fatal(t, os.WriteFile(filepath.Join(dir, "a.mp3"), nil, 0o666))
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	var out, errOut bytes.Buffer
	c := console{out: &out, err: &errOut, now: time.Now, getenv: func(string) string { return "" }}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	status := c.run(ctx, []string{dir, "--endpoint", "http://127.0.0.1:1", "--region", "eu-west-3", "--bucket", "b", "--table", "t", "--key", "k"})
	if status != exitFailed || strings.Count(errOut.String(), "\n") != 1 || !strings.Contains(errOut.String(), "cannot reach http://127.0.0.1:1: ") {
		t.Errorf("status %d: %s", status, errOut.String())
	}
}
