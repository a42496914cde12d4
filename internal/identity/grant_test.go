package identity

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
)

// TestReach holds how far grants reach: the unit, its divisions, everything below.
func TestReach(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		for _, c := range []struct {
			name             string
			divisions, below bool
			at               string
			yes, no          []string
		}{
			{"unit only", false, false, "so-nnmt", []string{"so-nnmt"}, []string{"so-nnmt/land", "vp-dkdd", "ubnd-tinh"}},
			{"with divisions", true, false, "so-nnmt", []string{"so-nnmt", "so-nnmt/land", "so-nnmt/reception"}, []string{"vp-dkdd", "vp-dkdd/land", "so-tu-phap", "ubnd-tinh"}},
			{"below", false, true, "so-nnmt", []string{"so-nnmt", "so-nnmt/land", "vp-dkdd", "vp-dkdd/land"}, []string{"so-tu-phap", "ubnd-tinh"}},
			{"a division", false, true, "so-nnmt/land", []string{"so-nnmt/land"}, []string{"so-nnmt", "vp-dkdd"}},
			{"the whole province", true, true, "ubnd-tinh", []string{"ubnd-tinh", "so-nnmt", "vp-dkdd/land", "ubnd-90006/justice"}, nil},
		} {
			acc := w.official("officer."+strings.ReplaceAll(c.name, " ", "-"), "so-noi-vu", "Chuyên viên", "", false)
			if _, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "officer", UnitID: w.unit(c.at).ID, Divisions: c.divisions, Below: c.below, Reason: "thử"}); err != nil {
				t.Fatal(err)
			}
			a := actor.From(w.as(acc))
			for _, slug := range c.yes {
				if !a.Can("dossier.process", w.unit(slug).Path) || a.Can("dossier.approve", w.unit(slug).Path) {
					t.Errorf("%s: cannot work at %s", c.name, slug)
				}
			}
			for _, slug := range c.no {
				if a.Can("dossier.process", w.unit(slug).Path) {
					t.Errorf("%s: can work at %s", c.name, slug)
				}
			}
			able, err := w.Able(w.system, "dossier.process", w.unit(c.yes[len(c.yes)-1]).Path)
			if err != nil || !slices.ContainsFunc(able, func(x Colleague) bool { return x.AccountID == acc.ID && x.Title == "Chuyên viên" }) {
				t.Errorf("%s: not among those able: %v %v", c.name, able, err)
			}
		}
	})
}

func TestGrantChecks(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
		citizen := w.citizen("0905123456")
		unit := w.unit("so-tu-phap").ID
		good := Grant{AccountID: acc.ID, Role: "officer", UnitID: unit, Reason: "Quyết định 1"}
		for _, c := range []struct {
			name  string
			with  func(*Grant)
			field string
			kind  fault.Kind
		}{
			{"unknown role", func(g *Grant) { g.Role = "king" }, "role", fault.Invalid},
			{"no unit", func(g *Grant) { g.UnitID = "" }, "unit_id", fault.Invalid},
			{"no reason", func(g *Grant) { g.Reason = "  " }, "reason", fault.Invalid},
			{"long reason", func(g *Grant) { g.Reason = strings.Repeat("a", 301) }, "reason", fault.Invalid},
			{"over already", func(g *Grant) { g.ValidTo = w.today() }, "valid_to", fault.Invalid},
			{"ends before it begins", func(g *Grant) { g.ValidFrom, g.ValidTo = w.today().AddDays(9), w.today().AddDays(8) }, "valid_to", fault.Invalid},
			{"unknown account", func(g *Grant) { g.AccountID = "0190" }, "", fault.NotFound},
			{"a citizen", func(g *Grant) { g.AccountID = citizen.ID }, "account_id", fault.Invalid},
		} {
			g := good
			c.with(&g)
			_, err := w.Grant(w.system, g)
			wantKind(t, err, c.kind)
			if c.field != "" && fields(err)[c.field] == "" {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		first, err := w.Grant(w.system, good)
		if err != nil {
			t.Fatal(err)
		}
		_, err = w.Grant(w.system, good)
		wantKind(t, err, fault.Conflict)
		wider := good
		wider.Below = true
		if _, err := w.Grant(w.system, wider); err != nil {
			t.Errorf("a wider grant is no repetition: %v", err)
		}
		if err := w.Revoke(w.system, first.ID); err != nil {
			t.Fatal(err)
		}
		wantKind(t, w.Revoke(w.system, first.ID), fault.Conflict)
		wantKind(t, w.Revoke(w.system, "0190"), fault.NotFound)
		if got := w.actions(); !slices.Contains(got, "identity.revoke") || !slices.Contains(got, "identity.grant") {
			t.Errorf("audit %v", got)
		}
	})
}

