package identity

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
)

// touchEvery bounds how often reading pages writes into the table of sessions.
const touchEvery = time.Minute

// tokenStore keeps sessions for the session manager. The data of a session are its
// row; they are written once, when the session begins.
type tokenStore struct{ s *Service }

func tokenHash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// FindCtx returns the session with a token as JSON; found is false when there is none that still counts.
func (t tokenStore) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	l, err := t.s.store.session(ctx, t.s.db, tokenHash(token))
	if errors.Is(err, db.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("find session: %w", err)
	}
	if !l.alive(t.s.clock.Now(), t.s.config.Idle) || l.Status != Active {
		return nil, false, nil
	}
	b, err = json.Marshal(l)
	return b, err == nil, err
}

// CommitCtx writes a new session. The expiry of the manager is not used: the row has its own.
func (t tokenStore) CommitCtx(ctx context.Context, token string, b []byte, _ time.Time) error {
	var l loadedSession
	if err := json.Unmarshal(b, &l); err != nil {
		return fmt.Errorf("session data: %w", err)
	}
	if l.ID == "" {
		return nil
	}
	return t.s.db.Tx(ctx, func(tx *db.Tx) error { return t.s.store.insertSession(ctx, tx, tokenHash(token), l.Session) })
}

// DeleteCtx ends the session with a token.
func (t tokenStore) DeleteCtx(ctx context.Context, token string) error {
	return t.s.db.Tx(ctx, func(tx *db.Tx) error { return t.s.store.deleteToken(ctx, tx, tokenHash(token)) })
}

// Find is FindCtx for the interface of the manager, which calls those with a context.
func (t tokenStore) Find(token string) ([]byte, bool, error) {
	return t.FindCtx(context.Background(), token)
}

// Commit is CommitCtx for the interface of the manager.
func (t tokenStore) Commit(token string, b []byte, expiry time.Time) error {
	return t.CommitCtx(context.Background(), token, b, expiry)
}

// Delete is DeleteCtx for the interface of the manager.
func (t tokenStore) Delete(token string) error { return t.DeleteCtx(context.Background(), token) }

// sessionKey is the one value the session manager holds.
const sessionKey = "session"

// sessionCodec lets the manager hold a session as a value.
type sessionCodec struct{}

// Encode writes the session of a request.
func (sessionCodec) Encode(_ time.Time, values map[string]any) ([]byte, error) {
	l, _ := values[sessionKey].(loadedSession)
	return json.Marshal(l)
}

// Decode reads what FindCtx returned.
func (sessionCodec) Decode(b []byte) (time.Time, map[string]any, error) {
	var l loadedSession
	if err := json.Unmarshal(b, &l); err != nil {
		return time.Time{}, nil, fmt.Errorf("session data: %w", err)
	}
	return l.ExpiresAt, map[string]any{sessionKey: l}, nil
}

// begin starts the session of an account in the request, under a new token: a token
// that somebody may have planted before is worth nothing. After the password of an
// account with a second factor it waits for that, and opens nothing.
func (s *Service) begin(ctx context.Context, acc Account, means Means) (Session, error) {
	guarded, err := s.Guarded(ctx, acc.ID)
	if err != nil {
		return Session{}, err
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return Session{}, fmt.Errorf("renew token: %w", err)
	}
	now, from := s.clock.Now(), actor.From(ctx)
	l := loadedSession{Session: Session{ID: SessionID(id.New()), AccountID: acc.ID, IP: from.IP, UserAgent: from.UserAgent,
		CreatedAt: now, LastSeenAt: now, ExpiresAt: now.Add(s.config.Lifetime), Means: means, ProvedAt: &now}, Kind: acc.Kind, FullName: acc.FullName, PersonID: acc.PersonID, Status: acc.Status}
	if guarded && (means == ByPassword || means == ByService) {
		l.Stage, l.ProvedAt, l.ExpiresAt = Verify, nil, now.Add(halfLife)
	}
	s.scs.Put(ctx, sessionKey, l)
	return l.Session, nil
}

