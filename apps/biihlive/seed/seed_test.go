package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"
	cognitotypes "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/spf13/pflag"

	"github.com/niebla-cloud/niebla/apps/biihlive/internal/cloudtest"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/counters"
	"github.com/niebla-cloud/niebla/apps/biihlive/internal/network"
)

// command runs the command in a language and gives its status and what it said.
func command(t *testing.T, lang string, args ...string) (status int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	c := console{out: &o, err: &e, now: time.Now, getenv: func(name string) string {
		return map[string]string{"LANG": lang}[name]
	}}
	status = c.run(t.Context(), args)
	return status, o.String(), e.String()
}

func TestHelp(t *testing.T) {
	for _, lang := range []string{"es_MX.UTF-8", "en_US.UTF-8"} {
		status, out, errOut := command(t, lang, "--help")
		if status != exitOK || errOut != "" {
			t.Errorf("%s: status %d, %s", lang, status, errOut)
		}
		flags, _ := (&options{}).flags()
		flags.VisitAll(func(f *pflag.Flag) {
			if !strings.Contains(out, "--"+f.Name+" ") || f.Shorthand != "" && !strings.Contains(out, "-"+f.Shorthand+", --"+f.Name) {
				t.Errorf("%s: --%s is not explained", lang, f.Name)
			}
		})
		for _, name := range regexp.MustCompile(`(?m)^  +(?:-[a-z], )?--([a-z-]+)`).FindAllStringSubmatch(out, -1) {
			if flags.Lookup(name[1]) == nil && name[1] != "help" {
				t.Errorf("%s: --%s is explained and not there", lang, name[1])
			}
		}
	}
	if _, out, _ := command(t, "es", "-h", "--lang", "en"); !strings.Contains(out, "Exit status") {
		t.Error("--lang en does not speak English")
	}
	if _, out, _ := command(t, "C", "-h", "--lang=es"); !strings.Contains(out, "Código de salida") {
		t.Error("--lang=es does not speak Spanish")
	}
}

// TestWords: both languages say everything, with the same gaps to fill.
func TestWords(t *testing.T) {
	verbs := regexp.MustCompile(`%[a-z]`)
	en, es := reflect.ValueOf(english), reflect.ValueOf(spanish)
	for i := range en.NumField() {
		a, b := en.Field(i).String(), es.Field(i).String()
		if a == "" || b == "" || !slices.Equal(verbs.FindAllString(a, -1), verbs.FindAllString(b, -1)) {
			t.Errorf("%s: %q and %q", en.Type().Field(i).Name, a, b)
		}
	}
}

func stackFile(t *testing.T, change map[string]any) string {
	t.Helper()
	o := map[string]any{
		"region": cloudtest.Region, "usersTable": cloudtest.Users, "socialTable": cloudtest.Social, "chatsTable": cloudtest.Chats,
		"mediaBucket": "biihlivemedia", "userPoolId": "eu-west-3_1QeyxVcF9", "trials": "true",
	}
	for k, v := range change {
		o[k] = v
	}
	b, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "stack.json")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestUsage(t *testing.T) {
	settle(t)
	good := stackFile(t, nil)
	for _, c := range []struct {
		args []string
		want string
	}{
		{nil, "which stack"},
		{[]string{"-o", good, "more"}, "too much"},
		{[]string{"-o", good, "--users", "-1"}, "--users is from"},
		{[]string{"-o", good, "--accounts", "9999"}, "--accounts from"},
		{[]string{"-o", good, "--lang", "fr"}, "--lang fr"},
		{[]string{"-o", good, "--bogus"}, "bogus"},
		{[]string{"-o", "/none"}, "cannot be read"},
		{[]string{"-o", stackFile(t, map[string]any{"chatsTable": ""})}, "not the outputs of a Biihlive stack"},
		{[]string{"-o", stackFile(t, map[string]any{"trials": false})}, "not for trials"},
	} {
		status, out, errOut := command(t, "C", c.args...)
		if status != exitUsage || out != "" || !strings.Contains(errOut, c.want) || !strings.Contains(errOut, "--help") {
			t.Errorf("%q: status %d, %s", c.args, status, errOut)
		}
	}
	status, _, errOut := command(t, "C", "-o", good, "--endpoint", "http://127.0.0.1:1", "--accounts", "0", "--users", "1")
	if status != exitFailed || strings.Count(errOut, "\n") != 1 {
		t.Errorf("nobody answers: status %d, %s", status, errOut)
	}
}

