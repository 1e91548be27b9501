package restbind

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// ValueError is a label, parameter or header that is not of its member's type.
type ValueError struct {
	Field *shape.Field
	Value string
}

func (e *ValueError) Error() string {
	return fmt.Sprintf("%q is not a valid value of %s", e.Value, e.Field.Wire)
}

// Decode fills the members of in, an input's structure, that are not in the
// body, and the payload if the operation streams it.
func (op *Operation) Decode(r *http.Request, query url.Values, params shape.Params, in reflect.Value, rep *shape.Report, seen *shape.Set) error {
	d := decoder{r: r, query: query, hoisted: hoisted(query), rep: rep, seen: seen}
	for i := range op.Input.Fields {
		f := &op.Input.Fields[i]
		if err := d.member(op, f, params, f.In(in)); err != nil {
			return err
		}
	}
	d.reportQuery(op)
	d.reportHeaders(op)
	return nil
}

type decoder struct {
	r       *http.Request
	query   url.Values
	hoisted url.Values // of a presigned request: headers that came as parameters
	rep     *shape.Report
	seen    *shape.Set
}

func (d *decoder) member(op *Operation, f *shape.Field, params shape.Params, v reflect.Value) error {
	switch f.Location {
	case shape.URI:
		return d.values(f, v, []string{params.Get(f.Wire)})
	case shape.Query:
		return d.values(f, v, d.query[f.Wire])
	case shape.QueryMap:
		d.queryMap(op, f, v)
	case shape.Header:
		return d.header(f, v)
	case shape.Headers:
		d.headers(f, v)
	case shape.Payload:
		if op.Streams {
			v.Set(reflect.ValueOf(io.Reader(d.r.Body)))
			d.seen.Add(f)
		}
	}
	return nil
}

// values fills a member from the texts given for it; none leaves it alone.
func (d *decoder) values(f *shape.Field, v reflect.Value, texts []string) error {
	if len(texts) == 0 {
		return nil
	}
	t, inner := f.Type.Settle(v)
	format := shape.ISO8601
	if f.Location == shape.Header {
		format = shape.RFC822
	}
	if t.Kind == shape.List {
		inner.Set(reflect.MakeSlice(t.Go, len(texts), len(texts)))
		for i, s := range texts {
			if t.Elem.SetText(inner.Index(i), s, f.Time.Or(format)) != nil {
				return &ValueError{f, s}
			}
		}
	} else if t.SetText(inner, texts[0], f.Time.Or(format)) != nil {
		return &ValueError{f, texts[0]}
	}
	d.seen.Add(f)
	d.rep.Check(f, v)
	return nil
}

func (d *decoder) header(f *shape.Field, v reflect.Value) error {
	values, ok := d.r.Header[f.Header]
	if !ok && f.Header == "Content-Length" && d.r.ContentLength >= 0 {
		values = []string{strconv.FormatInt(d.r.ContentLength, 10)}
	}
	if !ok && len(values) == 0 {
		// A checksum among the parameters of a presigned URL is of the body the
		// signer had in mind: AWS does not look at it.
		if low := strings.ToLower(f.Wire); !strings.HasPrefix(low, "x-amz-checksum-") {
			values = d.hoisted[low]
		}
	}
	if base := f.Type.Base(); base.Kind == shape.List && len(values) > 0 {
		return d.values(f, v, splitList(strings.Join(values, ","), base.Elem.Base().Kind == shape.Time))
	}
	if f.Type.Base().Kind == shape.Time && len(values) > 0 && strings.HasPrefix(f.Header, "If-") {
		// HTTP: a condition whose date does not parse is no condition.
		if _, err := shape.ParseTime(values[0], f.Time.Or(shape.RFC822)); err != nil {
			return nil
		}
	}
	return d.values(f, v, values)
}

// splitList splits a header's list. Elements may be quoted; dates have a comma
// of their own.
func splitList(s string, dates bool) (elems []string) {
	commas, quoted, start := 0, false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '"':
			quoted = !quoted
		case s[i] == '\\' && quoted:
			i++
		case s[i] == ',' && !quoted:
			if commas++; dates && commas%2 == 1 {
				continue
			}
			elems = append(elems, unquote(s[start:i]))
			start = i + 1
		}
	}
	return append(elems, unquote(s[start:]))
}

func unquote(s string) string {
	s = strings.TrimSpace(s)
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	return strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(s[1 : len(s)-1])
}

// headers fills a map from the headers with a prefix, which S3 spells in
// lower case.
func (d *decoder) headers(f *shape.Field, v reflect.Value) {
	m := map[string]string{}
	for name, values := range d.r.Header {
		if rest, ok := strings.CutPrefix(name, f.Header); ok && rest != "" {
			m[strings.ToLower(rest)] = strings.Join(values, ",")
		}
	}
	for name, values := range d.hoisted {
		if rest, ok := strings.CutPrefix(name, strings.ToLower(f.Wire)); ok && rest != "" {
			m[rest] = values[0]
		}
	}
	if len(m) == 0 {
		return
	}
	v.Set(reflect.ValueOf(m).Convert(v.Type()))
	d.seen.Add(f)
	d.rep.Check(f, v)
}

// queryMap fills a map from the parameters that are not members themselves.
func (d *decoder) queryMap(op *Operation, f *shape.Field, v reflect.Value) {
	t, v := f.Type.Settle(v)
	v.Set(reflect.MakeMap(t.Go))
	for name, values := range d.query {
		switch {
		case op.knowsQuery(name):
		case t.Elem.Kind == shape.List:
			v.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(values))
		default:
			v.SetMapIndex(reflect.ValueOf(name), reflect.ValueOf(values[0]))
		}
	}
	d.seen.Add(f)
	d.rep.Check(f, v)
}

// hoisted returns, of a presigned request, the parameters under lower-case
// names: signers move x-amz- headers there.
func hoisted(query url.Values) url.Values {
	if !query.Has("X-Amz-Signature") && !query.Has("Signature") {
		return nil
	}
	low := make(url.Values, len(query))
	for name, values := range query {
		if l := strings.ToLower(name); strings.HasPrefix(l, "x-amz-") {
			low[l] = values
		}
	}
	return low
}
