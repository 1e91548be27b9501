package tune

// faro is ambient: wide pads, bells far off, a pulse like a light turning.
var faro = Tune{
	Name: "faro-dormido", Title: "Faro dormido", Artist: "Bruma", Album: "Aguas quietas", Genre: "Ambient",
	BarFrames: 96, score: scoreFaro,
}

func scoreFaro(s *studio) {
	s.roomSize = 1.7
	chords := [Bars][4]float64{
		{50, 57, 64, 66}, {50, 57, 62, 66},
		{47, 54, 62, 64}, {47, 54, 62, 66}, {43, 50, 59, 66}, {43, 50, 57, 62},
		{50, 57, 61, 66}, {52, 59, 62, 67}, {54, 57, 61, 64}, {43, 50, 59, 64},
		{52, 55, 59, 66}, {45, 52, 59, 62},
		{50, 57, 64, 66}, {50, 57, 62, 69},
	}
	wide := [2]voice{{play: pad(900), gain: 0.22, pan: -0.7, room: 0.8}, {play: pad(1100), gain: 0.2, pan: 0.7, room: 0.8}}
	low := voice{play: func(note, length float64) []float64 {
		return render(note, length, 0.6, func(t, p float64) float64 {
			return (sine(p) + 0.2*sine(2*p)) * adsr(t, length, 0.3, 0.2, 0.9, 0.6)
		})
	}, gain: 0.34}
	for bar, c := range chords {
		for i, n := range c {
			s.note(wide[i%2], bar, 0, 15.5, n)
			s.note(wide[(i+1)%2], bar, 0, 15.5, n+12.03)
		}
		s.note(low, bar, 0, 15, c[0]-12)
	}
	far := voice{play: bell, gain: 0.16, pan: 0.4, room: 0.9, echo: 0.6}
	near := far
	near.pan, near.gain = -0.4, 0.2
	for bar := range Bars - 1 {
		c := chords[bar]
		s.note(far, bar, 6, 2, c[3]+24)
		s.note(near, bar, 12, 2, c[2]+12)
		if bar >= chorusAt && bar < bridgeAt {
			s.note(near, bar, 0, 2, c[1]+24)
			s.note(far, bar, 3, 2, c[2]+24)
			s.note(near, bar, 9, 2, c[3]+12)
		}
	}
	s.note(near, Bars-1, 0, 4, 74)
	voiceOver := voice{play: flute, gain: 0.16, room: 0.9, echo: 0.4}
	s.melody(voiceOver, verseAt, 0, tone{0, 4, 10, 66}, tone{1, 4, 10, 69}, tone{2, 4, 6, 71}, tone{2, 10, 6, 69}, tone{3, 2, 12, 66})
	s.melody(voiceOver, chorusAt, 0, tone{0, 2, 8, 73}, tone{0, 10, 6, 74}, tone{1, 2, 12, 71}, tone{2, 2, 8, 69}, tone{2, 10, 6, 66}, tone{3, 2, 12, 67})
	s.beat(voice{gain: 0.3, room: 0.5}, kick(), "o.......o.......", append(span(verseAt, 8), outroAt)...)
	s.beat(voice{gain: 0.1, pan: 0.5, room: 0.6}, shaker(), "..o...x...o...x.", span(chorusAt, 4)...)
}
