package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
)

const nginxConfig = `daemon off;
worker_processes auto;
pid %[1]s/nginx.pid;
error_log stderr crit;
events { worker_connections 1024; }
http {
	access_log off;
	sendfile on;
	tcp_nopush on;
	keepalive_requests 1000000;
	types { image/jpeg jpg; }
	client_body_temp_path %[1]s/nginx-body;
	proxy_temp_path %[1]s/nginx-proxy;
	fastcgi_temp_path %[1]s/nginx-fastcgi;
	uwsgi_temp_path %[1]s/nginx-uwsgi;
	scgi_temp_path %[1]s/nginx-scgi;
	server {
		listen %[2]s;
		root %[1]s/nginx;
	}
}
`

// edge measures 10 KB that the edge has against the same file from nginx.
func (b *bench) edge(up *server, s stack) error {
	const path = "/fotos/bench/full_1.jpg"
	content := make([]byte, 10_000)
	rand.NewChaCha8([32]byte{2}).Read(content)
	put := signed(up, "s3", "PUT", "/"+s.MediaBucket+path, map[string]string{"Content-Type": "image/jpeg"}, content)
	if _, err := put.answer(http.DefaultClient); err != nil {
		return err
	}
	get := request{method: "GET", url: up.url + path, host: strings.Replace(s.DistributionDomain, ".net", ".localhost", 1)}
	for _, want := range []string{"Miss", "Hit"} {
		res, err := get.send(http.DefaultClient)
		if err != nil {
			return err
		}
		var got bytes.Buffer
		_, err = got.ReadFrom(res.Body)
		res.Body.Close()
		if x := res.Header.Get("X-Cache"); err != nil || !bytes.Equal(got.Bytes(), content) || !strings.HasPrefix(x, want) {
			return fmt.Errorf("the edge answered %s, X-Cache %q, %d bytes, %v", res.Status, x, got.Len(), err)
		}
	}
	servers, reqs := []*server{up}, map[*server][]request{up: {get}}
	var peer *server
	if b.nginx != "" {
		file := filepath.Join(b.tmp, "nginx", path)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
		if err := os.Chmod(b.tmp, 0o755); err != nil { // nginx' workers are another user
			return err
		}
		var err error
		peer, err = startServer("nginx", func(addr string) []string {
			config := filepath.Join(b.tmp, "nginx.conf")
			_ = os.WriteFile(config, fmt.Appendf(nil, nginxConfig, b.tmp, addr), 0o644)
			return []string{b.nginx, "-c", config, "-p", b.tmp}
		})
		if err != nil {
			return err
		}
		defer peer.stop()
		servers = append(servers, peer)
		reqs[peer] = []request{{method: "GET", url: peer.url + path}}
	}
	rates, err := b.rounds(contest{"10 KB from the edge, 32 connections", 32, servers, reqs})
	if err != nil {
		return err
	}
	if peer == nil {
		b.report.add("10 KB the edge has, of nginx' rate", "at least 50 %", "no nginx here")
		return nil
	}
	b.report.add("10 KB the edge has, of nginx' rate", "at least 50 %", "%s", ratio(rates[up], rates[peer]))
	return nil
}
