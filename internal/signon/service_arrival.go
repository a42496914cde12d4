package signon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// knownTime is how long what a service says of itself is believed without asking again.
const knownTime = 10 * time.Minute

// known are the outside services as they describe themselves.
type known struct {
	mu   sync.Mutex
	list map[string]describedService // by issuer
}

type describedService struct {
	provider *oidc.Provider
	at       time.Time
}

// described returns a service as it describes itself; Unavailable while it does not answer.
func (s *Service) described(ctx context.Context, o Outside) (*oidc.Provider, error) {
	now := s.clock.Now()
	s.outsides.mu.Lock()
	d, ok := s.outsides.list[o.Issuer]
	s.outsides.mu.Unlock()
	if ok && now.Sub(d.at) < knownTime {
		return d.provider, nil
	}
	p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), s.http), o.Issuer) // it fetches keys later on
	if err != nil {
		return nil, silent(o, err)
	}
	s.outsides.mu.Lock()
	defer s.outsides.mu.Unlock()
	if len(s.outsides.list) > 100 {
		clear(s.outsides.list)
	}
	s.outsides.list[o.Issuer] = describedService{p, now}
	return p, nil
}

// silent is the error of a service that does not answer, or not as it should.
func silent(o Outside, err error) error {
	return fault.NewUnavailable(i18n.M("%s chưa trả lời. Hãy thử lại sau ít phút, hoặc đăng nhập bằng mật khẩu ở trang này.", o.Name)).Wrap(err)
}

// broken is the error of an answer that cannot be trusted.
func broken(o Outside, err error) error {
	return fault.New(fault.Invalid, i18n.M("Câu trả lời của %s không hợp lệ nên không dùng được. Hãy đăng nhập lại từ đầu; nếu vẫn vậy, dùng mật khẩu và báo cho số hỗ trợ.", o.Name)).Wrap(err)
}

// lost is the error of somebody who comes back where they never left, too late, or twice.
func lost(err error) error {
	return fault.New(fault.Invalid, i18n.M("Lần đăng nhập này không bắt đầu ở trình duyệt này, đã quá hạn hoặc đã xong. Hãy bấm đăng nhập lại từ đầu.")).Wrap(err)
}

func (s *Service) oauth(o Outside, p *oidc.Provider) (oauth2.Config, error) {
	secret, err := s.secrets.Open(o.purpose(), o.Sealed)
	if err != nil {
		return oauth2.Config{}, fmt.Errorf("secret of outside service %s: %w", o.Key, err)
	}
	return oauth2.Config{ClientID: o.ClientID, ClientSecret: secret, Endpoint: p.Endpoint(), RedirectURL: s.issuer + "/signon/from/" + o.Key, Scopes: o.Scopes}, nil
}

