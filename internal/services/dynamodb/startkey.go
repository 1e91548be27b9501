package dynamodb

import (
	"bytes"
	"regexp"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/ddbexpr"
)

// startKeyError words an error about a value in ExclusiveStartKey. Some are
// told as they are, for reasons known to DynamoDB alone.
func startKeyError(err error) error {
	invalid, ok := err.(ddbexpr.Invalid)
	if !ok || startKeyBare.MatchString(string(invalid)) {
		return visible(err)
	}
	return errValidation("The provided starting key is invalid: %s", string(invalid))
}

var startKeyBare = regexp.MustCompile("contains duplicates|number set|numeric value|significant digits|number with magnitude")

// keyNames are the attributes of a LastEvaluatedKey.
func (r *read) keyNames() []string {
	var names []string
	add := func(a attribute, _ bool) error {
		if !slices.Contains(names, a.Name) {
			names = append(names, a.Name)
		}
		return nil
	}
	_ = r.t.Key.each(add)
	if r.x != nil {
		_ = r.x.Key.each(add)
	}
	return names
}

const badStart = "The provided starting key is invalid"

// checkStartCount checks how many attributes ExclusiveStartKey has: those of a
// LastEvaluatedKey. How DynamoDB says it depends on what is read.
func (r *read) checkStartCount(bad string) error {
	if r.start != nil && r.start.Len() != len(r.keyNames()) {
		return errValidation("%s", bad)
	}
	return nil
}

// checkStartPart checks one key attribute of what is read in ExclusiveStartKey.
func (r *read) checkStartPart(a attribute, hash bool) error {
	if r.start == nil {
		return nil
	}
	v := r.start.Get(a.Name)
	switch {
	case v == nil:
		return errValidation(badStart)
	case v.Type() != a.Type:
		return errKeyMismatch()
	}
	return checkKeyValue(a, v, hash)
}

// checkStartKey checks the table's key in ExclusiveStartKey.
func (r *read) checkStartKey() error {
	if r.start == nil {
		return nil
	}
	err := r.t.Key.each(func(a attribute, hash bool) error {
		v := r.start.Get(a.Name)
		if v.Type() != a.Type {
			return errKeyMismatch()
		}
		return checkKeyValue(a, v, hash)
	})
	if e, ok := err.(*aws.Error); ok {
		return errValidation(badStart+": %s", e.Message)
	}
	return err
}

// startKey is the key in the store that ExclusiveStartKey stands for.
func (r *read) startKey() []byte {
	if r.x != nil {
		return r.t.entryKey(nil, r.x, r.start)
	}
	return r.t.itemKey(nil, r.start)
}

// goOn moves the bound from which the read starts past the start key.
func (r *read) goOn() {
	if r.start == nil {
		return
	}
	key := r.startKey()
	if r.backward {
		if bytes.Compare(key, r.hi) < 0 {
			r.hi = key
		}
	} else if key = append(key, 0); bytes.Compare(key, r.lo) > 0 {
		r.lo = key
	}
}
