package procedure

import (
	"context"
	"fmt"
	"io"
	"strings"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// ImportRecords takes in records of the national database as catalogue entries
// that hold from a day on (the zero day: today). Agencies are known by the slug of
// their name. A procedure that has a process of its own is left as it is; each row
// is reported, those that do not fit with the reason.
func (s *Service) ImportRecords(ctx context.Context, r io.Reader, from clock.Date) (Report, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return Report{}, fault.NewForbidden(i18n.Msg{})
	}
	o := RecordOptions{ValidFrom: s.today(from), Receiver: s.namedAgency(ctx)}
	records, err := ReadRecords(r, o)
	if err != nil {
		return Report{}, err
	}
	var report Report
	seen := map[string]int{}
	for _, rec := range records {
		f := FileReport{File: fmt.Sprintf("dòng %d", rec.Row), Code: rec.Code, Name: rec.Name, Err: rec.Err}
		for _, n := range rec.Notes {
			f.Warnings = append(f.Warnings, Warning{rec.Code, n})
		}
		switch first := seen[rec.Code]; {
		case f.Err != nil:
		case first != 0:
			f.Warnings = []Warning{{rec.Code, i18n.M("trùng mã với dòng %d, không nạp lại", first)}}
		default:
			seen[rec.Code] = rec.Row
			if err := s.takeRecord(ctx, rec, &f); err != nil {
				return report, fmt.Errorf("import record %s: %w", rec.Code, err)
			}
		}
		report.Files = append(report.Files, f)
	}
	return report, nil
}

// takeRecord stores one record unless the procedure has a process of its own. An
// entry that is there already keeps its day of validity.
func (s *Service) takeRecord(ctx context.Context, rec Record, f *FileReport) error {
	past, err := selectHistory(ctx, s.db, rec.Code)
	if err != nil {
		return err
	}
	for _, p := range past {
		if p.RetiredAt != nil {
			continue
		}
		if !p.Generic {
			f.Unchanged++
			f.Warnings = []Warning{{rec.Code, i18n.M("đã có quy trình của tỉnh, giữ nguyên")}}
			return nil
		}
		rec.Spec.ValidFrom = p.ValidFrom
	}
	return s.take(ctx, []*Spec{rec.Spec}, f)
}

// namedAgency finds agencies by their name in a record, each name asked for once.
func (s *Service) namedAgency(ctx context.Context) func(name, level string) (string, bool) {
	asked := map[[2]string]string{}
	return func(name, level string) (string, bool) {
		slug := vntext.Slug(name)
		key := [2]string{slug, level}
		if found, ok := asked[key]; ok {
			return found, found != ""
		}
		asked[key] = ""
		if !keyPattern.MatchString(slug) || s.agencies == nil {
			return "", false
		}
		list, err := s.agencies.Select(ctx, Selector{Slug: slug, Level: level}, "", clock.DateOf(s.clock.Now()))
		if err == nil && len(list) == 1 && strings.EqualFold(list[0].Slug, slug) {
			asked[key] = slug
		}
		return asked[key], asked[key] != ""
	}
}
