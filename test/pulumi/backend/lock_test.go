package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
)

const (
	locks = ".pulumi/locks/organization/fog-music/dev/"
	stack = ".pulumi/stacks/fog-music/dev.json"
)

var errLocked = errors.New("the stack is currently locked")

// others are the locks of a stack that are not one's own.
func others(ctx context.Context, b *blob.Bucket, own string) (int, error) {
	n := 0
	list := b.List(&blob.ListOptions{Prefix: locks, Delimiter: "/"})
	for {
		o, err := list.Next(ctx)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return 0, err
		}
		if !o.IsDir && o.Key != own {
			n++
		}
	}
}

// lock takes a stack's lock as Pulumi does: look, put one's own, look again.
func lock(ctx context.Context, b *blob.Bucket, own string) error {
	if err := unlocked(ctx, b, own); err != nil {
		return err
	}
	if err := b.WriteAll(ctx, own, []byte(`{"pid":1}`), nil); err != nil {
		return err
	}
	if err := unlocked(ctx, b, own); err != nil {
		return errors.Join(err, b.Delete(ctx, own))
	}
	return nil
}

// unlocked is errLocked if somebody else has a lock.
func unlocked(ctx context.Context, b *blob.Bucket, own string) error {
	n, err := others(ctx, b, own)
	if err == nil && n > 0 {
		err = errLocked
	}
	return err
}

// Two developers who start at once never both hold the lock, and both get it in
// the end.
func TestTwoWriters(t *testing.T) {
	team := newTeam(t, "dev-christian", "dev-saul")
	const rounds = 5
	var holders, counter atomic.Int32
	var wait sync.WaitGroup
	for _, name := range []string{"dev-christian", "dev-saul"} {
		b := team.login(name)
		wait.Go(func() {
			for round := 0; round < rounds; {
				own := fmt.Sprintf("%s%s-%d.json", locks, name, round)
				err := lock(t.Context(), b, own)
				if errors.Is(err, errLocked) {
					continue
				}
				if err != nil {
					t.Error(err)
					return
				}
				if n := holders.Add(1); n != 1 {
					t.Errorf("%d hold the lock", n)
				}
				if err := work(t.Context(), b, &counter); err != nil {
					t.Error(err)
				}
				holders.Add(-1)
				if err := b.Delete(t.Context(), own); err != nil {
					t.Error(err)
					return
				}
				round++
			}
		})
	}
	wait.Wait()
	b := team.login("dev-saul")
	if n, err := others(t.Context(), b, ""); n != 0 || err != nil {
		t.Errorf("%d locks are left, %v", n, err)
	}
	if s, err := b.ReadAll(t.Context(), stack); err != nil || len(s) != 2*rounds {
		t.Errorf("the state is %q, %v: a write was lost", s, err)
	}
	if n := len(team.versions(stack)); n != 2*rounds {
		t.Errorf("%d versions of the state, of %d writes", n, 2*rounds)
	}
}

// work changes the state as an update does: read, keep a backup, write.
func work(ctx context.Context, b *blob.Bucket, counter *atomic.Int32) error {
	was, err := b.ReadAll(ctx, stack)
	switch {
	case gcerrors.Code(err) == gcerrors.NotFound:
	case err != nil:
		return err
	default:
		if err := b.Copy(ctx, stack+".bak", stack, nil); err != nil {
			return err
		}
	}
	if int(counter.Add(1)) != len(was)+1 {
		return fmt.Errorf("read %q: not what was written last", was)
	}
	return b.WriteAll(ctx, stack, append(was, '.'), nil)
}

// versions are the versions of an object, which the bucket keeps as a backup.
func (t *team) versions(key string) []string {
	t.t.Helper()
	out, err := t.s3().ListObjectVersions(t.t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String(bucket), Prefix: aws.String(key)})
	if err != nil {
		t.t.Fatal(err)
	}
	var ids []string
	for _, v := range out.Versions {
		if *v.Key == key {
			ids = append(ids, *v.VersionId)
		}
	}
	return ids
}

// A killed run leaves its lock; the other is refused until it is cancelled,
// which deletes the lock.
func TestLeftLock(t *testing.T) {
	team := newTeam(t, "dev-christian", "dev-saul")
	christian, saul := team.login("dev-christian"), team.login("dev-saul")
	ctx := t.Context()
	if err := lock(ctx, christian, locks+"a.json"); err != nil {
		t.Fatal(err)
	}
	if err := lock(ctx, saul, locks+"b.json"); !errors.Is(err, errLocked) {
		t.Fatalf("the second got in: %v", err)
	}
	if err := saul.Delete(ctx, locks+"a.json"); err != nil {
		t.Fatal(err)
	}
	if err := lock(ctx, saul, locks+"b.json"); err != nil {
		t.Fatal(err)
	}
}

// What one writes the other reads at once, and a state that was broken is there
// in its earlier version.
func TestSharedState(t *testing.T) {
	team := newTeam(t, "dev-christian", "dev-saul")
	christian, saul := team.login("dev-christian"), team.login("dev-saul")
	ctx := t.Context()
	for key, content := range map[string]string{
		".pulumi/meta.yaml": "version: 1\n", stack: "good",
		".pulumi/history/fog-music/dev/dev-1.history.json": "{}",
	} {
		if err := christian.WriteAll(ctx, key, []byte(content), &blob.WriterOptions{ContentType: "application/json"}); err != nil {
			t.Fatal(err)
		}
		if got, err := saul.ReadAll(ctx, key); err != nil || string(got) != content {
			t.Errorf("%s: %q, %v", key, got, err)
		}
	}
	if ok, err := saul.Exists(ctx, ".pulumi/nothing"); ok || err != nil {
		t.Errorf("what is not there: %v, %v", ok, err)
	}
	if got := strings.Join(team.list(saul, ".pulumi/"), " "); got != ".pulumi/history/ .pulumi/meta.yaml .pulumi/stacks/" {
		t.Errorf("listed %s", got)
	}
	if err := saul.WriteAll(ctx, stack, []byte("broken"), nil); err != nil {
		t.Fatal(err)
	}
	ids := team.versions(stack)
	if len(ids) != 2 {
		t.Fatalf("versions %q", ids)
	}
	out, err := team.s3().GetObject(ctx, &s3.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(stack), VersionId: aws.String(ids[1])})
	if err != nil {
		t.Fatal(err)
	}
	defer out.Body.Close()
	if b, err := io.ReadAll(out.Body); err != nil || string(b) != "good" {
		t.Errorf("the version before is %q, %v", b, err)
	}
}

func (t *team) list(b *blob.Bucket, prefix string) []string {
	t.t.Helper()
	var keys []string
	list := b.List(&blob.ListOptions{Prefix: prefix, Delimiter: "/"})
	for {
		o, err := list.Next(t.t.Context())
		if errors.Is(err, io.EOF) {
			return keys
		}
		if err != nil {
			t.t.Fatal(err)
		}
		keys = append(keys, o.Key)
	}
}
