package floorplan

import (
	"go/ast"
	"slices"
	"strconv"
	"strings"
)

// role is what a kind of file in a room may not do.
type role struct {
	name   string
	files  string   // for messages
	banned []string // imports, paths of this house without the module
	sql    bool     // may hold SQL
	advice string
}

var roleOf = map[string]role{
	"room": {"room", "room.go", nil, false, "room.go is the door: configuration, wiring, routes"},
	"noun": {"noun", "the files of nouns, and event.go,", []string{"net/http", "html/template", "database/sql", "lienthong/internal/kit/db", "lienthong/internal/kit/web", "lienthong/web"}, false,
		"a noun file holds types and rules; acts belong into service*.go, queries into store*.go, pages into web*.go"},
	"service": {"service", "service*.go", []string{"net/http", "html/template", "database/sql", "lienthong/internal/kit/web", "lienthong/web"}, false,
		"a service checks permission and rule, calls the store in a transaction, announces the event; queries belong into store*.go, requests into web*.go and api*.go"},
	"store": {"store", "store*.go", []string{"net/http", "html/template", "lienthong/internal/kit/web", "lienthong/web"}, true,
		"a store holds SQL and nothing else; pages belong into web*.go, permission into service*.go"},
	"web": {"web", "web*.go", []string{"database/sql", "lienthong/internal/kit/db"}, false,
		"a page parses the request, calls the service, fills a struct; what it needs from the database the service offers"},
	"api": {"api", "api*.go", []string{"database/sql", "html/template", "lienthong/internal/kit/db"}, false,
		"an API handler parses the request, calls the service, answers; what it needs from the database the service offers"},
	"job": {"job", "job*.go", []string{"net/http", "html/template", "database/sql", "lienthong/web"}, false,
		"a job calls the service at its time; queries belong into store*.go"},
}

// permissionCalls are the questions to an actor that only services (and pages, for showing a button) may ask.
var permissionCalls = []string{"Can", "CanSomewhere", "Having"}

// roleFor returns the role of a Go file in the root package of a room.
func roleFor(name string) role {
	word, _, _ := strings.Cut(strings.TrimSuffix(name, ".go"), "_")
	if r, ok := roleOf[word]; ok {
		return r
	}
	return roleOf["noun"]
}

func (h *House) roles() []Finding {
	var found []Finding
	for _, s := range h.files {
		if !h.rooms[s.room].government() || s.inner != "" || s.test {
			continue
		}
		r := roleFor(s.name)
		for _, i := range s.file.Imports {
			name, err := strconv.Unquote(i.Path.Value)
			if err == nil && slices.Contains(r.banned, strings.Replace(name, h.module+"/", "lienthong/", 1)) {
				found = append(found, h.at(s, i.Pos(), "%s may not import %s: %s", r.files, name, r.advice))
			}
		}
		found = append(found, h.body(s, r)...)
	}
	return found
}

// body looks for SQL, permission checks and store calls where they do not belong.
func (h *House) body(s *source, r role) []Finding {
	var found []Finding
	if !r.sql {
		for _, t := range literals(s.file) {
			if looksLikeSQL(t.text) {
				found = append(found, h.at(s, t.pos, "%s may not hold SQL: %s", r.files, r.advice))
			}
		}
	}
	page := r.name == "web" || r.name == "api"
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if ok && r.name == "store" && slices.Contains(permissionCalls, sel.Sel.Name) {
				found = append(found, h.at(s, n.Pos(), "store*.go may not check permissions (%s): let the service decide and pass what to filter by", sel.Sel.Name))
			}
			if ok && page && onStore(sel.X) {
				found = append(found, h.at(s, n.Pos(), "%s may not call the store: %s", r.files, r.advice))
			}
		}
		return true
	})
	return found
}

// onStore reports whether a call's receiver is a field or variable called store.
func onStore(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name == "store"
	case *ast.SelectorExpr:
		return x.Sel.Name == "store" || x.Sel.Name == "Store"
	}
	return false
}
