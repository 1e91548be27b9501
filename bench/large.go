package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	smallTable = 10_000 // items of the table that a large one is compared with
	loaders    = 8
	batchItems = 25
	asked      = 30_000 // keys that are read and written, at random from all
)

// large fills a table with many items of 1 KiB, and measures how fast that is,
// what memory it takes, and how much slower the table is than a small one.
func (b *bench) large() error {
	cloud, err := b.cloud("large")
	if err != nil {
		return err
	}
	defer cloud.stop()
	tails := itemTails()
	if err := fillTable(cloud, "small", smallTable, tails); err != nil {
		return err
	}
	watch := watchMemory(cloud.pid)
	start := time.Now()
	if err := fillTable(cloud, "large", b.count, tails); err != nil {
		return err
	}
	took := time.Since(start)
	b.report.add(fmt.Sprintf("%d items of 1 KiB, 25 at a time from %d connections", b.count, loaders), "", "%.0f items/s", float64(b.count)/took.Seconds())
	b.report.add("Memory at most while they are written", "under 500 MB", "%s", watch.stop())
	b.report.add("Disk that they take", "", "%.1f GB", float64(sizeOf(filepath.Join(b.tmp, "large")))/1e9)

	watch = watchMemory(cloud.pid)
	for _, op := range []string{"GetItem", "PutItem"} {
		rates := map[string][]float64{}
		for range roundCount {
			for _, table := range []string{"small", "large"} {
				r, err := load(b.onTable(cloud, op, table, tails), 32, 0, b.time/roundCount)
				if err != nil {
					return err
				}
				rates[table] = append(rates[table], r.perSecond)
				b.report.loads = append(b.report.loads, loaded{fmt.Sprintf("%s, %s table, 32 connections", op, table), cloud.name, r, 0})
			}
		}
		b.report.add(fmt.Sprintf("%s of %d items, of the rate of %d", op, b.count, smallTable), "at least 80 %", "%s", ratio(rates["large"], rates["small"]))
	}
	b.report.add("Memory at most while they are read and written", "under 500 MB", "%s", watch.stop())
	return b.beside(cloud, b.onTable(cloud, "PutItem", "large", tails))
}

// steady is how many puts a second go on beside long work.
const steady = 1000

// beside measures how long puts take while nothing else is done, while the
// table is read from one end to the other, and while an index of it is built.
func (b *bench) beside(cloud *server, puts []request) error {
	measure := func(what string, d time.Duration) error {
		c := contest{fmt.Sprintf("PutItem %d a second, %s", steady, what), 32, []*server{cloud}, map[*server][]request{cloud: puts}}
		l, err := c.load(cloud, steady, d)
		if err == nil {
			b.report.add(fmt.Sprintf("Puts, %d a second, %s", steady, what), "", "%s p50, %s p99", short(l.p50), short(l.p99))
			b.report.loads = append(b.report.loads, l)
		}
		return err
	}
	if err := measure("alone", b.time); err != nil {
		return err
	}
	scan := make(chan error, 1)
	stop := make(chan struct{})
	go func() { scan <- scanUntil(stop, cloud, "large") }()
	err := measure("during a Scan", b.time)
	close(stop)
	if err := errors.Join(err, <-scan); err != nil {
		return err
	}
	add := encode(value{"TableName": "large", "AttributeDefinitions": []value{{"AttributeName": "title", "AttributeType": "S"}},
		"GlobalSecondaryIndexUpdates": []value{{"Create": value{"IndexName": "byTitle", "Projection": value{"ProjectionType": "KEYS_ONLY"},
			"KeySchema": []value{{"AttributeName": "title", "KeyType": "HASH"}}}}}})
	start := time.Now()
	if _, err := dynamodb(cloud, "UpdateTable", add).answer(http.DefaultClient); err != nil {
		return err
	}
	if err := measure("while an index is built", b.time); err != nil {
		return err
	}
	if err := waitForTable(cloud, "large", 30*time.Minute); err != nil {
		return err
	}
	b.report.add("The index was built in", "", "%s, the bench's %s of puts within", time.Since(start).Round(time.Second), b.time*5/4)
	return nil
}

