package provider

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
	"github.com/niebla-cloud/niebla/internal/sigv4"
)

// The period of recovery goes along with what turns it on, and with nothing else.
func TestTableRecovery(t *testing.T) {
	var asked []jsonObject
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		in := jsonObject{}
		if err == nil {
			err = json.Unmarshal(body, &in)
		}
		if err != nil || r.Header.Get("X-Amz-Target") != "DynamoDB_20120810.UpdateContinuousBackups" {
			t.Errorf("%s: %s, %v", r.Header.Get("X-Amz-Target"), body, err)
		}
		asked = append(asked, in)
		io.WriteString(w, "{}")
	}))
	defer server.Close()
	client := &Client{Endpoint: server.URL, Region: "eu-west-3", Credentials: sigv4.Credentials{AccessKey: "test", Secret: "test"}, HTTP: server.Client(), Now: time.Now}
	kind, _ := Lookup("aws:dynamodb/table:Table")
	inputs := func(recovery value.Map) value.Map {
		in := value.Map{"name": "t", "hashKey": "k", "attributes": []any{value.Map{"name": "k", "type": "S"}}}
		if recovery != nil {
			in["pointInTimeRecovery"] = recovery
		}
		in, problems := kind.Check(in, nil, noName)
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		return in
	}
	on := func(days any) value.Map { return value.Map{"enabled": true, "recoveryPeriodInDays": days} }
	specified := func(members jsonObject) []jsonObject {
		return []jsonObject{{"TableName": "t", "PointInTimeRecoverySpecification": map[string]any(members)}}
	}
	for _, c := range []struct {
		name     string
		old, new value.Map
		want     []jsonObject
	}{
		{"turned on", nil, on(nil), specified(jsonObject{"PointInTimeRecoveryEnabled": true})},
		{"turned on for a week", nil, on(7.0), specified(jsonObject{"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 7.0})},
		{"for another time", on(7.0), on(1.0), specified(jsonObject{"PointInTimeRecoveryEnabled": true, "RecoveryPeriodInDays": 1.0})},
		{"as it was", on(7.0), on(7.0), nil},
		{"turned off", on(7.0), value.Map{"enabled": false, "recoveryPeriodInDays": 7.0}, specified(jsonObject{"PointInTimeRecoveryEnabled": false})},
		{"no longer said", on(7.0), nil, specified(jsonObject{"PointInTimeRecoveryEnabled": false})},
	} {
		asked = nil
		r := &Resource{Client: client, In: inputs(c.new)}
		if c.old != nil {
			r.Old = inputs(c.old)
		}
		if err := setTableExtras(t.Context(), r); err != nil {
			t.Errorf("%s: %v", c.name, err)
		}
		if !reflect.DeepEqual(asked, c.want) {
			t.Errorf("%s: asked for %v, want %v", c.name, asked, c.want)
		}
	}
}
