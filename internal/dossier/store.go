package dossier

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

const dossierColumns = `id, code, secret, version_id, procedure_code, procedure_name, field, case_key, channel,
	return_by, return_address, receiver_id, handler_id, status, resumes, account_id, owner, submitter, authorised,
	sets, form, filed_at, accepted_at, due_at, paused_at, finished_at, returned_at, returned_to, extended, supplements, version`

// dossierRow is a dossier as its table keeps it: people as JSON.
type dossierRow struct {
	Dossier
	OwnerJSON       string  `db:"owner"`
	SubmitterJSON   string  `db:"submitter"`
	OwnerName       string  `db:"owner_name"`
	OwnerPersonalID string  `db:"owner_personal_id"`
	OwnerPhone      string  `db:"owner_phone"`
	SearchText      string  `db:"search_text"`
	RequestKey      *string `db:"request_key"`
}

func (r *dossierRow) dossier() (*Dossier, error) {
	d := r.Dossier
	if err := json.Unmarshal([]byte(r.OwnerJSON), &d.Owner); err != nil {
		return nil, fmt.Errorf("owner of dossier %s: %w", d.ID, err)
	}
	if err := json.Unmarshal([]byte(r.SubmitterJSON), &d.Submitter); err != nil {
		return nil, fmt.Errorf("submitter of dossier %s: %w", d.ID, err)
	}
	return &d, nil
}

type store struct{}

func (store) insert(ctx context.Context, tx *db.Tx, d *Dossier, searchText, requestKey string) error {
	owner, err := json.Marshal(d.Owner)
	if err != nil {
		return err
	}
	submitter, err := json.Marshal(d.Submitter)
	if err != nil {
		return err
	}
	row := dossierRow{Dossier: *d, OwnerJSON: string(owner), SubmitterJSON: string(submitter), OwnerName: d.Owner.Name(),
		OwnerPersonalID: d.Owner.PersonalID, OwnerPhone: d.Owner.Phone, SearchText: searchText}
	if requestKey != "" {
		row.RequestKey = &requestKey
	}
	return tx.InsertAll(ctx, "dossier_dossier", dossierColumns+`, owner_name, owner_personal_id, owner_phone, search_text, request_key`, []dossierRow{row})
}

// lock takes the dossier for this transaction, so that acts on it happen one after the other, and returns it.
func (s store) lock(ctx context.Context, tx *db.Tx, id ID) (*Dossier, error) {
	n, err := tx.Exec(ctx, `UPDATE dossier_dossier SET version = version + 1 WHERE id = ?`, id)
	if err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, db.ErrNoRows
	}
	return s.one(ctx, tx, `id = ?`, id)
}

func (store) one(ctx context.Context, q db.Querier, where string, args ...any) (*Dossier, error) {
	var row dossierRow
	if err := q.Get(ctx, &row, `SELECT `+dossierColumns+` FROM dossier_dossier WHERE `+where, args...); err != nil {
		return nil, err
	}
	return row.dossier()
}

func (s store) byID(ctx context.Context, q db.Querier, id ID) (*Dossier, error) {
	return s.one(ctx, q, `id = ?`, id)
}

// byNumber finds a dossier by its code or by the number one of its agencies gave it.
func (s store) byNumber(ctx context.Context, q db.Querier, number string) (*Dossier, error) {
	return s.one(ctx, q, `id = (SELECT dossier_id FROM dossier_part WHERE number = ?)`, number)
}

func (s store) byRequestKey(ctx context.Context, q db.Querier, key string) (*Dossier, error) {
	return s.one(ctx, q, `request_key = ?`, key)
}

