package dynamodb

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// TestAccess asks what each request wants to do, as a policy would see it.
func TestAccess(t *testing.T) {
	b := newBench(t)
	b.must(t, "CreateTable", modelTable)
	for _, c := range []struct{ op, in, want string }{
		{"GetItem", `{"TableName":"model","Key":{"pk":{"S":"me"},"sk":{"N":"1"}}}`,
			`table/model Attributes=pk,sk LeadingKeys=me Select=ALL_ATTRIBUTES`},
		{"GetItem", `{"TableName":"model","Key":{"pk":{"S":"me"},"sk":{"N":"1"}},"ProjectionExpression":"a.b, #c","ExpressionAttributeNames":{"#c":"c"},"ReturnConsumedCapacity":"TOTAL"}`,
			`table/model Attributes=a,c,pk,sk LeadingKeys=me ReturnConsumedCapacity=TOTAL Select=SPECIFIC_ATTRIBUTES`},
		{"GetItem", `{"TableName":"absent","Key":{"pk":{"S":"me"}}}`, `table/absent Attributes=pk Select=ALL_ATTRIBUTES`},
		{"PutItem", `{"TableName":"model","Item":{"pk":{"S":"me"},"sk":{"N":"1"},"x":{"S":"y"}},"ConditionExpression":"attribute_not_exists(z)","ReturnValues":"ALL_OLD"}`,
			`table/model Attributes=pk,sk,x,z LeadingKeys=me ReturnValues=ALL_OLD`},
		{"UpdateItem", `{"TableName":"model","Key":{"pk":{"S":"me"},"sk":{"N":"1"}},"UpdateExpression":"SET u = v REMOVE w.x"}`,
			`table/model Attributes=pk,sk,u,v,w LeadingKeys=me`},
		{"DeleteItem", `{"TableName":"arn:aws:dynamodb:eu-west-3:000000000000:table/model","Key":{"pk":{"S":"me"},"sk":{"N":"1"}}}`,
			`table/model Attributes=pk,sk LeadingKeys=me`},
		{"Query", `{"TableName":"model","KeyConditionExpression":"pk = :p","FilterExpression":"f = :p","ExpressionAttributeValues":{":p":{"S":"me"}},"Select":"COUNT"}`,
			`table/model Attributes=f,pk LeadingKeys=me Select=COUNT`},
		{"Query", `{"TableName":"model","IndexName":"byg","KeyConditionExpression":"g = :p","ExpressionAttributeValues":{":p":{"S":"rock"}}}`,
			`table/model/index/byg Attributes=g LeadingKeys=rock Select=ALL_PROJECTED_ATTRIBUTES`},
		{"Scan", `{"TableName":"model"}`, `table/model Select=ALL_ATTRIBUTES`},
		{"BatchGetItem", `{"RequestItems":{"model":{"Keys":[{"pk":{"S":"a"},"sk":{"N":"1"}},{"pk":{"S":"b"},"sk":{"N":"1"}}]}}}`,
			`table/model Attributes=pk,sk LeadingKeys=a,b Select=ALL_ATTRIBUTES`},
		{"BatchWriteItem", `{"RequestItems":{"model":[{"DeleteRequest":{"Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"},"sk":{"N":"1"},"x":{"S":"y"}}}}]}}`,
			`table/model Attributes=pk,sk,x LeadingKeys=a,b`},
		{"TransactWriteItems", `{"TransactItems":[{"ConditionCheck":{"TableName":"model","Key":{"pk":{"S":"a"},"sk":{"N":"1"}},"ConditionExpression":"attribute_not_exists(q)"}},{"Put":{"TableName":"model","Item":{"pk":{"S":"b"},"sk":{"N":"1"}}}}]}`,
			`dynamodb:ConditionCheckItem table/model Attributes=pk,q,sk EnclosingOperation=TransactWriteItems LeadingKeys=a; dynamodb:PutItem table/model Attributes=pk,sk EnclosingOperation=TransactWriteItems LeadingKeys=b`},
		{"TransactGetItems", `{"TransactItems":[{"Get":{"TableName":"model","Key":{"pk":{"S":"a"},"sk":{"N":"1"}}}}]}`,
			`dynamodb:GetItem table/model Attributes=pk,sk EnclosingOperation=TransactGetItems LeadingKeys=a Select=ALL_ATTRIBUTES`},
		{"ExecuteStatement", `{"Statement":"SELECT a.b, c FROM model WHERE pk IN ['x','y'] AND f = 1","ReturnConsumedCapacity":"TOTAL"}`,
			`dynamodb:PartiQLSelect table/model Attributes=a,c,f,pk FullTableScan=false LeadingKeys=x,y ReturnConsumedCapacity=TOTAL Select=SPECIFIC_ATTRIBUTES`},
		{"ExecuteStatement", `{"Statement":"SELECT * FROM model WHERE sk = ?","Parameters":[{"N":"1"}]}`,
			`dynamodb:PartiQLSelect table/model Attributes=sk FullTableScan=true Select=ALL_ATTRIBUTES`},
		{"ExecuteStatement", `{"Statement":"SELECT * FROM model.byg WHERE g = 'rock'"}`,
			`dynamodb:PartiQLSelect table/model/index/byg Attributes=g FullTableScan=false LeadingKeys=rock Select=ALL_PROJECTED_ATTRIBUTES`},
		{"ExecuteStatement", `{"Statement":"INSERT INTO model VALUE {'pk':'me','sk':1,'x':'y'}"}`,
			`dynamodb:PartiQLInsert table/model Attributes=pk,sk,x LeadingKeys=me`},
		{"ExecuteStatement", `{"Statement":"UPDATE model SET u = v REMOVE w.x WHERE pk = 'me' AND sk = 1 AND z = 2 RETURNING MODIFIED NEW *"}`,
			`dynamodb:PartiQLUpdate table/model Attributes=pk,sk,u,v,w,z LeadingKeys=me ReturnValues=UPDATED_NEW`},
		{"ExecuteStatement", `{"Statement":"DELETE FROM absent WHERE pk = 'me'"}`, `dynamodb:PartiQLDelete table/absent Attributes=pk`},
		{"BatchExecuteStatement", `{"Statements":[{"Statement":"DELETE FROM model WHERE pk = 'a' AND sk = 1"},{"Statement":"nonsense"},{"Statement":"INSERT INTO model VALUE {'pk':'b'}"}]}`,
			`dynamodb:PartiQLDelete table/model Attributes=pk,sk LeadingKeys=a; dynamodb:PartiQLInsert table/model Attributes=pk LeadingKeys=b`},
		{"ExecuteTransaction", `{"TransactStatements":[{"Statement":"EXISTS(SELECT * FROM model WHERE pk = 'a' AND sk = 1 AND q IS MISSING)"},{"Statement":"INSERT INTO model VALUE {'pk':'b','sk':1}"}]}`,
			`dynamodb:PartiQLSelect table/model Attributes=pk,q,sk EnclosingOperation=ExecuteTransaction FullTableScan=false LeadingKeys=a Select=ALL_ATTRIBUTES; dynamodb:PartiQLInsert table/model Attributes=pk,sk EnclosingOperation=ExecuteTransaction LeadingKeys=b`},
		{"DescribeTable", `{"TableName":"model"}`, `table/model`},
		{"CreateTable", strings.Replace(hashTable, `"BillingMode"`, `"Tags":[{"Key":"a","Value":"b"}],"BillingMode"`, 1), `table/songs; dynamodb:TagResource table/songs`},
	} {
		_, access, _ := b.do(c.op, c.in)
		var got []string
		for _, a := range access {
			s := strings.TrimPrefix(string(a.Resource), "arn:aws:dynamodb:eu-west-3:000000000000:")
			if a.Action != "" {
				s = a.Action + " " + s
			}
			for _, k := range slices.Sorted(maps.Keys(a.Keys)) {
				v := slices.Clone(a.Keys[k])
				slices.Sort(v)
				s += fmt.Sprintf(" %s=%s", strings.TrimPrefix(k, "dynamodb:"), strings.Join(v, ","))
			}
			got = append(got, s)
		}
		if g := strings.Join(got, "; "); g != c.want {
			t.Errorf("%s %s:\n got %s\nwant %s", c.op, c.in, g, c.want)
		}
	}
	b.call.Principal = &aws.Principal{Kind: aws.Root}
	_, access, _ := b.do("GetItem", `{"TableName":"model","Key":{"pk":{"S":"me"},"sk":{"N":"1"}}}`)
	if len(access) != 1 || access[0].Keys != nil {
		t.Errorf("root: %v", access)
	}
}
