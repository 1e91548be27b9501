package s3

import (
	"encoding/base64"
	"io"
)

// receive stages a payload and verifies what was claimed of it. Nothing is
// kept of one that is not what it claims, or whose signature the reader finds
// wrong.
func (s *Service) receive(body io.Reader, c claim, key []byte) (*staged, *digest, error) {
	return s.receiveInto(body, newDigest(c), key)
}

func (s *Service) receiveInto(body io.Reader, d *digest, key []byte) (*staged, *digest, error) {
	if body == nil {
		body = eof{}
	}
	st, err := s.contents.stage(body, maxPut, d, key)
	if err == nil {
		if err = d.verify(body); err != nil {
			s.contents.discard(st)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	return st, d, nil
}

// eof is the payload of a request that has none.
type eof struct{}

func (eof) Read([]byte) (int, error) { return 0, io.EOF }

func encodeSum(b []byte) string { return base64.StdEncoding.EncodeToString(b) }
