package shape

import (
	"fmt"
	"io"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"
)

// Kind is what a Go type is on the wire.
type Kind uint8

// The kinds of value.
const (
	String Kind = iota
	Bool
	Int
	Float
	Time
	Blob
	List
	Map
	Struct
	Pointer // to any of these: tells absent from zero
	JSON    // a Raw
	Stream  // an io.Reader in an input, an io.ReadCloser in an output
)

// Location is where in an HTTP message a member travels.
type Location uint8

// The locations.
const (
	Body Location = iota
	Header
	Headers
	URI
	Query
	QueryMap
	Status
	Payload
)

// Type is the compiled plan of a Go type.
type Type struct {
	Go     reflect.Type
	Kind   Kind
	Elem   *Type // of a List, Map or Pointer
	Fields []Field
	Binding

	members map[string]int // those of the body, by wire name
}

// Binding is what a structure's blank field says.
type Binding struct {
	Method, URI string // of an operation's input
	Code        int    // HTTP status of a success, 0 means 200
	Root        string // XML root element
	Namespace   Namespace
}

// Namespace is an XML namespace; Prefix is usually "".
type Namespace struct{ Prefix, URI string }

// Field is one member of a structure.
type Field struct {
	Index int    // in Type.Fields
	path  []int  // to the Go field, through embedded structs
	Name  string // of the Go field
	Wire  string
	Label string // as validation messages spell it: lower camel case
	Type  *Type

	Location  Location
	Header    string // canonical form of Wire, for Header and Headers
	Flat      bool
	Attribute bool
	Member    string // of a list's elements
	MapKey    string
	MapValue  string
	Namespace Namespace
	Time      TimeFormat

	Required  bool
	Sensitive bool

	checks   []constraint // of the value
	elements []constraint // of a list's elements or a map's values
	keys     []constraint // of a map's keys
	checked  bool
}

// In returns the member of a structure.
func (f *Field) In(v reflect.Value) reflect.Value {
	if len(f.path) == 1 {
		return v.Field(f.path[0])
	}
	return v.FieldByIndex(f.path)
}

// Set is the set of a structure's members that a request carried.
type Set [2]uint64

// maxFields is the size of a Set.
const maxFields = 128

// Add adds a member.
func (s *Set) Add(f *Field) { s[f.Index>>6] |= 1 << (f.Index & 63) }

// Has reports whether a member is in the set.
func (s *Set) Has(f *Field) bool { return s[f.Index>>6]&(1<<(f.Index&63)) != 0 }

// Plans compiles types and keeps the results. The zero value is ready for use
// and safe for concurrent use.
type Plans struct {
	Query bool // members go by the names that awsQuery has for them

	mu    sync.Mutex
	types map[reflect.Type]*Type
}

// Of returns the plan of t. It panics if a tag is not understood: that is a
// mistake in the program, found by the first test that touches the type.
func (p *Plans) Of(t reflect.Type) *Type {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.types == nil {
		p.types = map[reflect.Type]*Type{}
	}
	return p.compile(t)
}

var (
	timeType   = reflect.TypeFor[time.Time]()
	rawType    = reflect.TypeFor[Raw]()
	readerType = reflect.TypeFor[io.Reader]()
)

func (p *Plans) compile(t reflect.Type) *Type {
	if c := p.types[t]; c != nil {
		return c
	}
	c := &Type{Go: t}
	p.types[t] = c // before its members: types are recursive
	switch {
	case t == rawType:
		c.Kind = JSON
	case t == timeType:
		c.Kind = Time
	case t.Implements(readerType):
		c.Kind = Stream
	default:
		p.compileKind(c)
	}
	return c
}

func (p *Plans) compileKind(c *Type) {
	t := c.Go
	switch t.Kind() {
	case reflect.String:
		c.Kind = String
	case reflect.Bool:
		c.Kind = Bool
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.Kind = Int
	case reflect.Float32, reflect.Float64:
		c.Kind = Float
	case reflect.Pointer:
		c.Kind, c.Elem = Pointer, p.compile(t.Elem())
	case reflect.Slice:
		if t.Elem().Kind() == reflect.Uint8 {
			c.Kind = Blob
			return
		}
		c.Kind, c.Elem = List, p.compile(t.Elem())
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			panic(fmt.Sprintf("shape: %v: a map's keys must be strings", t))
		}
		c.Kind, c.Elem = Map, p.compile(t.Elem())
	case reflect.Struct:
		c.Kind = Struct
		p.compileStruct(c)
	default:
		panic(fmt.Sprintf("shape: %v has no form on the wire", t))
	}
}

