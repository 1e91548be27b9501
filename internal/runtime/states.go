package runtime

// state is where an instance is in its life.
type state int

const (
	starting state = iota // the process was started, and has not asked for an event yet
	idle                  // it waits for an event
	busy                  // it has one
	answered              // it has answered, and has not asked for the next yet
	ended                 // it is being killed, or is gone
)

func (s state) String() string {
	return [...]string{"starting", "idle", "busy", "answered", "ended"}[s]
}

// may reports whether an instance can go from one state to another: the only
// transitions there are.
func (s state) may(to state) bool {
	switch to {
	case idle:
		return s == starting || s == answered
	case busy:
		return s == idle
	case answered:
		return s == busy
	case ended:
		return s != ended
	}
	return false
}
