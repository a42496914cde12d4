package procedure

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// validity lists the live versions of a procedure with the term they promise.
func validity(t *testing.T, s *Service, code string) string {
	t.Helper()
	past, err := s.History(as(manager), code)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for i := len(past) - 1; i >= 0; i-- {
		if p := past[i]; p.RetiredAt == nil {
			v, err := s.Version(context.Background(), p.VersionID)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, fmt.Sprintf("%s–%s %s", p.ValidFrom, p.ValidTo, v.Spec.Summary))
		}
	}
	return strings.Join(parts, "; ")
}

// TestSucceed holds that a new version takes its place among the others on its day, once.
func TestSucceed(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s := newService(d)
		first := load(t, sample())
		first.ValidFrom, first.ValidTo, first.Summary = clock.MustDate("2018-01-01"), clock.Date{}, "A"
		raw, err := Dump(first)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := s.ImportFile(as(manager), "a.yaml", strings.NewReader(string(raw))); err != nil || r.Failed() {
			t.Fatal(r, err)
		}
		begun, err := s.Current(context.Background(), first.Code, clock.MustDate("2018-11-23"))
		if err != nil {
			t.Fatal(err)
		}
		for _, tt := range []struct{ summary, from, want string }{
			{"B", "2019-01-01", "2018-01-01–2019-01-01 A; 2019-01-01– B"},
			{"B", "2019-01-01", "2018-01-01–2019-01-01 A; 2019-01-01– B"},
			{"C", "2018-12-01", "2018-01-01–2018-12-01 A; 2018-12-01–2019-01-01 C; 2019-01-01– B"},
			{"D", "2019-01-01", "2018-01-01–2018-12-01 A; 2018-12-01–2019-01-01 C; 2019-01-01– D"},
			{"E", "2017-01-01", "2017-01-01–2018-01-01 E; 2018-01-01–2018-12-01 A; 2018-12-01–2019-01-01 C; 2019-01-01– D"},
		} {
			next := *first
			next.Summary = tt.summary
			if err := s.Succeed(as(manager), &next, clock.MustDate(tt.from)); err != nil {
				t.Fatal(err)
			}
			if got := validity(t, s, first.Code); got != tt.want {
				t.Errorf("%s from %s: %s, want %s", tt.summary, tt.from, got, tt.want)
			}
		}
		if v, err := s.Version(context.Background(), begun.ID); err != nil || v.Spec.Summary != "A" || !v.ValidTo.IsZero() {
			t.Errorf("the version a dossier began with: %+v, %v", v, err)
		}
		if err := s.Succeed(context.Background(), first, clock.MustDate("2019-01-01")); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("anybody: %v", err)
		}
		other := *first
		other.Code = "9.999999"
		if err := s.Succeed(as(manager), &other, clock.MustDate("2019-01-01")); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown: %v", err)
		}
		other = *first
		other.Name = ""
		if err := s.Succeed(as(manager), &other, clock.MustDate("2019-01-01")); fault.KindOf(err) != fault.Invalid {
			t.Errorf("without a name: %v", err)
		}
	})
}
