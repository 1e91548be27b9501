package tune

import (
	"math"
	"math/rand/v2"
)

// Rate is the sample rate. At 48 kHz a layer III frame lasts exactly 24 ms.
const Rate = 48000

// FrameSamples is how many samples an MP3 frame holds.
const FrameSamples = 1152

// Sound is stereo audio.
type Sound struct{ L, R []float64 }

func newSound(n int) Sound { return Sound{make([]float64, n), make([]float64, n)} }

// mix adds a mono sound at a sample, between left (-1) and right (1).
func (s Sound) mix(at int, mono []float64, gain, pan float64) {
	l := gain * math.Cos((pan+1)*math.Pi/4)
	r := gain * math.Sin((pan+1)*math.Pi/4)
	for i, v := range mono {
		if j := at + i; j >= 0 && j < len(s.L) {
			s.L[j] += l * v
			s.R[j] += r * v
		}
	}
}

// add adds another sound of the same length.
func (s Sound) add(t Sound, gain float64) {
	for i := range s.L {
		s.L[i] += gain * t.L[i]
		s.R[i] += gain * t.R[i]
	}
}

// each puts both channels through a filter of their own.
func (s Sound) each(makeFilter func() func(float64) float64) {
	l, r := makeFilter(), makeFilter()
	for i := range s.L {
		s.L[i], s.R[i] = l(s.L[i]), r(s.R[i])
	}
}

// pitch is the frequency of a MIDI note.
func pitch(note float64) float64 { return 440 * math.Pow(2, (note-69)/12) }

// A filter has two poles (state variable, after Zavalishin); its cutoff may
// move; it gives the low and the high band.
type filter struct{ a, b float64 }

func (f *filter) run(in, cutoff, damping float64) (low, high float64) {
	g := math.Tan(math.Pi * min(cutoff, Rate*0.45) / Rate)
	high = (in - (2*damping+g)*f.a - f.b) / (1 + 2*damping*g + g*g)
	band := g*high + f.a
	low = g*band + f.b
	f.a, f.b = g*high+band, g*band+low
	return low, high
}

func lowpass(cutoff, damping float64) func() func(float64) float64 {
	return func() func(float64) float64 {
		var f filter
		return func(v float64) float64 { low, _ := f.run(v, cutoff, damping); return low }
	}
}

func highpass(cutoff float64) func() func(float64) float64 {
	return func() func(float64) float64 {
		var f filter
		return func(v float64) float64 { _, high := f.run(v, cutoff, 0.7); return high }
	}
}

// drive distorts, as a valve would.
func drive(gain float64) func() func(float64) float64 {
	return func() func(float64) float64 {
		return func(v float64) float64 { return math.Tanh(gain*v+0.1) - math.Tanh(0.1) }
	}
}

// reverb is Schroeder's: parallel combs with damping, then allpasses.
func reverb(in Sound, size, damping float64) Sound {
	out := newSound(len(in.L))
	combs := []int{1687, 1601, 2053, 2251, 1777, 1949}
	for side, channel := range [2][]float64{in.L, in.R} {
		wet := make([]float64, len(channel))
		for _, n := range combs {
			comb(wet, channel, int(float64(n+side*31)*size), 0.74+0.13*min(1, size-0.5), damping)
		}
		for _, n := range []int{605, 480, 371, 245} {
			allpass(wet, n+side*17)
		}
		if side == 0 {
			out.L = wet
		} else {
			out.R = wet
		}
	}
	return out
}

func comb(out, in []float64, n int, feedback, damping float64) {
	line := make([]float64, n)
	var low float64
	for i, v := range in {
		y := line[i%n]
		low = y*(1-damping) + low*damping
		line[i%n] = v + low*feedback
		out[i] += y / 6
	}
}

func allpass(b []float64, n int) {
	line := make([]float64, n)
	for i, v := range b {
		y := line[i%n]
		line[i%n] = v + 0.5*y
		b[i] = y - 0.5*line[i%n]
	}
}

// echo repeats to alternating sides.
func echo(in Sound, samples int, feedback float64) Sound {
	out := newSound(len(in.L))
	for i := samples; i < len(in.L); i++ {
		out.L[i] = in.R[i-samples] + feedback*out.R[i-samples]
		out.R[i] = 0.8*in.L[i-samples] + feedback*out.L[i-samples]
	}
	return out
}

// master brings the sound to its final loudness without clipping.
func master(s Sound) {
	s.each(highpass(28))
	var peak float64
	for i := range s.L {
		peak = max(peak, math.Abs(s.L[i]), math.Abs(s.R[i]))
	}
	gain := 1.9 / max(peak, 1e-9)
	for i := range s.L {
		s.L[i], s.R[i] = 0.86*math.Tanh(gain*s.L[i]), 0.86*math.Tanh(gain*s.R[i])
	}
}

// noise gives the same noise for the same seed.
func noise(seed uint64) func() float64 {
	r := rand.New(rand.NewPCG(seed, 0x6e6965626c61))
	return func() float64 { return 2*r.Float64() - 1 }
}
