// Package cloudtest starts a Niebla for the tests of Biihlive: the program
// itself, so that what the tests say of tables and buckets is what clients see.
package cloudtest

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/feature/dynamodb/attributevalue"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Region is where the tests' resources are.
const Region = "eu-west-3"

// Start starts an empty cloud until the test ends, and returns what clients of
// it are configured with. NIEBLA_BIN is the program, or else it is built.
func Start(t *testing.T) aws.Config {
	t.Helper()
	program := os.Getenv("NIEBLA_BIN")
	if program == "" {
		program = filepath.Join(t.TempDir(), "niebla")
		build := exec.Command("go", "build", "-o", program, "./cmd/niebla")
		build.Dir = root(t)
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("building niebla: %v\n%s", err, out)
		}
	}
	return aws.Config{
		Region: Region, BaseEndpoint: aws.String(start(t, program)), HTTPClient: http.DefaultClient,
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	}
}

// root is the folder of the core's module, above that of the test.
func root(t *testing.T) string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "cmd", "niebla")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	t.Fatal("the core's folder is not above this one")
	return ""
}

func start(t *testing.T, program string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	cmd := exec.Command(program, "start", "--listen", addr, "--dir", filepath.Join(t.TempDir(), "data"))
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	})
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if strings.HasPrefix(lines.Text(), "Ready.") {
			return "http://" + addr
		}
	}
	t.Fatalf("niebla did not start: %s", said.String())
	return ""
}

// The tables of infra/, as far as functions see them.
const (
	Users    = "BIILIVEDB-USERS"
	Social   = "BIIHLIVE-SOCIAL-V2"
	Chats    = "BIILIVEDB-CHATS"
	Rankings = "BIIHLIVE-RANKINGS"
)

// Tables makes the tables.
func Tables(t *testing.T, cfg aws.Config) *dynamodb.Client {
	t.Helper()
	db := dynamodb.NewFromConfig(cfg)
	for _, in := range []*dynamodb.CreateTableInput{
		{TableName: aws.String(Users), AttributeDefinitions: attributes("userId", "pais", "ciudad"), KeySchema: key("userId"),
			GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{
				IndexName: aws.String("ciudad-index"), KeySchema: key("pais", "ciudad"), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll},
			}}},
		{TableName: aws.String(Social), AttributeDefinitions: attributes("followerId", "SK"), KeySchema: key("followerId", "SK")},
		{TableName: aws.String(Chats), AttributeDefinitions: attributes("conversationId", "timestamp"), KeySchema: key("conversationId", "timestamp")},
		{TableName: aws.String(Rankings), AttributeDefinitions: append(attributes("ranking"), types.AttributeDefinition{
			AttributeName: aws.String("position"), AttributeType: types.ScalarAttributeTypeN,
		}), KeySchema: key("ranking", "position")},
	} {
		in.BillingMode = types.BillingModePayPerRequest
		if _, err := db.CreateTable(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	return db
}

func attributes(names ...string) (list []types.AttributeDefinition) {
	for _, n := range names {
		list = append(list, types.AttributeDefinition{AttributeName: aws.String(n), AttributeType: types.ScalarAttributeTypeS})
	}
	return list
}

func key(names ...string) (list []types.KeySchemaElement) {
	for i, n := range names {
		list = append(list, types.KeySchemaElement{AttributeName: aws.String(n), KeyType: []types.KeyType{types.KeyTypeHash, types.KeyTypeRange}[i]})
	}
	return list
}

// Put puts an item.
func Put(t *testing.T, db *dynamodb.Client, table string, item map[string]any) {
	t.Helper()
	av, err := attributevalue.MarshalMap(item)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: av}); err != nil {
		t.Fatal(err)
	}
}

// Get reads an item of a key of texts; it is nil if there is none.
func Get(t *testing.T, db *dynamodb.Client, table string, key map[string]any) map[string]any {
	t.Helper()
	av, err := attributevalue.MarshalMap(key)
	if err != nil {
		t.Fatal(err)
	}
	out, err := db.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: &table, Key: av, ConsistentRead: aws.Bool(true)})
	if err != nil {
		t.Fatal(err)
	}
	var item map[string]any
	if out.Item != nil {
		err = attributevalue.UnmarshalMap(out.Item, &item)
	}
	if err != nil {
		t.Fatal(err)
	}
	return item
}

// A Tap looks at requests on their way.
type Tap func(*http.Request)

// Do implements aws.HTTPClient.
func (tap Tap) Do(r *http.Request) (*http.Response, error) {
	tap(r)
	return http.DefaultClient.Do(r)
}
