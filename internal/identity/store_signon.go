package identity

import (
	"context"

	"lienthong/internal/kit/db"
)

func (store) accountsByPersonalID(ctx context.Context, q db.Querier, number string) ([]Account, error) {
	var list []Account
	err := q.Select(ctx, &list, `SELECT `+accountColumns+` FROM identity_account a WHERE a.personal_id = ? ORDER BY a.id`, number)
	return list, err
}

// programs returns the accounts of programs that can be used, by name.
func (store) programs(ctx context.Context, q db.Querier) ([]Account, error) {
	var list []Account
	err := q.Select(ctx, &list, `SELECT `+accountColumns+` FROM identity_account a WHERE a.kind = ? AND a.person_id IS NULL AND a.status = ? ORDER BY a.name_fold, a.id`, Official, Active)
	return list, err
}

func (store) setVerified(ctx context.Context, tx *db.Tx, id AccountID) error {
	_, err := tx.Exec(ctx, `UPDATE identity_account SET verified = TRUE WHERE id = ?`, id)
	return err
}
