package tune

// A Tune is an original piece.
type Tune struct {
	Name      string // of its file
	Title     string
	Artist    string
	Album     string
	Genre     string
	BarFrames int // MP3 frames in a bar
	Swing     float64
	score     func(*studio)
}

// The sections of every tune, in bars. A tune is played in this order; its
// sections go together in any other, too.
const (
	Intro  = 2
	Verse  = 4
	Chorus = 4
	Bridge = 2
	Outro  = 2
	Bars   = Intro + Verse + Chorus + Bridge + Outro
)

// Where the sections begin.
const (
	verseAt  = Intro
	chorusAt = verseAt + Verse
	bridgeAt = chorusAt + Chorus
	outroAt  = bridgeAt + Bridge
)

// Tunes are the tunes that ship.
var Tunes = []Tune{rompeolas, neon, patio, faro, medianoche, moneda}

// Play renders the tune: exactly Bars bars.
func (t Tune) Play() Sound {
	n := Bars * t.BarFrames * FrameSamples
	s := &studio{tune: t, dry: newSound(n), room: newSound(n), echo: newSound(n)}
	t.score(s)
	s.dry.add(reverb(s.room, s.hall(), 0.35), 1)
	s.dry.add(echo(s.echo, s.at(0, 3), 0.42), 0.5)
	master(s.dry)
	return s.dry
}

// A studio is where a tune is played: a bar has sixteen steps.
type studio struct {
	tune            Tune
	dry, room, echo Sound
	roomSize        float64
}

func (s *studio) hall() float64 {
	if s.roomSize == 0 {
		return 1
	}
	return s.roomSize
}

// at gives the sample of a step, the off-beats late when the tune swings.
func (s *studio) at(bar int, step float64) int {
	eighth := step / 2
	whole := float64(int(eighth))
	if int(eighth)%2 == 1 {
		whole += s.tune.Swing
	}
	length := float64(s.tune.BarFrames * FrameSamples)
	return int(length * (float64(bar) + (whole+eighth-float64(int(eighth)))/8))
}

// A voice is an instrument's place in the mix.
type voice struct {
	play       instrument
	gain, pan  float64
	room, echo float64 // how much of it goes there
}

// note plays a note, length in steps.
func (s *studio) note(v voice, bar int, step, length, note float64) {
	s.sound(v, bar, step, v.play(note, s.seconds(length)))
}

func (s *studio) seconds(steps float64) float64 {
	return steps / 16 * float64(s.tune.BarFrames*FrameSamples) / Rate
}

func (s *studio) sound(v voice, bar int, step float64, mono []float64) {
	at := s.at(bar, step)
	s.dry.mix(at, mono, v.gain, v.pan)
	s.room.mix(at, mono, v.gain*v.room, v.pan)
	s.echo.mix(at, mono, v.gain*v.echo, v.pan)
}

// chord plays notes together, strummed over a part of a step.
func (s *studio) chord(v voice, bar int, step, length, strum float64, notes ...float64) {
	for i, n := range notes {
		s.note(v, bar, step+strum*float64(i), length, n)
	}
}

// beat strikes a drum wherever the pattern of sixteen has a mark: X hard, x
// ordinary, o soft.
func (s *studio) beat(v voice, mono []float64, pattern string, bars ...int) {
	level := map[rune]float64{'X': 1, 'x': 0.75, 'o': 0.4}
	for _, bar := range bars {
		for step, mark := range []rune(pattern) {
			if g := level[mark]; g > 0 {
				w := v
				w.gain *= g
				s.sound(w, bar, float64(step), mono)
			}
		}
	}
}

// A tone of a melody: bar within the section, step, length in steps, MIDI note.
type tone struct {
	bar                int
	step, length, note float64
}

// melody plays tones from a bar on.
func (s *studio) melody(v voice, from int, shift float64, tones ...tone) {
	for _, t := range tones {
		s.note(v, from+t.bar, t.step, t.length, t.note+shift)
	}
}

// span gives n bars from a bar on.
func span(from, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = from + i
	}
	return out
}
