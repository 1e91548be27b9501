package gateway

import "syscall"

// pause gives up the processor for a moment. The kernel's own sleep is a
// twentieth as long as what a timer of Go's makes of it.
func pause() {
	t := syscall.Timespec{Nsec: 50_000}
	_ = syscall.Nanosleep(&t, nil) // a signal may end it early
}
