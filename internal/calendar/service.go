package calendar

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/versioned"
)

// Service keeps the calendar data and hands out calendars. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	clock clock.Clock
	units Units
	cache *versioned.Cache[*almanac]
}

// almanac is the data as of one version, with the calendars that were built from them.
type almanac struct {
	data    Data
	special map[string]bool // units with entries of their own

	mu    sync.Mutex
	built map[string]*Calendar // by the special units of a path, joined
}

// freshness bounds how long another node's change can go unseen.
const freshness = 2 * time.Second

// For returns the calendar of a unit; the empty id means the province. Calendars are kept
// until the data change; a change made on another node is seen within two seconds.
// The caller may keep the Calendar for the length of one request.
func (s *Service) For(ctx context.Context, unitID string) (*Calendar, error) {
	a, err := s.cache.Get(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var lineage []string
	if unitID != "" && len(a.special) > 0 {
		path, err := s.units.UnitPath(ctx, unitID)
		if err != nil {
			return nil, fmt.Errorf("calendar of unit %s: %w", unitID, err)
		}
		for _, u := range strings.Split(strings.Trim(path, "/"), "/") {
			if a.special[u] {
				lineage = append(lineage, u)
			}
		}
		slices.Reverse(lineage) // nearest first
	}
	return a.calendar(lineage)
}

func readAlmanac(ctx context.Context, q db.Querier) (*almanac, error) {
	data, err := loadData(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(data.Hours) == 0 {
		return nil, fault.NewUnavailable(i18n.M("Chưa có lịch làm việc. Hãy nạp tệp lịch của tỉnh rồi thử lại."))
	}
	special := map[string]bool{}
	for _, h := range data.Hours {
		special[h.UnitID] = true
	}
	for _, d := range data.Days {
		special[d.UnitID] = true
	}
	delete(special, "")
	return &almanac{data: data, special: special, built: map[string]*Calendar{}}, nil
}

// calendar returns the calendar of a line of special units, the nearest first.
func (a *almanac) calendar(lineage []string) (*Calendar, error) {
	key := strings.Join(lineage, "/")
	a.mu.Lock()
	defer a.mu.Unlock()
	if c, ok := a.built[key]; ok {
		return c, nil
	}
	c, err := Build(a.data, lineage...)
	if err != nil {
		return nil, fmt.Errorf("build calendar: %w", err)
	}
	a.built[key] = c
	return c, nil
}

// Explain answers for a term written as text what it comes to for a unit and why: the
// answer behind "vì sao hẹn ngày này?". Public: working time is no secret.
func (s *Service) Explain(ctx context.Context, unitID string, start time.Time, term string, o Opts) (Answer, error) {
	t, err := ParseTerm(term)
	if err != nil {
		return Answer{}, err
	}
	if err := checkYear("start", start.Year()); err != nil {
		return Answer{}, err
	}
	c, err := s.For(ctx, unitID)
	if err != nil {
		return Answer{}, err
	}
	return c.Due(start, t, o), nil
}

// Days returns the special days of a unit's own in a year, by date; the empty id means the province.
func (s *Service) Days(ctx context.Context, unitID string, year int) ([]Day, error) {
	rows, err := selectDays(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var days []Day
	for _, r := range rows {
		if r.UnitID != unitID || r.Day.Year != year {
			continue
		}
		d, err := r.day()
		if err != nil {
			return nil, err
		}
		days = append(days, d)
	}
	return days, nil
}

// HoursOf returns the working weeks of a unit's own, oldest first; the empty id means the province.
func (s *Service) HoursOf(ctx context.Context, unitID string) ([]Hours, error) {
	rows, err := selectHours(ctx, s.db)
	if err != nil {
		return nil, err
	}
	var hours []Hours
	for _, r := range rows {
		if r.UnitID != unitID {
			continue
		}
		h, err := r.hours()
		if err != nil {
			return nil, err
		}
		hours = append(hours, h)
	}
	return hours, nil
}

// Years returns the years whose holidays are loaded.
func (s *Service) Years(ctx context.Context) ([]Year, error) { return selectYears(ctx, s.db) }

// LateRules returns the rules for late reception.
func (s *Service) LateRules(ctx context.Context) ([]LateRule, error) { return selectLate(ctx, s.db) }

// allow returns fault.Forbidden unless the actor may change the calendar of the unit.
func (s *Service) allow(ctx context.Context, unitID string) error {
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return nil
	}
	if !a.SignedIn() {
		return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập để sửa lịch làm việc."))
	}
	path, err := s.units.UnitPath(ctx, unitID)
	if err != nil {
		return fmt.Errorf("path of unit %s: %w", unitID, err)
	}
	if !a.Can(PermManage, path) {
		return fault.NewForbidden(i18n.M("Tài khoản này không có quyền sửa lịch làm việc của đơn vị."))
	}
	return nil
}
