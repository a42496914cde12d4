package identity

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
)

// Access (quyền truy cập của chương trình) is what a token stands for: an account, and
// how much of its rights.
type Access struct {
	ID        string // of the token, for the audit record
	AccountID AccountID
	Scopes    Scopes
}

// Bearers knows tokens that another room issued, such as those of the room signon.
type Bearers interface {
	// Bearer returns what a token stands for; false when the token is none of this room's.
	Bearer(ctx context.Context, token string) (Access, bool, error)
}

// AcceptBearers makes the API take the tokens of another room too. It is called while the house is wired.
func (s *Service) AcceptBearers(b Bearers) { s.bearers = append(s.bearers, b) }

// viaSession returns Forbidden for those who act through a token: whoever finds one must
// not be able to lock its holder out or to make himself another.
func viaSession(ctx context.Context) error {
	if actor.From(ctx).Token != "" {
		return fault.NewForbidden(i18n.M("Việc này cần đăng nhập bằng mật khẩu, không làm được bằng mã truy cập."))
	}
	return nil
}

// MakeToken makes a token for the actor's own account and returns it as it is shown once.
// Errors: Invalid by field (name, scopes, networks, expires_on); Forbidden for those who
// act through a token; Conflict when the account has as many as it may.
func (s *Service) MakeToken(ctx context.Context, n NewToken) (Token, string, error) {
	me, err := signedIn(ctx)
	if err != nil {
		return Token{}, "", err
	}
	acc, err := s.store.account(ctx, s.db, me)
	if err != nil {
		return Token{}, "", unknownAccount(err)
	}
	return s.makeToken(ctx, acc, n)
}

// MakeSecret makes a token for the account of a program, whose administrators hand it to
// those who run the program. Permission: as for SetBlocked. Errors as of MakeToken.
func (s *Service) MakeSecret(ctx context.Context, account AccountID, n NewToken) (Token, string, error) {
	acc, err := s.managed(ctx, account)
	if err != nil {
		return Token{}, "", err
	}
	if !acc.Program() {
		return Token{}, "", fault.NewForbidden(i18n.M("Người nào tự tạo mã truy cập của người đó, ở trang Tài khoản."))
	}
	return s.makeToken(ctx, acc, n)
}

func (s *Service) makeToken(ctx context.Context, acc Account, n NewToken) (Token, string, error) {
	if err := viaSession(ctx); err != nil {
		return Token{}, "", err
	}
	if err := actor.Fresh(ctx); err != nil {
		return Token{}, "", err
	}
	scopes, networks, err := n.check(s.today(), s.known)
	if err != nil {
		return Token{}, "", err
	}
	if acc.Kind == Citizen { // has no permissions to choose from
		for _, v := range scopes {
			if v != ScopeAll && v != ScopeRead {
				return Token{}, "", fault.NewInvalid("scopes", i18n.M("Không có phạm vi “%s”.", v))
			}
		}
	}
	secret := newSecret()
	t := Token{ID: TokenID(id.New()), AccountID: acc.ID, Name: n.Name, Ending: secret[len(secret)-4:], Scopes: scopes, Networks: networks,
		CreatedBy: AccountID(actor.From(ctx).ID), CreatedAt: s.clock.Now(), ExpiresOn: n.ExpiresOn}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockAccount(ctx, tx, acc.ID); err != nil {
			return unknownAccount(err)
		}
		open, err := s.store.openTokens(ctx, tx, acc.ID, s.today())
		if err != nil {
			return fmt.Errorf("count tokens: %w", err)
		}
		if open >= tokensMost {
			return fault.NewConflict(i18n.M("Mỗi tài khoản có nhiều nhất %d mã truy cập đang dùng. Hãy thu hồi mã không dùng nữa.", tokensMost))
		}
		if err := s.store.insertToken(ctx, tx, t, tokenHash(secret)); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.make_token", Object: "identity.token", ObjectID: string(t.ID), UnitID: string(acc.UnitID), After: t,
			Detail: map[string]any{"account_id": string(acc.ID), "name": t.Name, "scopes": []string(t.Scopes), "networks": t.Networks, "expires_on": t.ExpiresOn.String()}})
	})
	if err != nil {
		return Token{}, "", err
	}
	return t, secret, nil
}

// Tokens returns the tokens of the actor's own account, the latest first, also those that are over.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	me, err := signedIn(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.tokens(ctx, s.db, me)
}