// save writes what acts may change.
func (s store) save(ctx context.Context, tx *db.Tx, d *Dossier) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_dossier SET receiver_id = :receiver_id, handler_id = :handler_id,
		status = :status, resumes = :resumes, accepted_at = :accepted_at, due_at = :due_at, paused_at = :paused_at,
		finished_at = :finished_at, returned_at = :returned_at, returned_to = :returned_to, extended = :extended,
		supplements = :supplements, return_by = :return_by, return_address = :return_address WHERE id = :id`, d)
	if err != nil {
		return err
	}
	return s.follow(ctx, tx, d)
}

// follow keeps on the open steps of a dossier what worklists ask of it.
func (store) follow(ctx context.Context, tx *db.Tx, d *Dossier) error {
	waits, ends := Status(0), farOff
	if d.Status.Paused() {
		waits = d.Status
	}
	if d.DueAt != nil && d.Status != StatusDone { // a result that waits to be fetched is not late
		ends = *d.DueAt
	}
	_, err := tx.Exec(ctx, `UPDATE dossier_step SET waits = ?, ends_at = COALESCE(due_at, ?), joint = (agency_id <> ?), field = ?, procedure_code = ?
		WHERE dossier_id = ? AND state IN ('ready', 'claimed')`, waits, ends, d.ReceiverID, d.Field, d.ProcedureCode, d.ID)
	return err
}

// next takes the next number of a unit's code and day: by the code, because a unit
// that was renamed keeps it, on the same day too. The counter is part of the
// transaction, so a number is used if and only if its dossier is there.
//
// Law: 01/2018/TT-VPCP Đ.19
func (store) next(ctx context.Context, tx *db.Tx, code string, day clock.Date) (int64, error) {
	var n int64
	err := tx.Get(ctx, &n, `INSERT INTO dossier_counter (code, day, last) VALUES (?, ?, 1)
		ON CONFLICT (code, day) DO UPDATE SET last = dossier_counter.last + 1 RETURNING last`, code, day)
	return n, err
}

const paperColumns = `id, dossier_id, position, key, name, originals, copies, provided, required, verdict, verdict_note`

func (store) insertPapers(ctx context.Context, tx *db.Tx, ps ...Paper) error {
	return tx.InsertAll(ctx, "dossier_paper", paperColumns, ps)
}

func (store) savePaper(ctx context.Context, tx *db.Tx, p Paper) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_paper SET originals = :originals, copies = :copies,
		provided = :provided, verdict = :verdict, verdict_note = :verdict_note WHERE id = :id AND dossier_id = :dossier_id`, p)
	return err
}

func (store) papers(ctx context.Context, q db.Querier, id ID) ([]Paper, error) {
	var ps []Paper
	err := q.Select(ctx, &ps, `SELECT `+paperColumns+` FROM dossier_paper WHERE dossier_id = ? ORDER BY position`, id)
	return ps, err
}

const attachmentColumns = `id, dossier_id, paper_id, kind, file_id, name, size, media_type, added_by, added_at`

func (store) insertAttachment(ctx context.Context, tx *db.Tx, a Attachment) error {
	return tx.InsertAll(ctx, "dossier_attachment", attachmentColumns, []Attachment{a})
}

func (store) attachments(ctx context.Context, q db.Querier, id ID) ([]Attachment, error) {
	var as []Attachment
	err := q.Select(ctx, &as, `SELECT `+attachmentColumns+` FROM dossier_attachment WHERE dossier_id = ? ORDER BY added_at, id`, id)
	return as, err
}

const feeColumns = `id, dossier_id, key, name, kind, amount, quantity, paid_at, paid_to`

func (store) insertFee(ctx context.Context, tx *db.Tx, f Fee) error {
	return tx.InsertAll(ctx, "dossier_fee", feeColumns, []Fee{f})
}

func (store) saveFee(ctx context.Context, tx *db.Tx, f Fee) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_fee SET quantity = :quantity, paid_at = :paid_at, paid_to = :paid_to WHERE id = :id AND dossier_id = :dossier_id`, f)
	return err
}

func (store) fees(ctx context.Context, q db.Querier, id ID) ([]Fee, error) {
	var fs []Fee
	err := q.Select(ctx, &fs, `SELECT `+feeColumns+` FROM dossier_fee WHERE dossier_id = ? ORDER BY id`, id)
	return fs, err
}

const partColumns = `id, dossier_id, unit_id, unit_name, number, position, arrived_at, due_at, done_at`

func (store) insertPart(ctx context.Context, tx *db.Tx, p *Part) error {
	return tx.InsertAll(ctx, "dossier_part", partColumns, []*Part{p})
}

func (store) savePart(ctx context.Context, tx *db.Tx, p *Part) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_part SET unit_id = :unit_id, due_at = :due_at, done_at = :done_at WHERE id = :id`, p)
	return err
}

func (store) parts(ctx context.Context, q db.Querier, id ID) ([]Part, error) {
	var ps []Part
	err := q.Select(ctx, &ps, `SELECT `+partColumns+` FROM dossier_part WHERE dossier_id = ? ORDER BY position`, id)
	return ps, err
}

