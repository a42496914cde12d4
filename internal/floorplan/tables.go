package floorplan

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// statement is SQL found in a store or a migration.
type statement struct {
	path  string
	room  string
	inner string // folder inside the room
	line  int    // of the first line
	sql   string
}

// statements returns all SQL of the house outside tests.
func (h *House) statements() []statement {
	var all []statement
	for _, s := range h.files {
		if s.testCode() || s.room == "floorplan" {
			continue
		}
		for _, l := range literals(s.file) {
			if looksLikeSQL(l.text) {
				all = append(all, statement{s.path, s.room, s.inner, h.fset.Position(l.pos).Line, l.text})
			}
		}
	}
	for _, p := range h.paths {
		if room, inner, ok := migration(p); ok {
			all = append(all, statement{p, room, inner, 1, h.text(p)})
		}
	}
	return all
}

// migration splits "internal/<room>/…/migrations/<file>.sql".
func migration(p string) (room, inner string, ok bool) {
	in, ok := strings.CutPrefix(path.Dir(p), "internal/")
	if !ok || path.Ext(p) != ".sql" || path.Base(in) != "migrations" {
		return "", "", false
	}
	room, inner, _ = strings.Cut(in, "/")
	return room, strings.TrimSuffix(strings.TrimSuffix(inner, "migrations"), "/"), true
}

// prefix is what the tables of a room, or of a package of the kit, begin with.
func (s statement) prefix() string {
	if s.room == "kit" {
		return path.Base(s.inner) + "_"
	}
	return s.room + "_"
}

func (h *House) tables() []Finding {
	var found []Finding
	defined := map[string][]string{} // a WITH may stand in another literal of the same file
	all := h.statements()
	for _, s := range all {
		_, names := uses(s.sql)
		defined[s.path] = append(defined[s.path], names...)
	}
	for _, s := range all {
		named, _ := uses(s.sql)
		for _, u := range named {
			if slices.Contains(defined[s.path], u.table) {
				continue
			}
			if text := h.table(s, u); text != "" {
				found = append(found, Finding{s.path, s.line + u.line, text})
			}
		}
		for _, line := range stars(s.sql) {
			found = append(found, Finding{s.path, s.line + line, "names no columns (*): list them, so that a new column breaks nothing"})
		}
	}
	return found
}

// engineTable tells the tables in which the engines describe themselves; the kit may read them.
var engineTable = regexp.MustCompile(`^(sqlite_|pg_|information_schema$)`)

// table says what is wrong with the use of a table; "" when nothing is.
func (h *House) table(s statement, u use) string {
	room := h.rooms[s.room]
	if strings.HasPrefix(u.table, s.prefix()) || s.room == "kit" && engineTable.MatchString(u.table) {
		return ""
	}
	if room != nil && room.Tier == "app" {
		return fmt.Sprintf("app owns no tables; ask the room that owns %s", u.table)
	}
	owner, rest, _ := strings.Cut(u.table, "_")
	other := h.rooms[owner]
	known := other.government() && rest != ""
	switch {
	case u.how == "create":
		return fmt.Sprintf("creates %s: the tables and views of this room are called %s<noun>", u.table, s.prefix())
	case u.how == "references" && known && other.Tier == "base" && room.government():
		if room.Tier != "base" || room.Also[owner] != "" {
			return ""
		}
		return fmt.Sprintf("points at %s of a room of the same tier: name the edge %s to %s in %s, or keep the ID without a foreign key", u.table, s.room, owner, planFile)
	case u.how == "references":
		return fmt.Sprintf("points at %s: foreign keys point at the room's own tables or at base rooms; keep the ID without a foreign key", u.table)
	case u.how == "read" && room != nil && room.Tier == "front" && known && strings.HasPrefix(rest, "pub_"):
		return ""
	case u.how == "read" && room != nil && room.Tier == "front":
		return fmt.Sprintf("reads %s: a front room reads its own tables and views %s_pub_… that rooms publish", u.table, owner)
	}
	return fmt.Sprintf("names %s, which does not begin with %s: ask the owner through a port, or keep a copy of what its events tell", u.table, s.prefix())
}

var (
	migrationName = regexp.MustCompile(`^(\d{4})_[a-z]+(_[a-z0-9]+)+\.sql$`)
	engineWords   = map[string]string{
		"SERIAL": "TEXT keys made with id.New()", "BIGSERIAL": "TEXT keys made with id.New()", "AUTOINCREMENT": "TEXT keys made with id.New()",
		"BLOB": "the room file, or TEXT", "BYTEA": "the room file, or TEXT", "JSON": "TEXT", "JSONB": "TEXT", "UUID": "TEXT",
		"DATETIME": "TIMESTAMP", "TIMESTAMPTZ": "TIMESTAMP, always UTC", "DATE": "TEXT, clock.Date", "INTEGER": "BIGINT", "INT": "BIGINT", "VARCHAR": "TEXT",
	}
)

func (h *House) migrations() []Finding {
	var found []Finding
	next := map[string]int{}
	for _, p := range h.paths {
		if _, _, ok := migration(p); !ok {
			continue
		}
		m := migrationName.FindStringSubmatch(path.Base(p))
		if m == nil {
			found = append(found, Finding{p, 0, "call it NNNN_verb_noun.sql, like 0003_add_phone.sql"})
			continue
		}
		next[path.Dir(p)]++
		if n, _ := strconv.Atoi(m[1]); n != next[path.Dir(p)] {
			found = append(found, Finding{p, 0, fmt.Sprintf("the numbers of a room run without a gap; this one is number %04d", next[path.Dir(p)])})
		}
		text := h.text(p)
		if !strings.Contains(text, "-- +goose Up") {
			found = append(found, Finding{p, 0, `begin with the line "-- +goose Up"`})
		}
		if i := strings.Index(text, "-- +goose Down"); i >= 0 {
			found = append(found, Finding{p, 1 + strings.Count(text[:i], "\n"), "migrations go forward only; undo with another migration"})
		}
		for _, t := range scan(text) {
			if use, ok := engineWords[strings.ToUpper(t.text)]; ok && t.text == strings.ToUpper(t.text) {
				found = append(found, Finding{p, 1 + t.line, t.text + " is not the same on SQLite and PostgreSQL; use " + use})
			}
		}
	}
	return found
}

const sumFile = "internal/floorplan/migrations.sum"

func (h *House) checksums() []Finding {
	var found []Finding
	for line := range strings.Lines(h.text(sumFile)) {
		sum, p, ok := strings.Cut(strings.TrimSpace(line), "  ")
		switch {
		case strings.HasPrefix(line, "#") || strings.TrimSpace(line) == "":
		case !ok:
			found = append(found, Finding{sumFile, 0, fmt.Sprintf("not a line of the list: %q", line)})
		case !slices.Contains(h.paths, p):
			found = append(found, Finding{p, 0, "was released and is gone; put it back and undo it with another migration"})
		case digest(h.text(p)) != sum:
			found = append(found, Finding{p, 0, "was released and may not change: databases out there have run it. Put it back and add another migration. " +
				"(Never released? Delete its line in " + sumFile + " and change it freely.)"})
		}
	}
	return found
}

// Checksums returns the list of migrations with those added that are not on it yet.
func (h *House) Checksums() string {
	text := h.text(sumFile)
	for _, p := range h.paths {
		if _, _, ok := migration(p); ok && !strings.Contains(text, "  "+p+"\n") {
			text += digest(h.text(p)) + "  " + p + "\n"
		}
	}
	return text
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}
