package notice

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
)

// own is what an account chose for all its messages.
type own struct {
	AccountID string    `db:"account_id"`
	Lang      string    `db:"lang"`
	Quiet     string    `db:"quiet"` // empty: as everybody
	ChangedAt time.Time `db:"changed_at"`
}

// wish is whether an account wants a group of topics on a channel.
type wish struct {
	AccountID string  `db:"account_id"`
	Topics    string  `db:"topics"`
	Channel   Channel `db:"channel"`
	Wanted    bool    `db:"wanted"`
}

func (store) persons(ctx context.Context, q db.Querier, accounts []string) ([]own, error) {
	query, args, err := db.In(`SELECT account_id, lang, quiet, changed_at FROM notice_person WHERE account_id IN (?)`, accounts)
	if err != nil {
		return nil, err
	}
	var list []own
	return list, q.Select(ctx, &list, query, args...)
}

func (store) wishes(ctx context.Context, q db.Querier, accounts []string) ([]wish, error) {
	query, args, err := db.In(`SELECT account_id, topics, channel, wanted FROM notice_preference WHERE account_id IN (?) ORDER BY account_id, topics, channel`, accounts)
	if err != nil {
		return nil, err
	}
	var list []wish
	return list, q.Select(ctx, &list, query, args...)
}

func (store) savePerson(ctx context.Context, tx *db.Tx, o own) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO notice_person (account_id, lang, quiet, changed_at) VALUES (:account_id, :lang, :quiet, :changed_at)
		ON CONFLICT (account_id) DO UPDATE SET lang = excluded.lang, quiet = excluded.quiet, changed_at = excluded.changed_at`, o)
	return err
}

func (store) saveWish(ctx context.Context, tx *db.Tx, w wish) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO notice_preference (account_id, topics, channel, wanted) VALUES (:account_id, :topics, :channel, :wanted)
		ON CONFLICT (account_id, topics, channel) DO UPDATE SET wanted = excluded.wanted`, w)
	return err
}

// badAddresses returns those of some addresses that were refused hard times or more.
func (store) badAddresses(ctx context.Context, q db.Querier, ch Channel, addresses []string, hard int) ([]string, error) {
	if len(addresses) == 0 {
		return nil, nil
	}
	query, args, err := db.In(`SELECT address FROM notice_address WHERE channel = ? AND failures >= ? AND address IN (?)`, ch, hard, addresses)
	if err != nil {
		return nil, err
	}
	var list []string
	return list, q.Select(ctx, &list, query, args...)
}

// refused counts a refusal of an address.
func (store) refused(ctx context.Context, tx *db.Tx, ch Channel, address, reason string, now time.Time) error {
	_, err := tx.Exec(ctx, `INSERT INTO notice_address (channel, address, failures, error, changed_at) VALUES (?, ?, 1, ?, ?)
		ON CONFLICT (channel, address) DO UPDATE SET failures = notice_address.failures + 1, error = excluded.error, changed_at = excluded.changed_at`, ch, address, reason, now)
	return err
}

// good forgets the refusals of an address and reports whether there were any.
func (store) good(ctx context.Context, tx *db.Tx, ch Channel, address string) (int64, error) {
	return tx.Exec(ctx, `DELETE FROM notice_address WHERE channel = ? AND address = ?`, ch, address)
}
