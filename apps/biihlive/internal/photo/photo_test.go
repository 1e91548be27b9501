package photo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"
	"testing"
)

// corners is a picture whose corners differ: red, green above blue, white.
func corners(w, h int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, [2][2]color.Color{{red, green}, {blue, white}}[2*y/h][2*x/w])
		}
	}
	return img
}

var (
	red, green  = color.RGBA{255, 0, 0, 255}, color.RGBA{0, 255, 0, 255}
	blue, white = color.RGBA{0, 0, 255, 255}, color.RGBA{255, 255, 255, 255}
)

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t testing.TB, file []byte) image.Image {
	t.Helper()
	img, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// near tells colours apart as far as JPEG keeps them.
func near(a, b color.Color) bool {
	r1, g1, b1, _ := a.RGBA()
	r2, g2, b2, _ := b.RGBA()
	far := func(x, y uint32) bool { return max(x, y)-min(x, y) > 0x3000 }
	return !far(r1, r2) && !far(g1, g2) && !far(b1, b2)
}

// with puts segments after the beginning of a JPEG.
func with(file []byte, segments ...[]byte) []byte {
	return slices.Concat(file[:2], slices.Concat(segments...), file[2:])
}

func segment(marker byte, payload string) []byte {
	s := binary.BigEndian.AppendUint16([]byte{0xff, marker}, uint16(len(payload)+2))
	return append(s, payload...)
}

// exif says how the camera was held, what it is, and where it was.
func exif(order interface {
	binary.ByteOrder
	binary.AppendByteOrder
}, mark string, held uint16) []byte {
	tiff := order.AppendUint32(order.AppendUint16([]byte(mark), 42), 8)
	entry := func(tag, kind uint16, count, value uint32) {
		tiff = order.AppendUint32(order.AppendUint16(order.AppendUint16(tiff, tag), kind), count)
		if kind == 3 {
			tiff = order.AppendUint16(order.AppendUint16(tiff, uint16(value)), 0)
		} else {
			tiff = order.AppendUint32(tiff, value)
		}
	}
	const ifd, gps, model = 8, 50, 68
	tiff = order.AppendUint16(tiff, 3)
	entry(0x0110, 2, 7, model)
	entry(0x0112, 3, 1, uint32(held))
	entry(0x8825, 4, 1, gps)
	tiff = order.AppendUint32(tiff, 0)
	tiff = order.AppendUint16(tiff, 1)
	entry(0x0001, 2, 2, uint32('N'))
	tiff = order.AppendUint32(tiff, 0)
	return segment(0xe1, "Exif\x00\x00"+string(tiff)+"SECRET\x00")
}

func process(t testing.TB, file []byte) *Set {
	t.Helper()
	set, err := Process(file)
	if err != nil {
		t.Fatal(err)
	}
	return set
}

func TestSizes(t *testing.T) {
	for _, c := range []struct{ w, h, fullW, fullH, profileW, profileH, side int }{
		{3000, 1000, 1600, 533, 512, 170, 160},
		{600, 800, 600, 800, 384, 512, 160},
		{100, 50, 100, 50, 100, 50, 50},
		{1, 4000, 1, 1600, 1, 512, 1},
		{1, 1, 1, 1, 1, 1, 1},
	} {
		set := process(t, encoded(t, corners(c.w, c.h)))
		for _, s := range []struct {
			name string
			file []byte
			w, h int
		}{{"full", set.Full, c.fullW, c.fullH}, {"profile", set.Profile, c.profileW, c.profileH}, {"thumbnail", set.Thumbnail, c.side, c.side}} {
			if b := decoded(t, s.file).Bounds(); b.Dx() != s.w || b.Dy() != s.h {
				t.Errorf("%d x %d: %s is %d x %d, want %d x %d", c.w, c.h, s.name, b.Dx(), b.Dy(), s.w, s.h)
			}
		}
	}
}

// EXIF's numbers say where the first row and the first column of the file
// belong in the picture.
func TestOrientation(t *testing.T) {
	sides := [][2]string{1: {"top", "left"}, {"top", "right"}, {"bottom", "right"}, {"bottom", "left"}, {"left", "top"}, {"right", "top"}, {"right", "bottom"}, {"left", "bottom"}}
	opposite := map[string]string{"top": "bottom", "bottom": "top", "left": "right", "right": "left"}
	const w, h = 96, 64
	file := encoded(t, corners(w, h))
	for held := 1; held <= 8; held++ {
		for name, app1 := range map[string][]byte{"big": exif(binary.BigEndian, "MM", uint16(held)), "little": exif(binary.LittleEndian, "II", uint16(held))} {
			set := process(t, with(file, app1))
			row, column := sides[held][0], sides[held][1]
			for _, c := range []struct {
				row, column string
				want        color.Color
			}{{row, column, red}, {row, opposite[column], green}, {opposite[row], column, blue}, {opposite[row], opposite[column], white}} {
				for _, made := range [][]byte{set.Full, set.Profile, set.Thumbnail} {
					img := decoded(t, made)
					b := img.Bounds()
					x, y := b.Dx()/4, b.Dy()/4
					if c.row == "right" || c.column == "right" {
						x *= 3
					}
					if c.row == "bottom" || c.column == "bottom" {
						y *= 3
					}
					if got := img.At(x, y); !near(got, c.want) {
						t.Errorf("held %d, %s endian: %s %s is %v, want %v", held, name, c.row, c.column, got, c.want)
					}
				}
			}
			if !Clean(set.Profile) {
				t.Error("what is made for a profile is not clean")
			}
			if b := decoded(t, set.Full).Bounds(); (held >= 5) != (b.Dx() == h) {
				t.Errorf("held %d: the picture is %v", held, b)
			}
		}
	}
	for _, held := range []uint16{0, 9, 65535} {
		set := process(t, with(file, exif(binary.BigEndian, "MM", held)))
		if img := decoded(t, set.Full); !near(img.At(10, 10), red) {
			t.Errorf("held %d turns the picture", held)
		}
	}
	set := process(t, with(file, segment(0xe1, "Exif\x00\x00MM\x00\x2a\xff\xff\xff\xff"))) // damaged
	if img := decoded(t, set.Full); !near(img.At(10, 10), red) {
		t.Error("damaged metadata turns the picture")
	}
}

func TestMetadataIsGone(t *testing.T) {
	file := with(encoded(t, corners(2000, 1000)), exif(binary.BigEndian, "MM", 6),
		segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta>SECRET</x:xmpmeta>"), segment(0xe2, "ICC_PROFILE\x00SECRET"),
		segment(0xed, "Photoshop 3.0\x008BIM SECRET"), segment(0xfe, "SECRET"))
	file = append(file, "SECRET after the end"...)
	set := process(t, file)
	for name, made := range map[string][]byte{"profile": set.Profile, "full": set.Full, "thumbnail": set.Thumbnail} {
		if bytes.Contains(made, []byte("SECRET")) {
			t.Errorf("%s: something of the metadata is left", name)
		}
		for i := 2; made[i+1] != 0xda; i += 2 + int(binary.BigEndian.Uint16(made[i+2:])) {
			if marker := made[i+1]; marker >= 0xe0 && marker <= 0xef || marker == 0xfe {
				t.Errorf("%s: a segment %#x", name, marker)
			}
		}
	}
}

// progressive is a white block beside a black one, in a scan of the mean
// values and more that add nothing.
func progressive(more int) []byte {
	quantization := segment(0xdb, "\x00"+strings.Repeat("\x01", 64))
	frame := segment(0xc2, "\x08\x00\x08\x00\x10\x01\x01\x11\x00")
	counts := func(length, n int) string {
		b := make([]byte, 16)
		b[length-1] = byte(n)
		return string(b)
	}
	tables := slices.Concat(segment(0xc4, "\x00"+counts(2, 2)+"\x0a\x0b"), segment(0xc4, "\x10"+counts(1, 1)+"\x00"))
	file := slices.Concat([]byte{0xff, 0xd8}, quantization, frame, tables, segment(0xda, "\x01\x01\x00\x00\x00\x00"), []byte{0x3f, 0x84, 0x03, 0xff, 0x00})
	for range more {
		file = slices.Concat(file, segment(0xda, "\x01\x01\x00\x01\x3f\x00"), []byte{0x3f})
	}
	return append(file, 0xff, 0xd9)
}

func TestProgressive(t *testing.T) {
	img := decoded(t, process(t, progressive(maxScans-1)).Full)
	if b := img.Bounds(); b.Dx() != 16 || b.Dy() != 8 || !near(img.At(3, 3), white) || !near(img.At(12, 3), color.Black) {
		t.Errorf("%v, %v beside %v", b, img.At(3, 3), img.At(12, 3))
	}
}

// sized is a small file that claims to be large.
func sized(t testing.TB, w, h uint16) []byte {
	t.Helper()
	file := encoded(t, corners(8, 8))
	i := bytes.Index(file, []byte{0xff, 0xc0})
	binary.BigEndian.PutUint16(file[i+5:], h)
	binary.BigEndian.PutUint16(file[i+7:], w)
	return file
}

func other(t testing.TB, encode func(*bytes.Buffer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := encode(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestRefused(t *testing.T) {
	good := encoded(t, corners(64, 64))
	for _, c := range []struct {
		name, reason string
		file         []byte
	}{
		{"nothing", "not a JPEG", nil},
		{"a page", "not a JPEG", []byte("<html><script>alert(1)</script>")},
		{"PNG", "not a JPEG", other(t, func(b *bytes.Buffer) error { return png.Encode(b, corners(8, 8)) })},
		{"GIF", "not a JPEG", other(t, func(b *bytes.Buffer) error { return gif.Encode(b, corners(8, 8), nil) })},
		{"a beginning", "not a JPEG", good[:20]},
		{"cut short", "damaged", good[:len(good)-8]},
		{"no size", "", sized(t, 0, 0)},
		{"40 megapixels", "25 megapixels", sized(t, 8000, 5000)},
		{"the most pixels", "25 megapixels", sized(t, 65535, 65535)},
		{"too many bytes", "20 MB", append(good, make([]byte, MaxBytes)...)},
		{"too many scans", "100 scans", progressive(maxScans)},
		{"far too many scans", "100 scans", progressive(10_000)},
	} {
		_, err := Process(c.file)
		refused, ok := errors.AsType[*Refused](err)
		if !ok || !strings.Contains(refused.Reason, c.reason) || !strings.HasPrefix(refused.Error(), "refused: ") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
	if _, err := Process(append(good, bytes.Repeat([]byte{0xff, 0xda, 0, 2}, 2*maxScans)...)); err != nil {
		t.Errorf("what follows the picture counts: %v", err)
	}
}

func TestClean(t *testing.T) {
	good := process(t, encoded(t, corners(800, 600))).Profile
	if !Clean(good) {
		t.Error("what is made for a profile is not clean")
	}
	for name, file := range map[string][]byte{
		"EXIF":          with(good, exif(binary.BigEndian, "MM", 1)),
		"a comment":     with(good, segment(0xfe, "SECRET")),
		"JFIF":          with(good, segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")),
		"too large":     encoded(t, corners(Profile+1, 10)),
		"a tail":        append(slices.Clone(good), "SECRET"...),
		"between":       slices.Concat(good[:2], []byte("SECRET"), good[2:]),
		"no end":        good[:len(good)-2],
		"cut short":     good[:len(good)/2],
		"a second scan": slices.Concat(good[:len(good)-2], segment(0xda, "\x01\x01\x00\x00\x3f\x00"), []byte{0xff, 0xd9}),
		"progressive":   progressive(0),
		"nothing":       nil,
		"only markers":  {0xff, 0xd8, 0xff, 0xd9},
	} {
		if Clean(file) {
			t.Errorf("%s is clean", name)
		}
	}
}

func FuzzProcess(f *testing.F) {
	small := encoded(f, corners(24, 16))
	for held := range uint16(9) {
		f.Add(with(small, exif(binary.LittleEndian, "II", held)))
	}
	f.Add(progressive(2))
	f.Add(small[:len(small)/2])
	f.Add(sized(f, 100, 100))
	f.Fuzz(func(t *testing.T, file []byte) {
		if c, err := jpeg.DecodeConfig(bytes.NewReader(file)); err == nil && c.Width*c.Height > 1<<20 && c.Width*c.Height <= maxPixels {
			return // large pictures take their time; the tests above have some
		}
		set, err := Process(file)
		if err != nil {
			if _, ok := errors.AsType[*Refused](err); !ok {
				t.Fatal(err)
			}
			return
		}
		if !Clean(set.Profile) {
			t.Error("what is made for a profile is not clean")
		}
		if b := decoded(t, set.Full).Bounds(); b.Dx() > Full || b.Dy() > Full {
			t.Errorf("full is %v", b)
		}
		if b := decoded(t, set.Thumbnail).Bounds(); b.Dx() != b.Dy() || b.Dx() > Thumbnail {
			t.Errorf("the thumbnail is %v", b)
		}
	})
}
