package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/sigv4"
)

var credentials = sigv4.Credentials{AccessKey: "test", Secret: "test"}

const region = "eu-west-3"

func main() {
	niebla := flag.String("niebla", "bin/niebla", "the binary to measure")
	dynalite := flag.String("dynalite", "", "dynalite's command, to measure beside")
	d := flag.Duration("time", 5*time.Second, "how long each load lasts")
	ceiling := flag.String("ceiling", "", "be the ceiling's server at this address")
	files := flag.String("files", "", "directory the ceiling serves")
	flag.Parse()
	var err error
	if *ceiling != "" {
		err = serveCeiling(*ceiling, *files)
	} else {
		err = run(*niebla, *dynalite, *d)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(niebla, dynalite string, d time.Duration) error {
	tmp, err := os.MkdirTemp("", "niebla-bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	self, err := os.Executable()
	if err != nil {
		return err
	}
	ours := func(dir string) func(string) []string {
		return func(addr string) []string {
			return []string{niebla, "start", "--listen", addr, "--dir", filepath.Join(tmp, dir)}
		}
	}
	if err := startUp(ours); err != nil {
		return err
	}
	cloud, err := startServer("niebla", ours("cloud"))
	if err != nil {
		return err
	}
	defer cloud.stop()
	bare, err := startServer("ceiling", func(addr string) []string { return []string{self, "-ceiling", addr, "-files", tmp} })
	if err != nil {
		return err
	}
	defer bare.stop()
	var peer *server
	if dynalite != "" {
		peer, err = startServer("dynalite", func(addr string) []string {
			host, port, _ := strings.Cut(addr, ":")
			return []string{dynalite, "--host", host, "--port", port, "--path", filepath.Join(tmp, "dynalite"), "--createTableMs", "0"}
		})
		if err != nil {
			return err
		}
		defer peer.stop()
	}
	if err := items(cloud, bare, peer, d); err != nil {
		return err
	}
	return objects(cloud, bare, tmp, d)
}

// startUp measures the time from exec to the first answer, and idle memory.
func startUp(ours func(string) func(string) []string) error {
	var best time.Duration
	var rss int64
	for i := range 5 {
		start := time.Now()
		s, err := startServer("niebla", ours("empty"+strconv.Itoa(i)))
		if err != nil {
			return err
		}
		res, err := http.Get(s.url + "/_niebla/health")
		took := time.Since(start)
		if err == nil {
			res.Body.Close()
		}
		if best == 0 || took < best {
			best = took
		}
		time.Sleep(time.Second)
		rss = s.rss()
		s.stop()
		if err != nil {
			return err
		}
	}
	fmt.Printf("%-28s %8.0f ms (want under 150)\n", "empty directory to ready", float64(best.Microseconds())/1000)
	fmt.Printf("%-28s %8.1f MB (want under 60)\n", "idle memory", float64(rss)/1e6)
	return nil
}

const (
	tableName = "bench"
	itemCount = 2000
)

// items measures GetItem and PutItem of 1 KiB.
func items(cloud, bare, peer *server, d time.Duration) error {
	fmt.Printf("\n%-22s %10s %10s %10s %9s\n", "1 KiB, 32 connections", "per s", "p50", "p99", "CPU/req")
	gets, puts := itemRequests()
	servers := []*server{cloud}
	if peer != nil {
		servers = append(servers, peer)
	}
	rates := map[string]float64{}
	var getSize, putSize int
	for _, s := range servers {
		if err := createTable(s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		put, err := sign(s, "PutItem", puts)
		if err != nil {
			return err
		}
		for _, q := range put {
			if status, err := q.send(http.DefaultClient); err != nil || status != 200 {
				return fmt.Errorf("%s: PutItem: %d %v", s.name, status, err)
			}
		}
		get, err := sign(s, "GetItem", gets)
		if err != nil {
			return err
		}
		if s == cloud {
			if getSize, err = size(get[0]); err != nil {
				return err
			}
			if putSize, err = size(put[0]); err != nil {
				return err
			}
		}
		for _, l := range []struct {
			name string
			reqs []request
		}{{"GetItem", get}, {"PutItem", put}} {
			r, err := measure(s, l.name, l.reqs, d)
			if err != nil {
				return err
			}
			rates[s.name+l.name] = r
		}
	}
	for _, l := range []struct {
		name   string
		bodies [][]byte
		size   int
	}{{"GetItem", gets, getSize}, {"PutItem", puts, putSize}} {
		reqs, err := sign(bare, l.name, l.bodies)
		if err != nil {
			return err
		}
		for i := range reqs {
			reqs[i].url = bare.url + "/" + strconv.Itoa(l.size)
		}
		r, err := measure(bare, l.name, reqs, d)
		if err != nil {
			return err
		}
		rates["ceiling"+l.name] = r
	}
	fmt.Println()
	for name, want := range map[string]int{"GetItem": 50, "PutItem": 40} {
		fmt.Printf("%-28s %8.0f %% of the ceiling (want %d)\n", name, 100*rates["niebla"+name]/rates["ceiling"+name], want)
		if peer != nil {
			fmt.Printf("%-28s %8.1f x dynalite (want 2)\n", name, rates["niebla"+name]/rates["dynalite"+name])
		}
	}
	return nil
}

func measure(s *server, name string, reqs []request, d time.Duration) (float64, error) {
	before := s.cpu()
	start := time.Now()
	r, err := load(reqs, 32, d)
	if err != nil {
		return 0, fmt.Errorf("%s: %s: %w", s.name, name, err)
	}
	n := r.perSecond * time.Since(start).Seconds() // the warm-up too
	fmt.Printf("%-22s %10.0f %10s %10s %7.0fus\n", s.name+" "+name, r.perSecond, r.p50.Round(time.Microsecond), r.p99.Round(time.Microsecond),
		float64((s.cpu()-before).Microseconds())/n)
	return r.perSecond, nil
}

func size(q request) (int, error) {
	r, err := http.NewRequest(q.method, q.url, bytes.NewReader(q.body))
	if err != nil {
		return 0, err
	}
	r.Header = q.header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return len(b), err
}

// itemRequests returns the bodies that read and write items of 1 KiB.
func itemRequests() (gets, puts [][]byte) {
	rng := rand.New(rand.NewPCG(1, 1))
	text := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte('a' + rng.IntN(26))
		}
		return string(b)
	}
	type value map[string]any
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
	body := encode(map[string]any{
		"TableName": tableName, "BillingMode": "PAY_PER_REQUEST",
		"AttributeDefinitions": []any{map[string]string{"AttributeName": "pk", "AttributeType": "S"}},
		"KeySchema":            []any{map[string]string{"AttributeName": "pk", "KeyType": "HASH"}},
	})
	q, err := sign(s, "CreateTable", [][]byte{body})
	if err != nil {
		return err
	}
	if status, err := q[0].send(http.DefaultClient); err != nil || status != 200 {
		return fmt.Errorf("CreateTable: %d %v", status, err)
	}
	time.Sleep(200 * time.Millisecond) // peers make tables ACTIVE in the background
	return nil
}

func sign(s *server, op string, bodies [][]byte) ([]request, error) {
	var out []request
	for _, b := range bodies {
		r, err := http.NewRequest("POST", s.url+"/", bytes.NewReader(b))
		if err != nil {
			return nil, err
		}
		r.Header.Set("X-Amz-Target", "DynamoDB_20120810."+op)
		r.Header.Set("Content-Type", "application/x-amz-json-1.0")
		sum := sha256.Sum256(b)
		sigv4.Sign(r, credentials, region, "dynamodb", hex.EncodeToString(sum[:]), time.Now())
		out = append(out, request{"POST", r.URL.String(), r.Header, b})
	}
	return out, nil
}

// objects measures GET of an object of 64 MiB against a bare file server.
func objects(cloud, bare *server, tmp string, d time.Duration) error {
	content := make([]byte, 64<<20)
	rng := rand.NewChaCha8([32]byte{1})
	rng.Read(content)
	if err := os.WriteFile(filepath.Join(tmp, "object"), content, 0o600); err != nil {
		return err
	}
	do := func(method, path string, body []byte) (request, error) {
		r, err := http.NewRequest(method, cloud.url+path, bytes.NewReader(body))
		if err != nil {
			return request{}, err
		}
		sum := sha256.Sum256(body)
		sigv4.Sign(r, credentials, region, "s3", hex.EncodeToString(sum[:]), time.Now())
		return request{method, r.URL.String(), r.Header, body}, nil
	}
	constraint := []byte(`<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>` + region + `</LocationConstraint></CreateBucketConfiguration>`)
	for _, step := range []struct {
		path string
		body []byte
	}{{"/bench", constraint}, {"/bench/object", content}} {
		q, err := do("PUT", step.path, step.body)
		if err != nil {
			return err
		}
		if status, err := q.send(http.DefaultClient); err != nil || status != 200 {
			return fmt.Errorf("PUT %s: %d %v", step.path, status, err)
		}
	}
	get, err := do("GET", "/bench/object", nil)
	if err != nil {
		return err
	}
	fmt.Println()
	var rates []float64
	for _, l := range []struct {
		s *server
		q request
	}{{cloud, get}, {bare, request{method: "GET", url: bare.url + "/files/object"}}} {
		r, err := load([]request{l.q}, 4, d)
		if err != nil {
			return fmt.Errorf("%s: GET: %w", l.s.name, err)
		}
		fmt.Printf("%-28s %8.0f MB/s\n", l.s.name+" GET of 64 MiB", r.perSecond*64*1.048576)
		rates = append(rates, r.perSecond)
	}
	fmt.Printf("%-28s %8.0f %% of a bare file server (want 70)\n", "GET of 64 MiB", 100*rates[0]/rates[1])
	return nil
}
