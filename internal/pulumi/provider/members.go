package provider

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// members are the properties that are set, under the names that the API has
// for them: a property is called as its member is but for the first letter, or
// its name is followed by a colon and the member's.
func members(m value.Map, names ...string) jsonObject { return pick(m, member, names) }

// camel are the members of APIs whose names are the properties' own.
func camel(m value.Map, names ...string) jsonObject {
	return pick(m, func(name string) string { return name }, names)
}

func pick(m value.Map, called func(string) string, names []string) jsonObject {
	out := jsonObject{}
	for _, name := range names {
		property, as, renamed := strings.Cut(name, ":")
		if !renamed {
			as = called(property)
		}
		if v := m[property]; v != nil && v != "" {
			out[as] = v
		}
	}
	return out
}

// member is what most APIs call a property.
func member(property string) string { return strings.ToUpper(property[:1]) + property[1:] }

// nested is a property that is an object, or nil.
func nested(m value.Map, name string) value.Map {
	n, _ := m[name].(value.Map)
	return n
}

// put puts a member unless it is empty.
func put(in jsonObject, member string, v jsonObject) {
	if len(v) > 0 {
		in[member] = v
	}
}

// rest calls an operation of a restJson service. in may be nil.
func (c *Client) rest(ctx context.Context, service, operation, method, path string, query url.Values, in jsonObject, out any) error {
	q := request{service: service, operation: operation, method: method, path: path, query: query}
	if in != nil {
		var err error
		if q.body, err = json.Marshal(in); err != nil {
			return err
		}
		q.header = http.Header{"Content-Type": {"application/json"}}
	}
	_, b, err := c.send(ctx, q)
	if err != nil || out == nil {
		return err
	}
	return json.Unmarshal(b, out)
}

// retagREST brings tags up to date where they are a map under a path.
func (r *Resource) retagREST(ctx context.Context, service, path, member string) error {
	return r.retag(func(gone []string) error {
		return r.rest(ctx, service, "UntagResource", http.MethodDelete, path, url.Values{"tagKeys": gone}, nil, nil)
	}, func(tags value.Map) error {
		return r.rest(ctx, service, "TagResource", http.MethodPost, path, nil, jsonObject{member: tags}, nil)
	})
}

// timestamp is a time that an API gives in seconds, as the provider shows it.
func timestamp(seconds float64) string {
	return time.UnixMilli(int64(seconds * 1000)).UTC().Format(time.RFC3339)
}
