package cover

import (
	"crypto/sha256"
	"image"
	"image/color"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Draw makes the cover of a song that has none: hills in fog under a sun, with
// the title's initials, all decided by the seed.
func Draw(seed, title string) ([]byte, error) {
	d := newDrawing(seed)
	d.sky()
	d.sun()
	d.hills()
	if err := d.initials(title); err != nil {
		return nil, err
	}
	return encode(d.m)
}

// A drawing takes every decision from the bytes of a hash.
type drawing struct {
	m    *image.RGBA
	dice [sha256.Size]byte
	next int
	hue  float64
}

func newDrawing(seed string) *drawing {
	d := &drawing{m: image.NewRGBA(image.Rect(0, 0, Side, Side)), dice: sha256.Sum256([]byte(seed))}
	d.hue = d.roll(0, 360)
	return d
}

// roll gives the next number between lo and hi.
func (d *drawing) roll(lo, hi float64) float64 {
	v := uint16(d.dice[d.next%32])<<8 | uint16(d.dice[(d.next+1)%32])
	d.next += 2
	return lo + (hi-lo)*float64(v)/math.MaxUint16
}

func (d *drawing) sky() {
	top, bottom := hsl(d.hue, 0.55, 0.24), hsl(d.hue+d.roll(25, 70), 0.65, 0.66)
	for y := range Side {
		c := mix(top, bottom, float64(y)/Side)
		for x := range Side {
			d.m.SetRGBA(x, y, c)
		}
	}
}

func (d *drawing) sun() {
	cx, cy, r := d.roll(120, 390), d.roll(110, 230), d.roll(55, 105)
	c := hsl(d.hue+d.roll(20, 60), 0.9, 0.84)
	for y := range Side {
		for x := range Side {
			dist := math.Hypot(float64(x)-cx, float64(y)-cy)
			// A sharp disc in a wide halo.
			a := max(clamp(r-dist), 0.35*math.Exp(-max(0, dist-r)/70))
			d.m.SetRGBA(x, y, mix(d.m.RGBAAt(x, y), c, a))
		}
	}
}

// hills draws four ridges from far to near, each darker and with fog at its foot.
func (d *drawing) hills() {
	fog := hsl(d.hue+40, 0.4, 0.82)
	for i := range 4 {
		base := 255 + 62*float64(i) + d.roll(-14, 14)
		amp, wave := d.roll(18, 46), d.roll(0.006, 0.016)
		phase, rough := d.roll(0, 2*math.Pi), d.roll(2.1, 3.7)
		c := hsl(d.hue+8*float64(i), 0.42, 0.46-0.1*float64(i))
		for x := range Side {
			fx := float64(x)
			ridge := base + amp*math.Sin(wave*fx+phase) + amp/3*math.Sin(rough*wave*fx+2*phase)
			for y := max(0, int(ridge)); y < Side; y++ {
				depth := float64(y) - ridge
				body := mix(c, fog, 0.5*clamp(depth/150))
				d.m.SetRGBA(x, y, mix(d.m.RGBAAt(x, y), body, clamp(depth)))
			}
		}
	}
}

func (d *drawing) initials(title string) error {
	text := initials(title)
	if text == "" {
		return nil
	}
	f, err := opentype.Parse(gobold.TTF)
	if err != nil {
		return err
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: 92, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return err
	}
	defer face.Close()
	w := font.Drawer{Dst: d.m, Src: image.NewUniform(color.RGBA{255, 255, 255, 255}), Face: face}
	w.Dot = fixed.P(36, Side-40)
	w.DrawString(text)
	return nil
}

// initials gives the first letters of the first three words.
func initials(title string) string {
	var b strings.Builder
	n := 0
	for word := range strings.FieldsFuncSeq(title, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		b.WriteRune(unicode.ToUpper([]rune(word)[0]))
		if n++; n == 3 {
			break
		}
	}
	return b.String()
}

func clamp(v float64) float64 { return min(1, max(0, v)) }

func mix(a, b color.RGBA, t float64) color.RGBA {
	f := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*t)) }
	return color.RGBA{f(a.R, b.R), f(a.G, b.G), f(a.B, b.B), 255}
}

// hsl gives the colour of a hue in degrees, saturation and lightness.
func hsl(h, s, l float64) color.RGBA {
	part := func(n float64) uint8 {
		k := math.Mod(n+h/30, 12)
		v := l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1))
		return uint8(math.Round(255 * v))
	}
	return color.RGBA{part(0), part(8), part(4), 255}
}
