package mp3

import "time"

// A Stream is the audio of a file.
type Stream struct {
	Audio      []byte // first frame to last; shares the memory of the file
	Frames     int    // that hold sound
	Duration   time.Duration
	SampleRate int
	Channels   int
	Bitrate    int // bits per second, the average
}

// Scan finds the audio in the bytes of an MP3 file and checks that it is whole.
// Its errors are of type *CorruptError.
func Scan(data []byte) (Stream, error) {
	data = untag(data)
	start, first, ok := findFrame(data, 0, nil)
	if !ok {
		return Stream{}, &CorruptError{Flaw: NoFrames}
	}
	w := walk(data, start, first)
	w.junk += start
	if limit := max(8<<10, len(data)/50); w.junk > limit {
		return Stream{}, &CorruptError{Flaw: Junk, Have: w.junk, Want: len(data), At: w.firstJunk(start)}
	}
	promise, promised := readPromise(data[start:w.end], first)
	frames := w.frames
	if promised {
		frames-- // its own frame is silent
		if promise.frames > frames+1 {
			return Stream{}, &CorruptError{Flaw: CutShort, Have: frames, Want: promise.frames}
		}
	}
	samples := int64(frames)*int64(first.Samples()) - int64(promise.silence)
	if frames == 0 || samples <= 0 {
		return Stream{}, &CorruptError{Flaw: Silent}
	}
	s := Stream{
		Audio:      data[start:w.end],
		Frames:     frames,
		Duration:   time.Duration(samples) * time.Second / time.Duration(first.SampleRate),
		SampleRate: first.SampleRate,
		Channels:   2,
	}
	if first.Mono {
		s.Channels = 1
	}
	s.Bitrate = int(int64(len(s.Audio)) * 8 * int64(time.Second) / int64(s.Duration))
	return s, nil
}

// A walked is what going from frame to frame found.
type walked struct {
	end    int // after the last whole frame
	frames int
	junk   int // bytes within and after the frames that are not frames
	at     int // where the first junk is, if there is any
}

func (w *walked) skip(at, n int) {
	if w.junk == 0 {
		w.at = at
	}
	w.junk += n
}

func (w *walked) firstJunk(start int) int {
	if start > 0 {
		return 0
	}
	return w.at
}

// walk goes from frame to frame, and past what is not a frame to the next one.
func walk(data []byte, pos int, first Frame) walked {
	w := walked{end: pos}
	for pos < len(data) {
		f, ok := ParseFrame(data[pos:])
		if ok && f.compatible(first) {
			if pos+f.Size() > len(data) {
				return w // the last frame is cut: common, and inaudible
			}
			pos += f.Size()
			w.frames, w.end = w.frames+1, pos
			continue
		}
		next, _, ok := findFrame(data, pos, &first)
		if !ok {
			w.skip(pos, len(data)-pos)
			return w
		}
		w.skip(pos, next-pos)
		pos = next
	}
	return w
}

// findFrame finds the next frame from pos on. The sync word alone also occurs
// in other data, so another frame has to follow it, or the end of the data.
func findFrame(data []byte, pos int, like *Frame) (int, Frame, bool) {
	for ; pos+headerSize <= len(data); pos++ {
		f, ok := ParseFrame(data[pos:])
		if !ok || like != nil && !f.compatible(*like) {
			continue
		}
		next := pos + f.Size()
		if next == len(data) {
			return pos, f, true
		}
		if next < len(data) {
			if g, ok := ParseFrame(data[next:]); ok && g.compatible(f) {
				return pos, f, true
			}
		}
	}
	return 0, Frame{}, false
}