// scanUntil reads a table again and again until it is told to stop.
func scanUntil(stop chan struct{}, s *server, table string) error {
	var from json.RawMessage
	for {
		select {
		case <-stop:
			return nil
		default:
		}
		in := value{"TableName": table}
		if from != nil {
			in["ExclusiveStartKey"] = from
		}
		b, err := dynamodb(s, "Scan", encode(in)).answer(http.DefaultClient)
		if err != nil {
			return err
		}
		var out struct{ LastEvaluatedKey json.RawMessage }
		if err := json.Unmarshal(b, &out); err != nil {
			return err
		}
		from = out.LastEvaluatedKey
	}
}

// onTable makes requests for items of a table at random.
func (b *bench) onTable(s *server, op, table string, tails []string) []request {
	count := smallTable
	if table == "large" {
		count = b.count
	}
	var requests []request
	rng := rand.New(rand.NewPCG(5, 6))
	for range asked {
		i := rng.IntN(count)
		body := fmt.Sprintf(`{"TableName":"%s","Key":{%s}}`, table, itemKey(i))
		if op == "PutItem" {
			body = fmt.Sprintf(`{"TableName":"%s","Item":{%s,%s}}`, table, itemKey(i), tails[rng.IntN(len(tails))])
		}
		requests = append(requests, dynamodb(s, op, []byte(body)))
	}
	return requests
}

func itemKey(i int) string { return fmt.Sprintf(`"pk":{"S":"item-%09d"}`, i) }

// itemTails are what items hold beside their keys.
func itemTails() (tails []string) {
	g := newGenerator()
	for range 512 {
		tails = append(tails, fmt.Sprintf(`"plays":{"N":"%d"},"title":{"S":"%s"},"notes":{"S":"%s"},"live":{"BOOL":true}`, g.rng.IntN(1e6), g.text(40), g.text(920)))
	}
	return tails
}

// fillTable makes a table of so many items.
func fillTable(s *server, table string, count int, tails []string) error {
	if err := createTable(s, table, value{"pk": "S"}); err != nil {
		return err
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: loaders}}
	defer client.CloseIdleConnections()
	var next atomic.Int64
	var failed atomic.Pointer[error]
	var all sync.WaitGroup
	for range loaders {
		all.Go(func() {
			for failed.Load() == nil {
				from := int(next.Add(batchItems)) - batchItems
				if from >= count {
					return
				}
				var puts []string
				for i := from; i < min(from+batchItems, count); i++ {
					puts = append(puts, fmt.Sprintf(`{"PutRequest":{"Item":{%s,%s}}}`, itemKey(i), tails[i%len(tails)]))
				}
				body := fmt.Sprintf(`{"RequestItems":{"%s":[%s]}}`, table, strings.Join(puts, ","))
				if err := dynamodb(s, "BatchWriteItem", []byte(body)).drain(client); err != nil {
					failed.CompareAndSwap(nil, &err)
				}
			}
		})
	}
	all.Wait()
	if err := failed.Load(); err != nil {
		return fmt.Errorf("filling %s: %w", table, *err)
	}
	return nil
}

// memoryWatch remembers the most memory that a process has held.
type memoryWatch struct {
	done chan struct{}
	most chan memory
}

func watchMemory(pid int) *memoryWatch {
	w := &memoryWatch{make(chan struct{}), make(chan memory)}
	go func() {
		var most memory
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for {
			if m := memoryOf(pid); m.resident > most.resident {
				most = m
			}
			select {
			case <-w.done:
				w.most <- most
				return
			case <-tick.C:
			}
		}
	}()
	return w
}

func (w *memoryWatch) stop() memory {
	close(w.done)
	return <-w.most
}

// sizeOf is what the files below a directory measure.
func sizeOf(dir string) (size int64) {
	_ = filepath.WalkDir(dir, func(_ string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				size += info.Size()
			}
		}
		return nil // files come and go
	})
	return size
}
