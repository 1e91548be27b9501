package sts

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/policy"
	"github.com/niebla-cloud/niebla/internal/service"
)

const (
	defaultLife = time.Hour
	chainedLife = time.Hour // the longest, for a role assumed by a role
)

// roleARN checks what the client calls a role. There must be one way only of
// writing it: policies compare text.
func roleARN(s string) (aws.ARNParts, error) {
	p, ok := aws.ARN(s).Parse()
	if !ok || p.Partition != "aws" || p.Service != "iam" || p.Region != "" || !strings.HasPrefix(p.Resource, "role/") || len(p.Account) != 12 {
		return p, errBadARN(s)
	}
	return p, nil
}

// onAssumeRole authorises by the role's trust policy. A role that does not
// exist trusts nobody.
func (s *Service) onAssumeRole(_ context.Context, c *aws.Call, in *AssumeRoleInput) ([]service.Access, error) {
	parts, err := roleARN(in.RoleArn)
	if err != nil {
		return nil, err
	}
	a := service.Access{
		Action: "sts:AssumeRole", Resource: aws.ARN(in.RoleArn), Owner: parts.Account, PolicyDecides: true, Keys: in.keys(),
	}
	role, ok, err := s.Sessions.Identities.Role(a.Resource)
	if err != nil {
		return nil, err
	}
	if ok {
		if a.ResourcePolicy, err = policy.Parse(role.Trust, policy.Trust); err != nil {
			return nil, err
		}
	}
	accesses := []service.Access{a}
	also := func(action string) {
		a.Action = action
		accesses = append(accesses, a)
	}
	if len(in.Tags) > 0 {
		also("sts:TagSession")
	}
	if in.SourceIdentity != "" {
		also("sts:SetSourceIdentity")
	}
	return accesses, nil
}

