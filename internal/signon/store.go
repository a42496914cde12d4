package signon

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
)

// store holds the SQL of the room.
type store struct{}

// clientRow is a client as its table has it.
type clientRow struct {
	ID        ClientID           `db:"id"`
	Name      string             `db:"name"`
	NameFold  string             `db:"name_fold"`
	Public    bool               `db:"public"`
	Trusted   bool               `db:"trusted"`
	Redirects string             `db:"redirects"`
	Logouts   string             `db:"logouts"`
	Scopes    string             `db:"scopes"`
	AccountID identity.AccountID `db:"account_id"`
	Contact   string             `db:"contact"`
	CreatedAt time.Time          `db:"created_at"`
	CreatedBy identity.AccountID `db:"created_by"`
	EndedAt   *time.Time         `db:"ended_at"`
}

const clientColumns = `c.id, c.name, c.name_fold, c.public, c.trusted, c.redirects, c.logouts, c.scopes, COALESCE(c.account_id, '') AS account_id,
	c.contact, c.created_at, c.created_by, c.ended_at`

func (r clientRow) client() (Client, error) {
	c := Client{ID: r.ID, Name: r.Name, Public: r.Public, Trusted: r.Trusted, Scopes: strings.Fields(r.Scopes), AccountID: r.AccountID, Contact: r.Contact,
		CreatedAt: r.CreatedAt, CreatedBy: r.CreatedBy, EndedAt: r.EndedAt}
	if err := json.Unmarshal([]byte(r.Redirects), &c.Redirects); err != nil {
		return Client{}, fmt.Errorf("addresses of client %s: %w", r.ID, err)
	}
	if err := json.Unmarshal([]byte(r.Logouts), &c.Logouts); err != nil {
		return Client{}, fmt.Errorf("addresses of client %s: %w", r.ID, err)
	}
	return c, nil
}

func rowOf(c Client) (clientRow, error) {
	r := clientRow{ID: c.ID, Name: c.Name, NameFold: vntext.Fold(c.Name), Public: c.Public, Trusted: c.Trusted, Scopes: strings.Join(c.Scopes, " "),
		AccountID: c.AccountID, Contact: c.Contact, CreatedAt: c.CreatedAt, CreatedBy: c.CreatedBy}
	for _, list := range []struct {
		from []string
		to   *string
	}{{c.Redirects, &r.Redirects}, {c.Logouts, &r.Logouts}} {
		raw, err := json.Marshal(list.from)
		if err != nil {
			return clientRow{}, fmt.Errorf("addresses of client %s: %w", c.ID, err)
		}
		*list.to = string(raw)
	}
	return r, nil
}

// client returns a client with its secrets; db.ErrNoRows when there is none.
func (store) client(ctx context.Context, q db.Querier, id ClientID) (Client, error) {
	var r clientRow
	if err := q.Get(ctx, &r, `SELECT `+clientColumns+` FROM signon_client c WHERE c.id = ?`, id); err != nil {
		return Client{}, err
	}
	c, err := r.client()
	if err != nil {
		return Client{}, err
	}
	err = q.Select(ctx, &c.Secrets, `SELECT id, client_id, hash, hint, created_at, created_by, used_at, ended_at FROM signon_secret
		WHERE client_id = ? ORDER BY id DESC`, id)
	return c, err
}

// lockClient keeps other transactions from changing a client; db.ErrNoRows when there is none.
func (store) lockClient(ctx context.Context, tx *db.Tx, id ClientID) error {
	n, err := tx.Exec(ctx, `UPDATE signon_client SET name = name WHERE id = ?`, id)
	if err == nil && n == 0 {
		return db.ErrNoRows
	}
	return err
}

func (store) insertClient(ctx context.Context, tx *db.Tx, c Client) error {
	r, err := rowOf(c)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `INSERT INTO signon_client (id, name, name_fold, public, trusted, redirects, logouts, scopes, account_id, contact, created_at, created_by)
		VALUES (:id, :name, :name_fold, :public, :trusted, :redirects, :logouts, :scopes, NULLIF(:account_id, ''), :contact, :created_at, :created_by)`, r)
	return err
}

