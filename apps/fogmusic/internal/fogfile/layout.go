package fogfile

// Chunks is how many chunks follow the header: at least one, so that an empty
// song is authenticated too.
func (h Header) Chunks() int64 {
	c := int64(h.ChunkSize)
	return max(1, (h.PlainSize+c-1)/c)
}

// Size is the size of the whole container.
func (h Header) Size() int64 {
	return HeaderSize + h.PlainSize + h.Chunks()*TagSize
}

// Span gives where chunk i lies in the container, tag included.
func (h Header) Span(i int64) (offset int64, length int) {
	return HeaderSize + i*int64(h.ChunkSize+TagSize), h.plainLen(i) + TagSize
}

// last tells whether chunk i ends the song.
func (h Header) last(i int64) bool { return i == h.Chunks()-1 }

// plainLen is how many bytes of the song chunk i holds.
func (h Header) plainLen(i int64) int {
	return int(min(int64(h.ChunkSize), h.PlainSize-i*int64(h.ChunkSize)))
}
