package runtime

// Idle is how many instances of a function wait for an event.
func (h *Host) Idle(key string) int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.pools[key].idle)
}