const stepColumns = `id, dossier_id, part_id, key, name, public_name, kind, agency_id, unit_id, unit_path, unit_name,
	state, assignee_id, assignee_name, from_id, position, started_at, due_at, claimed_at, done_at, done_by, outcome, note`

func (store) insertStep(ctx context.Context, tx *db.Tx, s *Step) error {
	if err := addPlace(ctx, tx, s.UnitPath); err != nil {
		return err
	}
	return tx.InsertAll(ctx, "dossier_step", stepColumns, []*Step{s})
}

func (store) saveStep(ctx context.Context, tx *db.Tx, s *Step) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_step SET agency_id = :agency_id, unit_id = :unit_id,
		unit_path = :unit_path, unit_name = :unit_name, state = :state, assignee_id = :assignee_id,
		assignee_name = :assignee_name, due_at = :due_at, claimed_at = :claimed_at, done_at = :done_at,
		done_by = :done_by, outcome = :outcome, note = :note WHERE id = :id`, s)
	return err
}

// reopenStep is saveStep for a step that was sent back to: it also says what led to it.
func (s store) reopenStep(ctx context.Context, tx *db.Tx, st *Step) error {
	if _, err := tx.Exec(ctx, `UPDATE dossier_step SET from_id = ? WHERE id = ?`, st.FromID, st.ID); err != nil {
		return err
	}
	return s.saveStep(ctx, tx, st)
}

func (store) steps(ctx context.Context, q db.Querier, id ID) ([]Step, error) {
	var ss []Step
	err := q.Select(ctx, &ss, `SELECT `+stepColumns+` FROM dossier_step WHERE dossier_id = ? ORDER BY position`, id)
	return ss, err
}

const eventColumns = `id, dossier_id, seq, at, act, from_status, to_status, actor_id, actor_name, actor_title, unit_id, unit_name, step_name, public, note, detail`

func (store) insertEvent(ctx context.Context, tx *db.Tx, e Event) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO dossier_event (`+eventColumns+`) VALUES (:id, :dossier_id,
		(SELECT COALESCE(MAX(seq), 0) + 1 FROM dossier_event WHERE dossier_id = :dossier_id), :at, :act, :from_status,
		:to_status, :actor_id, :actor_name, :actor_title, :unit_id, :unit_name, :step_name, :public, :note, :detail)`, e)
	return err
}

func (store) events(ctx context.Context, q db.Querier, id ID) ([]Event, error) {
	var es []Event
	err := q.Select(ctx, &es, `SELECT `+eventColumns+` FROM dossier_event WHERE dossier_id = ? ORDER BY seq`, id)
	return es, err
}

const supplementColumns = `id, dossier_id, step_id, number, items, reason, asked_at, asked_by, asked_unit, deadline_at, answered_at, answer, expired_at`

func (store) insertSupplement(ctx context.Context, tx *db.Tx, s *Supplement) error {
	return tx.InsertAll(ctx, "dossier_supplement", supplementColumns, []*Supplement{s})
}

func (store) saveSupplement(ctx context.Context, tx *db.Tx, s *Supplement) error {
	_, err := tx.NamedExec(ctx, `UPDATE dossier_supplement SET answered_at = :answered_at, answer = :answer, expired_at = :expired_at WHERE id = :id`, s)
	return err
}

func (store) supplements(ctx context.Context, q db.Querier, id ID) ([]Supplement, error) {
	var ss []Supplement
	err := q.Select(ctx, &ss, `SELECT `+supplementColumns+` FROM dossier_supplement WHERE dossier_id = ? ORDER BY number`, id)
	return ss, err
}

// expired returns the dossiers whose open request for papers has passed its deadline.
func (store) expired(ctx context.Context, q db.Querier, now time.Time, limit int) ([]ID, error) {
	var ids []ID
	err := q.Select(ctx, &ids, `SELECT s.dossier_id FROM dossier_supplement s JOIN dossier_dossier d ON d.id = s.dossier_id AND d.status = ?
		WHERE s.answered_at IS NULL AND s.expired_at IS NULL AND s.deadline_at < ? ORDER BY s.deadline_at LIMIT ?`, StatusSupplement, now, limit)
	return ids, err
}

func noRows(err error) bool { return errors.Is(err, db.ErrNoRows) }
