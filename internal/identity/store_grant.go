package identity

import (
	"context"
	"fmt"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

const grantColumns = `id, account_id, role, unit_id, divisions, below, valid_from, valid_to, reason, granted_by, granted_at, revoked_by, revoked_at`

func (store) version(ctx context.Context, q db.Querier) (int64, error) {
	var n int64
	err := q.Get(ctx, &n, `SELECT n FROM identity_version WHERE id = 1`)
	return n, err
}

// bump makes all nodes read roles and grants again.
func (store) bump(ctx context.Context, tx *db.Tx) error {
	_, err := tx.Exec(ctx, `UPDATE identity_version SET n = n + 1 WHERE id = 1`)
	return err
}

func (store) roles(ctx context.Context, q db.Querier) ([]Role, error) {
	var roles []Role
	if err := q.Select(ctx, &roles, `SELECT key, rank, name, name_en, second_factor FROM identity_role ORDER BY rank, key`); err != nil {
		return nil, fmt.Errorf("read roles: %w", err)
	}
	at := map[string]*Role{}
	for i := range roles {
		at[roles[i].Key] = &roles[i]
	}
	var pairs []struct {
		Role string `db:"role"`
		What string `db:"what"`
	}
	if err := q.Select(ctx, &pairs, `SELECT role, permission AS what FROM identity_role_permission ORDER BY role, permission`); err != nil {
		return nil, fmt.Errorf("read permissions of roles: %w", err)
	}
	for _, p := range pairs {
		if r := at[p.Role]; r != nil { // else it came between the two reads
			r.Permissions = append(r.Permissions, p.What)
		}
	}
	pairs = nil
	if err := q.Select(ctx, &pairs, `SELECT role, grantable AS what FROM identity_role_may_grant ORDER BY role, grantable`); err != nil {
		return nil, fmt.Errorf("read roles that roles may grant: %w", err)
	}
	for _, p := range pairs {
		if r := at[p.Role]; r != nil {
			r.MayGrant = append(r.MayGrant, p.What)
		}
	}
	return roles, nil
}

// saveRole writes a role with its permissions. The roles it may grant are written by saveMayGrant once all roles are there.
func (store) saveRole(ctx context.Context, tx *db.Tx, r Role) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_role (key, rank, name, name_en, second_factor) VALUES (?, ?, ?, ?, ?)
		ON CONFLICT (key) DO UPDATE SET rank = excluded.rank, name = excluded.name, name_en = excluded.name_en, second_factor = excluded.second_factor`,
		r.Key, r.Rank, r.Name, r.NameEN, r.SecondFactor)
	if err == nil {
		_, err = tx.Exec(ctx, `DELETE FROM identity_role_permission WHERE role = ?`, r.Key)
	}
	for _, p := range r.Permissions {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO identity_role_permission (role, permission) VALUES (?, ?)`, r.Key, p)
		}
	}
	return err
}

func (store) saveMayGrant(ctx context.Context, tx *db.Tx, r Role) error {
	_, err := tx.Exec(ctx, `DELETE FROM identity_role_may_grant WHERE role = ?`, r.Key)
	for _, g := range r.MayGrant {
		if err == nil {
			_, err = tx.Exec(ctx, `INSERT INTO identity_role_may_grant (role, grantable) VALUES (?, ?)`, r.Key, g)
		}
	}
	return err
}

// dropRole removes a role that no grant names.
func (store) dropRole(ctx context.Context, tx *db.Tx, key string) error {
	for _, q := range []string{
		`DELETE FROM identity_role_permission WHERE role = ?`, `DELETE FROM identity_role_may_grant WHERE role = ?`,
		`DELETE FROM identity_role_may_grant WHERE grantable = ?`, `DELETE FROM identity_role WHERE key = ?`,
	} {
		if _, err := tx.Exec(ctx, q, key); err != nil {
			return err
		}
	}
	return nil
}

func (store) roleIsUsed(ctx context.Context, q db.Querier, key string) (bool, error) {
	var n int64
	err := q.Get(ctx, &n, `SELECT COUNT(id) FROM identity_grant WHERE role = ?`, key)
	return n > 0, err
}

// openGrants returns the grants that count on a date or later.
func (store) openGrants(ctx context.Context, q db.Querier, on clock.Date) ([]Grant, error) {
	var list []Grant
	err := q.Select(ctx, &list, `SELECT `+grantColumns+` FROM identity_grant WHERE revoked_at IS NULL AND (valid_to IS NULL OR valid_to > ?) ORDER BY id`, on)
	return list, err
}

// officers returns the accounts that have a grant and can be used.
func (store) officers(ctx context.Context, q db.Querier) ([]officer, error) {
	var list []officer
	err := q.Select(ctx, &list, `SELECT a.id, a.full_name, COALESCE(a.person_id, '') AS person_id FROM identity_account a
		WHERE a.status = ? AND EXISTS (SELECT 1 FROM identity_grant g WHERE g.account_id = a.id AND g.revoked_at IS NULL)`, Active)
	return list, err
}

func (store) grant(ctx context.Context, q db.Querier, id GrantID) (Grant, error) {
	var g Grant
	err := q.Get(ctx, &g, `SELECT `+grantColumns+` FROM identity_grant WHERE id = ?`, id)
	return g, err
}

// grantsOf returns all grants of an account, also those that are over, the latest first.
func (store) grantsOf(ctx context.Context, q db.Querier, account AccountID) ([]Grant, error) {
	var list []Grant
	err := q.Select(ctx, &list, `SELECT `+grantColumns+` FROM identity_grant WHERE account_id = ? ORDER BY id DESC`, account)
	return list, err
}

func (store) insertGrant(ctx context.Context, tx *db.Tx, g Grant) error {
	_, err := tx.Exec(ctx, `INSERT INTO identity_grant (id, account_id, role, unit_id, divisions, below, valid_from, valid_to, reason, granted_by, granted_at, revoked_by)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '')`, g.ID, g.AccountID, g.Role, g.UnitID, g.Divisions, g.Below, g.ValidFrom, g.ValidTo, g.Reason, g.GrantedBy, g.GrantedAt)
	return err
}

func (store) revokeGrant(ctx context.Context, tx *db.Tx, id GrantID, by AccountID, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE identity_grant SET revoked_by = ?, revoked_at = ? WHERE id = ? AND revoked_at IS NULL`, by, at, id)
}

// lockAccount keeps other transactions from changing the grants of an account; db.ErrNoRows when there is none.
func (store) lockAccount(ctx context.Context, tx *db.Tx, id AccountID) error {
	n, err := tx.Exec(ctx, `UPDATE identity_account SET status = status WHERE id = ?`, id)
	if err == nil && n == 0 {
		return db.ErrNoRows
	}
	return err
}
