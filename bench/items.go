package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	tableName   = "bench"    // items by pk
	historyName = "timeline" // items by pk and sk
	itemCount   = 2000
	pageSize    = 20 // items of one partition of the history
	batchSize   = 25
	unitSize    = 3 // writes in a transaction

	// versions is how often each song is put, each time another, before it begins anew: a put that changes nothing
	// costs no write. Connections that are at different versions of a song put them in any order, so that of two
	// versions a quarter changed nothing, and of eight one in 64.
	versions = 8
)

// itemLoad is one operation on items of 1 KiB, and what is wanted of it.
type itemLoad struct {
	name, operation string
	bodies          [][]byte
	ceiling         string // of the bare server's rate
	dynalite, kumo  string // times theirs
	commit          int    // how many items one commit writes, where raw Pebble is compared
}

func itemLoads(g *generator) []itemLoad {
	return []itemLoad{
		{"GetItem", "GetItem", g.gets(), "at least 65 %", "at least 2.5 times", "at least 1.7 times", 0},
		{"PutItem", "PutItem", g.puts(versions), "at least 55 %", "at least 4 times", "at least 1.7 times", 0},
		{"UpdateItem with a condition", "UpdateItem", g.updates(), "at least 55 %", "at least 4 times", "at least 1.7 times", 0},
		{"Query of 20 items", "Query", g.queries(), "at least 45 %", "at least 4 times", "at least 1.7 times", 0},
		{"BatchWriteItem of 25", "BatchWriteItem", g.batches(), "at least 40 %", "at least 4 times", "at least 1.7 times", batchSize},
		{"TransactWriteItems of 3", "TransactWriteItems", g.transactions(), "at least 40 %", "at least 4 times", "at least 1.7 times", unitSize},
	}
}

