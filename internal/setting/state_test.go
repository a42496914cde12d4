package setting_test

import (
	"context"
	"testing"

	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
	"lienthong/internal/setting"
)

// deed is one thing that is done with a draft.
type deed struct {
	name string
	do   func(w *world, d *setting.Draft) (*setting.Draft, error)
}

// deeds are all that can be done with a draft.
var deeds = []deed{
	{"save", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Save(w.author, d.ID, d.Revision, d.Text+"\n")
	}},
	{"propose", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Propose(w.author, d.ID, setting.Proposal{
			Revision:  d.Revision,
			ValidFrom: clock.MustDate("2026-12-01"),
			SourceAct: "12/QĐ-UBND",
		})
	}},
	{"approve", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Approve(w.chief, d.ID, d.Revision, "")
	}},
	{"return", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Return(w.chief, d.ID, d.Revision, "Xem lại")
	}},
	{"withdraw", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Withdraw(w.author, d.ID, "")
	}},
	{"drop", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Drop(w.author, d.ID, "")
	}},
	{"undo", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Undo(w.author, d.ID, "Nhầm")
	}},
	{"restore", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Restore(w.author, d.ID)
	}},
	{"comment", func(w *world, d *setting.Draft) (*setting.Draft, error) {
		return w.Comment(w.chief, d.ID, "Được")
	}},
}

// way brings a new draft into a state by the deeds that lead there.
func (w *world) way(steps ...string) *setting.Draft {
	w.t.Helper()
	d := w.changed(setting.KindCodelists, "sex", "name: Nữ", "name: Phụ nữ")
	for _, step := range steps {
		for _, x := range deeds {
			if x.name != step {
				continue
			}
			next, err := x.do(w, d)
			d = ok(w.t, next, err)
		}
	}
	return d
}

// TestStates holds what can be done in which state, and that everything else is a conflict that changes nothing.
func TestStates(t *testing.T) {
	for _, tt := range []struct {
		state setting.State
		way   []string
		may   []string
	}{
		{
			state: setting.StateDraft,
			may:   []string{"save", "propose", "drop", "comment"},
		},
		{
			state: setting.StateProposed,
			way:   []string{"propose"},
			may:   []string{"approve", "return", "withdraw", "comment"},
		},
		{
			state: setting.StateReturned,
			way:   []string{"propose", "return"},
			may:   []string{"save", "propose", "drop", "comment"},
		},
		{
			state: setting.StateApproved,
			way:   []string{"propose", "approve"},
			may:   []string{"withdraw", "comment"},
		},
		{
			state: setting.StateDropped,
			way:   []string{"drop"},
			may:   []string{"comment"},
		},
		{
			state: setting.StateDraft,
			way:   []string{"propose", "approve", "withdraw"},
			may:   []string{"save", "propose", "drop", "comment"},
		},
	} {
		w := newWorld(t, dbtest.SQLite(t, append(dossiertest.Migrations(), setting.Migrations())...))
		for _, x := range deeds {
			d := w.way(tt.way...)
			if d.State != tt.state {
				t.Fatalf("%v leads to %s, want %s", tt.way, d.State, tt.state)
			}
			may := false
			for _, name := range tt.may {
				may = may || name == x.name
			}
			_, err := x.do(w, d)
			switch {
			case may && err != nil:
				t.Errorf("%s in state %s: %v", x.name, tt.state, err)
			case !may && fault.KindOf(err) != fault.Conflict:
				t.Errorf("%s in state %s: %v, want a conflict", x.name, tt.state, err)
			}
			if !may {
				w.state(d.ID, tt.state)
			}
		}
	}
}

