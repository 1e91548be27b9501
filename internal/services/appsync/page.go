package appsync

import (
	"encoding/base64"
	"iter"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/store"
)

// pageSize is the most that a list answers at once.
const pageSize = 25

// page collects one page of what a table has below prefix. keep says which
// values count.
func page[T any](tx *store.Tx, t store.Table[T], at aws.Scope, p Paged, prefix []string, keep func(T) bool) (list []T, next string, err error) {
	limit := pageSize
	if p.MaxResults != nil && *p.MaxResults > 0 {
		limit = int(*p.MaxResults)
	}
	rows := t.All(tx, at, prefix...)
	if p.NextToken != "" {
		after, err := base64.RawURLEncoding.DecodeString(p.NextToken)
		if err != nil {
			return nil, "", errBadRequest("Invalid pagination token given.")
		}
		var key []string
		for rest := after; len(rest) > 0; {
			part, r, ok := store.CutPart(rest)
			if !ok {
				return nil, "", errBadRequest("Invalid pagination token given.")
			}
			key, rest = append(key, part), r
		}
		if len(key) <= len(prefix) {
			return nil, "", errBadRequest("Invalid pagination token given.")
		}
		for i, part := range prefix {
			if key[i] != part {
				return nil, "", errBadRequest("Invalid pagination token given.")
			}
		}
		rows = t.After(tx, at, key, prefix...)
	}
	return fill(rows, limit, keep)
}

func fill[T any](rows iter.Seq2[[]string, T], limit int, keep func(T) bool) (list []T, next string, err error) {
	list = []T{}
	var last []string
	for key, v := range rows {
		if keep != nil && !keep(v) {
			continue
		}
		if len(list) == limit {
			var token []byte
			for _, part := range last {
				token = store.AppendPart(token, part)
			}
			return list, base64.RawURLEncoding.EncodeToString(token), nil
		}
		list, last = append(list, v), key
	}
	return list, "", nil
}
