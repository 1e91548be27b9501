package cloud

import (
	"math"
	"strconv"
	"time"

	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/niebla-cloud/niebla/apps/fogmusic/internal/seeding"
)

type item = map[string]ddb.AttributeValue

// toItem gives the catalogue's item; docs/container.md describes it.
func toItem(e seeding.Entry) item {
	it := item{
		"song_id": text(e.SongID), "title": text(e.Title), "artist": text(e.Artist), "album": text(e.Album), "genre": text(e.Genre),
		"duration":  number(e.Duration.Seconds()),
		"audio_key": text(e.AudioKey), "audio_type": text(e.AudioType), "audio_hash": text(e.AudioHash),
		"audio_size": number(float64(e.AudioSize)), "object_size": number(float64(e.ObjectSize)),
		"cover_key": text(e.CoverKey), "cover_hash": text(e.CoverHash),
		"container": number(float64(e.Container)), "key_mode": text(e.KeyMode),
		"source": text(e.Source), "uploaded_at": text(e.UploadedAt),
	}
	if e.KMSKey != "" {
		it["kms_key"] = text(e.KMSKey)
	}
	if e.Year > 0 {
		it["year"] = number(float64(e.Year))
	}
	if e.Track > 0 {
		it["track"] = number(float64(e.Track))
	}
	return it
}

// fromItem reads an item. What is missing or of another type is left empty, so
// such an entry is not the same as a whole one.
func fromItem(it item) seeding.Entry {
	return seeding.Entry{
		SongID: readText(it["song_id"]), Title: readText(it["title"]), Artist: readText(it["artist"]),
		Album: readText(it["album"]), Genre: readText(it["genre"]),
		Year: int(readNumber(it["year"])), Track: int(readNumber(it["track"])),
		Duration: time.Duration(math.Round(readNumber(it["duration"])*1000)) * time.Millisecond,
		AudioKey: readText(it["audio_key"]), AudioType: readText(it["audio_type"]), AudioHash: readText(it["audio_hash"]),
		AudioSize: int64(readNumber(it["audio_size"])), ObjectSize: int64(readNumber(it["object_size"])),
		CoverKey: readText(it["cover_key"]), CoverHash: readText(it["cover_hash"]),
		Container: int(readNumber(it["container"])), KeyMode: readText(it["key_mode"]), KMSKey: readText(it["kms_key"]),
		Source: readText(it["source"]), UploadedAt: readText(it["uploaded_at"]),
	}
}

func text(s string) ddb.AttributeValue { return &ddb.AttributeValueMemberS{Value: s} }

// number is exact for the integers up to 2^53 that sizes stay below.
func number(f float64) ddb.AttributeValue {
	return &ddb.AttributeValueMemberN{Value: strconv.FormatFloat(f, 'f', -1, 64)}
}

func readText(v ddb.AttributeValue) string {
	s, _ := v.(*ddb.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func readNumber(v ddb.AttributeValue) float64 {
	n, _ := v.(*ddb.AttributeValueMemberN)
	if n == nil {
		return 0
	}
	f, err := strconv.ParseFloat(n.Value, 64)
	if err != nil {
		return 0
	}
	return f
}
