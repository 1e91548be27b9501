package restbind

import (
	"maps"
	"slices"
	"strings"

	"github.com/niebla-cloud/niebla/internal/shape"
)

// machinery are the parameters and headers, in lower case, that belong to
// signing, transport and SDKs and never to an operation.
var machinery = map[string]bool{
	"x-id": true, "awsaccesskeyid": true, "signature": true, "expires": true,
	"x-amz-algorithm": true, "x-amz-credential": true, "x-amz-date": true, "x-amz-expires": true,
	"x-amz-signedheaders": true, "x-amz-signature": true, "x-amz-security-token": true,
	"x-amz-content-sha256": true, "x-amz-region-set": true,
	"x-amz-user-agent": true, "x-amz-target": true, "x-amz-api-version": true,
	"x-amz-decoded-content-length": true, "x-amz-trailer": true,
	"x-amz-sdk-checksum-algorithm": true, "x-amz-sdk-invocation-id": true, "x-amz-sdk-request": true,
}

// knowsQuery reports whether a parameter is a member, names the operation, or
// belongs to no operation.
func (op *Operation) knowsQuery(name string) bool {
	for _, l := range op.literals {
		if l.name == name {
			return true
		}
	}
	for i := range op.Input.Fields {
		if f := &op.Input.Fields[i]; f.Location == shape.Query && f.Wire == name {
			return true
		}
	}
	return machinery[strings.ToLower(name)]
}

func (d *decoder) reportQuery(op *Operation) {
	for _, name := range slices.Sorted(maps.Keys(d.query)) {
		low := strings.ToLower(name)
		switch {
		case op.has(shape.QueryMap) || op.knowsQuery(name):
		case d.hoisted != nil && strings.HasPrefix(low, "x-amz-") && op.knowsHeader(low):
		case d.hoisted != nil && strings.HasPrefix(low, "x-amz-checksum-"):
		default:
			d.rep.Ignore("?" + name)
		}
	}
}

func (op *Operation) has(l shape.Location) bool {
	for i := range op.Input.Fields {
		if op.Input.Fields[i].Location == l {
			return true
		}
	}
	return false
}

// knowsHeader reports whether a header, in lower case, is a member or belongs
// to no operation.
func (op *Operation) knowsHeader(low string) bool {
	for i := range op.Input.Fields {
		switch f := &op.Input.Fields[i]; f.Location {
		case shape.Header:
			if strings.EqualFold(f.Wire, low) {
				return true
			}
		case shape.Headers:
			if strings.HasPrefix(low, strings.ToLower(f.Wire)) {
				return true
			}
		}
	}
	return machinery[low] || !op.Streams && bodySum(low)
}

// bodySum reports the headers that claim a checksum of the body. A body that is
// read whole is verified before it is decoded, whatever the operation.
func bodySum(low string) bool {
	sum, ok := strings.CutPrefix(low, "x-amz-checksum-")
	return ok && sum != "algorithm" && sum != "mode" && sum != "type"
}

// reportHeaders looks at AWS' own headers only: the others are not told apart
// from what browsers and proxies send.
func (d *decoder) reportHeaders(op *Operation) {
	var unknown []string
	for name := range d.r.Header {
		if strings.HasPrefix(name, "X-Amz-") && !op.knowsHeader(strings.ToLower(name)) {
			unknown = append(unknown, strings.ToLower(name))
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		d.rep.Ignore(name)
	}
}

// Takes reports whether a query parameter is a member or names the operation.
func (op *Operation) Takes(name string) bool { return op.knowsQuery(name) && !machinery[name] }
