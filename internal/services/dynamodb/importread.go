package dynamodb

import (
	"bufio"
	"compress/gzip"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/klauspost/compress/zstd"

	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
)

// badItem is why one item of an object cannot be imported; those after it can.
type badItem struct{ error }

// rows are the items of one object.
type rows struct {
	counted *counting
	close   func()
	next    func() (ddbexpr.Item, error) // io.EOF after the last
}

// read is how many bytes were read, uncompressed.
func (r *rows) read() int64 { return r.counted.n }

type counting struct {
	io.Reader
	n int64
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// openRows reads an object as the import says.
func openRows(in *ImportTableInput, body io.Reader) (*rows, error) {
	plain, end, err := decompress(in.InputCompressionType, body)
	if err != nil {
		return nil, err
	}
	r := &rows{counted: &counting{Reader: plain}, close: end}
	if in.InputFormat == "CSV" {
		r.next = csvRows(in, r.counted)
	} else {
		r.next = jsonRows(r.counted)
	}
	return r, nil
}

// decompress reads what a body has in it. end releases what that takes.
func decompress(kind string, body io.Reader) (plain io.Reader, end func(), err error) {
	b := bufio.NewReader(body)
	if _, err := b.Peek(1); kind == "NONE" || err == io.EOF { // an empty object has no items
		return b, func() {}, nil
	}
	if kind == "ZSTD" {
		d, err := zstd.NewReader(b, zstd.WithDecoderConcurrency(1))
		if err != nil {
			return nil, nil, err
		}
		return d, d.Close, nil
	}
	z, err := gzip.NewReader(b)
	return z, func() {}, err
}

// jsonRows reads objects with a member Item, one after another.
func jsonRows(r io.Reader) func() (ddbexpr.Item, error) {
	d := jsontext.NewDecoder(r, jsontext.AllowDuplicateNames(true))
	return func() (ddbexpr.Item, error) {
		var line struct{ Item jsontext.Value }
		if err := json.UnmarshalDecode(d, &line); err != nil {
			return nil, err
		}
		if line.Item == nil {
			return nil, errors.New("the line has no Item")
		}
		return parseItem([]byte(line.Item))
	}
}

// csvRows reads lines of values. Their names are in the first line, or given.
// All are strings, but those of keys.
func csvRows(in *ImportTableInput, r io.Reader) func() (ddbexpr.Item, error) {
	c := csv.NewReader(r)
	c.ReuseRecord = true
	var names []string
	if o := in.InputFormatOptions; o != nil && o.Csv != nil {
		if o.Csv.Delimiter != "" {
			c.Comma = rune(o.Csv.Delimiter[0])
		}
		names = o.Csv.HeaderList
	}
	c.FieldsPerRecord = len(names)
	types := map[string]ddbexpr.Type{}
	for _, a := range in.TableCreationParameters.AttributeDefinitions {
		types[a.AttributeName] = ddbexpr.TypeNamed(a.AttributeType)
	}
	return func() (ddbexpr.Item, error) {
		if names == nil {
			header, err := c.Read()
			if err != nil {
				return nil, err
			}
			names = append(names, header...)
		}
		record, err := c.Read()
		if err != nil {
			return nil, err
		}
		return csvItem(names, record, types)
	}
}

func csvItem(names, record []string, types map[string]ddbexpr.Type) (ddbexpr.Item, error) {
	values := map[string]map[string]string{}
	for i, name := range names {
		t := types[name]
		if t == ddbexpr.Missing {
			t = ddbexpr.String
		}
		if t == ddbexpr.Binary {
			if _, err := base64.StdEncoding.DecodeString(record[i]); err != nil {
				return nil, badItem{fmt.Errorf("The value of %s is not in base64", name)}
			}
		}
		values[name] = map[string]string{t.String(): record[i]}
	}
	raw, err := json.Marshal(values, json.Deterministic(true))
	if err != nil {
		return nil, badItem{err}
	}
	it, err := parseItem(raw)
	if err != nil {
		return nil, badItem{err}
	}
	return it, nil
}
