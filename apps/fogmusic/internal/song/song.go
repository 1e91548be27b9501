package song

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/cover"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/mp3"
)

// MaxSize is the largest file that is read: a song is held in memory while it
// is encrypted.
const MaxSize = 512 << 20

// A Song is what the catalogue says of a song, and its cover.
type Song struct {
	ID        fogfile.SongID
	Source    string // base name of the file
	Title     string
	Artist    string
	Album     string
	Genre     string
	Year      int // 0 when not known
	Track     int // 0 when not known
	Duration  time.Duration
	AudioSize int64
	AudioHash string // SHA-256 of the audio, hexadecimal
	Cover     []byte // JPEG
	CoverHash string // SHA-256 of Cover, hexadecimal
	Warnings  []Warning
}

// A Warning tells of something that could not be used and was replaced.
type Warning struct {
	Part   Part
	Reason error
}

// A Part of a file that can be missing without harm to the song.
type Part int

// The parts.
const (
	Tags Part = iota
	Cover
)

// A TooLargeError says that a file is larger than MaxSize.
type TooLargeError struct{ Size int64 }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%d bytes are more than the %d that can be held", e.Size, MaxSize)
}

// Read reads the song in the file, with its audio.
func Read(path string) (Song, []byte, error) {
	data, err := readFile(path)
	if err != nil {
		return Song{}, nil, err
	}
	stream, err := mp3.Scan(data)
	if err != nil {
		return Song{}, nil, err
	}
	sum := sha256.Sum256(stream.Audio)
	s := Song{
		ID:        fogfile.SongIDOf(stream.Audio),
		Source:    filepath.Base(path),
		Duration:  stream.Duration.Round(time.Millisecond),
		AudioSize: int64(len(stream.Audio)),
		AudioHash: hex.EncodeToString(sum[:]),
	}
	picture := s.describe(data)
	if err := s.dress(picture); err != nil {
		return Song{}, nil, err
	}
	return s, stream.Audio, nil
}

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if info.Size() > MaxSize {
		return nil, &TooLargeError{info.Size()}
	}
	return io.ReadAll(io.LimitReader(f, MaxSize))
}

// dress gives the song the picture as its cover, or else a drawn one.
func (s *Song) dress(picture []byte) error {
	var err error
	if len(picture) > 0 {
		if s.Cover, err = cover.Thumbnail(picture); err != nil {
			s.Warnings = append(s.Warnings, Warning{Cover, err})
		}
	}
	if s.Cover == nil {
		if s.Cover, err = cover.Draw(s.ID.String(), s.Title); err != nil {
			return err
		}
	}
	sum := sha256.Sum256(s.Cover)
	s.CoverHash = hex.EncodeToString(sum[:])
	return nil
}
