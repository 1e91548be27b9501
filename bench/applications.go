package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// stack is what an application's infrastructure is known by.
type stack struct {
	ApiKey, GraphqlUrl, UserPoolClientId, UsersTable, SocialTable, MediaBucket, DistributionDomain string
}

// applications measures what needs both applications.
func (b *bench) applications(bare *server) error {
	dir := filepath.Join(b.tmp, "applications")
	addr, err := freePort() // one for all, since pages know it
	if err != nil {
		return err
	}
	for _, c := range []struct{ name, want, songs, users, accounts string }{
		{"Both applications, from nothing with one song and one member", "under 5 s", "1", "1", "0"},
		{"Both applications, from nothing, with 100 songs and 60 members", "", "100", "60", "2"},
		{"Both applications, again", "", "100", "60", "2"},
	} {
		if c.songs == "1" && !b.wants("applications") {
			continue
		}
		took, up, err := b.bringUp(addr, dir, c.songs, c.users, c.accounts)
		if err != nil {
			return err
		}
		b.report.add(c.name, c.want, "%.1f s", took.Seconds())
		if c.songs == "1" {
			up.stop()
			if err := os.RemoveAll(dir); err != nil {
				return err
			}
			continue
		}
		if c.name != "Both applications, again" {
			err = b.onApplications(up, bare, dir)
		} else {
			time.Sleep(3 * time.Second)
			b.report.add("Idle memory, both applications there", "under 120 MB", "%s", memoryOf(append(up.children(), up.pid)...))
		}
		up.stop()
		if err != nil {
			return err
		}
		if !b.wants("applications") {
			return nil
		}
	}
	return nil
}

func (b *bench) onApplications(up, bare *server, dir string) error {
	var s stack
	file, err := os.ReadFile(filepath.Join(dir, "biihlive.json"))
	if err != nil {
		return err
	}
	if err := json.Unmarshal(file, &s); err != nil {
		return err
	}
	if b.wants("graphql") {
		if err := b.graphql(up, bare, s); err != nil {
			return err
		}
	}
	if b.wants("edge") {
		if err := b.edge(up, s); err != nil {
			return err
		}
	}
	if b.wants("follow") {
		return b.follow(up, s, filepath.Join(dir, "biihlive-accounts.txt"))
	}
	return nil
}

// bringUp runs scripts/run until it says that everything is there. The server
// is the cloud that it started.
func (b *bench) bringUp(addr, dir, songs, users, accounts string) (time.Duration, *server, error) {
	cmd := exec.Command("env", "NIEBLA_BUILT=1", "NIEBLA_DIR="+dir, "NIEBLA_LISTEN="+addr, "FOG_SONGS="+songs,
		"BIIHLIVE_USERS="+users, "BIIHLIVE_ACCOUNTS="+accounts, filepath.Join(b.root, "scripts", "run"))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, nil, err
	}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, nil, err
	}
	s := &server{name: "niebla", url: "http://" + addr, cmd: cmd}
	var all strings.Builder
	for lines := bufio.NewScanner(out); lines.Scan(); {
		all.WriteString(lines.Text() + "\n")
		if strings.HasPrefix(lines.Text(), "Ctrl-C") {
			took := time.Since(start)
			s.pid, err = pidOf(s.url)
			return took, s, err
		}
	}
	err = cmd.Wait()
	return 0, nil, fmt.Errorf("scripts/run: %v\n%s\n%s", err, end(all.String()), end(said.String()))
}

// end is the last lines of what a command printed.
func end(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	return strings.Join(lines[max(0, len(lines)-8):], "\n")
}

var process = regexp.MustCompile(`"pid": ?(\d+)`)

func pidOf(url string) (int, error) {
	b, err := request{method: "GET", url: url + "/_niebla/status"}.answer(http.DefaultClient)
	if err != nil {
		return 0, err
	}
	m := process.FindSubmatch(b)
	if m == nil {
		return 0, errors.New("/_niebla/status tells no process")
	}
	return strconv.Atoi(string(m[1]))
}

// query is a request of a GraphQL API.
func (s *stack) query(up *server, header, credential, text string, variables value) request {
	return request{
		method: "POST", url: up.url + s.GraphqlUrl[strings.Index(s.GraphqlUrl, "/graphql/"):],
		header: http.Header{"Content-Type": {"application/json"}, header: {credential}},
		body:   encode(value{"query": text, "variables": variables}),
	}
}

// graphql measures a query of one field, which a template resolves from
// DynamoDB.
func (b *bench) graphql(up, bare *server, s stack) error {
	members, err := s.members(up)
	if err != nil {
		return err
	}
	reqs := map[*server][]request{}
	for _, m := range members {
		q := s.query(up, "X-Api-Key", s.ApiKey, "query($id: ID!) { getUser(userId: $id) { nickname } }", value{"id": m.id})
		if answer, err := q.answer(http.DefaultClient); err != nil || !strings.Contains(string(answer), `"nickname"`) {
			return fmt.Errorf("getUser: %w %s", err, answer)
		}
		reqs[up] = append(reqs[up], q)
		reqs[bare] = append(reqs[bare], q)
	}
	if err := bare.answerLike(reqs[bare], reqs[up][0]); err != nil {
		return err
	}
	rates, err := b.rounds(contest{"AppSync query, 32 connections", 32, []*server{up, bare}, reqs})
	if err != nil {
		return err
	}
	b.report.add("AppSync query of one field by VTL from DynamoDB, of a bare server's rate", "at least 20 %", "%s", ratio(rates[up], rates[bare]))
	return nil
}

// member is a profile as it is in the table.
type member struct {
	id        string
	followers int
}

// members are the made-up ones.
func (s *stack) members(up *server) ([]member, error) {
	b, err := dynamodb(up, "Scan", encode(value{"TableName": s.UsersTable, "ConsistentRead": true})).answer(http.DefaultClient)
	if err != nil {
		return nil, err
	}
	var page struct {
		Items []map[string]struct{ S, N string }
	}
	if err := json.Unmarshal(b, &page); err != nil {
		return nil, err
	}
	var all []member
	for _, i := range page.Items {
		n, _ := strconv.Atoi(i["seguidores"].N)
		all = append(all, member{i["userId"].S, n})
	}
	if len(all) == 0 {
		return nil, errors.New("nobody is in " + s.UsersTable)
	}
	return all, nil
}
