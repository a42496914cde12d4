package procedure

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
)

const summaryColumns = `id, procedure_id, code, name, name_en, summary, summary_en, field, decision, online, fileable, generic, valid_from, valid_to`

// versionRow is a version as it is stored.
type versionRow struct {
	Past
	Spec       string `db:"spec"`
	NameLower  string `db:"name_lower"`
	NameFolded string `db:"name_folded"`
	SearchText string `db:"search_text"`
	SortKey    string `db:"sort_key"`
}

// The kinds of rows in procedure_tag.
const (
	tagLifeEvent = "life_event"
	tagApplicant = "applicant"
)

func newVersionRow(id VersionID, procedure ID, s *Spec, digest string, doc []byte, at time.Time) versionRow {
	r := versionRow{Spec: string(doc), NameLower: vntext.Lower(s.Name), NameFolded: vntext.Fold(s.Name), SearchText: searchText(s), SortKey: sortKey(s.Name)}
	r.Summary = Summary{
		VersionID: id, ProcedureID: procedure, Code: s.Code, Name: s.Name, NameEN: s.NameEN, Summary: s.Summary, SummaryEN: s.SummaryEN,
		Field: s.Field, Decision: s.Decision, Online: s.Online, Fileable: s.FileableOnline(), Generic: s.Process.Generic,
		ValidFrom: s.ValidFrom, ValidTo: s.ValidTo,
	}
	r.Digest, r.ImportedAt = digest, at
	return r
}

func (r *versionRow) version() (*Version, error) {
	spec := new(Spec)
	if err := json.Unmarshal([]byte(r.Spec), spec); err != nil {
		return nil, fmt.Errorf("read procedure version %s: %w", r.VersionID, err)
	}
	return &Version{
		ID: r.VersionID, ProcedureID: r.ProcedureID, Code: r.Code, Name: r.Name, NameEN: r.NameEN, Field: r.Field, Online: r.Online,
		ValidFrom: r.ValidFrom, ValidTo: r.ValidTo, Decision: r.Decision, Digest: r.Digest, ImportedAt: r.ImportedAt, Spec: spec,
	}, nil
}

// selectVersion returns a version; db.ErrNoRows when there is none.
func selectVersion(ctx context.Context, q db.Querier, id VersionID) (*Version, error) {
	var r versionRow
	err := q.Get(ctx, &r, `SELECT `+summaryColumns+`, spec, digest, imported_at FROM procedure_version WHERE id = ?`, string(id))
	if err != nil {
		return nil, err
	}
	return r.version()
}

// selectCurrentID returns the id of the version of a code that holds on a day; db.ErrNoRows when there is none.
func selectCurrentID(ctx context.Context, q db.Querier, code string, on clock.Date) (VersionID, error) {
	var id VersionID
	err := q.Get(ctx, &id, `SELECT v.id FROM procedure_procedure p JOIN procedure_version v ON v.procedure_id = p.id
		WHERE p.code = ? AND v.retired_at IS NULL AND v.valid_from <= ? AND (v.valid_to IS NULL OR v.valid_to > ?)
		ORDER BY v.valid_from DESC LIMIT 1`, code, on, on)
	return id, err
}

// selectHistory returns all versions of a code, the newest first.
func selectHistory(ctx context.Context, q db.Querier, code string) ([]Past, error) {
	var list []Past
	err := q.Select(ctx, &list, `SELECT `+summaryColumns+`, digest, supersedes, imported_at, retired_at
		FROM procedure_version WHERE code = ? ORDER BY valid_from DESC, imported_at DESC, id DESC`, code)
	return list, err
}

// selectLiveIDs returns the ids of the versions of a code that were not replaced, by validity.
func selectLiveIDs(ctx context.Context, q db.Querier, code string) ([]VersionID, error) {
	var ids []VersionID
	err := q.Select(ctx, &ids, `SELECT id FROM procedure_version WHERE code = ? AND retired_at IS NULL ORDER BY valid_from`, code)
	return ids, err
}

// live is a version that an import compares with.
type live struct {
	ID        VersionID  `db:"id"`
	Digest    string     `db:"digest"`
	Generic   bool       `db:"generic"`
	ValidFrom clock.Date `db:"valid_from"`
}

// selectLive returns the procedure of a code, made when new, and its live versions.
func selectLive(ctx context.Context, tx *db.Tx, code string) (ID, []live, error) {
	var id ID
	err := tx.Get(ctx, &id, `SELECT id FROM procedure_procedure WHERE code = ?`, code)
	if errors.Is(err, db.ErrNoRows) {
		return "", nil, nil
	}
	if err != nil {
		return "", nil, err
	}
	var list []live
	err = tx.Select(ctx, &list, `SELECT id, digest, generic, valid_from FROM procedure_version
		WHERE procedure_id = ? AND retired_at IS NULL ORDER BY valid_from`, string(id))
	return id, list, err
}

func insertProcedure(ctx context.Context, tx *db.Tx, id ID, code string, at time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO procedure_procedure (id, code, created_at) VALUES (?, ?, ?)`, string(id), code, at)
	return err
}

func retireVersion(ctx context.Context, tx *db.Tx, id VersionID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE procedure_version SET retired_at = ? WHERE id = ? AND retired_at IS NULL`, at, string(id))
	return err
}

func insertVersion(ctx context.Context, tx *db.Tx, r versionRow, receivers []Selector, s *Spec) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO procedure_version (`+summaryColumns+`,
			spec, digest, name_lower, name_folded, search_text, sort_key, supersedes, imported_at)
		VALUES (:id, :procedure_id, :code, :name, :name_en, :summary, :summary_en, :field, :decision, :online, :fileable, :generic, :valid_from, :valid_to,
			:spec, :digest, :name_lower, :name_folded, :search_text, :sort_key, :supersedes, :imported_at)`, r)
	if err != nil {
		return err
	}
	for i, sel := range receivers {
		if _, err := tx.Exec(ctx, `INSERT INTO procedure_receiver (version_id, position, kind, level, slug) VALUES (?, ?, ?, ?, ?)`,
			string(r.VersionID), i, sel.Kind, sel.Level, sel.Slug); err != nil {
			return err
		}
	}
	for kind, keys := range map[string][]string{tagLifeEvent: s.LifeEvents, tagApplicant: s.Applicants} {
		for _, key := range keys {
			if _, err := tx.Exec(ctx, `INSERT INTO procedure_tag (version_id, kind, key) VALUES (?, ?, ?)`, string(r.VersionID), kind, key); err != nil {
				return err
			}
		}
	}
	return nil
}
