package calendar

import (
	"context"
	"errors"
	"io"
	"reflect"
	"strconv"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// SetDay enters or replaces a special day of a unit. Permission: calendar.manage at the unit.
// Errors: fault.Invalid by field, fault.Forbidden.
func (s *Service) SetDay(ctx context.Context, d Day) error {
	if err := s.allow(ctx, d.UnitID); err != nil {
		return err
	}
	if err := d.Validate(); err != nil {
		return err
	}
	return s.change(ctx, d.UnitID, func(tx *db.Tx) error {
		row, found, err := findDay(ctx, tx, d.UnitID, d.Date)
		if err != nil {
			return err
		}
		var before any
		if found {
			if before, err = row.day(); err != nil {
				return err
			}
		}
		if err := upsertDay(ctx, tx, d, byHand); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.set_day", Object: "calendar.day", ObjectID: d.Date.String(), UnitID: d.UnitID,
			Before: before, After: d, Detail: map[string]any{"kind": d.Kind, "name": d.Name, "source_act": d.SourceAct}})
	})
}

// RemoveDay takes a special day of a unit away. Days that came with the province's file
// cannot be removed, because the next import would bring them back: set them to a
// working day instead. Permission: calendar.manage at the unit.
// Errors: fault.NotFound, fault.Conflict, fault.Forbidden.
func (s *Service) RemoveDay(ctx context.Context, unitID string, date clock.Date) error {
	if err := s.allow(ctx, unitID); err != nil {
		return err
	}
	return s.change(ctx, unitID, func(tx *db.Tx) error {
		row, found, err := findDay(ctx, tx, unitID, date)
		switch {
		case err != nil:
			return err
		case !found:
			return fault.NewNotFound(i18n.M("Ngày %s không có trong lịch của đơn vị.", date.Display()))
		case row.Origin == fromFile:
			return fault.NewConflict(i18n.M("Ngày %s có trong tệp lịch của tỉnh nên không xoá được. Hãy đổi thành ngày làm việc.", date.Display()))
		}
		before, err := row.day()
		if err != nil {
			return err
		}
		if err := deleteDay(ctx, tx, unitID, date); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.remove_day", Object: "calendar.day", ObjectID: date.String(), UnitID: unitID, Before: before})
	})
}

// SetHours enters or replaces the working week of a unit from a date on. An earlier week
// without end is closed on that date. Permission: calendar.manage at the unit.
// Errors: fault.Invalid by field, fault.Forbidden.
func (s *Service) SetHours(ctx context.Context, h Hours) error {
	if err := s.allow(ctx, h.UnitID); err != nil {
		return err
	}
	if err := h.Validate(); err != nil {
		return err
	}
	return s.change(ctx, h.UnitID, func(tx *db.Tx) error {
		rows, err := selectHours(ctx, tx)
		if err != nil {
			return err
		}
		var before any
		for _, r := range rows {
			old, err := r.hours()
			switch {
			case err != nil:
				return err
			case old.UnitID != h.UnitID:
			case old.ValidFrom == h.ValidFrom:
				before = old
			case old.ValidTo.IsZero() && old.ValidFrom.Before(h.ValidFrom):
				before = old
				old.ValidTo = h.ValidFrom
				if err := upsertHours(ctx, tx, old, byHand); err != nil {
					return err
				}
			}
		}
		if err := upsertHours(ctx, tx, h, byHand); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.set_hours", Object: "calendar.hours", ObjectID: h.ValidFrom.String(), UnitID: h.UnitID,
			Before: before, After: h, Detail: map[string]any{"week": h.Week, "source_act": h.SourceAct}})
	})
}

// RemoveHours takes a working week of a unit away; the unit then follows the one above it.
// Permission: calendar.manage at the unit. Errors: fault.NotFound, fault.Invalid, fault.Forbidden.
func (s *Service) RemoveHours(ctx context.Context, unitID string, from clock.Date) error {
	if err := s.allow(ctx, unitID); err != nil {
		return err
	}
	return s.change(ctx, unitID, func(tx *db.Tx) error {
		rows, err := selectHours(ctx, tx)
		if err != nil {
			return err
		}
		for _, r := range rows {
			if r.UnitID != unitID || r.ValidFrom != from {
				continue
			}
			before, err := r.hours()
			if err != nil {
				return err
			}
			if err := deleteHours(ctx, tx, unitID, from); err != nil {
				return err
			}
			return audit.Record(ctx, tx, audit.Entry{Action: "calendar.remove_hours", Object: "calendar.hours", ObjectID: from.String(), UnitID: unitID, Before: before})
		}
		return fault.NewNotFound(i18n.M("Đơn vị không có giờ làm việc riêng từ ngày %s.", from.Display()))
	})
}

