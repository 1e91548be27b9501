package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// server is a process under measurement.
type server struct {
	name string
	url  string
	cmd  *exec.Cmd
	pid  int // of the server, which cmd may have started
}

func freePort() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// startServer runs a command whose address the arguments hold, and waits until
// its port answers.
func startServer(name string, command func(addr string) []string) (*server, error) {
	addr, err := freePort()
	if err != nil {
		return nil, err
	}
	args := command(addr)
	s := &server{name: name, url: "http://" + addr, cmd: exec.Command(args[0], args[1:]...)}
	s.cmd.Stderr = os.Stderr
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.pid = s.cmd.Process.Pid
	for end := time.Now().Add(20 * time.Second); ; {
		if c, err := net.Dial("tcp", addr); err == nil {
			c.Close()
			return s, nil
		}
		if time.Now().After(end) {
			s.stop()
			return nil, fmt.Errorf("%s does not answer", name)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

func (s *server) stop() {
	p, err := os.FindProcess(s.pid)
	if err == nil {
		_ = p.Signal(syscall.SIGTERM) // who is started in the background ignores an interrupt
	}
	_ = s.cmd.Wait()
}

// cpu returns the processor time that the process and those it has started
// have used.
func (s *server) cpu() time.Duration {
	var ticks int
	for _, p := range append(s.children(), s.pid) {
		if f := stat(p); f != nil {
			user, _ := strconv.Atoi(f[11])
			system, _ := strconv.Atoi(f[12])
			ticks += user + system
		}
	}
	return time.Duration(ticks) * 10 * time.Millisecond // USER_HZ is 100
}

// stat is what the kernel says of a process, from its state on.
func stat(pid int) []string {
	b, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return nil
	}
	return strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
}

// children are the processes that the server has started.
func (s *server) children() []int {
	entries, _ := os.ReadDir("/proc")
	var pids []int
	for _, e := range entries {
		pid, err := strconv.Atoi(e.Name())
		if f := stat(pid); err == nil && f != nil && f[1] == strconv.Itoa(s.pid) {
			pids = append(pids, pid)
		}
	}
	return pids
}

// memory is what processes hold, in bytes: resident, and of that what is their
// own and not pages of files.
type memory struct{ resident, own int64 }

func (m memory) String() string {
	return fmt.Sprintf("%.0f MB, %.0f without the binary's pages", float64(m.resident)/1e6, float64(m.own)/1e6)
}

func memoryOf(pids ...int) (m memory) {
	for _, pid := range pids {
		b, _ := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "status"))
		of := func(name string) int64 {
			_, rest, _ := strings.Cut(string(b), "\n"+name+":")
			line, _, _ := strings.Cut(rest, "\n")
			kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(line), " kB"), 10, 64)
			return kb << 10
		}
		m.resident += of("VmRSS")
		m.own += of("RssAnon")
	}
	return m
}

// answerLike makes requests of the ceiling be answered with as many bytes as a
// request of a cloud is.
func (s *server) answerLike(requests []request, like request) error {
	b, err := like.answer(http.DefaultClient)
	for i := range requests {
		requests[i].url = s.url + "/" + strconv.Itoa(len(b))
	}
	return err
}

// serveCeiling is the process that the ceiling is: it drains requests and
// answers bytes of the size its path asks for, or files below a directory.
func serveCeiling(addr, dir string) error {
	mux := http.NewServeMux()
	mux.Handle("/files/", http.StripPrefix("/files/", http.FileServer(http.Dir(dir))))
	mux.HandleFunc("/{size}", func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.PathValue("size"))
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return
		}
		w.Header().Set("Content-Type", "application/x-amz-json-1.0")
		w.Header().Set("Content-Length", strconv.Itoa(n))
		_, _ = w.Write(filler[:n])
	})
	return http.ListenAndServe(addr, mux)
}

var filler = make([]byte, 1<<20)
