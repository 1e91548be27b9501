//go:build !linux

package gateway

import "time"

// pause gives up the processor for a moment.
func pause() { time.Sleep(50 * time.Microsecond) }
