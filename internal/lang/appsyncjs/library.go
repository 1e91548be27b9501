package appsyncjs

import (
	"slices"
	"strings"

	"github.com/dop251/goja"

	"github.com/niebla-cloud/niebla/internal/lang/vtl"
)

const (
	moduleUtils    = "@aws-appsync/utils"
	moduleDynamoDB = "@aws-appsync/utils/dynamodb"
	moduleRDS      = "@aws-appsync/utils/rds"
	moduleAI       = "@aws-appsync/utils/ai"
)

// modules are what can be imported, and what of it.
var modules = map[string][]string{
	moduleUtils: {"util", "extensions", "runtime"},
	moduleDynamoDB: {
		"get", "put", "update", "remove", "query", "scan", "sync", "batchGet", "batchPut", "batchDelete", "transactGet", "transactWrite",
		"toStringSet", "toNumberSet", "toBinarySet", "operations",
	},
}

// members are the properties of the objects that code is given: methods, and
// other objects, which are members themselves under owner.name. A method of
// util is that of vtl of the same name.
var members = map[string][]string{
	"util": {
		"escapeJavaScript", "urlEncode", "urlDecode", "base64Encode", "base64Decode", "autoId", "autoUlid", "autoKsuid",
		"unauthorized", "error", "appendError", "matches", "authType",
		"time", "dynamodb", "rds", "http", "xml", "transform", "math", "str",
	},
	"util.time": {
		"nowISO8601", "nowEpochSeconds", "nowEpochMilliSeconds", "nowFormatted", "parseFormattedToEpochMilliSeconds", "parseISO8601ToEpochMilliSeconds",
		"epochMilliSecondsToSeconds", "epochMilliSecondsToISO8601", "epochMilliSecondsToFormatted",
	},
	"util.dynamodb": {
		"toDynamoDB", "toString", "toStringSet", "toNumber", "toNumberSet", "toBinary", "toBinarySet", "toBoolean", "toNull", "toList", "toMap",
		"toMapValues", "toS3Object", "fromS3ObjectJson",
	},
	"util.http":      {"copyHeaders", "addResponseHeader", "addResponseHeaders"},
	"util.transform": {"toDynamoDBFilterExpression", "toDynamoDBConditionExpression", "toElasticsearchQueryDSL", "toSubscriptionFilter"},
	"util.math":      {"roundNum", "minVal", "maxVal", "randomDouble", "randomWithinRange"},
	"util.str":       {"normalize"},
	"util.rds":       {"toJsonObject"},
	"util.xml":       {"toMap", "toJsonString"},
	"extensions":     {"setSubscriptionFilter", "setSubscriptionInvalidationFilter", "invalidateSubscriptions", "evictFromApiCache"},
	"runtime":        {"earlyReturn"},
	"console":        {"log", "info", "warn", "debug", "error"},
	moduleUtils:      modules[moduleUtils],
	moduleDynamoDB:   modules[moduleDynamoDB],
	"operations":     {"add", "remove", "replace", "increment", "decrement", "append", "prepend", "updateListItem"},
}

// library is an object that code is given. Its properties are made when they
// are looked at, since code uses few of the many, and cannot be changed.
type library struct {
	e     *evaluation
	name  string
	ready map[string]goja.Value
}

func (e *evaluation) object(name string) *goja.Object {
	return e.vm.NewDynamicObject(&library{e: e, name: name})
}

// Get implements goja.DynamicObject.
func (l *library) Get(key string) goja.Value {
	if v, ok := l.ready[key]; ok {
		return v
	}
	if !l.Has(key) {
		return nil
	}
	if l.ready == nil {
		l.ready = map[string]goja.Value{}
	}
	v := l.e.member(l.name, key)
	l.ready[key] = v
	return v
}

// Has implements goja.DynamicObject.
func (l *library) Has(key string) bool { return slices.Contains(members[l.name], key) }

// Keys implements goja.DynamicObject.
func (l *library) Keys() []string { return members[l.name] }

// Set implements goja.DynamicObject.
func (l *library) Set(string, goja.Value) bool { return false }

// Delete implements goja.DynamicObject.
func (l *library) Delete(key string) bool { return !l.Has(key) }

// imported is the value of a name that code imports.
func (e *evaluation) imported(b binding) goja.Value {
	if b.name == "*" {
		return e.object(b.module)
	}
	return e.member(b.module, b.name)
}

func (e *evaluation) member(owner, name string) goja.Value {
	switch owner {
	case moduleUtils:
		return e.vm.Get(name)
	case "util":
		if inner := owner + "." + name; members[inner] != nil {
			return e.object(inner)
		}
	case moduleDynamoDB:
		if name == "operations" {
			return e.object(name)
		}
	}
	return e.vm.ToValue(func(c goja.FunctionCall) goja.Value { return e.call(owner, name, c.Arguments) })
}

func (e *evaluation) call(owner, name string, args []goja.Value) goja.Value {
	switch owner {
	case "console":
		level := map[string]string{"error": "ERROR", "debug": "DEBUG", "warn": "WARN"}[name]
		if level == "" {
			level = "INFO"
		}
		e.log(level, args)
		return goja.Undefined()
	case "util.str":
		return e.normalize(args)
	case "util.rds", "util.xml":
		panic(e.vm.NewTypeError("%s.%s is not available", owner, name))
	}
	values := make([]any, len(args))
	for i, a := range args {
		v, err := e.fromJS(a, 0)
		if err != nil {
			e.fail(err)
		}
		values[i] = v
	}
	var v any
	var err error
	switch owner {
	case "runtime":
		e.returnEarly(values)
	case moduleDynamoDB:
		v, err = (&helper{e.util}).call(name, values)
	case "operations":
		v, err = operation(name, values)
	default:
		v, err = e.util.Call(owner, name, values...)
	}
	if err != nil {
		e.fail(err)
	}
	switch {
	case owner == "extensions", owner == "util" && name == "appendError", owner == "util.http" && name != "copyHeaders":
		return goja.Undefined()
	}
	return e.toJS(v)
}

// returnEarly reads ([value[, {skipTo}]]).
func (e *evaluation) returnEarly(args []any) {
	r := &earlyReturn{}
	if len(args) > 0 {
		r.value = args[0]
	}
	if len(args) > 1 {
		if m, ok := args[1].(*vtl.Map); ok {
			skip, _ := m.Get("skipTo")
			r.skipTo, _ = skip.(string)
			if r.skipTo != "" && r.skipTo != "END" && r.skipTo != "NEXT" {
				panic(e.vm.NewTypeError("skipTo must be END or NEXT"))
			}
		}
	}
	e.fail(r)
}

// normalize is the engine's own, which knows all of Unicode.
func (e *evaluation) normalize(args []goja.Value) goja.Value {
	if len(args) < 2 || absent(args[0]) {
		return goja.Null()
	}
	s := args[0].ToString()
	f, ok := goja.AssertFunction(s.ToObject(e.vm).Get("normalize"))
	if !ok {
		return goja.Null()
	}
	v, err := f(s, e.vm.ToValue(strings.ToUpper(args[1].String())))
	if err != nil {
		e.fail(err)
	}
	return v
}
