package cognitoidp

import (
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

func (s *Service) getUser(_ context.Context, c *aws.Call, in *GetUserInput) (*GetUserOutput, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	return &GetUserOutput{UserAttributes: b.user.listed(b.cl.reads), Username: b.user.Username}, nil
}

func (s *Service) updateUserAttributes(ctx context.Context, c *aws.Call, in *UpdateUserAttributesInput) (*UpdateUserAttributesOutput, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	values := valuesOf(in.UserAttributes)
	if err := b.pool.admitAttributes(&b.cl, values); err != nil {
		return nil, err
	}
	sent, err := s.rewrite(occasion{ctx, c, &b.pool, b.cl.ID, in.ClientMetadata}, &b.user, values)
	if err != nil {
		return nil, err
	}
	out := &UpdateUserAttributesOutput{CodeDeliveryDetailsList: []CodeDeliveryDetailsType{}}
	for _, l := range sent {
		out.CodeDeliveryDetailsList = append(out.CodeDeliveryDetailsList, *l.details())
	}
	return out, nil
}

// rewrite changes a user's attributes. A new address or number is not verified,
// unless the change says so; where the pool verifies them by itself, a code
// goes there.
func (s *Service) rewrite(o occasion, u *user, values map[string]string) ([]*letter, error) {
	if err := o.pool.changeable(u, values); err != nil {
		return nil, err
	}
	var letters []*letter
	for _, kind := range []string{attrEmail, attrPhone} {
		v, given := values[kind]
		_, said := values[verifiedFlag(kind)]
		if !given || v == u.Attributes[kind] || said {
			continue
		}
		if v != "" && slices.Contains(o.pool.Settings.AutoVerifiedAttributes, kind) {
			l, err := s.compose(o, u, "UpdateUserAttribute", kind, v)
			if err != nil {
				return nil, err
			}
			letters = append(letters, l)
		}
	}
	return letters, s.edit(o.pool, u.Username, func(tx *store.Tx, u *user) error {
		return s.applyRewrite(tx, o, u, values, letters)
	})
}

func (s *Service) applyRewrite(tx *store.Tx, o occasion, u *user, values map[string]string, letters []*letter) error {
	for _, l := range letters {
		pending := ""
		if o.pool.keepsUntilVerified(l.attribute) && u.Attributes[l.attribute] != "" {
			pending = l.to
		}
		if err := s.sendCode(tx, o.call, o.pool, u, forVerify+l.attribute, l, pending); err != nil {
			return err
		}
		if pending != "" {
			delete(values, l.attribute)
		}
	}
	for _, kind := range []string{attrEmail, attrPhone} {
		v, given := values[kind]
		if _, said := values[verifiedFlag(kind)]; given && !said && v != u.Attributes[kind] {
			u.set(map[string]string{verifiedFlag(kind): "false"})
			if v == "" {
				delete(u.Attributes, verifiedFlag(kind))
			}
		}
	}
	u.set(values)
	u.Modified = o.call.Time
	return nil
}

// keepsUntilVerified reports whether the value of before stays until the new
// one is verified.
func (p *pool) keepsUntilVerified(kind string) bool {
	set := p.Settings.UserAttributeUpdateSettings
	return set != nil && slices.Contains(set.AttributesRequireVerificationBeforeUpdate, kind)
}

// changeable checks that a user's attributes can be given other values.
func (p *pool) changeable(u *user, values map[string]string) error {
	for _, name := range sortedKeys(values) {
		a, _ := p.attribute(name)
		switch {
		case name == attrSub, !*a.Mutable && u.Attributes[name] != "" && u.Attributes[name] != values[name]:
			return errInvalid("user.%s: Attribute cannot be updated.\n", name)
		case a.Required && values[name] == "":
			return errInvalid("user.%s: Attribute cannot be deleted.\n", name)
		}
	}
	return nil
}

// without is the change that takes attributes away.
func without(names []string) map[string]string {
	values := map[string]string{}
	for _, name := range names {
		values[name] = ""
	}
	return values
}

func (s *Service) deleteUserAttributes(ctx context.Context, c *aws.Call, in *DeleteUserAttributesInput) (*service.Empty, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	values := without(in.UserAttributeNames)
	if err := b.pool.admitAttributes(&b.cl, values); err != nil {
		return nil, err
	}
	_, err = s.rewrite(occasion{ctx: ctx, call: c, pool: &b.pool, client: b.cl.ID}, &b.user, values)
	return &service.Empty{}, err
}

func (s *Service) getUserAttributeVerificationCode(ctx context.Context, c *aws.Call, in *GetUserAttributeVerificationCodeInput) (*GetUserAttributeVerificationCodeOutput, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	kind := in.AttributeName
	if kind != attrEmail && kind != attrPhone {
		return nil, errInvalid("Unsupported attribute type.")
	}
	to := b.user.Attributes[kind]
	pending := b.user.Codes[forVerify+kind].Pending
	if pending != "" {
		to = pending
	}
	if to == "" {
		return nil, errInvalid("User does not have %s.", kind)
	}
	l, err := s.compose(occasion{ctx, c, &b.pool, b.cl.ID, in.ClientMetadata}, &b.user, "VerifyUserAttribute", kind, to)
	if err != nil {
		return nil, err
	}
	err = s.edit(&b.pool, b.user.Username, func(tx *store.Tx, u *user) error {
		return s.sendCode(tx, c, &b.pool, u, forVerify+kind, l, pending)
	})
	return &GetUserAttributeVerificationCodeOutput{CodeDeliveryDetails: l.details()}, err
}

func (s *Service) verifyUserAttribute(_ context.Context, c *aws.Call, in *VerifyUserAttributeInput) (*service.Empty, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.redeemed(&b.pool, c, b.user.Username, forVerify+in.AttributeName, in.Code, func(_ *store.Tx, u *user, k code) error {
		if k.Pending != "" {
			u.set(map[string]string{k.Attribute: k.Pending})
		}
		u.set(map[string]string{verifiedFlag(k.Attribute): "true"})
		return nil
	})
}

func (s *Service) changePassword(_ context.Context, c *aws.Call, in *ChangePasswordInput) (*service.Empty, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	if err := s.checkOldPassword(c, &b.pool, &b.user, in.PreviousPassword); err != nil {
		return nil, err
	}
	if err := b.pool.checkPassword(in.ProposedPassword, usersChoice); err != nil {
		return nil, err
	}
	if err := b.user.fresh(&b.pool, in.ProposedPassword); err != nil {
		return nil, err
	}
	v := s.verifier(&b.pool, b.user.Username, in.ProposedPassword)
	return &service.Empty{}, s.edit(&b.pool, b.user.Username, func(_ *store.Tx, u *user) error {
		u.setPassword(v)
		u.Modified = c.Time
		return nil
	})
}

func (s *Service) globalSignOut(_ context.Context, c *aws.Call, in *GlobalSignOutInput) (*service.Empty, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.DB.Update(func(tx *store.Tx) error {
		s.signOut(tx, &b.pool, &b.user)
		return nil
	})
}

func (s *Service) deleteUser(_ context.Context, c *aws.Call, in *DeleteUserInput) (*service.Empty, error) {
	b, err := s.bearer(c, in.AccessToken)
	if err != nil {
		return nil, err
	}
	return &service.Empty{}, s.delete(&b.pool, b.user.Username)
}

// delete removes a user who is there.
func (s *Service) delete(p *pool, username string) error {
	return s.DB.Update(func(tx *store.Tx) error {
		u, err := s.user(tx, p, username)
		if err == nil {
			s.remove(tx, p, &u)
		}
		return err
	})
}
