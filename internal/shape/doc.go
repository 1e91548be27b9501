// Package shape turns the struct types of operations' inputs and outputs into
// plans that the wire codecs follow: members, their names and places on the
// wire, and the API model's constraints. A plan is compiled once per type; a
// Report collects, in the pass that decodes a request, the constraints it
// violates and the members it carries that the type does not model.
package shape
