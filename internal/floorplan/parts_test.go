package floorplan

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestUses holds which tables are seen in SQL and what is taken for one by mistake.
func TestUses(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{`SELECT a FROM x_a`, "read x_a"},
		{`SELECT a FROM x_a, x_b b, LATERAL (SELECT c FROM x_c) c WHERE a, b`, "read x_a, read x_b, read x_c"},
		{`SELECT a FROM "x_a" LEFT JOIN x_b ON x_b.id = x_a.id`, "read x_a, read x_b"},
		{`SELECT EXTRACT(YEAR FROM at), TRIM(BOTH ' ' FROM name) FROM x_a`, "read x_a"},
		{`SELECT a IS DISTINCT FROM b, a IS NOT DISTINCT FROM c FROM x_a`, "read x_a"},
		{`SELECT a FROM json_each(?)`, ""},
		{`SELECT a FROM x_a -- FROM x_b
			/* JOIN x_c */ WHERE b = 'FROM x_d'`, "read x_a"},
		{`INSERT INTO x_a (id) SELECT id FROM x_b ON CONFLICT (id) DO UPDATE SET b = 1`, "write x_a, read x_b"},
		{`UPDATE x_a SET b = 1 FROM x_b`, "write x_a, read x_b"},
		{`DELETE FROM x_a`, "write x_a"},
		{`SELECT id FROM x_a FOR UPDATE SKIP LOCKED`, "read x_a"},
		{`SELECT id FROM x_a FOR NO KEY UPDATE`, "read x_a"},
		{`CREATE TABLE IF NOT EXISTS x_a (b TEXT REFERENCES x_b (id) ON DELETE CASCADE ON UPDATE CASCADE)`, "create x_a, references x_b"},
		{`CREATE VIRTUAL TABLE x_a USING fts5 (b)`, "create x_a"},
		{`CREATE UNIQUE INDEX x_i ON x_a (b)`, "write x_a"},
		{`CREATE TRIGGER x_t AFTER UPDATE OF b ON x_a BEGIN DELETE FROM x_b; END`, "write x_a, write x_b"},
		{`ALTER TABLE x_a ADD COLUMN b TEXT`, "write x_a"},
		{`DROP VIEW x_a`, "write x_a"},
		{`CREATE VIEW x_pub_a AS SELECT b FROM x_a`, "create x_pub_a, read x_a"},
	} {
		named, _ := uses(tt.sql)
		var got []string
		for _, u := range named {
			got = append(got, u.how+" "+u.table)
		}
		if s := strings.Join(got, ", "); s != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.sql, s, tt.want)
		}
	}
}

// TestDefined holds that names given by WITH are known as such.
func TestDefined(t *testing.T) {
	for sql, want := range map[string][]string{
		`WITH a AS (SELECT 1) SELECT x FROM a`:                                             {"a"},
		`WITH RECURSIVE up(id, n) AS (SELECT 1, 2), b AS MATERIALIZED (SELECT 1) SELECT 1`: {"up", "b"},
		`CREATE TABLE x (a TEXT GENERATED ALWAYS AS (b))`:                                  nil,
	} {
		if _, got := uses(sql); !slices.Equal(got, want) {
			t.Errorf("%s: got %v, want %v", sql, got, want)
		}
	}
}

