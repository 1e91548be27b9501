package policy

import (
	"strings"
	"testing"

	"github.com/niebla-cloud/niebla/internal/aws"
)

const account, other = aws.AccountID("000000000000"), aws.AccountID("111111111111")

func principal(who string) *aws.Principal {
	switch who {
	case "user":
		return &aws.Principal{Kind: aws.User, Account: account, ARN: "arn:aws:iam::000000000000:user/u", ID: "AIDAU", Name: "u"}
	case "session":
		return &aws.Principal{Kind: aws.AssumedRole, Account: account, ARN: "arn:aws:sts::000000000000:assumed-role/r/s",
			Role: "arn:aws:iam::000000000000:role/r", ID: "AROAR:s"}
	case "root":
		return &aws.Principal{Kind: aws.Root, Account: account, ARN: "arn:aws:iam::000000000000:root", ID: string(account)}
	case "lambda":
		return &aws.Principal{Kind: aws.ServicePrincipal, Account: account, Name: "lambda.amazonaws.com"}
	case "guest":
		return &aws.Principal{Kind: aws.Federated, Name: "cognito-identity.amazonaws.com"}
	}
	return &aws.Principal{Kind: aws.Anonymous}
}

var named = map[string]string{
	"user": `{"AWS":"arn:aws:iam::000000000000:user/u"}`, "session": `{"AWS":"arn:aws:sts::000000000000:assumed-role/r/s"}`,
	"role": `{"AWS":"arn:aws:iam::000000000000:role/r"}`, "account": `{"AWS":"000000000000"}`, "*": `"*"`,
	"lambda": `{"Service":"lambda.amazonaws.com"}`, "guest": `{"Federated":"cognito-identity.amazonaws.com"}`,
}

// short expands the table's words for a policy.
func short(t *testing.T, word string, k Kind) *Policy {
	word, who, _ := strings.Cut(word, " ")
	s := `"Action":"a:b"`
	switch word {
	case "-":
		return nil
	case "allow":
		s += `,"Effect":"Allow"`
	case "deny":
		s += `,"Effect":"Deny"`
	case "other":
		s, who = `"Action":"a:c","Effect":"Allow"`, "*"
	}
	if k == Identity {
		return parse(t, `"Statement":{`+s+`,"Resource":"*"}`, k)
	}
	return parse(t, `"Statement":{`+s+`,"Resource":"*","Principal":`+named[who]+`}`, k)
}

func newCase(t *testing.T, who, identity, resource, boundary, session, flags string) *Case {
	c := &Case{Request: Request{Principal: principal(who), Action: "a:b", Resource: "arn:aws:a:::x"}, Owner: account}
	if p := short(t, identity, Identity); p != nil {
		c.Identity = []Attached{{"mine", p}}
	}
	if p := short(t, boundary, Identity); p != nil {
		c.Boundary = &Attached{"boundary", p}
	}
	if p := short(t, session, Identity); p != nil {
		c.Session = []Attached{{"session", p}}
	}
	c.ResourcePolicy = short(t, resource, Resource)
	switch flags {
	case "foreign":
		c.Owner = other
	case "decides":
		c.PolicyDecides = true
	case "trust":
		c.PolicyDecides, c.TrustPolicy = true, true
	}
	return c
}

func outcome(d Decision) string {
	switch {
	case d.Allowed && d.Root:
		return "allowed to root"
	case d.Allowed:
		return "allowed by " + d.Decided.Class.String()
	case d.Reason == "":
		return "refused"
	}
	return d.Reason
}

func TestDecide(t *testing.T) {
	for _, l := range lines(t, "testdata/decide.txt") {
		ask, want, _ := strings.Cut(l, " -> ")
		f := strings.Split(ask, "|")
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		d := Decide(newCase(t, f[0], f[1], f[2], f[3], f[4], f[5]))
		if got := outcome(d); got != want {
			t.Errorf("%s\n\tis %s", l, got)
		}
	}
}

// combinations calls f for every row the table could have.
func combinations(t *testing.T, f func(c *Case, words []string)) {
	for _, who := range []string{"user", "session", "root", "anonymous", "lambda", "guest"} {
		for _, identity := range []string{"-", "other", "allow", "deny"} {
			for _, resource := range []string{"-", "other", "allow user", "allow session", "allow role", "allow account", "allow *", "allow lambda", "deny *"} {
				for _, boundary := range []string{"-", "other", "allow", "deny"} {
					for _, session := range []string{"-", "other", "allow", "deny"} {
						for _, flags := range []string{"", "foreign", "decides", "trust"} {
							words := []string{who, identity, resource, boundary, session, flags}
							f(newCase(t, who, identity, resource, boundary, session, flags), words)
						}
					}
				}
			}
		}
	}
}

func TestDenyAlwaysWins(t *testing.T) {
	combinations(t, func(c *Case, words []string) {
		if c.Principal.Kind == aws.Root && c.ResourcePolicy == nil && words[5] == "" {
			return // nothing binds root but a resource policy
		}
		if strings.Contains(strings.Join(words, " "), "deny") {
			if d := Decide(c); d.Allowed || !strings.HasPrefix(d.Reason, "with an explicit deny") || d.Decided.Effect != Deny {
				t.Errorf("%q: %s", words, outcome(d))
			}
		}
	})
}

