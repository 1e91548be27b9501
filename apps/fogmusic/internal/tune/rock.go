package tune

// rompeolas is rock: power chords, straight drums, a lead over the chorus.
var rompeolas = Tune{
	Name: "rompeolas", Title: "Rompeolas", Artist: "Los Faros Rotos", Album: "Marea alta", Genre: "Rock",
	BarFrames: 75, score: scoreRompeolas,
}

func scoreRompeolas(s *studio) {
	// The bars' roots: E minor, with a lift in the chorus.
	roots := [Bars]float64{40, 43, 40, 48, 43, 50, 48, 50, 43, 50, 45, 47, 40, 40}
	guitars := newSound(len(s.dry.L))
	amp := &studio{tune: s.tune, dry: guitars, room: newSound(0), echo: newSound(0)}
	left, right := voice{play: pluck(0.8, 0.9985), gain: 0.5, pan: -0.8}, voice{play: pluck(0.7, 0.9982), gain: 0.5, pan: 0.8}
	bass := voice{play: pluck(0.35, 0.998), gain: 0.62}
	chug := []float64{0, 2, 4, 6, 8, 10, 12, 14}
	for bar, root := range roots {
		open := bar < Intro || bar >= chorusAt && bar < bridgeAt || bar >= outroAt
		for _, step := range chug {
			length := 1.3
			if open {
				length = 15.5
			}
			if !open || step == 0 || step == 6 && bar < outroAt || step == 12 && bar == chorusAt+3 {
				amp.chord(left, bar, step, length, 0, root, root+7, root+12)
				amp.chord(right, bar, step+0.04, length, 0, root+0.06, root+7.05, root+12.04)
			}
			if bar > 0 && !(bar == Bars-1 && step > 0) {
				s.note(bass, bar, step, 1.9, root-12)
			}
		}
	}
	guitars.each(highpass(85))
	guitars.each(drive(5))
	guitars.each(lowpass(3900, 0.55))
	s.dry.add(guitars, 0.34)
	s.room.add(guitars, 0.05)

	solo := voice{play: lead, gain: 0.34, pan: 0.12, room: 0.3, echo: 0.35}
	s.melody(solo, chorusAt, 0,
		tone{0, 0, 4, 71}, tone{0, 4, 2, 74}, tone{0, 6, 6, 76}, tone{0, 12, 4, 74},
		tone{1, 0, 6, 78}, tone{1, 6, 2, 76}, tone{1, 8, 8, 74},
		tone{2, 0, 4, 76}, tone{2, 4, 4, 79}, tone{2, 8, 4, 78}, tone{2, 12, 4, 76},
		tone{3, 0, 6, 78}, tone{3, 6, 2, 76}, tone{3, 8, 4, 75}, tone{3, 12, 4, 71})
	s.melody(solo, outroAt, 0, tone{0, 0, 4, 76}, tone{0, 4, 4, 74}, tone{0, 8, 4, 71}, tone{0, 12, 4, 67}, tone{1, 0, 12, 64})
	rockDrums(s)
}

func rockDrums(s *studio) {
	k, sn := voice{gain: 0.95}, voice{gain: 0.62, room: 0.25}
	h, cr := voice{gain: 0.3, pan: 0.35}, voice{gain: 0.32, pan: -0.3, room: 0.2}
	s.beat(h, hat(), "x.x.x.x.x.x.x.x.", 0)
	s.beat(k, kick(), "X.......X.X.....", append(span(1, 5), 12)...)
	s.beat(sn, snare(), "....X.......X...", append(span(1, 5), 12)...)
	s.beat(h, hat(), "X.x.X.x.X.x.X.x.", append(span(1, 4), 12)...)
	s.beat(k, kick(), "X..x..X.X.X.....", span(chorusAt, Chorus)...)
	s.beat(sn, snare(), "....X.......X..o", span(chorusAt, Chorus)...)
	s.beat(h, openHat(), "x.x.x.x.x.x.x.x.", span(chorusAt, Chorus)...)
	s.beat(cr, crash(), "X...............", verseAt, chorusAt, bridgeAt, outroAt, Bars-1)
	s.beat(k, kick(), "X...X...X...X...", bridgeAt)
	s.beat(voice{gain: 0.6, pan: -0.3, room: 0.2}, tom(140), "x.xxx.xx........", bridgeAt+1)
	s.beat(voice{gain: 0.65, pan: 0.3, room: 0.2}, tom(95), "........x.xxx.xx", bridgeAt+1)
	s.beat(k, kick(), "X...............", Bars-1)
}

func b2f(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
