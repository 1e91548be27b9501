package policy

import "sync"

// Cache remembers compiled resource policies by their text, which many
// resources share. The zero value is ready for use and safe for concurrent use.
type Cache struct {
	mu       sync.Mutex
	compiled map[string]*Policy
}

// maxCompiled bounds a Cache; beyond it all are forgotten.
const maxCompiled = 1024

// Compile returns the policy of a document; "" is none.
func (c *Cache) Compile(document string) (*Policy, error) {
	if document == "" {
		return nil, nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if p, ok := c.compiled[document]; ok {
		return p, nil
	}
	p, err := Parse(document, Resource)
	if err != nil {
		return nil, err
	}
	if len(c.compiled) >= maxCompiled || c.compiled == nil {
		c.compiled = map[string]*Policy{}
	}
	c.compiled[document] = p
	return p, nil
}
