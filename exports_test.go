package niebla_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/nieblatest"
)

// newUser makes a user who may do some actions, and an access key of theirs.
func newUser(t *testing.T, c *nieblatest.Cloud, name, actions string) (key, secret string) {
	t.Helper()
	iam := func(in url.Values) string {
		in.Set("Version", "2010-05-08")
		r := request{method: "POST", path: "/", service: "iam", body: in.Encode(), header: map[string]string{"Content-Type": "application/x-www-form-urlencoded"}}
		return r.must(t, c)
	}
	iam(url.Values{"Action": {"CreateUser"}, "UserName": {name}})
	iam(url.Values{"Action": {"PutUserPolicy"}, "UserName": {name}, "PolicyName": {"may"}, "PolicyDocument": {
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[` + actions + `],"Resource":"*"}]}`}})
	told := iam(url.Values{"Action": {"CreateAccessKey"}, "UserName": {name}})
	part := func(tag string) string {
		_, rest, _ := strings.Cut(told, "<"+tag+">")
		text, _, _ := strings.Cut(rest, "</"+tag+">")
		return text
	}
	return part("AccessKeyId"), part("SecretAccessKey")
}

// TestExportsAreWhoAsked exports a table into a bucket and imports it again, as
// users who may do all of it, or not all.
func TestExportsAreWhoAsked(t *testing.T) {
	c := nieblatest.Start(t)
	put("/songs", inRegion).must(t, c)
	ddb := func(key, secret, op, body string) string {
		t.Helper()
		r := call("dynamodb", "DynamoDB_20120810."+op, body)
		r.key, r.secret = key, secret
		return r.must(t, c)
	}
	ddb("", "", "CreateTable", createTable)
	ddb("", "", "UpdateContinuousBackups", `{"TableName":"songs","PointInTimeRecoverySpecification":{"PointInTimeRecoveryEnabled":true}}`)
	for i := range 300 {
		ddb("", "", "PutItem", fmt.Sprintf(`{"TableName":"songs","Item":{"id":{"S":"%d"}}}`, i))
	}
	var told struct {
		ExportDescription      struct{ ExportArn, ExportStatus, FailureCode, FailureMessage string }
		ImportTableDescription struct {
			ImportArn, ImportStatus, FailureCode string
			ImportedItemCount, ErrorCount        int
		}
	}
	read := func(body string) {
		t.Helper()
		if err := json.Unmarshal([]byte(body), &told); err != nil {
			t.Fatal(err)
		}
	}
	const table = "arn:aws:dynamodb:eu-west-3:000000000000:table/songs"
	for name, actions := range map[string]string{"few": `"dynamodb:*"`, "all": `"dynamodb:*","s3:PutObject","s3:GetObject","s3:ListBucket","logs:*"`} {
		key, secret := newUser(t, c, name, actions)
		read(ddb(key, secret, "ExportTableToPointInTime", `{"TableArn":"`+table+`","S3Bucket":"songs","S3Prefix":"`+name+`"}`))
		c.Advance(time.Second)
		read(ddb(key, secret, "DescribeExport", `{"ExportArn":"`+told.ExportDescription.ExportArn+`"}`))
		d := told.ExportDescription
		if name == "few" {
			if d.ExportStatus != "FAILED" || d.FailureCode != "S3AccessDenied" || !strings.Contains(d.FailureMessage, "user/few is not authorized to perform: s3:PutObject") {
				t.Errorf("who may not write: %+v", d)
			}
			continue
		}
		if d.ExportStatus != "COMPLETED" {
			t.Fatalf("%+v", d)
		}
		put("/songs/all/AWSDynamoDB/more.json.gz", "not packed").must(t, c)
		read(ddb(key, secret, "ImportTable", `{"S3BucketSource":{"S3Bucket":"songs","S3KeyPrefix":"all/AWSDynamoDB/"},"InputFormat":"DYNAMODB_JSON","InputCompressionType":"GZIP","TableCreationParameters":`+
			strings.Replace(createTable, "songs", "copy", 1)+`}`))
		c.Advance(time.Second)
		read(ddb(key, secret, "DescribeImport", `{"ImportArn":"`+told.ImportTableDescription.ImportArn+`"}`))
		// The manifests and their checksums are no items, nor is what we added.
		if d := told.ImportTableDescription; d.ImportStatus != "FAILED" || d.FailureCode != "ItemValidationError" || d.ImportedItemCount != 300 || d.ErrorCount != 5 {
			t.Errorf("%+v", d)
		}
		if scan := ddb(key, secret, "Scan", `{"TableName":"copy","Select":"COUNT"}`); !strings.Contains(scan, `"Count":300`) {
			t.Errorf("the copy has %s", scan)
		}
		arn := told.ImportTableDescription.ImportArn
		stream := arn[strings.LastIndexByte(arn, '/')+1:] + "/error"
		logs := call("logs", "Logs_20140328.GetLogEvents", `{"logGroupName":"/aws-dynamodb/imports","logStreamName":"`+stream+`"}`)
		logs.header["Content-Type"] = "application/x-amz-json-1.1"
		if events := logs.must(t, c); strings.Count(events, `itemS3Pointer`) != 5 || !strings.Contains(events, "more.json.gz") {
			t.Errorf("logged %s", events)
		}
	}
}
