package vtl

// family is a group of methods that AppSync gives to templates: $util and
// those within it, and $extensions.
type family string

const (
	familyUtil       family = "util"
	familyTime       family = "util.time"
	familyDynamoDB   family = "util.dynamodb"
	familyList       family = "util.list"
	familyMap        family = "util.map"
	familyStr        family = "util.str"
	familyMath       family = "util.math"
	familyTransform  family = "util.transform"
	familyHTTP       family = "util.http"
	familyLog        family = "util.log"
	familyRDS        family = "util.rds"
	familyXML        family = "util.xml"
	familyExtensions family = "extensions"
)

// families are the values of the variables that every template has.
var families = map[string]family{"util": familyUtil, "utils": familyUtil, "extensions": familyExtensions}

func (f family) property(name string) (any, error) {
	if f != familyUtil {
		return nil, nil
	}
	switch inner := familyUtil + "." + family(name); inner {
	case familyTime, familyDynamoDB, familyList, familyMap, familyStr, familyMath, familyTransform, familyHTTP, familyLog:
		return inner, nil
	case familyRDS, familyXML:
		return nil, faultf("$%s is not available", inner)
	}
	return nil, nil
}

// call calls a method. As everywhere in Velocity, null answers for one that
// does not exist.
func (f family) call(r *run, name string, args []any) (any, error) {
	switch f {
	case familyUtil:
		return r.utilMethod(name, args)
	case familyTime:
		return r.timeMethod(name, args)
	case familyDynamoDB:
		return r.dynamoDBMethod(name, args)
	case familyList:
		return r.utilList(name, args)
	case familyMap:
		return r.utilMap(name, args)
	case familyStr:
		return r.utilStr(name, args)
	case familyMath:
		return r.utilMath(name, args)
	case familyTransform:
		return r.transformMethod(name, args)
	case familyHTTP:
		return r.utilHTTP(name, args)
	case familyLog:
		return r.utilLog(name, args)
	case familyExtensions:
		if r.env.Extension == nil {
			return nil, faultf("$extensions.%s is not available", name)
		}
		v, err := r.env.Extension(name, args)
		if err != nil {
			return nil, &fault{message: err.Error(), cause: err}
		}
		return v, nil
	}
	return nil, nil
}

// arguments reads what methods are given.
type arguments []any

func (a arguments) value(i int) any {
	if i < len(a) {
		return a[i]
	}
	return nil
}

func (a arguments) text(i int) (string, bool) {
	s, ok := a.value(i).(string)
	return s, ok
}

func (a arguments) texts() (s, t string, ok bool) {
	s, ok = a.text(0)
	t, ok2 := a.text(1)
	return s, t, ok && ok2 && len(a) == 2
}
