package mp3

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math/rand/v2"
	"testing"
	"time"
)

// header96 is MPEG-1 layer III, 96 kbit/s, 48 kHz, joint stereo: 288 bytes a frame.
var header96 = []byte{0xff, 0xfb, 0x74, 0x40}

// frames makes n frames with different contents.
func frames(header []byte, n int) [][]byte {
	f, ok := ParseFrame(header)
	if !ok {
		panic("no frame header")
	}
	rnd := rand.New(rand.NewPCG(1, 2))
	out := make([][]byte, n)
	for i := range out {
		out[i] = make([]byte, f.Size())
		copy(out[i], header)
		for j := headerSize + f.SideInfo(); j < len(out[i]); j++ {
			out[i][j] = byte(rnd.IntN(255)) // never 0xff: no sync word by chance
		}
	}
	return out
}

func flat(frames [][]byte) []byte { return bytes.Join(frames, nil) }

func TestParseFrame(t *testing.T) {
	cases := []struct {
		name    string
		header  uint32
		size    int
		rate    int
		samples int
		side    int
	}{
		{"MPEG-1 128k 44.1k stereo", 0xfffb9000, 417, 44100, 1152, 32},
		{"MPEG-1 128k 44.1k padded", 0xfffb9200, 418, 44100, 1152, 32},
		{"MPEG-1 320k 48k mono with CRC", 0xfffae4c0, 960, 48000, 1152, 17},
		{"MPEG-2 64k 22.05k stereo", 0xfff38000, 208, 22050, 576, 17},
		{"MPEG-2.5 8k 8k mono", 0xffe318c0, 72, 8000, 576, 9},
	}
	for _, c := range cases {
		f, ok := ParseFrame(binary.BigEndian.AppendUint32(nil, c.header))
		if !ok || f.Size() != c.size || f.SampleRate != c.rate || f.Samples() != c.samples || f.SideInfo() != c.side {
			t.Errorf("%s: %+v %v, size %d, side info %d", c.name, f, ok, f.Size(), f.SideInfo())
		}
	}
	for name, h := range map[string]uint32{
		"layer II": 0xfffd9000, "reserved version": 0xffeb9000, "free bitrate": 0xfffb0000, "bad bitrate": 0xfffbf000,
		"reserved rate": 0xfffb9c00, "no sync": 0xff1b9000,
	} {
		if f, ok := ParseFrame(binary.BigEndian.AppendUint32(nil, h)); ok {
			t.Errorf("%s accepted as %+v", name, f)
		}
	}
	if _, ok := ParseFrame([]byte{0xff, 0xfb, 0x90}); ok {
		t.Error("three bytes accepted")
	}
}

func TestDuration(t *testing.T) {
	plain := flat(frames(header96, 125))
	if s, err := Scan(plain); err != nil || s.Duration != 3*time.Second || s.Frames != 125 || s.Channels != 2 || s.SampleRate != 48000 || s.Bitrate != 96000 {
		t.Errorf("frames alone: %+v, %v", s, err)
	}
	joined := Join(frames(header96, 125))
	if s, err := Scan(joined); err != nil || s.Duration != 3*time.Second || s.Frames != 125 || !bytes.Equal(s.Audio, joined) {
		t.Errorf("behind an Info frame: %v %d frames, %v", s.Duration, s.Frames, err)
	}
	// LAME's extension says what it added: 576 samples before, 1152 behind.
	lame := bytes.Clone(joined)
	at := headerSize + 32 + 116
	copy(lame[at:], "LAME3.100")
	lame[at+21], lame[at+22], lame[at+23] = 0x24, 0x04, 0x80
	want := time.Duration(125*1152-1728) * time.Second / 48000
	if s, err := Scan(lame); err != nil || s.Duration != want {
		t.Errorf("with added silence: %v, want %v (%v)", s.Duration, want, err)
	}
	vbri := flat(frames(header96, 126))
	copy(vbri[vbriOffset:], "VBRI")
	binary.BigEndian.PutUint32(vbri[vbriOffset+14:], 125)
	if s, err := Scan(vbri); err != nil || s.Duration != 3*time.Second {
		t.Errorf("behind a VBRI frame: %v, %v", s.Duration, err)
	}
}

