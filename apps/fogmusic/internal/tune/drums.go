package tune

import "math"

// drum renders a struck sound.
func drum(length float64, f func(t float64) float64) []float64 {
	out := make([]float64, seconds(length))
	for i := range out {
		out[i] = f(float64(i) / Rate)
	}
	return out
}

func kick() []float64 {
	return drum(0.35, func(t float64) float64 {
		// The pitch falls from 170 to 48 Hz; its integral is the phase.
		phase := 48*t + (122.0/28)*(1-math.Exp(-28*t))
		return sine(phase)*math.Exp(-9*t) + 0.3*math.Exp(-240*t)
	})
}

// hiss is noise within a band that dies away.
func hiss(seed uint64, length, low, high, decay float64) []float64 {
	rnd := noise(seed)
	var hp, lp filter
	return drum(length, func(t float64) float64 {
		_, v := hp.run(rnd(), low, 0.7)
		v, _ = lp.run(v, high, 0.7)
		return v * math.Exp(-decay*t)
	})
}

func plus(a, b []float64, gain float64) []float64 {
	for i := range b {
		if i < len(a) {
			a[i] += gain * b[i]
		}
	}
	return a
}

func snare() []float64 {
	body := drum(0.3, func(t float64) float64 { return 0.7 * sine(192*t+1.5*(1-math.Exp(-40*t))) * math.Exp(-22*t) })
	return plus(body, hiss(3, 0.3, 900, 9000, 16), 0.9)
}

func clap() []float64 {
	out := make([]float64, seconds(0.3))
	for i, at := range []float64{0, 0.011, 0.023} {
		tail := 60.0
		if i == 2 {
			tail = 17
		}
		plus(out[seconds(at):], hiss(uint64(20+i), 0.27, 700, 5000, tail), 0.9)
	}
	return out
}

func hat() []float64     { return hiss(5, 0.08, 7500, 16000, 60) }
func openHat() []float64 { return hiss(6, 0.35, 6500, 15000, 11) }
func shaker() []float64  { return hiss(7, 0.07, 5200, 12000, 45) }
func crash() []float64   { return hiss(8, 1.6, 3800, 15000, 2.6) }

func ride() []float64 {
	ping := drum(0.6, func(t float64) float64 {
		return 0.25 * (sine(3211*t) + sine(4507*t) + sine(5927*t)) * math.Exp(-11*t)
	})
	return plus(ping, hiss(9, 0.6, 6000, 14000, 9), 0.45)
}

func rim() []float64 {
	return drum(0.06, func(t float64) float64 { return (sine(1720*t) + 0.6*sine(820*t)) * math.Exp(-85*t) })
}

func tom(hz float64) []float64 {
	return drum(0.4, func(t float64) float64 { return sine(hz*t+hz*0.02*(1-math.Exp(-20*t))) * math.Exp(-9*t) })
}

// chipNoise is a game console's noise channel.
func chipNoise(length, decay float64, hold int) []float64 {
	rnd := noise(11)
	var v float64
	i := 0
	return drum(length, func(t float64) float64 {
		if i%hold == 0 {
			v = math.Copysign(1, rnd())
		}
		i++
		return 0.6 * v * math.Exp(-decay*t)
	})
}
