package rpc

import (
	"fmt"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// RegisterResource is what a program says of a resource it wants.
type RegisterResource struct {
	Type, Name, Parent string
	Custom             bool // managed by a provider; else a component
	Properties         value.Map
	Provider           string // "URN::ID" of an explicit provider, or ""
	Version            string // of the provider's SDK

	Dependencies         []string            // URNs, of properties and of dependsOn
	PropertyDependencies map[string][]string // URNs, by property
	AliasURNs            []string
	DeletedWith          string

	Protect             bool
	RetainOnDelete      bool
	DeleteBeforeReplace *bool
	IgnoreChanges       []string
	ReplaceOnChanges    []string
	SecretOutputs       []string

	CreateTimeout, UpdateTimeout, DeleteTimeout time.Duration // 0 is none
}

// immaterial are the fields of RegisterResourceRequest that say nothing of what
// becomes of the resource: what the SDK would accept in the answer, where the
// call stands in the source, where a plugin would be downloaded from.
var immaterial = map[int]bool{
	13: true, 19: true, 21: true, 22: true, 24: true, 28: true, 29: true, 30: true,
	32: true, 35: true, 36: true, 37: true, 40: true, 42: true,
}

// refused are the options that are understood and not carried out.
var refused = map[int]string{
	16: "import", 20: "remote components", 26: "alias specs", 31: "transforms", 33: "package references",
	34: "hooks", 38: "replaceWith", 39: "replacementTrigger", 41: "envVarMappings",
}

// DecodeRegisterResource reads a RegisterResourceRequest.
func DecodeRegisterResource(b []byte) (*RegisterResource, error) {
	r := &RegisterResource{Properties: value.Map{}, PropertyDependencies: map[string][]string{}}
	defined, before := false, false
	err := value.Fields(b, func(field int, f value.Field) error {
		switch field {
		case 10:
			before = f.Number != 0
		case 18:
			defined = f.Number != 0
		default:
			return r.field(field, f)
		}
		return nil
	})
	if defined || before {
		r.DeleteBeforeReplace = &before
	}
	return r, err
}

func (r *RegisterResource) field(field int, f value.Field) (err error) {
	text := string(f.Bytes)
	switch field {
	case 1:
		r.Type = text
	case 2:
		r.Name = text
	case 3:
		r.Parent = text
	case 4:
		r.Custom = f.Number != 0
	case 5:
		r.Properties, err = value.Decode(f.Bytes)
	case 6:
		r.Protect = f.Number != 0
	case 7:
		r.Dependencies = append(r.Dependencies, text)
	case 8:
		r.Provider = text
	case 9:
		return decodeDependencies(f.Bytes, r.PropertyDependencies)
	case 11:
		r.Version = text
	case 12:
		r.IgnoreChanges = append(r.IgnoreChanges, text)
	case 14:
		r.SecretOutputs = append(r.SecretOutputs, text)
	case 15:
		r.AliasURNs = append(r.AliasURNs, text)
	case 17:
		return r.timeouts(f.Bytes)
	case 23:
		r.ReplaceOnChanges = append(r.ReplaceOnChanges, text)
	case 25:
		r.RetainOnDelete = f.Number != 0
	case 27:
		r.DeletedWith = text
	default:
		return r.other(field, f)
	}
	return err
}

// other passes over a field that does not matter, and refuses one that does.
func (r *RegisterResource) other(field int, f value.Field) error {
	if immaterial[field] || (len(f.Bytes) == 0 && f.Number == 0) {
		return nil
	}
	option, ok := refused[field]
	if !ok {
		option = fmt.Sprintf("number %d", field)
	}
	return fmt.Errorf("%s %q: niebla up does not support the resource option %s", r.Type, r.Name, option)
}

func (r *RegisterResource) timeouts(b []byte) error {
	return value.Fields(b, func(field int, f value.Field) error {
		if field > 3 || len(f.Bytes) == 0 {
			return nil
		}
		d, err := time.ParseDuration(string(f.Bytes))
		*[]*time.Duration{&r.CreateTimeout, &r.UpdateTimeout, &r.DeleteTimeout}[field-1] = d
		return err
	})
}

func decodeDependencies(entry []byte, into map[string][]string) error {
	var key string
	var urns []string
	err := value.Fields(entry, func(field int, f value.Field) error {
		if field == 1 {
			key = string(f.Bytes)
			return nil
		}
		return value.Fields(f.Bytes, func(field int, f value.Field) error {
			if field == 1 {
				urns = append(urns, string(f.Bytes))
			}
			return nil
		})
	})
	into[key] = urns
	return err
}

// Registered answers RegisterResource and ReadResource: what the resource is.
type Registered struct {
	URN, ID    string
	Properties value.Map
	Unknown    bool // the resource is not there yet: this is a preview
}

// EncodeRegistered writes a RegisterResourceResponse.
func EncodeRegistered(r Registered) []byte {
	b := appendString(nil, 1, r.URN)
	b = appendString(b, 2, r.ID)
	b = appendBytes(b, 3, value.Encode(nil, r.Properties))
	if r.Unknown {
		b = protowire.AppendTag(b, 8, protowire.VarintType)
		b = protowire.AppendVarint(b, 1)
	}
	return b
}

// ReadResource is a program's question for a resource that exists.
type ReadResource struct {
	Type, Name, ID, Parent, Provider, Version string
	Properties                                value.Map
	Dependencies                              []string
	SecretOutputs                             []string
}

// DecodeReadResource reads a ReadResourceRequest.
func DecodeReadResource(b []byte) (*ReadResource, error) {
	r := &ReadResource{Properties: value.Map{}}
	err := value.Fields(b, func(field int, f value.Field) (err error) {
		text := string(f.Bytes)
		switch field {
		case 1:
			r.ID = text
		case 2:
			r.Type = text
		case 3:
			r.Name = text
		case 4:
			r.Parent = text
		case 5:
			r.Properties, err = value.Decode(f.Bytes)
		case 6:
			r.Dependencies = append(r.Dependencies, text)
		case 7:
			r.Provider = text
		case 8:
			r.Version = text
		case 10:
			r.SecretOutputs = append(r.SecretOutputs, text)
		}
		return err
	})
	return r, err
}

// EncodeRead writes a ReadResourceResponse.
func EncodeRead(r Registered) []byte {
	return appendBytes(appendString(nil, 1, r.URN), 2, value.Encode(nil, r.Properties))
}

// Outputs are the outputs of a component or of the stack.
type Outputs struct {
	URN    string
	Values value.Map
}

// DecodeOutputs reads a RegisterResourceOutputsRequest.
func DecodeOutputs(b []byte) (*Outputs, error) {
	o := &Outputs{Values: value.Map{}}
	err := value.Fields(b, func(field int, f value.Field) (err error) {
		switch field {
		case 1:
			o.URN = string(f.Bytes)
		case 2:
			o.Values, err = value.Decode(f.Bytes)
		}
		return err
	})
	return o, err
}

func appendString(b []byte, field protowire.Number, s string) []byte {
	return appendBytes(b, field, []byte(s))
}

func appendBytes(b []byte, field protowire.Number, s []byte) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	return protowire.AppendBytes(b, s)
}
