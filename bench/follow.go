package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	followRate = 50 // a second
	followFor  = 10 * time.Second
)

var account = regexp.MustCompile(`(\S+@\S+)\s+(\S+)`)

// follow measures the time from a mutation that follows a member, or unfollows
// them again, until that member's counter in the table has changed. Between the
// two are the stream, an event source mapping, a Lambda function and its
// transaction.
func (b *bench) follow(up *server, s stack, accounts string) error {
	token, me, err := s.logIn(up, accounts)
	if err != nil {
		return err
	}
	members, err := s.members(up)
	if err != nil {
		return err
	}
	var others []member
	var follows []bool
	for _, m := range members {
		if m.id == me {
			continue
		}
		item, err := dynamodb(up, "GetItem", encode(value{
			"TableName": s.SocialTable, "Key": value{"followerId": value{"S": me}, "SK": value{"S": "FOLLOWING#" + m.id}},
		})).answer(http.DefaultClient)
		if err != nil {
			return err
		}
		others, follows = append(others, m), append(follows, strings.Contains(string(item), `"since"`))
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer client.CloseIdleConnections()
	var (
		mu    sync.Mutex
		took  []time.Duration
		wrong error
		wg    sync.WaitGroup
	)
	busy := make([]sync.Mutex, len(others)) // one change of a member at a time
	tick := time.NewTicker(time.Second / followRate)
	defer tick.Stop()
	count := int(followFor.Seconds() * followRate)
	for i := range count + followRate { // the first second warms up
		<-tick.C
		m, n := &others[i%len(others)], i%len(others)
		due := time.Now()
		wg.Go(func() {
			busy[n].Lock()
			defer busy[n].Unlock()
			err := s.change(up, client, token, m, &follows[n])
			mu.Lock()
			defer mu.Unlock()
			if i >= followRate {
				took = append(took, time.Since(due))
			}
			wrong = errors.Join(wrong, err)
		})
	}
	wg.Wait()
	if wrong != nil {
		return wrong
	}
	inOrder(took)
	b.report.add(fmt.Sprintf("Follow mutation until the counter shows it, %d a second", followRate), "p99 under 50 ms", "%s p50, %s p99",
		short(percentile(took, 50)), short(percentile(took, 99)))
	return nil
}

// change follows or unfollows, and waits for the counter.
func (s *stack) change(up *server, c *http.Client, token string, m *member, follows *bool) error {
	mutation, by := "follow", 1
	if *follows {
		mutation, by = "unfollow", -1
	}
	q := s.query(up, "Authorization", token, "mutation($id: ID!) { "+mutation+"(userId: $id) { followedId } }", value{"id": m.id})
	answer, err := q.answer(c)
	if err != nil || strings.Contains(string(answer), `"errors"`) {
		return fmt.Errorf("%s: %w %s", mutation, err, answer)
	}
	*follows = !*follows
	m.followers += by
	read := dynamodb(up, "GetItem", encode(value{
		"TableName": s.UsersTable, "Key": value{"userId": value{"S": m.id}}, "ProjectionExpression": "seguidores", "ConsistentRead": true,
	}))
	for end := time.Now().Add(10 * time.Second); ; {
		b, err := read.answer(c)
		if err != nil {
			return err
		}
		if strings.Contains(string(b), `"`+strconv.Itoa(m.followers)+`"`) {
			return nil
		}
		if time.Now().After(end) {
			return fmt.Errorf("the counter of %s is %s, not %d, 10 s after %s", m.id, b, m.followers, mutation)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// logIn returns the token of one who may log in, and who that is.
func (s *stack) logIn(up *server, accounts string) (token, id string, err error) {
	said, err := os.ReadFile(accounts)
	if err != nil {
		return "", "", err
	}
	m := account.FindStringSubmatch(string(said))
	if m == nil {
		return "", "", fmt.Errorf("%s names no account", accounts)
	}
	b, err := request{method: "POST", url: up.url + "/", header: http.Header{
		"X-Amz-Target": {"AWSCognitoIdentityProviderService.InitiateAuth"}, "Content-Type": {"application/x-amz-json-1.1"},
	}, body: encode(value{
		"AuthFlow": "USER_PASSWORD_AUTH", "ClientId": s.UserPoolClientId, "AuthParameters": value{"USERNAME": m[1], "PASSWORD": m[2]},
	})}.answer(http.DefaultClient)
	if err != nil {
		return "", "", err
	}
	var in struct {
		AuthenticationResult struct{ IdToken, AccessToken string }
	}
	if err := json.Unmarshal(b, &in); err != nil {
		return "", "", err
	}
	b, err = request{method: "POST", url: up.url + "/", header: http.Header{
		"X-Amz-Target": {"AWSCognitoIdentityProviderService.GetUser"}, "Content-Type": {"application/x-amz-json-1.1"},
	}, body: encode(value{"AccessToken": in.AuthenticationResult.AccessToken})}.answer(http.DefaultClient)
	if err != nil {
		return "", "", err
	}
	var user struct {
		UserAttributes []struct{ Name, Value string }
	}
	err = json.Unmarshal(b, &user)
	for _, a := range user.UserAttributes {
		if a.Name == "sub" {
			id = a.Value
		}
	}
	return in.AuthenticationResult.IdToken, id, err
}
