package policy

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/niebla-cloud/niebla/internal/aws"
)

// SyntaxError is why a document is malformed, worded as IAM words it.
type SyntaxError struct{ Reason string }

func (e *SyntaxError) Error() string { return e.Reason }

// The reasons that have nothing to quote.
const (
	notJSON        = "This policy contains invalid Json"
	syntax         = "Syntax errors in policy."
	noVendor       = "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
	manyColons     = "Actions/Condition can contain only one colon."
	noActions      = "Policy statement must contain actions."
	noResources    = "Policy statement must contain resources."
	sidsNotUnique  = "Statement IDs (SID) in a single policy must be unique."
	sidsNotAlnum   = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
	noPrincipal    = "Missing required field Principal"
	hasPrincipal   = "Policy document should not specify a principal."
	hasResource    = "Has prohibited field Resource."
	legacyParsing  = "The policy failed legacy parsing"
	onlyAssumeRole = "AssumeRole policy may only specify STS AssumeRole actions."
)

func malformed(reason string) error { return &SyntaxError{reason} }

var (
	alphanumeric = regexp.MustCompile(`^[0-9A-Za-z]*$`)
	vendor       = regexp.MustCompile(`^[a-z0-9-]+$`)
	partition    = regexp.MustCompile(`^(aws(-[a-z-]+)?|.*[*?].*)$`)
	accountID    = regexp.MustCompile(`^[0-9]{12}$`)
	uniqueID     = regexp.MustCompile(`^(AIDA|AROA|AGPA)[A-Z0-9]+(:.+)?$`)
	principalARN = regexp.MustCompile(`^arn:aws[a-z-]*:(iam|sts)::[0-9]{12}:(root$|(user|role|assumed-role|federated-user)/.+)`)
)

// Parse compiles a document. The error is a *SyntaxError.
func Parse(document string, k Kind) (*Policy, error) {
	top, err := object([]byte(document))
	if err != nil || !utf8.ValidString(document) {
		return nil, malformed(notJSON)
	}
	p := &Policy{version: versionOld}
	var statements json.RawMessage
	for _, f := range top {
		switch f.name {
		case "Version":
			if json.Unmarshal(f.value, &p.version) != nil || p.version != versionOld && p.version != versionNew {
				return nil, malformed(syntax)
			}
		case "Id":
			if json.Unmarshal(f.value, new(string)) != nil {
				return nil, malformed(syntax)
			}
		case "Statement":
			statements = f.value
		default:
			return nil, malformed(syntax)
		}
	}
	raws, ok := oneOrMany(statements)
	if !ok || len(raws) == 0 {
		return nil, malformed(syntax)
	}
	sids := make(map[string]bool)
	for _, raw := range raws {
		s, err := parseStatement(raw, k, p.version == versionNew)
		if err != nil {
			return nil, err
		}
		if s.sid != "" && sids[s.sid] {
			return nil, malformed(sidsNotUnique)
		}
		sids[s.sid] = true
		p.statements = append(p.statements, s)
	}
	return p, nil
}

func parseStatement(raw json.RawMessage, k Kind, variables bool) (statement, error) {
	fields, err := object(raw)
	if err != nil {
		return statement{}, malformed(syntax)
	}
	var s statement
	for _, f := range fields {
		if err := s.set(f, k, variables); err != nil {
			return statement{}, err
		}
	}
	return s, s.check(k)
}

