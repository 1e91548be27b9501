package tune

import "math"

// An instrument plays a note of a length in seconds; what sounds on after it
// (a string, a bell) may be longer.
type instrument func(note, seconds float64) []float64

func seconds(s float64) int { return int(s * Rate) }

// adsr is a linear envelope with release r after the note's end.
func adsr(t, length, a, d, s, r float64) float64 {
	level := func(t float64) float64 {
		switch {
		case t < a:
			return t / a
		case t < a+d:
			return 1 - (1-s)*(t-a)/d
		}
		return s
	}
	if t < length {
		return level(t)
	}
	return level(length) * max(0, 1-(t-length)/r)
}

// render fills length+release seconds from a function of time and phase.
func render(note, length, release float64, f func(t, phase float64) float64) []float64 {
	out := make([]float64, seconds(length+release))
	step := pitch(note) / Rate
	for i := range out {
		out[i] = f(float64(i)/Rate, float64(i)*step)
	}
	return out
}

func sine(p float64) float64 { return math.Sin(2 * math.Pi * p) }

// saw and pulse are band-limited by polyBLEP.
func saw(p, step float64) float64 {
	p -= math.Floor(p)
	return 2*p - 1 - blep(p, step)
}

func pulse(p, step, duty float64) float64 {
	return (saw(p, step) - saw(p+1-duty, step)) / 1.4
}

func blep(p, step float64) float64 {
	switch {
	case p < step:
		x := p / step
		return x + x - x*x - 1
	case p > 1-step:
		x := (p - 1) / step
		return x*x + x + x + 1
	}
	return 0
}

// pluck is a string (Karplus and Strong): bright from 0 to 1, sustain near 1.
func pluck(bright, sustain float64) instrument {
	return func(note, length float64) []float64 {
		damp := 0.5 - 0.45*bright         // share of the previous sample in the loop
		period := Rate/pitch(note) - damp // which also delays by as much
		n := int(period)
		frac := period - float64(n) // tuned by interpolation
		rnd := noise(uint64(note * 100))
		line := make([]float64, n+1)
		var low float64
		for i := range line {
			low += (0.15 + 0.85*bright) * (rnd() - low)
			line[i] = low
		}
		out := make([]float64, seconds(length+0.15))
		var prev float64
		for i := range out {
			a, b := line[i%(n+1)], line[(i+1)%(n+1)]
			v := a*frac + b*(1-frac)
			mean := (v*(1-damp) + prev*damp) * sustain
			prev = v
			line[i%(n+1)] = mean
			out[i] = v * adsr(float64(i)/Rate, length, 0.001, 0.01, 1, 0.15)
		}
		return out
	}
}

// synthBass is a filtered saw with a falling cutoff.
func synthBass(note, length float64) []float64 {
	var f filter
	step := pitch(note) / Rate
	return render(note, length, 0.05, func(t, p float64) float64 {
		v, _ := f.run(0.7*saw(p, step)+0.5*sine(p), 180+1500*math.Exp(-9*t), 0.5)
		return v * adsr(t, length, 0.004, 0.1, 0.8, 0.05)
	})
}

// pad is five saws out of tune with each other behind a slow filter.
func pad(cutoff float64) instrument {
	return func(note, length float64) []float64 {
		var f filter
		step := pitch(note) / Rate
		detune := [5]float64{0.9952, 0.9981, 1, 1.0023, 1.0047}
		return render(note, length, 0.9, func(t, p float64) float64 {
			var v float64
			for k, d := range detune {
				v += saw(p*d+0.37*float64(k), step) / 5
			}
			low, _ := f.run(v, cutoff*(0.55+0.45*math.Sin(0.9*t-0.7)), 0.8)
			return low * adsr(t, length, 0.45, 0.2, 0.9, 0.9)
		})
	}
}

// lead is a singing saw with vibrato that comes late.
func lead(note, length float64) []float64 {
	var f filter
	step := pitch(note) / Rate
	return render(note, length, 0.12, func(t, p float64) float64 {
		p += pitch(note) * 0.0012 * math.Sin(2*math.Pi*5.4*t) * min(1, t/0.5)
		v, _ := f.run(0.6*saw(p, step)+0.4*pulse(p*1.003, step, 0.4), 2600, 0.6)
		return v * adsr(t, length, 0.012, 0.12, 0.75, 0.12)
	})
}

// flute is a breathy near-sine.
func flute(note, length float64) []float64 {
	rnd := noise(uint64(note * 7))
	var f filter
	return render(note, length, 0.1, func(t, p float64) float64 {
		p += pitch(note) * 0.0009 * math.Sin(2*math.Pi*4.9*t) * min(1, t/0.3)
		breath, _ := f.run(rnd(), pitch(note)*2, 0.2)
		v := sine(p) + 0.22*sine(2*p) + 0.06*sine(3*p) + 0.05*breath
		return v * adsr(t, length, 0.05, 0.1, 0.85, 0.1)
	})
}

// piano is an electric one: two operators, and a third for the tine.
func piano(note, length float64) []float64 {
	return render(note, length, 0.35, func(t, p float64) float64 {
		body := sine(p + 0.18*math.Exp(-3*t)*sine(p))
		tine := 0.12 * math.Exp(-14*t) * sine(7*p)
		return (body + tine) * math.Exp(-1.1*t) * adsr(t, length, 0.003, 0.05, 0.95, 0.35)
	})
}

// bell rings on whatever its length.
func bell(note, length float64) []float64 {
	return render(note, length, 2.2, func(t, p float64) float64 {
		v := math.Exp(-1.6*t)*sine(p) + 0.4*math.Exp(-3.5*t)*sine(2.76*p) + 0.2*math.Exp(-7*t)*sine(5.4*p)
		return v * min(1, t/0.002) * max(0, 1-t/(length+2.2))
	})
}

// vibes are a vibraphone with its motor on.
func vibes(note, length float64) []float64 {
	return render(note, length, 0.8, func(t, p float64) float64 {
		v := math.Exp(-1.5*t)*sine(p) + 0.25*math.Exp(-6*t)*sine(4*p)
		return v * (0.85 + 0.15*math.Sin(2*math.Pi*5*t)) * min(1, t/0.002) * adsr(t, length, 0.001, 0.1, 1, 0.8)
	})
}

// square is a game console's pulse channel.
func square(duty float64) instrument {
	return func(note, length float64) []float64 {
		step := pitch(note) / Rate
		return render(note, length, 0.02, func(t, p float64) float64 {
			return 0.7 * pulse(p, step, duty) * adsr(t, length, 0.002, 0.12, 0.6, 0.02)
		})
	}
}

// triangle is its triangle channel, in sixteen steps.
func triangle(note, length float64) []float64 {
	return render(note, length, 0.01, func(t, p float64) float64 {
		v := 4*math.Abs(p-math.Floor(p)-0.5) - 1
		return math.Round(v*8) / 8 * adsr(t, length, 0.002, 0.01, 1, 0.01)
	})
}