func (p *Plans) compileStruct(c *Type) {
	c.members = map[string]int{}
	for i := range c.Go.NumField() {
		sf := c.Go.Field(i)
		tags, err := parseTags(string(sf.Tag))
		switch {
		case err != nil:
		case sf.Name == "_":
			c.Binding, err = tags.binding()
		case sf.Anonymous && sf.Type.Kind() == reflect.Struct:
			err = p.embed(c, sf)
		case sf.IsExported():
			err = p.addField(c, sf, tags)
		}
		if err == nil {
			err = tags.leftOver()
		}
		if err != nil {
			panic(fmt.Sprintf("shape: %v.%s: %v", c.Go, sf.Name, err))
		}
	}
	if len(c.Fields) > maxFields {
		panic(fmt.Sprintf("shape: %v has more than %d members", c.Go, maxFields))
	}
}

// embed makes the members of an embedded struct members of c.
func (p *Plans) embed(c *Type, sf reflect.StructField) error {
	for _, f := range p.compile(sf.Type).Fields {
		f.path = append([]int{sf.Index[0]}, f.path...)
		if err := c.add(f); err != nil {
			return err
		}
	}
	return nil
}

func (p *Plans) addField(c *Type, sf reflect.StructField, tags tags) error {
	f := Field{
		path:  sf.Index,
		Name:  sf.Name,
		Wire:  sf.Name,
		Label: strings.ToLower(sf.Name[:1]) + sf.Name[1:],
		Type:  p.compile(sf.Type),
	}
	if err := tags.field(&f, p.Query); err != nil {
		return err
	}
	return c.add(f)
}

func (c *Type) add(f Field) error {
	f.Index = len(c.Fields)
	if f.Location == Header || f.Location == Headers {
		f.Header = http.CanonicalHeaderKey(f.Wire)
	}
	if f.Location == Body {
		if _, twice := c.members[f.Wire]; twice {
			return fmt.Errorf("two members have the wire name %q", f.Wire)
		}
		c.members[f.Wire] = f.Index
	}
	c.Fields = append(c.Fields, f)
	return nil
}

// Body returns the member of the message body with a wire name, or nil.
func (t *Type) Body(name string) *Field {
	if i, ok := t.members[name]; ok {
		return &t.Fields[i]
	}
	return nil
}

// BodyBytes is Body for a name that is still bytes; it does not allocate.
func (t *Type) BodyBytes(name []byte) *Field {
	if i, ok := t.members[string(name)]; ok {
		return &t.Fields[i]
	}
	return nil
}

// Payload returns the member that is the whole body, or nil.
func (t *Type) Payload() *Field {
	for i := range t.Fields {
		if t.Fields[i].Location == Payload {
			return &t.Fields[i]
		}
	}
	return nil
}

// Base follows pointers.
func (t *Type) Base() *Type {
	for t.Kind == Pointer {
		t = t.Elem
	}
	return t
}

// Settle follows pointers to the value to be filled in, making what is nil.
func (t *Type) Settle(v reflect.Value) (*Type, reflect.Value) {
	for t.Kind == Pointer {
		if v.IsNil() {
			v.Set(reflect.New(t.Elem.Go))
		}
		t, v = t.Elem, v.Elem()
	}
	return t, v
}

// Follow follows pointers to a value to be read; ok is false at a nil one.
func (t *Type) Follow(v reflect.Value) (_ *Type, _ reflect.Value, ok bool) {
	for t.Kind == Pointer {
		if v.IsNil() {
			return t, v, false
		}
		t, v = t.Elem, v.Elem()
	}
	return t, v, true
}

// Absent reports whether a member with value v is left out of a message: nil,
// "" and the zero time are.
func (t *Type) Absent(v reflect.Value) bool {
	switch t.Kind {
	case String:
		return v.Len() == 0
	case Time:
		return TimeOf(v).IsZero()
	case Blob, JSON, List, Map, Pointer:
		return v.IsNil()
	case Stream:
		return v.IsNil()
	}
	return false
}

// TimeOf is the time in v, without the allocation of v.Interface.
func TimeOf(v reflect.Value) time.Time {
	if v.CanAddr() {
		return *v.Addr().Interface().(*time.Time)
	}
	return v.Interface().(time.Time)
}
