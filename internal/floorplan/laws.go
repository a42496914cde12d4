package floorplan

import (
	"cmp"
	"fmt"
	"go/ast"
	"regexp"
	"slices"
	"strings"
)

const lawsFile = "docs/laws.md"

// lawRef is one place in the code that implements an article.
type lawRef struct {
	act     string // "61/2018/NĐ-CP"
	article string // "Đ.17", or what the comment says
	where   string // "dossier.Accept" or "package dossier"
	path    string
}

var (
	lawLine = regexp.MustCompile(`(?m)^\s*Law: (.+)$`)
	lawAct  = regexp.MustCompile(`^(?:\d+[a-z]?/(?:\d{4}/)?[A-ZĐƯ][A-ZĐƯa-z0-9]*(?:-[A-ZĐƯ0-9]+)*|QCVN \d+:\d{4}(?:/[A-ZĐ]+)?)`)
	lawCut  = regexp.MustCompile(`;\s*|(?:,| and)\s+(?:\d+/\d{4}/)`)
)

// Laws returns docs/laws.md as the code has it now.
func (h *House) Laws() string {
	refs := h.lawRefs()
	var b strings.Builder
	b.WriteString("# Law in the code\n\nGenerated from the `// Law:` comments; change those, then run `make generate`.\n")
	act := ""
	for _, r := range refs {
		if r.act != act {
			act = r.act
			fmt.Fprintf(&b, "\n## %s\n\n| Article | Where | File |\n| --- | --- | --- |\n", act)
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s |\n", cmp.Or(r.article, "–"), r.where, r.path)
	}
	return b.String()
}

func (h *House) lawRefs() []lawRef {
	var refs []lawRef
	for _, s := range h.files {
		if s.testCode() || s.room == "floorplan" {
			continue
		}
		for _, group := range s.file.Comments {
			for _, m := range lawLine.FindAllStringSubmatch(group.Text(), -1) {
				where := s.where(group)
				for _, r := range cite(m[1]) {
					r.where, r.path = where, s.path
					if !slices.Contains(refs, r) {
						refs = append(refs, r)
					}
				}
			}
		}
	}
	slices.SortFunc(refs, func(a, b lawRef) int {
		return cmp.Or(cmp.Compare(a.act, b.act), cmp.Compare(a.article, b.article), cmp.Compare(a.path, b.path), cmp.Compare(a.where, b.where))
	})
	return refs
}

// cite reads "61/2018/NĐ-CP Đ.17; 01/2018/TT-VPCP Đ.19 (codes)".
func cite(text string) []lawRef {
	var refs []lawRef
	if strings.HasPrefix(text, "none") {
		return nil
	}
	for piece := range strings.SplitSeq(splitActs(text), "\x00") {
		piece = strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(piece), "."))
		if piece == "" {
			continue
		}
		act := lawAct.FindString(piece)
		if act == "" { // "Bộ luật Lao động (holidays)"
			act = strings.TrimSpace(piece[:min(indexOr(piece, "("), indexOr(piece, " Đ."))])
		}
		article := strings.Trim(strings.TrimPrefix(piece, act), " ,:")
		article = strings.ReplaceAll(article, "|", "/")
		refs = append(refs, lawRef{act: act, article: article})
	}
	return refs
}

// splitActs puts a separator between the acts of a line: after semicolons, and before a number that follows "," or "and".
func splitActs(text string) string {
	return lawCut.ReplaceAllStringFunc(text, func(m string) string {
		if strings.HasPrefix(m, ";") {
			return "\x00"
		}
		return "\x00" + m[strings.LastIndex(m, " ")+1:]
	})
}

func indexOr(s, sub string) int {
	if i := strings.Index(s, sub); i >= 0 {
		return i
	}
	return len(s)
}

// where names the declaration a comment belongs to: the one it stands above or in.
func (s *source) where(c *ast.CommentGroup) string {
	pkg := s.file.Name.Name
	if c.Pos() < s.file.Name.Pos() {
		return "package " + pkg
	}
	for _, d := range s.file.Decls {
		if d.End() < c.Pos() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv != nil && len(d.Recv.List) == 1 {
				return pkg + "." + receiver(d.Recv.List[0].Type) + "." + d.Name.Name
			}
			return pkg + "." + d.Name.Name
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				if spec.End() < c.Pos() && spec != d.Specs[len(d.Specs)-1] {
					continue
				}
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					return pkg + "." + spec.Name.Name
				case *ast.ValueSpec:
					return pkg + "." + spec.Names[0].Name
				}
			}
		}
	}
	return "package " + pkg
}

func receiver(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.StarExpr:
		return receiver(x.X)
	case *ast.IndexExpr:
		return receiver(x.X)
	case *ast.Ident:
		return x.Name
	}
	return "?"
}

func (h *House) laws() []Finding {
	if h.text(lawsFile) != h.Laws() {
		return []Finding{{lawsFile, 0, "is not what the // Law: comments say now: run make generate and commit the result"}}
	}
	return nil
}