// TestGrantTakesEffectAtOnce holds that giving and taking roles is seen by the next request, on other nodes too.
func TestGrantTakesEffectAtOnce(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
		other := &town{Service: New(Deps{DB: w.db, Clock: w.clock, Org: w.org, Permissions: permissions}, cheap), t: t, db: w.db, clock: w.clock, system: w.system}
		token := w.signIn("chuyen.vien")
		path := w.unit("so-tu-phap").Path
		can := func(n *town) bool { _, a := n.load(token); return a.Can("dossier.process", path) }
		if can(w) || can(other) {
			t.Error("works without a grant")
		}
		g := w.grant(acc, "officer", "so-tu-phap", true)
		if !can(w) || !can(other) {
			t.Error("the grant is not seen")
		}
		if err := other.Revoke(w.system, g.ID); err != nil {
			t.Fatal(err)
		}
		if can(w) || can(other) {
			t.Error("the revoked grant counts")
		}
		if _, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "officer", UnitID: w.unit("so-tu-phap").ID, Reason: "thử",
			ValidFrom: w.today().AddDays(1), ValidTo: w.today().AddDays(2)}); err != nil {
			t.Fatal(err)
		}
		day := w.today()
		for i, want := range []bool{false, true, false} {
			w.clock.Set(day.AddDays(i).At(10, 0))
			token = w.signIn("chuyen.vien")
			if can(w) != want || can(other) != want {
				t.Errorf("day %d: can = %v, want %v", i, !want, want)
			}
		}
	})
}

// TestGrantFollowsTheHeir holds that a grant on a unit that has ended holds at its heir, and accounts go there.
func TestGrantFollowsTheHeir(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.official("chuyen.vien", "ubnd-90001/justice", "Công chức", "", false)
		if _, err := w.Grant(w.system, Grant{AccountID: acc.ID, Role: "officer", UnitID: w.unit("ubnd-90001").ID, Divisions: true, Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		old, heir := w.unit("ubnd-90001"), w.unit("ubnd-90002")
		tomorrow := w.today().AddDays(1)
		if _, err := w.org.Merge(w.system, org.Merge{From: []org.UnitID{old.ID}, Into: heir.ID, On: tomorrow, SourceAct: "Nghị quyết thử"}); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			day     clock.Date
			at, not string
		}{{w.today(), old.Path, heir.Path}, {tomorrow, heir.Path, old.Path}} {
			w.clock.Set(c.day.At(10, 0))
			a := actor.From(w.as(acc))
			if !a.Can("dossier.process", c.at) || a.Can("dossier.process", c.not) {
				t.Errorf("on %s: grants %+v", c.day, a.Grants)
			}
		}
		if a := actor.From(w.as(acc)); !a.Can("dossier.process", w.unit("ubnd-90002/justice").Path) || a.OfficeID != string(heir.ID) {
			t.Errorf("division and agency of the heir: %+v", a)
		}
		able, err := w.Able(w.system, "dossier.process", w.unit("ubnd-90002/justice").Path)
		if err != nil || len(able) != 1 {
			t.Errorf("able = %v, %v", able, err)
		}
		justice, err := w.org.Links(w.system, acc.UnitID)
		if err != nil || len(justice) != 1 {
			t.Fatal(justice, err)
		}
		e := event.Event{Name: org.EventUnitEnded, Payload: []byte(`{"unit_id":"` + string(acc.UnitID) + `","heir":"` + string(justice[0].To) + `"}`)}
		for range 2 { // delivered twice
			if err := w.UnitEnded(w.system, e); err != nil {
				t.Fatal(err)
			}
		}
		moved, err := w.store.account(t.Context(), w.db, acc.ID)
		if err != nil || moved.UnitID != justice[0].To {
			t.Errorf("account kept by %s, %v", moved.UnitID, err)
		}
		for _, e := range []event.Event{{Payload: []byte(`{"unit_id":"x"}`)}, {Payload: []byte(`{"unit_id":"x","heir":"y"}`)}} {
			if err := w.UnitEnded(w.system, e); err != nil {
				t.Errorf("%s: %v", e.Payload, err)
			}
		}
		if err := w.UnitEnded(w.system, event.Event{Payload: []byte(`[]`)}); err == nil {
			t.Error("nonsense was taken")
		}
	})
}

