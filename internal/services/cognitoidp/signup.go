package cognitoidp

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// occasion is what a user's own call comes with.
func (in *FromClient) occasion(ctx context.Context, c *aws.Call, p *pool) occasion {
	return occasion{ctx: ctx, call: c, pool: p, client: in.ClientId, meta: in.ClientMetadata}
}

// fromClient finds the pool and client of a user's own call.
func (s *Service) fromClient(in *FromClient) (pool, client, error) {
	p, cl, err := s.open(in.ClientId)
	if err == nil {
		err = cl.checkHash(in.Username, in.SecretHash)
	}
	return p, cl, err
}

// peek reads a user, who may not exist.
func (s *Service) peek(p *pool, name string) (u user, ok bool, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		u, ok = s.lookup(tx, p, name)
		return nil
	})
	return u, ok, err
}

// admitAttributes checks what a client writes into a user.
func (p *pool) admitAttributes(cl *client, values map[string]string) error {
	if err := p.conform(values); err != nil {
		return err
	}
	for _, name := range sortedKeys(values) {
		if name == attrSub || !cl.writes(name) {
			return errUnauthorizedAttribute()
		}
	}
	return nil
}

func (s *Service) signUp(ctx context.Context, c *aws.Call, in *SignUpInput) (*SignUpOutput, error) {
	p, cl, err := s.fromClient(&in.FromClient)
	if err != nil {
		return nil, err
	}
	if p.Settings.AdminCreateUserConfig.AllowAdminCreateUserOnly {
		return nil, errNotAuthorized("SignUp is not permitted for this user pool")
	}
	if err := p.checkPassword(in.Password, usersChoice); err != nil {
		return nil, err
	}
	values := valuesOf(in.UserAttributes)
	if err := p.admitAttributes(&cl, values); err != nil {
		return nil, err
	}
	u, err := s.newUser(c, &p, in.Username, values)
	if err != nil {
		return nil, err
	}
	if _, taken, err := s.peek(&p, in.Username); err != nil || taken {
		return nil, orError(err, p.exists(in.Username))
	}
	o := in.occasion(ctx, c, &p)
	decided, err := s.preSignUp(o, "SignUp", &u, in.ValidationData)
	if err != nil {
		return nil, err
	}
	if err := u.decide(decided); err != nil {
		return nil, err
	}
	u.Password = s.verifier(&p, u.Username, in.Password)
	return s.register(o, u, in.Username)
}

func orError(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// exists is the error of a name that is taken.
func (p *pool) exists(name string) error {
	if kind, err := p.nameKind(name); len(p.NameKinds) > 0 && err == nil {
		return errUserExists("An account with the given " + kind + " already exists.")
	}
	return errUserExists("User already exists")
}

// newUser is a user as it signs up, not stored yet.
func (s *Service) newUser(c *aws.Call, p *pool, name string, values map[string]string) (user, error) {
	u := user{Sub: s.IDs.UUID(), Created: c.Time, Modified: c.Time, Status: statusUnconfirmed}
	var err error
	if u.Username, err = s.admitName(p, name, values, u.Sub); err != nil {
		return user{}, err
	}
	if err := p.complete(values); err != nil {
		return user{}, err
	}
	u.set(values)
	return u, nil
}

// decide does what PreSignUp decided.
func (u *user) decide(a signUpAnswer) error {
	for kind, yes := range map[string]bool{attrEmail: a.AutoVerifyEmail, attrPhone: a.AutoVerifyPhone} {
		if !yes {
			continue
		}
		if u.Attributes[kind] == "" {
			return errTriggerAnswer()
		}
		u.Attributes[verifiedFlag(kind)] = "true"
	}
	if a.AutoConfirmUser {
		u.Status = statusConfirmed
	}
	return nil
}

// register stores a new user, and sends the code that confirms it.
func (s *Service) register(o occasion, u user, name string) (*SignUpOutput, error) {
	out := &SignUpOutput{UserSub: u.Sub, UserConfirmed: u.Status == statusConfirmed}
	var l *letter
	if attribute, ok := o.pool.contact(u.Attributes); ok && !out.UserConfirmed {
		var err error
		if l, err = s.compose(o, &u, "SignUp", attribute, u.Attributes[attribute]); err != nil {
			return nil, err
		}
	}
	err := s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.lookup(tx, o.pool, name); taken {
			return o.pool.exists(name)
		}
		if l != nil {
			if err := s.sendCode(tx, o.call, o.pool, &u, forSignUp, l, ""); err != nil {
				return err
			}
		}
		return s.save(tx, o.pool, u, false)
	})
	if err != nil {
		return nil, err
	}
	if err := s.active(o.call, o.pool, &u); err != nil {
		return nil, err
	}
	out.CodeDeliveryDetails = l.details()
	if out.UserConfirmed {
		return out, s.postConfirmation(o, "ConfirmSignUp", &u)
	}
	return out, nil
}