// SetYear says that the holidays of a year are complete. Permission: calendar.manage at the root unit.
func (s *Service) SetYear(ctx context.Context, y Year) error {
	if err := s.allow(ctx, ""); err != nil {
		return err
	}
	if err := checkYear("year", y.Year); err != nil {
		return err
	}
	return s.change(ctx, "", func(tx *db.Tx) error {
		if err := upsertYear(ctx, tx, y); err != nil {
			return err
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.set_year", Object: "calendar.year", ObjectID: strconv.Itoa(y.Year), After: y})
	})
}

// checkYear refuses years for which nobody will ever load holidays.
func checkYear(field string, year int) error {
	if year < 1946 || year > 2200 {
		return fault.NewInvalid(field, i18n.M("Năm %d không hợp lệ.", year))
	}
	return nil
}

// change runs fn in a transaction, refuses a result no calendar can be built from.
func (s *Service) change(ctx context.Context, unitID string, fn func(tx *db.Tx) error) error {
	return s.cache.Locked(ctx, s.db, func(tx *db.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		data, err := loadData(ctx, tx)
		if err != nil {
			return err
		}
		if err := errors.Join(data.Validate(), buildable(data, unitID)); err != nil {
			return fault.NewInvalid("valid_from", i18n.M("Không lưu được: giờ làm việc chồng với khoảng áp dụng khác, hoặc đơn vị không còn giờ làm việc nào.")).Wrap(err)
		}
		return nil
	})
}

func buildable(d Data, unitID string) error {
	_, err := Build(d, unitID)
	return err
}

// Imported (kết quả nạp lịch) counts what an import did.
type Imported struct {
	Written int // entries added or changed
	Removed int // entries that are no longer in the file
	Kept    int // entries that people changed by hand and the import left alone
}

// Import takes over the province's calendar file. Doing it twice changes nothing the second
// time; what people entered by hand stays. Permission: calendar.manage at the root unit.
// Errors: fault.Invalid for a file that does not read, fault.Forbidden.
func (s *Service) Import(ctx context.Context, r io.Reader) (Imported, error) {
	if err := s.allow(ctx, ""); err != nil {
		return Imported{}, err
	}
	data, err := ReadData(r)
	if err != nil {
		return Imported{}, fault.NewInvalid("file", i18n.M("Không đọc được tệp lịch: %s", err.Error())).Wrap(err)
	}
	var done Imported
	err = s.cache.Locked(ctx, s.db, func(tx *db.Tx) error {
		done = Imported{}
		for _, part := range []func(context.Context, *db.Tx, Data, *Imported) error{importDays, importHours, importRest} {
			if err := part(ctx, tx, data, &done); err != nil {
				return err
			}
		}
		if done.Written+done.Removed == 0 {
			return nil
		}
		after, err := loadData(ctx, tx)
		if err != nil {
			return err
		}
		if err := after.Validate(); err != nil {
			return fault.NewInvalid("file", i18n.M("Tệp lịch không khớp với các mục đã sửa tay: %s", err.Error())).Wrap(err)
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.import", Object: "calendar.file", After: data,
			Detail: map[string]any{"written": done.Written, "removed": done.Removed, "kept": done.Kept}})
	})
	return done, err
}

func importDays(ctx context.Context, tx *db.Tx, data Data, done *Imported) error {
	rows, err := selectDays(ctx, tx)
	if err != nil {
		return err
	}
	old := map[clock.Date]dayRow{}
	for _, r := range rows {
		if r.UnitID == "" {
			old[r.Day] = r
		}
	}
	for _, d := range data.Days {
		r, found := old[d.Date]
		delete(old, d.Date)
		if found {
			had, err := r.day()
			switch {
			case err != nil:
				return err
			case same(had, d):
				continue
			case r.Origin == byHand:
				done.Kept++
				continue
			}
		}
		done.Written++
		if err := upsertDay(ctx, tx, d, fromFile); err != nil {
			return err
		}
	}
	for date, r := range old {
		if r.Origin == fromFile {
			done.Removed++
			if err := deleteDay(ctx, tx, "", date); err != nil {
				return err
			}
		}
	}
	return nil
}

func importHours(ctx context.Context, tx *db.Tx, data Data, done *Imported) error {
	rows, err := selectHours(ctx, tx)
	if err != nil {
		return err
	}
	old := map[clock.Date]hoursRow{}
	for _, r := range rows {
		if r.UnitID == "" {
			old[r.ValidFrom] = r
		}
	}
	for _, h := range data.Hours {
		r, found := old[h.ValidFrom]
		delete(old, h.ValidFrom)
		if found {
			had, err := r.hours()
			switch {
			case err != nil:
				return err
			case same(had, h):
				continue
			case r.Origin == byHand:
				done.Kept++
				continue
			}
		}
		done.Written++
		if err := upsertHours(ctx, tx, h, fromFile); err != nil {
			return err
		}
	}
	for from, r := range old {
		if r.Origin == fromFile {
			done.Removed++
			if err := deleteHours(ctx, tx, "", from); err != nil {
				return err
			}
		}
	}
	return nil
}

// importRest takes over the late reception rules, the years and the length of a working day.
func importRest(ctx context.Context, tx *db.Tx, data Data, done *Imported) error {
	had, err := loadData(ctx, tx)
	if err != nil {
		return err
	}
	if !same(had.Late, data.Late) {
		done.Written += len(data.Late)
		done.Removed += len(had.Late)
		if err := replaceLate(ctx, tx, data.Late); err != nil {
			return err
		}
	}
	known := map[int]Year{}
	for _, y := range had.Years {
		known[y.Year] = y
	}
	for _, y := range data.Years {
		if old, found := known[y.Year]; found && old == y {
			continue
		}
		done.Written++
		if err := upsertYear(ctx, tx, y); err != nil {
			return err
		}
	}
	if data.DayMinutes != 0 && data.DayMinutes != had.DayMinutes {
		done.Written++
		return updateSetting(ctx, tx, "day_minutes", int64(data.DayMinutes))
	}
	return nil
}

// same compares what was stored with what was read; an empty list equals a missing one.
func same(a, b any) bool {
	va, vb := reflect.ValueOf(a), reflect.ValueOf(b)
	if va.Kind() == reflect.Slice && va.Len() == 0 && vb.Len() == 0 {
		return true
	}
	return reflect.DeepEqual(a, b)
}
