package audit

import (
	"context"
	"fmt"

	"lienthong/internal/kit/db"
)

const columns = `lane, seq, at, actor_id, actor_kind, actor_name, person_id, agency_id, agency, ip,
	action, object, object_id, unit_id, before_digest, after_digest, detail, prev_hash, hash`

// extend puts the row at the end of its lane.
func extend(ctx context.Context, tx *db.Tx, r Row) error {
	var head Head
	err := tx.Get(ctx, &head, `UPDATE audit_lane SET seq = seq + 1 WHERE lane = ? RETURNING lane, seq, hash`, r.Lane)
	if err != nil {
		return fmt.Errorf("lock lane %d: %w", r.Lane, err)
	}
	r.Seq, r.PrevHash = head.Seq, head.Hash
	r.Hash = r.computeHash()
	_, err = tx.NamedExec(ctx, `INSERT INTO audit_entry (`+columns+`) VALUES (
		:lane, :seq, :at, :actor_id, :actor_kind, :actor_name, :person_id, :agency_id, :agency, :ip,
		:action, :object, :object_id, :unit_id, :before_digest, :after_digest, :detail, :prev_hash, :hash)`, r)
	if err != nil {
		return fmt.Errorf("insert entry: %w", err)
	}
	if _, err := tx.Exec(ctx, `UPDATE audit_lane SET hash = ? WHERE lane = ?`, r.Hash, r.Lane); err != nil {
		return fmt.Errorf("move head: %w", err)
	}
	return nil
}
