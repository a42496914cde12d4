package signon

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

func unknownOutside(err error) error {
	if errors.Is(err, db.ErrNoRows) {
		return fault.NewNotFound(i18n.M("Không tìm thấy dịch vụ định danh này."))
	}
	return err
}

// Outsides returns all outside identity services by name, also those that have ended. Permission: signon.manage.
func (s *Service) Outsides(ctx context.Context) ([]Outside, error) {
	if err := s.may(ctx); err != nil {
		return nil, err
	}
	return s.store.outsides(ctx, s.db, true)
}

// Outside returns one outside identity service. Permission: signon.manage.
func (s *Service) Outside(ctx context.Context, outside OutsideID) (Outside, error) {
	if err := s.may(ctx); err != nil {
		return Outside{}, err
	}
	o, err := s.store.outside(ctx, s.db, outside)
	return o, unknownOutside(err)
}

// AddOutside adds an outside identity service, with the secret it gave us. Permission: signon.manage. Errors: Invalid
// by field (key, name, issuer, client_id, secret, scopes, claim_name), also when the key is taken.
func (s *Service) AddOutside(ctx context.Context, o Outside, secret string) (Outside, error) {
	if err := s.may(ctx); err != nil {
		return Outside{}, err
	}
	ps := o.clean()
	if secret == "" {
		ps.Add("secret", i18n.M("Nhập khóa bí mật (client_secret) mà dịch vụ đó cấp."))
	}
	if err := ps.Err(); err != nil {
		return Outside{}, err
	}
	o.ID, o.CreatedAt, o.CreatedBy = OutsideID(id.New()), s.clock.Now(), actor.From(ctx).ID
	o.Sealed = s.secrets.Seal(o.purpose(), secret)
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insertOutside(ctx, tx, o); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "signon.add_outside", Object: "signon.outside", ObjectID: string(o.ID), After: o})
	})
	if db.IsUnique(err) {
		return Outside{}, fault.NewInvalid("key", i18n.M("Mã này đã dùng cho một dịch vụ khác."))
	}
	return o, err
}

// UpdateOutside changes an outside identity service; its key stays, and its secret when none is given. Permission and errors as for AddOutside.
func (s *Service) UpdateOutside(ctx context.Context, o Outside, secret string) error {
	return s.changeOutside(ctx, o.ID, "signon.update_outside", func(before Outside) (Outside, error) {
		after := before
		after.Name, after.Issuer, after.ClientID, after.Scopes, after.Claims = o.Name, o.Issuer, o.ClientID, o.Scopes, o.Claims
		ps := after.clean()
		if secret != "" {
			after.Sealed = s.secrets.Seal(after.purpose(), secret)
		}
		return after, ps.Err()
	})
}

// SetOutsideEnded ends an outside identity service or lets people come by it again. Links stay. Permission: signon.manage.
func (s *Service) SetOutsideEnded(ctx context.Context, outside OutsideID, ended bool) error {
	return s.changeOutside(ctx, outside, "signon.end_outside", func(o Outside) (Outside, error) {
		o.EndedAt = nil
		if ended {
			now := s.clock.Now()
			o.EndedAt = &now
		}
		return o, nil
	})
}

func (s *Service) changeOutside(ctx context.Context, outside OutsideID, action string, fn func(before Outside) (Outside, error)) error {
	if err := s.may(ctx); err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.outside(ctx, tx, outside)
		if err != nil {
			return unknownOutside(err)
		}
		after, err := fn(before)
		if err != nil {
			return err
		}
		if err := s.store.updateOutside(ctx, tx, after); err != nil {
			return fmt.Errorf("change outside service: %w", err)
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "signon.outside", ObjectID: string(outside), Before: before, After: after,
			Detail: map[string]any{"ended": after.EndedAt != nil, "new_secret": before.Sealed != after.Sealed}})
	})
}

// Doors returns the outside services by which people may come in.
func (s *Service) Doors(ctx context.Context) ([]Outside, error) {
	return s.store.outsides(ctx, s.db, false)
}

// Entrances returns the ways by which people may come in, for the sign-in page.
func (s *Service) Entrances(ctx context.Context) ([]identity.Door, error) {
	list, err := s.Doors(ctx)
	if err != nil {
		return nil, fmt.Errorf("outside services: %w", err)
	}
	var doors []identity.Door
	for _, o := range list {
		doors = append(doors, identity.Door{Name: o.Name, Href: "/signon/go/" + o.Key})
	}
	return doors, nil
}
