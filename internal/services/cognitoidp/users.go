package cognitoidp

import (
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/lang/srp"
	"github.com/niebla-cloud/niebla/internal/store"
)

// The states of a user.
const (
	statusUnconfirmed = "UNCONFIRMED"
	statusConfirmed   = "CONFIRMED"
	statusForceChange = "FORCE_CHANGE_PASSWORD"
	statusReset       = "RESET_REQUIRED"
)

// user is a user of a pool as stored.
type user struct {
	Username, Sub     string
	Created, Modified time.Time
	Disabled          bool
	Status            string
	Attributes        map[string]string // all but sub
	Password          srp.Verifier
	History           []srp.Verifier // of passwords before, the latest first
	TemporaryUntil    time.Time      // end of a password that an administrator gave
	Failures          int            // wrong passwords since the last right one
	LockedUntil       time.Time
	Codes             map[string]code // by purpose
	Active            string          // the last month in which something was done with it
}

// srpUser is the user as passwords are bound to it.
func (u *user) srpUser(p *pool) srp.User { return srp.User{Pool: p.name(), ID: u.Username} }

// listed are the user's attributes that pass a filter, in order.
func (u *user) listed(pass func(string) bool) []AttributeType {
	all := maps.Clone(u.Attributes)
	if all == nil {
		all = map[string]string{}
	}
	all[attrSub] = u.Sub
	list := []AttributeType{}
	for _, name := range sortedKeys(all) {
		if pass(name) {
			list = append(list, AttributeType{Name: name, Value: text(all[name])})
		}
	}
	return list
}

func everything(string) bool { return true }

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func (u *user) describe(pass func(string) bool) UserType {
	return UserType{
		Attributes: u.listed(pass), Enabled: !u.Disabled, UserCreateDate: u.Created, UserLastModifiedDate: u.Modified,
		UserStatus: u.Status, Username: u.Username,
	}
}

func (u *user) verified(attribute string) bool {
	return u.Attributes[verifiedFlag(attribute)] == "true"
}

// set gives the user attributes; an empty value takes one away.
func (u *user) set(values map[string]string) {
	if u.Attributes == nil {
		u.Attributes = map[string]string{}
	}
	for name, v := range values {
		if v == "" {
			delete(u.Attributes, name)
		} else {
			u.Attributes[name] = v
		}
	}
}

// valuesOf reads attributes as the API gives them.
func valuesOf(list []AttributeType) map[string]string {
	values := map[string]string{}
	for _, a := range list {
		values[a.Name] = ""
		if a.Value != nil {
			values[a.Name] = *a.Value
		}
	}
	return values
}

// names are the aliases that lead to the user, by kind.
func (p *pool) names(u *user) map[string]string {
	names := map[string]string{attrSub: u.Sub}
	for _, kind := range p.NameKinds {
		if v := u.Attributes[kind]; v != "" {
			names[kind] = p.fold(v)
		}
	}
	for _, kind := range p.AliasKinds {
		v := u.Attributes[kind]
		if v != "" && (u.verified(kind) || kind == attrPreferredName && u.Status == statusConfirmed) {
			names[kind] = p.fold(v)
		}
	}
	return names
}

// lookup finds a user by name, by alias or by sub.
func (s *Service) lookup(tx *store.Tx, p *pool, name string) (user, bool) {
	folded := p.fold(name)
	if u, ok := s.users.Get(tx, p.scope, p.ID, folded); ok {
		return u, true
	}
	for _, kind := range slices.Concat([]string{attrSub}, p.NameKinds, p.AliasKinds) {
		if username, ok := s.aliases.Get(tx, p.scope, p.ID, kind, folded); ok {
			return s.users.Get(tx, p.scope, p.ID, p.fold(username))
		}
	}
	return user{}, false
}

// user is lookup for those who may know whether a user exists.
func (s *Service) user(tx *store.Tx, p *pool, name string) (user, error) {
	u, ok := s.lookup(tx, p, name)
	if !ok {
		return user{}, errUserNotFound()
	}
	return u, nil
}

// save stores a user and the aliases that now lead to it. An alias that leads
// to somebody else is an error, or with force is taken from them.
func (s *Service) save(tx *store.Tx, p *pool, u user, force bool) error {
	key := p.fold(u.Username)
	if old, ok := s.users.Get(tx, p.scope, p.ID, key); ok {
		s.deleteNames(tx, p, &old)
	}
	names := p.names(&u)
	for _, kind := range sortedKeys(names) {
		holder, taken := s.aliases.Get(tx, p.scope, p.ID, kind, names[kind])
		if taken && p.fold(holder) != key {
			if err := s.takeName(tx, p, kind, holder, force); err != nil {
				return err
			}
		}
		s.aliases.Put(tx, p.scope, u.Username, p.ID, kind, names[kind])
	}
	s.users.Put(tx, p.scope, u, p.ID, key)
	return nil
}

