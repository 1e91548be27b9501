package value

import "google.golang.org/protobuf/encoding/protowire"

// A Field is the content of one field of a protobuf message: Bytes if it is a
// string, bytes or message, else Number.
type Field struct {
	Bytes  []byte
	Number uint64
}

// Fields calls f with each field of a protobuf message, in order.
func Fields(b []byte, f func(field int, content Field) error) error {
	for len(b) > 0 {
		number, kind, n := protowire.ConsumeTag(b)
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		var content Field
		switch kind {
		case protowire.BytesType:
			content.Bytes, n = protowire.ConsumeBytes(b)
		case protowire.VarintType:
			content.Number, n = protowire.ConsumeVarint(b)
		case protowire.Fixed64Type:
			content.Number, n = protowire.ConsumeFixed64(b)
		default:
			n = protowire.ConsumeFieldValue(number, kind, b)
		}
		if n < 0 {
			return protowire.ParseError(n)
		}
		b = b[n:]
		if err := f(int(number), content); err != nil {
			return err
		}
	}
	return nil
}
