package floorplan

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"text/template/parse"
)

// complete are the parts whose overlays may have no gap: what the public reads. Other overlays may be drafts.
var complete = []string{"portal", "web"}

// message is a text for people and where it stands.
type message struct {
	key  string // as in an overlay: the text, or "context|text"
	path string
	line int
}

// part returns which catalogue a file belongs to: a room's own, or "web" for the kit, the layouts and app.
func (h *House) part(p string) string {
	in, ok := strings.CutPrefix(p, "internal/")
	if !ok {
		in = p
	}
	room, _, _ := strings.Cut(in, "/")
	if h.rooms[room].government() {
		return room
	}
	return "web"
}

// messages collects the texts of all templates and Go files by part.
func (h *House) messages() (map[string][]message, []Finding) {
	all := map[string][]message{}
	var found []Finding
	for _, p := range h.paths {
		dir := path.Dir(p)
		if path.Ext(p) != ".html" || strings.Contains(p, "/testdata/") || !strings.HasPrefix(dir, "web/layout") && !strings.Contains(dir+"/", "/templates/") {
			continue
		}
		ms, err := templateMessages(p, h.text(p))
		if err != nil {
			found = append(found, Finding{p, 0, "cannot be parsed as a template: " + err.Error()})
		}
		all[h.part(p)] = append(all[h.part(p)], ms...)
	}
	for _, s := range h.files {
		if s.testCode() || s.room == "floorplan" {
			continue
		}
		ms, bad := h.goMessages(s)
		all[h.part(s.path)] = append(all[h.part(s.path)], ms...)
		found = append(found, bad...)
	}
	return all, found
}

// goMessages finds i18n.M("…") and the titles in web.View{Title: "…"}.
func (h *House) goMessages(s *source) (ms []message, found []Finding) {
	if s.file.Name.Name == "i18n" {
		return nil, nil
	}
	ast.Inspect(s.file, func(n ast.Node) bool {
		if view, ok := n.(*ast.CompositeLit); ok && selects(view.Type, "web", "View") {
			for _, e := range view.Elts {
				if kv, ok := e.(*ast.KeyValueExpr); ok && fmt.Sprint(kv.Key) == "Title" {
					if text, constant := chain(kv.Value); constant {
						ms = append(ms, message{text, s.path, h.fset.Position(kv.Pos()).Line})
					}
				}
			}
		}
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 || !selects(call.Fun, "i18n", "M") {
			return true
		}
		text, constant := chain(call.Args[0])
		if !constant {
			found = append(found, h.at(s, call.Pos(), `write the sentence itself into i18n.M("…"), so that translators find it; a text that comes from data is i18n.M("%%s", text)`))
			return true
		}
		ms = append(ms, message{text, s.path, h.fset.Position(call.Pos()).Line})
		return true
	})
	return ms, found
}

// selects reports whether an expression is pkg.name.
func selects(x ast.Expr, pkg, name string) bool {
	sel, ok := x.(*ast.SelectorExpr)
	if !ok || sel.Sel.Name != name {
		return false
	}
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == pkg
}

// templateMessages finds {{t "…"}}, {{tc "context" "…"}} and {{"…" | t}} in a template.
func templateMessages(name, text string) ([]message, error) {
	tree := parse.New(name)
	tree.Mode = parse.SkipFuncCheck
	set := map[string]*parse.Tree{}
	if _, err := tree.Parse(text, "", "", set); err != nil {
		return nil, err
	}
	c := collector{path: name, text: text}
	for _, t := range set {
		if t.Root != nil {
			c.node(t.Root)
		}
	}
	slices.SortFunc(c.found, func(a, b message) int { return a.line - b.line })
	return c.found, nil
}

type collector struct {
	path, text string
	found      []message
}

func (c *collector) node(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n != nil {
			for _, child := range n.Nodes {
				c.node(child)
			}
		}
	case *parse.ActionNode:
		c.node(n.Pipe)
	case *parse.TemplateNode:
		if n.Pipe != nil {
			c.node(n.Pipe)
		}
	case *parse.IfNode:
		c.branch(&n.BranchNode)
	case *parse.RangeNode:
		c.branch(&n.BranchNode)
	case *parse.WithNode:
		c.branch(&n.BranchNode)
	case *parse.PipeNode:
		for i, cmd := range n.Cmds {
			var piped parse.Node
			if i > 0 && len(n.Cmds[i-1].Args) == 1 {
				piped = n.Cmds[i-1].Args[0]
			}
			c.command(cmd, piped)
		}
	}
}

func (c *collector) branch(b *parse.BranchNode) {
	c.node(b.Pipe)
	c.node(b.List)
	c.node(b.ElseList)
}

