package cognitoidp

import (
	"context"
	"errors"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/store"
)

// functions are triggers: an answer for each source, made from the event.
type functions struct {
	answers map[string]func(event []byte) ([]byte, error)
	asked   [][]byte
}

func (f *functions) Check(_ context.Context, _ *aws.Call, function, _ aws.ARN) error {
	if function != someFunction {
		return errNotFound("Function not found: %s", function)
	}
	return nil
}

func (f *functions) Invoke(_ context.Context, c *aws.Call, _, pool aws.ARN, event []byte) ([]byte, error) {
	if parts, _ := pool.Parse(); c.Scope != parts.Scope {
		return nil, errors.New("the call is of another scope")
	}
	f.asked = append(f.asked, event)
	source := sourcePattern.FindSubmatch(event)[1]
	if answer := f.answers[string(source)]; answer != nil {
		return answer(event)
	}
	return event, nil
}

var sourcePattern = regexp.MustCompile(`"triggerSource":"(\w+)"`)

const someFunction = "arn:aws:lambda:eu-west-3:000000000000:function:some"

type bench struct {
	*Service
	box       *mail.Box
	functions *functions
	now       time.Time
	pool      string
	client    string
}

// testKeys are the key pairs of test pools: making them takes long.
var testKeys = sync.OnceValues(func() (map[string]keyPair, error) {
	s := &Service{Deps: Deps{IDs: aws.NewIDs(nil)}}
	pairs := map[string]keyPair{}
	for _, use := range []string{useID, useAccess} {
		pair, err := s.makeKey()
		if err != nil {
			return nil, err
		}
		pairs[use] = pair
	}
	return pairs, nil
})