// settle gives the command an environment of its own.
func settle(t *testing.T) {
	t.Helper()
	for _, v := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		t.Setenv(v, filepath.Join(t.TempDir(), "none"))
	}
	for name, v := range map[string]string{"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PROFILE": "", "AWS_ENDPOINT_URL": ""} {
		t.Setenv(name, v)
	}
}

// cloud is a cloud with what the stack has, but for the functions.
func cloud(t *testing.T) (cfg aws.Config, stack string) {
	t.Helper()
	settle(t)
	cfg = cloudtest.Start(t)
	cloudtest.Tables(t, cfg)
	pool, err := cognito.NewFromConfig(cfg).CreateUserPool(t.Context(), &cognito.CreateUserPoolInput{
		PoolName: aws.String("biihlive"), UsernameAttributes: []cognitotypes.UsernameAttributeType{cognitotypes.UsernameAttributeTypeEmail},
		Policies: &cognitotypes.UserPoolPolicyType{PasswordPolicy: &cognitotypes.PasswordPolicyType{
			MinimumLength: aws.Int32(8), RequireLowercase: true, RequireUppercase: true, RequireNumbers: true,
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	if _, err := objects.CreateBucket(t.Context(), &s3.CreateBucketInput{
		Bucket: aws.String("biihlivemedia"), CreateBucketConfiguration: &s3types.CreateBucketConfiguration{LocationConstraint: cloudtest.Region},
	}); err != nil {
		t.Fatal(err)
	}
	return cfg, stackFile(t, map[string]any{"userPoolId": *pool.UserPool.Id})
}

// total counts the items of the tables and the objects.
func total(t *testing.T, cfg aws.Config) (n int) {
	t.Helper()
	db := dynamodb.NewFromConfig(cfg)
	for _, table := range []string{cloudtest.Users, cloudtest.Social, cloudtest.Chats} {
		for pages := dynamodb.NewScanPaginator(db, &dynamodb.ScanInput{TableName: &table}); pages.HasMorePages(); {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			n += len(page.Items)
		}
	}
	objects := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	list, err := objects.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String("biihlivemedia")})
	if err != nil || aws.ToBool(list.IsTruncated) {
		t.Fatalf("%v", err)
	}
	return n + len(list.Contents)
}

func said(t *testing.T, out, pattern string) string {
	t.Helper()
	m := regexp.MustCompile(pattern).FindStringSubmatch(out)
	if m == nil {
		t.Fatalf("%s, want %s", out, pattern)
	}
	return m[1]
}

func TestSeed(t *testing.T) {
	cfg, stack := cloud(t)
	run := func(more ...string) string {
		t.Helper()
		args := append([]string{"--outputs", stack, "--endpoint", *cfg.BaseEndpoint, "--users", "30", "--accounts", "2", "--wait", "0s"}, more...)
		status, out, errOut := command(t, "C", args...)
		if status != exitOK {
			t.Fatalf("status %d: %s", status, errOut)
		}
		return out
	}
	would := said(t, run("--dry-run"), `(\d+) items would be written; nothing done`)
	if n := total(t, cfg); n != 0 {
		t.Errorf("a dry run wrote %d items", n)
	}
	first := run()
	if made := said(t, first, `messages: (\d+) new items`); made != would || made != fmt.Sprint(total(t, cfg)+2) { // and two accounts
		t.Errorf("%s new items, %s were to be, %d are there", made, would, total(t, cfg))
	}

	// Members change what is theirs; another run leaves it, and writes nothing.
	n := network.Make(1, 30, 2)
	db := dynamodb.NewFromConfig(cfg)
	cloudtest.Put(t, db, cloudtest.Users, map[string]any{"userId": n.Members[3].ID, "nickname": "mine", "seguidores": 7})
	again := run()
	if made := said(t, again, `messages: (\d+) new items`); made != "0" {
		t.Errorf("a second run made %s items", made)
	}
	if got := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": n.Members[3].ID}); got["nickname"] != "mine" || got["seguidores"] != 7.0 {
		t.Errorf("a second run changed %v", got)
	}

	// The accounts can log in, and their profiles are under their subs.
	pool := cognito.NewFromConfig(cfg)
	id := said(t, readFile(t, stack), `"userPoolId":"([^"]+)"`)
	client, err := pool.CreateUserPoolClient(t.Context(), &cognito.CreateUserPoolClientInput{
		UserPoolId: &id, ClientName: aws.String("web"), ExplicitAuthFlows: []cognitotypes.ExplicitAuthFlowsType{cognitotypes.ExplicitAuthFlowsTypeAllowUserPasswordAuth},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range n.Members[30:] {
		if !strings.Contains(first, m.Email()+"  "+password) {
			t.Errorf("the account %s is not told: %s", m.Email(), first)
		}
		in, err := pool.InitiateAuth(t.Context(), &cognito.InitiateAuthInput{
			ClientId: client.UserPoolClient.ClientId, AuthFlow: cognitotypes.AuthFlowTypeUserPasswordAuth,
			AuthParameters: map[string]string{"USERNAME": m.Email(), "PASSWORD": password},
		})
		if err != nil {
			t.Fatal(err)
		}
		who, err := pool.GetUser(t.Context(), &cognito.GetUserInput{AccessToken: in.AuthenticationResult.AccessToken})
		if err != nil {
			t.Fatal(err)
		}
		sub := *who.UserAttributes[slices.IndexFunc(who.UserAttributes, func(a cognitotypes.AttributeType) bool { return *a.Name == "sub" })].Value
		if p := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": sub}); p["nickname"] != m.Nickname {
			t.Errorf("%s has the profile %v", m.Email(), p)
		}
	}
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// What is written for a conversation is what the resolver of sendMessage writes.
func TestChats(t *testing.T) {
	n := network.Make(1, 60, 0)
	inbox, unread := map[string]item{}, map[string]int{}
	for _, i := range (rows{n, outputs{}}).chats() {
		id := i["conversationId"].(string)
		if owner, ok := strings.CutPrefix(id, "INBOX#"); ok {
			inbox[owner+">"+i["withUserId"].(string)] = i
			continue
		}
		a, b, _ := strings.Cut(id, "#")
		if a >= b || !regexp.MustCompile(`^2026-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z#[0-9a-f-]{36}$`).MatchString(i["timestamp"].(string)) {
			t.Errorf("%v", i)
		}
		if !i["readStatus"].(bool) {
			unread[fmt.Sprint(i["receiverId"], ">", i["senderId"])]++
		}
	}
	if len(inbox) == 0 {
		t.Fatal("no conversations")
	}
	for side, i := range inbox {
		if i["unread"] != unread[side] || i["lastMessage"] == "" {
			t.Errorf("%s: %v, %d messages are not read", side, i, unread[side])
		}
	}
}

func TestWait(t *testing.T) {
	cfg, stack := cloud(t)
	args := []string{"--outputs", stack, "--endpoint", *cfg.BaseEndpoint, "--users", "12"}
	status, _, errOut := command(t, "C", append(args, "--wait", "1ns")...)
	if status != exitFailed || !strings.Contains(errOut, "did not come") {
		t.Fatalf("nobody counts: status %d, %s", status, errOut)
	}

	// The functions do their part.
	n := network.Make(1, 12, 0)
	db := dynamodb.NewFromConfig(cfg)
	c := counters.Counter{DB: db, UsersTable: cloudtest.Users, SocialTable: cloudtest.Social, Pause: counters.Backoff}
	var records []events.DynamoDBEventRecord
	for i, f := range n.Follows {
		records = append(records, events.DynamoDBEventRecord{EventID: fmt.Sprint(i), EventName: "INSERT", Change: events.DynamoDBStreamRecord{
			Keys: map[string]events.DynamoDBAttributeValue{
				"followerId": events.NewStringAttribute(n.Members[f.Follower].ID), "SK": events.NewStringAttribute("FOLLOWING#" + n.Members[f.Followed].ID),
			},
		}})
	}
	if _, _, err := c.Count(t.Context(), records); err != nil {
		t.Fatal(err)
	}
	if status, _, errOut = command(t, "C", append(args, "--wait", "1ns")...); status != exitFailed || !strings.Contains(errOut, "counters of 0 members") {
		t.Fatalf("no portraits: status %d, %s", status, errOut)
	}
	for _, m := range n.Members {
		if !m.Portrait {
			continue
		}
		p := cloudtest.Get(t, db, cloudtest.Users, map[string]any{"userId": m.ID})
		p["foto"] = "/" + portraitKey(m)
		cloudtest.Put(t, db, cloudtest.Users, p)
	}
	if status, _, errOut = command(t, "C", args...); status != exitOK || !strings.Contains(errOut, "12/12") {
		t.Fatalf("status %d, %s", status, errOut)
	}
}
