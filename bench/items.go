package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

const (
	tableName = "bench"
	itemCount = 2000
)

// items measures GetItem and PutItem of 1 KiB.
func (b *bench) items(cloud, bare *server) error {
	servers := []*server{cloud, bare}
	var peer *server
	if b.dynalite != "" {
		var err error
		peer, err = startServer("dynalite", func(addr string) []string {
			host, port, _ := strings.Cut(addr, ":")
			return []string{b.dynalite, "--host", host, "--port", port, "--path", filepath.Join(b.tmp, "dynalite"), "--createTableMs", "0"}
		})
		if err != nil {
			return err
		}
		defer peer.stop()
		servers = append(servers, peer)
	}
	gets, puts := itemBodies()
	get, put := map[*server][]request{}, map[*server][]request{}
	for _, s := range servers {
		for _, body := range gets {
			get[s] = append(get[s], dynamodb(s, "GetItem", body))
		}
		for _, body := range puts {
			put[s] = append(put[s], dynamodb(s, "PutItem", body))
		}
		if s == bare {
			continue
		}
		if err := createTable(s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		for _, q := range put[s] {
			if _, err := q.answer(http.DefaultClient); err != nil {
				return fmt.Errorf("%s: PutItem: %w", s.name, err)
			}
		}
	}
	for _, l := range []struct {
		name          string
		reqs          map[*server][]request
		ceiling, peer string
	}{{"GetItem", get, "at least 50 %", "at least 2 times"}, {"PutItem", put, "at least 40 %", "at least 2 times"}} {
		if err := bare.answerLike(l.reqs[bare], l.reqs[cloud][0]); err != nil {
			return err
		}
		rates, err := b.rounds(contest{l.name + " of 1 KiB, 32 connections", 32, servers, l.reqs})
		if err != nil {
			return err
		}
		b.report.add(l.name+" of 1 KiB, of a bare server's rate", l.ceiling, "%s", ratio(rates[cloud], rates[bare]))
		if peer != nil {
			b.report.add(l.name+" of 1 KiB, against dynalite", l.peer, "%s", times(rates[cloud], rates[peer]))
		}
	}
	return nil
}

// value is a JSON object.
type value map[string]any

// itemBodies are those that read and write items of 1 KiB.
func itemBodies() (gets, puts [][]byte) {
	rng := rand.New(rand.NewPCG(1, 1))
	text := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	for i := range itemCount {
		key := value{"pk": value{"S": fmt.Sprintf("song-%06d", i)}}
		item := value{
			"pk": key["pk"], "title": value{"S": text(40)}, "plays": value{"N": strconv.Itoa(rng.IntN(1e6))},
			"tags": value{"L": []value{{"S": text(12)}, {"S": text(12)}}}, "notes": value{"S": text(820)}, "live": value{"BOOL": true},
			"by": value{"M": value{"name": value{"S": text(30)}, "year": value{"N": "2026"}}},
		}
		gets = append(gets, encode(value{"TableName": tableName, "Key": key}))
		puts = append(puts, encode(value{"TableName": tableName, "Item": item}))
	}
	return gets, puts
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func createTable(s *server) error {
	_, err := dynamodb(s, "CreateTable", encode(value{
		"TableName": tableName, "BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []value{{"AttributeName": "pk", "AttributeType": "S"}},
		"KeySchema":            []value{{"AttributeName": "pk", "KeyType": "HASH"}},
	})).answer(http.DefaultClient)
	time.Sleep(200 * time.Millisecond) // peers make tables ACTIVE in the background
	return err
}
