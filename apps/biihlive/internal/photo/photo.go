// Package photo makes what Biihlive shows of a photo that a member uploaded.
//
// Invariants:
//   - What the bytes are decides, not what they are called: anything but a JPEG is refused (TestRefused).
//   - A picture that is too much work is refused before it is decoded: too many pixels, or too many scans of them (TestRefused).
//   - Progressive JPEG is JPEG too (TestProgressive).
//   - Pictures stand as their EXIF says (TestOrientation).
//   - Nothing of the original's metadata is left, above all not where it was taken (TestMetadataIsGone).
//   - What is made for a profile is clean, and nothing with metadata is (TestClean, FuzzProcess).
package photo

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"iter"
	"slices"

	"github.com/bep/imagemeta"
	"golang.org/x/image/draw"
)

const (
	// MaxBytes is how large a file may be.
	MaxBytes = 20 << 20
	// maxPixels is how many pixels are decoded: what the cameras of telephones
	// make, at up to twelve bytes of memory each.
	maxPixels = 25_000_000
	// maxScans is how often a progressive JPEG may go over its pixels; ten are
	// usual, and each can take a few bytes and a second.
	maxScans = 100
	quality  = 82
)

// The sizes that are made, in pixels of the longer side.
const (
	Profile   = 512
	Full      = 1600
	Thumbnail = 160 // a square
)

// Refused is why a file is not taken.
type Refused struct{ Reason string }

func (r *Refused) Error() string { return "refused: " + r.Reason }

// Set is a photo in the sizes that are shown, as JPEG.
type Set struct{ Profile, Full, Thumbnail []byte }

// Process makes the sizes of an uploaded JPEG. What is wrong with the file
// itself is a *Refused.
func Process(file []byte) (*Set, error) {
	if len(file) > MaxBytes {
		return nil, &Refused{fmt.Sprintf("the file has more than %d MB", MaxBytes>>20)}
	}
	config, format, err := image.DecodeConfig(bytes.NewReader(file))
	if err != nil || format != "jpeg" {
		return nil, &Refused{"the file is not a JPEG"}
	}
	if config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height {
		return nil, &Refused{fmt.Sprintf("the picture has more than %d megapixels", maxPixels/1_000_000)}
	}
	if scans(file) > maxScans {
		return nil, &Refused{fmt.Sprintf("the JPEG has more than %d scans", maxScans)}
	}
	decoded, err := jpeg.Decode(bytes.NewReader(file))
	if err != nil {
		return nil, &Refused{"the JPEG is damaged"}
	}
	full := turn(shrink(decoded, Full), orientation(file))
	set := &Set{}
	for _, size := range []struct {
		to  *[]byte
		img image.Image
	}{
		{&set.Full, full}, {&set.Profile, shrink(full, Profile)}, {&set.Thumbnail, square(full, Thumbnail)},
	} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, size.img, &jpeg.Options{Quality: quality}); err != nil {
			return nil, err
		}
		*size.to = b.Bytes()
	}
	return set, nil
}

// Clean reports whether a file is a JPEG as Process makes them for profiles:
// of that size, and with nothing in it but the picture.
func Clean(file []byte) bool {
	const dqt, sof0, dht = 0xdb, 0xc0, 0xc4
	config, err := jpeg.DecodeConfig(bytes.NewReader(file))
	if err != nil || max(config.Width, config.Height) > Profile {
		return false
	}
	end := 2
	for marker, at := range segments(file) {
		if marker == eoi {
			return at == len(file)-2
		}
		if at != end || !slices.Contains([]byte{dqt, sof0, dht, sos}, marker) {
			return false
		}
		end = at + 2 + int(file[at+2])<<8 + int(file[at+3])
	}
	return false
}

// scans counts how often a JPEG goes over its pixels.
func scans(file []byte) (n int) {
	for marker := range segments(file) {
		if marker == sos {
			n++
		}
	}
	return n
}

const eoi, sos = 0xd9, 0xda

// segments are the markers of a JPEG and where they are, to the end of the
// picture.
func segments(file []byte) iter.Seq2[byte, int] {
	const rst0, rst7 = 0xd0, 0xd7
	return func(yield func(byte, int) bool) {
		for i := 2; i+2 <= len(file); {
			marker := file[i+1]
			if file[i] != 0xff || marker == 0 || marker == 0xff || marker >= rst0 && marker <= rst7 { // data of a scan, or nothing
				i++
				continue
			}
			if !yield(marker, i) || marker == eoi || i+4 > len(file) {
				return
			}
			i += 2 + int(file[i+2])<<8 + int(file[i+3])
		}
	}
}

// orientation is how the camera was held, from 1 to 8, as EXIF counts; 1 if
// the file does not say.
func orientation(file []byte) int {
	held := 1
	_, err := imagemeta.Decode(imagemeta.Options{
		R: bytes.NewReader(file), ImageFormat: imagemeta.JPEG, Sources: imagemeta.EXIF,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool { return t.Tag == "Orientation" },
		HandleTag: func(t imagemeta.TagInfo) error {
			if v, ok := t.Value.(uint16); ok && v >= 1 && v <= 8 {
				held = int(v)
			}
			return imagemeta.ErrStopWalking
		},
	})
	if err != nil && !errors.Is(err, imagemeta.ErrStopWalking) {
		return 1 // damaged metadata, which nobody will see
	}
	return held
}

// shrink scales a picture down until its longer side is at most longest.
func shrink(img image.Image, longest int) image.Image {
	w, h := img.Bounds().Dx(), img.Bounds().Dy()
	longer := max(w, h)
	if longer <= longest {
		return img
	}
	return scale(img, img.Bounds(), max(1, w*longest/longer), max(1, h*longest/longer))
}

// square cuts the middle out of a picture and scales it.
func square(img image.Image, side int) image.Image {
	b := img.Bounds()
	n := min(b.Dx(), b.Dy())
	x, y := b.Min.X+(b.Dx()-n)/2, b.Min.Y+(b.Dy()-n)/2
	return scale(img, image.Rect(x, y, x+n, y+n), min(side, n), min(side, n))
}

// scale goes most of the way fast, and the rest well.
func scale(img image.Image, from image.Rectangle, w, h int) image.Image {
	if from.Dx() >= 4*w && from.Dy() >= 4*h {
		rough := image.NewRGBA(image.Rect(0, 0, 2*w, 2*h))
		draw.ApproxBiLinear.Scale(rough, rough.Bounds(), img, from, draw.Src, nil)
		img, from = rough, rough.Bounds()
	}
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.CatmullRom.Scale(out, out.Bounds(), img, from, draw.Src, nil)
	return out
}

// turn makes a picture stand as it was held.
func turn(img image.Image, held int) image.Image {
	if held == 1 {
		return img
	}
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	size := image.Rect(0, 0, w, h)
	if held >= 5 { // on its side
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch held {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			out.Set(tx, ty, img.At(b.Min.X+x, b.Min.Y+y))
		}
	}
	return out
}