func (store) updateClient(ctx context.Context, tx *db.Tx, c Client) error {
	r, err := rowOf(c)
	if err != nil {
		return err
	}
	_, err = tx.NamedExec(ctx, `UPDATE signon_client SET name = :name, name_fold = :name_fold, trusted = :trusted, redirects = :redirects, logouts = :logouts,
		scopes = :scopes, account_id = NULLIF(:account_id, ''), contact = :contact WHERE id = :id`, r)
	return err
}

func (store) endClient(ctx context.Context, tx *db.Tx, id ClientID, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signon_client SET ended_at = ? WHERE id = ?`, at, id)
	return err
}

// clients returns up to size+1 clients by name; the row too many says that there is a next page.
func (store) clients(ctx context.Context, q db.Querier, sel Query) ([]Client, error) {
	where, args := []string{`c.ended_at IS NULL`}, []any{}
	if sel.Ended {
		where[0] = `c.ended_at IS NOT NULL`
	}
	for _, w := range strings.Fields(vntext.Fold(sel.Text)) {
		where, args = append(where, `' ' || c.name_fold LIKE ? ESCAPE '!'`), append(args, "% "+likeText.Replace(w)+"%")
	}
	if len(sel.After) == 2 {
		where, args = append(where, `(c.name_fold > ? OR c.name_fold = ? AND c.id > ?)`), append(args, sel.After[0], sel.After[0], sel.After[1])
	}
	var rows []clientRow
	err := q.Select(ctx, &rows, `SELECT `+clientColumns+` FROM signon_client c WHERE `+strings.Join(where, ` AND `)+` ORDER BY c.name_fold, c.id LIMIT ?`,
		append(args, sel.Size+1)...)
	if err != nil {
		return nil, fmt.Errorf("list clients: %w", err)
	}
	list := make([]Client, len(rows))
	for i, r := range rows {
		if list[i], err = r.client(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

var likeText = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

func (store) insertSecret(ctx context.Context, tx *db.Tx, s Secret) error {
	_, err := tx.NamedExec(ctx, `INSERT INTO signon_secret (id, client_id, hash, hint, created_at, created_by)
		VALUES (:id, :client_id, :hash, :hint, :created_at, :created_by)`, s)
	return err
}

func (store) endSecret(ctx context.Context, tx *db.Tx, client ClientID, id string, at time.Time) (int64, error) {
	return tx.Exec(ctx, `UPDATE signon_secret SET ended_at = ? WHERE id = ? AND client_id = ? AND ended_at IS NULL`, at, id, client)
}

func (store) touchSecret(ctx context.Context, tx *db.Tx, id string, at time.Time) error {
	_, err := tx.Exec(ctx, `UPDATE signon_secret SET used_at = ? WHERE id = ?`, at, id)
	return err
}

// keys returns the signing keys in the order of their use.
func (store) keys(ctx context.Context, q db.Querier) ([]Key, error) {
	var list []Key
	err := q.Select(ctx, &list, `SELECT id, seq, algorithm, public, sealed, created_at, use_from FROM signon_key ORDER BY seq`)
	return list, err
}

// insertKey adds the next key; zero rows mean that another node was quicker.
func (store) insertKey(ctx context.Context, tx *db.Tx, k Key) (int64, error) {
	return tx.NamedExec(ctx, `INSERT INTO signon_key (id, seq, algorithm, public, sealed, created_at, use_from)
		VALUES (:id, :seq, :algorithm, :public, :sealed, :created_at, :use_from) ON CONFLICT (seq) DO NOTHING`, k)
}

// sealKey writes the private half of a key anew: sealed with another key of the program, or nothing once it is spent.
func (store) sealKey(ctx context.Context, tx *db.Tx, id, sealed string) error {
	_, err := tx.Exec(ctx, `UPDATE signon_key SET sealed = ? WHERE id = ?`, sealed, id)
	return err
}