// Leave sends somebody to an outside service to say who they are there. browser is a secret of their browser, which
// they must bring back. next is where they go on this site afterwards. NotFound for a service that does not count,
// Unavailable while it does not answer.
func (s *Service) Leave(ctx context.Context, key, browser, next string) (to string, err error) {
	o, err := s.store.outsideByKey(ctx, s.db, key)
	if errors.Is(err, db.ErrNoRows) || err == nil && o.EndedAt != nil {
		return "", unknownOutside(db.ErrNoRows)
	}
	if err != nil {
		return "", err
	}
	p, err := s.described(ctx, o)
	if err != nil {
		return "", err
	}
	c, err := s.oauth(o, p)
	if err != nil {
		return "", err
	}
	now, state, verifier := s.clock.Now(), random(), oauth2.GenerateVerifier()
	a := Arrival{ID: id.New(), StateHash: hashOf(state), BrowserHash: hashOf(browser), OutsideID: o.ID, Nonce: random(), Next: next, CreatedAt: now, ExpiresAt: now.Add(arrivalTime)}
	a.Verifier = s.secrets.Seal(a.purpose(), verifier)
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return s.store.insertArrival(ctx, tx, a) }); err != nil {
		return "", fmt.Errorf("keep arrival: %w", err)
	}
	return c.AuthCodeURL(state, oidc.Nonce(a.Nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// Return receives somebody who comes back from an outside service, with what it answered, and says where they go:
// whose identity is joined to an account is signed in, others decide first. Errors say what went wrong in words for a page.
func (s *Service) Return(ctx context.Context, key, browser string, answer url.Values) (to string, err error) {
	a, err := s.store.arrivalByState(ctx, s.db, hashOf(answer.Get("state")))
	if errors.Is(err, db.ErrNoRows) {
		return "", lost(errors.New("unknown state"))
	}
	if err != nil {
		return "", err
	}
	now := s.clock.Now()
	o, err := s.store.outside(ctx, s.db, a.OutsideID)
	if err != nil {
		return "", err
	}
	if o.Key != key || o.EndedAt != nil || a.BrowserHash != hashOf(browser) || !now.Before(a.ExpiresAt) {
		return "", lost(errors.New("another service, another browser or too late"))
	}
	var n int64
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err = s.store.returnArrival(ctx, tx, a.ID, now)
		return err
	})
	if err != nil || n == 0 {
		return "", errors.Join(err, lost(errors.New("came back twice")))
	}
	told, err := s.ask(ctx, o, a, answer)
	if err != nil {
		return "", err
	}
	l, err := s.store.link(ctx, s.db, o.ID, told.Subject)
	if err == nil {
		return s.comeIn(ctx, o, l, a)
	}
	if !errors.Is(err, db.ErrNoRows) {
		return "", err
	}
	raw, err := json.Marshal(told)
	if err != nil {
		return "", err
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		return s.store.tellArrival(ctx, tx, a.ID, s.secrets.Seal(a.purpose(), string(raw)))
	})
	return "/signon/arrival?" + url.Values{"id": {a.ID}}.Encode(), err
}

// ask fetches from a service whom it recognised.
func (s *Service) ask(ctx context.Context, o Outside, a Arrival, answer url.Values) (Told, error) {
	if iss := answer.Get("iss"); iss != "" && iss != o.Issuer {
		return Told{}, broken(o, fmt.Errorf("the answer is from %q", iss))
	}
	if e := answer.Get("error"); e != "" {
		return Told{}, fault.New(fault.Invalid, i18n.M("%s không xác nhận lần đăng nhập này. Ông/bà có thể thử lại hoặc đăng nhập bằng mật khẩu.", o.Name)).Wrap(fmt.Errorf("answered %q", e))
	}
	p, err := s.described(ctx, o)
	if err != nil {
		return Told{}, err
	}
	c, err := s.oauth(o, p)
	if err != nil {
		return Told{}, err
	}
	verifier, err := s.secrets.Open(a.purpose(), a.Verifier)
	if err != nil {
		return Told{}, err
	}
	ctx = oidc.ClientContext(ctx, s.http)
	token, err := c.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response.StatusCode < 500 {
		return Told{}, broken(o, err)
	}
	if err != nil {
		return Told{}, silent(o, err)
	}
	raw, _ := token.Extra("id_token").(string)
	idToken, err := p.Verifier(&oidc.Config{ClientID: o.ClientID, Now: s.clock.Now}).Verify(ctx, raw)
	if err != nil {
		return Told{}, broken(o, err)
	}
	if idToken.Nonce != a.Nonce {
		return Told{}, broken(o, errors.New("another nonce"))
	}
	if idToken.AccessTokenHash != "" {
		if err := idToken.VerifyAccessToken(token.AccessToken); err != nil {
			return Told{}, broken(o, err)
		}
	}
	return s.merge(ctx, o, p, idToken, token)
}

// merge reads what the ID token and the userinfo address say.
func (s *Service) merge(ctx context.Context, o Outside, p *oidc.Provider, idToken *oidc.IDToken, token *oauth2.Token) (Told, error) {
	all := map[string]any{}
	if p.UserInfoEndpoint() != "" {
		info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
		if err != nil {
			return Told{}, silent(o, err)
		}
		if info.Subject != idToken.Subject {
			return Told{}, broken(o, errors.New("userinfo is about somebody else"))
		}
		if err := info.Claims(&all); err != nil {
			return Told{}, broken(o, err)
		}
	}
	if err := idToken.Claims(&all); err != nil { // signed: it has the last word
		return Told{}, broken(o, err)
	}
	told := o.Claims.pick(all)
	if told.Subject == "" || told.FullName == "" || told.PersonalID == "" {
		return Told{}, fault.New(fault.Invalid, i18n.M("%s không cho biết họ tên hoặc số định danh cá nhân, có thể vì tài khoản ở đó chưa định danh. Hãy đăng nhập bằng mật khẩu ở trang này.", o.Name))
	}
	return told, nil
}

