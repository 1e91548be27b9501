package draw

import (
	"bytes"
	"image/jpeg"
	"testing"
)

func TestSame(t *testing.T) {
	for name, draw := range map[string]func(uint64) []byte{
		"portrait":  Portrait,
		"landscape": func(seed uint64) []byte { return Landscape(seed, 64, 48) },
	} {
		a, b, other := draw(7), draw(7), draw(8)
		if !bytes.Equal(a, b) || bytes.Equal(a, other) {
			t.Errorf("%s: a seed does not make its picture", name)
		}
		if _, err := jpeg.Decode(bytes.NewReader(a)); err != nil || len(a) > 20<<10 {
			t.Errorf("%s: %d bytes, %v", name, len(a), err)
		}
	}
}
