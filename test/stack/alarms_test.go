package stack

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// alarmMail is where the stack mails alarms to (Pulumi.dev.yaml).
const alarmMail = "alarms@biihlive.example"

var link = regexp.MustCompile(`http://\S+`)

func (c *cloud) alarm(t *testing.T, name string) types.MetricAlarm {
	t.Helper()
	out, err := cloudwatch.NewFromConfig(c.cfg).DescribeAlarms(ctx(t), &cloudwatch.DescribeAlarmsInput{AlarmNames: []string{name}})
	if err != nil {
		t.Fatal(err)
	}
	if len(out.MetricAlarms) != 1 {
		t.Fatalf("%d alarms %s", len(out.MetricAlarms), name)
	}
	return out.MetricAlarms[0]
}

// TestAlarms makes one thing after another go wrong for a while, and reads the
// mail that the alarm sends.
func TestAlarms(t *testing.T) {
	c := start(t)
	put(t, c, 1)
	invitations := c.mail(t, alarmMail, "Subscription Confirmation")
	if len(invitations) != 1 {
		t.Fatalf("%d invitations", len(invitations))
	}
	if res := c.do(t, http.MethodGet, link.FindString(invitations[0]), http.Header{}, nil); res.status != http.StatusOK {
		t.Fatalf("confirming: %d %s", res.status, res.body)
	}
	profile := func() graphQL {
		return c.query(t, "", `query($id: ID!) { getUser(userId: $id) { nickname } }`, map[string]any{"id": name(0)})
	}
	objects := objects(c.cfg)
	get := func(key string) {
		_, err := objects.GetObject(ctx(t), &s3.GetObjectInput{Bucket: &stack.outputs.Bucket, Key: &key}, func(o *s3.Options) { o.RetryMaxAttempts = 1 })
		if err == nil {
			t.Errorf("%s is there", key)
		}
	}
	for _, trouble := range []struct {
		alarm string
		fault []string
		do    func()
	}{
		{"biihlive-dynamodb-throttling", []string{"throttle", "dynamodb"}, func() {
			if out := profile(); len(out.Errors) != 1 || !strings.Contains(out.Errors[0].ErrorType, "DynamoDB:ProvisionedThroughputExceededException") {
				t.Errorf("throttled, a profile is %d %+v", out.status, out.Errors)
			}
		}},
		{"biihlive-api-latency", []string{"latency", "appsync", "2s"}, func() { profile().data(t, "getUser", new(any)) }},
		{"biihlive-lambda-errors", nil, func() {
			out, err := lambda.NewFromConfig(c.cfg).Invoke(ctx(t), &lambda.InvokeInput{FunctionName: aws.String("CalculateRankings"), Payload: []byte(`{}`)})
			if err != nil || out.FunctionError == nil {
				t.Errorf("an event without a time: %v", err)
			}
		}},
		{"biihlive-s3-errors", nil, func() {
			for range 6 {
				get("fotos/nobody/full_1700000000000.jpg")
			}
		}},
		{"biihlive-s3-errors", []string{"error", "s3", "--operation", "GetObject"}, func() {
			for range 6 {
				get("fotos/nobody/full_1700000000000.jpg")
			}
		}},
	} {
		what := strings.Join(append([]string{trouble.alarm}, trouble.fault...), " ")
		subject := func(state string) string { return state + `: "` + trouble.alarm + `"` }
		alarms := len(c.mail(t, alarmMail, subject("ALARM")))
		if trouble.fault != nil {
			c.niebla(t, append([]string{"fault"}, trouble.fault...)...)
		}
		trouble.do()
		c.niebla(t, "fault", "clear")
		c.niebla(t, "clock", "advance", "1m30s")
		eventually(t, 10*time.Second, func() string {
			if mails := c.mail(t, alarmMail, subject("ALARM")); len(mails) != alarms+1 {
				a := c.alarm(t, trouble.alarm)
				return fmt.Sprintf("%s: %d new mails; %s, %s", what, len(mails)-alarms, a.StateValue, aws.ToString(a.StateReason))
			}
			return ""
		})
		// A quiet while later all is well; alarms on AWS/DynamoDB stay, as they ignore missing data.
		c.niebla(t, "clock", "advance", "10m")
		eventually(t, 10*time.Second, func() string {
			if a := c.alarm(t, trouble.alarm); a.StateValue == types.StateValueAlarm && trouble.alarm != "biihlive-dynamodb-throttling" {
				return fmt.Sprintf("%s: still %s, %s", what, a.StateValue, aws.ToString(a.StateReason))
			}
			return ""
		})
	}
}
