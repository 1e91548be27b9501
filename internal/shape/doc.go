// Package shape turns the struct types of operations' inputs and outputs into
// plans that the wire codecs follow: members, their names and places on the
// wire, and the API model's constraints. A plan is compiled once per type; a
// Report collects, in the pass that decodes a request, the constraints it
// violates and the members it carries that the type does not model.
//
// Tags of a member:
//
//	wire:"name"        its name on the wire, if not the field's name
//	query:"name"       its name in awsQuery, of services that left that protocol and renamed members
//	loc:"..."          header, headers (a prefix), uri, query, querymap, status, payload
//	flat:""            a list or map without an enclosing element (XML, query)
//	member:"Item"      the name of a list's elements, if not "member"
//	mapkey, mapvalue   the names of a map's keys and values, if not "key" and "value"
//	attr:"" xmlns:"u"  an XML attribute; the namespace of an element ("p=u" binds prefix p)
//	ts:"..."           iso8601, iso8601ms, rfc822 or unix, if not the protocol's default
//	required:"" len:"1,64" range:"1," pattern:"[a-z]+" enum:"A|B"
//	elem… key…         the same for a list's elements or a map's values, and for a map's keys
//	sensitive:""       the value is left out of error messages
//
// Tags of an input's or output's blank field (_ struct{}):
//
//	http:"PUT /{Bucket}?acl"  method and URI
//	status:"204"              status of a success
//	root:"Name" xmlns:"u"     the XML root element
//
// Invariants:
//   - A plan is compiled once, and compiling it again gives the same (TestPlansAreCompiledOnce).
//   - A tag that is not understood is a panic at first use, not a rule that is skipped (TestBadTagsPanic).
//   - Violations read as AWS words them, at most ten (TestViolations).
package shape
