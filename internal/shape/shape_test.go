package shape

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestPlansAreCompiledOnce(t *testing.T) {
	type node struct {
		Next *node
		All  []node
	}
	var p Plans
	first := p.Of(reflect.TypeFor[node]())
	if first != p.Of(reflect.TypeFor[node]()) {
		t.Error("a second plan for the same type")
	}
	if next := first.Body("Next").Type.Base(); next != first {
		t.Error("a recursive member has another plan")
	}
	if fresh := new(Plans).Of(reflect.TypeFor[node]()); len(fresh.Fields) != len(first.Fields) || fresh.Fields[0].Wire != "Next" {
		t.Errorf("compiled again: %+v", fresh)
	}
}

func TestBadTagsPanic(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{struct {
			A string `lenght:"1,2"`
		}{}, "lenght means nothing"},
		{struct {
			A string `len:"1"`
		}{}, "least,most"},
		{struct {
			A string `len:"a,"`
		}{}, "invalid syntax"},
		{struct {
			A int32 `len:"1,2"`
		}{}, "without length"},
		{struct {
			A string `range:"1,2"`
		}{}, "not on a number"},
		{struct {
			A int32 `enum:"A"`
		}{}, "not on a string"},
		{struct {
			A string `pattern:"("`
		}{}, "missing closing"},
		{struct {
			A string `loc:"somewhere"`
		}{}, `called "somewhere"`},
		{struct {
			A time.Time `ts:"roman"`
		}{}, `called "roman"`},
		{struct {
			A string `elemlen:"1,2"`
		}{}, "elemlen means nothing"},
		{struct {
			A, B string `wire:"same"`
		}{}, "two members"},
		{struct {
			_ struct{} `http:"/no-method"`
		}{}, "not a method and a URI"},
		{struct{ A map[int]string }{}, "must be strings"},
		{struct{ A chan int }{}, "no form on the wire"},
	} {
		t.Run(tt.want, func(t *testing.T) {
			defer func() {
				if r := fmt.Sprint(recover()); !strings.Contains(r, tt.want) {
					t.Errorf("panic %q, want %q", r, tt.want)
				}
			}()
			new(Plans).Of(reflect.TypeOf(tt.value))
		})
	}
}

func TestParseTagsRefusesWhatReflectSkips(t *testing.T) {
	for _, tag := range []string{`wire`, `wire:x`, `wire:"a" wire:"b"`, `wire:"a`} {
		if got, err := parseTags(tag); err == nil {
			t.Errorf("parseTags(%s) = %v", tag, got)
		}
	}
}

func TestViolations(t *testing.T) {
	type thing struct {
		Blob  []byte  `len:"1,2"`
		Bools []bool  `len:"3,"`
		Ratio float64 `range:",0.5"`
		Parts []struct {
			Name string
			Key  string `sensitive:""`
		} `len:"2,"`
	}
	var p Plans
	c := p.Of(reflect.TypeFor[thing]())
	v := reflect.ValueOf(thing{Blob: []byte("abc"), Bools: []bool{true, false}, Ratio: 0.75,
		Parts: []struct {
			Name string
			Key  string `sensitive:""`
		}{{"n", "k"}}})
	var rep Report
	for i := range c.Fields {
		rep.Check(&c.Fields[i], c.Fields[i].In(v))
	}
	const want = "4 validation errors detected: " +
		"Value 'java.nio.HeapByteBuffer[pos=0 lim=3 cap=3]' at 'blob' failed to satisfy constraint: Member must have length less than or equal to 2; " +
		"Value '[true, false]' at 'bools' failed to satisfy constraint: Member must have length greater than or equal to 3; " +
		"Value '0.75' at 'ratio' failed to satisfy constraint: Member must have value less than or equal to 0.5; " +
		"Value '[(name=n, key=***)]' at 'parts' failed to satisfy constraint: Member must have length greater than or equal to 2"
	if got := rep.Err(); got == nil || got.Message != want || got.Code != "ValidationException" {
		t.Errorf("got  %v\nwant %s", got, want)
	}
	for range 20 {
		rep.Check(&c.Fields[0], c.Fields[0].In(v))
	}
	if got := rep.Err().Message; !strings.HasPrefix(got, "10 validation errors") || strings.Count(got, "; ") != 9 {
		t.Errorf("many: %s", got)
	}
}

