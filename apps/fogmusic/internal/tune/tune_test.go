package tune

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"
)

func TestTunes(t *testing.T) {
	names := map[string]bool{}
	for i, tn := range Tunes {
		t.Run(tn.Name, func(t *testing.T) {
			if names[tn.Name] || names[tn.Title] || tn.Artist == "" || tn.Album == "" || tn.Genre == "" {
				t.Errorf("no name of its own: %+v", tn)
			}
			names[tn.Name], names[tn.Title] = true, true
			s := tn.Play()
			bar := tn.BarFrames * FrameSamples
			if len(s.L) != Bars*bar || len(s.R) != len(s.L) {
				t.Fatalf("%d samples for %d bars of %d", len(s.L), Bars, bar)
			}
			for b := range Bars {
				var power float64
				for j := b * bar; j < (b+1)*bar; j++ {
					if v := max(math.Abs(s.L[j]), math.Abs(s.R[j])); v > 0.99 || math.IsNaN(v) {
						t.Fatalf("bar %d clips: %v", b, v)
					}
					power += s.L[j]*s.L[j] + s.R[j]*s.R[j]
				}
				if loud := 10 * math.Log10(power/float64(2*bar)); loud < -36 || loud > -6 {
					t.Errorf("bar %d is at %.1f dB", b, loud)
				}
			}
			if i == 0 {
				again := tn.Play()
				for j := range s.L {
					if s.L[j] != again.L[j] || s.R[j] != again.R[j] {
						t.Fatalf("played again, sample %d differs", j)
					}
				}
			}
		})
	}
}

func TestWriteWAV(t *testing.T) {
	var b bytes.Buffer
	if err := WriteWAV(&b, Sound{L: []float64{0, 1, -1}, R: []float64{0.5, 0, 0}}, 2); err != nil {
		t.Fatal(err)
	}
	h := b.Bytes()
	if len(h) != 44+5*4 || string(h[:4]) != "RIFF" || binary.LittleEndian.Uint32(h[4:]) != uint32(len(h)-8) || binary.LittleEndian.Uint32(h[40:]) != 20 {
		t.Errorf("%d bytes: %q", len(h), h)
	}
	var got []int16
	for i := 44; i < len(h); i += 2 {
		got = append(got, int16(binary.LittleEndian.Uint16(h[i:])))
	}
	want := []int16{0, 0, 0, 0, 0, 16384, 32767, 0, -32767, 0}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("%v", got)
		}
	}
}
