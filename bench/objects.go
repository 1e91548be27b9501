package main

import (
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
)

// objects measures GET of an object of 64 MiB against a bare file server.
func (b *bench) objects(cloud, bare *server) error {
	content := make([]byte, 64<<20)
	rand.NewChaCha8([32]byte{1}).Read(content)
	if err := os.WriteFile(filepath.Join(b.tmp, "object"), content, 0o600); err != nil {
		return err
	}
	constraint := []byte(`<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>` + region + `</LocationConstraint></CreateBucketConfiguration>`)
	for _, q := range []request{
		signed(cloud, "s3", "PUT", "/bench", nil, constraint),
		signed(cloud, "s3", "PUT", "/bench/object", nil, content),
	} {
		if _, err := q.answer(http.DefaultClient); err != nil {
			return err
		}
	}
	rates, err := b.rounds(contest{"GET of 64 MiB, 4 connections", 4, []*server{cloud, bare}, map[*server][]request{
		cloud: {signed(cloud, "s3", "GET", "/bench/object", nil, nil)},
		bare:  {{method: "GET", url: bare.url + "/files/object"}},
	}})
	if err != nil {
		return err
	}
	b.report.add("S3 GET of 64 MiB, of a bare file server's rate", "at least 70 %", "%s", ratio(rates[cloud], rates[bare]))
	return nil
}
