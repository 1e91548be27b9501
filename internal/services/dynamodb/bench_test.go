package dynamodb

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/clock"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
	"github.com/niebla-cloud/niebla/internal/wire/awsjson"
)

var testScope = aws.Scope{Account: "000000000000", Region: "eu-west-3"}

// testKeys has every key but the absent one.
type testKeys struct{}

func (testKeys) GenerateDataKey(_ context.Context, _ *aws.Call, id string, _ map[string]string) (arn string, plain, sealed []byte, err error) {
	if id == "absent" {
		return "", nil, nil, aws.Errorf(400, "NotFoundException", "Key 'absent' does not exist")
	}
	return "arn:aws:kms:eu-west-3:000000000000:key/of-" + strings.ReplaceAll(id, "/", "-"), nil, nil, nil
}

// bench is a DynamoDB on a store in memory, with the codec before it.
type bench struct {
	*Service
	codec  map[string]*awsjson.Codec // by operation
	ops    map[string]service.Operation
	call   aws.Call
	db     *store.DB
	others *others // services that jobs use
}

func newBench(t testing.TB) *bench {
	t.Helper()
	db := store.OpenMemory()
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return benchOn(db)
}

func benchOn(db *store.DB) *bench {
	b := &bench{codec: map[string]*awsjson.Codec{}, ops: map[string]service.Operation{}, db: db, others: newOthers()}
	b.call = aws.Call{Scope: testScope, RequestID: "r", Service: "dynamodb", Host: "localhost:4566",
		Time:      time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC),
		Principal: &aws.Principal{Kind: aws.User, Account: testScope.Account}}
	now := clock.New(func() time.Time { return b.call.Time }, 0)
	s := New(Deps{DB: db, IDs: aws.NewIDs(newRandom(1)), Clock: now, Meter: meter.NewMeter(now.Now), Keys: testKeys{}, Objects: b.others, Caller: b.others, Log: slog.New(slog.DiscardHandler)})
	b.Service = s
	for _, api := range []service.Service{s, s.Streams()} {
		codec := awsjson.New(api.Info(), service.JSON10, api.Operations())
		for _, op := range api.Operations() {
			b.ops[op.Name()], b.codec[op.Name()] = op, codec
		}
	}
	return b
}

// random is a source of bytes that is the same in every run.
type random struct{ r *rand.Rand }

func newRandom(seed uint64) random { return random{rand.New(rand.NewPCG(seed, 0))} }

func (r random) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.r.Uint32())
	}
	return len(p), nil
}

// pass lets time pass, and does what the loops in the background do meanwhile.
func (b *bench) pass(t testing.TB, d time.Duration) {
	t.Helper()
	end := b.call.Time.Add(d)
	for {
		for {
			scope, name, found, err := b.unfinished()
			if err != nil {
				t.Fatal(err)
			}
			if !found {
				break
			}
			if err := b.build(context.Background(), scope, name); err != nil {
				t.Fatal(err)
			}
		}
		b.finish(t)
		kept, err := b.keepDue(b.call.Time)
		if err != nil {
			t.Fatal(err)
		}
		past, err := b.keepPastDue(b.call.Time)
		if err != nil {
			t.Fatal(err)
		}
		expired, err := b.expireDue(context.Background(), b.call.Time)
		if err != nil {
			t.Fatal(err)
		}
		next := end
		if !kept.IsZero() && kept.Before(next) {
			next = kept
		}
		if !past.IsZero() && past.Before(next) {
			next = past
		}
		if at := time.Unix(expired, 0); expired != math.MaxInt64 && at.Before(next) {
			next = at
		}
		if !next.After(b.call.Time) {
			return
		}
		b.call.Time = next.UTC()
	}
}

// finish does all jobs.
func (b *bench) finish(t testing.TB) {
	t.Helper()
	all, err := b.pending()
	for _, p := range all {
		if err == nil {
			err = b.runJob(context.Background(), p)
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

// do sends JSON through decoding, authorisation's question, the operation and
// encoding. It returns the response's JSON, or the error.
func (b *bench) do(op, in string) (string, []service.Access, error) {
	o := b.ops[op]
	if o == nil {
		return "", nil, fmt.Errorf("no operation %s", op)
	}
	c := b.call
	c.Operation = op
	input, rep := o.NewInput(), &shape.Report{}
	if err := b.codec[op].Decode(nil, []byte(in), service.Route{Operation: op}, input, rep); err != nil {
		return "", nil, err
	}
	if ignored := rep.Ignored(); len(ignored) > 0 {
		return "", nil, fmt.Errorf("%s ignores %v", op, ignored)
	}
	if err := rep.Err(); err != nil {
		return "", nil, err
	}
	access, err := o.Access(context.Background(), &c, input)
	if err != nil {
		return "", nil, err
	}
	out, err := o.Invoke(context.Background(), &c, input)
	if err != nil {
		return "", access, err
	}
	w := httptest.NewRecorder()
	if err := b.codec[op].Encode(w, nil, &c, op, out); err != nil {
		return "", access, err
	}
	return w.Body.String(), access, nil
}

// must is do for calls that have to succeed; args fill in a format.
func (b *bench) must(t testing.TB, op, in string, args ...any) map[string]any {
	t.Helper()
	if len(args) > 0 {
		in = fmt.Sprintf(in, args...)
	}
	out, _, err := b.do(op, in)
	if err != nil {
		t.Fatalf("%s %s: %v", op, in, err)
	}
	var v map[string]any
	if err := json.Unmarshal([]byte(out), &v); err != nil {
		t.Fatalf("%s answered %s: %v", op, out, err)
	}
	return v
}

// fails is do for calls that have to fail; it returns the code.
func (b *bench) fails(t testing.TB, op, in string) *aws.Error {
	t.Helper()
	out, _, err := b.do(op, in)
	var e *aws.Error
	if !errors.As(err, &e) {
		t.Fatalf("%s %s: %v, %s", op, in, err, out)
	}
	return e
}

// errorText is an error as scripts record it.
func (b *bench) errorText(err error) string {
	var e *aws.Error
	if !errors.As(err, &e) {
		return "internal: " + err.Error()
	}
	w := httptest.NewRecorder()
	b.codec["GetItem"].Error(w, nil, &b.call, e)
	return fmt.Sprintf("%d %s", e.Status, w.Body.String())
}

func compact(s string) string {
	var buf bytes.Buffer
	if json.Compact(&buf, []byte(s)) != nil {
		return s
	}
	return strings.TrimSpace(buf.String())
}

const hashTable = `{"TableName":"songs","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"}`

const pairTable = `{"TableName":"pairs","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],"BillingMode":"PAY_PER_REQUEST"}`
