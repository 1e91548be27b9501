package appsync

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

// write makes the answer of what was executed.
func (x *execution) write(data any) *answered {
	b := make([]byte, 0, 512)
	b = append(b, `{"data":`...)
	b = appendResult(b, data)
	if len(x.errors) > 0 {
		slices.SortStableFunc(x.errors, (*fieldError).compare) // resolvers end in any order
		b = append(b, `,"errors":[`...)
		for i, e := range x.errors {
			if i > 0 {
				b = append(b, ',')
			}
			b = e.append(b)
		}
		b = append(b, ']')
	}
	return &answered{body: append(b, '}'), headers: x.headers, failed: len(x.errors) > 0}
}

// compare orders errors as the document has their fields.
func (e *fieldError) compare(o *fieldError) int {
	return cmp.Or(cmp.Compare(e.line, o.line), cmp.Compare(e.column, o.column), slices.Compare(e.path.places(), o.path.places()))
}

// places are the indexes of lists on the way.
func (p *path) places() []int {
	var list []int
	for ; p != nil; p = p.up {
		if p.key == "" {
			list = append(list, p.index)
		}
	}
	slices.Reverse(list)
	return list
}

// appendResult writes what complete made.
func appendResult(b []byte, v any) []byte {
	switch v := v.(type) {
	case absent:
		return append(b, "null"...)
	case *object:
		b = append(b, '{')
		for i, f := range v.fields {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '"')
			b = append(b, f.key...) // a name of GraphQL needs no escapes
			b = append(b, '"', ':')
			b = appendResult(b, v.values[i])
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendResult(b, item)
		}
		return append(b, ']')
	}
	return appendValue(b, v)
}

// appendValue writes a value. One that contains itself, which only a template
// can make, is null.
func appendValue(b []byte, v any) []byte {
	out, err := vtl.AppendJSON(b, v)
	if err != nil {
		return append(b, "null"...)
	}
	return out
}

func (e *fieldError) append(b []byte) []byte {
	b = append(b, `{"path":`...)
	if e.path == nil {
		b = append(b, "null"...)
	} else {
		b = appendValue(b, e.path.list())
	}
	if !e.plain {
		b = append(b, `,"data":`...)
		b = appendValue(b, e.data)
		b = append(b, `,"errorType":`...)
		if e.kind == "" {
			b = append(b, "null"...)
		} else {
			b = appendValue(b, e.kind)
		}
		b = append(b, `,"errorInfo":`...)
		b = appendValue(b, e.info)
	}
	b = append(b, `,"locations":`...)
	if e.line == 0 {
		b = append(b, "null"...)
	} else {
		b = fmt.Appendf(b, `[{"line":%d,"column":%d,"sourceName":null}]`, e.line, e.column)
	}
	b = append(b, `,"message":`...)
	b = appendValue(b, e.message)
	return append(b, '}')
}

func sprintf(format string, args ...any) string { return fmt.Sprintf(format, args...) }
