package cli

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// logged makes a log group with a message in it.
func logged(t *testing.T, message string) {
	t.Helper()
	k, e := keys{Key: "test", Secret: "test", Region: "eu-west-3"}, endpoint{os.Getenv("NIEBLA_ENDPOINT")}
	in := map[string]any{"logGroupName": "/aws/lambda/f"}
	for _, op := range []string{"CreateLogGroup", "CreateLogStream", "PutLogEvents"} {
		switch op {
		case "CreateLogStream":
			in["logStreamName"] = "s"
		case "PutLogEvents":
			in["logEvents"] = []map[string]any{{"timestamp": time.Now().UnixMilli(), "message": message}}
		}
		if err := k.ask(t.Context(), e, "logs", "Logs_20140328."+op, in, &struct{}{}); err != nil {
			t.Fatalf("%s: %v", op, err)
		}
	}
}

func TestLogGroup(t *testing.T) {
	cloud(t)
	logged(t, "hello from f")
	for _, args := range [][]string{{"logs", "/aws/lambda/f"}, {"logs", "/aws/lambda/f", "hello"}, {"logs", "--group", "/aws/lambda/f", "hello"}} {
		if status, out, errs := run(t, args...); status != 0 || !strings.Contains(out, " s hello from f\n") {
			t.Errorf("%q: %d %q %q", args, status, out, errs)
		}
	}
	if status, out, _ := run(t, "logs", "/aws/lambda/f", "bye"); status != 0 || out != "" {
		t.Errorf("another pattern: %d %q", status, out)
	}
	if status, _, errs := run(t, "logs", "/aws/lambda/none"); status != 1 || !strings.Contains(errs, "does not exist") {
		t.Errorf("an absent group: %d %q", status, errs)
	}
	if status, _, _ := run(t, "logs", "a", "b"); status != 2 {
		t.Errorf("two filters: %d", status)
	}
}

func TestCost(t *testing.T) {
	c := cloud(t)
	logged(t, strings.Repeat("x", 1000))
	if status, out, errs := run(t, "cost", "--list"); status != 0 || !strings.Contains(out, "Logs taken in, eu-west-3") || !strings.Contains(out, "at 0.5985 [PL]") {
		t.Errorf("%d %s %s", status, out, errs)
	}
	if status, out, _ := run(t, "cost", "--month", "2001-01"); status != 0 || len(strings.Fields(out)) != 3 || !strings.Contains(out, "0.00 USD") {
		t.Errorf("a month without use: %d %q", status, out)
	}
	file := filepath.Join(t.TempDir(), "w.json")
	if err := os.WriteFile(file, []byte(`{"region":"eu-west-3","lines":[{"says":"writes","usage":{"AmazonDynamoDB/WriteRequestUnits":1e6}}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if status, out, errs := run(t, "cost", "--workload", file); status != 0 || !strings.Contains(out, "0.74 USD") {
		t.Errorf("%d %s %s", status, out, errs)
	}
	if status, _, _ := run(t, "cost", "--month", "May"); status != 2 {
		t.Errorf("a month that is none: %d", status)
	}
	for path, want := range map[string]int{"dashboards": 200, "dashboards/none": 404, "dashboards/x?span=9y": 400, "cost?month=x": 400} {
		res, err := http.Get(fmt.Sprintf("%s/_niebla/%s", c.URL(), path))
		if err != nil {
			t.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != want {
			t.Errorf("%s: %s", path, res.Status)
		}
	}
}