// comeIn signs in whoever is known.
func (s *Service) comeIn(ctx context.Context, o Outside, l Link, a Arrival) (string, error) {
	if who := actor.From(ctx); who.SignedIn() && who.ID != string(l.AccountID) {
		return "", fault.NewConflict(i18n.M("Danh tính %s này đã liên kết với một tài khoản khác. Hãy đăng xuất rồi đăng nhập bằng %s.", o.Name, o.Name))
	} else if !who.SignedIn() {
		if err := s.identity.Enter(ctx, l.AccountID, o.Key); err != nil {
			return "", err
		}
	}
	now := s.clock.Now()
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if _, err := s.store.endArrival(ctx, tx, a.ID, now); err != nil {
			return err
		}
		return s.store.touchLink(ctx, tx, l.ID, now)
	})
	return s.home(ctx, l.AccountID, a.Next), err
}

// home is where somebody goes who has come in.
func (s *Service) home(ctx context.Context, account identity.AccountID, next string) string {
	if next != "" && next != "/" {
		return next
	}
	h, err := s.identity.Holder(ctx, account)
	if err == nil && h.Account.Kind == identity.Official {
		return "/desk"
	}
	return "/tai-khoan/he-thong"
}

// Visitor (người mới đến) is somebody whom an outside service recognised and nobody here knows yet.
type Visitor struct {
	Arrival Arrival
	Outside Outside
	Told    Told
	Same    bool // an account names the same personal number
	Account *identity.Account
	Fresh   bool // the account's holder has signed in lately: it may be joined
}

// Visitor returns who came from outside in a browser and has not decided yet. Invalid when there is nobody (any more).
func (s *Service) Visitor(ctx context.Context, arrival, browser string) (Visitor, error) {
	a, err := s.store.arrival(ctx, s.db, arrival)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return Visitor{}, err
	}
	now := s.clock.Now()
	if err != nil || a.BrowserHash != hashOf(browser) || a.Told == "" || a.DoneAt != nil || !now.Before(a.ExpiresAt) {
		return Visitor{}, lost(errors.Join(err, errors.New("nobody waits here")))
	}
	v := Visitor{Arrival: a}
	if v.Outside, err = s.store.outside(ctx, s.db, a.OutsideID); err != nil {
		return Visitor{}, err
	}
	raw, err := s.secrets.Open(a.purpose(), a.Told)
	if err != nil {
		return Visitor{}, err
	}
	if err := json.Unmarshal([]byte(raw), &v.Told); err != nil {
		return Visitor{}, fmt.Errorf("what the service told: %w", err)
	}
	same, err := s.identity.WithPersonalID(ctx, v.Told.PersonalID)
	if err != nil {
		return Visitor{}, err
	}
	v.Same = len(same) > 0
	if session, ok := s.identity.CurrentSession(ctx); ok && actor.From(ctx).SignedIn() {
		acc, err := s.identity.Me(ctx)
		if err != nil {
			return Visitor{}, err
		}
		v.Account, v.Fresh = &acc, now.Sub(session.CreatedAt) < freshTime
	}
	return v, nil
}