// items measures the operations on items of 1 KiB, with one client and with 32.
func (b *bench) items(cloud, bare *server) error {
	peers, err := b.itemPeers()
	defer func() {
		for _, p := range peers {
			p.stop()
		}
	}()
	if err != nil {
		return err
	}
	g := newGenerator()
	for _, s := range append(peers, cloud) {
		if err := g.fill(s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	for _, l := range itemLoads(g) {
		if b.loads != nil && !slices.Contains(b.loads, l.operation) {
			continue
		}
		reqs := map[*server][]request{}
		for _, s := range append(peers, cloud, bare) {
			for _, body := range l.bodies {
				reqs[s] = append(reqs[s], dynamodb(s, l.operation, body))
			}
		}
		if err := bare.answerLike(reqs[bare], reqs[cloud][0]); err != nil {
			return err
		}
		servers := []*server{cloud, bare}
		for _, p := range peers { // some lack some operations
			if _, err := reqs[p][0].answer(http.DefaultClient); err == nil {
				servers = append(servers, p)
			}
		}
		rates, err := b.rounds(contest{l.name + ", 32 connections", 32, servers, reqs})
		if err != nil {
			return err
		}
		b.report.add(l.name+", of a bare server's rate", l.ceiling, "%s", ratio(rates[cloud], rates[bare]))
		if err := b.half(contest{l.name + ", 32 connections, half the rate", 32, servers[:2], reqs}, rates); err != nil {
			return err
		}
		for _, p := range servers[2:] {
			if p.name == "before" {
				b.report.add(l.name+", of an earlier niebla's rate", "", "%s", ratio(rates[cloud], rates[p]))
				continue
			}
			b.report.add(l.name+", against "+p.name, map[string]string{"dynalite": l.dynalite, "kumo": l.kumo}[p.name], "%s", times(rates[cloud], rates[p]))
		}
		if l.commit > 0 {
			if err := b.rawPebble(l, rates[cloud]); err != nil {
				return err
			}
		}
		if _, err := b.rounds(contest{l.name + ", 1 connection", 1, []*server{cloud, bare}, reqs}); err != nil {
			return err
		}
	}
	return nil
}

// itemPeers starts the other emulators. dynalite keeps a table in files and
// syncs nothing; kumo keeps all in memory and checks no signature.
func (b *bench) itemPeers() (peers []*server, err error) {
	start := func(name, path string, args func(host, port string) []string) {
		if path == "" || err != nil {
			return
		}
		var p *server
		p, err = startServer(name, func(addr string) []string {
			host, port, _ := strings.Cut(addr, ":")
			return append([]string{path}, args(host, port)...)
		})
		if err == nil {
			peers = append(peers, p)
		}
	}
	start("before", b.before, func(host, port string) []string {
		return []string{"start", "--listen", host + ":" + port, "--dir", filepath.Join(b.tmp, "before")}
	})
	start("dynalite", b.dynalite, func(host, port string) []string {
		return []string{"--host", host, "--port", port, "--path", filepath.Join(b.tmp, "dynalite"), "--createTableMs", "0"}
	})
	start("kumo", b.kumo, func(host, port string) []string { return []string{"--host", host, "--port", port} })
	start("moto", b.moto, func(host, port string) []string { return []string{"-H", host, "-p", port} })
	return peers, err
}

// value is a JSON object.
type value map[string]any

// generator makes the bodies of requests.
type generator struct{ rng *rand.Rand }

func newGenerator() *generator { return &generator{rand.New(rand.NewPCG(1, 1))} }

func (g *generator) text(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('a' + g.rng.IntN(26))
	}
	return string(b)
}

// item is one of 1 KiB, with the key given.
func (g *generator) item(key value) value {
	item := value{
		"title": value{"S": g.text(40)}, "plays": value{"N": strconv.Itoa(g.rng.IntN(1e6))},
		"tags": value{"L": []value{{"S": g.text(12)}, {"S": g.text(12)}}}, "notes": value{"S": g.text(820)}, "live": value{"BOOL": true},
		"by": value{"M": value{"name": value{"S": g.text(30)}, "year": value{"N": "2026"}}},
	}
	for k, v := range key {
		item[k] = v
	}
	return item
}

func songKey(i int) value { return value{"pk": value{"S": fmt.Sprintf("song-%06d", i)}} }

func each(n int, body func(i int) value) (bodies [][]byte) {
	for i := range n {
		bodies = append(bodies, encode(body(i)))
	}
	return bodies
}

func (g *generator) gets() [][]byte {
	return each(itemCount, func(i int) value { return value{"TableName": tableName, "Key": songKey(i)} })
}

// puts write each song in n versions.
func (g *generator) puts(n int) [][]byte {
	return each(n*itemCount, func(i int) value { return value{"TableName": tableName, "Item": g.item(songKey(i % itemCount))} })
}

func (g *generator) updates() [][]byte {
	return each(itemCount, func(i int) value {
		return value{
			"TableName": tableName, "Key": songKey(i), "UpdateExpression": "SET title = :title ADD plays :one", "ConditionExpression": "attribute_exists(pk) AND plays >= :none",
			"ExpressionAttributeValues": value{":title": value{"S": g.text(40)}, ":one": value{"N": "1"}, ":none": value{"N": "0"}},
		}
	})
}

func listener(i int) value { return value{"S": fmt.Sprintf("listener-%04d", i)} }

func (g *generator) queries() [][]byte {
	return each(itemCount/pageSize, func(i int) value {
		return value{"TableName": historyName, "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": value{":pk": listener(i)}}
	})
}

// batches write each song in all its versions, 25 at a time.
func (g *generator) batches() [][]byte {
	return each(versions*itemCount/batchSize, func(i int) value {
		var writes []value
		for j := range batchSize {
			writes = append(writes, value{"PutRequest": value{"Item": g.item(songKey((i*batchSize + j) % itemCount))}})
		}
		return value{"RequestItems": value{tableName: writes}}
	})
}

func (g *generator) transactions() [][]byte {
	return each(versions*(itemCount/unitSize), func(i int) value {
		var writes []value
		for j := range unitSize {
			writes = append(writes, value{"Put": value{"TableName": tableName, "Item": g.item(songKey(i%(itemCount/unitSize)*unitSize + j))}})
		}
		return value{"TransactItems": writes}
	})
}

// history fills the partitions that are queried.
func (g *generator) history() [][]byte {
	return each(itemCount, func(i int) value {
		key := value{"pk": listener(i / pageSize), "sk": value{"N": strconv.Itoa(i % pageSize)}}
		return value{"TableName": historyName, "Item": g.item(key)}
	})
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

// fill makes the tables, and puts what is read.
func (g *generator) fill(s *server) error {
	if err := createTable(s, tableName, value{"pk": "S"}); err != nil {
		return err
	}
	if err := createTable(s, historyName, value{"pk": "S", "sk": "N"}); err != nil {
		return err
	}
	for _, body := range slices.Concat(g.puts(1), g.history()) {
		if _, err := dynamodb(s, "PutItem", body).answer(http.DefaultClient); err != nil {
			return err
		}
	}
	return nil
}

// createTable makes a table with a key of pk, and sk if it has a type, and waits until it can be used.
func createTable(s *server, name string, key value) error {
	var attributes, schema []value
	for _, k := range []struct{ name, kind string }{{"pk", "HASH"}, {"sk", "RANGE"}} {
		if t, ok := key[k.name]; ok {
			attributes = append(attributes, value{"AttributeName": k.name, "AttributeType": t})
			schema = append(schema, value{"AttributeName": k.name, "KeyType": k.kind})
		}
	}
	_, err := dynamodb(s, "CreateTable", encode(value{
		"TableName": name, "BillingMode": "PAY_PER_REQUEST", "AttributeDefinitions": attributes, "KeySchema": schema,
	})).answer(http.DefaultClient)
	if err != nil {
		return err
	}
	return waitForTable(s, name, 20*time.Second) // peers make tables in the background
}

// waitForTable waits until a table and its indexes are ACTIVE.
func waitForTable(s *server, name string, patience time.Duration) error {
	describe := dynamodb(s, "DescribeTable", encode(value{"TableName": name}))
	for end := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		b, err := describe.answer(http.DefaultClient)
		if err != nil {
			return err
		}
		var out struct {
			Table struct {
				TableStatus            string
				GlobalSecondaryIndexes []struct{ IndexStatus string }
			}
		}
		if err := json.Unmarshal(b, &out); err != nil {
			return err
		}
		active := out.Table.TableStatus == "ACTIVE"
		for _, x := range out.Table.GlobalSecondaryIndexes {
			active = active && x.IndexStatus == "ACTIVE"
		}
		switch {
		case active:
			return nil
		case time.Now().After(end):
			return fmt.Errorf("the table %s is not ready after %s: %s", name, patience, b)
		}
	}
}
