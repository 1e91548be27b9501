package main

import (
	"bytes"
	"fmt"
	"go/format"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// generator writes types as it meets the shapes they come from.
type generator struct {
	model   *model
	body    bytes.Buffer
	table   bytes.Buffer
	todo    []string        // structures met and not yet written
	seen    map[string]bool // structures met
	inputs  map[string]bool // structures reachable from an input
	imports map[string]bool
}

// generate returns the source of api.go and the lines of the operation table.
func generate(data []byte, pkg string, ops []string) (src []byte, table string, err error) {
	m, err := parseModel(data)
	if err != nil {
		return nil, "", err
	}
	g := &generator{model: m, seen: map[string]bool{}, inputs: map[string]bool{}, imports: map[string]bool{}}
	for i, name := range ops {
		ops[i] = strings.TrimSpace(name)
		op, ok := m.Operations[ops[i]]
		if !ok {
			return nil, "", fmt.Errorf("model has no operation %q", ops[i])
		}
		if op.Input != nil {
			g.reach(op.Input.Shape)
		}
	}
	for _, name := range ops {
		if err := g.operation(name, m.Operations[name]); err != nil {
			return nil, "", err
		}
	}
	for len(g.todo) > 0 {
		name := g.todo[0]
		g.todo = g.todo[1:]
		if err := g.nested(name); err != nil {
			return nil, "", err
		}
	}
	src, err = g.file(pkg)
	return src, g.table.String(), err
}

// reach marks the structures an input may carry.
func (g *generator) reach(name string) {
	s := g.model.Shapes[name]
	if s == nil || g.inputs[name] {
		return
	}
	g.inputs[name] = true
	for _, m := range s.Members {
		g.reach(m.Shape)
	}
	for _, r := range []*ref{s.Member, s.Value} {
		if r != nil {
			g.reach(r.Shape)
		}
	}
}

func (g *generator) file(pkg string) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\n", pkg)
	g.writeImports(&b)
	b.Write(g.body.Bytes())
	src, err := format.Source(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("generated source: %w\n%s", err, b.Bytes())
	}
	return src, nil
}

// writeImports puts the standard library first.
func (g *generator) writeImports(b *bytes.Buffer) {
	var std, ours []string
	for _, p := range slices.Sorted(maps.Keys(g.imports)) {
		if strings.Contains(p, ".") {
			ours = append(ours, strconv.Quote(p))
		} else {
			std = append(std, strconv.Quote(p))
		}
	}
	if len(std)+len(ours) > 0 {
		fmt.Fprintf(b, "import (\n%s\n\n%s\n)\n\n", strings.Join(std, "\n"), strings.Join(ours, "\n"))
	}
}

// operation writes the input and output of one operation.
func (g *generator) operation(name string, op operation) error {
	in, err := g.message(name, "Input", op.Input, g.inputBinding(op))
	if err != nil {
		return err
	}
	out, err := g.message(name, "Output", op.Output, g.outputBinding(op))
	if err != nil {
		return err
	}
	handler := "s." + lowerFirst(name)
	if op.AuthType == "none" {
		fmt.Fprintf(&g.table, "service.Unsigned(%q, %s), // %s -> %s\n", name, handler, in, out)
	} else {
		fmt.Fprintf(&g.table, "service.Op(%q, service.Any, %s), // %s -> %s\n", name, handler, in, out)
	}
	return nil
}

func (g *generator) inputBinding(op operation) tags {
	var t tags
	if g.model.rest() {
		t.add("http", op.HTTP.Method+" "+op.HTTP.RequestURI)
	}
	if op.Input != nil {
		t.addIf("root", op.Input.LocationName)
		t.addNamespace(op.Input.XMLNamespace)
	}
	return t
}

func (g *generator) outputBinding(op operation) tags {
	var t tags
	if c := op.HTTP.ResponseCode; c != 0 && c != 200 {
		t.add("status", strconv.Itoa(c))
	}
	if op.Output != nil {
		if s := g.model.Shapes[op.Output.Shape]; s != nil && g.model.rest() {
			t.addIf("root", s.LocationName)
			t.addNamespace(s.XMLNamespace)
		}
	}
	return t
}

// message writes the type of an input or output and returns its Go name.
func (g *generator) message(op, kind string, r *ref, binding tags) (string, error) {
	var s *shapeDef
	if r != nil {
		var err error
		if s, err = g.model.shape(r.Shape); err != nil {
			return "", err
		}
	}
	if (s == nil || len(s.Members) == 0) && len(binding) == 0 {
		return "service.Empty", nil
	}
	fmt.Fprintf(&g.body, "// %s%s is the %s of %s.\n", op, kind, strings.ToLower(kind), op)
	return op + kind, g.structure(op+kind, s, binding, kind == "Input")
}