func TestTimes(t *testing.T) {
	base := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		time   time.Time
		format TimeFormat
		want   string
	}{
		{base, ISO8601, "2026-11-22T08:00:00Z"},
		{base.Add(50 * time.Millisecond), ISO8601, "2026-11-22T08:00:00.050Z"},
		{base, ISO8601Milli, "2026-11-22T08:00:00.000Z"},
		{base, RFC822, "Sun, 22 Nov 2026 08:00:00 GMT"},
		{base, Unix, "1795334400"},
		{base.Add(120 * time.Millisecond), Unix, "1795334400.12"},
		{base.Add(7 * time.Millisecond), Unix, "1795334400.007"},
		{time.UnixMilli(-1), Unix, "-0.001"},
		{base.In(time.FixedZone("", 3600)), ISO8601, "2026-11-22T08:00:00Z"},
	} {
		got := string(AppendTime(nil, tt.time, tt.format))
		if got != tt.want {
			t.Errorf("format %d: %s, want %s", tt.format, got, tt.want)
		}
		back, err := ParseTime(got, tt.format)
		if err != nil || tt.format != RFC822 && !back.Equal(tt.time) {
			t.Errorf("%s is read as %v, %v", got, back, err)
		}
	}
	for _, s := range []string{"2026-11-22T09:00:00+01:00", "Sunday, 22-Nov-26 08:00:00 GMT", "Sun Nov 22 08:00:00 2026",
		"2026-11-22T08:00:00", "20261122T080000Z", "1795334400", "1795334400.0"} {
		if got, err := ParseTime(s, ISO8601); err != nil || !got.Equal(base) {
			t.Errorf("ParseTime(%s) = %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "soon", "1e300", "NaN", "0x10", "99999999999999", "-1e15"} {
		for _, f := range []TimeFormat{ISO8601, Unix} {
			if got, err := ParseTime(s, f); err == nil {
				t.Errorf("ParseTime(%q) = %v", s, got)
			}
		}
	}
}

func TestFloats(t *testing.T) {
	for _, n := range []float64{0, 1, -1.5, 1e21, 1e-7, math.MaxFloat64, math.SmallestNonzeroFloat64, math.Inf(1), math.Inf(-1)} {
		s := string(AppendFloat(nil, n))
		if back, err := ParseFloat(s); err != nil || back != n {
			t.Errorf("%v is written %s and read %v, %v", n, s, back, err)
		}
	}
	for _, s := range []string{"", "inf", "+Inf", "nan", "1e999", "x"} {
		if n, err := ParseFloat(s); err == nil {
			t.Errorf("ParseFloat(%q) = %v", s, n)
		}
	}
}

// FuzzParseTime: a time that is read can be written in every format and read
// again.
func FuzzParseTime(f *testing.F) {
	for _, s := range []string{"2026-11-22T08:00:00.123Z", "Sun, 22 Nov 2026 08:00:00 GMT", "1795334400.5", "-1", "9999-12-31T23:59:59-12:00", "1e9"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, format := range []TimeFormat{ISO8601, ISO8601Milli, RFC822, Unix} {
			tm, err := ParseTime(s, format)
			if err != nil {
				continue
			}
			written := string(AppendTime(nil, tm, format))
			if back, err := ParseTime(written, format); err != nil || back.Sub(tm).Abs() > time.Second {
				t.Errorf("%q in format %d is %v, written %s, read %v, %v", s, format, tm, written, back, err)
			}
		}
	})
}

func TestManyIgnoredMembers(t *testing.T) {
	var r Report
	r.EnterKey(strings.Repeat("k", 1<<20))
	for i := range 10_000 {
		r.Ignore(fmt.Sprint("member", i))
	}
	told := strings.Join(r.Ignored(), ", ")
	if len(r.Ignored()) == 0 || len(told) > 16<<10 {
		t.Errorf("%d members in %d bytes", len(r.Ignored()), len(told))
	}
}
