package file

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// PermKeep lets its holder set terms and quotas, and forbid the deletion of files.
const PermKeep = "file.keep"

// Permissions returns the permissions of the room in words.
func Permissions() []actor.Permission {
	return []actor.Permission{{Key: PermKeep, Name: i18n.M("Quy định thời hạn, hạn mức lưu tệp và phong tỏa tệp")}}
}

// mayKeep wants the permission at the root of the organisation: terms and holds are of the whole store.
func mayKeep(ctx context.Context) error {
	for _, g := range actor.From(ctx).Having(PermKeep) {
		if g.Below && !strings.Contains(strings.Trim(g.UnitPath, "/"), "/") {
			return nil
		}
	}
	return fault.NewForbidden(i18n.M("Tài khoản này không được quy định việc lưu giữ tệp."))
}

// Classes returns the terms and quotas that are set.
func (s *Service) Classes(ctx context.Context) ([]Class, error) {
	if err := mayKeep(ctx); err != nil {
		return nil, err
	}
	return classes(ctx, s.db)
}

// SetClass sets terms and quotas of a kind of holders.
func (s *Service) SetClass(ctx context.Context, c Class) error {
	if err := mayKeep(ctx); err != nil {
		return err
	}
	c.SourceAct = vntext.Clean(c.SourceAct)
	if err := c.Validate(); err != nil {
		return err
	}
	return s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		before, err := classOf(ctx, tx, c.HolderKind)
		if err != nil && !errors.Is(err, db.ErrNoRows) {
			return err
		}
		if err := saveClass(ctx, tx, c); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "file.set_class", Object: "file.class", ObjectID: c.HolderKind, Before: before, After: c})
	})
}

// Holds returns all holds in the order in which they were put, after a given one.
func (s *Service) Holds(ctx context.Context, after string, limit int) ([]Hold, error) {
	if err := mayKeep(ctx); err != nil {
		return nil, err
	}
	return holds(ctx, s.db, after, limit)
}

// PutHold forbids that the files of a holder are deleted, until LiftHold.
func (s *Service) PutHold(ctx context.Context, h Holder, reason string) (Hold, error) {
	if err := mayKeep(ctx); err != nil {
		return Hold{}, err
	}
	hold := Hold{ID: id.New(), Holder: h, Reason: vntext.Clean(reason), PutBy: actor.From(ctx).ID, PutAt: s.clock.Now()}
	var ps fault.Problems
	if h.Kind == "" || h.ID == "" || h.Kind == UploadKind {
		ps.Add("holder_id", i18n.M("Hãy chọn nơi giữ tệp cần phong tỏa."))
	}
	if hold.Reason == "" {
		ps.Add("reason", i18n.M("Hãy ghi lý do phong tỏa."))
	}
	if err := ps.Err(); err != nil {
		return Hold{}, err
	}
	return hold, s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := insertHold(ctx, tx, hold); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "file.hold", Object: "file.hold", ObjectID: hold.ID, After: hold})
	})
}

// LiftHold ends a hold, with the reason.
func (s *Service) LiftHold(ctx context.Context, holdID, reason string) (Hold, error) {
	if err := mayKeep(ctx); err != nil {
		return Hold{}, err
	}
	if reason = vntext.Clean(reason); reason == "" {
		return Hold{}, fault.NewInvalid("reason", i18n.M("Hãy ghi lý do gỡ phong tỏa."))
	}
	var hold Hold
	err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		var err error
		if hold, err = liftHold(ctx, tx, holdID, actor.From(ctx).ID, reason, s.clock.Now()); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "file.lift_hold", Object: "file.hold", ObjectID: hold.ID, After: hold})
	})
	if errors.Is(err, db.ErrNoRows) {
		err = fault.NewNotFound(i18n.M("Không có lệnh phong tỏa này, hoặc đã được gỡ."))
	}
	return hold, err
}

var errHeld = fault.NewConflict(i18n.M("Tệp đang bị phong tỏa nên không thể gỡ bỏ."))

// withinQuota refuses what would be more than the class of the holder allows. bytes is what comes.
func (s *Service) withinQuota(ctx context.Context, h Holder, bytes int64) error {
	c, err := classOf(ctx, s.db, h.Kind)
	if errors.Is(err, db.ErrNoRows) {
		return nil
	}
	for _, bound := range []struct {
		limit int64
		of    Holder
	}{{c.HolderBytes, h}, {c.TotalBytes, Holder{Kind: h.Kind}}} {
		if err != nil {
			break
		}
		if bound.limit == 0 {
			continue
		}
		var n int64
		if n, err = used(ctx, s.db, bound.of); err == nil && n+bytes > bound.limit {
			return over("file", bound.limit, bound.of.ID == "")
		}
	}
	if err != nil {
		return fmt.Errorf("look up the quota of files: %w", err)
	}
	return nil
}

// Dispose deletes, for good, files whose term has ended and that no hold protects; with dryRun it only says what
// it would delete. Contents that nobody has any more go with the next sweeps.
func (s *Service) Dispose(ctx context.Context, dryRun bool) (Disposal, error) {
	if err := mayKeep(ctx); err != nil {
		return Disposal{}, err
	}
	d := Disposal{DryRun: dryRun}
	cs, err := classes(ctx, s.db)
	if err != nil {
		return d, err
	}
	now := s.clock.Now()
	ended := func(days int64) time.Time {
		if days == 0 {
			return time.Time{}
		}
		return now.AddDate(0, 0, -int(days))
	}
	for _, c := range cs {
		made, removed := ended(c.KeepDays), ended(c.RemovedDays)
		n, bytes, held, err := countExpired(ctx, s.db, c.HolderKind, made, removed)
		if err != nil {
			return d, fmt.Errorf("count expired files: %w", err)
		}
		d.Held += held
		if dryRun {
			d.Files, d.Bytes = d.Files+n, d.Bytes+bytes
			continue
		}
		if err := s.disposeOf(ctx, c, made, removed, &d); err != nil {
			return d, fmt.Errorf("delete expired files: %w", err)
		}
	}
	return d, nil
}

func (s *Service) disposeOf(ctx context.Context, c Class, made, removed time.Time, d *Disposal) error {
	for n := page; n == page; {
		var gone []disposed
		err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
			var err error
			if gone, err = dispose(ctx, tx, c.HolderKind, made, removed, page); err != nil || len(gone) == 0 {
				return err
			}
			return audit.Record(ctx, tx, audit.Entry{Action: "file.dispose", Object: "file.file", Detail: map[string]any{"holder_kind": c.HolderKind, "source_act": c.SourceAct, "files": gone}})
		})
		if err != nil {
			return err
		}
		for _, f := range gone {
			d.Files, d.Bytes = d.Files+1, d.Bytes+f.Size
		}
		n = len(gone)
	}
	return nil
}

// disposeDaily is Dispose as the timer runs it.
func (s *Service) disposeDaily(ctx context.Context) error {
	system := actor.SystemActor
	system.Grants = []actor.Grant{{Permissions: map[string]bool{PermKeep: true}, UnitPath: "/", Below: true}}
	_, err := s.Dispose(actor.With(ctx, system), false)
	return err
}
