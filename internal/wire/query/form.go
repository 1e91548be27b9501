package query

import (
	"cmp"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/niebla-cloud/niebla/internal/aws"
	"github.com/niebla-cloud/niebla/internal/shape"
)

// node is a parameter, or what parameters with a common beginning share:
// "Tags.member.1.Key=a" is four nodes deep.
type node struct {
	value    string
	set      bool
	children map[string]*node
}

// maxParameters bounds a form; IAM's and STS' largest are far smaller.
const maxParameters = 10000

// parse reads a form into a tree. machinery, parameters of the protocol and of
// signing, is left out.
func parse(form string) (*node, error) {
	root := &node{}
	n := 0
	for form != "" {
		var pair string
		pair, form, _ = strings.Cut(form, "&")
		if pair == "" {
			continue
		}
		if n++; n > maxParameters {
			return nil, malformed("The request has more than %d parameters.", maxParameters)
		}
		rawName, rawValue, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(rawName)
		if err != nil {
			return nil, malformed("The request is not well encoded.")
		}
		value, err := url.QueryUnescape(rawValue)
		if err != nil {
			return nil, malformed("The request is not well encoded.")
		}
		if machinery[name] {
			continue
		}
		if err := root.add(name, value); err != nil {
			return nil, err
		}
	}
	return root, nil
}

var machinery = map[string]bool{
	"Action": true, "Version": true,
	"X-Amz-Algorithm": true, "X-Amz-Credential": true, "X-Amz-Date": true, "X-Amz-Expires": true,
	"X-Amz-SignedHeaders": true, "X-Amz-Signature": true, "X-Amz-Security-Token": true, "X-Amz-Content-Sha256": true,
	"AWSAccessKeyId": true, "Signature": true, "SignatureMethod": true, "SignatureVersion": true, "Timestamp": true,
}

// maxParts bounds the tree's depth; two parts make one level of structure.
const maxParts = 2 * shape.MaxDepth

func (n *node) add(name, value string) error {
	if strings.Count(name, ".") >= maxParts {
		return malformed("A parameter nests deeper than %d levels.", shape.MaxDepth)
	}
	for part := range strings.SplitSeq(name, ".") {
		next := n.children[part]
		if next == nil {
			next = &node{}
			if n.children == nil {
				n.children = map[string]*node{}
			}
			n.children[part] = next
		}
		n = next
	}
	if !n.set { // of two the first counts
		n.value, n.set = value, true
	}
	return nil
}

// names are the children's names in order: what is reported is deterministic.
func (n *node) names() []string { return slices.Sorted(maps.Keys(n.children)) }

// numbered returns the children that have numbers, in their order, and the
// names of those that have none.
func (n *node) numbered() (elems []*node, others []string) {
	type element struct {
		number int
		*node
	}
	var all []element
	for _, name := range n.names() {
		if i, err := strconv.Atoi(name); err == nil && i >= 0 {
			all = append(all, element{i, n.children[name]})
		} else {
			others = append(others, name)
		}
	}
	slices.SortStableFunc(all, func(a, b element) int { return cmp.Compare(a.number, b.number) })
	for _, e := range all {
		elems = append(elems, e.node)
	}
	return elems, others
}

func malformed(format string, args ...any) *aws.Error {
	return aws.Errorf(http.StatusBadRequest, "MalformedInput", format, args...)
}

// action finds the Action of a form without reading all of it.
func action(form string) string {
	for pair := range strings.SplitSeq(form, "&") {
		if v, ok := strings.CutPrefix(pair, "Action="); ok {
			name, err := url.QueryUnescape(v)
			if err != nil {
				return ""
			}
			return name
		}
	}
	return ""
}
