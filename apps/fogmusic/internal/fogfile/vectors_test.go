package fogfile

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var rewrite = flag.Bool("rewrite", false, "rewrite the derived members of testdata/vectors.json and the .enc files")

// vectorFile is testdata/vectors.json; the web player's tests read it too.
type vectorFile struct {
	Comment  string     `json:"comment"`
	Vectors  []*vector  `json:"vectors"`
	Tampered []tampered `json:"tampered"`
}

type vector struct {
	Name       string `json:"name"`
	Mode       string `json:"mode"`
	ChunkSize  int    `json:"chunkSize"`
	PlainSize  int64  `json:"plainSize"`
	SongID     string `json:"songId"`
	Salt       string `json:"salt"`
	DataKey    string `json:"dataKey"`
	WrappedKey string `json:"wrappedKey"`
	// Derived from here on.
	Size        int64         `json:"size"`
	SHA256      string        `json:"sha256"`
	PlainSHA256 string        `json:"plainSha256"`
	HeaderHash  string        `json:"headerHash"`
	ContentKey  string        `json:"contentKey"`
	Chunks      []vectorChunk `json:"chunks"`
}

type vectorChunk struct {
	Index  int64  `json:"index"`
	Last   bool   `json:"last"`
	Offset int64  `json:"offset"`
	Length int    `json:"length"`
	Nonce  string `json:"nonce"`
	AAD    string `json:"aad"`
	Tag    string `json:"tag"`
}

// A tampered case edits the container of the vector Of, in order, and says
// which step must fail: "open" (header or size) or "read" (decrypting).
type tampered struct {
	Name  string `json:"name"`
	Of    string `json:"of"`
	Edits []edit `json:"edits"`
	Fails string `json:"fails"`
}

type edit struct {
	Op     string `json:"op"`     // xor, swap, truncate, append, header, chunk
	Offset int    `json:"offset"` // xor: which byte
	Value  byte   `json:"value"`  // xor: with what
	A      int64  `json:"a"`      // swap: chunk; chunk: destination
	B      int64  `json:"b"`      // swap: chunk; chunk: source
	Size   int    `json:"size"`   // truncate: to how many bytes
	Hex    string `json:"hex"`    // append: what
	From   string `json:"from"`   // header, chunk: the vector to copy it from
}

// pattern is the plaintext of every vector.
func pattern(n int64) []byte {
	p := make([]byte, n)
	for i := range p {
		p[i] = byte(7*i + i>>8)
	}
	return p
}

func unhex(tb testing.TB, s string) []byte {
	tb.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		tb.Fatal(err)
	}
	return b
}

func (v *vector) header(tb testing.TB) Header {
	tb.Helper()
	id, err := ParseSongID(v.SongID)
	if err != nil {
		tb.Fatal(err)
	}
	h := Header{Mode: ModeKMS, ChunkSize: v.ChunkSize, PlainSize: v.PlainSize, SongID: id,
		Salt: [32]byte(unhex(tb, v.Salt)), WrappedKey: unhex(tb, v.WrappedKey)}
	if v.Mode == "static" {
		h.Mode = ModeStatic
	}
	return h
}

// key is a KeyFunc that gives the vector's data key.
func (v *vector) key(tb testing.TB) KeyFunc {
	return func(Header) ([]byte, error) { return unhex(tb, v.DataKey), nil }
}

