package setting

import (
	"context"
	"strings"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// KindCalendar is the key of the calendar among the kinds; it is also that of its only thing.
const KindCalendar = "calendar"

// Calendars makes the calendar of the province a kind.
func Calendars(s *calendar.Service) Kind { return calendars{s} }

type calendars struct{ service *calendar.Service }

func (calendars) Key() string        { return KindCalendar }
func (calendars) Name() i18n.Msg     { return i18n.M("Lịch làm việc và ngày nghỉ") }
func (calendars) Permission() string { return calendar.PermManage }
func (calendars) Folder() string     { return "" }

func (k calendars) Things(ctx context.Context, _ string) ([]Thing, error) {
	t, err := k.Thing(ctx, KindCalendar)
	return []Thing{t}, err
}

func (calendars) Thing(_ context.Context, key string) (Thing, error) {
	if key != KindCalendar {
		return Thing{}, fault.NewNotFound(i18n.M("Không có mục thiết lập này."))
	}
	return Thing{Key: KindCalendar, Title: "Lịch làm việc của tỉnh", File: "calendar.yaml"}, nil
}

func (k calendars) Export(ctx context.Context, key string) (string, error) {
	if _, err := k.Thing(ctx, key); err != nil {
		return "", err
	}
	data, err := k.service.Province(ctx)
	if err != nil {
		return "", err
	}
	raw, err := calendar.WriteData(data)
	return string(raw), err
}

func (calendars) Check(_ context.Context, _, text string) ([]Finding, error) {
	if _, err := calendar.ReadData(strings.NewReader(text)); err != nil {
		return findingsOf(err), nil
	}
	return nil, nil
}

func (calendars) Compare(_ context.Context, before, after string) ([]Change, error) {
	return compareTexts(before, after)
}

// Apply replaces the calendar. Its entries carry the dates for which they hold themselves.
func (k calendars) Apply(ctx context.Context, _, _, text string, _ clock.Date) error {
	data, err := calendar.ReadData(strings.NewReader(text))
	if err != nil {
		return err
	}
	return k.service.Replace(ctx, data)
}
