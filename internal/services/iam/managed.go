package iam

import (
	"crypto/sha256"
	_ "embed"
	"encoding/json"
	"time"
)

// managedJSON is a selection of the policies that AWS manages.
//
//go:embed managed.json
var managedJSON []byte

// amazon is AWS' own managed policies.
type amazon struct {
	byARN map[string]*managed
	list  []*managed // by name
}

func readAmazon() amazon {
	var raw []struct {
		Name, Path, Version string
		Created, Updated    time.Time
		Document            json.RawMessage
	}
	if err := json.Unmarshal(managedJSON, &raw); err != nil {
		panic("iam: managed.json: " + err.Error())
	}
	a := amazon{byARN: make(map[string]*managed, len(raw))}
	for _, r := range raw {
		m := &managed{
			Name: r.Name, ID: amazonID(r.Name), Path: r.Path, Created: r.Created.UTC(), Updated: r.Updated.UTC(), Default: r.Version,
			Versions: []version{{r.Version, string(r.Document), r.Updated.UTC()}},
		}
		a.byARN[m.arn("aws")] = m
		a.list = append(a.list, m)
	}
	return a
}

// amazonID is an id that is always the same for the same policy.
func amazonID(name string) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	sum := sha256.Sum256([]byte(name))
	id := []byte("ANPA")
	for _, b := range sum[:17] {
		id = append(id, alphabet[b&31])
	}
	return string(id)
}

func (a amazon) has(m *managed) bool { return a.byARN[m.arn("aws")] == m }
