package app

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/notice"
)

// inbox returns the subjects in somebody's inbox, the newest first.
func (s *site) inbox(name string) []string {
	s.t.Helper()
	s.settle()
	if err := s.House.Notice.Work(s.system()); err != nil {
		s.t.Fatal(err)
	}
	var me struct{ ID string }
	s.get(name, "/identity/me").want(200).into(&me)
	items, err := s.House.Notice.Inbox(actor.With(context.Background(), actor.Actor{ID: me.ID, Kind: actor.Person}), notice.InboxQuery{Size: 200})
	if err != nil {
		s.t.Fatal(err)
	}
	var subjects []string
	for _, it := range items {
		subjects = append(subjects, it.Subject)
	}
	return subjects
}

// hears holds that the first line of an inbox says something.
func (s *site) hears(name, what string) {
	s.t.Helper()
	if got := s.inbox(name); len(got) == 0 || !strings.Contains(got[0], what) {
		s.t.Errorf("%s is not told %q: %q", name, what, got)
	}
}

// TestNotices tells the story of a dossier by what the applicant and the officials hear of it.
func TestNotices(t *testing.T) {
	s := newSite(t, "gialai", "")
	s.register("Nguyễn Thị Thử", citizen, "064190000001")
	d := s.fileBirth(0)
	s.hears(citizen, "Đã nhận hồ sơ "+d.Code)
	st, clerk := s.open(d.ID)
	if !slices.ContainsFunc(s.inbox(clerk), func(line string) bool {
		return strings.Contains(line, "Việc mới") && strings.Contains(line, d.Code)
	}) {
		t.Errorf("nobody at the counter hears of %s: %q", st.Name, s.inbox(clerk))
	}
	s.clock.Advance(2 * time.Minute)
	s.step(d.ID) // the counter accepts it
	s.hears(citizen, "được tiếp nhận")

	s.clock.Advance(time.Hour)
	st, who := s.open(d.ID)
	s.act(who, d.ID, "claim", map[string]any{"step": st.ID})
	s.act(who, d.ID, "request-more", map[string]any{"step": st.ID, "items": []string{"Giấy chứng sinh"}, "reason": "Bản chụp bị mờ"})
	s.hears(citizen, "cần bổ sung giấy tờ")
	s.clock.Advance(time.Hour)
	s.act("", d.ID, "supplement", map[string]any{"secret": d.Secret, "note": "Đã chụp lại"})
	s.hears(who, "đã được bổ sung")

	// nobody does it in time: the official is reminded, the applicant gets an apology, the leaders a digest
	v := s.inside(d.ID)
	s.clock.Set(v.DueAt.Add(time.Minute))
	for range 2 {
		if err := s.House.morning(s.system()); err != nil {
			t.Fatal(err)
		}
	}
	s.hears(citizen, "xin lỗi vì trễ hẹn")
	if !slices.ContainsFunc(s.inbox(who), func(line string) bool { return strings.Contains(line, "Sắp quá hạn") }) {
		t.Errorf("%s is not reminded: %q", who, s.inbox(who))
	}
	root, err := s.House.Org.Root(s.system())
	if err != nil {
		t.Fatal(err)
	}
	digests := 0
	agency, err := s.House.Org.AgencyOf(s.system(), v.ReceiverID, clock.Date{})
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{root.Path, agency.Path} {
		leaders, err := s.House.Identity.Able(s.system(), "dossier.assign", path)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range leaders {
			acc, err := s.House.Identity.Account(s.system(), identity.AccountID(c.AccountID))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for _, line := range s.inbox(acc.Names[0].Text) {
				if strings.HasPrefix(line, "Sáng ") {
					n++
				}
			}
			if n > 1 {
				t.Errorf("%s got %d digests", acc.FullName, n)
			}
			digests += n
		}
	}
	if digests == 0 {
		t.Error("no leader got the digest")
	}
	s.finish(d.ID)
	s.hears(citizen, "Đã trả kết quả")
	s.whole()
}
