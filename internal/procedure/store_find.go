package procedure

import (
	"context"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

// liveOn is the version of every procedure that holds on a day, given twice.
const liveOn = `WITH live AS (
	SELECT id AS live_id, ROW_NUMBER() OVER (PARTITION BY procedure_id ORDER BY valid_from DESC) AS newest
	FROM procedure_version
	WHERE retired_at IS NULL AND valid_from <= ? AND (valid_to IS NULL OR valid_to > ?)
), `

// score puts exact names first: with tone marks as typed, then their beginning,
// then without tone marks, then the words in the name, then anywhere.
const score = `CASE
	WHEN code = ? THEN 0
	WHEN name_lower = ? THEN 1
	WHEN name_lower LIKE ? ESCAPE '!' THEN 2
	WHEN name_lower LIKE ? ESCAPE '!' THEN 3
	WHEN name_folded = ? THEN 4
	WHEN name_folded LIKE ? THEN 5
	WHEN name_folded LIKE ? THEN 6
	`

// where collects conditions with their arguments.
type where struct {
	parts []string
	args  []any
}

func (w *where) add(condition string, args ...any) {
	w.parts = append(w.parts, condition)
	w.args = append(w.args, args...)
}

// found is a row of a search.
type found struct {
	Summary
	Score int `db:"score"`
}

// selectPage returns the rows of a query after a cursor, at most limit of them, and how many there are in all.
func selectPage(ctx context.Context, q db.Querier, query Query, agency *Agency, after *cursor, limit int) ([]found, int, error) {
	words := newWording(query.Text)
	rank, args := scoring(words)
	w := filters(query, agency, words)
	head := liveOn + `ranked AS (SELECT ` + summaryColumns + `, sort_key, ` + rank + ` AS score
		FROM procedure_version JOIN live ON live_id = id WHERE newest = 1` + w.text() + `) `
	args = append(append([]any{query.On, query.On}, args...), w.args...)
	var total int
	if err := q.Get(ctx, &total, head+`SELECT COUNT(*) FROM ranked`, args...); err != nil {
		return nil, 0, err
	}
	tail := `SELECT ` + summaryColumns + `, score FROM ranked`
	if after != nil {
		tail += ` WHERE (score, sort_key, id) > (?, (SELECT sort_key FROM procedure_version WHERE id = ?), ?)`
		args = append(args, after.Score, string(after.ID), string(after.ID))
	}
	var rows []found
	err := q.Select(ctx, &rows, head+tail+` ORDER BY score, sort_key, id LIMIT ?`, append(args, limit)...)
	return rows, total, err
}

func (w *where) text() string {
	var b strings.Builder
	for _, p := range w.parts {
		b.WriteString(" AND (" + p + ")")
	}
	return b.String()
}

func scoring(w wording) (string, []any) {
	if len(w.words) == 0 {
		return `0`, nil
	}
	safe := strings.NewReplacer("!", "!!", "%", "!%", "_", "!_").Replace(w.lower)
	args := []any{strings.ToUpper(w.lower), w.lower, safe + "%", "%" + safe + "%", w.folded, w.folded + "%", "%" + w.folded + "%"}
	var named []string
	for _, word := range w.words {
		named = append(named, `' ' || name_folded LIKE ?`)
		args = append(args, "% "+word+"%")
	}
	return score + `WHEN ` + strings.Join(named, " AND ") + ` THEN 7 ELSE 8 END`, args
}

func filters(query Query, agency *Agency, words wording) *where {
	w := &where{}
	for _, word := range words.words {
		w.add(`search_text LIKE ?`, "% "+word+"%")
	}
	if query.Text != "" && len(words.words) == 0 {
		w.add(`1 = 0`) // nothing but punctuation was typed
	}
	if query.Field != "" {
		w.add(`field = ?`, query.Field)
	}
	if query.OnlineOnly {
		w.add(`fileable`)
	}
	for kind, key := range map[string]string{tagLifeEvent: query.LifeEvent, tagApplicant: query.Applicant} {
		if key != "" {
			w.add(`EXISTS (SELECT 1 FROM procedure_tag t WHERE t.version_id = procedure_version.id AND t.kind = ? AND t.key = ?)`, kind, key)
		}
	}
	if query.Level != "" {
		w.add(`EXISTS (SELECT 1 FROM procedure_receiver r WHERE r.version_id = procedure_version.id AND r.level = ?)`, query.Level)
	}
	if agency != nil {
		w.add(`EXISTS (SELECT 1 FROM procedure_receiver r WHERE r.version_id = procedure_version.id AND (
			r.slug = ? OR r.slug = '' AND (r.kind = '' OR r.kind = ?) AND (r.level = '' OR r.level = ?)))`, agency.Slug, agency.Kind, agency.Level)
	}
	return w
}

// selectFields returns the fields that have procedures on a day, with how many.
func selectFields(ctx context.Context, q db.Querier, on clock.Date) ([]FieldCount, error) {
	var list []FieldCount
	err := q.Select(ctx, &list, liveOn+`counted AS (SELECT field, COUNT(*) AS count
		FROM procedure_version JOIN live ON live_id = id WHERE newest = 1 GROUP BY field)
		SELECT field, count FROM counted ORDER BY field`, on, on)
	return list, err
}
