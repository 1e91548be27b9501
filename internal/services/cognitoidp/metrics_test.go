package cognitoidp

import (
	"testing"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/meter"
	"github.com/niebla-cloud/niebla/internal/service"
)

func (b *bench) measured(metric string) meter.Stat {
	series := meter.Series{
		Scope: b.call().Scope, Namespace: namespace, Metric: metric, Unit: meter.Count,
		Dimensions: "UserPool\x00" + b.pool + "\x00UserPoolClient\x00" + b.client + "\x00",
	}
	return b.Meter.Minutes(series)[b.now.Unix()/60]
}

func TestMetrics(t *testing.T) {
	b := newBench(t)
	elsewhere := b.call()
	elsewhere.Region = "us-east-1" // unsigned calls do not say where the pool is
	tell := func(in, out any, err *aws.Error) {
		b.Observe(&service.Exchange{Call: elsewhere, In: in, Out: out, Err: err})
	}
	done := &AuthOutput{AuthenticationResult: &AuthenticationResultType{}}
	wrong := errWrongPassword().(*aws.Error)
	tell(&SignUpInput{FromClient: b.from("ana")}, &SignUpOutput{}, nil)
	tell(new(b.byPassword("ana", password)), done, nil)
	tell(new(b.byPassword("ana", "wrong")), nil, wrong)
	tell(new(b.byPassword("ana", "wrong")), nil, aws.Errorf(400, throttledCode, "Rate exceeded"))
	tell(&InitiateAuthInput{AuthFlow: "USER_SRP_AUTH", ClientId: b.client}, &AuthOutput{ChallengeName: passwordVerifier}, nil) // not over yet
	tell(&RespondToAuthChallengeInput{ClientId: b.client}, done, nil)
	tell(&AdminInitiateAuthInput{AuthFlow: "ADMIN_USER_PASSWORD_AUTH", ClientRef: ClientRef{ClientId: b.client}}, done, nil)
	tell(&AdminRespondToAuthChallengeInput{ClientRef: ClientRef{ClientId: b.client}}, nil, wrong)
	tell(new(b.byRefresh("x")), done, nil)
	tell(&GetTokensFromRefreshTokenInput{ClientId: b.client}, &GetTokensFromRefreshTokenOutput{}, nil)
	tell(&SignUpInput{FromClient: FromClient{ClientId: "nobody's"}}, nil, wrong)
	tell(nil, nil, wrong)
	for metric, want := range map[string]meter.Stat{
		"SignUpSuccesses": {Count: 1, Sum: 1}, "SignInSuccesses": {Count: 6, Sum: 3}, "SignInThrottles": {Count: 6, Sum: 1}, "TokenRefreshSuccesses": {Count: 2, Sum: 2},
	} {
		if got := b.measured(metric); got.Count != want.Count || got.Sum != want.Sum {
			t.Errorf("%s: %+v, want %+v", metric, got, want)
		}
	}
}

func TestActiveUsers(t *testing.T) {
	b := newBench(t)
	charged := func() (n float64) {
		for u, quantity := range b.Meter.Used() {
			if u.Item != activeUsers("ESSENTIALS") || u.Scope != b.call().Scope {
				t.Errorf("charged for %+v", u)
			}
			n += quantity
		}
		return n
	}
	b.confirmed(t, "ana")
	b.confirmed(t, "bea")
	r := b.signedIn(t, "ana")
	do(t, b, b.getUser, GetUserInput{Bearer{r.AccessToken}})
	do(t, b, b.adminGetUser, AdminGetUserInput{b.ref("bea")})
	if n := charged(); n != 2 {
		t.Errorf("%v users are active", n)
	}
	b.now = time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC)
	do(t, b, b.initiateAuth, b.byRefresh(r.RefreshToken))
	if n := charged(); n != 2 {
		t.Errorf("%v users are active in the same month", n)
	}
	b.now = b.now.Add(time.Second)
	do(t, b, b.initiateAuth, b.byRefresh(r.RefreshToken))
	do(t, b, b.initiateAuth, b.byRefresh(r.RefreshToken))
	if n := charged(); n != 3 { // bea rests
		t.Errorf("%v users are active in two months", n)
	}
}