// takeName takes an alias from who holds it: for them the attribute is no
// longer verified.
func (s *Service) takeName(tx *store.Tx, p *pool, kind, holder string, force bool) error {
	if slices.Contains(p.NameKinds, kind) {
		return errUserExists("An account with the given " + kind + " already exists.")
	}
	if !force {
		return errAliasExists(kind)
	}
	loser, ok := s.users.Get(tx, p.scope, p.ID, p.fold(holder))
	if !ok {
		return nil
	}
	s.deleteNames(tx, p, &loser)
	if kind == attrPreferredName {
		delete(loser.Attributes, kind)
	} else {
		loser.Attributes[verifiedFlag(kind)] = "false"
	}
	return s.save(tx, p, loser, false)
}

// deleteNames removes the aliases that lead to the user.
func (s *Service) deleteNames(tx *store.Tx, p *pool, u *user) {
	names := p.names(u)
	for kind, name := range names {
		if holder, ok := s.aliases.Get(tx, p.scope, p.ID, kind, name); ok && p.fold(holder) == p.fold(u.Username) {
			s.aliases.Delete(tx, p.scope, p.ID, kind, name)
		}
	}
}

// remove deletes a user and all that belongs to it.
func (s *Service) remove(tx *store.Tx, p *pool, u *user) {
	key := p.fold(u.Username)
	s.deleteNames(tx, p, u)
	for k := range s.groupsOf.All(tx, p.scope, p.ID, key) {
		s.members.Delete(tx, p.scope, p.ID, k[2], key)
	}
	s.groupsOf.DeleteAll(tx, p.scope, p.ID, key)
	s.signOut(tx, p, u)
	s.users.Delete(tx, p.scope, p.ID, key)
}

// edit applies f to a user that is there when the transaction begins.
func (s *Service) edit(p *pool, username string, f func(*store.Tx, *user) error) error {
	return s.DB.Update(func(tx *store.Tx) error {
		u, err := s.user(tx, p, username)
		if err != nil {
			return err
		}
		if err := f(tx, &u); err != nil {
			return err
		}
		return s.save(tx, p, u, false)
	})
}

// admitName checks a name that somebody wants to sign up with, and says what
// the user's own name is and which attribute the given one stands for.
func (s *Service) admitName(p *pool, given string, values map[string]string, sub string) (string, error) {
	switch {
	case len(p.NameKinds) > 0:
		kind, err := p.nameKind(given)
		if err != nil {
			return "", err
		}
		if v := values[kind]; v != "" && p.fold(v) != p.fold(given) {
			return "", errInvalid("User %s does not match the username.", kind)
		}
		values[kind] = given
		return sub, nil
	case slices.Contains(p.AliasKinds, attrEmail) && emailPattern.MatchString(given):
		return "", errInvalid("Username cannot be of email format, since user pool is configured for email alias.")
	case slices.Contains(p.AliasKinds, attrPhone) && phonePattern.MatchString(given):
		return "", errInvalid("Username cannot be of phone number format, since user pool is configured for phone number alias.")
	}
	return given, nil
}

// nameKind is what a name is, in a pool where names are addresses or numbers.
func (p *pool) nameKind(name string) (string, error) {
	email, phone := slices.Contains(p.NameKinds, attrEmail), slices.Contains(p.NameKinds, attrPhone)
	switch {
	case email && emailPattern.MatchString(name):
		return attrEmail, nil
	case phone && phonePattern.MatchString(name):
		return attrPhone, nil
	case email && phone:
		return "", errInvalid("Username should be either an email or a phone number.")
	case email:
		return "", errInvalid("Username should be an email.")
	}
	return "", errInvalid("Username should be a phone number.")
}

// mask hides most of an address or number: "a***@b***".
func mask(to string) string {
	name, host, isEmail := strings.Cut(to, "@")
	if isEmail {
		return first(name) + "***@" + first(host) + "***"
	}
	if len(to) <= 4 {
		return "+*******"
	}
	return "+*******" + to[len(to)-4:]
}

func first(s string) string {
	for _, r := range s {
		return string(r)
	}
	return ""
}
