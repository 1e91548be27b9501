package seeding

import (
	"time"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/fogfile"
	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/song"
)

// The media types of what is stored.
const (
	ContainerType = "application/vnd.fogmusic.song"
	audioType     = "audio/mpeg"
	coverType     = "image/jpeg"
)

// containerVersion is the version of fogfile that this package writes.
const containerVersion = 1

// An Entry is what the catalogue holds of a song: docs/container.md describes
// each member. It is comparable.
type Entry struct {
	SongID     string
	Title      string
	Artist     string
	Album      string
	Genre      string
	Year       int
	Track      int
	Duration   time.Duration
	AudioKey   string
	AudioType  string
	AudioSize  int64
	AudioHash  string
	ObjectSize int64
	CoverKey   string
	CoverHash  string
	Container  int
	KeyMode    string
	KMSKey     string
	Source     string
	UploadedAt string
}

// entry describes the song as it is when all of it is stored.
func (s *Seeder) entry(g song.Song) Entry {
	id := g.ID.String()
	return Entry{
		SongID: id, Title: g.Title, Artist: g.Artist, Album: g.Album, Genre: g.Genre,
		Year: g.Year, Track: g.Track, Duration: g.Duration,
		AudioKey: "songs/" + id + ".enc", AudioType: audioType,
		AudioSize: g.AudioSize, AudioHash: g.AudioHash, ObjectSize: s.header(g).Size(),
		CoverKey: "thumbnails/" + id + ".jpg", CoverHash: g.CoverHash,
		Container: containerVersion, KeyMode: s.Mode.String(), KMSKey: s.KMSKey, Source: g.Source,
	}
}

// header is the header of the song's container, but for salt and key.
func (s *Seeder) header(g song.Song) fogfile.Header {
	return fogfile.Header{Mode: s.Mode, ChunkSize: s.ChunkSize, PlainSize: g.AudioSize, SongID: g.ID}
}

// same tells whether two entries differ in nothing but the time.
func same(a, b Entry) bool {
	a.UploadedAt, b.UploadedAt = "", ""
	return a == b
}

// audioMeta is kept with the container: a stored container with these metadata
// and the right size needs not be sent again. PutObject is atomic, so there is
// no such thing as half of one.
func audioMeta(e Entry) map[string]string {
	m := map[string]string{"song-id": e.SongID, "audio-sha256": e.AudioHash, "key-mode": e.KeyMode}
	if e.KMSKey != "" {
		m["kms-key"] = e.KMSKey
	}
	return m
}

func coverMeta(e Entry) map[string]string {
	return map[string]string{"song-id": e.SongID, "sha256": e.CoverHash}
}
