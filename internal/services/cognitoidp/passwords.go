package cognitoidp

import (
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/srp"
	"github.com/niebla-cloud/niebla/internal/store"
)

// symbols are what counts as one in a password.
const symbols = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- "

// checkPassword checks a new password against the pool's policy. Where an
// administrator sets it, AWS words the first part otherwise.
func (p *pool) checkPassword(password, prefix string) error {
	policy := p.Settings.Policies.PasswordPolicy
	for _, rule := range []struct {
		broken bool
		text   string
	}{
		{len([]rune(password)) < int(*policy.MinimumLength), "Password not long enough"},
		{policy.RequireUppercase && !strings.ContainsAny(password, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "Password must have uppercase characters"},
		{policy.RequireLowercase && !strings.ContainsAny(password, "abcdefghijklmnopqrstuvwxyz"), "Password must have lowercase characters"},
		{policy.RequireNumbers && !strings.ContainsAny(password, "0123456789"), "Password must have numeric characters"},
		{policy.RequireSymbols && !strings.ContainsAny(password, symbols), "Password must have symbol characters"},
	} {
		if rule.broken {
			return errPassword("%s: %s", prefix, rule.text)
		}
	}
	return nil
}

const (
	usersChoice  = "Password did not conform with policy"
	adminsChoice = "Password did not conform with password policy"
)

// saltLength is in bytes, as on AWS.
const saltLength = 16

// verifier is what we keep of a password. It takes a millisecond or two, so
// it is made outside of transactions.
func (s *Service) verifier(p *pool, username, password string) srp.Verifier {
	return srp.NewVerifier(srp.User{Pool: p.name(), ID: username}, password, s.IDs.Bytes(saltLength))
}

// fresh refuses a password that the pool's history has.
func (u *user) fresh(p *pool, password string) error {
	size := p.Settings.Policies.PasswordPolicy.PasswordHistorySize
	if size == nil || *size == 0 {
		return nil
	}
	for i, v := range append([]srp.Verifier{u.Password}, u.History...) {
		if i < int(*size) && v.Matches(u.srpUser(p), password) {
			return fault("PasswordHistoryPolicyViolationException", "Password has previously been used.")
		}
	}
	return nil
}

const maxHistory = 24

// setPassword replaces the password for good.
func (u *user) setPassword(v srp.Verifier) {
	if len(u.Password.Value) > 0 {
		u.History = append([]srp.Verifier{u.Password}, u.History...)
		u.History = u.History[:min(len(u.History), maxHistory)]
	}
	u.Password, u.TemporaryUntil = v, time.Time{}
	u.Failures, u.LockedUntil = 0, time.Time{}
}

// setTemporary replaces the password until the user chooses another.
func (u *user) setTemporary(p *pool, c *aws.Call, v srp.Verifier) {
	u.setPassword(v)
	u.Status = statusForceChange
	if days := *p.Settings.Policies.PasswordPolicy.TemporaryPasswordValidityDays; days > 0 {
		u.TemporaryUntil = c.Time.AddDate(0, 0, int(days))
	}
}

// newPassword makes up a temporary password that any policy takes.
func (s *Service) newPassword(p *pool) string {
	const upper, lower, digits, signs = "ABCDEFGHJKLMNPQRSTUVWXYZ", "abcdefghijkmnopqrstuvwxyz", "23456789", "!#%&*+-=?@"
	n := max(8, int(*p.Settings.Policies.PasswordPolicy.MinimumLength))
	return s.IDs.Text(upper, 1) + s.IDs.Text(lower, 1) + s.IDs.Text(digits, 1) + s.IDs.Text(signs, 1) + s.IDs.Text(upper+lower+digits, n-4)
}

const (
	freeFailures = 5
	longestLock  = 15 * time.Minute
)

// fail counts a wrong password. From the fifth on, each locks the user out
// for twice as long as the one before.
func (u *user) fail(c *aws.Call) {
	u.Failures++
	if n := u.Failures - freeFailures; n >= 0 {
		u.LockedUntil = c.Time.Add(min(time.Second<<min(n, 10), longestLock))
	}
}

func (u *user) locked(c *aws.Call) bool { return c.Time.Before(u.LockedUntil) }

// checkOldPassword tells whether a password is the user's, and counts it if not.
func (s *Service) checkOldPassword(c *aws.Call, p *pool, u *user, password string) error {
	if u.locked(c) {
		return errLockedOut()
	}
	if u.Password.Matches(u.srpUser(p), password) {
		return nil
	}
	return s.countFailure(c, p, u)
}

// countFailure stores a wrong password, and answers what the client sees.
func (s *Service) countFailure(c *aws.Call, p *pool, u *user) error {
	answer := errWrongPassword()
	err := s.edit(p, u.Username, func(_ *store.Tx, u *user) error {
		if u.locked(c) { // by one that was tried at the same time
			answer = errLockedOut()
			return nil
		}
		u.fail(c)
		return nil
	})
	if err != nil {
		return err
	}
	return answer
}
