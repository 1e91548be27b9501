package fogfile

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
	"testing/iotest"
)

func seal(tb testing.TB, h Header, key, plain []byte, step int) []byte {
	tb.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, h, key)
	if err != nil {
		tb.Fatal(err)
	}
	for rest := plain; len(rest) > 0; rest = rest[min(step, len(rest)):] {
		if _, err := w.Write(rest[:min(step, len(rest))]); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return out.Bytes()
}

func open(tb testing.TB, sealed, key []byte) *Reader {
	tb.Helper()
	r, err := NewReader(bytes.NewReader(sealed), int64(len(sealed)), func(Header) ([]byte, error) { return key, nil })
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func staticHeader(size int64, chunk int) Header {
	return Header{Mode: ModeStatic, ChunkSize: chunk, PlainSize: size, SongID: SongIDOf([]byte("x")), Salt: [32]byte{1}}
}

func TestRoundTrip(t *testing.T) {
	key := []byte(StaticKey)
	const c = DefaultChunkSize
	for _, size := range []int64{0, 1, c - 1, c, c + 1, 2 * c, 3*c + 7} {
		for _, step := range []int{1 << 20, c, c - 1, 1000} {
			plain := pattern(size)
			sealed := seal(t, staticHeader(size, c), key, plain, step)
			r := open(t, sealed, key)
			if int64(len(sealed)) != r.Header().Size() {
				t.Fatalf("size %d: container of %d bytes, layout says %d", size, len(sealed), r.Header().Size())
			}
			if err := r.Verify(); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(io.NewSectionReader(r, 0, r.Size()))
			if err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("size %d step %d: %d bytes back, %v", size, step, len(got), err)
			}
		}
	}
}

func TestReadAt(t *testing.T) {
	key, plain := []byte(StaticKey), pattern(3*MaxChunkSize+99)
	r := open(t, seal(t, staticHeader(int64(len(plain)), MaxChunkSize), key, plain, 1<<20), key)
	if err := iotest.TestReader(io.NewSectionReader(r, 0, r.Size()), plain); err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		off := rnd.IntN(len(plain))
		p := make([]byte, rnd.IntN(len(plain)-off)+1)
		if n, err := r.ReadAt(p, int64(off)); n != len(p) || err != nil || !bytes.Equal(p, plain[off:off+n]) {
			t.Fatalf("ReadAt(%d bytes, %d) = %d, %v", len(p), off, n, err)
		}
	}
	if n, err := r.ReadAt(make([]byte, 10), r.Size()-4); n != 4 || err != io.EOF {
		t.Fatalf("at the end: %d, %v", n, err)
	}
	if n, err := r.ReadAt(make([]byte, 10), r.Size()); n != 0 || err != io.EOF {
		t.Fatalf("past the end: %d, %v", n, err)
	}
	if _, err := r.ReadAt(make([]byte, 1), -1); err == nil {
		t.Fatal("negative offset accepted")
	}
}

// TestEveryByteIsAuthenticated flips each bit of each byte of a small
// container of either mode.
func TestEveryByteIsAuthenticated(t *testing.T) {
	for _, v := range readVectors(t).Vectors {
		if v.PlainSize > 100 {
			continue
		}
		_, sealed := v.seal(t)
		for i := range sealed {
			for bit := range 8 {
				b := bytes.Clone(sealed)
				b[i] ^= 1 << bit
				r, err := NewReader(bytes.NewReader(b), int64(len(b)), v.key(t))
				if err == nil {
					err = r.Verify()
				}
				if !errors.Is(err, ErrAuth) && !errors.Is(err, ErrFormat) {
					t.Fatalf("%s: bit %d of byte %d flipped: %v", v.Name, bit, i, err)
				}
			}
		}
	}
}

func TestStaticKey(t *testing.T) {
	if len(StaticKey) != KeySize {
		t.Fatalf("%d bytes", len(StaticKey))
	}
}

func TestWrongKey(t *testing.T) {
	sealed := seal(t, staticHeader(5, DefaultChunkSize), []byte(StaticKey), []byte("hello"), 5)
	r := open(t, sealed, bytes.Repeat([]byte{7}, KeySize))
	if err := r.Verify(); !errors.Is(err, ErrAuth) {
		t.Fatal(err)
	}
	refused := errors.New("refused")
	_, err := NewReader(bytes.NewReader(sealed), int64(len(sealed)), func(Header) ([]byte, error) { return nil, refused })
	if !errors.Is(err, refused) {
		t.Fatal(err)
	}
	if _, err := NewWriter(io.Discard, staticHeader(5, DefaultChunkSize), []byte("short")); err == nil {
		t.Fatal("short key accepted")
	}
}

// TestWriterHoldsToItsHeader: a song of another length than announced fails,
// and what was written does not open.
func TestWriterHoldsToItsHeader(t *testing.T) {
	var out bytes.Buffer
	w, err := NewWriter(&out, staticHeader(5, DefaultChunkSize), []byte(StaticKey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("too long")); err == nil {
		t.Fatal("long song accepted")
	}
	if err := w.Close(); err == nil {
		t.Fatal("closed after a failed write")
	}
	w, err = NewWriter(&out, staticHeader(5, DefaultChunkSize), []byte(StaticKey))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("abc")); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil {
		t.Fatal("short song accepted")
	}
	broken := errors.New("broken pipe")
	if _, err := NewWriter(failing{broken}, staticHeader(5, DefaultChunkSize), []byte(StaticKey)); !errors.Is(err, broken) {
		t.Fatal(err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestParseSongID(t *testing.T) {
	id := SongIDOf([]byte("audio"))
	if got, err := ParseSongID(id.String()); err != nil || got != id {
		t.Fatal(got, err)
	}
	for _, s := range []string{"", "00", "00112233445566778899AABBCCDDEEFF", "00112233445566778899aabbccddeeff00", "zz112233445566778899aabbccddeeff"} {
		if _, err := ParseSongID(s); err == nil {
			t.Errorf("%q accepted", s)
		}
	}
}

// FuzzParseHeader: what parses has one encoding, the bytes it was parsed from,
// and a layout whose chunks tile the object.
func FuzzParseHeader(f *testing.F) {
	for _, v := range readVectors(f).Vectors {
		_, sealed := v.seal(f)
		f.Add(sealed[:HeaderSize])
	}
	f.Add([]byte("fogfile\x01"))
	f.Fuzz(func(t *testing.T, b []byte) {
		h, err := ParseHeader(b)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Fatal(err)
			}
			return
		}
		encoded, err := h.Encode()
		if err != nil || !bytes.Equal(encoded[:], b[:HeaderSize]) {
			t.Fatalf("encodes to %x, %v", encoded, err)
		}
		last := h.Chunks() - 1
		off, n := h.Span(last)
		if off+int64(n) != h.Size() || n < TagSize || n > h.ChunkSize+TagSize || last > 0 && n == TagSize {
			t.Fatalf("last chunk at %d, %d bytes, of %d", off, n, h.Size())
		}
	})
}
