//go:build !linux

package runtime

import (
	"os/exec"
	"syscall"
)

// isolate gives a process a group of its own. Nothing ends it with us when we
// are killed.
func isolate(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// residentMemory is not known here, so that memory is not limited.
func residentMemory(int) int64 { return 0 }
