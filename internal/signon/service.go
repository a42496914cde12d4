package signon

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

func (s *Service) record(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return audit.Record(audit.WithClock(ctx, s.clock), tx, e)
}

// may returns Forbidden unless the actor manages sign-on for the whole province.
func (s *Service) may(ctx context.Context) error {
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return nil
	}
	if !a.SignedIn() {
		return fault.NewUnauthenticated(i18n.Msg{})
	}
	path, err := s.units.UnitPath(ctx, "")
	if err != nil {
		return fmt.Errorf("path of the root unit: %w", err)
	}
	if !a.Can(PermManage, path) {
		return fault.NewForbidden(i18n.M("Việc này dành cho người quản trị đăng nhập một lần của toàn tỉnh."))
	}
	return nil
}

func unknownClient(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return fault.NewNotFound(i18n.M("Không tìm thấy hệ thống kết nối này."))
	}
	return err
}

// random returns a secret nobody guesses: 256 bits.
func random() string {
	raw := make([]byte, 32)
	rand.Read(raw) // never fails
	return base64.RawURLEncoding.EncodeToString(raw)
}

// hashOf is how secrets that nobody guesses are kept.
func hashOf(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// systems does something as the program itself, from where the caller is.
func systems(ctx context.Context) context.Context {
	a, from := actor.SystemActor, actor.From(ctx)
	a.IP, a.UserAgent = from.IP, from.UserAgent
	return actor.With(ctx, a)
}

// Clients returns up to q.Size+1 clients by name: the row too many says that there is a next page. Permission: signon.manage.
func (s *Service) Clients(ctx context.Context, q Query) ([]Client, error) {
	if err := s.may(ctx); err != nil {
		return nil, err
	}
	if q.Size <= 0 {
		q.Size = 50
	}
	return s.store.clients(ctx, s.db, q)
}

// Client returns one client with its secrets. Permission: signon.manage.
func (s *Service) Client(ctx context.Context, client ClientID) (Client, error) {
	if err := s.may(ctx); err != nil {
		return Client{}, err
	}
	c, err := s.store.client(ctx, s.db, client)
	return c, unknownClient(err)
}

// Programs returns the accounts that a client may act as by itself. Permission: signon.manage.
func (s *Service) Programs(ctx context.Context) ([]identity.Account, error) {
	if err := s.may(ctx); err != nil {
		return nil, err
	}
	return s.identity.Programs(ctx)
}

// AddClient registers a client. A confidential one gets its first secret, which is returned and cannot be read again.
// Permission: signon.manage. Errors: Invalid by field (name, redirects, logouts, permissions, account, contact).
func (s *Service) AddClient(ctx context.Context, c Client) (added Client, secret string, err error) {
	if err := s.may(ctx); err != nil {
		return Client{}, "", err
	}
	if err := s.check(ctx, &c); err != nil {
		return Client{}, "", err
	}
	c.ID, c.CreatedAt, c.CreatedBy = ClientID(id.New()), s.clock.Now(), identity.AccountID(actor.From(ctx).ID)
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertClient(ctx, tx, c); err != nil {
			return err
		}
		if err := s.record(ctx, tx, audit.Entry{Action: "signon.add_client", Object: "signon.client", ObjectID: string(c.ID), After: c}); err != nil {
			return err
		}
		if c.Public {
			return nil
		}
		secret, err = s.newSecret(ctx, tx, c.ID)
		return err
	})
	return c, secret, err
}

func (s *Service) check(ctx context.Context, c *Client) error {
	ps := c.clean(s.known)
	if c.AccountID != "" {
		programs, err := s.identity.Programs(ctx)
		if err != nil {
			return err
		}
		if !has(programs, c.AccountID) {
			ps.Add("account", i18n.M("Chọn một tài khoản chương trình đang dùng được."))
		}
	}
	return ps.Err()
}

func has(list []identity.Account, account identity.AccountID) bool {
	for _, a := range list {
		if a.ID == account {
			return true
		}
	}
	return false
}

// UpdateClient changes a client; whether it can keep a secret stays as it is. Permission and errors as for AddClient;
// Conflict when it has ended.
func (s *Service) UpdateClient(ctx context.Context, c Client) error {
	if err := s.may(ctx); err != nil {
		return err
	}
	return s.change(ctx, c.ID, "signon.update_client", func(tx *db.Tx, before Client) (Client, error) {
		c.Public, c.CreatedAt, c.CreatedBy, c.Secrets = before.Public, before.CreatedAt, before.CreatedBy, before.Secrets
		if err := s.check(ctx, &c); err != nil {
			return Client{}, err
		}
		return c, s.store.updateClient(ctx, tx, c)
	})
}