// seal gives the vector with its derived members computed, and the container.
func (v *vector) seal(tb testing.TB) (*vector, []byte) {
	tb.Helper()
	h := v.header(tb)
	plain := pattern(v.PlainSize)
	var out bytes.Buffer
	w, err := NewWriter(&out, h, unhex(tb, v.DataKey))
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	d := *v
	d.Size = int64(out.Len())
	sum, plainSum := sha256.Sum256(out.Bytes()), sha256.Sum256(plain)
	d.SHA256, d.PlainSHA256 = hex.EncodeToString(sum[:]), hex.EncodeToString(plainSum[:])
	d.HeaderHash = hex.EncodeToString(w.sealer.hash[:])
	key, err := contentKey(unhex(tb, v.DataKey), h.Salt[:], w.sealer.hash[:])
	if err != nil {
		tb.Fatal(err)
	}
	d.ContentKey = hex.EncodeToString(key)
	d.Chunks = nil
	for i := range h.Chunks() {
		off, n := h.Span(i)
		d.Chunks = append(d.Chunks, vectorChunk{
			Index: i, Last: h.last(i), Offset: off, Length: n,
			Nonce: hex.EncodeToString(w.sealer.nonce(i)), AAD: hex.EncodeToString(w.sealer.aad(i)),
			Tag: hex.EncodeToString(out.Bytes()[off+int64(n)-TagSize : off+int64(n)]),
		})
	}
	return &d, out.Bytes()
}

func readVectors(tb testing.TB) vectorFile {
	tb.Helper()
	b, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	var f vectorFile
	if err := json.Unmarshal(b, &f); err != nil {
		tb.Fatal(err)
	}
	return f
}

func marshal(tb testing.TB, v any) []byte {
	tb.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func TestVectors(t *testing.T) {
	f := readVectors(t)
	for i, v := range f.Vectors {
		d, sealed := v.seal(t)
		file := filepath.Join("testdata", v.Name+".enc")
		if *rewrite {
			f.Vectors[i] = d
			if err := os.WriteFile(file, sealed, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if got, want := marshal(t, d), marshal(t, v); !bytes.Equal(got, want) {
			t.Errorf("%s: got %s\nwant %s", v.Name, got, want)
		}
		if want, err := os.ReadFile(file); err != nil || !bytes.Equal(sealed, want) {
			t.Errorf("%s: container differs from %s (%v)", v.Name, file, err)
		}
	}
	if *rewrite {
		if err := os.WriteFile("testdata/vectors.json", marshal(t, f), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTampering(t *testing.T) {
	f := readVectors(t)
	vectors, sealed := map[string]*vector{}, map[string][]byte{}
	for _, v := range f.Vectors {
		vectors[v.Name] = v
		_, sealed[v.Name] = v.seal(t)
	}
	for _, c := range f.Tampered {
		t.Run(c.Name, func(t *testing.T) {
			v := vectors[c.Of]
			h := v.header(t)
			b := bytes.Clone(sealed[c.Of])
			span := func(h Header, b []byte, i int64) []byte {
				off, n := h.Span(i)
				return b[off : off+int64(n)]
			}
			for _, e := range c.Edits {
				switch e.Op {
				case "xor":
					b[e.Offset] ^= e.Value
				case "swap":
					a, z := span(h, b, e.A), span(h, b, e.B)
					saved := bytes.Clone(a)
					copy(a, z)
					copy(z, saved)
				case "truncate":
					b = b[:e.Size]
				case "append":
					b = append(b, unhex(t, e.Hex)...)
				case "header":
					copy(b, sealed[e.From][:HeaderSize])
				case "chunk":
					copy(span(h, b, e.A), span(vectors[e.From].header(t), sealed[e.From], e.B))
				default:
					t.Fatalf("unknown edit %q", e.Op)
				}
			}
			r, err := NewReader(bytes.NewReader(b), int64(len(b)), v.key(t))
			switch c.Fails {
			case "open":
				if !errors.Is(err, ErrFormat) {
					t.Fatalf("open: %v, want ErrFormat", err)
				}
			case "read":
				if err != nil {
					t.Fatalf("open: %v, want it to open and not to read", err)
				}
				if err := r.Verify(); !errors.Is(err, ErrAuth) {
					t.Fatalf("read: %v, want ErrAuth", err)
				}
			default:
				t.Fatalf("fails = %q", c.Fails)
			}
		})
	}
}