// TestEscalation holds that nobody gives more than they may.
func TestEscalation(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root := w.official("root.admin", "so-noi-vu", "Quản trị", "administrator", false)
		w.grant(root, "administrator", "ubnd-tinh", true)
		local := w.official("local.admin", "so-tu-phap", "Quản trị cơ quan", "", false)
		if _, err := w.Grant(w.system, Grant{AccountID: local.ID, Role: "agency-administrator", UnitID: w.unit("so-tu-phap").ID, Divisions: true, Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		leader := w.official("leader.justice", "so-tu-phap", "Giám đốc", "leader", true)
		clerk := w.official("clerk.justice", "so-tu-phap/justice", "Chuyên viên", "", false)
		citizen := w.citizen("0905123456")
		for _, c := range []struct {
			name string
			as   Account
			to   Account
			role string
			at   string
			div  bool
			bel  bool
			want fault.Kind // Internal: allowed
		}{
			{"a role of the own agency", local, clerk, "officer", "so-tu-phap", true, false, 0},
			{"at a division of the own agency", local, clerk, "reception", "so-tu-phap/reception", false, false, 0},
			{"at another agency", local, clerk, "officer", "so-xay-dung", false, false, fault.Forbidden},
			{"at a commune", local, clerk, "officer", "ubnd-90001", false, false, fault.Forbidden},
			{"at the top", local, clerk, "officer", "ubnd-tinh", false, true, fault.Forbidden},
			{"further down than the own grant", local, clerk, "officer", "so-tu-phap", false, true, fault.Forbidden},
			{"the administrator's role", local, clerk, "administrator", "so-tu-phap", false, false, fault.Forbidden},
			{"a role with a permission one lacks", local, clerk, "auditor", "so-tu-phap", false, false, fault.Forbidden},
			{"a role whose permissions one has", local, clerk, "agency-administrator", "so-tu-phap", true, false, 0},
			{"to oneself", local, local, "officer", "so-tu-phap", true, false, fault.Forbidden},
			{"the root to itself", root, root, "leader", "ubnd-tinh", false, true, fault.Forbidden},
			{"a leader has no say", leader, clerk, "leader", "so-tu-phap", false, false, fault.Forbidden},
			{"a citizen has no say", citizen, clerk, "officer", "so-tu-phap", false, false, fault.Forbidden},
			{"the root anywhere", root, clerk, "leader", "ubnd-90001", true, false, 0},
			{"the root makes another", root, clerk, "administrator", "ubnd-tinh", true, true, 0},
		} {
			g, err := w.Grant(w.as(c.as), Grant{AccountID: c.to.ID, Role: c.role, UnitID: w.unit(c.at).ID, Divisions: c.div, Below: c.bel, Reason: "thử"})
			if c.want == 0 && err != nil || c.want != 0 && (err == nil || fault.KindOf(err) != c.want) {
				t.Errorf("%s: %v", c.name, err)
			}
			if c.want == 0 && err == nil {
				if err := w.Revoke(w.as(c.as), g.ID); err != nil {
					t.Errorf("%s: revoke: %v", c.name, err)
				}
			}
		}
		_, err := w.Grant(t.Context(), Grant{AccountID: clerk.ID, Role: "officer", UnitID: w.unit("so-tu-phap").ID, Reason: "thử"})
		wantKind(t, err, fault.Unauthenticated)
	})
}

