package store

import "github.com/cockroachdb/pebble/v2/vfs"

// ahead is a file system whose logs are written with zeros before their turn
// comes. A sync that makes a file longer, or turns space that was only promised
// into space that was written, writes the inode as well, and takes twice as long.
type ahead struct {
	vfs.FS
	zeros []byte
}

func newAhead(fs vfs.FS) ahead { return ahead{fs, make([]byte, maxAhead)} }

// logs is what Pebble calls the writing of its logs.
const logs = vfs.DiskWriteCategory("pebble-wal")

func (fs ahead) Create(name string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := fs.FS.Create(name, category)
	if err != nil || category != logs {
		return f, err
	}
	return &log{File: f, zeros: fs.zeros}, nil
}

func (fs ahead) ReuseForWrite(oldname, newname string, category vfs.DiskWriteCategory) (vfs.File, error) {
	f, err := fs.FS.ReuseForWrite(oldname, newname, category)
	if err != nil || category != logs {
		return f, err
	}
	l := &log{File: f, zeros: fs.zeros}
	if info, err := f.Stat(); err == nil {
		l.size = info.Size()
	}
	return l, nil
}

// log is a log that is written from its beginning on.
type log struct {
	vfs.File
	zeros []byte
	end   int64 // of what was written
	size  int64 // of the file
}

// How much longer a log is made at a time: as much as it has, within these.
const (
	minAhead = 32 << 10
	maxAhead = 256 << 10
)

func (l *log) Write(p []byte) (int, error) {
	if l.end+int64(len(p)) > l.size {
		n, _ := l.WriteAt(l.zeros[:min(max(l.size, minAhead), maxAhead)], l.size) // if it fails, so will what follows
		l.size += int64(n)
	}
	n, err := l.File.Write(p)
	l.end += int64(n)
	l.size = max(l.size, l.end)
	return n, err
}
