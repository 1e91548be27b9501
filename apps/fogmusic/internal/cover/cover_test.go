package cover

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"testing"
)

func picture(w, h int) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetNRGBA(x, y, color.NRGBA{uint8(x), uint8(y), uint8(x + y), 255})
		}
	}
	return m
}

func TestThumbnail(t *testing.T) {
	encoders := map[string]func(*bytes.Buffer, image.Image) error{
		"jpeg": func(b *bytes.Buffer, m image.Image) error { return jpeg.Encode(b, m, nil) },
		"png":  func(b *bytes.Buffer, m image.Image) error { return png.Encode(b, m) },
		"gif":  func(b *bytes.Buffer, m image.Image) error { return gif.Encode(b, m, nil) },
	}
	sizes := []struct{ w, h, side int }{{1, 1, 1}, {30, 200, 30}, {512, 512, 512}, {900, 600, 512}, {2100, 2060, 512}}
	for name, enc := range encoders {
		for _, s := range sizes {
			if name == "gif" && s.w > 600 {
				continue // its encoder takes seconds
			}
			var b bytes.Buffer
			if err := enc(&b, picture(s.w, s.h)); err != nil {
				t.Fatal(err)
			}
			out, err := Thumbnail(b.Bytes())
			if err != nil {
				t.Fatalf("%s %dx%d: %v", name, s.w, s.h, err)
			}
			c, format, err := image.DecodeConfig(bytes.NewReader(out))
			if err != nil || format != "jpeg" || c.Width != s.side || c.Height != s.side {
				t.Errorf("%s %dx%d gave %s %dx%d, %v", name, s.w, s.h, format, c.Width, c.Height, err)
			}
			if bytes.Contains(out, []byte("Exif")) {
				t.Errorf("%s: notes of the camera kept", name)
			}
		}
	}
}

func TestRefused(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, picture(40, 40)); err != nil {
		t.Fatal(err)
	}
	// A PNG that claims 60000 by 60000 pixels.
	huge := bytes.Clone(b.Bytes())
	binary.BigEndian.PutUint32(huge[16:], 60000)
	binary.BigEndian.PutUint32(huge[20:], 60000)
	binary.BigEndian.PutUint32(huge[29:], crc32.ChecksumIEEE(huge[12:29]))
	for name, in := range map[string][]byte{
		"nothing": nil, "text": []byte("not a picture"), "cut": b.Bytes()[:b.Len()/2], "huge": huge,
	} {
		if _, err := Thumbnail(in); !errors.Is(err, ErrPicture) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestDraw(t *testing.T) {
	seen := map[string]string{}
	for _, seed := range []string{"a", "b", "c", "d"} {
		first, err := Draw(seed, "Añil y niebla, again")
		if err != nil {
			t.Fatal(err)
		}
		second, err := Draw(seed, "Añil y niebla, again")
		if err != nil || !bytes.Equal(first, second) {
			t.Fatalf("seed %s: drawn differently a second time (%v)", seed, err)
		}
		if other, ok := seen[string(first)]; ok {
			t.Errorf("seeds %s and %s look the same", seed, other)
		}
		seen[string(first)] = seed
		if _, err := Thumbnail(first); err != nil {
			t.Error(err)
		}
	}
	if got := initials("  ¿Añil y niebla, again"); got != "AYN" {
		t.Errorf("initials %q", got)
	}
	if _, err := Draw("x", "¿…?"); err != nil {
		t.Error(err)
	}
}
