package mp3

import "fmt"

// A Flaw is a way in which a file is not a whole MP3.
type Flaw int

const (
	NoFrames Flaw = iota // no MPEG layer III frames
	Junk                 // Have bytes of Want are not frames, the first at byte At
	CutShort             // Have frames of the Want that its header promises
	Silent               // nothing to hear
)

// A CorruptError says why a file is not accepted.
type CorruptError struct {
	Flaw           Flaw
	Have, Want, At int
}

func (e *CorruptError) Error() string {
	switch e.Flaw {
	case Junk:
		return fmt.Sprintf("corrupt MP3: %d of %d bytes are not MPEG frames, the first at byte %d", e.Have, e.Want, e.At)
	case CutShort:
		return fmt.Sprintf("corrupt MP3: cut short, %d frames of %d are there", e.Have, e.Want)
	case Silent:
		return "corrupt MP3: no sound in it"
	}
	return "corrupt MP3: no MPEG layer III frames"
}
