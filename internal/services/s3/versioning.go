package s3

import (
	"context"
	"encoding/binary"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The states of a bucket's versioning, besides never set.
const (
	versioningEnabled   = "Enabled"
	versioningSuspended = "Suspended"
)

func (s *Service) putBucketVersioning(_ context.Context, _ *aws.Call, in *PutBucketVersioningInput) (*Empty, error) {
	if in.VersioningConfiguration == nil {
		return nil, errMissingBody()
	}
	status := in.VersioningConfiguration.Status
	switch {
	case status == "":
		return nil, errIllegalVersioning()
	case status != versioningEnabled && status != versioningSuspended:
		return nil, errMalformedXML()
	case in.VersioningConfiguration.MFADelete == "Enabled":
		return nil, errNotImplemented("MFA delete")
	}
	return &Empty{}, s.changeBucket(in.onBucket, func(b *bucket) error {
		b.Versioning = status
		return nil
	})
}

func (s *Service) getBucketVersioning(_ context.Context, _ *aws.Call, in *GetBucketVersioningInput) (*GetBucketVersioningOutput, error) {
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	return &GetBucketVersioningOutput{Status: b.Versioning}, nil
}

// history is the versions of one key, in a transaction. A version is stored
// once: the live object under current, everything else under versions, so
// that listing objects never meets what is not listed.
type history struct {
	s   *Service
	tx  *store.Tx
	b   *bucket
	key string
}

func (s *Service) history(tx *store.Tx, b *bucket, key string) history { return history{s, tx, b, key} }

// live returns the object of the key, or nil.
func (h history) live() (*version, error) {
	v, ok := h.tx.Get(current.of(h.b.ID, h.key))
	if !ok {
		return nil, nil
	}
	return decodeVersion(v)
}

// newest returns the newest version that is not live, or nil.
func (h history) newest() (*version, error) {
	p := versions.of(h.b.ID, h.key)
	for _, v := range h.tx.Scan(p, store.PrefixEnd(p)) {
		return decodeVersion(v)
	}
	return nil, nil
}

// find returns a version by its id as clients write it, and whether it is
// the live one; nil when there is none.
func (h history) find(id string) (v *version, live bool, err error) {
	v, err = h.live()
	if err != nil || v != nil && v.id() == id {
		return v, true, err
	}
	seq, ok := h.sequence(id)
	if !ok {
		return nil, false, nil
	}
	stored, ok := h.tx.Get(versionKey(h.b.ID, h.key, seq))
	if !ok {
		return nil, false, nil
	}
	v, err = decodeVersion(stored)
	if err != nil || v.id() != id {
		return nil, false, err
	}
	return v, false, nil
}

// sequence returns where in versions an id is.
func (h history) sequence(id string) (uint64, bool) {
	if id == "null" {
		v, ok := h.tx.Get(nulls.of(h.b.ID, h.key))
		if !ok {
			return 0, false
		}
		return binary.BigEndian.Uint64(v), true
	}
	v, ok := parseVersionID(id)
	return v.seq, ok
}

// put makes v the newest version, object or marker, and gives it its id.
func (h history) put(v *version) error {
	v.ID = newVersionID(h.tx.Sequence(), h.s.IDs)
	v.Null = h.b.Versioning != versioningEnabled
	old, err := h.live()
	if err != nil {
		return err
	}
	switch {
	case old == nil:
	case v.Null && old.Null:
		h.s.contents.drop(h.tx, old.Content)
	default:
		h.archive(old)
	}
	if v.Null && h.b.Versioning != "" {
		if err := h.dropNull(); err != nil {
			return err
		}
	}
	if v.Marker {
		h.tx.Delete(current.of(h.b.ID, h.key))
		h.archive(v)
		return nil
	}
	h.tx.Set(current.of(h.b.ID, h.key), v.encode())
	return nil
}

// archive stores a version that is not live.
func (h history) archive(v *version) {
	h.tx.Set(versionKey(h.b.ID, h.key, v.ID.seq), v.encode())
	if v.Null {
		h.tx.Set(nulls.of(h.b.ID, h.key), binary.BigEndian.AppendUint64(nil, v.ID.seq))
	}
}

// dropNull removes the null version that is not live, if there is one.
func (h history) dropNull() error {
	v, live, err := h.find("null")
	if err != nil || v == nil || live {
		return err
	}
	h.unarchive(v)
	h.s.contents.drop(h.tx, v.Content)
	return nil
}

func (h history) unarchive(v *version) {
	h.tx.Delete(versionKey(h.b.ID, h.key, v.ID.seq))
	if v.Null {
		h.tx.Delete(nulls.of(h.b.ID, h.key))
	}
}

// remove deletes one version for good. The newest that is left becomes the
// live object, unless it is a marker.
func (h history) remove(v *version, live bool) error {
	h.s.contents.drop(h.tx, v.Content)
	if live {
		h.tx.Delete(current.of(h.b.ID, h.key))
	} else {
		h.unarchive(v)
		if _, ok := h.tx.Get(current.of(h.b.ID, h.key)); ok {
			return nil
		}
	}
	next, err := h.newest()
	if err != nil || next == nil || next.Marker {
		return err
	}
	h.unarchive(next)
	h.tx.Set(current.of(h.b.ID, h.key), next.encode())
	return nil
}

// removeVersion is remove for a request.
func (h history) removeVersion(c *aws.Call, v *version, live bool) error {
	if err := h.remove(v, live); err != nil {
		return err
	}
	return h.note(c, removed, v)
}

// deleteLive is a DELETE that names no version: the object goes, or hides
// behind a marker, which is returned.
func (h history) deleteLive(now *aws.Call) (marker *version, err error) {
	if h.b.Versioning != "" {
		marker = &version{Marker: true, Modified: now.Time.UTC()}
		if err := h.put(marker); err != nil {
			return nil, err
		}
		return marker, h.note(now, marked, marker)
	}
	old, err := h.live()
	if err != nil || old == nil {
		return nil, err
	}
	return nil, h.removeVersion(now, old, true)
}

// replace stores a version that kept its id and content.
func (h history) replace(v *version, live bool) {
	if live {
		h.tx.Set(current.of(h.b.ID, h.key), v.encode())
		return
	}
	h.archive(v)
}
