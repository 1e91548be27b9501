package kms

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// bench is a KMS whose clock the test moves.
type bench struct {
	*Service
	now time.Time
}

func newBench(t testing.TB) *bench {
	db := store.OpenMemory()
	t.Cleanup(func() { db.Close() })
	b := &bench{now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	b.Service = New(Deps{DB: db, IDs: aws.NewIDs(nil), Now: func() time.Time { return b.now }})
	return b
}

func (b *bench) call() *aws.Call {
	return &aws.Call{
		Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: b.now,
		Principal: &aws.Principal{Kind: aws.Root, Account: "000000000000", ARN: "arn:aws:iam::000000000000:root"},
	}
}

// do runs a handler, and fails the test when it fails.
func do[In, Out any](t testing.TB, b *bench, h func(context.Context, *aws.Call, *In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := h(t.Context(), b.call(), &in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused runs a handler, and fails the test unless it answers with code.
func refused[In, Out any](t testing.TB, b *bench, code string, h func(context.Context, *aws.Call, *In) (*Out, error), in In) {
	t.Helper()
	_, err := h(t.Context(), b.call(), &in)
	var e *aws.Error
	if !errors.As(err, &e) || e.Code != code {
		t.Errorf("%T: %v, want %s", in, err, code)
	}
}

func (b *bench) newKeyID(t testing.TB) string {
	return do(t, b, b.createKey, CreateKeyInput{}).KeyMetadata.KeyId
}

func TestContextIsAuthenticated(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	blob := do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("song"), EncryptionContext: map[string]string{"a": "b", "c": "d"}}).CiphertextBlob
	for _, context := range []map[string]string{
		nil, {"a": "b"}, {"a": "d", "c": "b"}, {"ab": "", "c": "d"}, {"a": "bc", "": "d"}, {"a": "b", "c": "d", "e": ""},
	} {
		refused(t, b, "InvalidCiphertextException", b.decrypt, DecryptInput{CiphertextBlob: blob, EncryptionContext: context})
	}
	out := do(t, b, b.decrypt, DecryptInput{CiphertextBlob: blob, EncryptionContext: map[string]string{"c": "d", "a": "b"}})
	if string(out.Plaintext) != "song" {
		t.Errorf("Plaintext = %q", out.Plaintext)
	}
	empty := do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("x"), EncryptionContext: map[string]string{}}).CiphertextBlob
	do(t, b, b.decrypt, DecryptInput{CiphertextBlob: empty}) // none is the same as an empty one
}

func TestBlobIsAuthenticated(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	b.newKeyID(t)
	blob := do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("song")}).CiphertextBlob
	for i := range blob {
		for _, bit := range []byte{1, 0x80} {
			bad := slices.Clone(blob)
			bad[i] ^= bit
			c := b.call()
			if out, err := b.decrypt(t.Context(), c, &DecryptInput{CiphertextBlob: bad}); err == nil {
				t.Fatalf("byte %d changed: %+v", i, out)
			}
		}
	}
	for n := range len(blob) {
		refused(t, b, "InvalidCiphertextException", b.decrypt, DecryptInput{CiphertextBlob: blob[:n]})
	}
}

func TestMaterialStaysInside(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	do(t, b, b.rotateKeyOnDemand, RotateKeyOnDemandInput{KeyId: id})
	var k key
	if err := b.read(b.call(), id, func(_ *store.Tx, found key) error { k = found; return nil }); err != nil {
		t.Fatal(err)
	}
	answers := []any{
		do(t, b, b.describeKey, DescribeKeyInput{KeyId: id}),
		do(t, b, b.listKeyRotations, ListKeyRotationsInput{KeyId: id, IncludeKeyMaterial: "ALL_KEY_MATERIAL"}),
		do(t, b, b.getKeyPolicy, GetKeyPolicyInput{KeyId: id}),
		do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("x")}),
		do(t, b, b.generateDataKey, GenerateDataKeyInput{KeyId: id, KeySpec: "AES_256"}),
	}
	for _, a := range answers {
		text, err := json.Marshal(a)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range k.Materials {
			secret, _ := json.Marshal(m.Secret)
			if bytes.Contains(text, bytes.Trim(secret, `"`)) {
				t.Errorf("%T carries key material", a)
			}
		}
	}
}