// set reads one element of a statement.
func (s *statement) set(f field, k Kind, variables bool) error {
	switch f.name {
	case "Sid":
		if json.Unmarshal(f.value, &s.sid) != nil {
			return malformed(syntax)
		}
		if k != Resource && !alphanumeric.MatchString(s.sid) {
			return malformed(sidsNotAlnum)
		}
	case "Effect":
		var effect string
		if json.Unmarshal(f.value, &effect) != nil || effect != "Allow" && effect != "Deny" {
			return malformed(syntax)
		}
		s.effect = map[string]Effect{"Allow": Allow, "Deny": Deny}[effect]
	case "Principal", "NotPrincipal":
		if k == Identity {
			return malformed(hasPrincipal)
		}
		if s.principals != nil {
			return malformed(syntax)
		}
		s.notPrincipal = f.name == "NotPrincipal"
		return s.setPrincipals(f.value)
	case "Action", "NotAction":
		if s.actions != nil {
			return malformed(syntax)
		}
		s.notAction = f.name == "NotAction"
		return s.setActions(f.value, k)
	case "Resource", "NotResource":
		if k == Trust {
			return malformed(hasResource)
		}
		if s.resources != nil {
			return malformed(syntax)
		}
		s.notResource = f.name == "NotResource"
		return s.setResources(f.value, variables)
	case "Condition":
		return s.setConditions(f.value, variables)
	default:
		return malformed(syntax)
	}
	return nil
}

// check looks for what every statement must have.
func (s *statement) check(k Kind) error {
	switch {
	case s.effect == NoMatch:
		return malformed(syntax)
	case len(s.actions) == 0:
		return malformed(noActions)
	case len(s.resources) == 0 && k != Trust:
		return malformed(noResources)
	case s.principals == nil && k != Identity:
		return malformed(noPrincipal)
	}
	return nil
}

func (s *statement) setActions(raw json.RawMessage, k Kind) error {
	actions, ok := scalars(raw)
	if !ok {
		return malformed(syntax)
	}
	for _, a := range actions {
		written := a
		a = strings.ToLower(a)
		service, name, colon := strings.Cut(a, ":")
		switch {
		case a == "*":
		case !colon || name == "":
			return malformed(noVendor)
		case strings.Contains(name, ":"):
			return malformed(manyColons)
		case !vendor.MatchString(service):
			return malformed("Vendor " + strings.SplitN(written, ":", 2)[0] + " is not valid")
		}
		if k == Trust && service != "sts" {
			return malformed(onlyAssumeRole)
		}
		p, ok := compile(a, true, false)
		if !ok {
			return malformed(syntax)
		}
		s.actions = append(s.actions, p)
	}
	return nil
}

func (s *statement) setResources(raw json.RawMessage, variables bool) error {
	resources, ok := scalars(raw)
	if !ok {
		return malformed(syntax)
	}
	for _, r := range resources {
		if reason := wrongResource(r); reason != "" {
			return malformed(reason)
		}
		p, ok := compile(r, true, variables)
		if !ok {
			return malformed(syntax)
		}
		s.resources = append(s.resources, p)
	}
	return nil
}

// wrongResource is what is wrong with a Resource, or "". It may be shorter than
// an ARN if it ends in a wildcard.
func wrongResource(r string) string {
	f := strings.SplitN(r, ":", 6)
	switch {
	case r == "*":
		return ""
	case f[0] != "arn" || len(f) < 2:
		return "Resource " + r + ` must be in ARN format or "*".`
	case !partition.MatchString(f[1]):
		return `Partition "` + f[1] + `" is not valid for resource "` + r + `".`
	case len(f) < 6 && !strings.HasSuffix(r, "*"):
		return legacyParsing
	case len(f) < 6:
		return ""
	case f[2] == "s3" && f[3] != "" && f[3] != "*" && !strings.HasPrefix(f[5], "accesspoint/"):
		return "Resource " + r + " can not contain region information."
	case f[2] == "iam" && f[3] != "" && f[3] != "*":
		return "IAM resource " + r + " cannot contain region information."
	}
	return ""
}

