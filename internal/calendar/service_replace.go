package calendar

import (
	"context"

	"lienthong/internal/audit"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Province returns everything of the province's own calendar, without that of single units.
func (s *Service) Province(ctx context.Context) (Data, error) {
	d, err := loadData(ctx, s.db)
	if err != nil {
		return Data{}, err
	}
	own := Data{DayMinutes: d.DayMinutes, Late: d.Late, Years: d.Years}
	for _, h := range d.Hours {
		if h.UnitID == "" {
			own.Hours = append(own.Hours, h)
		}
	}
	for _, day := range d.Days {
		if day.UnitID == "" {
			own.Days = append(own.Days, day)
		}
	}
	return own, nil
}

// Replace makes the province's own calendar what it is given: what is not in the data is taken away, what is new counts
// as entered by hand. Units keep what is their own. Doing it twice changes nothing the second time.
// Permission: calendar.manage at the root unit. Errors: fault.Invalid, fault.Forbidden.
func (s *Service) Replace(ctx context.Context, data Data) error {
	if err := s.allow(ctx, ""); err != nil {
		return err
	}
	if err := data.Validate(); err != nil {
		return fault.NewInvalid("file", i18n.M("Không đọc được tệp lịch: %s", err.Error())).Wrap(err)
	}
	return s.change(ctx, "", func(tx *db.Tx) error {
		before, err := loadData(ctx, tx)
		if err != nil {
			return err
		}
		changed := 0
		for _, part := range []func(context.Context, *db.Tx, Data, Data) (int, error){replaceDays, replaceHours, replaceYears} {
			n, err := part(ctx, tx, before, data)
			if err != nil {
				return err
			}
			changed += n
		}
		if !same(before.Late, data.Late) {
			changed++
			if err := replaceLate(ctx, tx, data.Late); err != nil {
				return err
			}
		}
		if data.DayMinutes != 0 && data.DayMinutes != before.DayMinutes {
			changed++
			if err := updateSetting(ctx, tx, "day_minutes", int64(data.DayMinutes)); err != nil {
				return err
			}
		}
		if changed == 0 {
			return nil
		}
		return audit.Record(ctx, tx, audit.Entry{Action: "calendar.replace", Object: "calendar.file", Before: before, After: data,
			Detail: map[string]any{"changed": changed}})
	})
}

func replaceDays(ctx context.Context, tx *db.Tx, before, data Data) (int, error) {
	old, changed := map[clock.Date]Day{}, 0
	for _, d := range before.Days {
		if d.UnitID == "" {
			old[d.Date] = d
		}
	}
	for _, d := range data.Days {
		had, found := old[d.Date]
		delete(old, d.Date)
		if d.UnitID = ""; found && equalDay(had, d) {
			continue
		}
		changed++
		if err := upsertDay(ctx, tx, d, byHand); err != nil {
			return 0, err
		}
	}
	for date := range old {
		changed++
		if err := deleteDay(ctx, tx, "", date); err != nil {
			return 0, err
		}
	}
	return changed, nil
}

// equalDay compares days; no periods equal an empty list.
func equalDay(a, b Day) bool {
	p, q := a.Periods, b.Periods
	a.Periods, b.Periods = nil, nil
	return same(a, b) && same(p, q)
}

func replaceHours(ctx context.Context, tx *db.Tx, before, data Data) (int, error) {
	old, changed := map[clock.Date]Hours{}, 0
	for _, h := range before.Hours {
		if h.UnitID == "" {
			old[h.ValidFrom] = h
		}
	}
	for _, h := range data.Hours {
		had, found := old[h.ValidFrom]
		delete(old, h.ValidFrom)
		if found && same(had, h) {
			continue
		}
		changed++
		if err := upsertHours(ctx, tx, h, byHand); err != nil {
			return 0, err
		}
	}
	for from := range old {
		changed++
		if err := deleteHours(ctx, tx, "", from); err != nil {
			return 0, err
		}
	}
	return changed, nil
}

func replaceYears(ctx context.Context, tx *db.Tx, before, data Data) (int, error) {
	old, changed := map[int]Year{}, 0
	for _, y := range before.Years {
		old[y.Year] = y
	}
	for _, y := range data.Years {
		had, found := old[y.Year]
		delete(old, y.Year)
		if found && had == y {
			continue
		}
		changed++
		if err := upsertYear(ctx, tx, y); err != nil {
			return 0, err
		}
	}
	for year := range old {
		changed++
		if err := dropYear(ctx, tx, year); err != nil {
			return 0, err
		}
	}
	return changed, nil
}