// Join joins the actor's account to whom an outside service recognised, and notes on a citizen's account who its
// holder is. Errors: Conflict when either is joined already, the numbers differ, or the holder signed in too long ago.
func (s *Service) Join(ctx context.Context, arrival, browser string) (to string, err error) {
	v, err := s.Visitor(ctx, arrival, browser)
	if err != nil {
		return "", err
	}
	switch acc := v.Account; {
	case acc == nil:
		return "", fault.NewUnauthenticated(i18n.Msg{})
	case !v.Fresh:
		return "", fault.NewConflict(i18n.M("Ông/bà đăng nhập đã lâu. Hãy đăng xuất, đăng nhập lại rồi liên kết, để chắc chắn đúng người."))
	case acc.Kind == identity.Citizen && acc.PersonalID != "" && acc.PersonalID != v.Told.PersonalID:
		return "", fault.NewConflict(i18n.M("Số định danh cá nhân ở %s khác với số ghi trong tài khoản này nên không liên kết được. Hãy kiểm tra lại ở trang Tài khoản.", v.Outside.Name))
	}
	if err := s.claim(ctx, v); err != nil {
		return "", err
	}
	if err := s.join(ctx, v, v.Account.ID); err != nil {
		return "", err
	}
	return s.home(ctx, v.Account.ID, v.Arrival.Next), s.identity.Verify(ctx, v.Told.verified(v.Outside))
}

// claim notes that somebody has decided, which they do once.
func (s *Service) claim(ctx context.Context, v Visitor) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.endArrival(ctx, tx, v.Arrival.ID, s.clock.Now())
		if err == nil && n == 0 {
			return lost(errors.New("decided twice"))
		}
		return err
	})
}

func (s *Service) join(ctx context.Context, v Visitor, account identity.AccountID) error {
	now := s.clock.Now()
	l := Link{ID: LinkID(id.New()), OutsideID: v.Outside.ID, Subject: v.Told.Subject, AccountID: account, Name: v.Told.FullName, LinkedAt: now, UsedAt: now}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertLink(ctx, tx, l); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.link", Object: "signon.link", ObjectID: string(l.ID), Detail: map[string]any{"outside": v.Outside.Key, "account_id": string(account)}})
	})
	if db.IsUnique(err) {
		return fault.NewConflict(i18n.M("Tài khoản này hoặc danh tính %s này đã có liên kết. Hãy gỡ liên kết cũ trước.", v.Outside.Name))
	}
	return err
}

// Make makes a verified account for whom an outside service recognised and signs them in. consent says that they
// agree to the keeping of their data. Errors: Invalid at "consent"; Conflict when somebody is signed in.
func (s *Service) Make(ctx context.Context, arrival, browser string, consent bool) (to string, err error) {
	v, err := s.Visitor(ctx, arrival, browser)
	if err != nil {
		return "", err
	}
	switch {
	case v.Account != nil:
		return "", fault.NewConflict(i18n.M("Đang có người đăng nhập ở trình duyệt này. Hãy đăng xuất trước."))
	case !consent:
		return "", fault.NewInvalid("consent", i18n.M("Cần đồng ý để hệ thống lưu thông tin thì mới tạo được tài khoản."))
	}
	if err := s.claim(ctx, v); err != nil {
		return "", err
	}
	acc, err := s.identity.AddVerified(ctx, v.Told.verified(v.Outside))
	if err != nil {
		return "", err
	}
	if err := s.join(ctx, v, acc.ID); err != nil {
		return "", err
	}
	return s.home(ctx, acc.ID, v.Arrival.Next), s.identity.Enter(ctx, acc.ID, v.Outside.Key)
}

// MyLinks returns the outside identities joined to the actor's account.
func (s *Service) MyLinks(ctx context.Context) ([]Link, error) {
	account, err := me(ctx)
	if err != nil {
		return nil, err
	}
	return s.store.linksOf(ctx, s.db, account)
}

// Unlink takes an outside identity off the actor's account. Errors: NotFound when it has none such; Conflict when
// nothing else lets its holder in.
func (s *Service) Unlink(ctx context.Context, link LinkID) error {
	acc, err := s.identity.Me(ctx)
	if err != nil {
		return err
	}
	links, err := s.store.linksOf(ctx, s.db, acc.ID)
	if err != nil {
		return err
	}
	if len(links) < 2 && (acc.PasswordHash == "" || len(acc.Names) == 0) {
		return fault.NewConflict(i18n.M("Đây là cách đăng nhập duy nhất của tài khoản này nên chưa gỡ được."))
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.deleteLink(ctx, tx, link, acc.ID)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewNotFound(i18n.M("Liên kết này đã được gỡ."))
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.unlink", Object: "signon.link", ObjectID: string(link)})
	})
}
