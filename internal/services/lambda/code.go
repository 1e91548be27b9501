package lambda

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/blob"
	"github.com/niebla-cloud/niebla/internal/runtime"
	"github.com/niebla-cloud/niebla/internal/store"
)

// load takes the package that a request brings or names, and makes it v's code.
func (s *Service) load(ctx context.Context, c *aws.Call, v *version, in *FunctionCode) error {
	zip := in.ZipFile
	switch {
	case in.S3Bucket != "" && in.S3Key != "":
		var err error
		if zip, err = s.Objects.Object(ctx, c, in.S3Bucket, in.S3Key, in.S3ObjectVersion); err != nil {
			if e, ok := errors.AsType[*aws.Error](err); ok {
				return errS3("S3 Error Code: " + e.Code + ". S3 Error Message: " + e.Message)
			}
			return err
		}
	case len(zip) == 0:
		return errNoCode()
	}
	sum := sha256.Sum256(zip)
	v.Digest, v.Size = hex.EncodeToString(sum[:]), int64(len(zip))
	switch _, err := s.Runner.Unpack(v.Digest, bytes.NewReader(zip), v.Size); {
	case errors.Is(err, runtime.ErrNotZip):
		return errNotZip()
	case errors.Is(err, runtime.ErrTooLarge):
		return errCodeTooLarge()
	case err != nil:
		return err
	}
	w, err := s.Blobs.Create()
	if err != nil {
		return err
	}
	defer w.Abort()
	if _, err := w.Write(zip); err != nil {
		return err
	}
	v.Blob, err = w.Commit()
	return err
}

// folder returns where the code of a version is unpacked.
func (s *Service) folder(v *version) (string, error) {
	r, err := s.Blobs.Open(v.Blob)
	if err != nil {
		return "", err
	}
	defer r.Close()
	return s.Runner.Unpack(v.Digest, r, r.Size())
}

// discard removes a package that nothing names. One that stays because of an
// error goes with the next start.
func (s *Service) discard(id blob.ID) {
	if err := s.Blobs.Delete(id); err != nil {
		s.Log.Warn("a package of Lambda stays until the next start", "blob", id, "err", err)
	}
}

// release removes a package of a function unless one of its versions has it.
func (s *Service) release(n name, id blob.ID) {
	used := false
	err := s.DB.View(func(tx *store.Tx) error {
		f, _ := s.functions.Get(tx, n.scope, n.function)
		used = f.Latest.Blob == id
		for _, v := range s.published.All(tx, n.scope, n.function) {
			used = used || v.Blob == id
		}
		return nil
	})
	if err == nil && !used {
		s.discard(id)
	}
}

// sweep removes packages that an earlier process left.
func (s *Service) sweep(ctx context.Context) error {
	live := map[blob.ID]bool{}
	unpacked := map[string]bool{}
	err := s.DB.View(func(tx *store.Tx) error {
		for _, f := range s.functions.Everywhere(tx) {
			live[f.Latest.Blob], unpacked[f.Latest.Digest] = true, true
		}
		for _, v := range s.published.Everywhere(tx) {
			live[v.Blob], unpacked[v.Digest] = true, true
		}
		return nil
	})
	if err != nil {
		return err
	}
	_, err = s.Blobs.Sweep(ctx, func(id blob.ID) (bool, error) { return live[id], nil })
	return errors.Join(err, s.Runner.Sweep(func(name string) bool { return unpacked[name] }))
}

func base64OfHex(digest string) string {
	b, err := hex.DecodeString(digest)
	if err != nil {
		return "" // it is ours
	}
	return base64.StdEncoding.EncodeToString(b)
}
