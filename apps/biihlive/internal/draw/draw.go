// Package draw draws small pictures for trials: a portrait, or a landscape.
//
// Invariants:
//   - A seed always makes the same picture, and another seed another (TestSame).
package draw

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
)

// Portrait draws somebody, from the chest up.
func Portrait(seed uint64) []byte {
	const size = 320
	r := rand.New(rand.NewPCG(seed, 1))
	img := image.NewRGBA(image.Rect(0, 0, size, size))
	hue := r.Float64()
	sky, shirt := tone(hue, 0.35, 0.9), tone(hue+0.3+r.Float64()*0.4, 0.6, 0.7)
	skin, hair := tone(0.07, 0.25+0.35*r.Float64(), 0.55+0.4*r.Float64()), tone(0.08*r.Float64(), 0.5, 0.1+0.5*r.Float64())
	long := r.IntN(2) == 0
	for y := range size {
		for x := range size {
			px, py := float64(x)/size-0.5, float64(y)/size-0.5
			c := sky
			if in(px, py, 0, 0.62, 0.42, 0.32) {
				c = shirt
			}
			if long && in(px, py, 0, 0.02, 0.25, 0.34) || in(px, py, 0, -0.14, 0.22, 0.2) {
				c = hair
			}
			if in(px, py, 0, 0, 0.18, 0.24) && py > -0.14+0.1*px || in(px, py, 0, 0.26, 0.07, 0.12) {
				c = skin
			}
			if in(px, py, -0.07, -0.01, 0.02, 0.022) || in(px, py, 0.07, -0.01, 0.02, 0.022) || in(px, py, 0, 0.1, 0.06, 0.02) && py > 0.1 {
				c = color.RGBA{40, 25, 30, 255}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encode(img)
}

// Landscape draws a sky, a sun and hills.
func Landscape(seed uint64, w, h int) []byte {
	r := rand.New(rand.NewPCG(seed, 2))
	hue, phase := r.Float64(), r.Float64()*2*math.Pi
	sunX, sunY := 0.2+0.6*r.Float64(), 0.2+0.3*r.Float64()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			px, py := float64(x)/float64(w), float64(y)/float64(h)
			c := tone(hue+0.12*py, 0.35+0.3*py, 0.95-0.2*py)
			if in(px, py, sunX, sunY, 0.07, 0.07*float64(w)/float64(h)) {
				c = tone(0.12, 0.4, 1)
			}
			for hill := range 3 {
				ridge := 0.55 + 0.13*float64(hill) + 0.06*math.Sin(phase*float64(hill+1)+px*(4+3*float64(hill)))
				if py > ridge {
					c = tone(hue+0.45, 0.5, 0.6-0.17*float64(hill))
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encode(img)
}

// in reports whether a point lies in an ellipse.
func in(x, y, cx, cy, rx, ry float64) bool {
	dx, dy := (x-cx)/rx, (y-cy)/ry
	return dx*dx+dy*dy < 1
}

// tone is a colour by hue, saturation and value.
func tone(h, s, v float64) color.RGBA {
	channel := func(n float64) uint8 {
		k := math.Mod(n+math.Mod(h, 1)*6, 6)
		return uint8(255 * (v - v*s*max(0, min(k, 4-k, 1))))
	}
	return color.RGBA{channel(5), channel(3), channel(1), 255}
}

func encode(img image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 85}); err != nil {
		panic(err) // a buffer takes everything
	}
	return b.Bytes()
}
