package tune

// moneda is chiptune: two pulses, a triangle, noise.
var moneda = Tune{
	Name: "moneda-para-jugar", Title: "Moneda para jugar", Artist: "8 Bits de Sal", Album: "Nivel uno", Genre: "Chiptune",
	BarFrames: 70, score: scoreMoneda,
}

func scoreMoneda(s *studio) {
	chords := [Bars][3]float64{
		{60, 64, 67}, {55, 59, 62},
		{60, 64, 67}, {57, 60, 64}, {53, 57, 60}, {55, 59, 62},
		{53, 57, 60}, {55, 59, 62}, {52, 55, 59}, {57, 60, 64},
		{50, 53, 57}, {55, 59, 62},
		{53, 56, 60}, {60, 64, 67},
	}
	arp := voice{play: square(0.25), gain: 0.16, pan: -0.35}
	bass := voice{play: triangle, gain: 0.4}
	for bar, c := range chords {
		last := bar == Bars-1
		for i := range 16 {
			if !last || i < 4 {
				s.note(arp, bar, float64(i), 0.9, c[i%3]+12)
			}
			if i%2 == 0 && (!last || i == 0) {
				s.note(bass, bar, float64(i), 1.5, c[0]-24+12*b2f(i%4 == 2))
			}
		}
	}
	hero := voice{play: square(0.5), gain: 0.24, pan: 0.2, echo: 0.3}
	s.melody(hero, 0, 0, tone{0, 0, 2, 72}, tone{0, 2, 2, 76}, tone{0, 4, 4, 79}, tone{0, 10, 2, 76}, tone{0, 12, 4, 79},
		tone{1, 0, 2, 74}, tone{1, 2, 2, 79}, tone{1, 4, 4, 83}, tone{1, 10, 2, 81}, tone{1, 12, 4, 79})
	s.melody(hero, verseAt, 0,
		tone{0, 0, 3, 76}, tone{0, 3, 3, 72}, tone{0, 6, 2, 79}, tone{0, 8, 6, 76},
		tone{1, 0, 3, 72}, tone{1, 3, 3, 69}, tone{1, 6, 2, 76}, tone{1, 8, 6, 72},
		tone{2, 0, 2, 69}, tone{2, 2, 2, 72}, tone{2, 4, 4, 77}, tone{2, 8, 4, 76}, tone{2, 12, 4, 72},
		tone{3, 0, 4, 74}, tone{3, 4, 4, 71}, tone{3, 8, 2, 74}, tone{3, 10, 2, 76}, tone{3, 12, 4, 79})
	s.melody(hero, chorusAt, 0,
		tone{0, 0, 4, 81}, tone{0, 4, 2, 79}, tone{0, 6, 2, 77}, tone{0, 8, 4, 79}, tone{0, 12, 4, 81},
		tone{1, 0, 4, 83}, tone{1, 4, 2, 81}, tone{1, 6, 2, 79}, tone{1, 8, 8, 74},
		tone{2, 0, 4, 79}, tone{2, 4, 2, 76}, tone{2, 6, 2, 79}, tone{2, 8, 4, 83}, tone{2, 12, 4, 86},
		tone{3, 0, 6, 84}, tone{3, 6, 2, 83}, tone{3, 8, 8, 81})
	s.melody(hero, bridgeAt, 0, tone{0, 0, 2, 74}, tone{0, 4, 2, 77}, tone{0, 8, 2, 81}, tone{0, 12, 2, 77},
		tone{1, 0, 1, 79}, tone{1, 2, 1, 81}, tone{1, 4, 1, 83}, tone{1, 6, 1, 84}, tone{1, 8, 8, 86})
	s.melody(hero, outroAt, 0, tone{0, 0, 4, 84}, tone{0, 4, 4, 80}, tone{0, 8, 4, 77}, tone{0, 12, 4, 80}, tone{1, 0, 2, 79}, tone{1, 2, 2, 84}, tone{1, 4, 8, 88})
	beat := append(append(span(1, 9), bridgeAt+1), outroAt)
	s.beat(voice{gain: 0.6}, tom(62), "X.....x.X.......", beat...)
	s.beat(voice{gain: 0.3}, chipNoise(0.14, 26, 5), "....X.......X...", beat...)
	s.beat(voice{gain: 0.13}, chipNoise(0.04, 90, 2), "x.x.x.x.x.x.x.xx", append(span(0, 10), beat[9:]...)...)
}
