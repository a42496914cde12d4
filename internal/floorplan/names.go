package floorplan

import (
	"fmt"
	"go/ast"
	"go/token"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

const glossaryFile = "docs/glossary.md"

// ban is one word the glossary refuses in a room.
type ban struct {
	word  string // "Profile"
	room  string // "" for all rooms
	term  string // "hồ sơ"
	chose string // "`Dossier`"
}

var code = regexp.MustCompile("`([^`]+)`")

// glossaryTable reads the rows "| term | in code | room | do not use |" of docs/glossary.md.
func (h *House) glossaryTable() (bans []ban, found []Finding) {
	n := 0
	for line := range strings.Lines(h.text(glossaryFile)) {
		n++
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(strings.TrimSpace(cells[0]), "---") || strings.TrimSpace(cells[0]) == "Tiếng Việt" {
			continue
		}
		if len(cells) != 4 {
			found = append(found, Finding{glossaryFile, n, "a row has four cells: Tiếng Việt, In code, Room, Do not use"})
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		for _, room := range strings.Split(cells[2], ",") {
			room = strings.TrimSpace(room)
			if room == "all" {
				room = ""
			} else if h.rooms[room] == nil {
				found = append(found, Finding{glossaryFile, n, fmt.Sprintf("there is no room %q on the plan; write the rooms with commas, or all", room)})
			}
			for _, m := range code.FindAllStringSubmatch(cells[3], -1) {
				bans = append(bans, ban{m[1], room, cells[0], cells[1]})
			}
		}
	}
	return bans, found
}

// glossary refuses banned words in exported names of types, functions, methods, constants and variables.
func (h *House) glossary() []Finding {
	bans, found := h.glossaryTable()
	for _, s := range h.files {
		if !h.rooms[s.room].government() || s.test {
			continue
		}
		for _, name := range exported(s.file) {
			for _, b := range bans {
				if (b.room == "" || b.room == s.room) && contains(camel(name.Name), camel(b.word)) {
					found = append(found, h.at(s, name.Pos(), "%s: the glossary calls %s %s here, not %s", name.Name, b.term, b.chose, b.word))
				}
			}
		}
	}
	return found
}

// exported returns the exported names a file declares, methods among them, fields not.
func exported(f *ast.File) []*ast.Ident {
	var names []*ast.Ident
	add := func(ids ...*ast.Ident) {
		for _, id := range ids {
			if id.IsExported() {
				names = append(names, id)
			}
		}
	}
	for _, d := range f.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			add(d.Name)
		case *ast.GenDecl:
			for _, spec := range d.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					add(spec.Name)
				case *ast.ValueSpec:
					add(spec.Names...)
				}
			}
		}
	}
	return names
}

// camel splits a name into its words in small letters: "DossierID2" into dossier, id, 2.
func camel(name string) []string {
	var words []string
	r := []rune(name)
	start := 0
	for i := 1; i <= len(r); i++ {
		if i < len(r) && r[i] != '_' && !boundary(r, i) {
			continue
		}
		if w := strings.Trim(string(r[start:i]), "_"); w != "" {
			words = append(words, strings.ToLower(w))
		}
		start = i
	}
	return words
}

// boundary reports whether a new word begins at i.
func boundary(r []rune, i int) bool {
	switch a, b := r[i-1], r[i]; {
	case unicode.IsUpper(b) && !unicode.IsUpper(a):
		return true
	case unicode.IsUpper(b) && i+1 < len(r) && unicode.IsLower(r[i+1]):
		return true // the P of "HTTPPage"
	case unicode.IsDigit(a) != unicode.IsDigit(b):
		return true
	case a == '_':
		return true
	}
	return false
}

func contains(words, part []string) bool {
	for i := 0; i+len(part) <= len(words); i++ {
		if slices.Equal(words[i:i+len(part)], part) {
			return true
		}
	}
	return false
}

// withoutTerm are endings of type names that are program words and have no Vietnamese term.
var withoutTerm = []string{"Config", "Deps", "Service", "Store", "Room", "Filter", "Query", "Page", "Cursor", "Input", "Params", "Opts", "Option", "Options",
	"View", "Row", "Item", "List", "ID", "Error", "Func", "Change", "Set", "Importer", "Loader", "Reader", "Writer"}

var term = regexp.MustCompile(`^[^.]*?\(([^()]*)\)`)

