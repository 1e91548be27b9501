package tune

// medianoche is jazz: a walking bass, electric piano, ride and vibraphone.
var medianoche = Tune{
	Name: "cafe-de-medianoche", Title: "Café de medianoche", Artist: "Cuarteto Sombra", Album: "Cierre a las dos", Genre: "Jazz",
	BarFrames: 90, Swing: 0.3, score: scoreMedianoche,
}

func scoreMedianoche(s *studio) {
	type bar struct {
		walk  [4]float64
		chord []float64
	}
	gm7, c7 := []float64{58, 62, 65, 69}, []float64{58, 62, 64, 69}
	fmaj, d7 := []float64{57, 60, 64, 67}, []float64{54, 60, 63, 66}
	am7, bm7b5, e7 := []float64{55, 60, 64, 67}, []float64{57, 62, 65, 69}, []float64{56, 62, 65, 68}
	bars := [Bars]bar{
		{[4]float64{41, 45, 48, 50}, fmaj}, {[4]float64{50, 48, 45, 42}, d7},
		{[4]float64{43, 46, 50, 49}, gm7}, {[4]float64{48, 46, 43, 40}, c7}, {[4]float64{41, 43, 45, 48}, fmaj}, {[4]float64{50, 54, 45, 44}, d7},
		{[4]float64{47, 50, 53, 41}, bm7b5}, {[4]float64{40, 44, 47, 46}, e7}, {[4]float64{45, 48, 52, 51}, am7}, {[4]float64{50, 48, 45, 44}, d7},
		{[4]float64{43, 45, 46, 47}, gm7}, {[4]float64{48, 46, 43, 42}, c7},
		{[4]float64{43, 46, 48, 40}, c7}, {[4]float64{41, 41, 41, 41}, fmaj},
	}
	upright := voice{play: pluck(0.15, 0.9992), gain: 0.85}
	keys := voice{play: piano, gain: 0.17, pan: -0.3, room: 0.3}
	for i, b := range bars {
		last := i == Bars-1
		for beat, n := range b.walk {
			if !last || beat == 0 {
				s.note(upright, i, float64(4*beat), 3.7+10*b2f(last), n)
			}
		}
		stabs := [][2]float64{{0, 5}, {6, 1.5}}
		if i%2 == 1 {
			stabs = [][2]float64{{2, 1.5}, {10, 4}}
		}
		if last {
			stabs = [][2]float64{{0, 15}}
		}
		for _, st := range stabs {
			s.chord(keys, i, st[0], st[1], 0.03, b.chord...)
		}
	}
	mallets := voice{play: vibes, gain: 0.36, pan: 0.25, room: 0.45, echo: 0.1}
	s.melody(mallets, verseAt, 0,
		tone{0, 2, 2, 70}, tone{0, 4, 2, 74}, tone{0, 6, 4, 77}, tone{0, 12, 2, 76}, tone{0, 14, 2, 74},
		tone{1, 0, 4, 76}, tone{1, 6, 2, 72}, tone{1, 8, 6, 70},
		tone{2, 2, 2, 69}, tone{2, 4, 2, 72}, tone{2, 6, 4, 76}, tone{2, 12, 2, 74}, tone{2, 14, 2, 72},
		tone{3, 0, 4, 75}, tone{3, 6, 2, 72}, tone{3, 8, 6, 66})
	s.melody(mallets, chorusAt, 0,
		tone{0, 0, 2, 77}, tone{0, 2, 4, 81}, tone{0, 8, 2, 79}, tone{0, 10, 4, 77},
		tone{1, 0, 2, 76}, tone{1, 2, 4, 80}, tone{1, 8, 2, 77}, tone{1, 10, 4, 74},
		tone{2, 0, 2, 72}, tone{2, 2, 4, 76}, tone{2, 8, 2, 79}, tone{2, 10, 2, 81}, tone{2, 12, 4, 84},
		tone{3, 0, 4, 81}, tone{3, 4, 2, 78}, tone{3, 6, 2, 75}, tone{3, 8, 6, 72})
	s.melody(mallets, outroAt, 0, tone{0, 0, 4, 74}, tone{0, 6, 2, 72}, tone{0, 8, 6, 70}, tone{1, 0, 14, 69}, tone{1, 0, 14, 76})
	r, h, br := voice{gain: 0.27, pan: 0.35, room: 0.15}, voice{gain: 0.2, pan: -0.3}, voice{gain: 0.2, room: 0.3}
	all := span(0, Bars-1)
	s.beat(r, ride(), "x...x.o.x...x.o.", all...)
	s.beat(h, hat(), "....x.......x...", all...)
	s.beat(br, hiss(13, 0.14, 1200, 6000, 22), "o...x...o...x..o", span(verseAt, 10)...)
	s.beat(voice{gain: 0.3}, kick(), "o.........o.....", span(chorusAt, 4)...)
	s.beat(r, ride(), "X...............", Bars-1)
}