// change alters a client that has not ended and writes the change down.
func (s *Service) change(ctx context.Context, client ClientID, action string, fn func(tx *db.Tx, before Client) (after Client, err error)) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.lockClient(ctx, tx, client); err != nil {
			return unknownClient(err)
		}
		before, err := s.store.client(ctx, tx, client)
		if err != nil {
			return err
		}
		if before.ended() {
			return fault.NewConflict(i18n.M("Hệ thống kết nối này đã ngừng. Hãy đăng ký mới nếu cần dùng lại."))
		}
		after, err := fn(tx, before)
		if err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "signon.client", ObjectID: string(client), Before: before, After: after})
	})
}

// EndClient ends a client with everything that was given out to it. Permission: signon.manage. Conflict when it has ended.
func (s *Service) EndClient(ctx context.Context, client ClientID) error {
	if err := s.may(ctx); err != nil {
		return err
	}
	now := s.clock.Now()
	return s.change(ctx, client, "signon.end_client", func(tx *db.Tx, c Client) (Client, error) {
		if err := s.store.endClient(ctx, tx, client, now); err != nil {
			return Client{}, err
		}
		visits, err := s.store.openVisits(ctx, tx, client, "", "")
		if err != nil {
			return Client{}, err
		}
		for _, v := range visits {
			if _, err := s.store.endVisit(ctx, tx, v, ClientGone, now); err != nil {
				return Client{}, err
			}
		}
		if err := s.store.endTokensOf(ctx, tx, client, now); err != nil {
			return Client{}, err
		}
		c.EndedAt = &now
		return c, event.Publish(ctx, tx, EventClientEnded, ClientEnded{client})
	})
}

// AddSecret gives a client a further secret, which is returned and cannot be read again. The older ones count until
// they are ended. Permission: signon.manage. Conflict when the client can keep none or has several unused already.
func (s *Service) AddSecret(ctx context.Context, client ClientID) (secret string, err error) {
	if err := s.may(ctx); err != nil {
		return "", err
	}
	err = s.change(ctx, client, "signon.add_secret", func(tx *db.Tx, c Client) (Client, error) {
		counting := 0
		for _, old := range c.Secrets {
			if old.EndedAt == nil {
				counting++
			}
		}
		switch {
		case c.Public:
			return Client{}, fault.NewConflict(i18n.M("Chương trình trên thiết bị của người dùng không dùng khóa bí mật."))
		case counting >= maxSecrets:
			return Client{}, fault.NewConflict(i18n.M("Đã có %d khóa bí mật đang dùng. Hãy ngừng một khóa cũ trước.", maxSecrets))
		}
		if secret, err = s.newSecret(ctx, tx, client); err != nil {
			return Client{}, err
		}
		return s.store.client(ctx, tx, client)
	})
	return secret, err
}

const (
	maxSecrets = 5
	hintLength = 4
)

func (s *Service) newSecret(ctx context.Context, tx *db.Tx, client ClientID) (string, error) {
	secret := "ltk_" + random()
	return secret, s.store.insertSecret(ctx, tx, Secret{ID: id.New(), ClientID: client, Hash: hashOf(secret), Hint: secret[len(secret)-hintLength:],
		CreatedAt: s.clock.Now(), CreatedBy: actor.From(ctx).ID})
}

// EndSecret ends one secret of a client. Permission: signon.manage. NotFound when it has none such.
func (s *Service) EndSecret(ctx context.Context, client ClientID, secret string) error {
	if err := s.may(ctx); err != nil {
		return err
	}
	return s.change(ctx, client, "signon.end_secret", func(tx *db.Tx, _ Client) (Client, error) {
		n, err := s.store.endSecret(ctx, tx, client, secret, s.clock.Now())
		if err != nil {
			return Client{}, err
		}
		if n == 0 {
			return Client{}, fault.NewNotFound(i18n.M("Khóa bí mật này đã ngừng."))
		}
		return s.store.client(ctx, tx, client)
	})
}

// Visits returns up to size+1 visits to a client, the latest first, with the names of who signed on. Permission: signon.manage.
func (s *Service) Visits(ctx context.Context, client ClientID, after VisitID, size int) ([]Visit, error) {
	if err := s.may(ctx); err != nil {
		return nil, err
	}
	if _, err := s.store.client(ctx, s.db, client); err != nil {
		return nil, unknownClient(err)
	}
	list, err := s.store.visits(ctx, s.db, client, "", after, size)
	if err != nil {
		return nil, fmt.Errorf("list visits: %w", err)
	}
	names := map[identity.AccountID]string{}
	for i, v := range list {
		if _, known := names[v.AccountID]; !known {
			h, err := s.identity.Holder(ctx, v.AccountID)
			if err != nil {
				return nil, fmt.Errorf("holder of account %s: %w", v.AccountID, err)
			}
			names[v.AccountID] = h.Account.FullName
		}
		list[i].Holder = names[v.AccountID]
	}
	return list, nil
}

// Clean forgets requests, tokens and arrivals that ran out a day ago. A timer calls it.
func (s *Service) Clean(ctx context.Context) error {
	before := s.clock.Now().Add(-24 * time.Hour)
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.cleanArrivals(ctx, tx, before); err != nil {
			return err
		}
		return s.store.clean(ctx, tx, before)
	})
}