// renew gives the session of the request another token, so that a copy of the old one is worth nothing.
func (s *Service) renew(ctx context.Context) error {
	l, ok := s.current(ctx)
	if !ok {
		return nil
	}
	if err := s.scs.RenewToken(ctx); err != nil {
		return fmt.Errorf("renew token: %w", err)
	}
	l.LastSeenAt = s.clock.Now() // the row is written again
	s.scs.Put(ctx, sessionKey, l)
	return nil
}

// current returns the session of the request.
func (s *Service) current(ctx context.Context) (loadedSession, bool) {
	l, ok := s.scs.Get(ctx, sessionKey).(loadedSession)
	return l, ok && l.ID != ""
}

// touch notes that a session is in use.
func (s *Service) touch(ctx context.Context, l loadedSession) error {
	now := s.clock.Now()
	if now.Sub(l.LastSeenAt) < min(touchEvery, s.config.Idle/4) {
		return nil
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.touchSession(ctx, tx, l.ID, now) })
}

// SignOut ends the session of the request.
func (s *Service) SignOut(ctx context.Context) error {
	l, ok := s.current(ctx)
	if err := s.scs.Destroy(ctx); err != nil {
		return fmt.Errorf("end session: %w", err)
	}
	if !ok {
		return nil
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, audit.Entry{Action: "identity.sign_out", Object: "identity.session", ObjectID: string(l.ID)})
	})
}

func signedIn(ctx context.Context) (AccountID, error) {
	a := actor.From(ctx)
	if a.Kind != actor.Person && a.Kind != actor.Staff {
		return "", fault.NewUnauthenticated(i18n.Msg{})
	}
	return AccountID(a.ID), nil
}

// Sessions returns the sessions of the actor's own account, the latest used first.
func (s *Service) Sessions(ctx context.Context) ([]Session, error) {
	me, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	now := s.clock.Now()
	return s.store.sessions(ctx, s.db, me, now, now.Add(-s.config.Idle))
}

// EndSession ends one session of the actor's own account; NotFound when it is not theirs.
func (s *Service) EndSession(ctx context.Context, session SessionID) error {
	if err := viaSession(ctx); err != nil {
		return err
	}
	me, err := signedIn(ctx)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.deleteSession(ctx, tx, session, me)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewNotFound(i18n.M("Phiên đăng nhập này đã kết thúc."))
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.end_session", Object: "identity.session", ObjectID: string(session)})
	})
}

// EndOtherSessions ends all sessions of the actor's own account but the one of the request.
func (s *Service) EndOtherSessions(ctx context.Context) error {
	if err := viaSession(ctx); err != nil {
		return err
	}
	me, err := signedIn(ctx)
	if err != nil {
		return err
	}
	here, _ := s.current(ctx)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.deleteSessions(ctx, tx, me, here.ID)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.end_sessions", Object: "identity.account", ObjectID: string(me), Detail: map[string]any{"ended": n}})
	})
}

// Posts returns the posts of the actor, the main one first, and the one the session acts in.
func (s *Service) Posts(ctx context.Context) (all []HeldPost, here org.PostID, err error) {
	if _, err := signedIn(ctx); err != nil {
		return nil, "", err
	}
	if all, err = s.postsOf(ctx, org.PersonID(actor.From(ctx).PersonID)); err != nil {
		return nil, "", err
	}
	l, _ := s.current(ctx)
	if p, ok := acting(all, l.PostID); ok {
		here = p.ID
	}
	return all, here, nil
}

// ActIn makes the session of the request act in another post of the actor; Invalid when they do not hold it.
func (s *Service) ActIn(ctx context.Context, post org.PostID) error {
	all, _, err := s.Posts(ctx)
	if err != nil {
		return err
	}
	p, ok := acting(all, post)
	if !ok || p.ID != post {
		return fault.NewInvalid("post", i18n.M("Chọn một vị trí công tác đang giữ."))
	}
	l, ok := s.current(ctx)
	if !ok {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := s.store.setPost(ctx, tx, l.ID, l.AccountID, post); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.change_post", Object: "identity.session", ObjectID: string(l.ID), UnitID: string(p.UnitID),
			Detail: map[string]any{"post_id": string(post), "title": p.Title}})
	})
}