// newBench has a pool that verifies addresses, and a client of it.
func newBench(t testing.TB, options ...func(*CreateUserPoolInput, *CreateUserPoolClientInput)) *bench {
	b := newBenchWithoutKeys(t, options...)
	pairs, err := testKeys()
	if err != nil {
		t.Fatal(err)
	}
	err = b.DB.Update(func(tx *store.Tx) error {
		for use, pair := range pairs {
			b.keys.Put(tx, b.call().Scope, pair, b.pool, use)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func newBenchWithoutKeys(t testing.TB, options ...func(*CreateUserPoolInput, *CreateUserPoolClientInput)) *bench {
	db := store.OpenMemory()
	t.Cleanup(func() { db.Close() })
	b := &bench{box: mail.NewBox(db), functions: &functions{answers: map[string]func([]byte) ([]byte, error){}}, now: time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)}
	b.Service = New(Deps{DB: db, IDs: aws.NewIDs(nil), Meter: meter.NewMeter(func() time.Time { return b.now }), Mail: b.box, Triggers: b.functions})
	p := CreateUserPoolInput{PoolName: "p", PoolSettings: PoolSettings{AutoVerifiedAttributes: []string{attrEmail}}}
	cl := CreateUserPoolClientInput{ClientName: "c", ClientSettings: ClientSettings{ExplicitAuthFlows: []string{
		"ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_ADMIN_USER_PASSWORD_AUTH",
	}}}
	for _, o := range options {
		o(&p, &cl)
	}
	b.pool = do(t, b, b.createUserPool, p).UserPool.Id
	cl.UserPoolId = b.pool
	b.client = do(t, b, b.createUserPoolClient, cl).UserPoolClient.ClientId
	return b
}

func (b *bench) call() *aws.Call {
	return &aws.Call{Scope: aws.Scope{Account: "000000000000", Region: "eu-west-3"}, Time: b.now, Principal: &aws.Principal{}, Host: "localhost:4566"}
}

func do[In, Out any](t testing.TB, b *bench, h func(context.Context, *aws.Call, *In) (*Out, error), in In) *Out {
	t.Helper()
	out, err := h(t.Context(), b.call(), &in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused wants an error of a code, with a text if it is not "".
func refused[In, Out any](t testing.TB, b *bench, code, text string, h func(context.Context, *aws.Call, *In) (*Out, error), in In) {
	t.Helper()
	_, err := h(t.Context(), b.call(), &in)
	e, ok := errors.AsType[*aws.Error](err)
	if !ok || e.Code != code || text != "" && e.Message != text {
		t.Errorf("%T: %v, want %s: %s", in, err, code, text)
	}
}

const password = "P@ssw0rd!"

func (b *bench) from(name string) FromClient { return FromClient{ClientId: b.client, Username: name} }

func attribute(name, value string) AttributeType { return AttributeType{Name: name, Value: &value} }

// signedUp is a user who has a code in the mail.
func (b *bench) signedUp(t testing.TB, name string) (sub string) {
	t.Helper()
	return do(t, b, b.signUp, SignUpInput{FromClient: b.from(name), Password: password, UserAttributes: []AttributeType{attribute(attrEmail, name+"@example.com")}}).UserSub
}

var sixDigits = regexp.MustCompile(`\d{6}`)

// code is the code in the latest mail to a user.
func (b *bench) code(t testing.TB, name string) string {
	t.Helper()
	list, err := b.box.List(name+"@example.com", 1)
	if err != nil || len(list) == 0 {
		t.Fatalf("no mail for %s (%v)", name, err)
	}
	return sixDigits.FindString(list[0].Body)
}

// confirmed is a user who can sign in.
func (b *bench) confirmed(t testing.TB, name string) (sub string) {
	t.Helper()
	sub = b.signedUp(t, name)
	do(t, b, b.confirmSignUp, ConfirmSignUpInput{FromClient: b.from(name), ConfirmationCode: b.code(t, name)})
	return sub
}

func (b *bench) byPassword(name, password string) InitiateAuthInput {
	return InitiateAuthInput{AuthFlow: "USER_PASSWORD_AUTH", ClientId: b.client, AuthParameters: map[string]string{"USERNAME": name, "PASSWORD": password}}
}

func (b *bench) byRefresh(token string) InitiateAuthInput {
	return InitiateAuthInput{AuthFlow: "REFRESH_TOKEN_AUTH", ClientId: b.client, AuthParameters: map[string]string{"REFRESH_TOKEN": token}}
}

// signedIn are the tokens of a user who signs in.
func (b *bench) signedIn(t testing.TB, name string) *AuthenticationResultType {
	t.Helper()
	return do(t, b, b.initiateAuth, b.byPassword(name, password)).AuthenticationResult
}

func (b *bench) ref(name string) UserRef { return UserRef{UserPoolRef{b.pool}, name} }

// discreet is a client that does not say who exists.
func discreet(_ *CreateUserPoolInput, cl *CreateUserPoolClientInput) {
	cl.PreventUserExistenceErrors = "ENABLED"
}

func TestDeletedPoolLeavesNothing(t *testing.T) {
	b := newBench(t)
	b.confirmed(t, "ana")
	b.signedIn(t, "ana")
	do(t, b, b.createGroup, CreateGroupInput{GroupSettings{GroupRef: GroupRef{UserPoolRef{b.pool}, "g"}}})
	do(t, b, b.adminAddUserToGroup, AdminAddUserToGroupInput{GroupName: "g", UserRef: b.ref("ana")})
	b.beginSRP(t, "ana")
	do(t, b, b.deleteUserPool, DeleteUserPoolInput{UserPoolRef{b.pool}})
	refused(t, b, "ResourceNotFoundException", "User pool "+b.pool+" does not exist.", b.describeUserPool, DescribeUserPoolInput{UserPoolRef{b.pool}})
	refused(t, b, "ResourceNotFoundException", "User pool client "+b.client+" does not exist.", b.initiateAuth, b.byPassword("ana", password))
	err := b.DB.View(func(tx *store.Tx) error {
		left[pool](t, tx, b.pools)
		left[aws.Scope](t, tx, b.owners)
		left[client](t, tx, b.clients)
		left[clientAt](t, tx, b.clientsOf)
		left[user](t, tx, b.users)
		left[string](t, tx, b.aliases)
		left[group](t, tx, b.groups)
		left[aws.Scope](t, tx, b.members)
		left[aws.Scope](t, tx, b.groupsOf)
		left[challenge](t, tx, b.challenges)
		left[grant](t, tx, b.grants)
		left[keyPair](t, tx, b.keys)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	b.parsed.Range(func(id, _ any) bool {
		t.Errorf("the key %v is still in memory", id)
		return true
	})
}

func left[T any](t *testing.T, tx *store.Tx, table store.Table[T]) {
	t.Helper()
	for _, v := range table.Everywhere(tx) {
		t.Errorf("left behind: %+v", v)
	}
}

// TestPinned holds that a description that names ids gets these.
func TestPinned(t *testing.T) {
	const pool, client = "eu-west-3_1QeyxVcF9", "2vquhtd73jg37t1sf8uov9b7j2"
	pinned := func(p *CreateUserPoolInput, _ *CreateUserPoolClientInput) {
		p.UserPoolTags = map[string]string{pinTag: pool, clientPinTag + "c": client}
	}
	b := newBench(t, pinned)
	if b.pool != pool || b.client != client {
		t.Errorf("ids are %s and %s", b.pool, b.client)
	}
	again := CreateUserPoolInput{PoolName: "p", PoolSettings: PoolSettings{UserPoolTags: map[string]string{pinTag: pool}}}
	refused(t, b, "InvalidParameterException", "", b.createUserPool, again)
	for _, bad := range []string{"", "x", "us-east-1_1QeyxVcF9", "eu-west-3_a-b"} {
		again.UserPoolTags[pinTag] = bad
		refused(t, b, "InvalidParameterException", "", b.createUserPool, again)
	}
	again.UserPoolTags = map[string]string{clientPinTag + "c": client}
	other := do(t, b, b.createUserPool, again).UserPool.Id
	refused(t, b, "InvalidParameterException", "", b.createUserPoolClient, CreateUserPoolClientInput{ClientName: "c", UserPoolRef: UserPoolRef{other}})
	second := do(t, b, b.createUserPoolClient, CreateUserPoolClientInput{ClientName: "c", UserPoolRef: UserPoolRef{pool}}).UserPoolClient.ClientId
	if second == client {
		t.Error("two clients have one id")
	}
}
