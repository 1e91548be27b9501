package dynamodb

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
	"github.com/niebla-cloud/niebla/internal/store"
)

// catalogue remembers tables, so that a request need not read its table's
// description. It changes only inside Updates of the store, which are
// serialised: whoever is inside one and finds the table it holds to be the one
// remembered knows that it is current.
type catalogue struct {
	mu    sync.Mutex
	known atomic.Pointer[map[tableName]*table]
}

type tableName struct {
	aws.Scope
	name string
}

func (c *catalogue) get(s aws.Scope, name string) *table {
	if m := c.known.Load(); m != nil {
		return (*m)[tableName{s, name}]
	}
	return nil
}

// set remembers a table, or forgets it if t is nil.
func (c *catalogue) set(s aws.Scope, name string, t *table) {
	c.mu.Lock()
	defer c.mu.Unlock()
	next := map[tableName]*table{}
	if m := c.known.Load(); m != nil {
		maps.Copy(next, *m)
	}
	if t != nil {
		next[tableName{s, name}] = t
	} else {
		delete(next, tableName{s, name})
	}
	c.known.Store(&next)
}

// clear forgets all tables.
func (c *catalogue) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known.Store(nil)
}

// table returns a table, nil if there is none.
func (s *Service) table(scope aws.Scope, name string) (*table, error) {
	scope, name = ownerOf(scope, name)
	if t := s.catalogue.get(scope, name); t != nil {
		return t, nil
	}
	var t *table
	err := s.DB.Update(func(tx *store.Tx) error { // not a View: see catalogue
		if t = s.catalogue.get(scope, name); t != nil {
			return nil
		}
		if stored, ok := s.tables.Get(tx, scope, name); ok {
			t = s.prepare(stored, scope)
			s.catalogue.set(scope, name, t)
		}
		return nil
	})
	return t, err
}

// usable is the table that a request for items names. One whose items are still
// being put in is not there yet.
func (s *Service) usable(scope aws.Scope, name string) (*table, error) {
	t, err := s.table(scope, name)
	if err == nil && (t == nil || t.Filling) {
		err = errNoTable()
	}
	return t, err
}

// prepare gives a table what is not stored.
func (s *Service) prepare(t *table, scope aws.Scope) *table {
	t.service, t.stamps, t.limiter = s, &s.stamps, s.limiter
	return t.prepare(scope)
}

// errStale tells that a table changed between reading its description and
// writing to it.
var errStale = errors.New("dynamodb: the table changed")

// current fails unless t is the table as it stands. It is asked inside Updates.
func (s *Service) current(t *table) error {
	if s.catalogue.get(t.scope, t.Name) != t {
		return errStale
	}
	return nil
}

// retry runs f again as long as a table changed under it.
func retry(f func() error) error {
	for {
		if err := f(); !errors.Is(err, errStale) {
			return err
		}
	}
}

// changeTable stores a changed description; change gets a copy of the current
// one, and nil if there is no such table.
func (s *Service) changeTable(scope aws.Scope, name string, change func(tx *store.Tx, t *table) (*table, error)) (*table, error) {
	var changed *table
	err := s.DB.Update(func(tx *store.Tx) error {
		var now *table
		if stored, ok := s.tables.Get(tx, scope, name); ok {
			now = s.prepare(stored, scope)
		}
		next, err := change(tx, now)
		if err != nil {
			return err
		}
		if next != nil {
			s.tables.Put(tx, scope, next, name)
			s.prepare(next, scope)
		} else {
			s.tables.Delete(tx, scope, name)
			if now != nil {
				s.limiter.forget(now)
			}
		}
		s.catalogue.set(scope, name, next)
		s.share(tx, now, next)
		changed = next
		return nil
	})
	if err != nil {
		s.catalogue.clear() // the commit may have failed: look again
	}
	return changed, err
}

// resolveName returns the name of the table that a TableName, which may be an
// ARN, means.
func resolveName(c *aws.Call, name string) (string, error) {
	if strings.HasPrefix(name, "arn:") {
		p, ok := aws.ARN(name).Parse()
		table, isTable := strings.CutPrefix(p.Resource, "table/")
		if !ok || !isTable || p.Service != "dynamodb" || strings.Contains(table, "/") {
			return "", errValidation("Invalid table ARN: %s", name)
		}
		if p.Scope != c.Scope {
			return "", errNoTable()
		}
		name = table
	}
	return name, checkTableName(name)
}

// resolveTable is resolveName for operations that the table's policy may let
// other accounts do. The name of their table is its ARN: see ownerOf.
func resolveTable(c *aws.Call, name string) (string, error) {
	p, ok := aws.ARN(name).Parse()
	if !ok || p.Service != "dynamodb" || p.Account == c.Account || p.Region != c.Region {
		return resolveName(c, name)
	}
	table, isTable := strings.CutPrefix(p.Resource, "table/")
	if !isTable || strings.Contains(table, "/") {
		return "", errValidation("Invalid table ARN: %s", name)
	}
	return name, checkTableName(table)
}

// ownerOf tells whose table a name means, which is an ARN if it is not the
// caller's, and what its owner calls it.
func ownerOf(caller aws.Scope, name string) (aws.Scope, string) {
	if !strings.HasPrefix(name, "arn:") {
		return caller, name
	}
	p, _ := aws.ARN(name).Parse()
	return p.Scope, strings.TrimPrefix(p.Resource, "table/")
}

// checkTableName has the words of the model's constraints, which are on the
// wider type that also holds ARNs.
func checkTableName(name string) error {
	var broken []string
	if len(name) > 255 {
		broken = append(broken, "Member must have length less than or equal to 255")
	}
	if len(name) < 3 {
		broken = append(broken, "Member must have length greater than or equal to 3")
	}
	if name == "" || strings.ContainsFunc(name, notInName) {
		broken = append(broken, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+")
	}
	if broken == nil {
		return nil
	}
	plural := ""
	if len(broken) > 1 {
		plural = "s"
	}
	for i, b := range broken {
		broken[i] = "Value '" + name + "' at 'tableName' failed to satisfy constraint: " + b
	}
	return errValidation("%d validation error%s detected: %s", len(broken), plural, strings.Join(broken, "; "))
}

func notInName(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '.' && r != '-'
}

// given reports whether a raw member is in the request.
func given(r shape.Raw) bool { return r != nil && string(r) != "null" }
