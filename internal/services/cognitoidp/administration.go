package cognitoidp

import (
	"cmp"
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// administered finds the user that an administrator names.
func (s *Service) administered(c *aws.Call, in *UserRef) (p pool, u user, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		if p, err = s.get(tx, c.Scope, in.UserPoolId); err != nil {
			return err
		}
		u, err = s.user(tx, &p, in.Username)
		return err
	})
	if err != nil {
		return p, u, err
	}
	return p, u, s.active(c, &p, &u)
}

// administer applies f to the user that an administrator names.
func (s *Service) administer(c *aws.Call, in *UserRef, f func(*store.Tx, *pool, *user) error) (*service.Empty, error) {
	var p pool
	var u user
	err := s.DB.Update(func(tx *store.Tx) (err error) {
		if p, err = s.get(tx, c.Scope, in.UserPoolId); err != nil {
			return err
		}
		if u, err = s.user(tx, &p, in.Username); err != nil {
			return err
		}
		if err := f(tx, &p, &u); err != nil {
			return err
		}
		u.Modified = c.Time
		return s.save(tx, &p, u, false)
	})
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.active(c, &p, &u)
}

func (s *Service) adminCreateUser(ctx context.Context, c *aws.Call, in *AdminCreateUserInput) (*AdminCreateUserOutput, error) {
	p, err := s.read(c, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	password := cmp.Or(in.TemporaryPassword, s.newPassword(&p))
	if err := p.checkPassword(password, adminsChoice); err != nil {
		return nil, err
	}
	o := occasion{ctx: ctx, call: c, pool: &p, meta: in.ClientMetadata}
	u, exists, err := s.peek(&p, in.Username)
	switch {
	case err != nil:
		return nil, err
	case in.MessageAction == "RESEND":
		return s.inviteAgain(o, u, exists, password, in)
	case exists:
		return nil, p.accountExists(in.Username)
	}
	values := valuesOf(in.UserAttributes)
	if err := p.conform(values); err != nil {
		return nil, err
	}
	if u, err = s.newUser(c, &p, in.Username, values); err != nil {
		return nil, err
	}
	decided, err := s.preSignUp(o, "AdminCreateUser", &u, in.ValidationData)
	if err != nil {
		return nil, err
	}
	decided.AutoConfirmUser = false // AWS does not heed it here
	if err := u.decide(decided); err != nil {
		return nil, err
	}
	u.setTemporary(&p, c, s.verifier(&p, u.Username, password))
	letters, err := s.invitations(o, &u, in, password)
	if err != nil {
		return nil, err
	}
	err = s.DB.Update(func(tx *store.Tx) error {
		if _, taken := s.lookup(tx, &p, in.Username); taken {
			return p.accountExists(in.Username)
		}
		for _, l := range letters {
			s.send(tx, c, &p, l)
		}
		return s.save(tx, &p, u, in.ForceAliasCreation)
	})
	if err != nil {
		return nil, err
	}
	described := u.describe(everything)
	return &AdminCreateUserOutput{User: &described}, s.active(c, &p, &u)
}

// accountExists is exists as administrators are told it.
func (p *pool) accountExists(name string) error {
	if len(p.NameKinds) > 0 {
		return p.exists(name)
	}
	return errUserExists("User account already exists")
}

// inviteAgain gives a user who never signed in another temporary password.
func (s *Service) inviteAgain(o occasion, u user, exists bool, password string, in *AdminCreateUserInput) (*AdminCreateUserOutput, error) {
	switch {
	case !exists:
		return nil, errUserNotFound()
	case u.Status != statusForceChange:
		return nil, fault("UnsupportedUserStateException", "Resend not possible. %s status is not FORCE_CHANGE_PASSWORD", u.Username)
	}
	letters, err := s.invitations(o, &u, in, password)
	if err != nil {
		return nil, err
	}
	v := s.verifier(o.pool, u.Username, password)
	err = s.edit(o.pool, u.Username, func(tx *store.Tx, now *user) error {
		now.setTemporary(o.pool, o.call, v)
		now.Modified = o.call.Time
		for _, l := range letters {
			s.send(tx, o.call, o.pool, l)
		}
		u = *now
		return nil
	})
	described := u.describe(everything)
	return &AdminCreateUserOutput{User: &described}, err
}

// invitations are the messages that carry a temporary password.
func (s *Service) invitations(o occasion, u *user, in *AdminCreateUserInput, password string) ([]*letter, error) {
	if in.MessageAction == "SUPPRESS" {
		return nil, nil
	}
	kinds := invited(in.DesiredDeliveryMediums, u)
	if len(kinds) == 0 {
		return nil, nil
	}
	custom, err := s.customMessage(o, u, "AdminCreateUser")
	if err != nil {
		return nil, err
	}
	template := MessageTemplateType{}
	if t := o.pool.Settings.AdminCreateUserConfig.InviteMessageTemplate; t != nil {
		template = *t
	}
	var letters []*letter
	for _, kind := range kinds {
		const standard = "Your username is {username} and temporary password is {####}."
		subject, body := or(template.EmailSubject, "Your temporary password"), or(template.EmailMessage, standard)
		if kind == attrPhone {
			subject, body = "", or(template.SMSMessage, standard)
		}
		l := &letter{to: u.Attributes[kind], attribute: kind, code: password}
		l.subject, l.body = custom.apply(kind, subject, body)
		l.fill(u.Username)
		letters = append(letters, l)
	}
	return letters, nil
}

// invited are the attributes that an invitation goes to. Left to itself it
// goes to the phone, or to the address of who has none.
func invited(mediums []string, u *user) []string {
	var kinds []string
	for medium, kind := range map[string]string{"SMS": attrPhone, "EMAIL": attrEmail} {
		if slices.Contains(mediums, medium) && u.Attributes[kind] != "" {
			kinds = append(kinds, kind)
		}
	}
	slices.Sort(kinds)
	if len(mediums) > 0 {
		return kinds
	}
	for _, kind := range []string{attrPhone, attrEmail} {
		if u.Attributes[kind] != "" {
			return []string{kind}
		}
	}
	return nil
}

func (s *Service) adminGetUser(_ context.Context, c *aws.Call, in *AdminGetUserInput) (*AdminGetUserOutput, error) {
	_, u, err := s.administered(c, &in.UserRef)
	if err != nil {
		return nil, err
	}
	d := u.describe(everything)
	return &AdminGetUserOutput{
		Enabled: d.Enabled, UserAttributes: d.Attributes, UserCreateDate: d.UserCreateDate,
		UserLastModifiedDate: d.UserLastModifiedDate, UserStatus: d.UserStatus, Username: d.Username,
	}, nil
}

func (s *Service) adminDeleteUser(_ context.Context, c *aws.Call, in *AdminDeleteUserInput) (*service.Empty, error) {
	p, err := s.read(c, in.UserPoolId)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.delete(&p, in.Username)
}

func (s *Service) adminConfirmSignUp(ctx context.Context, c *aws.Call, in *AdminConfirmSignUpInput) (*service.Empty, error) {
	var p pool
	var u user
	_, err := s.administer(c, &in.UserRef, func(_ *store.Tx, at *pool, now *user) error {
		if now.Status != statusUnconfirmed {
			return errNotAuthorized("User cannot be confirmed. Current status is %s", now.Status)
		}
		now.Status = statusConfirmed
		p, u = *at, *now
		return nil
	})
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.postConfirmation(occasion{ctx: ctx, call: c, pool: &p, meta: in.ClientMetadata}, "ConfirmSignUp", &u)
}

func (s *Service) adminSetUserPassword(_ context.Context, c *aws.Call, in *AdminSetUserPasswordInput) (*service.Empty, error) {
	p, u, err := s.administered(c, &in.UserRef)
	if err != nil {
		return nil, err
	}
	if err := p.checkPassword(in.Password, adminsChoice); err != nil {
		return nil, err
	}
	v := s.verifier(&p, u.Username, in.Password)
	return s.administer(c, &in.UserRef, func(_ *store.Tx, p *pool, u *user) error {
		if !in.Permanent {
			u.setTemporary(p, c, v)
			return nil
		}
		u.setPassword(v)
		u.Status = statusConfirmed
		return nil
	})
}

// adminResetUserPassword makes the user set a new password, by a code that is
// sent now.
func (s *Service) adminResetUserPassword(ctx context.Context, c *aws.Call, in *AdminResetUserPasswordInput) (*service.Empty, error) {
	p, u, err := s.administered(c, &in.UserRef)
	if err != nil {
		return nil, err
	}
	if u.Status == statusForceChange || u.Status == statusUnconfirmed {
		return nil, errNotAuthorized("User password cannot be reset in the current state.")
	}
	o := occasion{ctx: ctx, call: c, pool: &p, meta: in.ClientMetadata}
	attribute, err := p.recoverable(&u)
	if err != nil {
		return nil, err
	}
	l, err := s.compose(o, &u, "ForgotPassword", attribute, u.Attributes[attribute])
	if err != nil {
		return nil, err
	}
	return s.administer(c, &in.UserRef, func(tx *store.Tx, p *pool, u *user) error {
		u.Status = statusReset
		return s.sendCode(tx, c, p, u, forForgot, l, "")
	})
}

func (s *Service) adminEnableUser(_ context.Context, c *aws.Call, in *AdminEnableUserInput) (*service.Empty, error) {
	return s.administer(c, &in.UserRef, func(_ *store.Tx, _ *pool, u *user) error {
		u.Disabled = false
		return nil
	})
}

func (s *Service) adminDisableUser(_ context.Context, c *aws.Call, in *AdminDisableUserInput) (*service.Empty, error) {
	return s.administer(c, &in.UserRef, func(tx *store.Tx, p *pool, u *user) error {
		u.Disabled = true
		s.signOut(tx, p, u)
		return nil
	})
}

func (s *Service) adminUpdateUserAttributes(ctx context.Context, c *aws.Call, in *AdminUpdateUserAttributesInput) (*service.Empty, error) {
	return s.adminRewrite(occasion{ctx: ctx, call: c, meta: in.ClientMetadata}, &in.UserRef, valuesOf(in.UserAttributes))
}

func (s *Service) adminDeleteUserAttributes(ctx context.Context, c *aws.Call, in *AdminDeleteUserAttributesInput) (*service.Empty, error) {
	return s.adminRewrite(occasion{ctx: ctx, call: c}, &in.UserRef, without(in.UserAttributeNames))
}

func (s *Service) adminRewrite(o occasion, in *UserRef, values map[string]string) (*service.Empty, error) {
	p, u, err := s.administered(o.call, in)
	if err != nil {
		return nil, err
	}
	if err := p.conform(values); err != nil {
		return nil, err
	}
	o.pool = &p
	_, err = s.rewrite(o, &u, values)
	return &service.Empty{}, err
}

func (s *Service) adminUserGlobalSignOut(_ context.Context, c *aws.Call, in *AdminUserGlobalSignOutInput) (*service.Empty, error) {
	return s.administer(c, &in.UserRef, func(tx *store.Tx, p *pool, u *user) error {
		s.signOut(tx, p, u)
		return nil
	})
}
