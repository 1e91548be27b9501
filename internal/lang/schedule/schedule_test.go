package schedule

import (
	"os"
	"strings"
	"testing"
	"time"
)

// lines returns the lines of a file in testdata.
func lines(t testing.TB, file string) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for l := range strings.Lines(string(text)) {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			list = append(list, l)
		}
	}
	return list
}

func place(t testing.TB, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

var start = time.Date(2026, 1, 1, 0, 0, 30, 0, time.UTC)

func TestOccurrences(t *testing.T) {
	for _, l := range lines(t, "occurrences.txt") {
		f := strings.SplitN(l, " ~ ", 4)
		s, err := Parse(f[0], place(t, f[1]))
		if err != nil {
			t.Errorf("%s: %v", f[0], err)
			continue
		}
		at, err := time.Parse(time.RFC3339, f[2])
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range strings.Fields(f[3]) {
			next, ok := s.Next(start, at)
			got := "never"
			if ok {
				got = next.UTC().Format(time.RFC3339)
			}
			if got != want {
				t.Errorf("%s in %s after %s: %s, want %s", f[0], f[1], at.UTC().Format(time.RFC3339), got, want)
				break
			}
			at = next
		}
	}
}

func TestRefused(t *testing.T) {
	for _, l := range append(lines(t, "refused.txt"), "") {
		if s, err := Parse(l, place(t, "Europe/Madrid")); err == nil {
			t.Errorf("%s is %+v", l, s)
		}
	}
}

// TestNextIsTheNext looks at each minute of a year, and so finds what an
// expression leaves out or adds.
func TestNextIsTheNext(t *testing.T) {
	for _, text := range []string{
		"cron(*/17 3-5 * * ? *)", "cron(30 2 ? * SUN *)", "cron(7 1,2,3 L * ? *)", "cron(59 23 LW * ? *)", "cron(0 0 15W * ? *)",
		"cron(10 2 ? 3,10 1L *)", "cron(0 * ? * 2#3 2026)", "rate(7 hours)",
	} {
		for _, name := range []string{"UTC", "Europe/Madrid", "America/Sao_Paulo", "Australia/Lord_Howe"} {
			l := place(t, name)
			s, err := Parse(text, l)
			if err != nil {
				t.Fatal(err)
			}
			year := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			next, ok := s.Next(start, year.Add(-time.Second))
			shown := ""
			for at := year; at.Year() == 2026; at = at.Add(30 * time.Minute) {
				for ; ok && next.Before(at.Add(30*time.Minute)); next, ok = s.Next(start, next) {
					if next.Before(at) {
						t.Fatalf("%s in %s: %s lies behind", text, name, next)
					}
					if s.cron != nil {
						wall := next.In(l).Format("2006-01-02T15:04")
						if wall <= shown {
							t.Fatalf("%s in %s: %s after %s", text, name, wall, shown)
						}
						if shown = wall; !s.cron.fits(next.In(l)) {
							t.Fatalf("%s in %s: %s does not fit", text, name, next.In(l))
						}
					}
				}
				if again, _ := s.Next(start, at.Add(30*time.Minute-1)); ok && !again.Equal(next) {
					t.Fatalf("%s in %s: after %s comes %s, and stepping finds %s", text, name, at, again, next)
				}
			}
			// What is not skipped occurs: count the walls that fit.
			if s.cron != nil {
				want, got := 0, 0
				seen := map[string]bool{}
				for at := year; at.Year() == 2026; at = at.Add(time.Minute) {
					wall := at.In(l).Format("2006-01-02T15:04")
					if s.cron.fits(at.In(l)) && !seen[wall] {
						seen[wall] = true
						want++
					}
				}
				for at, ok := s.Next(start, year.Add(-time.Second)); ok && at.UTC().Year() == 2026; at, ok = s.Next(start, at) {
					got++
				}
				if got != want {
					t.Errorf("%s in %s occurs %d times in a year, want %d", text, name, got, want)
				}
			}
		}
	}
}

// fits reports whether a time on the wall is in each field.
func (c *cron) fits(t time.Time) bool {
	return c.minutes.has(t.Minute()) && c.hours.has(t.Hour()) && c.months.has(int(t.Month())) && c.days(monthOf(t.Year(), t.Month())).has(t.Day())
}

func TestLast(t *testing.T) {
	known := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	for _, c := range []struct{ text, until, want string }{
		{"cron(0 12 * * ? *)", "2026-01-01T13:00:00Z", "2026-01-01T12:00:00Z"},
		{"cron(0 12 * * ? *)", "2026-01-05T11:00:00Z", "2026-01-04T12:00:00Z"},
		{"cron(* * * * ? *)", "2029-01-05T11:00:20Z", "2029-01-05T11:00:00Z"},
		{"cron(0 12 1 1 ? *)", "2029-06-05T11:00:20Z", "2029-01-01T12:00:00Z"},
		{"cron(0 12 1 1 ? 2026)", "2029-06-05T11:00:20Z", "2026-01-01T12:00:00Z"},
	} {
		s, err := Parse(c.text, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		until, err := time.Parse(time.RFC3339, c.until)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Last(start, known, until).Format(time.RFC3339); got != c.want {
			t.Errorf("%s until %s: %s, want %s", c.text, c.until, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, file := range []string{"occurrences.txt", "refused.txt"} {
		for _, l := range lines(f, file) {
			text, _, _ := strings.Cut(l, " ~ ")
			f.Add(text, int64(1_767_225_600))
		}
	}
	madrid := place(f, "Europe/Madrid")
	f.Fuzz(func(t *testing.T, text string, unix int64) {
		s, err := Parse(text, madrid)
		if err != nil {
			return
		}
		after := time.Unix(unix%10_000_000_000, 0)
		if next, ok := s.Next(start, after); ok && !next.After(after) {
			t.Errorf("%s: after %s comes %s", text, after, next)
		}
	})
}

func BenchmarkNext(b *testing.B) {
	s, err := Parse("cron(0 4 ? * MON *)", place(b, "Europe/Madrid"))
	if err != nil {
		b.Fatal(err)
	}
	at := start
	for b.Loop() {
		if _, ok := s.Next(start, at); !ok {
			b.Fatal("never")
		}
	}
}
