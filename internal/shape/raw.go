package shape

// Raw is one JSON value as it stood in the request, or as it is to stand in
// the response. Hot paths use it to go from the wire to their own form in one
// pass. It is valid only as long as the request's body.
type Raw []byte

// Params are the labels a REST route bound, in the order of its template.
// Values are percent-decoded, once.
type Params []Param

// Param is one bound label.
type Param struct{ Name, Value string }

// Get returns the value bound to name, or "".
func (p Params) Get(name string) string {
	for _, e := range p {
		if e.Name == name {
			return e.Value
		}
	}
	return ""
}
