package app

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// demoAt makes the demonstration as if it were now, and returns the program and what it said.
func demoAt(t *testing.T, now time.Time) (*App, *clock.Fake, string) {
	t.Helper()
	c := testConfig(t, "")
	c.Identity.HashMemory = 8 * 1024 // fast; the strength is tested in its room
	cl := clock.NewFake(now)
	a, err := New(context.Background(), c, WithLog(slog.New(slog.DiscardHandler)), WithClock(cl))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	var out bytes.Buffer
	if err := a.House.demo(context.Background(), &out, cl, now, demoOptions{dossiers: true}); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return a, cl, out.String()
}

// TestDemoIsAlive holds that a demonstration begun on any day has work in all states, none of it in the future, and
// an audit record that is whole.
func TestDemoIsAlive(t *testing.T) {
	days := map[string]string{
		"working day":         "2026-11-26T07:05:00+07:00",
		"first Culture Day":   "2026-11-24T10:00:00+07:00", // a day off
		"night after Tết":     "2026-02-23T02:30:00+07:00",
		"Sunday in September": "2025-09-07T16:00:00+07:00",
	}
	for name, at := range days {
		t.Run(name, func(t *testing.T) {
			if testing.Short() && name != "working day" {
				t.Skip("makes a whole demonstration")
			}
			now, err := time.Parse(time.RFC3339, at)
			if err != nil {
				t.Fatal(err)
			}
			a, _, _ := demoAt(t, now)
			ctx := actor.With(context.Background(), actor.SystemActor)
			root, err := a.House.Org.Root(ctx)
			if err != nil {
				t.Fatal(err)
			}
			reader := actor.Actor{ID: "r", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{dossier.PermRead: true}, UnitPath: root.Path, Below: true}}}
			page, err := a.House.Dossier.Find(actor.With(ctx, reader), dossier.FindQuery{Limit: 200})
			if err != nil {
				t.Fatal(err)
			}
			states := map[dossier.Status]int{}
			late := 0
			for _, it := range page.Items {
				states[it.Status]++
				if it.FiledAt.After(now) {
					t.Errorf("%s is filed in the future, %s", it.Code, it.FiledAt)
				}
				if it.Late(now) {
					late++
				}
			}
			for _, want := range []dossier.Status{dossier.StatusNew, dossier.StatusProcessing, dossier.StatusSupplement, dossier.StatusReturned, dossier.StatusRefused, dossier.StatusWithdrawn} {
				if states[want] == 0 {
					t.Errorf("no dossier in state %d: %v", want, states)
				}
			}
			if len(page.Items) < 30 || late == 0 {
				t.Errorf("%d dossiers, %d late", len(page.Items), late)
			}
			officer := reader
			officer.Grants = []actor.Grant{{Permissions: map[string]bool{dossier.PermRead: true, dossier.PermProcess: true, dossier.PermApprove: true}, UnitPath: root.Path, Below: true}}
			boxes, err := a.House.Dossier.Counts(actor.With(ctx, officer))
			if err != nil || boxes[dossier.BoxLate] == 0 || boxes[dossier.BoxSoon] == 0 || name == "working day" && boxes[dossier.BoxToday] == 0 {
				t.Errorf("the worklist is not alive: %v %v", boxes, err)
			}
			report, err := audit.Verify(ctx, a.DB, nil)
			if err != nil || !report.OK() {
				t.Errorf("audit: %v %v", err, report.Lines())
			}
		})
	}
}

var printedPassword = regexp.MustCompile(`Mật khẩu của mọi tài khoản: (\S+)`)

// TestDemoPassword holds that the sign-ins are printed, work, are printed again, and are for the owner of the folder alone.
func TestDemoPassword(t *testing.T) {
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Local)
	a, cl, first := demoAt(t, now)
	m := printedPassword.FindStringSubmatch(first)
	if m == nil || len(m[1]) != 14 {
		t.Fatalf("no password in %s", first)
	}
	file := filepath.Join(a.Config.Data, signInsFile)
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st, err)
	}
	again := func(password string) (string, error) {
		var out bytes.Buffer
		err := a.House.demo(context.Background(), &out, cl, now, demoOptions{password, true})
		return out.String(), err
	}
	out, err := again("")
	if err != nil || !strings.Contains(out, m[0]) || strings.Contains(out, "Đã tạo") {
		t.Errorf("the second time: %v %s", err, out)
	}
	if _, err := again("another"); ExitCode(err) != ExitConfig {
		t.Errorf("another password: %v", err)
	}
	if out, err := again(m[1]); err != nil || !strings.Contains(out, m[0]) {
		t.Errorf("the same password: %v %s", err, out)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	if out, err := again(""); err != nil || printedPassword.MatchString(out) || !strings.Contains(out, "đã có từ trước") {
		t.Errorf("a password that opens nothing is printed: %v %s", err, out)
	}
	if _, err := os.Stat(file); err == nil {
		t.Error("a password that opens nothing is kept")
	}
	if err := os.WriteFile(file, []byte("?\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := again(""); ExitCode(err) != ExitConfig {
		t.Errorf("a broken file: %v", err)
	}
}

// TestDemoPeopleMayDoTheirWork holds that the sign-ins that are printed hold a role somewhere.
func TestDemoPeopleMayDoTheirWork(t *testing.T) {
	a, _, _ := demoAt(t, time.Date(2026, 11, 24, 10, 0, 0, 0, clock.Local))
	ctx := actor.With(context.Background(), actor.SystemActor)
	for _, permission := range []string{dossier.PermAccept, dossier.PermApprove, dossier.PermReturn, identity.PermManage} {
		units, err := a.House.Org.List(ctx, org.Filter{Agencies: true})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, u := range units[:3] {
			able, err := a.House.Identity.Able(ctx, permission, u.Path)
			if err != nil {
				t.Fatal(err)
			}
			found = found || len(able) > 0
		}
		if !found {
			t.Errorf("nobody holds %s", permission)
		}
	}
}

// TestNewPassword holds that passwords differ and have only letters nobody mixes up.
func TestNewPassword(t *testing.T) {
	form := regexp.MustCompile(`^[a-hjkmnp-z2-9]{4}-[a-hjkmnp-z2-9]{4}-[a-hjkmnp-z2-9]{4}$`)
	seen := map[string]bool{}
	for range 200 {
		p := newPassword()
		if !form.MatchString(p) || seen[p] {
			t.Fatalf("%q", p)
		}
		seen[p] = true
	}
}
