package appsync

import (
	"regexp"
	"strings"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/lang/graphql"
	"github.com/niebla-cloud/niebla/internal/store"
)

// live holds the compiled forms of APIs: requests read the store only after a
// change.
type live struct {
	mu      sync.RWMutex
	epoch   uint64 // of the last change
	apis    map[string]*api
	schemas map[string]*graphql.Schema // of APIs, by id: parsing takes longest
}

// forget is called when anything of an API has changed.
func (l *live) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.epoch++
	delete(l.apis, id)
}

// schema parses the schema of an API, or finds it parsed.
func (l *live) schema(id, text string) (*graphql.Schema, error) {
	l.mu.RLock()
	s := l.schemas[id]
	l.mu.RUnlock()
	if s != nil && s.Text == text {
		return s, nil
	}
	s, err := graphql.ParseSchema(text)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.schemas == nil {
		l.schemas = map[string]*graphql.Schema{}
	}
	l.schemas[id] = s
	return s, nil
}

// api is the compiled form of an API: what it takes to serve requests. It does
// not change.
type api struct {
	id       string
	scope    aws.Scope
	arn      aws.ARN
	settings APISettings
	modes    map[string]bool
	single   bool // there are no additional modes
	pools    []userPool
	keys     map[string]int64 // when they expire
	env      map[string]string

	schema *graphql.Schema // nil while there is none
	fields map[*ast.FieldDefinition]*fieldInfo

	documents documents
	tokens    tokens
}

// userPool is a user pool whose tokens an API takes.
type userPool struct {
	UserPoolConfig
	client *regexp.Regexp // nil takes all
}

// fieldInfo is what is known of one field of one object type.
type fieldInfo struct {
	parent   *ast.Definition
	def      *ast.FieldDefinition
	named    *ast.Definition // of its type, without lists
	access   []rule          // who may see it; nil means the default
	resolver *resolver       // nil takes the value from the parent
	mutates  []string        // of a subscription's field: the mutations that it follows
}

// compiled returns the API with that id, in whichever account and region.
func (s *Service) compiled(id string) (*api, error) {
	s.live.mu.RLock()
	a, epoch := s.live.apis[id], s.live.epoch
	s.live.mu.RUnlock()
	if a != nil {
		return a, nil
	}
	a, err := s.compile(id)
	if err != nil {
		return nil, err
	}
	s.live.mu.Lock()
	defer s.live.mu.Unlock()
	if s.live.epoch == epoch { // else it may be older than the change
		if s.live.apis == nil {
			s.live.apis = map[string]*api{}
		}
		s.live.apis[id] = a
	}
	return a, nil
}

// compile reads an API from the store.
func (s *Service) compile(id string) (a *api, err error) {
	err = s.DB.View(func(tx *store.Tx) error {
		at, ok := s.owners.Get(tx, aws.Scope{}, id)
		if !ok {
			return errAPINotFound(id)
		}
		r, err := s.get(tx, at, id)
		if err != nil {
			return err
		}
		a = &api{
			id: id, scope: at, arn: apiARN(at, id), settings: r.Settings, env: r.Environment,
			modes: map[string]bool{r.Settings.AuthenticationType: true}, single: len(r.Settings.AdditionalAuthenticationProviders) == 0,
			keys: map[string]int64{}, fields: map[*ast.FieldDefinition]*fieldInfo{},
		}
		for _, p := range r.Settings.AdditionalAuthenticationProviders {
			a.modes[p.AuthenticationType] = true
		}
		for _, p := range r.Settings.pools() {
			u := userPool{UserPoolConfig: p}
			if p.AppIdClientRegex != "" {
				u.client = regexp.MustCompile(p.AppIdClientRegex) // checked when it was configured
			}
			a.pools = append(a.pools, u)
		}
		for _, k := range s.keys.All(tx, at, id) {
			a.keys[k.ID] = k.Expires
		}
		if r.Schema == "" {
			return nil
		}
		if a.schema, err = s.live.schema(id, r.Schema); err != nil {
			return err
		}
		return s.compileFields(tx, a)
	})
	return a, err
}

// compileFields prepares the fields of all object types, and their resolvers.
func (s *Service) compileFields(tx *store.Tx, a *api) error {
	c := &compiler{s: s, tx: tx, api: a, sources: map[string]*source{}, functions: map[string]*step{}}
	resolvers := map[string]*resolver{}
	for _, r := range s.resolvers.All(tx, a.scope, a.id) {
		resolvers[r.Type+"."+r.Field] = c.resolver(&r)
	}
	for _, def := range a.schema.Types {
		if def.Kind != ast.Object || def.BuiltIn {
			continue
		}
		for _, f := range def.Fields {
			if strings.HasPrefix(f.Name, "__") {
				continue
			}
			a.fields[f] = &fieldInfo{
				parent: def, def: f, named: a.schema.Type(f.Type),
				access: a.rules(def, f), resolver: resolvers[def.Name+"."+f.Name], mutates: follows(f),
			}
		}
	}
	return nil
}

// follows lists the mutations that a subscription's field follows.
func follows(f *ast.FieldDefinition) []string {
	d := f.Directives.ForName("aws_subscribe")
	if d == nil {
		return nil
	}
	return names(d, "mutations")
}

// names is a directive's argument that is a list of names.
func names(d *ast.Directive, argument string) []string {
	arg := d.Arguments.ForName(argument)
	if arg == nil || arg.Value == nil {
		return nil
	}
	if arg.Value.Kind != ast.ListValue {
		return []string{arg.Value.Raw}
	}
	list := []string{}
	for _, v := range arg.Value.Children {
		list = append(list, v.Value.Raw)
	}
	return list
}

// documents are the operations that were asked for lately, by their text. Two
// generations bound how many are kept.
type documents struct {
	mu       sync.RWMutex
	new, old map[string]*document
}

const (
	maxDocuments    = 500     // of one generation
	maxCachedLength = 1 << 16 // longer ones are parsed each time
)

func (d *documents) get(text string) *document {
	d.mu.RLock()
	doc := d.new[text]
	aged := doc == nil && d.old[text] != nil
	d.mu.RUnlock()
	if !aged {
		return doc
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	doc = d.old[text]
	d.keep(text, doc)
	return doc
}

func (d *documents) put(text string, doc *document) {
	if len(text) > maxCachedLength {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.keep(text, doc)
}

func (d *documents) keep(text string, doc *document) {
	if doc == nil {
		return
	}
	if d.new == nil || len(d.new) >= maxDocuments {
		d.new, d.old = map[string]*document{}, d.new
	}
	d.new[text] = doc
}
