package runtime

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
)

// isolate gives a process a group of its own, and an end with ours.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}

// residentMemory is how much memory a process and those it started have, in bytes.
func residentMemory(pid int) int64 {
	dir := filepath.Join("/proc", strconv.Itoa(pid))
	text, err := os.ReadFile(filepath.Join(dir, "statm"))
	if err != nil {
		return 0 // it is gone
	}
	var pages int64
	if f := bytes.Fields(text); len(f) > 1 {
		pages, _ = strconv.ParseInt(string(f[1]), 10, 64) // the kernel writes numbers
	}
	total := pages * int64(os.Getpagesize())
	children, err := os.ReadFile(filepath.Join(dir, "task", strconv.Itoa(pid), "children"))
	if err != nil {
		return total // a kernel without this list
	}
	for _, c := range bytes.Fields(children) {
		if n, err := strconv.Atoi(string(c)); err == nil {
			total += residentMemory(n)
		}
	}
	return total
}
