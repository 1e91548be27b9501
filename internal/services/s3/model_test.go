package s3

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"
)

// model is a bucket as plain as can be: for each key its versions, the newest
// first.
type model struct {
	state string
	keys  map[string][]modelVersion
}

type modelVersion struct {
	id, content string
	marker      bool
}

func (m *model) put(key string, v modelVersion) {
	list := m.keys[key]
	if v.id == "null" {
		list = slices.DeleteFunc(list, func(o modelVersion) bool { return o.id == "null" })
	}
	m.keys[key] = append([]modelVersion{v}, list...)
}

func (m *model) remove(key, id string) {
	m.keys[key] = slices.DeleteFunc(m.keys[key], func(o modelVersion) bool { return o.id == id })
	if len(m.keys[key]) == 0 {
		delete(m.keys, key)
	}
}

func (m *model) sorted() []string {
	var keys []string
	for k := range m.keys {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}

// live lists the keys and common prefixes of a list of objects.
func (m *model) live(prefix, delimiter, after string) []string {
	var out []string
	for _, k := range m.sorted() {
		if !strings.HasPrefix(k, prefix) || m.keys[k][0].marker {
			continue
		}
		entry := k
		if i := strings.Index(k[len(prefix):], delimiter); delimiter != "" && i >= 0 {
			entry = k[:len(prefix)+i+len(delimiter)] + "|"
		}
		name := strings.TrimSuffix(entry, "|")
		if entry == k && k <= after || entry != k && (k <= after || name == after) {
			continue
		}
		if len(out) == 0 || out[len(out)-1] != entry {
			out = append(out, entry)
		}
	}
	return out
}

// all lists the versions as a list of versions has them.
func (m *model) all(prefix string) []string {
	var out []string
	for _, k := range m.sorted() {
		if !strings.HasPrefix(k, prefix) {
			continue
		}
		for i, v := range m.keys[k] {
			out = append(out, fmt.Sprintf("%s %s marker=%v latest=%v", k, v.id, v.marker, i == 0))
		}
	}
	return out
}

var modelKeys = []string{"a", "a/", "a/b", "a/b/c", "a0", "b", "b\x00", "b\x00c", "é", "z/z/z", "z/z/zz", "zz", "~", "\U0010ffff"}

func TestModel(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { runModel(t, rand.New(rand.NewPCG(seed, 7)), 250) })
	}
}

func runModel(t *testing.T, r *rand.Rand, steps int) {
	w := newWorld(t)
	w.bucket("model")
	m := &model{keys: map[string][]modelVersion{}}
	for step := range steps {
		w.now = w.now.Add(time.Second)
		key := modelKeys[r.IntN(len(modelKeys))]
		switch n := r.IntN(20); {
		case n == 0 && step > 20:
			m.state = []string{versioningEnabled, versioningSuspended}[r.IntN(2)]
			w.versioning("model", m.state)
		case n < 10:
			w.modelPut(m, key, fmt.Sprintf("%s-%d", key, step))
		case n < 14:
			w.modelDelete(m, key)
		case n < 18:
			if list := m.keys[key]; len(list) > 0 {
				id := list[r.IntN(len(list))].id
				do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("model", key), VersionId: &id})
				m.remove(key, id)
			}
		default:
			w.modelCheck(m, r)
		}
	}
	w.modelCheck(m, r)
	w.modelGone(m)
}

func (w *world) modelPut(m *model, key, content string) {
	out := do[PutObjectOutput](w, put("model", key, content))
	id := out.VersionId
	if m.state != versioningEnabled {
		id = "null"
	}
	m.put(key, modelVersion{id: id, content: content})
}

func (w *world) modelDelete(m *model, key string) {
	w.t.Helper()
	out := do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("model", key)})
	if m.state == "" {
		m.remove(key, "null")
		return
	}
	if out.DeleteMarker == nil || (out.VersionId == "null") != (m.state == versioningSuspended) {
		w.t.Fatalf("delete in state %q: %+v", m.state, out)
	}
	m.put(key, modelVersion{id: out.VersionId, marker: true})
}

func (w *world) modelCheck(m *model, r *rand.Rand) {
	w.t.Helper()
	w.modelReads(m)
	prefix := []string{"", "a", "a/", "z/", "b", "nothing"}[r.IntN(6)]
	delimiter := []string{"", "/", "z", "b/"}[r.IntN(4)]
	limit := 1 + r.IntN(5)
	after := ""
	if r.IntN(2) == 0 {
		after = modelKeys[r.IntN(len(modelKeys))]
	}
	if got, want := w.listAll(prefix, delimiter, after, limit), m.live(prefix, delimiter, after); !slices.Equal(got, want) {
		w.t.Fatalf("list prefix %q delimiter %q after %q by %d:\n got %q\nwant %q", prefix, delimiter, after, limit, got, want)
	}
	if got, want := w.listV1(prefix, delimiter, limit), m.live(prefix, delimiter, ""); !slices.Equal(got, want) {
		w.t.Fatalf("list 1 prefix %q delimiter %q by %d:\n got %q\nwant %q", prefix, delimiter, limit, got, want)
	}
	if got, want := w.versionsAll(prefix, limit), m.all(prefix); !slices.Equal(got, want) {
		w.t.Fatalf("versions prefix %q by %d:\n got %q\nwant %q", prefix, limit, got, want)
	}
}

