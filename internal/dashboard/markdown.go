package dashboard

import (
	"html"
	"regexp"
	"strings"
)

var (
	heading = regexp.MustCompile(`^(#{1,6})\s+(.*)$`)
	bullet  = regexp.MustCompile(`^\s*[-*+]\s+(.*)$`)
	strong  = regexp.MustCompile(`\*\*([^*]+)\*\*|__([^_]+)__`)
	emph    = regexp.MustCompile(`\*([^*\s][^*]*)\*`)
	code    = regexp.MustCompile("`([^`]+)`")
	link    = regexp.MustCompile(`\[([^\]\[]+)\]\(([^()\s]+)\)`)
)

// markdown draws a part of the language: headings, lists, paragraphs, and
// strong, emphatic, code and link within them.
func markdown(text string) string {
	var b strings.Builder
	list, paragraph := false, false
	end := func() {
		if list {
			b.WriteString("</ul>")
		}
		if paragraph {
			b.WriteString("</p>")
		}
		list, paragraph = false, false
	}
	for _, line := range strings.Split(text, "\n") {
		if m := heading.FindStringSubmatch(line); m != nil {
			end()
			level := string('2' + byte(min(len(m[1]), 4)) - 1) // the page has h1 itself
			b.WriteString("<h" + level + ">" + inline(m[2]) + "</h" + level + ">")
			continue
		}
		if m := bullet.FindStringSubmatch(line); m != nil {
			if !list {
				end()
				b.WriteString("<ul>")
				list = true
			}
			b.WriteString("<li>" + inline(m[1]) + "</li>")
			continue
		}
		if strings.TrimSpace(line) == "" {
			end()
			continue
		}
		if !paragraph {
			end()
			b.WriteString("<p>")
			paragraph = true
		} else {
			b.WriteString(" ")
		}
		b.WriteString(inline(line))
	}
	end()
	return b.String()
}

func inline(s string) string {
	s = html.EscapeString(s)
	s = code.ReplaceAllString(s, "<code>$1</code>")
	s = link.ReplaceAllStringFunc(s, func(m string) string {
		parts := link.FindStringSubmatch(m)
		if !strings.HasPrefix(parts[2], "https://") && !strings.HasPrefix(parts[2], "http://") && !strings.HasPrefix(parts[2], "/") && !strings.HasPrefix(parts[2], "#") {
			return parts[1]
		}
		return `<a href="` + parts[2] + `" rel="noreferrer">` + parts[1] + `</a>`
	})
	s = strong.ReplaceAllString(s, "<strong>$1$2</strong>")
	return emph.ReplaceAllString(s, "<em>$1</em>")
}
