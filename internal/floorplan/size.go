package floorplan

import (
	"fmt"
	"go/ast"
	"go/scanner"
	"go/token"
	"path"
	"strings"
)

// The budgets, in lines.
const (
	maxFile     = 600
	maxFunction = 80
	maxRoom     = 6000
)

// Lines of tests for every line of code of the program: over the whole house, and
// at least in each room. Empty lines and comments count on neither side. Tools that are themselves tests of the house count on neither side.
const (
	testsInHouse = 0.8
	testsInRoom  = 0.5
)

func (h *House) size() []Finding {
	var found []Finding
	code := map[string]int{}
	for _, s := range h.files {
		if s.lines > maxFile {
			found = append(found, Finding{s.path, s.lines, fmt.Sprintf("%d lines, %d are allowed: split the file by topic (%s_topic.go)", s.lines, maxFile, strings.TrimSuffix(s.name, ".go"))})
		}
		if s.testCode() {
			continue
		}
		code[s.room] += s.code
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := h.fset.Position(f.End()).Line - h.fset.Position(f.Pos()).Line + 1; n > maxFunction {
				found = append(found, h.at(s, f.Pos(), "%s has %d lines, %d are allowed: give its parts names of their own", f.Name.Name, n, maxFunction))
			}
		}
	}
	for _, r := range h.order {
		if r.government() && code[r.Name] > maxRoom {
			found = append(found, Finding{"internal/" + r.Name, 0, fmt.Sprintf("%d lines of code, %d are allowed: this is two rooms; find the seam", code[r.Name], maxRoom)})
		}
	}
	for _, p := range h.paths {
		if ext := path.Ext(p); ext != ".html" && ext != ".sql" || strings.Contains(p, "testdata/") {
			continue
		}
		if n := strings.Count(h.text(p), "\n"); n > maxFile {
			found = append(found, Finding{p, n, fmt.Sprintf("%d lines, %d are allowed: split it", n, maxFile)})
		}
	}
	return found
}

func (h *House) tested() []Finding {
	var found []Finding
	code, tests := map[string]int{}, map[string]int{}
	allCode, allTests := 0, 0
	for _, s := range h.files {
		if r := h.rooms[s.room]; r != nil && r.Tier == "tool" {
			continue
		}
		if s.testCode() {
			tests[s.room] += s.code
			allTests += s.code
		} else {
			code[s.room] += s.code
			allCode += s.code
		}
	}
	if float64(allTests) < testsInHouse*float64(allCode) {
		found = append(found, Finding{"internal", 0, fmt.Sprintf("%d lines of tests for %d lines of code, %.1f for each line of code are asked for: begin with the rooms that have the fewest", allTests, allCode, testsInHouse)})
	}
	for _, r := range h.order {
		if n := code[r.Name]; float64(tests[r.Name]) < testsInRoom*float64(n) {
			found = append(found, Finding{"internal/" + r.Name, 0, fmt.Sprintf("%d lines of tests for %d lines of code, at least %.1f for each line of code are asked for in every room", tests[r.Name], n, testsInRoom)})
		}
	}
	return found
}

// codeLines returns how many lines of a source hold code: neither empty nor only comment.
func codeLines(src []byte) int {
	fset := token.NewFileSet()
	f := fset.AddFile("", fset.Base(), len(src))
	var sc scanner.Scanner
	sc.Init(f, src, nil, 0)
	n, last := 0, 0
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return n
		}
		if tok == token.SEMICOLON && lit == "\n" {
			continue
		}
		first := f.Line(pos)
		end := first + strings.Count(lit, "\n")
		n += end - max(first, last+1) + 1
		last = max(last, end)
	}
}