// modelReads reads every version, and the live object of every key.
func (w *world) modelReads(m *model) {
	w.t.Helper()
	for _, key := range modelKeys {
		list := m.keys[key]
		if len(list) == 0 || list[0].marker {
			e := w.refused("NoSuchKey", get("model", key))
			if marked := e.Header.Get("X-Amz-Delete-Marker") == "true"; marked != (len(list) > 0) {
				w.t.Fatalf("%q: delete marker told: %v", key, marked)
			}
		} else if got := w.content(get("model", key)); got != list[0].content {
			w.t.Fatalf("%q is %q, want %q", key, got, list[0].content)
		}
		for _, v := range list {
			in := get("model", key)
			in.VersionId = &v.id
			if v.marker {
				w.refused("MethodNotAllowed", in)
			} else if got := w.content(in); got != v.content {
				w.t.Fatalf("%q version %s is %q, want %q", key, v.id, got, v.content)
			}
		}
	}
}

// modelGone removes everything and checks that nothing is left of it.
func (w *world) modelGone(m *model) {
	w.t.Helper()
	if len(m.keys) > 0 {
		w.refused("BucketNotEmpty", &DeleteBucketInput{onBucket: on("model")})
	}
	for key, list := range m.keys {
		for _, v := range list {
			do[DeleteObjectOutput](w, &DeleteObjectInput{onObject: at("model", key), VersionId: &v.id})
		}
	}
	do[NoContent](w, &DeleteBucketInput{onBucket: on("model")})
	if inStore, inBlobs := w.stored(); inStore != 0 || inBlobs != 0 {
		w.t.Fatalf("left behind: %d contents, %d blobs", inStore, inBlobs)
	}
}

func (w *world) listAll(prefix, delimiter, after string, limit int) (all []string) {
	w.t.Helper()
	in := &ListObjectsV2Input{listing: listing{onBucket: on("model"), Prefix: prefix, Delimiter: delimiter}, MaxKeys: fmt.Sprint(limit), StartAfter: after}
	for {
		out := do[ListObjectsV2Output](w, in)
		all = append(all, merged(out.Contents, out.CommonPrefixes)...)
		if int(out.KeyCount) > limit || out.IsTruncated != (out.NextContinuationToken != "") {
			w.t.Fatalf("page %+v", out)
		}
		if !out.IsTruncated {
			return all
		}
		in.ContinuationToken = &out.NextContinuationToken
	}
}

func (w *world) listV1(prefix, delimiter string, limit int) (all []string) {
	w.t.Helper()
	in := &ListObjectsInput{listing: listing{onBucket: on("model"), Prefix: prefix, Delimiter: delimiter}, MaxKeys: fmt.Sprint(limit)}
	for {
		out := do[ListObjectsOutput](w, in)
		all = append(all, merged(out.Contents, out.CommonPrefixes)...)
		if !out.IsTruncated {
			return all
		}
		if in.Marker = out.NextMarker; in.Marker == "" {
			in.Marker = out.Contents[len(out.Contents)-1].Key
		}
	}
}

// merged puts keys and common prefixes in the order of the list.
func merged(objects []Object, prefixes []CommonPrefix) (all []string) {
	for _, o := range objects {
		all = append(all, o.Key)
	}
	for _, p := range prefixes {
		all = append(all, p.Prefix+"|")
	}
	sort.Slice(all, func(i, j int) bool { return strings.TrimSuffix(all[i], "|") < strings.TrimSuffix(all[j], "|") })
	return all
}

func (w *world) versionsAll(prefix string, limit int) (all []string) {
	w.t.Helper()
	in := &ListObjectVersionsInput{listing: listing{onBucket: on("model"), Prefix: prefix}, MaxKeys: fmt.Sprint(limit)}
	for {
		out := do[ListObjectVersionsOutput](w, in)
		all = append(all, versionLines(out)...)
		if !out.IsTruncated {
			return all
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, &out.NextVersionIdMarker
	}
}

// versionLines puts the versions and markers of a page in one order again. A
// version id does not order by itself, but its sequence number does.
func versionLines(out *ListObjectVersionsOutput) []string {
	type line struct{ key, text string }
	var lines []line
	vs, ms := out.Versions, out.DeleteMarkers
	for len(vs) > 0 || len(ms) > 0 {
		first := len(ms) == 0
		if len(vs) > 0 && len(ms) > 0 {
			first = vs[0].Key < ms[0].Key || vs[0].Key == ms[0].Key && vs[0].LastModified.After(ms[0].LastModified)
		}
		if first {
			lines = append(lines, line{vs[0].Key, fmt.Sprintf("%s %s marker=%v latest=%v", vs[0].Key, vs[0].VersionId, false, vs[0].IsLatest)})
			vs = vs[1:]
		} else {
			lines = append(lines, line{ms[0].Key, fmt.Sprintf("%s %s marker=%v latest=%v", ms[0].Key, ms[0].VersionId, true, ms[0].IsLatest)})
			ms = ms[1:]
		}
	}
	var texts []string
	for _, l := range lines {
		texts = append(texts, l.text)
	}
	return texts
}
