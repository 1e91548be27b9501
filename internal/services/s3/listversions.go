package s3

import (
	"bytes"
	"context"
	"encoding/binary"
	"iter"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// entry is a version in the list of all versions.
type entry struct {
	key  string
	live bool
	*version
}

// allVersions yields all versions of the keys in a range of both spaces, by key,
// and the newest first. A key's live object is its newest version.
func allVersions(tx *store.Tx, b bucketID, fromLive, fromOther, hiLive, hiOther []byte) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		nextLive, stopLive := iter.Pull2(tx.Scan(fromLive, hiLive))
		defer stopLive()
		nextOther, stopOther := iter.Pull2(tx.Scan(fromOther, hiOther))
		defer stopOther()
		lk, lv, lok := nextLive()
		ok2, ov, ook := nextOther()
		for lok || ook {
			takeLive := lok
			if lok && ook {
				takeLive = bytes.Compare(lk[len(current.prefix(b)):], ok2[len(versions.prefix(b)):]) < 0
			}
			e, err := entry{live: takeLive}, error(nil)
			if takeLive {
				e.key, _ = current.key(b, lk)
				e.version, err = decodeVersion(lv)
				lk, lv, lok = nextLive()
			} else {
				e.key, _ = versions.key(b, ok2)
				e.version, err = decodeVersion(ov)
				ok2, ov, ook = nextOther()
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// versionStart is where a list of versions begins in the two spaces.
type versionStart struct {
	live, other []byte
	within      string // the key whose newest versions come before
}

func (s *Service) versionStart(tx *store.Tx, b *bucket, in *ListObjectVersionsInput) (versionStart, error) {
	st := versionStart{live: current.from(b.ID, in.Prefix), other: versions.from(b.ID, in.Prefix)}
	if in.KeyMarker == "" {
		return st, nil
	}
	t := in.tokenAfter(in.KeyMarker)
	live, other := t.position(current, b.ID), t.position(versions, b.ID)
	if in.VersionIdMarker != nil {
		seq, ok, err := s.history(tx, b, in.KeyMarker).markerSequence(*in.VersionIdMarker)
		if err != nil {
			return st, err
		}
		if ok {
			st.within = in.KeyMarker
			other = binary.BigEndian.AppendUint64(versions.of(b.ID, in.KeyMarker), ^seq+1)
		}
	}
	if bytes.Compare(live, st.live) > 0 {
		st.live = live
	}
	if bytes.Compare(other, st.other) > 0 {
		st.other = other
	}
	return st, nil
}

// markerSequence is the sequence number of a version that a list goes on after.
func (h history) markerSequence(id string) (uint64, bool, error) {
	if id != "null" {
		v, ok := parseVersionID(id)
		if !ok {
			return 0, false, errArgument("version-id-marker", id, "Invalid version id specified")
		}
		return v.seq, true, nil
	}
	v, _, err := h.find(id)
	if err != nil || v == nil {
		return 0, false, err
	}
	return v.ID.seq, true, nil
}

// versionPage is one page of the list of versions.
type versionPage struct {
	entries  []entry
	latest   []bool
	prefixes []string
	next     *token
	nextID   string
}

func (s *Service) versionPage(tx *store.Tx, b *bucket, in *ListObjectVersionsInput, limit int) (p versionPage, err error) {
	st, err := s.versionStart(tx, b, in)
	if err != nil {
		return p, err
	}
	hiLive, hiOther := store.PrefixEnd(current.from(b.ID, in.Prefix)), store.PrefixEnd(versions.from(b.ID, in.Prefix))
	last, prev, skipped := "", st.within, 0
	for limit > 0 {
		var jump *token
		for e, err := range allVersions(tx, b.ID, st.live, st.other, hiLive, hiOther) {
			if err != nil {
				return p, err
			}
			prefix, under := in.common(e.key)
			if under && prefix == last {
				if skipped++; skipped == patience {
					jump = &token{prefix, true}
					break
				}
				continue
			}
			if len(p.entries)+len(p.prefixes) == limit {
				p.end(last)
				return p, nil
			}
			if under {
				p.prefixes, last, skipped = append(p.prefixes, prefix), prefix, 0
				continue
			}
			p.entries, p.latest = append(p.entries, e), append(p.latest, e.key != prev)
			last, prev = "", e.key
		}
		if jump == nil {
			break
		}
		st.live, st.other = jump.position(current, b.ID), jump.position(versions, b.ID)
		if bytes.Compare(st.live, hiLive) >= 0 {
			break
		}
	}
	return p, nil
}

// end marks the page as not the last.
func (p *versionPage) end(prefix string) {
	if prefix != "" {
		p.next = &token{prefix, true}
		return
	}
	e := p.entries[len(p.entries)-1]
	p.next, p.nextID = &token{key: e.key}, e.id()
}

func (s *Service) listObjectVersions(_ context.Context, _ *aws.Call, in *ListObjectVersionsInput) (*ListObjectVersionsOutput, error) {
	if err := in.checkMarkers(); err != nil {
		return nil, err
	}
	limit, err := intBetween("max-keys", in.MaxKeys, maxPage, maxPage)
	if err != nil {
		return nil, err
	}
	b, err := s.bucketOf(in.onBucket)
	if err != nil {
		return nil, err
	}
	var p versionPage
	err = s.DB.View(func(tx *store.Tx) (err error) {
		p, err = s.versionPage(tx, &b.bucket, in, limit)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := &ListObjectVersionsOutput{
		Name: b.Name, Prefix: ptr(in.text(in.Prefix)), KeyMarker: ptr(in.text(in.KeyMarker)), VersionIdMarker: in.VersionIdMarker,
		MaxKeys: int32(limit), Delimiter: in.text(in.Delimiter), EncodingType: in.EncodingType, CommonPrefixes: in.prefixes(p.prefixes),
	}
	if out.VersionIdMarker == nil {
		out.VersionIdMarker = ptr("")
	}
	for i, e := range p.entries {
		out.add(&in.listing, e, p.latest[i], b.owner())
	}
	if p.next != nil {
		out.IsTruncated, out.NextKeyMarker, out.NextVersionIdMarker = true, in.text(p.next.key), p.nextID
	}
	return out, nil
}

func (in *ListObjectVersionsInput) checkMarkers() error {
	switch {
	case in.VersionIdMarker != nil && *in.VersionIdMarker == "":
		return errArgument("version-id-marker", "", "A version-id marker cannot be empty.")
	case in.VersionIdMarker != nil && in.KeyMarker == "":
		return errArgument("version-id-marker", *in.VersionIdMarker, "A version-id marker cannot be specified without a key marker.")
	}
	return in.check()
}

func (out *ListObjectVersionsOutput) add(l *listing, e entry, latest bool, owner Owner) {
	modified := e.Modified.Truncate(time.Millisecond)
	if e.Marker {
		out.DeleteMarkers = append(out.DeleteMarkers, DeleteMarkerEntry{l.text(e.key), e.id(), latest, modified, owner})
		return
	}
	out.Versions = append(out.Versions, ObjectVersion{
		Key: l.text(e.key), VersionId: e.id(), IsLatest: latest, LastModified: modified, ETag: quote(e.ETag),
		ChecksumAlgorithm: []string{e.Checksum.Algorithm}, ChecksumType: e.Checksum.Type,
		Size: e.Size, Owner: owner, StorageClass: e.class(),
	})
}
