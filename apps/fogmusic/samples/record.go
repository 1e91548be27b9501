package main

import (
	"bytes"
	"embed"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cover"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/id3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/tune"
)

//go:generate go run . --record --out tunes

//go:embed tunes/*.mp3
var tunes embed.FS

// The encoder and a decoder together delay sound by this many samples. As much
// silence more as makes two frames lets every bar begin with a frame.
const (
	codecDelay = 576 + 529
	leadFrames = 2
)

const license = "CC0 1.0: dedicated to the public domain. https://creativecommons.org/publicdomain/zero/1.0/"

// year is that of the recordings.
const year = 2026

// recordAll plays every tune, encodes it and writes it with tag and cover.
func recordAll(dir string) (int, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, err
	}
	for i, t := range tune.Tunes {
		frames, err := encode(t)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", t.Name, err)
		}
		file, err := tagged(t.Title, t, 1, i, t.Name, mp3.Join(frames))
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, t.Name+".mp3"), file, 0o666); err != nil {
			return 0, err
		}
	}
	return len(tune.Tunes), nil
}

// encode plays the tune and gives its frames: exactly those of its bars. They
// do not share bits (--nores), so they may be put in another order.
func encode(t tune.Tune) ([][]byte, error) {
	sound := t.Play()
	var wav bytes.Buffer
	if err := tune.WriteWAV(&wav, sound, leadFrames*tune.FrameSamples-codecDelay); err != nil {
		return nil, err
	}
	cmd := exec.Command("lame", "--quiet", "--nores", "-t", "--cbr", "-b", "96", "--resample", "48", "-m", "j", "-q", "0", "-", "-")
	cmd.Stdin = &wav
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("lame: %w", err)
	}
	frames := mp3.Frames(out)
	n := tune.Bars * t.BarFrames
	if len(frames) < leadFrames+n {
		return nil, fmt.Errorf("lame made %d frames, not %d", len(frames), leadFrames+n)
	}
	return frames[leadFrames : leadFrames+n], nil
}

// tagged puts tag and cover in front of audio.
func tagged(title string, t tune.Tune, track, seed int, art string, audio []byte) ([]byte, error) {
	picture, err := cover.Draw(fmt.Sprintf("%s %d", art, seed), title)
	if err != nil {
		return nil, err
	}
	tag := id3.Tag{
		Title: title, Artist: t.Artist, Album: t.Album, Genre: t.Genre,
		Year: strconv.Itoa(year), Track: strconv.Itoa(track), Comment: license, Cover: picture,
	}
	return append(tag.Encode(), audio...), nil
}

// recording gives the frames of a tune that the command carries.
func recording(t tune.Tune) ([][]byte, error) {
	file, err := tunes.ReadFile("tunes/" + t.Name + ".mp3")
	if err != nil {
		return nil, err
	}
	s, err := mp3.Scan(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Name, err)
	}
	return mp3.Frames(s.Audio), nil
}

// copyOriginals writes the tunes as they are carried.
func copyOriginals(dir string) (int, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return 0, err
	}
	for _, t := range tune.Tunes {
		file, err := tunes.ReadFile("tunes/" + t.Name + ".mp3")
		if err != nil {
			return 0, err
		}
		if err := os.WriteFile(filepath.Join(dir, t.Name+".mp3"), file, 0o666); err != nil {
			return 0, err
		}
	}
	return len(tune.Tunes), nil
}
