package tune

// patio is bossa nova: nylon strings, a flute, brushes and rim.
var patio = Tune{
	Name: "patio-de-limas", Title: "Patio de limas", Artist: "Trío Azahar", Album: "Sobremesa", Genre: "Latin",
	BarFrames: 100, score: scorePatio,
}

func scorePatio(s *studio) {
	type chord struct {
		bass  float64
		notes []float64
	}
	dm9, g13 := chord{38, []float64{60, 64, 65, 69}}, chord{43, []float64{59, 64, 65, 69}}
	cmaj, a7 := chord{36, []float64{59, 62, 64, 67}}, chord{45, []float64{58, 61, 64, 67}}
	fm6, em7 := chord{41, []float64{60, 62, 65, 68}}, chord{40, []float64{59, 62, 64, 67}}
	bars := [Bars]chord{cmaj, a7, dm9, g13, cmaj, a7, dm9, fm6, em7, a7, dm9, g13, dm9, cmaj}
	nylon := voice{play: pluck(0.3, 0.9975), gain: 0.36, pan: -0.25, room: 0.3}
	bass := voice{play: pluck(0.12, 0.999), gain: 0.75}
	for bar, c := range bars {
		comping := []float64{0, 3, 6, 10, 13}
		if bar%2 == 1 {
			comping = []float64{2, 6, 8, 11, 14}
		}
		if bar == Bars-1 {
			comping = []float64{0}
		}
		for _, step := range comping {
			s.chord(nylon, bar, step, 2.6+12*b2f(bar == Bars-1), 0.06, c.notes...)
		}
		fifth := c.bass + 7 - 12*b2f(c.bass > 41)
		s.note(bass, bar, 0, 5.5, c.bass)
		if bar != Bars-1 {
			s.note(bass, bar, 6, 1.8, fifth)
			s.note(bass, bar, 8, 5.5, fifth)
			s.note(bass, bar, 14, 1.8, c.bass)
		}
	}
	wind := voice{play: flute, gain: 0.3, pan: 0.2, room: 0.5, echo: 0.15}
	s.melody(wind, verseAt, 0,
		tone{0, 2, 2, 76}, tone{0, 4, 2, 77}, tone{0, 6, 5, 81}, tone{0, 12, 4, 79},
		tone{1, 0, 3, 77}, tone{1, 3, 3, 76}, tone{1, 6, 8, 71},
		tone{2, 2, 2, 74}, tone{2, 4, 2, 76}, tone{2, 6, 5, 79}, tone{2, 12, 4, 76},
		tone{3, 0, 3, 73}, tone{3, 3, 3, 76}, tone{3, 6, 8, 69})
	s.melody(wind, chorusAt, 0,
		tone{0, 0, 3, 77}, tone{0, 3, 3, 81}, tone{0, 6, 6, 84}, tone{0, 12, 4, 81},
		tone{1, 0, 6, 80}, tone{1, 6, 4, 77}, tone{1, 10, 6, 74},
		tone{2, 0, 3, 76}, tone{2, 3, 3, 79}, tone{2, 6, 6, 83}, tone{2, 12, 4, 81},
		tone{3, 0, 6, 79}, tone{3, 6, 3, 76}, tone{3, 9, 6, 73})
	s.melody(wind, outroAt, 0, tone{0, 2, 4, 72}, tone{0, 6, 6, 74}, tone{0, 12, 3, 76}, tone{1, 0, 12, 79})
	all := span(0, Bars-1)
	s.beat(voice{gain: 0.2, pan: 0.4}, shaker(), "X.xoX.xoX.xoX.xo", all...)
	s.beat(voice{gain: 0.26, pan: -0.35, room: 0.3}, rim(), "x..x..x...x..x..", span(verseAt, 8)...)
	s.beat(voice{gain: 0.42}, kick(), "x.....o.x.....o.", span(verseAt, 10)...)
}
