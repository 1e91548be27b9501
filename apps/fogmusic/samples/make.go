package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/tune"
)

// maxSongs is how many songs there are forms and titles for.
const maxSongs = 10000

// A part of a tune: where it begins and how many bars it has.
type part struct{ at, bars int }

var (
	intro  = part{0, tune.Intro}
	verse  = part{tune.Intro, tune.Verse}
	chorus = part{tune.Intro + tune.Verse, tune.Chorus}
	bridge = part{tune.Intro + tune.Verse + tune.Chorus, tune.Bridge}
	outro  = part{tune.Bars - tune.Outro, tune.Outro}
)

// forms gives the first n ways to put the parts between intro and outro: short
// ones first, each with verse and chorus, and no bridge beside a bridge.
func forms(n int) [][]part {
	choice := []part{verse, chorus, bridge}
	var out [][]part
	for row := [][]part{nil}; len(out) < n; {
		var longer [][]part
		for _, f := range row {
			for _, p := range choice {
				if p == bridge && (len(f) == 0 || f[len(f)-1] == bridge) {
					continue
				}
				longer = append(longer, append(append([]part{}, f...), p))
			}
		}
		row = longer
		for _, f := range row {
			if len(out) < n && has(f, verse) && has(f, chorus) && f[len(f)-1] != bridge {
				out = append(out, append(append([]part{intro}, f...), outro))
			}
		}
	}
	return out
}

func has(form []part, p part) bool {
	for _, q := range form {
		if p == q {
			return true
		}
	}
	return false
}

// makeSongs writes n songs: the tunes in turn, each time in another form.
func makeSongs(dir string, n int) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	all := forms((n + len(tune.Tunes) - 1) / len(tune.Tunes))
	for i, t := range tune.Tunes {
		frames, err := recording(t)
		if err != nil {
			return err
		}
		for number := i; number < n; number += len(tune.Tunes) {
			if err := makeSong(dir, t, frames, all[number/len(tune.Tunes)], number); err != nil {
				return err
			}
		}
	}
	return nil
}

func makeSong(dir string, t tune.Tune, frames [][]byte, form []part, number int) error {
	var song [][]byte
	for _, p := range form {
		song = append(song, frames[p.at*t.BarFrames:(p.at+p.bars)*t.BarFrames]...)
	}
	title := titleOf(number)
	file, err := tagged(title, t, number/len(tune.Tunes)+1, number, "song", mp3.Join(song))
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%03d - %s.mp3", number+1, title)
	return os.WriteFile(filepath.Join(dir, name), file, 0o666)
}

// A title is a thing, a quality and, when these are used up, a number.
var (
	things = []string{"Niebla", "Marea", "Lluvia", "Ceniza", "Luz", "Sombra", "Orilla", "Calle", "Ventana", "Luna",
		"Brisa", "Hoguera", "Bahía", "Estación", "Nube", "Isla", "Siesta", "Tormenta", "Arena", "Noche"}
	qualities = []string{"lenta", "de invierno", "sin nombre", "a medianoche", "azul", "del sur", "encendida", "de papel", "lejana", "de abril",
		"de cobre", "en silencio", "perdida", "de paso", "al revés", "de sal", "callada", "prestada", "de vuelta", "que espera"}
)

// titleOf gives every number up to maxSongs another title. Neighbours share
// no word: 7 and 20 have no common divisor.
func titleOf(number int) string {
	thing := number * 7 % len(things)
	quality := (number + number/len(things)) % len(qualities)
	title := things[thing] + " " + qualities[quality]
	if round := number / (len(things) * len(qualities)); round > 0 {
		title += fmt.Sprintf(" %d", round+1)
	}
	return title
}
