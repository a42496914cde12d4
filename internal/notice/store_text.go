package notice

import (
	"context"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

// textRow is a version of a text as it is kept.
type textRow struct {
	ID          string     `db:"id"`
	Topic       string     `db:"topic"`
	Channel     Channel    `db:"channel"`
	Lang        string     `db:"lang"`
	Subject     string     `db:"subject"`
	Body        string     `db:"body"`
	State       string     `db:"state"`
	ValidFrom   clock.Date `db:"valid_from"`
	ChangedBy   string     `db:"changed_by"`
	ChangedAt   time.Time  `db:"changed_at"`
	PublishedAt *time.Time `db:"published_at"`
}

const textColumns = `id, topic, channel, lang, subject, body, state, valid_from, changed_by, changed_at, published_at`

// published returns all published texts, each with its versions in the order of their days.
func (store) published(ctx context.Context, q db.Querier) ([]textRow, error) {
	var rows []textRow
	return rows, q.Select(ctx, &rows, `SELECT `+textColumns+` FROM notice_template WHERE state = 'published' ORDER BY topic, channel, lang, valid_from, published_at, id`)
}

// texts returns all versions of a place, the latest first.
func (store) texts(ctx context.Context, q db.Querier, p Place) ([]textRow, error) {
	var rows []textRow
	return rows, q.Select(ctx, &rows, `SELECT `+textColumns+` FROM notice_template WHERE topic = ? AND channel = ? AND lang = ? ORDER BY changed_at DESC, id DESC LIMIT 100`,
		p.Topic, p.Channel, p.Lang)
}

// saveDraft writes the draft of a place over the one before.
func (store) saveDraft(ctx context.Context, tx *db.Tx, r textRow) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO notice_template (`+textColumns+`)
		VALUES (:id, :topic, :channel, :lang, :subject, :body, :state, :valid_from, :changed_by, :changed_at, :published_at)
		ON CONFLICT (topic, channel, lang) WHERE state = 'draft' DO UPDATE SET subject = excluded.subject, body = excluded.body, changed_by = excluded.changed_by, changed_at = excluded.changed_at`, r)
	return err
}

// publish makes the draft of a place a published text and returns how many there were.
func (store) publish(ctx context.Context, tx *db.Tx, p Place, from clock.Date, by string, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE notice_template SET state = 'published', valid_from = ?, changed_by = ?, changed_at = ?, published_at = ?
		WHERE topic = ? AND channel = ? AND lang = ? AND state = 'draft'`, from, by, now, now, p.Topic, p.Channel, p.Lang)
}

// undo takes the latest published text of a place back, when it is the one named.
func (store) undo(ctx context.Context, tx *db.Tx, p Place, version, by string, now time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE notice_template SET state = 'undone', changed_by = ?, changed_at = ? WHERE id = ? AND state = 'published'
		AND id = (SELECT id FROM notice_template WHERE topic = ? AND channel = ? AND lang = ? AND state = 'published' ORDER BY published_at DESC, id DESC LIMIT 1)`,
		by, now, version, p.Topic, p.Channel, p.Lang)
}

func (store) dropDraft(ctx context.Context, tx *db.Tx, p Place) error {
	_, err := tx.Exec(ctx, `DELETE FROM notice_template WHERE topic = ? AND channel = ? AND lang = ? AND state = 'draft'`, p.Topic, p.Channel, p.Lang)
	return err
}