// missing is what somebody who does not exist is answered: with a discreet
// client as if the code were wrong.
func (cl *client) missing() error {
	if cl.discreet() {
		return errNoCode()
	}
	return errNobody()
}

func (s *Service) confirmSignUp(ctx context.Context, c *aws.Call, in *ConfirmSignUpInput) (*service.Empty, error) {
	p, cl, err := s.fromClient(&in.FromClient)
	if err != nil {
		return nil, err
	}
	u, ok, err := s.peek(&p, in.Username)
	if err != nil || !ok {
		return nil, orError(err, cl.missing())
	}
	if u.Status != statusUnconfirmed {
		return nil, errNotAuthorized("User cannot be confirmed. Current status is %s", u.Status)
	}
	if err := s.confirm(c, &p, &u, in); err != nil {
		return nil, err
	}
	return &service.Empty{}, s.postConfirmation(in.occasion(ctx, c, &p), "ConfirmSignUp", &u)
}

// confirm confirms u by a code, and verifies what the code was sent to.
func (s *Service) confirm(c *aws.Call, p *pool, u *user, in *ConfirmSignUpInput) error {
	var wrong error
	err := s.DB.Update(func(tx *store.Tx) (err error) {
		if *u, err = s.user(tx, p, u.Username); err != nil {
			return err
		}
		var k code
		if k, wrong = u.redeem(c, forSignUp, in.ConfirmationCode); wrong == nil {
			u.Status, u.Modified = statusConfirmed, c.Time
			u.Attributes[verifiedFlag(k.Attribute)] = "true"
		}
		return s.save(tx, p, *u, in.ForceAliasCreation)
	})
	return orError(err, wrong)
}

func (s *Service) resendConfirmationCode(ctx context.Context, c *aws.Call, in *ResendConfirmationCodeInput) (*ResendConfirmationCodeOutput, error) {
	p, cl, err := s.fromClient(&in.FromClient)
	if err != nil {
		return nil, err
	}
	u, ok, err := s.peek(&p, in.Username)
	switch {
	case err != nil:
		return nil, err
	case !ok && cl.discreet():
		return &ResendConfirmationCodeOutput{CodeDeliveryDetails: p.pretend(in.Username)}, nil
	case !ok:
		return nil, errNobody()
	case u.Status != statusUnconfirmed:
		return nil, errInvalid("User is already confirmed.")
	}
	attribute, ok := p.contact(u.Attributes)
	if !ok {
		return nil, errInvalid("Auto verification not turned on.")
	}
	o := in.occasion(ctx, c, &p)
	l, err := s.compose(o, &u, "ResendCode", attribute, u.Attributes[attribute])
	if err != nil {
		return nil, err
	}
	err = s.edit(&p, u.Username, func(tx *store.Tx, u *user) error {
		return s.sendCode(tx, c, &p, u, forSignUp, l, "")
	})
	return &ResendConfirmationCodeOutput{CodeDeliveryDetails: l.details()}, err
}

// pretend is where a code for a user who does not exist would have gone: the
// same each time.
func (p *pool) pretend(name string) *CodeDeliveryDetailsType {
	if phonePattern.MatchString(name) || !slices.Contains(p.Settings.AutoVerifiedAttributes, attrEmail) && slices.Contains(p.Settings.AutoVerifiedAttributes, attrPhone) {
		return (&letter{attribute: attrPhone, to: "+" + digits(p.imagine("phone", name))}).details()
	}
	seed := p.imagine("email", name)
	return (&letter{attribute: attrEmail, to: letterOf(seed[0]) + "@" + letterOf(seed[1])}).details()
}

func letterOf(b byte) string { return string(rune('a' + b%26)) }

func digits(seed []byte) string {
	d := make([]byte, 11)
	for i := range d {
		d[i] = '0' + seed[i]%10
	}
	return string(d)
}