// TokensOf returns the tokens of an account that the actor manages or holds.
func (s *Service) TokensOf(ctx context.Context, account AccountID) ([]Token, error) {
	if _, err := s.Account(ctx, account); err != nil {
		return nil, err
	}
	return s.store.tokens(ctx, s.db, account)
}

// RevokeToken ends a token of the actor's own account at once; NotFound when there is none that holds.
func (s *Service) RevokeToken(ctx context.Context, token TokenID) error {
	me, err := signedIn(ctx)
	if err != nil {
		return err
	}
	acc, err := s.store.account(ctx, s.db, me)
	if err != nil {
		return unknownAccount(err)
	}
	if via := actor.From(ctx).Token; via != "" && via != string(token) { // a token may end itself
		return viaSession(ctx)
	}
	return s.revokeToken(ctx, acc, token)
}

// RevokeTokenOf ends a token of an account that the actor manages. Permission: as for SetBlocked.
func (s *Service) RevokeTokenOf(ctx context.Context, account AccountID, token TokenID) error {
	acc, err := s.managed(ctx, account)
	if err != nil {
		return err
	}
	return s.revokeToken(ctx, acc, token)
}

func (s *Service) revokeToken(ctx context.Context, acc Account, token TokenID) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.revokeToken(ctx, tx, token, acc.ID, AccountID(actor.From(ctx).ID), s.clock.Now())
		if err != nil {
			return fmt.Errorf("revoke token: %w", err)
		}
		if n == 0 {
			return fault.NewNotFound(i18n.M("Mã truy cập này không còn dùng được."))
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.revoke_token", Object: "identity.token", ObjectID: string(token), UnitID: string(acc.UnitID),
			Detail: map[string]any{"account_id": string(acc.ID)}})
	})
}

// Program reports whether the account is one of a program of another system.
func (a Account) Program() bool { return a.Kind == Official && a.PersonID == "" }

// refuseToken is the answer to a token that opens nothing.
func refuseToken(m i18n.Msg) error { return fault.NewUnauthenticated(m) }

// bearer returns who acts through a token. ip is where the request comes from; changing
// says that it may change something.
func (s *Service) bearer(ctx context.Context, token, ip string, changing bool) (actor.Actor, error) {
	if looksLikeSecret(token) {
		return s.ownBearer(ctx, token, ip, changing)
	}
	for _, b := range s.bearers {
		acc, ok, err := b.Bearer(ctx, token)
		if err != nil {
			return actor.Actor{}, err
		}
		if !ok {
			continue
		}
		l, err := s.store.loadedAccount(ctx, s.db, acc.AccountID)
		if errors.Is(err, db.ErrNoRows) || err == nil && l.Status != Active {
			return actor.Actor{}, refuseToken(i18n.M("Tài khoản của mã truy cập này đã bị khóa."))
		}
		if err != nil {
			return actor.Actor{}, fmt.Errorf("account of a token: %w", err)
		}
		return s.cutActor(ctx, acc, l, changing)
	}
	return actor.Actor{}, nil
}

// ownBearer finds a token of this room, and notes that it is in use.
func (s *Service) ownBearer(ctx context.Context, token, ip string, changing bool) (actor.Actor, error) {
	if !wellFormed(token) {
		return actor.Actor{}, refuseToken(i18n.M("Mã truy cập chép thiếu hoặc sai ký tự. Hãy chép lại cả mã, bắt đầu bằng lt_."))
	}
	u, err := s.store.tokenByHash(ctx, s.db, tokenHash(token))
	if errors.Is(err, db.ErrNoRows) {
		return actor.Actor{}, refuseToken(i18n.M("Mã truy cập này không có hoặc thuộc hệ thống khác."))
	}
	if err != nil {
		return actor.Actor{}, fmt.Errorf("find token: %w", err)
	}
	t := u.token()
	switch {
	case t.RevokedAt != nil:
		return actor.Actor{}, refuseToken(i18n.M("Mã truy cập này đã bị thu hồi."))
	case !t.HoldsOn(s.today()):
		return actor.Actor{}, refuseToken(i18n.M("Mã truy cập này đã hết hạn từ ngày %s. Hãy tạo mã mới.", t.ExpiresOn.Display()))
	case u.Status != Active:
		return actor.Actor{}, refuseToken(i18n.M("Tài khoản của mã truy cập này đã bị khóa."))
	case !t.from(ip):
		return actor.Actor{}, fault.NewForbidden(i18n.M("Mã truy cập này không được dùng từ địa chỉ mạng %s.", ip))
	}
	a, err := s.cutActor(ctx, Access{string(t.ID), t.AccountID, t.Scopes}, u.loadedAccount, changing)
	if err != nil {
		return actor.Actor{}, err
	}
	return a, s.touchToken(ctx, t, ip)
}

