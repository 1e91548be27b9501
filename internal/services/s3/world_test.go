package s3

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/deliver"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// world is an S3 in memory, and a caller.
type world struct {
	*Service
	t     testing.TB
	blobs *blob.Memory
	now   time.Time
	as    *aws.Principal
	// deny says which accesses are refused.
	deny    func(service.Access) bool
	targets deliver.Router
}

const testAccount = "000000000000"

func newWorld(t testing.TB) *world {
	db := store.OpenMemory()
	t.Cleanup(func() { db.Close() })
	return worldOn(t, db)
}

func worldOn(t testing.TB, db *store.DB) *world {
	ids := aws.NewIDs(rand.NewChaCha8([32]byte{1}))
	w := &world{t: t, blobs: blob.NewMemory(ids), now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	w.as = &aws.Principal{Kind: aws.Root, Account: testAccount, ARN: "arn:aws:iam::000000000000:root"}
	w.deny = func(service.Access) bool { return false }
	now := clock.New(func() time.Time { return w.now }, 0)
	w.Service = New(Deps{DB: db, Blobs: w.blobs, IDs: ids, Now: func() time.Time { return w.now }, Keys: fakeKeys{}, Authorizer: w, Credentials: w, Targets: &w.targets, Log: slog.New(slog.DiscardHandler), Clock: now, Meter: meter.NewMeter(now.Now)})
	return w
}

// Allowed implements Authorizer.
func (w *world) Allowed(_ context.Context, _ *aws.Call, a service.Access) bool { return !w.deny(a) }

// Open implements Credentials.
func (w *world) Open(_ context.Context, accessKey, _ string) (*aws.Principal, string, error) {
	if accessKey != "test" {
		return nil, "", errors.New("no such key")
	}
	return w.as, "secret", nil
}

// fakeKeys seals by writing the context's hash beside the key.
type fakeKeys struct{}

func (fakeKeys) GenerateDataKey(_ context.Context, _ *aws.Call, keyID string, context map[string]string) (string, []byte, []byte, error) {
	if strings.Contains(keyID, "missing") {
		return "", nil, nil, aws.Errorf(400, "NotFoundException", "Key '%s' does not exist", keyID)
	}
	plain := sha256.Sum256([]byte(keyID))
	return "arn:aws:kms:eu-west-3:000000000000:key/" + keyID, plain[:], append(seal(context), plain[:]...), nil
}

func (fakeKeys) Decrypt(_ context.Context, _ *aws.Call, sealed []byte, context map[string]string) ([]byte, error) {
	plain, ok := bytes.CutPrefix(sealed, seal(context))
	if !ok {
		return nil, aws.Errorf(400, "InvalidCiphertextException", "")
	}
	return plain, nil
}

func seal(context map[string]string) []byte {
	sum := sha256.Sum256([]byte(context["aws:s3:arn"]))
	return sum[:]
}

func (w *world) call() *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: w.as.Account, Region: "eu-west-3"}, Service: "s3",
		Time: w.now, Principal: w.as, Host: "localhost:4566",
	}
}

// try carries a request out as the gateway would.
func (w *world) try(in any) (any, error) {
	op := w.operation(in)
	c := w.call()
	c.Operation = op.Name()
	accesses, err := op.Access(context.Background(), c, in)
	if err != nil {
		return nil, err
	}
	for _, a := range accesses {
		if w.deny(a) {
			return nil, errAccessDenied()
		}
	}
	return op.Invoke(context.Background(), c, in)
}

func (w *world) operation(in any) service.Operation {
	w.t.Helper()
	for _, op := range w.Operations() {
		if reflect.PointerTo(op.Input()) == reflect.TypeOf(in) {
			return op
		}
	}
	w.t.Fatalf("no operation takes a %T", in)
	return nil
}

// do is try for requests that must succeed.
func do[Out any](w *world, in any) *Out {
	w.t.Helper()
	out, err := w.try(in)
	if err != nil {
		w.t.Fatalf("%T: %v", in, err)
	}
	return out.(*Out)
}

// refused checks that a request is refused with a code, and returns the error.
func (w *world) refused(code string, in any) *aws.Error {
	w.t.Helper()
	out, err := w.try(in)
	var e *aws.Error
	if !errors.As(err, &e) {
		w.t.Fatalf("%T = %+v, %v; want %s", in, out, err, code)
	}
	if e.Code != code {
		w.t.Fatalf("%T: %v; want %s", in, e, code)
	}
	return e
}

func on(bucket string) onBucket      { return onBucket{Bucket: bucket} }
func at(bucket, key string) onObject { return onObject{on(bucket), key} }

func (w *world) bucket(name string) {
	w.t.Helper()
	do[CreateBucketOutput](w, &CreateBucketInput{onBucket: on(name), CreateBucketConfiguration: &CreateBucketConfiguration{LocationConstraint: "eu-west-3"}})
}

func (w *world) versioning(name, status string) {
	w.t.Helper()
	do[Empty](w, &PutBucketVersioningInput{onBucket: on(name), VersioningConfiguration: &VersioningConfiguration{Status: status}})
}

func put(bucket, key, content string) *PutObjectInput {
	return &PutObjectInput{onObject: at(bucket, key), Body: strings.NewReader(content), uploaded: ofLength(len(content))}
}

func ofLength(n int) uploaded {
	length := int64(n)
	return uploaded{ContentLength: &length}
}

func get(bucket, key string) *GetObjectInput {
	return &GetObjectInput{reading: reading{onObject: at(bucket, key)}}
}

// content reads what a GET answers.
func (w *world) content(in *GetObjectInput) string {
	w.t.Helper()
	out := do[GetObjectOutput](w, in)
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if int64(len(b)) != out.Body.Length {
		w.t.Fatalf("%d bytes, Length %d", len(b), out.Body.Length)
	}
	return string(b)
}

// stored counts the contents in the store, and the blobs.
func (w *world) stored() (inStore, inBlobs int) {
	w.t.Helper()
	err := w.DB.View(func(tx *store.Tx) error {
		for range tx.Scan(contents.at(nil), store.PrefixEnd(contents.at(nil))) {
			inStore++
		}
		return nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	_, err = w.blobs.Reopen().Sweep(context.Background(), func(blob.ID) (bool, error) {
		inBlobs++
		return true, nil
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return inStore, inBlobs
}
