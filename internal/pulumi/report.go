package pulumi

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/niebla-cloud/niebla/internal/pulumi/value"
)

// marks are how verbs look in front of a resource.
var marks = map[Verb]string{Create: "+ ", Update: "~ ", Replace: "+-", Delete: "- ", Read: "> ", Same: "= "}

// head says what is applied to what.
func (r *run) head() {
	fmt.Fprintf(r.out, "%s/%s in %s, %s\n", r.project.name, r.project.stack, r.client.Endpoint, r.client.Region)
}

// A lockedWriter is written to by the program and by its engine at once.
type lockedWriter struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *lockedWriter) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

// line writes what is done to one resource.
func (r *run) line(s Step) {
	text := fmt.Sprintf("%s %-32s %-12s %s", marks[s.Verb], short(s.Type), s.Name, s.ID)
	if len(s.Changed) > 0 {
		text = strings.TrimRight(text, " ") + " [" + strings.Join(s.Changed, ", ") + "]"
	}
	fmt.Fprintln(r.out, strings.TrimRight(text, " "))
}

// replay writes the lines of a preview.
func (r *run) replay(d *deployment) {
	for _, s := range d.steps {
		r.line(s)
	}
}

// end writes the summary and the outputs, and returns the result.
func (r *run) end(d *deployment, preview bool) *Result {
	r.summary(d)
	result := d.result()
	result.Preview = preview
	if preview {
		result.Outputs = nil
	}
	width := 0
	for name := range result.Outputs {
		width = max(width, len(name))
	}
	for _, name := range slices.Sorted(maps.Keys(result.Outputs)) {
		fmt.Fprintf(r.out, "  %-*s  %s\n", width, name, shown(result, name))
	}
	return result
}

// shown is an output as people may see it.
func shown(r *Result, name string) string {
	if slices.Contains(r.SecretOutputs, name) {
		return "[secret]"
	}
	v := r.Outputs[name]
	if s, ok := v.(string); ok {
		return s
	}
	b, err := json.Marshal(value.Plain(v))
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// summary counts what was done.
func (r *run) summary(d *deployment) {
	count := map[Verb]int{}
	for _, s := range d.steps {
		count[s.Verb]++
	}
	words := []struct {
		verb Verb
		done string
		plan string
	}{
		{Create, "created", "to create"}, {Update, "changed", "to change"}, {Replace, "replaced", "to replace"},
		{Delete, "deleted", "to delete"}, {Same, "unchanged", "unchanged"},
	}
	var parts []string
	for _, w := range words {
		text := w.done
		if d.preview {
			text = w.plan
		}
		if count[w.verb] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count[w.verb], text))
		}
	}
	if len(parts) == 0 {
		parts = []string{"nothing to do"}
	}
	fmt.Fprintln(r.out, strings.Join(parts, ", "))
}