// nested writes a structure that is not itself an input or output.
func (g *generator) nested(name string) error {
	s, err := g.model.shape(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(&g.body, "// %s is a structure of the API.\n", upperFirst(name))
	return g.structure(upperFirst(name), s, nil, g.inputs[name])
}

func (g *generator) structure(name string, s *shapeDef, binding tags, input bool) error {
	fmt.Fprintf(&g.body, "type %s struct {\n", name)
	if len(binding) > 0 {
		fmt.Fprintf(&g.body, "\t_ struct{} %s\n", binding)
	}
	if s != nil {
		for _, m := range slices.Sorted(maps.Keys(s.Members)) {
			if err := g.field(s, m, input); err != nil {
				return fmt.Errorf("%s.%s: %w", name, m, err)
			}
		}
	}
	g.body.WriteString("}\n\n")
	return nil
}

func (g *generator) field(parent *shapeDef, member string, input bool) error {
	r := parent.Members[member]
	s, err := g.model.shape(r.Shape)
	if err != nil {
		return err
	}
	if s.EventStream {
		fmt.Fprintf(&g.body, "\t// %s is an event stream, which this protocol's codec does not carry.\n", member)
		return nil
	}
	required := parent.requires(member)
	typ, err := g.goType(r, s, required, input)
	if err != nil {
		return err
	}
	name := upperFirst(member)
	t := g.memberTags(parent, member, name, r, s)
	note := ""
	if input {
		note = g.constraints(&t, s, required)
	}
	if note != "" {
		fmt.Fprintf(&g.body, "\t// %s\n", note)
	}
	fmt.Fprintf(&g.body, "\t%s %s %s\n", name, typ, t)
	return nil
}

// goType is the type of a field, per the rules in the package comment.
func (g *generator) goType(r ref, s *shapeDef, required, input bool) (string, error) {
	if s.Type == "blob" && (s.Streaming || r.Streaming) {
		if input {
			g.imports["io"] = true
			return "io.Reader", nil
		}
		g.imports["github.com/niebla-cloud/niebla/internal/service"] = true
		return "*service.Stream", nil
	}
	typ, err := g.element(r.Shape)
	if err != nil {
		return "", err
	}
	switch s.Type {
	case "boolean", "integer", "long", "float", "double", "timestamp":
		if !required {
			return "*" + typ, nil
		}
	case "structure":
		if typ != "shape.Raw" && (!required || g.recursive(r.Shape)) {
			return "*" + typ, nil
		}
	case "string", "character":
		if input && !required && s.Min != nil && *s.Min == "0" {
			return "*" + typ, nil
		}
	}
	return typ, nil
}

// element is the type a shape has inside a list or a map.
func (g *generator) element(name string) (string, error) {
	s, err := g.model.shape(name)
	if err != nil {
		return "", err
	}
	switch s.Type {
	case "string", "character":
		return "string", nil
	case "boolean":
		return "bool", nil
	case "integer":
		return "int32", nil
	case "long":
		return "int64", nil
	case "float", "double":
		return "float64", nil
	case "blob":
		return "[]byte", nil
	case "timestamp":
		g.imports["time"] = true
		return "time.Time", nil
	case "list":
		e, err := g.element(s.Member.Shape)
		return "[]" + e, err
	case "map":
		e, err := g.element(s.Value.Shape)
		return "map[string]" + e, err
	case "structure":
		if s.Document {
			g.imports["github.com/niebla-cloud/niebla/internal/shape"] = true
			return "shape.Raw", nil
		}
		if !g.seen[name] {
			g.seen[name] = true
			g.todo = append(g.todo, name)
		}
		return upperFirst(name), nil
	}
	return "", fmt.Errorf("shape %s has type %q, which is not known here", name, s.Type)
}

// recursive reports whether a structure holds itself by value.
func (g *generator) recursive(name string) bool {
	seen := map[string]bool{}
	var holds func(string) bool
	holds = func(n string) bool {
		for _, m := range g.model.Shapes[n].Members {
			s := g.model.Shapes[m.Shape]
			if s == nil || s.Type != "structure" {
				continue
			}
			if m.Shape == name {
				return true
			}
			if !seen[m.Shape] {
				seen[m.Shape] = true
				if holds(m.Shape) {
					return true
				}
			}
		}
		return false
	}
	return holds(name)
}

// memberTags say where and how one field stands on the wire.
func (g *generator) memberTags(parent *shapeDef, member, field string, r ref, s *shapeDef) (t tags) {
	flat := r.Flattened || s.Flattened
	if wire := g.wireName(member, r, s, flat); wire != field {
		t.add("wire", wire)
	}
	t.addIf("loc", location(parent, member, r, s))
	if flat {
		t.add("flat", "")
	}
	if s.Type == "list" && !flat {
		t.addIf("member", s.Member.LocationName)
	}
	if s.Type == "map" {
		t.addIf("mapkey", s.Key.LocationName)
		t.addIf("mapvalue", s.Value.LocationName)
	}
	if r.XMLAttribute {
		t.add("attr", "")
	}
	if r.XMLNamespace.URI == "" {
		r.XMLNamespace = s.XMLNamespace
	}
	t.addNamespace(r.XMLNamespace)
	t.addIf("ts", timestampFormat(r, s))
	return t
}

// constraints adds what the model demands of an input's member, and returns a
// remark if something could not be carried over.
func (g *generator) constraints(t *tags, s *shapeDef, required bool) string {
	if required {
		t.add("required", "")
	}
	if s.Sensitive {
		t.add("sensitive", "")
	}
	notes := []string{t.addConstraints("", s)}
	switch s.Type {
	case "list":
		notes = append(notes, t.addConstraints("elem", g.model.Shapes[s.Member.Shape]))
	case "map":
		notes = append(notes, t.addConstraints("key", g.model.Shapes[s.Key.Shape]),
			t.addConstraints("elem", g.model.Shapes[s.Value.Shape]))
	}
	return strings.Join(slices.DeleteFunc(notes, func(s string) bool { return s == "" }), " ")
}

// wireName is the member's name on the wire. A flattened list takes its
// element's name, if that has one.
func (g *generator) wireName(member string, r ref, s *shapeDef, flat bool) string {
	if flat && s.Type == "list" && s.Member.LocationName != "" {
		return s.Member.LocationName
	}
	if r.LocationName != "" {
		return r.LocationName
	}
	return member
}

func location(parent *shapeDef, member string, r ref, s *shapeDef) string {
	switch {
	case parent.Payload == member:
		return "payload"
	case r.Location == "querystring" && s.Type == "map":
		return "querymap"
	case r.Location == "querystring":
		return "query"
	case r.Location == "statusCode":
		return "status"
	}
	return r.Location
}

func timestampFormat(r ref, s *shapeDef) string {
	f := r.TimestampFormat
	if f == "" {
		f = s.TimestampFormat
	}
	if f == "unixTimestamp" {
		return "unix"
	}
	return f
}

// tags are the struct tags of a field, in order.
type tags []string

func (t *tags) add(key, value string) { *t = append(*t, key+":"+strconv.Quote(value)) }

func (t *tags) addIf(key, value string) {
	if value != "" {
		t.add(key, value)
	}
}

func (t *tags) addNamespace(n namespace) {
	if n.Prefix != "" {
		n.URI = n.Prefix + "=" + n.URI
	}
	t.addIf("xmlns", n.URI)
}

// addConstraints adds the constraints of a value, of the elements of a list
// or of the keys of a map, as prefix says.
func (t *tags) addConstraints(prefix string, s *shapeDef) (note string) {
	if s == nil {
		return ""
	}
	if s.Min != nil || s.Max != nil {
		key := "len"
		switch s.Type {
		case "integer", "long", "float", "double":
			key = "range"
		}
		var lo, hi string
		if s.Min != nil {
			lo = s.Min.String()
		}
		if s.Max != nil {
			hi = s.Max.String()
		}
		t.add(prefix+key, lo+","+hi)
	}
	if s.Pattern != "" {
		if _, err := shape.Pattern(s.Pattern); err != nil {
			note = "Pattern not expressible in RE2, check by hand: " + strings.ReplaceAll(s.Pattern, "\n", `\n`)
		} else {
			t.add(prefix+"pattern", s.Pattern)
		}
	}
	if len(s.Enum) > 0 {
		t.add(prefix+"enum", strings.Join(s.Enum, "|"))
	}
	return note
}

var printable = regexp.MustCompile("^[^`\n\r]*$")

// String is the tags as a Go literal.
func (t tags) String() string {
	s := strings.Join(t, " ")
	switch {
	case s == "":
		return ""
	case printable.MatchString(s):
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

func upperFirst(s string) string {
	for i, r := range s {
		return string(unicode.ToUpper(r)) + s[i+len(string(r)):]
	}
	return s
}

func lowerFirst(s string) string {
	for i, r := range s {
		return string(unicode.ToLower(r)) + s[i+len(string(r)):]
	}
	return s
}
