package value

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"
)

// The marks by which Pulumi sends what JSON has no words for: a key that makes
// an object special, what kind of special, and the string that is no string.
const (
	markKey     = "4dabf18193072939515e22adb298388d"
	markSecret  = "1b47061264138c4ac30d75fd1eb44270"
	markAsset   = "c44067f5952c0a294b673a41bacd8c17"
	markArchive = "0def7320c3a5731c473e5ecbe6d01bc7"
	markUnknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
)

// unknowns are all the marks of unknown values, one per type.
var unknowns = map[string]bool{
	markUnknown:                            true,
	"1c4a061d-8072-4f0a-a4cb-0ff528b18fe7": true, // bool
	"3eeb2bf0-c639-47a8-9e75-3b44932eb421": true, // number
	"6a19a0b0-7e62-4c92-b797-7f8e31da9cc2": true, // array
	"030794c1-ac77-496b-92df-f27374a8bd58": true, // asset
	"e48ece36-62e2-4504-bad9-02848725956a": true, // archive
	"dd056dcd-154b-4c76-9bd3-c8f88648b5ff": true, // object
}

// maxDepth is how deep lists and objects may be nested.
const maxDepth = 64

// The field numbers of google.protobuf.Struct, Value and ListValue.
const (
	structFields, entryKey, entryValue                                           = 1, 1, 2
	valueNull, valueNumber, valueString, valueBool, valueStruct, valueList, list = 1, 2, 3, 4, 5, 6, 1
)

// Decode reads a google.protobuf.Struct.
func Decode(b []byte) (Map, error) { return decodeStruct(b, 0) }

// DecodeValue reads a google.protobuf.Value.
func DecodeValue(b []byte) (any, error) { return decodeValue(b, 0) }

// Encode appends a google.protobuf.Struct to b. Keys are sorted, so that equal
// maps give equal bytes.
func Encode(b []byte, m Map) []byte {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		entry := protowire.AppendTag(nil, entryKey, protowire.BytesType)
		entry = protowire.AppendString(entry, k)
		entry = appendMessage(entry, entryValue, encodeValue(nil, m[k]))
		b = appendMessage(b, structFields, entry)
	}
	return b
}

func encodeValue(b []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		b = protowire.AppendTag(b, valueNull, protowire.VarintType)
		return protowire.AppendVarint(b, 0)
	case bool:
		b = protowire.AppendTag(b, valueBool, protowire.VarintType)
		return protowire.AppendVarint(b, protowire.EncodeBool(v))
	case int:
		return encodeValue(b, float64(v))
	case float64:
		b = protowire.AppendTag(b, valueNumber, protowire.Fixed64Type)
		return protowire.AppendFixed64(b, math.Float64bits(v))
	case string:
		b = protowire.AppendTag(b, valueString, protowire.BytesType)
		return protowire.AppendString(b, v)
	case []any:
		var items []byte
		for _, e := range v {
			items = appendMessage(items, list, encodeValue(nil, e))
		}
		return appendMessage(b, valueList, items)
	case Map:
		return appendMessage(b, valueStruct, Encode(nil, v))
	case Unknown:
		return encodeValue(b, markUnknown)
	case Secret:
		return encodeValue(b, Map{markKey: markSecret, "value": v.Value})
	case Asset:
		return encodeValue(b, mark(v))
	case Archive:
		return encodeValue(b, markOf(v))
	}
	panic(fmt.Sprintf("value: %T is no property value", v))
}

func appendMessage(b []byte, field protowire.Number, message []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, message)
}

func decodeStruct(b []byte, depth int) (Map, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("properties nested deeper than %d", maxDepth)
	}
	m := Map{}
	err := Fields(b, func(field int, f Field) error {
		if field != structFields {
			return nil
		}
		var key string
		var v any
		err := Fields(f.Bytes, func(field int, f Field) (err error) {
			switch field {
			case entryKey:
				key = string(f.Bytes)
			case entryValue:
				v, err = decodeValue(f.Bytes, depth+1)
			}
			return err
		})
		m[key] = v
		return err
	})
	return m, err
}

func decodeValue(b []byte, depth int) (v any, err error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("properties nested deeper than %d", maxDepth)
	}
	err = Fields(b, func(field int, f Field) (err error) {
		switch field {
		case valueNumber:
			v = math.Float64frombits(f.Number)
		case valueString:
			v = string(f.Bytes)
			if unknowns[string(f.Bytes)] {
				v = Unknown{}
			}
		case valueBool:
			v = protowire.DecodeBool(f.Number)
		case valueStruct:
			var m Map
			if m, err = decodeStruct(f.Bytes, depth+1); err == nil {
				v, err = special(m)
			}
		case valueList:
			v, err = decodeList(f.Bytes, depth+1)
		}
		return err
	})
	return v, err
}

func decodeList(b []byte, depth int) ([]any, error) {
	items := []any{}
	err := Fields(b, func(field int, f Field) error {
		if field != list {
			return nil
		}
		v, err := decodeValue(f.Bytes, depth)
		items = append(items, v)
		return err
	})
	return items, err
}

// mark writes an asset as the object that stands for it.
func mark(a Asset) Map {
	m := Map{markKey: markAsset, "hash": a.Hash}
	if a.Path != "" {
		m["path"] = a.Path
	} else {
		m["text"] = a.Text
	}
	return m
}

// markOf writes an archive as the object that stands for it.
func markOf(a Archive) Map { return Map{markKey: markArchive, "hash": a.Hash, "path": a.Path} }

// special gives an object that bears a mark the meaning it stands for.
func special(m Map) (any, error) {
	switch m[markKey] {
	case nil:
		return m, nil
	case markSecret:
		return Secret{m["value"]}, nil
	case markAsset:
		path, _ := m["path"].(string)
		text, _ := m["text"].(string)
		if uri, _ := m["uri"].(string); uri != "" {
			return nil, fmt.Errorf("the asset %s is remote: only files and texts are supported", uri)
		}
		hash, _ := m["hash"].(string)
		return Asset{path, text, hash}, nil
	case markArchive:
		path, _ := m["path"].(string)
		if path == "" {
			return nil, errors.New("only archives of a folder or a zip file are supported")
		}
		hash, _ := m["hash"].(string)
		return Archive{path, hash}, nil
	}
	return nil, fmt.Errorf("a property value of the special kind %v is not supported", m[markKey])
}
