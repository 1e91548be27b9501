package vtl

import (
	"encoding/base64"
	"net/url"
	"strings"
	"unicode"
)

// customError is the type of an error of $util.validate that has none.
const customError = "CustomTemplateException"

// utilMethod are the methods of $util itself.
func (r *run) utilMethod(name string, args arguments) (any, error) {
	switch name {
	case "qr", "quiet":
		return "", nil
	case "error":
		e, err := r.fieldError(args)
		if err != nil {
			return nil, err
		}
		return nil, &Thrown{e}
	case "appendError":
		e, err := r.fieldError(args)
		if err != nil {
			return nil, err
		}
		r.result.Errors = append(r.result.Errors, e)
		return "", r.grow(256)
	case "unauthorized":
		return nil, &Thrown{FieldError{
			Message: "Not Authorized to access " + r.env.Field + " on type " + r.env.ParentType,
			Type:    "Unauthorized",
		}}
	case "validate":
		return r.validate(args)
	case "toJson":
		return r.toJSON(args.value(0))
	case "parseJson":
		return r.parseJSON(args)
	case "autoId":
		return r.env.IDs.UUID(), nil
	case "autoUlid":
		return r.ulid()
	case "autoKsuid":
		return r.ksuid()
	case "authType":
		return r.env.AuthType, nil
	case "matches":
		pattern, s, ok := args.texts()
		if !ok {
			return nil, nil
		}
		return r.matches(pattern, s)
	}
	if v, ok := inspect(name, args); ok {
		return v, nil
	}
	return r.recode(name, args)
}

// fieldError reads (message[, type[, data[, info]]]).
func (r *run) fieldError(args arguments) (FieldError, error) {
	message, err := r.text(args.value(0))
	if err != nil {
		return FieldError{}, err
	}
	e := FieldError{Message: message, Data: args.value(2), Info: args.value(3)}
	if t := args.value(1); t != nil {
		if e.Type, err = r.text(t); err != nil {
			return FieldError{}, err
		}
	}
	return e, nil
}

// validate reads (condition, message[, type[, data]]).
func (r *run) validate(args arguments) (any, error) {
	if len(args) < 2 {
		return nil, nil
	}
	if truth(args[0]) {
		return "", nil
	}
	e, err := r.fieldError(args[1:])
	if err != nil {
		return nil, err
	}
	if e.Type == "" {
		e.Type = customError
	}
	e.Info = nil
	return nil, &Thrown{e}
}

func (r *run) toJSON(v any) (any, error) {
	w := jsonWriter{r}
	b, err := w.append(nil, v, 0)
	if err != nil {
		return nil, err
	}
	return string(b), r.grow(len(b))
}

func (r *run) parseJSON(args arguments) (any, error) {
	s, ok := args.text(0)
	if !ok {
		return nil, nil
	}
	if err := r.grow(32 * len(s)); err != nil {
		return nil, err
	}
	return ParseJSON(s)
}

// inspect are the methods that look at a value.
func inspect(name string, args arguments) (any, bool) {
	v := args.value(0)
	switch name {
	case "isNull":
		return v == nil, true
	case "isNullOrEmpty":
		return empty(v), true
	case "isNullOrBlank":
		return blankValue(v), true
	case "defaultIfNull":
		return either(v == nil, args.value(1), v), true
	case "defaultIfNullOrEmpty":
		return either(empty(v), args.value(1), v), true
	case "defaultIfNullOrBlank":
		return either(blankValue(v), args.value(1), v), true
	case "isString":
		return kindOf(v) == kindString, true
	case "isNumber":
		return kindOf(v) == kindNumber, true
	case "isBoolean":
		return kindOf(v) == kindBoolean, true
	case "isList":
		return kindOf(v) == kindList, true
	case "isMap":
		return kindOf(v) == kindMap, true
	case "typeOf":
		return [...]string{
			kindOther: "Object", kindNull: "Null", kindString: "String", kindNumber: "Number",
			kindBoolean: "Boolean", kindList: "List", kindMap: "Map",
		}[kindOf(v)], true
	}
	return nil, false
}

func either(otherwise bool, a, b any) any {
	if otherwise {
		return a
	}
	return b
}

func empty(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case *List:
		return len(v.items) == 0
	case *Map:
		return v.Len() == 0
	}
	return false
}

func blankValue(v any) bool {
	if s, ok := v.(string); ok {
		return strings.TrimFunc(s, unicode.IsSpace) == ""
	}
	return empty(v)
}

// recode are the methods that write a string in another way.
func (r *run) recode(name string, args arguments) (any, error) {
	v := args.value(0)
	if v == nil || len(args) != 1 {
		return nil, nil
	}
	s, err := r.text(v)
	if err != nil {
		return nil, err
	}
	if err := r.grow(4 * len(s)); err != nil {
		return nil, err
	}
	switch name {
	case "escapeJavaScript":
		return escapeJavaScript(s), nil
	case "urlEncode":
		return strings.ReplaceAll(strings.ReplaceAll(url.QueryEscape(s), "%2A", "*"), "~", "%7E"), nil
	case "urlDecode":
		out, err := url.QueryUnescape(s)
		if err != nil {
			return nil, faultf("%s cannot be decoded: %s", quote(s), err)
		}
		return out, nil
	case "base64Encode":
		return base64.StdEncoding.EncodeToString([]byte(s)), nil
	case "base64Decode":
		out, err := base64.StdEncoding.DecodeString(s)
		if err != nil {
			if out, err = base64.RawStdEncoding.DecodeString(strings.TrimRight(s, "=")); err != nil {
				return nil, faultf("%s is not base64", quote(s))
			}
		}
		return string(out), nil
	}
	return nil, nil
}
