package dynamodb

import (
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
)

// TestStreamPolicy holds that a stream has a policy of its own, by which other
// accounts can read it, and that a table's indexes are under the table's.
func TestStreamPolicy(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", streamedTable)
	arn := b.streamOf(t, "model")
	b.must(t, "PutItem", `{"TableName":"model","Item":{"pk":{"S":"a"},"sk":{"N":"1"}}}`)
	put := `{"ResourceArn":"%s","Policy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"dynamodb:*\",\"Resource\":\"*\"}}"}`
	b.must(t, "PutResourcePolicy", put, arn)

	b.call.Account = "111111111111"
	b.call.Principal = &aws.Principal{Kind: aws.User, Account: b.call.Account}
	first := func(op, in string) (out string, a service.Access) {
		t.Helper()
		out, access, err := b.do(op, in)
		if err != nil {
			t.Fatalf("%s: %v", op, err)
		}
		return out, access[0]
	}
	_, a := first("DescribeStream", `{"StreamArn":"`+arn+`"}`)
	if a.ResourcePolicy == nil || a.Owner != testScope.Account {
		t.Errorf("access to the stream: %+v", a)
	}
	h := ask[shards](t, b, "DescribeStream", `{"StreamArn":"%s"}`, arn).StreamDescription.Shards[0]
	it := ask[struct{ ShardIterator string }](t, b, "GetShardIterator", `{"StreamArn":"%s","ShardId":"%s","ShardIteratorType":"TRIM_HORIZON"}`, arn, h.ShardId).ShardIterator
	if _, a = first("GetRecords", `{"ShardIterator":"`+it+`"}`); a.ResourcePolicy == nil {
		t.Errorf("access to records: %+v", a)
	}
	_, access, _ := b.do("DescribeTable", `{"TableName":"arn:aws:dynamodb:eu-west-3:000000000000:table/model"}`)
	if len(access) != 1 || access[0].ResourcePolicy != nil || access[0].Owner != testScope.Account {
		t.Errorf("the table has the policy of its stream: %+v", access)
	}

	b.call = aws.Call{Scope: testScope, Time: b.call.Time, Principal: &aws.Principal{Kind: aws.User, Account: testScope.Account}}
	b.must(t, "PutResourcePolicy", put, "arn:aws:dynamodb:eu-west-3:000000000000:table/model")
	_, access, _ = b.do("Scan", `{"TableName":"model","IndexName":"byg"}`)
	if len(access) != 1 || access[0].ResourcePolicy == nil || access[0].Resource != "arn:aws:dynamodb:eu-west-3:000000000000:table/model/index/byg" {
		t.Errorf("access to an index: %+v", access)
	}
	b.must(t, "DeleteResourcePolicy", `{"ResourceArn":"%s"}`, arn)
	if e := b.fails(t, "GetResourcePolicy", `{"ResourceArn":"`+arn+`"}`); e.Code != "PolicyNotFoundException" {
		t.Errorf("a policy that was deleted: %v", e)
	}
}

// TestTableWithPolicy makes a table that has a policy from the start.
func TestTableWithPolicy(t *testing.T) {
	b := newBench(t)
	allow := `"ResourcePolicy":"{\"Version\":\"2012-10-17\",\"Statement\":{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"dynamodb:GetItem\",\"Resource\":\"*\"}}","TableName":"songs"`
	_, access, err := b.do("CreateTable", `{`+allow+hashTable[len(`{"TableName":"songs"`):])
	if err != nil || len(access) != 2 || access[1].Action != "dynamodb:PutResourcePolicy" {
		t.Fatalf("CreateTable: %v, %+v", err, access)
	}
	if p := b.must(t, "GetResourcePolicy", `{"ResourceArn":"arn:aws:dynamodb:eu-west-3:000000000000:table/songs"}`); p["RevisionId"] == "" {
		t.Errorf("GetResourcePolicy: %v", p)
	}
}
