package identity

import (
	"context"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// remember writes an attempt to sign in into the history of the account; attempts at unknown names have none.
func (s *Service) remember(ctx context.Context, tx *db.Tx, acc Account, means Means, o Outcome) error {
	if acc.ID == "" {
		return nil
	}
	from := actor.From(ctx)
	return s.store.insertSignIn(ctx, tx, SignInRecord{ID: id.New(), AccountID: acc.ID, At: s.clock.Now(), Means: means, Outcome: o, IP: from.IP, UserAgent: from.UserAgent})
}

// History returns up to q.Size+1 attempts to sign in to the actor's own account, the latest first: the row too many
// says that there is a next page.
func (s *Service) History(ctx context.Context, q HistoryQuery) ([]SignInRecord, error) {
	me, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	if q.Size <= 0 {
		q.Size = 50
	}
	return s.store.history(ctx, s.db, me, q)
}
