package calendar

import (
	"context"
	"time"

	"lienthong/internal/kit/web"
)

// API adds the room's operations, /api/v1/calendar/…. Working time is no secret: they are public.
func (s *Service) API(a *web.API) {
	web.Get(a, "calendar.due", "due", "Tính một hạn và giải thích từng lý do", web.Public, s.apiDue)
	web.Get(a, "calendar.years", "years", "Các năm đã có lịch nghỉ lễ", web.Public, s.apiYears)
	web.Get(a, "calendar.days", "years/{year}/days", "Ngày nghỉ, ngày làm bù của một năm", web.Public, s.apiDays)
	web.Get(a, "calendar.hours", "days/{date}", "Giờ làm việc của một ngày", web.Public, s.apiHours)
}

// ReasonV1 (lý do) is one line that explains a deadline, as programs see it.
type ReasonV1 struct {
	Kind       string `json:"kind"`
	Text       string `json:"text" doc:"+1: nghỉ lễ Quốc khánh 02/09/2019"`
	From       string `json:"from,omitempty"`
	To         string `json:"to,omitempty"`
	Minutes    int    `json:"minutes" doc:"Số phút làm việc được cộng thêm, âm là bớt"`
	SourceAct  string `json:"source_act,omitempty"`
	Confidence string `json:"confidence,omitempty"`
}

func reasonV1(r Reason) ReasonV1 {
	return ReasonV1{string(r.Kind), r.String(), r.From.String(), r.To.String(), r.Minutes, r.SourceAct, string(r.Confidence)}
}

type dueIn struct {
	Start     time.Time `query:"start" required:"true" doc:"Lúc bắt đầu, ví dụ 2018-11-23T14:05:00+07:00"`
	Term      string    `query:"term" required:"true" minLength:"1" maxLength:"100" doc:"Thời hạn: 5 ngày làm việc, 30 ngày, 4 giờ làm việc"`
	Unit      string    `query:"unit" maxLength:"64" doc:"Đơn vị có giờ làm việc riêng; mặc định của tỉnh"`
	Reception bool      `query:"reception" doc:"Thời hạn bắt đầu từ lúc tiếp nhận hồ sơ, kể cả quy định nhận sau 15 giờ"`
}

type dueOut struct {
	Body struct {
		Due      time.Time  `json:"due"`
		Start    time.Time  `json:"start" doc:"Lúc thời hạn bắt đầu được tính"`
		Term     string     `json:"term"`
		Certain  bool       `json:"certain" doc:"Không có cảnh báo nào"`
		Reasons  []ReasonV1 `json:"reasons"`
		Warnings []ReasonV1 `json:"warnings"`
	}
}

func (s *Service) apiDue(ctx context.Context, in *dueIn) (*dueOut, error) {
	a, err := s.Explain(ctx, in.Unit, in.Start, in.Term, Opts{Reception: in.Reception})
	if err != nil {
		return nil, err
	}
	out := &dueOut{}
	out.Body.Due, out.Body.Start, out.Body.Term, out.Body.Certain = a.At, a.Start, a.Term.String(), a.Certain()
	out.Body.Reasons, out.Body.Warnings = web.Present(a.Reasons, reasonV1), web.Present(a.Warnings, reasonV1)
	return out, nil
}

// YearV1 (năm có lịch) is a year whose holidays are loaded, as programs see it.
type YearV1 struct {
	Year      int    `json:"year"`
	SourceAct string `json:"source_act,omitempty"`
	Note      string `json:"note,omitempty"`
}

func (s *Service) apiYears(ctx context.Context, _ *web.Nothing) (*web.Listed[YearV1], error) {
	years, err := s.Years(ctx)
	return web.ListOf(years, err, func(y Year) YearV1 { return YearV1(y) })
}

type daysIn struct {
	Year int    `path:"year" minimum:"1900" maximum:"2200"`
	Unit string `query:"unit" maxLength:"64" doc:"Ngày riêng của đơn vị này; mặc định của tỉnh"`
}

// DayV1 (ngày đặc biệt) is a day off or a worked day, as programs see it.
type DayV1 struct {
	Date       string     `json:"date"`
	Kind       string     `json:"kind" doc:"off: nghỉ; off_morning, off_afternoon: nghỉ nửa ngày; work: làm bù"`
	Name       string     `json:"name"`
	Periods    []PeriodV1 `json:"periods,omitempty" doc:"Giờ làm việc của ngày làm bù"`
	SourceAct  string     `json:"source_act,omitempty"`
	Confidence string     `json:"confidence,omitempty"`
}

// PeriodV1 (khoảng giờ làm việc) is a stretch of working time, as programs see it.
type PeriodV1 struct {
	From string `json:"from"`
	To   string `json:"to"`
}

func periodV1(p Period) PeriodV1 { return PeriodV1{p.Start.String(), p.End.String()} }

func (s *Service) apiDays(ctx context.Context, in *daysIn) (*web.Listed[DayV1], error) {
	days, err := s.Days(ctx, in.Unit, in.Year)
	return web.ListOf(days, err, func(d Day) DayV1 {
		return DayV1{d.Date.String(), string(d.Kind), d.Name, web.Present(d.Periods, periodV1), d.SourceAct, string(d.Confidence)}
	})
}

type hoursIn struct {
	Date web.Day `path:"date" maxLength:"10"`
	Unit string  `query:"unit" maxLength:"64" doc:"Đơn vị; mặc định của tỉnh"`
}

type hoursOut struct {
	Body struct {
		Date    string     `json:"date"`
		Working bool       `json:"working"`
		Minutes int        `json:"minutes" doc:"Số phút làm việc trong ngày"`
		Periods []PeriodV1 `json:"periods"`
		Name    string     `json:"name,omitempty" doc:"Tên ngày nghỉ hoặc ngày làm bù"`
	}
}

func (s *Service) apiHours(ctx context.Context, in *hoursIn) (*hoursOut, error) {
	on, err := in.Date.Date("date")
	if err != nil {
		return nil, err
	}
	c, err := s.For(ctx, in.Unit)
	if err != nil {
		return nil, err
	}
	ps := c.PeriodsOn(on)
	out := &hoursOut{}
	out.Body.Date, out.Body.Working, out.Body.Minutes, out.Body.Periods = on.String(), len(ps) > 0, ps.Minutes(), web.Present(ps, periodV1)
	if d, ok := c.SpecialDay(on); ok {
		out.Body.Name = d.Name
	}
	return out, nil
}
