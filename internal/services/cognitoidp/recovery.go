package cognitoidp

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/service"
	"github.com/niebla-cloud/niebla/internal/store"
)

// imagine is what a user who does not exist would have: random to whoever does
// not know the pool's secret, and the same each time.
func (p *pool) imagine(what, name string) []byte {
	h := hmac.New(sha256.New, p.Secret)
	h.Write([]byte(what + "\x00" + p.fold(name)))
	return h.Sum(nil)
}

// recoverable says where a code goes that lets the user set a new password.
func (p *pool) recoverable(u *user) (attribute string, err error) {
	for _, way := range p.Settings.ways() {
		switch {
		case way == adminOnly:
			return "", errNotAuthorized("Contact administrator to reset password.")
		case way == verifiedEmail && u.verified(attrEmail) && u.Attributes[attrEmail] != "":
			return attrEmail, nil
		case way == verifiedPhone && u.verified(attrPhone) && u.Attributes[attrPhone] != "":
			return attrPhone, nil
		}
	}
	return "", errNoContact()
}

func (s *Service) forgotPassword(ctx context.Context, c *aws.Call, in *ForgotPasswordInput) (*ForgotPasswordOutput, error) {
	p, cl, err := s.fromClient(&in.FromClient)
	if err != nil {
		return nil, err
	}
	u, ok, err := s.peek(&p, in.Username)
	switch {
	case err != nil:
		return nil, err
	case !ok && cl.discreet():
		return &ForgotPasswordOutput{CodeDeliveryDetails: p.pretend(in.Username)}, nil
	case !ok:
		return nil, errNobody()
	case u.Disabled:
		return nil, errDisabled()
	case u.Status == statusForceChange:
		return nil, errNotAuthorized("User password cannot be reset in the current state.")
	}
	l, err := s.sendForgot(in.occasion(ctx, c, &p), &u)
	return &ForgotPasswordOutput{CodeDeliveryDetails: l.details()}, err
}

// sendForgot sends the code that lets a user set a new password.
func (s *Service) sendForgot(o occasion, u *user) (*letter, error) {
	attribute, err := o.pool.recoverable(u)
	if err != nil {
		return nil, err
	}
	l, err := s.compose(o, u, "ForgotPassword", attribute, u.Attributes[attribute])
	if err != nil {
		return nil, err
	}
	return l, s.edit(o.pool, u.Username, func(tx *store.Tx, u *user) error {
		return s.sendCode(tx, o.call, o.pool, u, forForgot, l, "")
	})
}

func (s *Service) confirmForgotPassword(ctx context.Context, c *aws.Call, in *ConfirmForgotPasswordInput) (*service.Empty, error) {
	p, cl, err := s.fromClient(&in.FromClient)
	if err != nil {
		return nil, err
	}
	if err := p.checkPassword(in.Password, usersChoice); err != nil {
		return nil, err
	}
	u, ok, err := s.peek(&p, in.Username)
	switch {
	case err != nil || !ok:
		return nil, orError(err, cl.missing())
	case u.Disabled:
		return nil, errDisabled()
	}
	if err := u.fresh(&p, in.Password); err != nil {
		return nil, err
	}
	v := s.verifier(&p, u.Username, in.Password)
	err = s.redeemed(&p, c, u.Username, forForgot, in.ConfirmationCode, func(_ *store.Tx, u *user, _ code) error {
		u.setPassword(v)
		u.Status = statusConfirmed
		return nil
	})
	if err != nil {
		return nil, err
	}
	u.Status = statusConfirmed
	return &service.Empty{}, s.postConfirmation(in.occasion(ctx, c, &p), "ConfirmForgotPassword", &u)
}