// terms asks for the Vietnamese term in the first sentence of every exported domain type.
func (h *House) terms() []Finding {
	var found []Finding
	for _, s := range h.files {
		if !h.rooms[s.room].government() || s.inner != "" || s.test || roleFor(s.name).name != "noun" {
			continue
		}
		for _, d := range s.file.Decls {
			gen, ok := d.(*ast.GenDecl)
			if !ok || gen.Tok != token.TYPE {
				continue
			}
			for _, spec := range gen.Specs {
				t := spec.(*ast.TypeSpec)
				if !t.Name.IsExported() || slices.ContainsFunc(withoutTerm, func(end string) bool { return strings.HasSuffix(t.Name.Name, end) }) {
					continue
				}
				doc := t.Doc
				if doc == nil {
					doc = gen.Doc
				}
				if !hasTerm(doc.Text()) {
					found = append(found, h.at(s, t.Pos(), "say what %s is in Vietnamese, in the first sentence: // %s (thuật ngữ) is …", t.Name.Name, t.Name.Name))
				}
			}
		}
	}
	return found
}

// hasTerm reports whether the first sentence holds a Vietnamese text in parentheses, or one marked "tiếng Việt:".
func hasTerm(doc string) bool {
	m := term.FindStringSubmatch(doc)
	return m != nil && strings.ContainsFunc(m[1], func(r rune) bool { return r > unicode.MaxASCII && unicode.IsLetter(r) })
}

// romanisedWords are Vietnamese words of the trade without their marks.
var romanisedWords = strings.Fields(`hoso motcua thutuc thutuchanhchinh congdan canbo congchuc vienchuc donvi coquan phongban linhvuc giayto lephi
	bienlai bienban nguoinop chuhoso nguoinhan tiepnhan traketqua ketqua hentra giayhen yeucau bosung kyso chuky condau vanban vanbanden vanbandi
	vanthu congvan sovanban butphe trichyeu sokyhieu dokhan domat lienthongvanban lichcongtac giaymoi giaoviec congviec xuly xulyhoso luanchuyen
	hanxuly quahan dunghan xaphuong phuongxa quanhuyen huyenxa tinhthanh diachi diaphuong hoten tendem ngaysinh gioitinh dantoc tongiao
	quequan noisinh noicutru sodienthoai quoctich uyquyen tochuc doanhnghiep danhmuc trangthai chucvu chucdanh nghile ngaylam
	ngaynghi thoihan quytrinh buocxuly nghiquyet quyetdinh thongtu nghidinh khieunai tocao phananh kiennghi khaosat danhgia thanhphanhoso
	banchinh bansao bieumau tokhai khaisinh khaitu kethon hokhau dichvucong tracuu nophoso thanhtoan taisan dutoan quyettoan`)

var sqlNames = regexp.MustCompile(`[a-z][a-z0-9_]+`)

// romanised refuses Vietnamese without marks in names of Go, files, tables and columns.
// Addresses of public pages (/thu-tuc) are content and stand in strings.
func (h *House) romanised() []Finding {
	const advice = "%s is romanised Vietnamese (%s): use the English word of " + glossaryFile
	var found []Finding
	for _, s := range h.files {
		if s.room == "floorplan" {
			continue
		}
		seen := map[string]bool{}
		ast.Inspect(s.file, func(n ast.Node) bool {
			id, ok := n.(*ast.Ident)
			if !ok || seen[id.Name] {
				return true
			}
			seen[id.Name] = true
			if w := romanisedIn(id.Name); w != "" {
				found = append(found, h.at(s, id.Pos(), advice, id.Name, w))
			}
			return true
		})
	}
	for _, p := range h.paths {
		if strings.HasPrefix(p, "internal/") || strings.HasPrefix(p, "cmd/") {
			name, _, _ := strings.Cut(path.Base(p), ".")
			if w := romanisedIn(strings.ReplaceAll(name, "-", "_")); w != "" && !strings.Contains(p, "/testdata/") {
				found = append(found, Finding{p, 0, fmt.Sprintf(advice, name, w)})
			}
		}
		if _, _, ok := migration(p); ok {
			for i, line := range strings.Split(h.text(p), "\n") {
				line, _, _ = strings.Cut(line, "--")
				for _, name := range sqlNames.FindAllString(line, -1) {
					if w := romanisedIn(name); w != "" {
						found = append(found, Finding{p, i + 1, fmt.Sprintf(advice, name, w)})
					}
				}
			}
		}
	}
	return found
}

// romanisedIn returns the word of the list that whole words of a name spell: "SoHoSo" and "ho_so" both hold "hoso".
func romanisedIn(name string) string {
	words := camel(name)
	for i := range words {
		joined := ""
		for j := i; j < len(words) && len(joined) < 20; j++ {
			joined += words[j]
			if slices.Contains(romanisedWords, joined) {
				return joined
			}
		}
	}
	return ""
}
