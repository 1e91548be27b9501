package cognitoidp

import (
	"cmp"
	"context"
	"slices"

	"github.com/niebla-cloud/niebla/internal/aws"
)

const (
	adminOnly     = "admin_only"
	verifiedEmail = "verified_email"
	verifiedPhone = "verified_phone_number"
)

// settle refuses settings that we would not act on, and gives those that were
// left out AWS' defaults.
func (s *Service) settle(ctx context.Context, c *aws.Call, p *pool) error {
	set := &p.Settings
	if err := supported(set); err != nil {
		return err
	}
	if err := set.recovery(); err != nil {
		return err
	}
	if err := s.checkTriggers(ctx, c, p); err != nil {
		return err
	}
	set.MfaConfiguration = "OFF"
	set.DeletionProtection = cmp.Or(set.DeletionProtection, "INACTIVE")
	set.UserPoolTier = cmp.Or(set.UserPoolTier, "ESSENTIALS")
	set.defaultPasswordPolicy()
	set.defaultMessages()
	return set.defaultInvitations()
}

func supported(set *PoolSettings) error {
	if set.MfaConfiguration == "ON" || set.MfaConfiguration == "OPTIONAL" {
		return errAbsent("Niebla does not do multi-factor authentication yet: MfaConfiguration must be OFF")
	}
	if t := set.VerificationMessageTemplate; t != nil && t.DefaultEmailOption == "CONFIRM_WITH_LINK" {
		return errAbsent("Niebla does not confirm by link yet: DefaultEmailOption must be CONFIRM_WITH_CODE")
	}
	if e := set.EmailConfiguration; e != nil && e.EmailSendingAccount == "DEVELOPER" && e.SourceArn == "" {
		return errInvalid("Cannot use IAM Role to send email without a SourceArn.")
	}
	if u := set.UserAttributeUpdateSettings; u != nil {
		for _, kind := range u.AttributesRequireVerificationBeforeUpdate {
			if !slices.Contains(set.AutoVerifiedAttributes, kind) {
				return errInvalid("Invalid UserAttributeUpdateSettings: %s is not an auto verified attribute.", kind)
			}
		}
	}
	return nil
}

// recovery checks the ways to recover an account.
func (set *PoolSettings) recovery() error {
	if set.AccountRecoverySetting == nil {
		return nil
	}
	seen := map[int32]bool{}
	for _, m := range set.AccountRecoverySetting.RecoveryMechanisms {
		if seen[m.Priority] {
			return errInvalid("Invalid account recovery setting parameter. Priorities must be unique.")
		}
		seen[m.Priority] = true
		if m.Name == adminOnly && len(set.AccountRecoverySetting.RecoveryMechanisms) > 1 {
			return errInvalid("Invalid account recovery setting parameter. Account Recovery Setting cannot use admin_only setting with any other recovery mechanisms.")
		}
	}
	return nil
}

// ways are the recovery mechanisms, the preferred one first. A pool that does
// not say prefers the phone.
func (set *PoolSettings) ways() []string {
	if set.AccountRecoverySetting == nil || len(set.AccountRecoverySetting.RecoveryMechanisms) == 0 {
		return []string{verifiedPhone, verifiedEmail}
	}
	list := slices.Clone(set.AccountRecoverySetting.RecoveryMechanisms)
	slices.SortFunc(list, func(a, b RecoveryOptionType) int { return cmp.Compare(a.Priority, b.Priority) })
	var names []string
	for _, m := range list {
		names = append(names, m.Name)
	}
	return names
}

const standardTemporaryDays = 7

func (set *PoolSettings) defaultPasswordPolicy() {
	if set.Policies == nil || set.Policies.PasswordPolicy == nil {
		set.Policies = &UserPoolPolicyType{PasswordPolicy: &PasswordPolicyType{
			RequireLowercase: true, RequireNumbers: true, RequireSymbols: true, RequireUppercase: true,
		}}
	}
	p := set.Policies.PasswordPolicy
	if p.MinimumLength == nil {
		p.MinimumLength = number(8)
	}
	if p.TemporaryPasswordValidityDays == nil {
		p.TemporaryPasswordValidityDays = number(standardTemporaryDays)
	}
}

func number(n int32) *int32 { return &n }

// defaultMessages keeps the two ways to set a verification message in step, as
// AWS does.
func (set *PoolSettings) defaultMessages() {
	t := set.VerificationMessageTemplate
	if t == nil {
		t = &VerificationMessageTemplateType{}
		set.VerificationMessageTemplate = t
	}
	t.DefaultEmailOption = cmp.Or(t.DefaultEmailOption, "CONFIRM_WITH_CODE")
	for _, pair := range [][2]*string{
		{&t.EmailMessage, &set.EmailVerificationMessage}, {&t.EmailSubject, &set.EmailVerificationSubject}, {&t.SmsMessage, &set.SmsVerificationMessage},
	} {
		*pair[0] = cmp.Or(*pair[0], *pair[1])
		*pair[1] = *pair[0]
	}
	if set.EmailConfiguration == nil {
		set.EmailConfiguration = &EmailConfigurationType{}
	}
	set.EmailConfiguration.EmailSendingAccount = cmp.Or(set.EmailConfiguration.EmailSendingAccount, "COGNITO_DEFAULT")
}

// defaultInvitations settles how long a temporary password lasts, which two
// members can say.
func (set *PoolSettings) defaultInvitations() error {
	if set.AdminCreateUserConfig == nil {
		set.AdminCreateUserConfig = &AdminCreateUserConfigType{}
	}
	days := set.Policies.PasswordPolicy.TemporaryPasswordValidityDays
	if unused := set.AdminCreateUserConfig.UnusedAccountValidityDays; unused != nil && *unused != *days {
		if *days != standardTemporaryDays {
			return errInvalid("Please use TemporaryPasswordValidityDays in PasswordPolicy instead of UnusedAccountValidityDays")
		}
		*days = *unused
	}
	set.AdminCreateUserConfig.UnusedAccountValidityDays = number(*days)
	return nil
}
