package sigv4

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"
)

// Body is a request's payload as the application meant it: chunk framing is
// taken off, and hashes and chunk signatures are checked while it is read.
// A body that does not hold what was promised ends in a *Failure, not in
// io.EOF. Bytes are handed out before they are proved: nothing may
// be kept of a body until it has ended in io.EOF.
type Body struct {
	io.Reader
	// Length of the payload, or -1 when the client did not say.
	Length int64
	// Trailer holds the trailing headers once Reader has returned io.EOF.
	Trailer http.Header
	// Chunked says that the body came in aws-chunked coding, which is to be
	// taken off Content-Encoding.
	Chunked bool
}

// Body returns the payload of a request that Verify has accepted, or of an
// anonymous one, whose a is nil.
func (v *Verifier) Body(r *http.Request, a *Auth, secret string) (*Body, error) {
	declared := r.Header.Get("X-Amz-Content-Sha256")
	if a != nil && a.PayloadHash != "" {
		declared = a.PayloadHash
	}
	switch declared {
	case StreamingUnsignedTrailer:
		return newChunked(r, nil)
	case StreamingSigned, StreamingSignedTrailer:
		if a == nil || a.V2 {
			return nil, badPayloadHash(declared)
		}
		return newChunked(r, &chain{key: v.keys.get(secret, a), auth: a, previous: a.Signature})
	}
	b := &Body{Length: r.ContentLength, Reader: wholeReader{r.Body}}
	if isHash(declared) {
		b.Reader = &hashedReader{r: b.Reader, declared: declared, sum: sha256.New()}
	}
	return b, nil
}

func newChunked(r *http.Request, c *chain) (*Body, error) {
	s := r.Header.Get("X-Amz-Decoded-Content-Length")
	if s == "" {
		return nil, noLength()
	}
	length, err := strconv.ParseInt(s, 10, 64)
	if err != nil || length < 0 {
		return nil, badLength(s)
	}
	b := &Body{Length: length, Trailer: make(http.Header), Chunked: true}
	b.Reader = &chunkReader{
		src: bufio.NewReaderSize(wholeReader{r.Body}, 32<<10), chain: c, left: length,
		trailer: b.Trailer, expected: trailerNames(r.Header),
	}
	return b, nil
}

// wholeReader words the end of a connection as S3 does.
type wholeReader struct{ r io.Reader }

func (w wholeReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = incompleteBody()
	}
	return n, err
}

// hashedReader turns io.EOF into an error if the bytes had another hash.
type hashedReader struct {
	r        io.Reader
	declared string
	sum      hash.Hash
}

func (h *hashedReader) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	h.sum.Write(p[:n])
	if err == io.EOF {
		if actual := hex.EncodeToString(h.sum.Sum(nil)); actual != h.declared {
			err = wrongPayload(h.declared, actual)
		}
	}
	return n, err
}
