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