// TestLooksLikeSQL holds that sentences are not taken for statements.
func TestLooksLikeSQL(t *testing.T) {
	for s, want := range map[string]bool{
		"SELECT a\nFROM b":                           true,
		"select a from b":                            true,
		" ORDER BY id":                               true,
		"LEFT JOIN x_b":                              true,
		"WHERE id = ?":                               true,
		"INSERT INTO a":                              true,
		"delete from x where id = ?":                 true,
		"select the unit you come from":              false,
		"update the list":                            false,
		"Chọn đơn vị":                                false,
		"with pleasure":                              false,
		"the form WHERE it is":                       false,
		"create account":                             false,
		"VALUES are kept":                            false,
		"insert your name into the field":            false,
		"http://example.org/SELECT?x=1&FROM=2":       false,
		"the letters FROM Hà Nội":                    false,
		"UPDATE of the plan":                         false,
		"cannot delete from outside":                 false,
		"CREATE INDEX x_i ON x_a (b)":                true,
		"UPDATE x_a SET b = 1":                       true,
		"... ON CONFLICT (id) DO NOTHING":            true,
		"SELECTED":                                   false,
		"the command says: ALTER TABLE x ADD b TEXT": true,
	} {
		if got := looksLikeSQL(s); got != want {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}

// TestStars holds that only lists of columns are meant, not arithmetic and counting.
func TestStars(t *testing.T) {
	for sql, want := range map[string][]int{
		"SELECT * FROM a":                      {0},
		"SELECT a,\n* FROM a":                  {1},
		"SELECT\n\nx.* FROM a":                 {2},
		"DELETE FROM a RETURNING *":            {0},
		"SELECT COUNT(*), 2 * 3, a * b FROM c": nil,
		"SELECT '*' FROM a -- *":               nil,
	} {
		if got := stars(sql); !slices.Equal(got, want) {
			t.Errorf("%q: %v, want %v", sql, got, want)
		}
	}
}

// TestCamel holds how names fall into words.
func TestCamel(t *testing.T) {
	for name, want := range map[string]string{
		"DossierID":   "dossier id",
		"HTTPPage":    "http page",
		"ho_so":       "ho so",
		"whoSought":   "who sought",
		"step2Name":   "step 2 name",
		"ABC":         "abc",
		"x":           "x",
		"":            "",
		"_":           "",
		"mã":          "mã",
		"personnelID": "personnel id",
	} {
		if got := strings.Join(camel(name), " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestRomanisedIn holds that English words which contain the letters pass.
func TestRomanisedIn(t *testing.T) {
	for name, want := range map[string]string{
		"HoSo": "hoso", "SoHoSo": "hoso", "hoso_id": "hoso", "ho_so": "hoso", "ThuTucHanhChinh": "thutuc",
		"whoSought": "", "Dossier": "", "vanBanDen": "vanban", "canBoard": "", "coquan2": "coquan", "tracuu": "tracuu",
	} {
		if got := romanisedIn(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestHasTerm holds what counts as a Vietnamese term in a comment.
func TestHasTerm(t *testing.T) {
	for doc, want := range map[string]bool{
		"Dossier (hồ sơ) is an application.":              true,
		"Dossier (tiếng Việt: kho) is a store.":           true,
		"Dossier is an application (hồ sơ).":              true,
		"Dossier (application) is one.":                   false,
		"Dossier is an application. It is called (hồ sơ)": false,
		"": false,
	} {
		if got := hasTerm(doc); got != want {
			t.Errorf("%q: %v, want %v", doc, got, want)
		}
	}
}

// TestSameVerbs holds which translations take the same arguments.
func TestSameVerbs(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"Thiếu %s", "%s is missing", true},
		{"%s của %s", "%[2]s has %[1]s", true},
		{"%s có %d", "%[2]d for %[1]s", true},
		{"%s có %d", "%d for %s", false},
		{"Thiếu %s", "missing", false},
		{"Đúng hạn 94 %", "94 % on time", true},
		{"%d %% đúng hạn", "%d%% on time", true},
		{"%.1f", "%5.2f", true},
		{"xong", "done", true},
	} {
		if got := sameVerbs(tt.a, tt.b); got != tt.want {
			t.Errorf("%q and %q: %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
}

// TestTemplateMessages holds that texts are found wherever a template can use them.
func TestTemplateMessages(t *testing.T) {
	ms, err := templateMessages("x.html", `{{define "a"}}{{/* note */}}{{t "một"}}
{{if t "hai"}}{{with $x := t "ba"}}{{$x}}{{end}}{{else if .Y}}{{range .Z}}{{break}}{{else}}{{t "bốn %s" (t "năm")}}{{end}}{{end}}
{{template "b" (dict "title" (tc "nút" "sáu"))}}{{"bảy" | t}}{{t .Label}}{{.T "không"}}{{unknown "không"}}{{end}}{{t "tám"}}`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range ms {
		got = append(got, fmt.Sprint(m.line, m.key))
	}
	slices.Sort(got)
	want := []string{"1một", "2ba", "2bốn %s", "2hai", "2năm", "3bảy", "3nút|sáu", "3tám"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestCite holds how citations are read.
func TestCite(t *testing.T) {
	for text, want := range map[string]string{
		"61/2018/NĐ-CP Đ.17":                                    "61/2018/NĐ-CP=Đ.17",
		"61/2018/NĐ-CP Đ.17; 01/2018/TT-VPCP Đ.19 (codes)":      "61/2018/NĐ-CP=Đ.17 01/2018/TT-VPCP=Đ.19 (codes)",
		"61/2018/NĐ-CP and 01/2018/TT-VPCP (reception).":        "61/2018/NĐ-CP= 01/2018/TT-VPCP=(reception)",
		"77/2015/QH13 (units), 72/2025/QH15 (levels)":           "77/2015/QH13=(units) 72/2025/QH15=(levels)",
		"Bộ luật Lao động (holidays, by the data file).":        "Bộ luật Lao động=(holidays, by the data file)",
		"QCVN 102:2016/BTTTT Đ.2":                               "QCVN 102:2016/BTTTT=Đ.2",
		"none":                                                  "",
		"none names a form for this record; it is the evidence": "",
	} {
		var got []string
		for _, r := range cite(text) {
			got = append(got, r.act+"="+r.article)
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s\n got %s\nwant %s", text, s, want)
		}
	}
}

// TestIgnored holds the part of .gitignore that is understood.
func TestIgnored(t *testing.T) {
	var ig ignores
	ig.add(".", "# comment\n/data/\nnode_modules/\n*.out\n/web/dist/*\n!/web/dist/.keep\n")
	ig.add("web", "tmp\n")
	for p, want := range map[string]bool{
		"data/": true, "x/data/": false, "data": false, "a/b/node_modules/": true, "a/x.out": true, "web/dist/a.css": true,
		"web/dist/.keep": false, "web/tmp": true, "tmp": false, "internal/x.go": false,
	} {
		name, dir := strings.CutSuffix(p, "/")
		if got := ig.match(name, dir); got != want {
			t.Errorf("%s: %v, want %v", p, got, want)
		}
	}
}

// TestLicences holds which licences let a module in.
func TestLicences(t *testing.T) {
	for text, want := range map[string]string{
		"Permission is hereby granted, free\n of charge, to any person":          "MIT true",
		"Apache License\nVersion 2.0":                                            "Apache true",
		"Redistribution and use in source and binary forms, with or without":     "BSD true",
		"GNU AFFERO GENERAL PUBLIC LICENSE Version 3":                            "AGPL false",
		"GNU GENERAL PUBLIC LICENSE":                                             "GPL false",
		"Mozilla Public License Version 2.0 … GNU Lesser General Public License": "MPL true",
		"Business Source License 1.1":                                            "BUSL false",
		"All rights reserved.":                                                   "unknown false",
	} {
		name, free := licence(text)
		if got := fmt.Sprint(name, " ", free); got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
	_, files := archive(t, "testdata/good.txtar")
	cache := fstest.MapFS{
		"example.org/lib@v1.0.0/LICENSE.md":  {Data: []byte("Permission is hereby granted, free of charge")},
		"example.org/lib@v1.0.0/LICENSE-GPL": {Data: []byte("GNU GENERAL PUBLIC LICENSE")}, // a choice
		"example.org/lint@v1.2.0/COPYING":    {Data: []byte("GNU AFFERO GENERAL PUBLIC LICENSE")},
		"example.org/other@v1.0.0/README":    {Data: []byte("free of charge")},
	}
	compare(t, open(t, files).ModuleLicences(cache), []string{
		"go.mod:7: example.org/lint has the licence AGPL",
		"go.mod:8: example.org/other has the licence none",
	})
	if got := escape("github.com/BurntSushi/toml"); got != "github.com/!burnt!sushi/toml" {
		t.Errorf("escaped path %s", got)
	}
}

// TestChecksums holds that new migrations join the list and that old lines stay as they are.
func TestChecksums(t *testing.T) {
	_, files := archive(t, "testdata/good.txtar")
	const old = "# list\n0000  internal/place/migrations/0001_create_unit.sql\n"
	files[sumFile] = &fstest.MapFile{Data: []byte(old)}
	got := open(t, files).Checksums()
	if !strings.HasPrefix(got, old) {
		t.Errorf("the old lines changed:\n%s", got)
	}
	if !strings.Contains(got, digest(string(files["internal/org/migrations/0001_create_agency.sql"].Data))+"  internal/org/migrations/0001_create_agency.sql\n") {
		t.Errorf("a new migration is not on the list:\n%s", got)
	}
	if n := strings.Count(got, "\n"); n != 6 {
		t.Errorf("%d lines, want 6:\n%s", n, got)
	}
}

// TestOpen holds that a tree that is no house is an error, not a silent pass.
func TestOpen(t *testing.T) {
	_, good := archive(t, "testdata/good.txtar")
	for _, missing := range []string{"go.mod", planFile} {
		files := fstest.MapFS{}
		for p, f := range good {
			if p != missing {
				files[p] = f
			}
		}
		if _, err := Open(files); err == nil {
			t.Errorf("a house without %s was opened", missing)
		}
	}
	good["internal/task/broken.go"] = &fstest.MapFile{Data: []byte("package")}
	if _, err := Open(good); err == nil {
		t.Error("a house with a file that is not Go was opened")
	}
}

// TestRooms holds the order of the plan, which is the order of migrations.
func TestRooms(t *testing.T) {
	_, files := archive(t, "testdata/good.txtar")
	var names []string
	for _, r := range open(t, files).Rooms() {
		names = append(names, r.Name)
	}
	if got := strings.Join(names, " "); got != "kit floorplan place org procedure dossier task portal app" {
		t.Errorf("rooms: %s", got)
	}
}
