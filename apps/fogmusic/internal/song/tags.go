package song

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/dhowden/tag"
)

// unknown stands where neither the tags nor the file's name say anything.
const unknown = "Unknown"

// maxText is how many characters of a tag are kept.
const maxText = 200

// numbered is a track number in front of a file name: "07 - ", "7. ".
var numbered = regexp.MustCompile(`^\d{1,3}(\s*[-._]\s*|\s+)`)

// labels is what the tags of a file say.
type labels struct {
	title, artist, album, genre string
	year, track                 int
	picture                     []byte
}

// describe fills in what the tags in data say, or else the name of the file,
// and gives the picture in the tags, if any.
func (s *Song) describe(data []byte) (picture []byte) {
	l, err := readTags(data)
	if err != nil && !errors.Is(err, tag.ErrNoTagsFound) {
		s.Warnings = append(s.Warnings, Warning{Tags, err})
	}
	artist, title := fromName(s.Source)
	s.Title, s.Artist = either(clean(l.title), title), either(clean(l.artist), artist)
	s.Album, s.Genre = either(clean(l.album), unknown), either(clean(l.genre), unknown)
	s.Year, s.Track = max(0, l.year), max(0, l.track)
	return l.picture
}

// readTags keeps the tag library's trouble with hostile tags to itself: it
// reports some of it by panicking.
func readTags(data []byte) (l labels, err error) {
	defer func() {
		if r := recover(); r != nil {
			l, err = labels{}, fmt.Errorf("malformed tag: %v", r)
		}
	}()
	m, err := tag.ReadFrom(bytes.NewReader(data))
	if err != nil {
		return l, err
	}
	l = labels{title: m.Title(), artist: m.Artist(), album: m.Album(), genre: genreName(m.Genre()), year: m.Year()}
	l.track, _ = m.Track()
	if p := m.Picture(); p != nil {
		l.picture = p.Data
	}
	return l, nil
}

// genreName gives the name of a genre that ID3v2.4 has as a number: 17 is
// Rock. The names are those of ID3v1, which the tag library knows.
func genreName(s string) string {
	n, err := strconv.ParseUint(s, 10, 8)
	if err != nil {
		return s
	}
	v1 := append([]byte("TAG"), make([]byte, 125)...)
	v1[127] = byte(n)
	m, err := tag.ReadID3v1Tags(bytes.NewReader(v1))
	if err != nil {
		return s
	}
	return either(m.Genre(), s)
}

// fromName reads "07 - Artist - Title.mp3" and what is left of it.
func fromName(name string) (artist, title string) {
	name = strings.TrimSuffix(name, filepath.Ext(name))
	if rest := numbered.ReplaceAllString(name, ""); rest != "" {
		name = rest
	}
	artist, title, ok := strings.Cut(name, " - ")
	if !ok {
		artist, title = "", name
	}
	return either(clean(artist), unknown), either(clean(title), unknown)
}

// either is s, or other when s is empty.
func either(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// clean makes one line of valid text, without what does not print.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return ' '
		}
		if !unicode.IsGraphic(r) || r == unicode.ReplacementChar {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > maxText {
		s = strings.TrimSpace(string(r[:maxText]))
	}
	return s
}