func (s *statement) setConditions(raw json.RawMessage, variables bool) error {
	if s.conditions != nil {
		return malformed(syntax)
	}
	blocks, err := object(raw)
	if err != nil {
		return malformed(syntax)
	}
	s.conditions = []condition{}
	for _, block := range blocks {
		keys, err := object(block.value)
		if err != nil {
			return malformed(syntax)
		}
		for _, key := range keys {
			if !strings.Contains(key.name, ":") {
				return malformed(noVendor)
			}
			values, ok := scalars(key.value)
			if !ok {
				return malformed(syntax)
			}
			c, ok := newCondition(block.name, key.name, values, variables)
			if !ok {
				return malformed(syntax)
			}
			s.conditions = append(s.conditions, c)
		}
	}
	return nil
}

func (s *statement) setPrincipals(raw json.RawMessage) error {
	s.principals = new(principals)
	var text string
	if json.Unmarshal(raw, &text) == nil {
		if text != "*" {
			return malformed(syntax)
		}
		s.principals.anyone = true
		return nil
	}
	kinds, err := object(raw)
	if err != nil || len(kinds) == 0 {
		return malformed(syntax)
	}
	for _, kind := range kinds {
		names, ok := scalars(kind.value)
		if !ok {
			return malformed(syntax)
		}
		for _, name := range names {
			if !s.principals.add(kind.name, name) {
				return malformed(`Invalid principal in policy: "` + kind.name + `":"` + name + `"`)
			}
		}
	}
	return nil
}

func (p *principals) add(kind, name string) bool {
	switch kind {
	case "AWS":
		return p.addAWS(name)
	case "Service":
		p.services = append(p.services, name)
		return name == "*" || strings.Contains(name, ".")
	case "Federated":
		p.federated = append(p.federated, name)
	case "CanonicalUser":
		p.canonical = append(p.canonical, name)
	default:
		return false
	}
	return name != ""
}

func (p *principals) addAWS(name string) bool {
	switch {
	case name == "*":
		p.anyone = true
	case accountID.MatchString(name):
		p.accounts = append(p.accounts, aws.AccountID(name))
	case uniqueID.MatchString(name):
		p.ids = append(p.ids, name)
	case !principalARN.MatchString(name):
		return false
	case strings.HasSuffix(name, ":root"):
		parts, _ := aws.ARN(name).Parse()
		p.accounts = append(p.accounts, parts.Account)
	case strings.ContainsAny(name, "*?"):
		return false
	default:
		p.arns = append(p.arns, name)
	}
	return true
}

// field is a member of a JSON object. A map would lose the order, and would
// keep one of two members with the same name.
type field struct {
	name  string
	value json.RawMessage
}

var errNotObject = errors.New("policy: not an object with distinct members")

func object(raw []byte) ([]field, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, errNotObject
	}
	var fields []field
	for d.More() {
		t, err := d.Token()
		if err != nil {
			return nil, err
		}
		name, _ := t.(string)
		f := field{name: name}
		if err := d.Decode(&f.value); err != nil {
			return nil, err
		}
		if slices.ContainsFunc(fields, func(g field) bool { return g.name == name }) {
			return nil, errNotObject
		}
		fields = append(fields, f)
	}
	if _, err := d.Token(); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errNotObject
	}
	return fields, nil
}

// oneOrMany returns the elements of an array, or the one value that is none.
func oneOrMany(raw json.RawMessage) ([]json.RawMessage, bool) {
	if len(raw) == 0 {
		return nil, false
	}
	if raw[0] != '[' {
		return []json.RawMessage{raw}, true
	}
	var all []json.RawMessage
	err := json.Unmarshal(raw, &all)
	return all, err == nil
}

// scalars reads one or many strings. Booleans and numbers count as their text.
func scalars(raw json.RawMessage) ([]string, bool) {
	raws, ok := oneOrMany(raw)
	if !ok {
		return nil, false
	}
	all := make([]string, len(raws))
	for i, r := range raws {
		switch {
		case len(r) > 0 && r[0] == '"':
			if json.Unmarshal(r, &all[i]) != nil {
				return nil, false
			}
		case len(r) > 0 && strings.IndexByte("{[n", r[0]) < 0:
			all[i] = string(r)
		default:
			return nil, false
		}
	}
	return all, true
}
