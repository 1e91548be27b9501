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
	"slices"
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
	gets, puts := itemRequests()
	servers := []*server{cloud, bare}
	if peer != nil {
		servers = append(servers, peer)
	}
	get, put := map[*server][]request{}, map[*server][]request{}
	for _, s := range servers {
		var err error
		if get[s], err = sign(s, "GetItem", gets); err != nil {
			return err
		}
		if put[s], err = sign(s, "PutItem", puts); err != nil {
			return err
		}
		if s == bare {
			continue
		}
		if err := createTable(s); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		for _, q := range put[s] {
			if status, err := q.send(http.DefaultClient); err != nil || status != 200 {
				return fmt.Errorf("%s: PutItem: %d %v", s.name, status, err)
			}
		}
	}
	fmt.Printf("\n%-22s %10s %10s %10s %9s\n", "1 KiB, 32 connections", "per s", "p50", "p99", "CPU/req")
	for _, l := range []struct {
		name          string
		reqs          map[*server][]request
		ceiling, peer float64
	}{{"GetItem", get, 50, 2}, {"PutItem", put, 40, 2}} {
		n, err := size(l.reqs[cloud][0])
		if err != nil {
			return err
		}
		for i := range l.reqs[bare] {
			l.reqs[bare][i].url = bare.url + "/" + strconv.Itoa(n)
		}
		rates, err := rounds(servers, l.name, l.reqs, 32, d)
		if err != nil {
			return err
		}
		fmt.Printf("%-28s %8.0f %% of the ceiling (want %.0f)\n", l.name, 100*ratio(rates[cloud], rates[bare]), l.ceiling)
		if peer != nil {
			fmt.Printf("%-28s %8.1f x dynalite (want %.0f)\n", l.name, ratio(rates[cloud], rates[peer]), l.peer)
		}
	}
	return nil
}

// roundCount is how often the servers take turns: what else the machine does
// then falls on all of them, and the median of the rounds' ratios counts.
const roundCount = 5

// rounds loads the servers in turn, and returns the rate of each in each round.
func rounds(servers []*server, name string, reqs map[*server][]request, connections int, d time.Duration) (map[*server][]float64, error) {
	rates := map[*server][]float64{}
	for round := range roundCount {
		for _, s := range servers {
			before, start := s.cpu(), time.Now()
			r, err := load(reqs[s], connections, d/roundCount)
			if err != nil {
				return nil, fmt.Errorf("%s: %s: %w", s.name, name, err)
			}
			rates[s] = append(rates[s], r.perSecond)
			if round == roundCount/2 {
				all := r.perSecond * time.Since(start).Seconds() // the warm-up too
				fmt.Printf("%-22s %10.0f %10s %10s %7.0fus\n", s.name+" "+name, r.perSecond, r.p50.Round(time.Microsecond),
					r.p99.Round(time.Microsecond), float64((s.cpu()-before).Microseconds())/all)
			}
		}
	}
	return rates, nil
}

// ratio is the median of the rounds' ratios.
func ratio(a, b []float64) float64 {
	var r []float64
	for i := range a {
		r = append(r, a[i]/b[i])
	}
	slices.Sort(r)
	return r[len(r)/2]
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
	fmt.Printf("\n%-22s %10s %10s %10s %9s\n", "64 MiB, 4 connections", "per s", "p50", "p99", "CPU/req")
	reqs := map[*server][]request{cloud: {get}, bare: {{method: "GET", url: bare.url + "/files/object"}}}
	rates, err := rounds([]*server{cloud, bare}, "GET", reqs, 4, d)
	if err != nil {
		return err
	}
	fmt.Printf("%-28s %8.0f %% of a bare file server (want 70)\n", "GET of 64 MiB", 100*ratio(rates[cloud], rates[bare]))
	return nil
}
