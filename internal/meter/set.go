package meter

import (
	"encoding/binary"
	"errors"
	"math"
	"slices"
)

// Stat is what a minute of a series came to.
type Stat struct{ Count, Sum, Min, Max float64 }

// Set is a set of values: their Stat, and how they are distributed.
type Set struct {
	Stat
	// bins are the distribution. There are none while all values are the same,
	// as most counts are.
	bins   []bin
	opaque bool // some values came as statistics only, so nobody knows the distribution
}

// bin counts the values around one power of gamma. Keys order as values do.
type bin struct {
	key    int32
	n, sum float64
}

// gamma is the ratio of neighbouring bins, which makes what they stand for at
// most one percent wrong.
const gamma = 1.02

var logGamma = math.Log(gamma)

// zero is the key of the bin of 0; those of the smallest values are next to it.
const (
	origin   = 40000 // more than the number of powers of gamma in a float64
	smallest = 1e-300
)

func keyOf(v float64) int32 {
	switch {
	case v > smallest:
		return origin + int32(math.Ceil(math.Log(v)/logGamma))
	case v < -smallest:
		return -keyOf(-v)
	}
	return 0
}

// value is what a bin stands for: exact, where its values are all the same.
func (b bin) value() float64 { return b.sum / b.n }

// Values is the set of one value that came n times.
func Values(v, n float64) Set { return Set{Stat: Stat{n, v * n, v, v}} }

// Statistics is a set of which only the statistics are known.
func Statistics(st Stat) Set { return Set{Stat: st, opaque: st.Min != st.Max} }

// add adds a value that came n times.
func (s *Set) add(v, n float64) {
	if s.Count == 0 {
		s.Stat = Stat{n, v * n, v, v}
		return
	}
	if v != s.Min || v != s.Max {
		if len(s.bins) == 0 && !s.opaque {
			s.bin(keyOf(s.Min), s.Count, s.Sum)
		}
		s.bin(keyOf(v), n, v*n)
	} else if len(s.bins) > 0 {
		s.bin(keyOf(v), n, v*n)
	}
	s.Count += n
	s.Sum += v * n
	s.Min, s.Max = min(s.Min, v), max(s.Max, v)
}

func (s *Set) bin(key int32, n, sum float64) {
	lo, hi := 0, len(s.bins)
	for lo < hi {
		if mid := (lo + hi) / 2; s.bins[mid].key < key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(s.bins) && s.bins[lo].key == key {
		s.bins[lo].n += n
		s.bins[lo].sum += sum
		return
	}
	s.bins = slices.Insert(s.bins, lo, bin{key, n, sum})
}

// Merge adds the values of another set.
func (s *Set) Merge(o *Set) {
	switch {
	case o.Count == 0 && o.Sum == 0:
		return
	case s.Count == 0 && s.Sum == 0:
		*s = *o
		s.bins = slices.Clone(o.bins)
		return
	case o.Min == o.Max && len(o.bins) == 0 && !o.opaque:
		sum := s.Sum + o.Sum // as it was given, not as multiplied
		s.add(o.Min, o.Count)
		s.Sum = sum
		return
	}
	if len(s.bins) == 0 && !s.opaque {
		s.bin(keyOf(s.Min), s.Count, s.Sum)
	}
	for _, b := range o.bins {
		s.bin(b.key, b.n, b.sum)
	}
	s.opaque = s.opaque || o.opaque
	s.Count += o.Count
	s.Sum += o.Sum
	s.Min, s.Max = min(s.Min, o.Min), max(s.Max, o.Max)
}

// Bins yields the values in order, each with how often it came; ok is false if
// the distribution is not known.
func (s *Set) Bins() (list []Weighted, ok bool) {
	if s.opaque || s.Count <= 0 {
		return nil, false
	}
	if len(s.bins) == 0 {
		return []Weighted{{s.Min, s.Count}}, true
	}
	list = make([]Weighted, 0, len(s.bins))
	for _, b := range s.bins {
		if b.n <= 0 {
			continue
		}
		list = append(list, Weighted{min(max(b.value(), s.Min), s.Max), b.n})
	}
	return list, true
}

// Weighted is a value and how often it came.
type Weighted struct{ Value, N float64 }

// Percentile is the value that p percent of the values are not above; ok is
// false if the distribution is not known.
func (s *Set) Percentile(p float64) (v float64, ok bool) {
	list, ok := s.Bins()
	if !ok {
		return 0, false
	}
	rank, seen := p/100*s.Count, 0.0
	for _, w := range list {
		if seen += w.N; seen >= rank {
			return w.Value, true
		}
	}
	return s.Max, true
}

// The first byte of a stored set.
const (
	plainSet  = 1
	opaqueSet = 2
)

// append encodes a set.
func (s *Set) append(b []byte) []byte {
	kind := byte(plainSet)
	if s.opaque {
		kind = opaqueSet
	}
	b = append(b, kind)
	for _, f := range []float64{s.Count, s.Sum, s.Min, s.Max} {
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(f))
	}
	last := int64(0)
	for _, x := range s.bins {
		b = binary.AppendVarint(b, int64(x.key)-last)
		last = int64(x.key)
		if n := uint64(x.n); float64(n) == x.n && n > 0 && n < 1<<50 {
			b = binary.AppendUvarint(b, n)
		} else { // Counts may be fractions
			b = binary.BigEndian.AppendUint64(append(b, 0), math.Float64bits(x.n))
		}
		b = binary.BigEndian.AppendUint64(b, math.Float64bits(x.sum))
	}
	return b
}

var errSet = errors.New("meter: not a set")

// decodeSet undoes append.
func decodeSet(b []byte) (s Set, err error) {
	if len(b) < 33 || b[0] != plainSet && b[0] != opaqueSet {
		return s, errSet
	}
	s.opaque = b[0] == opaqueSet
	for i, f := range []*float64{&s.Count, &s.Sum, &s.Min, &s.Max} {
		*f = math.Float64frombits(binary.BigEndian.Uint64(b[1+8*i:]))
	}
	for b, last := b[33:], int64(0); len(b) > 0; {
		d, n := binary.Varint(b)
		if n <= 0 {
			return s, errSet
		}
		b = b[n:]
		whole, n := binary.Uvarint(b)
		if n <= 0 {
			return s, errSet
		}
		b = b[n:]
		count := float64(whole)
		if whole == 0 {
			if len(b) < 8 {
				return s, errSet
			}
			count, b = math.Float64frombits(binary.BigEndian.Uint64(b)), b[8:]
		}
		if last += d; last > math.MaxInt32 || last < math.MinInt32 {
			return s, errSet
		}
		if len(b) < 8 {
			return s, errSet
		}
		s.bins = append(s.bins, bin{int32(last), count, math.Float64frombits(binary.BigEndian.Uint64(b))})
		b = b[8:]
	}
	return s, nil
}
