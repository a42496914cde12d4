package identity

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/kit/db"
)

var likeText = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// list returns up to size+1 accounts by name; the row too many says that there is a next page.
func (store) list(ctx context.Context, q db.Querier, sel selection) ([]ListedAccount, error) {
	where, args := []string{`1 = 1`}, []any{}
	add := func(condition string, values ...any) {
		where, args = append(where, condition), append(args, values...)
	}
	if sel.fold != "" || sel.login != "" {
		var words []string
		var values []any
		for _, w := range strings.Fields(sel.fold) {
			words, values = append(words, `' ' || a.name_fold LIKE ?`), append(values, "% "+w+"%")
		}
		if len(words) == 0 {
			words = []string{`1 = 0`}
		}
		add(`(`+strings.Join(words, ` AND `)+` OR EXISTS (SELECT 1 FROM identity_login l WHERE l.account_id = a.id AND l.login LIKE ? ESCAPE '!'))`,
			append(values, likeText.Replace(sel.login)+"%")...)
	}
	if sel.kind != "" {
		add(`a.kind = ?`, sel.kind)
	}
	if sel.units != nil {
		add(`a.unit_id IN (?)`, sel.units)
	}
	if sel.after != nil {
		add(`(a.name_fold > ? OR a.name_fold = ? AND a.id > ?)`, sel.after[0], sel.after[0], sel.after[1])
	}
	query, args, err := db.In(`SELECT a.id, a.kind, a.full_name, a.name_fold, COALESCE(a.unit_id, '') AS unit_id, a.status, a.verified,
		COALESCE((SELECT l.login FROM identity_login l WHERE l.account_id = a.id ORDER BY l.login LIMIT 1), '') AS login
		FROM identity_account a WHERE `+strings.Join(where, ` AND `)+` ORDER BY a.name_fold, a.id LIMIT ?`, append(args, sel.size+1)...)
	if err != nil {
		return nil, err
	}
	var rows []ListedAccount
	if err := q.Select(ctx, &rows, query, args...); err != nil {
		return nil, fmt.Errorf("list accounts: %w", err)
	}
	return rows, nil
}
