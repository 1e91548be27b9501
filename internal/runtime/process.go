package runtime

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// killGroup kills a process and all that it started and that did not leave
// its group.
func killGroup(p *os.Process) { _ = syscall.Kill(-p.Pid, syscall.SIGKILL) } // its error is that nobody is left

// tmp is where the temporary folders of instances are.
func (h *Host) tmp() string { return filepath.Join(h.dir, "tmp") }

// environment is all that a process gets to know.
func (h *Host) environment(f *Function, variables map[string]string, api, tmp string) []string {
	env := map[string]string{
		"AWS_LAMBDA_RUNTIME_API": api,
		"LAMBDA_TASK_ROOT":       f.Code,
		"LAMBDA_RUNTIME_DIR":     h.bootstraps(),
		"_HANDLER":               f.Handler,
		"HOME":                   tmp,
		"TMPDIR":                 tmp,
		"PATH":                   "/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"LANG":                   "en_US.UTF-8",
		"TZ":                     ":UTC",
	}
	for k, v := range variables {
		env[k] = v
	}
	list := make([]string, 0, len(env))
	for k, v := range env {
		list = append(list, k+"="+v)
	}
	return list
}

// isFull reports that the disk has no more room.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