func TestRotationFollowsTheClock(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	do(t, b, b.enableKeyRotation, EnableKeyRotationInput{KeyId: id, RotationPeriodInDays: 90})
	before := do(t, b, b.encrypt, EncryptInput{KeyId: id, Plaintext: []byte("old")}).CiphertextBlob
	first := do(t, b, b.describeKey, DescribeKeyInput{KeyId: id}).KeyMetadata.CurrentKeyMaterialId

	b.now = b.now.Add(90*day - time.Second)
	if got := do(t, b, b.describeKey, DescribeKeyInput{KeyId: id}).KeyMetadata.CurrentKeyMaterialId; got != first {
		t.Errorf("rotated early")
	}
	b.now = b.now.Add(91 * day) // past the first and the second date
	out := do(t, b, b.generateDataKey, GenerateDataKeyInput{KeyId: id, KeySpec: "AES_256"})
	if out.KeyMaterialId == first {
		t.Errorf("the material did not change")
	}
	list := do(t, b, b.listKeyRotations, ListKeyRotationsInput{KeyId: id}).Rotations
	if len(list) != 2 || list[1].RotationDate.Sub(list[0].RotationDate) != 90*day || list[1].KeyMaterialState != "CURRENT" {
		t.Errorf("rotations = %+v", list)
	}
	status := do(t, b, b.getKeyRotationStatus, GetKeyRotationStatusInput{KeyId: id})
	if want := list[1].RotationDate.Add(90 * day); !status.NextRotationDate.Equal(want) {
		t.Errorf("NextRotationDate = %v, want %v", status.NextRotationDate, want)
	}
	for _, blob := range [][]byte{before, out.CiphertextBlob} {
		do(t, b, b.decrypt, DecryptInput{CiphertextBlob: blob})
	}
	do(t, b, b.disableKeyRotation, DisableKeyRotationInput{KeyId: id})
	b.now = b.now.Add(1000 * day)
	if got := len(do(t, b, b.listKeyRotations, ListKeyRotationsInput{KeyId: id}).Rotations); got != 2 {
		t.Errorf("%d rotations after it was switched off, want 2", got)
	}
}

func TestRotationOnDemandIsLimited(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	for range maxOnDemand {
		do(t, b, b.rotateKeyOnDemand, RotateKeyOnDemandInput{KeyId: id})
	}
	refused(t, b, "LimitExceededException", b.rotateKeyOnDemand, RotateKeyOnDemandInput{KeyId: id})
	var ids []string
	for next, more := "", true; more; {
		page := do(t, b, b.listKeyRotations, ListKeyRotationsInput{KeyId: id, Limit: 10, Marker: next, IncludeKeyMaterial: "ALL_KEY_MATERIAL"})
		for _, r := range page.Rotations {
			ids = append(ids, r.KeyMaterialId)
		}
		next, more = page.NextMarker, page.Truncated
	}
	if len(ids) != maxOnDemand+1 || len(slices.Compact(slices.Sorted(slices.Values(ids)))) != len(ids) {
		t.Errorf("%d versions listed, want %d different ones", len(ids), maxOnDemand+1)
	}
}

func TestDeletionFollowsTheClock(t *testing.T) {
	b := newBench(t)
	id := b.newKeyID(t)
	do(t, b, b.createAlias, CreateAliasInput{AliasName: "alias/a", TargetKeyId: id})
	do(t, b, b.createAlias, CreateAliasInput{AliasName: "alias/b", TargetKeyId: id})
	do(t, b, b.scheduleKeyDeletion, ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: 7})
	b.now = b.now.Add(7*day - time.Second)
	if got := do(t, b, b.describeKey, DescribeKeyInput{KeyId: "alias/a"}).KeyMetadata.KeyState; got != string(PendingDeletion) {
		t.Errorf("KeyState = %s", got)
	}
	b.now = b.now.Add(time.Second)
	refused(t, b, "NotFoundException", b.describeKey, DescribeKeyInput{KeyId: id})
	refused(t, b, "NotFoundException", b.cancelKeyDeletion, CancelKeyDeletionInput{KeyId: id})
	if keys := do(t, b, b.listKeys, ListKeysInput{}).Keys; len(keys) != 0 {
		t.Errorf("ListKeys = %v", keys)
	}

	// An alias of the dead key may be taken before the sweep has been by, and stays.
	other := b.newKeyID(t)
	do(t, b, b.createAlias, CreateAliasInput{AliasName: "alias/a", TargetKeyId: other})
	if err := b.sweep(b.now); err != nil {
		t.Fatal(err)
	}
	list := do(t, b, b.listAliases, ListAliasesInput{}).Aliases
	if len(list) != 1 || list[0].AliasName != "alias/a" || list[0].TargetKeyId != other {
		t.Errorf("ListAliases = %+v", list)
	}
	err := b.DB.View(func(tx *store.Tx) error {
		for _, k := range b.keys.Everywhere(tx) {
			if k.ID == id {
				t.Errorf("the material of a deleted key is still in the store")
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSweepStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newBench(t).Run(ctx); err != nil {
		t.Error(err)
	}
}

func FuzzParseBlob(f *testing.F) {
	f.Add(header{aws.Scope{Account: "000000000000", Region: "eu-west-3"}, "k", 3}.append(nil))
	f.Add([]byte{blobFormat, 255})
	f.Add([]byte(strings.Repeat("\x01", 60)))
	f.Fuzz(func(t *testing.T, blob []byte) {
		h, salt, nonce, sealed, err := parseBlob(blob)
		if err != nil {
			return
		}
		again := append(append(append(h.append(nil), salt...), nonce...), sealed...)
		if !bytes.Equal(again, blob) {
			t.Errorf("%x parses to %x", blob, again)
		}
	})
}
