// Package floorplan holds the walls of the house: which rooms there are, who
// may import whom, what each kind of file may do, whose tables a query may name,
// how long things may grow, how they are called. floorplan.txt is the plan;
// every rule is a function that reads a file tree and returns what breaks it,
// with a sentence that says what to do. The tests run the rules over this
// repository, and over small houses with seeded faults to prove that they see them.
package floorplan

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"sort"
	"strings"
)

// Finding is one place that breaks a rule.
type Finding struct {
	Path string // from the top of the repository
	Line int    // 0: the file as a whole
	Text string // what is wrong and what to do
}

// String returns "path:line: text".
func (f Finding) String() string {
	if f.Line == 0 {
		return f.Path + ": " + f.Text
	}
	return fmt.Sprintf("%s:%d: %s", f.Path, f.Line, f.Text)
}

// Rule is one wall.
type Rule struct {
	Name  string
	Holds string
	check func(*House) []Finding
}

// Check returns what breaks the rule, sorted by place.
func (r Rule) Check(h *House) []Finding {
	found := r.check(h)
	sort.SliceStable(found, func(i, j int) bool {
		a, b := found[i], found[j]
		return a.Path < b.Path || a.Path == b.Path && a.Line < b.Line
	})
	return found
}

// Rules lists all walls.
var Rules = []Rule{
	{"plan", "the plan itself is well formed", (*House).plan},
	{"imports", "imports go down, edges are named, a room has one door", (*House).imports},
	{"roles", "each kind of file does its own work only", (*House).roles},
	{"tables", "SQL names the room's own tables", (*House).tables},
	{"migrations", "migrations are numbered, forward only and for both engines", (*House).migrations},
	{"checksums", "a released migration never changes", (*House).checksums},
	{"kit", "the kit knows nothing of government", (*House).kit},
	{"size", "files, functions and rooms stay small", (*House).size},
	{"tested", "there is enough test code", (*House).tested},
	{"plate", "every room's package comment has its parts", (*House).plates},
	{"glossary", "one Vietnamese term, one English word", (*House).glossary},
	{"terms", "domain types carry their Vietnamese term", (*House).terms},
	{"romanised", "no romanised Vietnamese in names", (*House).romanised},
	{"texts", "sources are composed Unicode and carry no leftovers", (*House).texts},
	{"dependencies", "every module is on the list with its reason", (*House).dependencies},
	{"laws", "docs/laws.md says what the code says", (*House).laws},
	{"catalogue", "overlays translate exactly the texts there are", (*House).catalogue},
}

// House is a file tree with its plan and its parsed Go files.
type House struct {
	fsys   fs.FS
	module string
	rooms  map[string]*Room
	order  []*Room
	files  []*source
	paths  []string // all files that are not ignored, sorted
	fset   *token.FileSet
	broken []Finding // of floorplan.txt
}

// source is one parsed Go file.
type source struct {
	path  string
	room  string // "dossier"; "cmd", "web" and "province" for what lies outside internal
	inner string // folder inside the room: "", "dossiertest", "internal/x"
	name  string // base name
	test  bool   // a _test.go file
	lines int    // all of them
	code  int    // those that hold code
	file  *ast.File
}

// helper reports whether the file is test code in a package of its own, like dossiertest.
func (s *source) helper() bool { return testPackage(s.inner) }

// testCode reports whether the file is compiled into tests only.
func (s *source) testCode() bool { return s.test || s.helper() }

// testPackage reports whether a folder is, or lies in, a package named …test.
func testPackage(inner string) bool {
	for part := range strings.SplitSeq(inner, "/") {
		if strings.HasSuffix(part, "test") {
			return true
		}
	}
	return false
}

// Open reads the house whose top folder is fsys.
func Open(fsys fs.FS) (*House, error) {
	h := &House{fsys: fsys, fset: token.NewFileSet(), rooms: map[string]*Room{}}
	mod, err := fs.ReadFile(fsys, "go.mod")
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(mod)) {
		if name, ok := strings.CutPrefix(line, "module "); ok {
			h.module = strings.TrimSpace(name)
		}
	}
	if err := h.readPlan(); err != nil {
		return nil, err
	}
	if h.paths, err = list(fsys); err != nil {
		return nil, err
	}
	for _, p := range h.paths {
		if path.Ext(p) != ".go" || strings.Contains(p, "/testdata/") {
			continue
		}
		if err := h.parse(p); err != nil {
			return nil, err
		}
	}
	return h, nil
}

func (h *House) parse(p string) error {
	raw, err := fs.ReadFile(h.fsys, p)
	if err != nil {
		return err
	}
	file, err := parser.ParseFile(h.fset, p, raw, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	s := &source{path: p, name: path.Base(p), test: strings.HasSuffix(p, "_test.go"), lines: bytes.Count(raw, []byte("\n")), code: codeLines(raw), file: file}
	dir := path.Dir(p)
	if in, ok := strings.CutPrefix(dir, "internal/"); ok {
		dir = in
	}
	s.room, s.inner, _ = strings.Cut(dir, "/")
	h.files = append(h.files, s)
	return nil
}

func (h *House) at(s *source, pos token.Pos, format string, args ...any) Finding {
	return Finding{s.path, h.fset.Position(pos).Line, fmt.Sprintf(format, args...)}
}

// text returns the content of a file; files in paths can be read.
func (h *House) text(p string) string {
	raw, err := fs.ReadFile(h.fsys, p)
	if err != nil {
		return ""
	}
	return string(raw)
}

// list returns the files below fsys that .gitignore does not exclude, sorted.
func list(fsys fs.FS) ([]string, error) {
	var paths []string
	var ignored ignores
	err := fs.WalkDir(fsys, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.Name() == ".git" || p != "." && ignored.match(p, d.IsDir()) {
			if d.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if d.IsDir() {
			if raw, err := fs.ReadFile(fsys, path.Join(p, ".gitignore")); err == nil {
				ignored.add(p, string(raw))
			}
			return nil
		}
		if d.Type().IsRegular() {
			paths = append(paths, p)
		}
		return nil
	})
	return paths, err
}

// ignores understands the part of .gitignore that is used here: names,
// patterns with *, a slash in front for "in this folder only", a slash at the
// end for folders, ! for exceptions.
type ignores []struct {
	in, pattern        string
	anchored, dir, not bool
}

func (ig *ignores) add(in, text string) {
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		not := strings.HasPrefix(line, "!")
		line = strings.TrimPrefix(line, "!")
		dir := strings.HasSuffix(line, "/")
		line = strings.TrimSuffix(line, "/")
		anchored := strings.Contains(line, "/")
		*ig = append(*ig, struct {
			in, pattern        string
			anchored, dir, not bool
		}{in, strings.TrimPrefix(line, "/"), anchored, dir, not})
	}
}

func (ig ignores) match(p string, dir bool) bool {
	hit := false
	for _, i := range ig {
		rel := p
		if i.in != "." {
			var ok bool
			if rel, ok = strings.CutPrefix(p, i.in+"/"); !ok {
				continue
			}
		}
		if !i.anchored {
			rel = path.Base(rel)
		}
		if ok, _ := path.Match(i.pattern, rel); ok && (dir || !i.dir) {
			hit = !i.not
		}
	}
	return hit
}