func (c *collector) command(cmd *parse.CommandNode, piped parse.Node) {
	for _, a := range cmd.Args {
		c.node(a)
	}
	word, ok := cmd.Args[0].(*parse.IdentifierNode)
	if !ok {
		return
	}
	args := cmd.Args[1:]
	if piped != nil {
		args = append(slices.Clone(args), piped)
	}
	text := func(i int) (string, bool) {
		if i >= len(args) {
			return "", false
		}
		s, ok := args[i].(*parse.StringNode)
		if !ok {
			return "", false
		}
		return s.Text, true
	}
	line := 1 + strings.Count(c.text[:int(cmd.Position())], "\n")
	switch word.Ident {
	case "t":
		if s, ok := text(0); ok {
			c.found = append(c.found, message{s, c.path, line})
		}
	case "tc":
		context, ok1 := text(0)
		if s, ok2 := text(1); ok1 && ok2 {
			c.found = append(c.found, message{context + "|" + s, c.path, line})
		}
	}
}

// overlay is one i18n/<lang>.json.
type overlay struct {
	path, part, lang string
	texts            map[string]string
}

func (h *House) overlays() (all []overlay, found []Finding) {
	for _, p := range h.paths {
		if path.Ext(p) != ".json" || path.Base(path.Dir(p)) != "i18n" || strings.Contains(p, "/testdata/") {
			continue
		}
		raw, err := fs.ReadFile(h.fsys, p)
		o := overlay{path: p, part: h.part(p), lang: strings.TrimSuffix(path.Base(p), ".json")}
		if err == nil {
			err = json.Unmarshal(raw, &o.texts)
		}
		if err != nil {
			found = append(found, Finding{p, 0, `must be one object {"Vietnamese sentence": "translation"}: ` + err.Error()})
			continue
		}
		all = append(all, o)
	}
	return all, found
}

func (h *House) catalogue() []Finding {
	ms, found := h.messages()
	overlays, bad := h.overlays()
	found = append(found, bad...)
	translated := map[string]map[string]string{} // lang+key → translation → path
	for _, o := range overlays {
		for key, tr := range o.texts {
			if text := overlayProblem(key, tr, ms[o.part]); text != "" {
				found = append(found, Finding{o.path, 0, fmt.Sprintf("%q: %s", key, text)})
			}
			id := o.lang + " " + key
			if translated[id] == nil {
				translated[id] = map[string]string{}
			}
			translated[id][tr] = o.path
			if len(translated[id]) == 2 {
				found = append(found, Finding{o.path, 0, fmt.Sprintf("%q has two translations in the house: use {{tc \"context\" …}} where it means something else", key)})
			}
		}
	}
	for _, part := range complete {
		for _, m := range ms[part] {
			if _, ok := translated["en "+m.key]; !ok {
				found = append(found, Finding{m.path, m.line, fmt.Sprintf("%q has no English: the public reads it, so add it to %s", m.key, overlayOf(part))})
			}
		}
	}
	return found
}

func overlayOf(part string) string {
	if part == "web" {
		return "web/i18n/en.json (or i18n/en.json beside the kit package it stands in)"
	}
	return "internal/" + part + "/i18n/en.json"
}

// overlayProblem says what is wrong with one line of an overlay.
func overlayProblem(key, tr string, ms []message) string {
	switch {
	case !slices.ContainsFunc(ms, func(m message) bool { return m.key == key }):
		return "is not a text of this room any more: take the line out, or correct it to the sentence in the template"
	case strings.TrimSpace(tr) == "":
		return "has an empty translation: take the line out until there is one"
	case !sameVerbs(key, tr):
		return fmt.Sprintf("and its translation %q do not have the same %%-verbs: keep each, or number them (%%[2]s)", tr)
	}
	return ""
}

var verb = regexp.MustCompile(`%(?:%|[-+#0]*(?:\d+|\*)?(?:\.\d+)?(?:\[(\d+)\])?([a-zA-Z]))`)

// sameVerbs reports whether two texts take the same arguments in fmt.Sprintf; numbered verbs may change the order.
func sameVerbs(a, b string) bool {
	return slices.Equal(verbs(a), verbs(b))
}

// verbs returns the letter of the verb for each argument in turn.
func verbs(s string) []string {
	var list []string
	next := 1
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		if m[2] == "" {
			continue
		}
		if m[1] != "" {
			_, _ = fmt.Sscan(m[1], &next)
		}
		for len(list) < next {
			list = append(list, "")
		}
		list[next-1] = m[2]
		next++
	}
	return list
}
