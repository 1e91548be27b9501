package apigatewayv2

import "strings"

// defaultKey is the route of requests that have no other.
const defaultKey = "$default"

// match is how well a route fits: higher is better, and zero is not at all.
type match struct {
	score int
	vars  map[string]string
}

// fit compares a route key with a request.
func fit(key, method, path string) match {
	if key == defaultKey {
		return match{score: 1}
	}
	m, pattern, _ := strings.Cut(key, " ")
	score := 2
	switch m {
	case method:
		score++
	case "ANY":
	default:
		return match{}
	}
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	vars := map[string]string{}
	for i, p := range want {
		switch {
		case strings.HasSuffix(p, "+}"):
			rest := strings.Join(got[min(i, len(got)):], "/")
			if rest == "" {
				return match{}
			}
			vars[p[1:len(p)-2]] = rest
			return match{score + 10*i, vars} // the longer its beginning, the better
		case i >= len(got):
			return match{}
		case strings.HasPrefix(p, "{"):
			if got[i] == "" {
				return match{}
			}
			vars[p[1:len(p)-1]] = got[i]
		case p != got[i]:
			return match{}
		}
	}
	if len(got) != len(want) {
		return match{}
	}
	return match{score + 100000 - 10*len(vars), vars} // fewer variables are better
}

// find returns the route of a request, and the variables of its path.
func find(routes map[string]route, method, path string) (best route, vars map[string]string, ok bool) {
	top := match{}
	for _, r := range routes {
		if m := fit(r.Key, method, path); m.score > top.score {
			best, top = r, m
		}
	}
	return best, top.vars, top.score > 0
}
