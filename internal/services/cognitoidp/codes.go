package cognitoidp

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/mail"
	"github.com/niebla-cloud/niebla/internal/store"
)

// code is a code that a user was sent, as stored, and how often codes of its
// purpose were asked for and guessed of late.
type code struct {
	Value     string // "" once used
	Attribute string // whose address it was sent to
	To        string // that address
	Pending   string // the value that the attribute takes when the code comes back
	Expires   time.Time

	Since       time.Time // of the counts
	Sent, Wrong int
}

// Purposes of codes. A code that verifies an attribute has the purpose
// "verify:" and the attribute.
const (
	forSignUp = "signup"
	forForgot = "forgot"
	forVerify = "verify:"
)

const (
	codeLife   = 24 * time.Hour
	forgotLife = time.Hour
	// In each period, so many codes are sent and so many wrong ones heard.
	codePeriod = time.Hour
	maxSent    = 20
	maxWrong   = 5
)

func (s *Service) newCode() string { return s.IDs.Text("0123456789", 6) }

// letter is a message with a code, not sent yet.
type letter struct {
	to            string
	attribute     string // whose value to is
	subject, body string
	code          string
}

func (l *letter) details() *CodeDeliveryDetailsType {
	if l == nil {
		return nil
	}
	medium := "EMAIL"
	if l.attribute == attrPhone {
		medium = "SMS"
	}
	return &CodeDeliveryDetailsType{AttributeName: l.attribute, DeliveryMedium: medium, Destination: mask(l.to)}
}

// occasion is why a user gets a message: who asks, and what CustomMessage is told.
type occasion struct {
	ctx    context.Context
	call   *aws.Call
	pool   *pool
	client string // its id, "" for administrators
	meta   map[string]string
}

// compose writes the message that carries a code to a user. It may ask a
// function, so it is called outside of transactions.
func (s *Service) compose(o occasion, u *user, source, attribute, to string) (*letter, error) {
	l := &letter{to: to, attribute: attribute, code: s.newCode()}
	set := &o.pool.Settings
	subject, body := "Your verification code", "Your confirmation code is {####}"
	if attribute == attrPhone {
		subject = ""
		body = or(set.SmsVerificationMessage, "Your verification code is {####}")
	} else {
		subject = or(set.EmailVerificationSubject, subject)
		body = or(set.EmailVerificationMessage, body)
	}
	custom, err := s.customMessage(o, u, source)
	if err != nil {
		return nil, err
	}
	l.subject, l.body = custom.apply(attribute, subject, body)
	l.fill(u.Username)
	return l, nil
}

func or(s, standard string) string {
	if s == "" {
		return standard
	}
	return s
}

// fill puts the code and the username in their places.
func (l *letter) fill(username string) {
	places := strings.NewReplacer("{####}", l.code, "{username}", username)
	l.subject, l.body = places.Replace(l.subject), places.Replace(l.body)
}

// send puts the message into the mailbox.
func (s *Service) send(tx *store.Tx, c *aws.Call, p *pool, l *letter) {
	m := mail.Message{Time: c.Time, Service: "cognito-idp", From: "no-reply@verificationemail.com", To: l.to, Subject: l.subject, Body: l.body}
	if e := p.Settings.EmailConfiguration; e != nil && e.From != "" {
		m.From = e.From
	}
	if l.attribute == attrPhone {
		m.From = "Amazon Cognito"
	}
	s.Mail.Send(tx, m)
}

// sendCode sends a message and remembers its code.
func (s *Service) sendCode(tx *store.Tx, c *aws.Call, p *pool, u *user, purpose string, l *letter, pending string) error {
	k := u.recent(c, purpose)
	if k.Sent++; k.Sent > maxSent {
		return errTooOften()
	}
	expires := codeLife
	if purpose == forForgot {
		expires = forgotLife
	}
	k.Value, k.Attribute, k.To, k.Pending, k.Expires = l.code, l.attribute, l.to, pending, c.Time.Add(expires)
	u.Codes[purpose] = k
	s.send(tx, c, p, l)
	return nil
}

// recent is the code of a purpose, its counts begun anew after their period.
func (u *user) recent(c *aws.Call, purpose string) code {
	if u.Codes == nil {
		u.Codes = map[string]code{}
	}
	k := u.Codes[purpose]
	if c.Time.Sub(k.Since) >= codePeriod {
		k.Since, k.Sent, k.Wrong = c.Time, 0, 0
	}
	return k
}

// redeem compares a code with the one sent, counts it if it is wrong and uses
// it up if it is right. The user must be saved even after an error.
func (u *user) redeem(c *aws.Call, purpose, given string) (code, error) {
	k := u.recent(c, purpose)
	switch {
	case k.Wrong >= maxWrong:
		return k, errTooOften()
	case k.Value == "" || !c.Time.Before(k.Expires), k.Pending == "" && u.Attributes[k.Attribute] != k.To:
		return k, errNoCode() // the last: it went to an address that the user no longer has
	case !same(k.Value, given):
		k.Wrong++
		u.Codes[purpose] = k
		return k, errWrongCode()
	}
	used := k
	used.Value, used.Pending = "", ""
	u.Codes[purpose] = used
	return k, nil
}

// redeemed is redeem within edit: a wrong code is stored too.
func (s *Service) redeemed(p *pool, c *aws.Call, username, purpose, given string, f func(*store.Tx, *user, code) error) error {
	var wrong error
	err := s.edit(p, username, func(tx *store.Tx, u *user) error {
		k, err := u.redeem(c, purpose, given)
		if err != nil {
			wrong = err
			return nil
		}
		u.Modified = c.Time
		return f(tx, u, k)
	})
	if err != nil {
		return err
	}
	return wrong
}

// contact is where codes for a new or changed user go: an attribute that the
// pool verifies by itself, the phone first.
func (p *pool) contact(values map[string]string) (attribute string, ok bool) {
	for _, kind := range []string{attrPhone, attrEmail} {
		if values[kind] != "" && slices.Contains(p.Settings.AutoVerifiedAttributes, kind) {
			return kind, true
		}
	}
	return "", false
}