// touchToken writes at most once a minute that a token is used.
func (s *Service) touchToken(ctx context.Context, t Token, ip string) error {
	now := s.clock.Now()
	since := now.Add(-touchEvery)
	if t.LastUsedAt != nil && t.LastUsedAt.After(since) {
		return nil
	}
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.touchToken(ctx, tx, t.ID, now, since, ip) }); err != nil {
		return fmt.Errorf("touch token: %w", err)
	}
	return nil
}

// cutActor returns an account as an actor with its grants cut down to scopes.
func (s *Service) cutActor(ctx context.Context, acc Access, l loadedAccount, changing bool) (actor.Actor, error) {
	if changing && acc.Scopes.ReadOnly() {
		return actor.Actor{}, fault.NewForbidden(i18n.M("Mã truy cập này chỉ được đọc, không được thay đổi gì."))
	}
	a, err := s.actorOf(ctx, loadedSession{Session: Session{AccountID: acc.AccountID}, Kind: l.Kind, FullName: l.FullName, PersonID: org.PersonID(l.PersonID), Version: l.Version})
	if err != nil {
		return actor.Actor{}, err
	}
	a.Grants, a.Token = acc.Scopes.cut(a.Grants), acc.ID
	return a, nil
}

// VerifySecret checks the secret of a program's account: what a program sends as client
// id (the id or the sign-in name of the account) and client secret. It notes the use.
// Errors: Unauthenticated when the two do not belong together or open nothing any more.
func (s *Service) VerifySecret(ctx context.Context, client, secret string) (Account, Access, error) {
	wrong := refuseToken(i18n.M("Mã chương trình hoặc khóa bí mật không đúng."))
	if !wellFormed(secret) {
		return Account{}, Access{}, wrong
	}
	u, err := s.store.tokenByHash(ctx, s.db, tokenHash(secret))
	if errors.Is(err, db.ErrNoRows) {
		return Account{}, Access{}, wrong
	}
	if err != nil {
		return Account{}, Access{}, fmt.Errorf("find secret: %w", err)
	}
	t := u.token()
	acc, err := s.store.account(ctx, s.db, t.AccountID)
	if err != nil {
		return Account{}, Access{}, fmt.Errorf("account of a secret: %w", err)
	}
	named := client == string(acc.ID)
	for _, n := range acc.Names {
		named = named || strings.EqualFold(client, n.Text)
	}
	ip := actor.From(ctx).IP
	if !named || !acc.Program() || acc.Status != Active || !t.HoldsOn(s.today()) || !t.from(ip) {
		return Account{}, Access{}, wrong
	}
	return acc, Access{string(t.ID), acc.ID, t.Scopes}, s.touchToken(ctx, t, ip)
}

// ActAs returns a context in which an account acts with the grants it has at this moment,
// for work that goes on after its request: a long import, an issued token. Only the
// system may; Forbidden for a blocked account.
func (s *Service) ActAs(ctx context.Context, account AccountID) (context.Context, error) {
	if actor.From(ctx).Kind != actor.System {
		return ctx, fault.NewForbidden(i18n.Msg{})
	}
	l, err := s.store.loadedAccount(ctx, s.db, account)
	if err != nil {
		return ctx, unknownAccount(err)
	}
	if l.Status != Active {
		return ctx, fault.NewForbidden(i18n.M("Tài khoản này đã bị khóa."))
	}
	a, err := s.actorOf(ctx, loadedSession{Session: Session{AccountID: account}, Kind: l.Kind, FullName: l.FullName, PersonID: org.PersonID(l.PersonID), Version: l.Version})
	if err != nil {
		return ctx, err
	}
	return actor.With(ctx, a), nil
}

// WarnTokens announces the tokens that end soon, each once. A timer calls it every day.
func (s *Service) WarnTokens(ctx context.Context) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		ending, err := s.store.endingTokens(ctx, tx, s.today(), s.today().AddDays(warnTokenDays))
		if err != nil {
			return fmt.Errorf("tokens that end soon: %w", err)
		}
		for _, t := range ending {
			if err := event.Publish(ctx, tx, EventTokenEnding, TokenEnding{TokenID: t.ID, AccountID: t.AccountID, Name: t.Name, ExpiresOn: t.ExpiresOn}); err != nil {
				return err
			}
		}
		return nil
	})
}
