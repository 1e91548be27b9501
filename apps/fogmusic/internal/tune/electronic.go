package tune

// neon is synthwave: arpeggios, a bass in eighths, claps in a large room.
var neon = Tune{
	Name: "neon-y-niebla", Title: "Neón y niebla", Artist: "Costanera 84", Album: "Última salida", Genre: "Electronic",
	BarFrames: 80, score: scoreNeon,
}

func scoreNeon(s *studio) {
	chords := [Bars][3]float64{
		{57, 60, 64}, {53, 57, 60},
		{57, 60, 64}, {53, 57, 60}, {48, 52, 55}, {55, 59, 62},
		{53, 57, 60}, {55, 59, 62}, {57, 60, 64}, {52, 56, 59},
		{50, 53, 57}, {52, 56, 59},
		{57, 60, 64}, {57, 60, 64},
	}
	arp := voice{play: square(0.3), gain: 0.16, pan: -0.3, room: 0.25, echo: 0.45}
	strings := voice{play: pad(1500), gain: 0.2, room: 0.4}
	bass := voice{play: synthBass, gain: 0.5}
	order := []int{0, 1, 2, 1, 0, 2, 1, 2}
	for bar, c := range chords {
		s.chord(strings, bar, 0, 15, 0, c[0], c[1], c[2])
		for i := range 16 {
			last := bar == Bars-1
			if bar < bridgeAt+1 && !last || last && i == 0 {
				octave := 12.0 + 12*b2f(i%8 >= 4)
				s.note(arp, bar, float64(i), 0.8, c[order[i%8]]+octave)
			}
			if i%2 == 0 && bar >= 1 && bar != bridgeAt && (!last || i == 0) {
				s.note(bass, bar, float64(i), 1.6, c[0]-24+12*b2f(i%4 == 2))
			}
		}
	}
	tune := voice{play: lead, gain: 0.27, pan: 0.15, room: 0.35, echo: 0.4}
	s.melody(tune, chorusAt, 0,
		tone{0, 0, 6, 72}, tone{0, 6, 2, 74}, tone{0, 8, 8, 76}, tone{1, 0, 6, 74}, tone{1, 6, 2, 72}, tone{1, 8, 8, 71},
		tone{2, 0, 4, 72}, tone{2, 4, 4, 76}, tone{2, 8, 6, 81}, tone{2, 14, 2, 79}, tone{3, 0, 8, 80}, tone{3, 8, 8, 76})
	s.melody(tune, verseAt, -12, tone{0, 8, 8, 76}, tone{1, 8, 4, 72}, tone{1, 12, 4, 77}, tone{2, 8, 8, 79}, tone{3, 8, 8, 74})

	k, cl := voice{gain: 0.95}, voice{gain: 0.55, room: 0.6}
	h := voice{gain: 0.24, pan: 0.3}
	main := append(append(span(1, 9), bridgeAt+1), outroAt)
	s.beat(k, kick(), "X...X...X...X...", main...)
	s.beat(cl, clap(), "....X.......X...", main[1:]...)
	s.beat(h, hat(), "..x...x...x...x.", main...)
	s.beat(h, hat(), "o.o.o.o.o.o.o.oo", main...)
	s.beat(h, openHat(), "..............x.", main...)
	s.beat(cl, snare(), "........o.o.xxXX", bridgeAt+1)
	s.beat(voice{gain: 0.25, room: 0.4}, crash(), "X...............", verseAt, chorusAt, outroAt)
	s.beat(k, kick(), "X...............", Bars-1)
}
