package cover

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the formats found in tags
	"image/jpeg"
	_ "image/png"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp"
)

// Side is the width and height of a thumbnail in pixels.
const Side = 512

const (
	quality   = 82
	maxPixels = 50_000_000
)

// ErrPicture is wrapped by every error about a picture that cannot be used.
var ErrPicture = errors.New("unusable picture")

// Thumbnail turns a JPEG, PNG, GIF or WebP picture into a square JPEG: the
// middle of it, scaled down to Side pixels if it is larger.
func Thumbnail(picture []byte) ([]byte, error) {
	c, format, err := image.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrPicture, err)
	}
	if c.Width < 1 || c.Height < 1 || c.Width > maxPixels/c.Height {
		return nil, fmt.Errorf("%w: %s of %d by %d pixels", ErrPicture, format, c.Width, c.Height)
	}
	src, _, err := image.Decode(bytes.NewReader(picture))
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrPicture, err)
	}
	return encode(scale(src, middle(src.Bounds())))
}

// middle is the largest square in the middle of r.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	at := image.Pt(r.Min.X+(r.Dx()-side)/2, r.Min.Y+(r.Dy()-side)/2)
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}
}

// scale draws the square part of src, over white where it is transparent. A
// large picture is first brought near with a fast scaler.
func scale(src image.Image, part image.Rectangle) *image.RGBA {
	if part.Dx() > 4*Side {
		near := image.NewRGBA(image.Rect(0, 0, 2*Side, 2*Side))
		draw.Draw(near, near.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
		draw.ApproxBiLinear.Scale(near, near.Bounds(), src, part, draw.Over, nil)
		src, part = near, near.Bounds()
	}
	side := min(part.Dx(), Side)
	dst := image.NewRGBA(image.Rect(0, 0, side, side))
	draw.Draw(dst, dst.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	if part.Dx() == side {
		draw.Draw(dst, dst.Bounds(), src, part.Min, draw.Over)
	} else {
		draw.CatmullRom.Scale(dst, dst.Bounds(), src, part, draw.Over, nil)
	}
	return dst
}

func encode(m image.Image) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: quality}); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
