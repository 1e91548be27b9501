package store

import (
	"bytes"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// Prefix returns the first bytes of every key of a key space in a scope.
func Prefix(name string, s aws.Scope) []byte {
	k := make([]byte, 0, 64)
	k = AppendPart(k, name)
	k = AppendPart(k, string(s.Account))
	return AppendPart(k, string(s.Region))
}

// AppendPart appends the order-preserving, self-delimiting form of part.
func AppendPart(dst []byte, part string) []byte {
	for i := range len(part) {
		if part[i] == 0 {
			dst = append(dst, 0, 0xff)
		} else {
			dst = append(dst, part[i])
		}
	}
	return append(dst, 0, 1)
}

// CutPart undoes AppendPart: it returns the first part of key and the rest.
func CutPart(key []byte) (part string, rest []byte, ok bool) {
	var b []byte
	for {
		i := bytes.IndexByte(key, 0)
		if i < 0 || i+1 >= len(key) {
			return "", nil, false
		}
		switch key[i+1] {
		case 1:
			if b == nil {
				return string(key[:i]), key[i+2:], true
			}
			return string(append(b, key[:i]...)), key[i+2:], true
		case 0xff:
			b = append(append(b, key[:i]...), 0)
			key = key[i+2:]
		default:
			return "", nil, false
		}
	}
}

// PrefixEnd returns the first key after all that begin with p, or nil when
// there is none.
func PrefixEnd(p []byte) []byte {
	end := bytes.Clone(p)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] != 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