func TestTagsAreNotAudio(t *testing.T) {
	audio := Join(frames(header96, 40))
	id3v2 := append([]byte("ID3\x04\x00\x00\x00\x00\x02\x01"), bytes.Repeat([]byte{0xff, 0xfb}, 0x101/2+1)[:0x101]...)
	footed := append([]byte("ID3\x04\x00\x10\x00\x00\x00\x05"), "\xff\xfb\x74\x40\x003DI\x04\x00\x10\x00\x00\x00\x05"...)
	id3v1 := append([]byte("TAG"), make([]byte, 125)...)
	ape := apeTag(48, true)
	lyrics := []byte("LYRICSBEGINsome words000020LYRICS200")
	for name, file := range map[string][]byte{
		"ID3v2 before":            concat(id3v2, audio),
		"two ID3v2, one footed":   concat(id3v2, footed, audio),
		"ID3v1 behind":            concat(audio, id3v1),
		"APE and ID3v1 behind":    concat(audio, ape, id3v1),
		"APE before":              concat(ape, audio),
		"Lyrics3 and ID3v1":       concat(audio, lyrics, id3v1),
		"everything":              concat(id3v2, audio, ape, lyrics, id3v1),
		"zeros as ID3v2 padding":  concat(id3v2, make([]byte, 700), audio),
		"half a frame at the end": concat(audio, audio[:100]),
	} {
		s, err := Scan(file)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if !bytes.Equal(s.Audio, audio) {
			t.Errorf("%s: %d bytes of audio, want %d", name, len(s.Audio), len(audio))
		}
	}
}

// apeTag makes an APEv2 tag with n bytes of items, header and footer.
func apeTag(n int, header bool) []byte {
	end := append([]byte("APETAGEX"), 0xd0, 0x07, 0, 0)
	end = binary.LittleEndian.AppendUint32(end, uint32(n+32))
	end = append(end, 1, 0, 0, 0)
	end = binary.LittleEndian.AppendUint32(end, 0x80000000)
	end = append(end, make([]byte, 8)...)
	return concat(end, make([]byte, n), end)
}

func concat(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

func TestCorrupt(t *testing.T) {
	audio := Join(frames(header96, 400))
	holed := bytes.Clone(audio)
	clear(holed[20000:60000])
	for name, c := range map[string]struct {
		file []byte
		flaw Flaw
	}{
		"empty":              {nil, NoFrames},
		"text":               {bytes.Repeat([]byte("this is no music. "), 5000), NoFrames},
		"only a tag":         {[]byte("ID3\x04\x00\x00\x00\x00\x00\x05hello"), NoFrames},
		"tag beyond the end": {[]byte("ID3\x04\x00\x00\x7f\x7f\x7f\x7fhello"), NoFrames},
		"cut in the middle":  {audio[:len(audio)/2], CutShort},
		"a hole":             {holed, Junk},
		"zeros behind":       {concat(flat(frames(header96, 100)), make([]byte, 30000)), Junk},
		"zeros before":       {concat(make([]byte, 30000), audio), Junk},
		"only an Info frame": {Join(frames(header96, 1))[:288], Silent},
	} {
		_, err := Scan(c.file)
		var e *CorruptError
		if !errors.As(err, &e) || e.Flaw != c.flaw || e.Error() == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFramesAndJoin(t *testing.T) {
	want := frames(header96, 30)
	got := Frames(Join(want))
	if len(got) != len(want) || !bytes.Equal(flat(got), flat(want)) {
		t.Errorf("%d frames of %d", len(got), len(want))
	}
	if n := len(Frames(nil)); n != 0 {
		t.Errorf("%d frames of nothing", n)
	}
}

// FuzzScan: what is accepted is accepted again as its own audio, unchanged.
func FuzzScan(f *testing.F) {
	audio := Join(frames(header96, 4))
	f.Add(audio)
	f.Add(concat([]byte("ID3\x04\x00\x10\x00\x00\x00\x05hello"), audio, apeTag(9, true)))
	f.Add(flat(frames([]byte{0xff, 0xe3, 0x18, 0xc0}, 3)))
	f.Add(concat(audio, []byte("LYRICSBEGINx-00020LYRICS200")))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := Scan(data)
		if err != nil {
			return
		}
		if s.Duration <= 0 || s.Frames <= 0 || len(s.Audio) > len(data) {
			t.Fatalf("%+v", s)
		}
		again, err := Scan(s.Audio)
		if trailingTag(s.Audio) > 0 || leadingTag(s.Audio) > 0 {
			return // frames that look like a tag are one the second time
		}
		if err != nil || !bytes.Equal(again.Audio, s.Audio) || again.Duration != s.Duration {
			t.Fatalf("again: %v; %d bytes, %v instead of %d, %v", err, len(again.Audio), again.Duration, len(s.Audio), s.Duration)
		}
	})
}
