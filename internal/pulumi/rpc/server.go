package rpc

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// maxMessage is the size of the largest message a program may send; Pulumi's
// own engine takes as much.
const maxMessage = 400 << 20

// A Method serves one call: a protobuf message in, a protobuf message out.
type Method func(ctx context.Context, in []byte) (out []byte, err error)

// Code is a gRPC status code.
type Code int

// The status codes a method may fail with; other errors are Unknown.
const (
	Unknown         Code = 2
	InvalidArgument Code = 3
	Unimplemented   Code = 12
)

// An Error is an error with a gRPC status code.
type Error struct {
	Code    Code
	Message string
}

func (e *Error) Error() string { return e.Message }

// Errorf makes an Error.
func Errorf(c Code, format string, args ...any) error { return &Error{c, fmt.Sprintf(format, args...)} }

// A Server answers gRPC calls.
type Server struct {
	listener net.Listener
	http     *http.Server
}

// Serve answers calls on a loopback port until Close. Methods are keyed by
// their full name: "/pulumirpc.Engine/Log".
func Serve(methods map[string]Method) (*Server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	var protocols http.Protocols
	protocols.SetUnencryptedHTTP2(true)
	s := &Server{l, &http.Server{Protocols: &protocols, Handler: handler(methods)}}
	go s.http.Serve(l) // ends with Close
	return s, nil
}

// Addr is the host and port the server listens on.
func (s *Server) Addr() string { return s.listener.Addr().String() }

// Close stops the server and its calls.
func (s *Server) Close() error { return s.http.Close() }

func handler(methods map[string]Method) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/grpc")
		w.Header().Set("Trailer", "Grpc-Status, Grpc-Message")
		out, err := answer(methods, r)
		if err == nil {
			err = writeFrame(w, out)
		}
		code, message := status(err)
		w.Header().Set("Grpc-Status", strconv.Itoa(int(code)))
		w.Header().Set("Grpc-Message", escape(message))
	}
}

func answer(methods map[string]Method, r *http.Request) ([]byte, error) {
	method, ok := methods[r.URL.Path]
	if !ok {
		return nil, Errorf(Unimplemented, "niebla up does not serve %s", r.URL.Path)
	}
	in, err := readFrame(r.Body)
	if err != nil {
		return nil, Errorf(InvalidArgument, "%s: %v", r.URL.Path, err)
	}
	return method(r.Context(), in)
}

func status(err error) (Code, string) {
	if err == nil {
		return 0, ""
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Code, err.Error()
	}
	return Unknown, err.Error()
}

// readFrame reads the one message of a unary call: a byte that says whether it
// is compressed, its length, itself.
func readFrame(r io.Reader) ([]byte, error) {
	var head [5]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return nil, fmt.Errorf("no message: %w", err)
	}
	if head[0] != 0 {
		return nil, errors.New("the message is compressed, which was not offered")
	}
	size := binary.BigEndian.Uint32(head[1:])
	if size > maxMessage {
		return nil, fmt.Errorf("a message of %d bytes: the limit is %d", size, maxMessage)
	}
	b, err := io.ReadAll(io.LimitReader(r, int64(size)))
	if err == nil && len(b) < int(size) {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

func writeFrame(w io.Writer, message []byte) error {
	frame := binary.BigEndian.AppendUint32(make([]byte, 1, 5+len(message)), uint32(len(message)))
	_, err := w.Write(append(frame, message...))
	return err
}

// escape percent-encodes what may not stand in a header.
func escape(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c < ' ' || c > '~' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