// TestTakeOver holds that whoever manages a small unit cannot take over the account of somebody with more power.
func TestTakeOver(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		local := w.official("local.admin", "so-tu-phap", "Quản trị cơ quan", "", false)
		if _, err := w.Grant(w.system, Grant{AccountID: local.ID, Role: "agency-administrator", UnitID: w.unit("so-tu-phap").ID, Divisions: true, Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		root := w.official("root.admin", "so-tu-phap/justice", "Quản trị tỉnh", "", false) // kept by the small unit
		g := w.grant(root, "administrator", "ubnd-tinh", true)
		clerk := w.official("clerk.justice", "so-tu-phap/justice", "Chuyên viên", "officer", false)
		w.grant(clerk, "officer", "so-tu-phap", false)
		far := w.official("far.away", "so-xay-dung", "Chuyên viên", "officer", false)
		as := w.as(local)
		const fresh = "mật khẩu mới 123 x"
		for name, err := range map[string]error{
			"reset the root":  w.ResetPassword(as, root.ID, fresh),
			"block the root":  w.SetBlocked(as, root.ID, true),
			"revoke the root": w.Revoke(as, g.ID),
			"block oneself":   w.SetBlocked(as, local.ID, true),
		} {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
		wantKind(t, w.ResetPassword(as, far.ID, fresh), fault.NotFound)
		wantKind(t, w.SetBlocked(as, far.ID, true), fault.NotFound)
		wantKind(t, w.ResetPassword(as, clerk.ID, "12345678"), fault.Invalid)
		if err := w.ResetPassword(as, clerk.ID, fresh); err != nil {
			t.Errorf("reset the clerk: %v", err)
		}
		if _, err := w.SignIn(t.Context(), "clerk.justice", fresh); err != nil {
			t.Errorf("sign-in after the reset: %v", err)
		}
		if err := w.SetBlocked(as, clerk.ID, true); err != nil {
			t.Errorf("block the clerk: %v", err)
		}
		for name, ctx := range map[string]context.Context{"a clerk": w.as(clerk), "a visitor": t.Context()} {
			if w.ResetPassword(ctx, root.ID, fresh) == nil || w.SetBlocked(ctx, root.ID, true) == nil {
				t.Errorf("%s may", name)
			}
			if _, err := w.List(ctx, Query{}); err == nil {
				t.Errorf("%s may list", name)
			}
		}
	})
}

func TestAuditOfSessions(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		w.citizen("0905123456")
		token := w.signIn("0905123456")
		ctx, a := w.load(token)
		if a.Kind != actor.Person || len(a.Grants) != 0 || a.Title != "" {
			t.Errorf("citizen is %+v", a)
		}
		w.clock.Advance(time.Second)
		if err := w.SignOut(ctx); err != nil {
			t.Fatal(err)
		}
		if _, a := w.load(token); a.SignedIn() {
			t.Error("the session counts after signing out")
		}
		if got := strings.Join(w.actions(), " "); got != "identity.register identity.sign_in identity.sign_out" {
			t.Errorf("audit: %s", got)
		}
		rep, err := audit.Verify(t.Context(), w.db, nil)
		if err != nil || !rep.OK() {
			t.Errorf("the chain is not whole: %+v %v", rep, err)
		}
	})
}
