package sigv4

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"slices"
	"strings"
)

const (
	minChunk   = 8 << 10  // of every chunk but the last
	maxLine    = 4 << 10  // of a chunk's head or a trailer
	maxTrailer = 16 << 10 // of all trailers
)

// chain is the chunk signatures, each of which covers the one before.
type chain struct {
	key      *signingKey
	auth     *Auth
	previous string
	buf      []byte
}

// next returns the signature of what follows in the chain.
func (c *chain) next(kind string, hashes ...string) [64]byte {
	b := append(append(c.buf[:0], kind...), '\n')
	b = append(c.auth.Time.AppendFormat(b, timeFormat), '\n')
	b = append(appendScope(b, c.auth), '\n')
	b = append(b, c.previous...)
	for _, h := range hashes {
		b = append(append(b, '\n'), h...)
	}
	c.buf = b
	return c.key.sign(b)
}

// check verifies a signature and moves the chain on.
func (c *chain) check(signature, kind string, hashes ...string) error {
	if !sameSignature(c.next(kind, hashes...), signature) {
		return wrongChunk(signature)
	}
	c.previous = signature
	return nil
}

// chunkReader takes the framing off an aws-chunked body:
//
//	hexlength[;chunk-signature=…]\r\n data \r\n … 0[;chunk-signature=…]\r\n [name:value\r\n …] \r\n
type chunkReader struct {
	src      *bufio.Reader
	chain    *chain // nil if chunks are not signed
	trailer  http.Header
	expected []string // names that X-Amz-Trailer announced

	left      int64 // of the decoded length
	chunk     int64 // left of this chunk
	size      int64 // of this chunk
	number    int
	signature string // of this chunk
	sum       hash.Hash
	err       error // sticky; io.EOF at a good end
}

func (c *chunkReader) Read(p []byte) (int, error) {
	if len(p) == 0 || c.err != nil {
		return 0, c.err
	}
	if c.chunk == 0 {
		if c.err = c.open(); c.err != nil {
			return 0, c.err
		}
	}
	if int64(len(p)) > c.chunk {
		p = p[:c.chunk]
	}
	n, err := c.src.Read(p)
	c.chunk -= int64(n)
	c.left -= int64(n)
	if c.chain != nil {
		c.sum.Write(p[:n])
	}
	switch {
	case err == io.EOF:
		c.err = incompleteBody()
	case err != nil:
		c.err = err
	case c.chunk == 0:
		c.err = c.close()
	}
	return n, c.err
}

// open reads the head of the next chunk, and what follows the last.
func (c *chunkReader) open() error {
	line, err := c.line()
	if err != nil {
		return err
	}
	if c.number > 0 && c.size < minChunk && !isLast(line) {
		return smallChunk(c.number, c.size)
	}
	if c.size, err = c.head(line); err != nil {
		return err
	}
	if c.size > c.left {
		return longBody()
	}
	c.number++
	c.chunk = c.size
	if c.size == 0 {
		return c.end()
	}
	return nil
}

// isLast reports whether a chunk head announces no data. It is asked of the
// head after a small chunk, before its syntax is checked.
func isLast(line string) bool {
	size, _, _ := strings.Cut(line, ";")
	return strings.Trim(size, "0") == ""
}

func (c *chunkReader) head(line string) (int64, error) {
	digits, extension, _ := strings.Cut(line, ";")
	if len(digits) == 0 || len(digits) > 15 {
		return 0, badChunk()
	}
	var size int64
	for i := range len(digits) {
		d, ok := unhex(digits[i])
		if !ok {
			return 0, badChunk()
		}
		size = size<<4 | int64(d)
	}
	if c.chain == nil {
		return size, nil
	}
	signature, ok := strings.CutPrefix(extension, "chunk-signature=")
	if !ok || len(signature) != 64 {
		return 0, badChunk()
	}
	c.signature, c.sum = signature, sha256.New()
	return size, nil
}

// close checks a chunk whose data has been read.
func (c *chunkReader) close() error {
	var crlf [2]byte
	if _, err := io.ReadFull(c.src, crlf[:]); err != nil {
		return ended(err)
	}
	if string(crlf[:]) != "\r\n" {
		return badChunk()
	}
	return c.checkChunk()
}

func (c *chunkReader) checkChunk() error {
	if c.chain == nil {
		return nil
	}
	return c.chain.check(c.signature, algorithm+"-PAYLOAD", EmptyHash, hex.EncodeToString(c.sum.Sum(nil)))
}

// end reads what follows the head of the empty chunk; io.EOF is a good end.
func (c *chunkReader) end() error {
	if c.left != 0 {
		return incompleteBody()
	}
	if err := c.checkChunk(); err != nil {
		return err
	}
	if err := c.trailers(); err != nil {
		return err
	}
	if _, err := c.src.ReadByte(); err == nil {
		return badChunk()
	} else if err != io.EOF {
		return err
	}
	return io.EOF
}

func (c *chunkReader) trailers() error {
	var signed bytes.Buffer
	signature := ""
	for {
		if _, err := c.src.Peek(1); err == io.EOF {
			break // some clients leave out the last empty line
		}
		line, err := c.line()
		if err != nil {
			return err
		}
		if line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		switch {
		case !ok || signature != "":
			return badTrailer()
		case name == "x-amz-trailer-signature" && c.chain != nil:
			signature = value
		case !slices.Contains(c.expected, name) || c.trailer.Get(name) != "" || signed.Len() > maxTrailer:
			return badTrailer()
		default:
			c.trailer.Set(name, value)
			signed.WriteString(name + ":" + value + "\n")
		}
	}
	if len(c.trailer) != len(c.expected) {
		return badTrailer()
	}
	if c.chain == nil || len(c.expected) == 0 {
		return nil
	}
	return c.chain.check(signature, algorithm+"-TRAILER", HashBody(signed.Bytes()))
}

// line reads up to \r\n.
func (c *chunkReader) line() (string, error) {
	b, err := c.src.ReadSlice('\n')
	if err == bufio.ErrBufferFull || len(b) > maxLine {
		return "", badChunk()
	}
	if err != nil {
		return "", ended(err)
	}
	s, ok := strings.CutSuffix(string(b), "\r\n")
	if !ok {
		return "", badChunk()
	}
	return s, nil
}

// ended words an end of input that came too early.
func ended(err error) error {
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return incompleteBody()
	}
	return err
}

func trailerNames(h http.Header) []string {
	var names []string
	for _, v := range h.Values("X-Amz-Trailer") {
		for name := range strings.SplitSeq(v, ",") {
			if name = strings.ToLower(strings.TrimSpace(name)); name != "" && !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