// TestStateWords holds that every state has a word, and what the states mean to pages.
func TestStateWords(t *testing.T) {
	for _, tt := range []struct {
		state                             setting.State
		editable, waiting, approved, past bool
	}{
		{state: setting.StateDraft, editable: true, waiting: true},
		{state: setting.StateReturned, editable: true, waiting: true},
		{state: setting.StateStale, editable: true, waiting: true},
		{state: setting.StateProposed, waiting: true},
		{state: setting.StateApproved, waiting: true, approved: true},
		{state: setting.StateApplying, waiting: true, approved: true},
		{state: setting.StateInForce, past: true},
		{state: setting.StateSuperseded, past: true},
		{state: setting.StateUndone, past: true},
		{state: setting.StateDropped},
	} {
		s := tt.state
		if s.Editable() != tt.editable {
			t.Errorf("%s editable: %v", s, s.Editable())
		}
		if s.Waiting() != tt.waiting {
			t.Errorf("%s waiting: %v", s, s.Waiting())
		}
		if s.Approved() != tt.approved {
			t.Errorf("%s approved: %v", s, s.Approved())
		}
		if s.Past() != tt.past {
			t.Errorf("%s past: %v", s, s.Past())
		}
		if s.Name().String() == "" {
			t.Errorf("%s has no word", s)
		}
	}
}

// TestSuperseded holds that a later change takes the place of an earlier one, which can be restored but not undone.
func TestSuperseded(t *testing.T) {
	worlds(t, func(t *testing.T, w *world) {
		first := w.approved(w.proposed(w.changed(setting.KindCodelists, "sex", "name: Nữ", "name: Phụ nữ"), "2026-11-23"))
		w.state(first.ID, setting.StateInForce)
		w.Clock.Set(local("2026-11-25 08:00"))
		second := w.approved(w.proposed(w.changed(setting.KindCodelists, "sex", "name: Phụ nữ", "name: Đàn bà"), "2026-11-25"))
		w.state(second.ID, setting.StateInForce)
		first = w.state(first.ID, setting.StateSuperseded)
		_, err := w.Undo(w.author, first.ID, "Nhầm")
		kind(t, err, fault.Conflict, "đang áp dụng")
		undo, err := w.Undo(w.author, second.ID, "Nhầm")
		ok(t, undo, err)
		_, err = w.Undo(w.author, second.ID, "")
		kind(t, err, fault.Invalid, "lý do")
		w.Clock.Set(local("2026-11-25 09:00"))
		w.approved(undo)
		w.state(second.ID, setting.StateUndone)
		for day, want := range map[string]string{
			"2026-11-22": "Nữ",
			"2026-11-24": "Phụ nữ",
			"2026-11-26": "Phụ nữ",
		} {
			got, err := w.Lists.Name(context.Background(), "sex", "female", clock.MustDate(day))
			if err != nil || got != want {
				t.Errorf("on %s %q, %v; want %q", day, got, err, want)
			}
		}
		past, err := w.Drafts(w.author, setting.DraftQuery{Kind: setting.KindCodelists, Thing: "sex", Past: true, Limit: 10})
		if err != nil || len(past) != 3 {
			t.Errorf("history: %d drafts, %v", len(past), err)
		}
		older, err := w.Drafts(w.author, setting.DraftQuery{Before: past[0].ID, Limit: 1})
		if err != nil || len(older) != 1 || older[0].ID == past[0].ID {
			t.Errorf("older: %v, %v", older, err)
		}
	})
}

// TestTooLate holds that a day which passed before the approval is not quietly moved.
func TestTooLate(t *testing.T) {
	w := newWorld(t, dbtest.SQLite(t, append(dossiertest.Migrations(), setting.Migrations())...))
	d := w.proposed(w.changed(setting.KindCodelists, "sex", "name: Nữ", "name: Phụ nữ"), "2026-11-24")
	w.Clock.Set(local("2026-11-25 08:00"))
	_, err := w.Approve(w.chief, d.ID, d.Revision, "")
	kind(t, err, fault.Conflict, "đã qua")
	_, err = w.Approve(w.chief, d.ID, d.Revision-1, "")
	kind(t, err, fault.Conflict, "")
	w.state(d.ID, setting.StateProposed)
	_, err = w.Withdraw(w.stranger, d.ID, "")
	kind(t, err, fault.Forbidden, "")
	_, err = w.Comment(w.chief, d.ID, string(make([]rune, 2001)))
	kind(t, err, fault.Invalid, "2.000")
	_, err = w.Save(w.author, d.ID, d.Revision, string(make([]byte, 3<<20)))
	kind(t, err, fault.Invalid, "lớn hơn")
}
