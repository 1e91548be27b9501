package rpc

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// Invoke is a program's call of a provider's function.
type Invoke struct {
	Token, Provider, Version string
	Args                     value.Map
}

// DecodeInvoke reads a ResourceInvokeRequest.
func DecodeInvoke(b []byte) (*Invoke, error) {
	i := &Invoke{Args: value.Map{}}
	err := value.Fields(b, func(field int, f value.Field) (err error) {
		switch field {
		case 1:
			i.Token = string(f.Bytes)
		case 2:
			i.Args, err = value.Decode(f.Bytes)
		case 3:
			i.Provider = string(f.Bytes)
		case 4:
			i.Version = string(f.Bytes)
		}
		return err
	})
	return i, err
}

// EncodeInvoked writes a ResourceInvokeResponse: the function's result, or nil
// if its arguments are not known yet.
func EncodeInvoked(result value.Map) []byte {
	if result == nil {
		b := protowire.AppendTag(nil, 3, protowire.VarintType)
		return protowire.AppendVarint(b, 1)
	}
	return appendBytes(nil, 1, value.Encode(nil, result))
}

// DecodeText reads field 1 of a message, a string: the id of a feature, the
// token of a Call, a version range.
func DecodeText(b []byte) (text string, err error) {
	err = value.Fields(b, func(field int, f value.Field) error {
		if field == 1 {
			text = string(f.Bytes)
		}
		return nil
	})
	return text, err
}

// EncodeBool writes a message whose field 1 is the bool: SupportsFeatureResponse.
func EncodeBool(v bool) []byte {
	b := protowire.AppendTag(nil, 1, protowire.VarintType)
	return protowire.AppendVarint(b, protowire.EncodeBool(v))
}

// EncodeText writes a message whose field 1 is the text: GetRootResourceResponse.
func EncodeText(s string) []byte { return appendString(nil, 1, s) }

// Severity says how grave a log message is.
type Severity int

// The severities.
const (
	Debug Severity = iota
	Info
	Warning
	Failure
)

// Log is a message a program logs.
type Log struct {
	Severity     Severity
	Message, URN string
}

// DecodeLog reads a LogRequest.
func DecodeLog(b []byte) (*Log, error) {
	l := &Log{}
	err := value.Fields(b, func(field int, f value.Field) error {
		switch field {
		case 1:
			l.Severity = Severity(f.Number)
		case 2:
			l.Message = string(f.Bytes)
		case 3:
			l.URN = string(f.Bytes)
		}
		return nil
	})
	return l, err
}