// An access is allowed to root, or because a policy in the trace allowed it.
func TestNothingIsAllowedByDefault(t *testing.T) {
	combinations(t, func(c *Case, words []string) {
		d := Decide(c)
		if d.Allowed && !d.Root && (d.Decided.Effect != Allow || d.Decided.Statement != 0) {
			t.Errorf("%q: %+v", words, d)
		}
		if d.Root && c.Principal.Kind != aws.Root {
			t.Errorf("%q: not root", words)
		}
	})
}

func TestPrincipals(t *testing.T) {
	for _, c := range []struct {
		element, who string
		want         naming
	}{
		{`"Principal":{"AWS":["111111111111","arn:aws:iam::000000000000:root"]}`, "user", byAccount},
		{`"Principal":{"AWS":"arn:aws:iam::000000000000:root"}`, "root", byName},
		{`"Principal":{"AWS":"111111111111"}`, "user", notNamed},
		{`"Principal":{"AWS":"AIDAU"}`, "user", byName},
		{`"Principal":{"AWS":"AIDAX"}`, "user", notNamed},
		{`"Principal":{"AWS":"AROAR"}`, "session", byRole},
		{`"Principal":{"AWS":"AROAR:s"}`, "session", byName},
		{`"Principal":{"Federated":"accounts.google.com"}`, "guest", notNamed},
		{`"Principal":{"AWS":"*","Service":"sns.amazonaws.com"}`, "lambda", byAnyone},
		{`"NotPrincipal":{"AWS":"arn:aws:iam::000000000000:user/u"}`, "user", notNamed},
		{`"NotPrincipal":{"AWS":"arn:aws:iam::000000000000:user/u"}`, "session", byAnyone},
		{`"NotPrincipal":{"AWS":"arn:aws:iam::000000000000:role/r"}`, "session", notNamed},
		{`"NotPrincipal":{"AWS":"000000000000"}`, "root", notNamed},
		{`"NotPrincipal":{"AWS":"000000000000"}`, "user", byAnyone},
	} {
		p := parse(t, `"Statement":{"Effect":"Allow","Action":"*","Resource":"*",`+c.element+`}`, Resource)
		m := p.Evaluate(&Request{Principal: principal(c.who), Action: "a:b", Resource: "x"})
		if m.as != c.want || (m.Effect == Allow) != (c.want != notNamed) {
			t.Errorf("%s for %s: %+v", c.element, c.who, m)
		}
	}
}

// The strongest of several allowing statements counts.
func TestBestNaming(t *testing.T) {
	p := parse(t, `"Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"},
		{"Sid":"me","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::000000000000:user/u"},"Action":"*","Resource":"*"}]`, Resource)
	m := p.Evaluate(&Request{Principal: principal("user"), Action: "a:b", Resource: "x"})
	if m.as != byName || m.Sid != "me" {
		t.Errorf("%+v", m)
	}
}

func TestMessage(t *testing.T) {
	d := Decision{Action: "s3:GetObject", Resource: "arn:aws:s3:::b/k", Reason: "because no session policy allows the s3:GetObject action"}
	const want = `User: arn:aws:iam::000000000000:user/u is not authorized to perform: s3:GetObject on resource: "arn:aws:s3:::b/k" because no session policy allows the s3:GetObject action`
	if got := d.Message(principal("user"), true); got != want {
		t.Error(got)
	}
	d.Reason = ""
	if got := d.Message(principal("session"), false); got != "User: arn:aws:sts::000000000000:assumed-role/r/s is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::b/k" {
		t.Error(got)
	}
}

func BenchmarkDecide(b *testing.B) {
	p, err := Parse(`{"Version":"2012-10-17","Statement":[
		{"Effect":"Allow","Action":["dynamodb:GetItem","dynamodb:Scan","dynamodb:Query"],"Resource":"arn:aws:dynamodb:eu-west-3:000000000000:table/Catalogo"},
		{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::media/songs/*"},
		{"Effect":"Allow","Action":["dynamodb:PutItem","dynamodb:UpdateItem"],"Resource":"arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios",
		 "Condition":{"ForAllValues:StringEquals":{"dynamodb:LeadingKeys":["${cognito-identity.amazonaws.com:sub}"]}}}]}`, Identity)
	if err != nil {
		b.Fatal(err)
	}
	who, key := principal("session"), []string{"eu-west-3:0b1c9f0e-5d51-4f0a-9c7d-0b4f7f7f7f7f"}
	c := &Case{Request: Request{Principal: who, Action: "dynamodb:UpdateItem", Resource: "arn:aws:dynamodb:eu-west-3:000000000000:table/Usuarios",
		Keys: func(string) []string { return key }}, Identity: []Attached{{"inline", p}}}
	b.ReportAllocs()
	for b.Loop() {
		if d := Decide(c); !d.Allowed {
			b.Fatal(d.Reason)
		}
	}
}