// keys are the condition keys of a request to assume a role.
func (in *AssumeRoleInput) keys() map[string][]string {
	keys := map[string][]string{"sts:RoleSessionName": {in.RoleSessionName}}
	if in.ExternalId != "" {
		keys["sts:ExternalId"] = []string{in.ExternalId}
	}
	if in.SourceIdentity != "" {
		keys["sts:SourceIdentity"] = []string{in.SourceIdentity}
	}
	if len(in.TransitiveTagKeys) > 0 {
		keys["sts:TransitiveTagKeys"] = in.TransitiveTagKeys
	}
	for _, t := range in.Tags {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

func (s *Service) assumeRole(_ context.Context, c *aws.Call, in *AssumeRoleInput) (*AssumeRoleOutput, error) {
	role, ok, err := s.Sessions.Identities.Role(aws.ARN(in.RoleArn))
	if err == nil && !ok {
		err = errNotTrusted("sts:AssumeRole") // deleted since it was authorised
	}
	if err != nil {
		return nil, err
	}
	life, err := lifetime(c.Principal, role, in.DurationSeconds)
	if err != nil {
		return nil, err
	}
	keys, err := sessionKeys(c.Principal, in)
	if err != nil {
		return nil, err
	}
	policies, err := s.sessionPolicies(role, in.Policy, in.PolicyArns)
	if err != nil {
		return nil, err
	}
	size, err := packedSize(policies, in.Tags)
	if err != nil {
		return nil, err
	}
	parts, _ := role.ARN.Parse()
	made, err := s.Sessions.make(&aws.Principal{
		Kind: aws.AssumedRole, Account: parts.Account, ARN: sessionARN(role.ARN, in.RoleSessionName), ID: role.ID + ":" + in.RoleSessionName,
		Role: role.ARN, SessionName: in.RoleSessionName, SessionPolicies: policies, Keys: keys,
	}, life)
	if err != nil {
		return nil, err
	}
	return &AssumeRoleOutput{
		AssumedRoleUser: AssumedRoleUser{string(made.ARN), made.ID}, Credentials: credentials(made),
		PackedPolicySize: size, SourceIdentity: first(keys[sourceIdentity]),
	}, nil
}

func credentials(s aws.Session) Credentials {
	return Credentials{AccessKeyId: s.AccessKey, Expiration: s.Expires, SecretAccessKey: s.Secret, SessionToken: s.Token}
}

// lifetime settles how long a session lasts.
func lifetime(caller *aws.Principal, role aws.Role, asked int32) (time.Duration, error) {
	life := defaultLife
	if asked != 0 {
		life = time.Duration(asked) * time.Second
	}
	switch {
	case caller != nil && caller.Kind == aws.AssumedRole && life > chainedLife:
		return 0, errBeyondChaining()
	case life > role.MaxSession:
		return 0, errBeyondMaximum()
	}
	return life, nil
}

// The keys under which a session carries its tags, and what it passes on to
// sessions that it makes in turn.
const (
	principalTag   = "aws:PrincipalTag/"
	transitive     = "sts:TransitiveTagKeys"
	sourceIdentity = "aws:SourceIdentity"
)

// sessionKeys are the condition keys that the session will carry: its tags, the
// transitive ones of the caller, and the source identity, which is never lost.
func sessionKeys(caller *aws.Principal, in *AssumeRoleInput) (map[string][]string, error) {
	keys := make(map[string][]string)
	inherited := caller.Keys[transitive]
	seen := make(map[string]bool)
	for _, t := range in.Tags {
		k := strings.ToLower(t.Key)
		if seen[k] {
			return nil, errDuplicateTags()
		}
		seen[k] = true
		if contains(inherited, k) {
			return nil, errTransitiveConflict()
		}
		keys[principalTag+t.Key] = []string{t.Value}
	}
	for _, k := range in.TransitiveTagKeys {
		if !seen[strings.ToLower(k)] {
			return nil, errTransitiveNotGiven()
		}
	}
	for _, k := range inherited {
		keys[principalTag+k] = caller.Keys[principalTag+k]
	}
	if all := append(slices.Clone(inherited), in.TransitiveTagKeys...); len(all) > 0 {
		keys[transitive] = all
	}
	if who := first(caller.Keys[sourceIdentity]); who != "" {
		keys[sourceIdentity] = []string{who}
	} else if in.SourceIdentity != "" {
		keys[sourceIdentity] = []string{in.SourceIdentity}
	}
	return keys, nil
}

func contains(keys []string, key string) bool {
	return slices.ContainsFunc(keys, func(k string) bool { return strings.EqualFold(k, key) })
}

func first(vs []string) string {
	if len(vs) == 0 {
		return ""
	}
	return vs[0]
}

// maxPacked is the room for policies and tags of a session, packed.
const maxPacked = 2048

// sessionPolicies makes one document of the session's policies: what any of
// them allows, the session may do, if the role may.
func (s *Service) sessionPolicies(role aws.Role, inline string, managed []PolicyDescriptorType) ([]string, error) {
	if len(managed) > 10 {
		return nil, errTooManyPolicies()
	}
	var documents []string
	if inline != "" {
		documents = append(documents, inline)
	}
	parts, _ := role.ARN.Parse()
	for _, m := range managed {
		d, err := s.Sessions.Identities.Document(parts.Account, aws.ARN(m.Arn))
		if err != nil {
			return nil, err
		}
		documents = append(documents, d)
	}
	for _, d := range documents {
		if _, err := policy.Parse(d, policy.Identity); err != nil {
			var syntax *policy.SyntaxError
			if errors.As(err, &syntax) {
				return nil, errMalformedPolicy(syntax.Reason)
			}
			return nil, err
		}
	}
	if len(documents) < 2 {
		return documents, nil
	}
	merged, err := merge(documents)
	return []string{merged}, err
}

// merge puts the statements of documents into one. Sids, which must be unique
// in a document, are left behind.
func merge(documents []string) (string, error) {
	type document struct {
		Version   string
		Statement json.RawMessage
	}
	out := struct {
		Version   string
		Statement []map[string]json.RawMessage
	}{Version: "2012-10-17"}
	for _, text := range documents {
		var d document
		if err := json.Unmarshal([]byte(text), &d); err != nil {
			return "", err
		}
		if d.Version != out.Version { // the older language has no variables
			d.Statement = json.RawMessage(strings.ReplaceAll(string(d.Statement), "${", "${$}{"))
		}
		var many []map[string]json.RawMessage
		if err := json.Unmarshal(d.Statement, &many); err != nil {
			one := make(map[string]json.RawMessage)
			if err := json.Unmarshal(d.Statement, &one); err != nil {
				return "", err
			}
			many = append(many, one)
		}
		for _, s := range many {
			delete(s, "Sid")
			out.Statement = append(out.Statement, s)
		}
	}
	b, err := json.Marshal(out)
	return string(b), err
}

// packedSize is the share of the room that policies and tags take, in per cent;
// nil when there are none.
func packedSize(policies []string, tags []Tag) (*int32, error) {
	if len(policies) == 0 && len(tags) == 0 {
		return nil, nil
	}
	percent := (len(pack(struct {
		P []string
		T []Tag
	}{policies, tags}))*100 + maxPacked - 1) / maxPacked
	if percent > 100 {
		return nil, errPackedPolicy(percent)
	}
	size := int32(percent)
	return &size, nil
}

func (s *Service) assumeRoleWithWebIdentity(ctx context.Context, c *aws.Call, in *AssumeRoleWithWebIdentityInput) (*AssumeRoleWithWebIdentityOutput, error) {
	if _, err := roleARN(in.RoleArn); err != nil {
		return nil, err
	}
	who, err := s.webIdentity(ctx, c, in.WebIdentityToken)
	if err != nil {
		return nil, err
	}
	role, ok, err := s.Sessions.Identities.Role(aws.ARN(in.RoleArn))
	if err == nil && !ok {
		err = errNotTrusted("sts:AssumeRoleWithWebIdentity")
	}
	if err != nil {
		return nil, err
	}
	policies, err := s.sessionPolicies(role, in.Policy, in.PolicyArns)
	if err != nil {
		return nil, err
	}
	size, err := packedSize(policies, nil)
	if err != nil {
		return nil, err
	}
	life := defaultLife
	if in.DurationSeconds != 0 {
		life = time.Duration(in.DurationSeconds) * time.Second
	}
	made, err := s.Sessions.Issue(ctx, c, aws.SessionRequest{
		Role: role.ARN, Name: in.RoleSessionName, Duration: life, Policies: policies, Keys: who.Keys, Federated: who.Provider,
	})
	if err != nil {
		return nil, err
	}
	return &AssumeRoleWithWebIdentityOutput{
		AssumedRoleUser: AssumedRoleUser{string(made.ARN), made.ID}, Credentials: credentials(made), PackedPolicySize: size,
		Audience: who.Audience, Provider: who.Provider, SubjectFromWebIdentityToken: who.Subject,
	}, nil
}

// webIdentity has a token verified by the provider that its issuer names.
func (s *Service) webIdentity(ctx context.Context, c *aws.Call, token string) (aws.WebIdentity, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return aws.WebIdentity{}, errBadIdentityToken("The ID Token provided is not a valid JWT. (You may see this error if you sent an Access Token)")
	}
	var claims struct {
		Issuer string `json:"iss"`
	}
	b, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil || json.Unmarshal(b, &claims) != nil || claims.Issuer == "" {
		return aws.WebIdentity{}, errBadIdentityToken("Couldn't retrieve verification key from your identity provider, please reference AssumeRoleWithWebIdentity documentation for requirements")
	}
	for _, v := range s.Verifiers {
		if v.Issuer() == claims.Issuer {
			return v.WebIdentity(ctx, c, token)
		}
	}
	return aws.WebIdentity{}, errNoProvider(claims.Issuer)
}
