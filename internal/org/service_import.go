package org

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/place"
)

// Import takes over the agencies of a province from its files org.yaml and
// agency-codes.csv; its places must be there. What is there already is not
// touched: importing twice changes nothing, and a change made in the program is
// not undone. Either all of org.yaml is taken over or, when something is wrong,
// nothing; the error is Invalid and says where. Codes that do not fit are left out
// and reported.
//
// Ends in the past are history and are not announced.
func (s *Service) Import(ctx context.Context, fsys fs.FS) (Report, error) {
	if err := s.mayAtRoot(ctx); err != nil {
		return Report{}, err
	}
	src, err := readSource(fsys)
	if err != nil {
		return Report{}, unreadable(err)
	}
	rows, rejected, err := readCodesFile(fsys)
	if err != nil {
		return Report{}, unreadable(err)
	}
	t, err := s.territory(ctx)
	if err != nil {
		return Report{}, err
	}
	byCode := func(code string, on clock.Date) (place.Unit, bool) {
		for _, p := range t.places {
			if p.Code == code && (p.ValidOn(on) || on.IsZero() && p.ValidTo.IsZero()) {
				return p, true
			}
		}
		return place.Unit{}, false
	}
	var report Report
	err = s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		if report, err = src.apply(b, t, byCode); err != nil {
			return unreadable(err)
		}
		report.Codes = b.takeCodes(rows, s.today())
		report.Codes.Rejected = append(append([]Rejected{}, rejected...), report.Codes.Rejected...)
		b.history(s.today())
		if err := s.finish(ctx, tx, b); err != nil || b.dirty.empty() {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "org.import", Object: "org.list", ObjectID: "import",
			Detail: map[string]any{"added": report.Added, "unchanged": report.Unchanged, "codes": report.Codes.Added}})
	})
	if err != nil {
		return Report{}, err
	}
	return report, nil
}

// ImportCodes takes over a file of agency codes. A verified code takes the place of
// a provisional one, which stays in the history; lines that do not fit are left
// out and reported.
func (s *Service) ImportCodes(ctx context.Context, r io.Reader) (CodeReport, error) {
	if err := s.mayAtRoot(ctx); err != nil {
		return CodeReport{}, err
	}
	rows, rejected, err := readCodes(r)
	if err != nil {
		return CodeReport{}, fault.NewInvalid("file", i18n.M("Tệp mã định danh không đọc được: %s", err.Error())).Wrap(err)
	}
	var report CodeReport
	err = s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		report = b.takeCodes(rows, s.today())
		report.Rejected = append(append([]Rejected{}, rejected...), report.Rejected...)
		if b.dirty.empty() {
			return nil
		}
		if err := s.store.save(ctx, tx, b); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "org.import_codes", Object: "org.list", ObjectID: "codes",
			Detail: map[string]any{"added": report.Added, "replaced": report.Replaced, "rejected": len(report.Rejected)}})
	})
	if err != nil {
		return CodeReport{}, err
	}
	return report, nil
}

// FollowPlaces brings the agencies that the templates make in line with the places:
// an agency ends with its place, its tasks go to the agency of the place that
// follows, and a new place gets its agency. It is the subscriber of the events of
// the room place; running it again does nothing.
func (s *Service) FollowPlaces(ctx context.Context, _ event.Event) error {
	t, err := s.territory(ctx)
	if err != nil {
		return err
	}
	return s.change(ctx, func(ctx context.Context, tx *db.Tx, b *book) error {
		if err := b.generate(t); err != nil {
			return err
		}
		if err := s.finish(ctx, tx, b); err != nil || b.dirty.empty() {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "org.follow_places", Object: "org.list", ObjectID: "places",
			Detail: map[string]any{"added": len(b.dirty.added), "changed": len(b.dirty.changed)}})
	})
}

// territory reads all places and their links.
func (s *Service) territory(ctx context.Context) (territory, error) {
	all, err := s.places.All(ctx)
	if err != nil {
		return territory{}, err
	}
	t := territory{places: all, byID: map[place.UnitID]place.Unit{}, links: map[place.UnitID][]place.Successor{}}
	for _, p := range all {
		t.byID[p.ID] = p
		if p.ValidTo.IsZero() {
			continue
		}
		if t.links[p.ID], err = s.places.Links(ctx, p.ID); err != nil {
			return territory{}, err
		}
	}
	return t, nil
}

func (s *Service) mayAtRoot(ctx context.Context) error {
	if actor.From(ctx).Kind == actor.System {
		return nil
	}
	root, err := s.Root(ctx)
	if err != nil {
		return err
	}
	return may(ctx, root.Path)
}

func readCodesFile(fsys fs.FS) ([]codeRow, []Rejected, error) {
	f, err := fsys.Open(codesFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	return readCodes(f)
}

func unreadable(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return fault.NewInvalid("", i18n.M("Thư mục dữ liệu của tỉnh thiếu tệp org.yaml.")).Wrap(err)
	}
	return fault.NewInvalid("", i18n.M("Dữ liệu tổ chức bộ máy chưa đúng: %s", err.Error())).Wrap(err)
}
