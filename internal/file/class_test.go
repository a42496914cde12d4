package file

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/fault"
)

// keeper may decide how files are kept, at the unit of a path.
func keeper(t testing.TB, path string) context.Context {
	return actor.With(t.Context(), actor.Actor{ID: "keeper", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermKeep: true}, UnitPath: path, Below: true}}})
}

func TestKeepingIsForTheWholeStore(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	for name, ctx := range map[string]context.Context{"nobody": t.Context(), "below the root": keeper(t, "/province/commune/")} {
		_, classes := s.Classes(ctx)
		_, holds := s.Holds(ctx, "", 10)
		_, put := s.PutHold(ctx, Holder{"a.b", "1"}, "x")
		_, lift := s.LiftHold(ctx, "x", "x")
		_, dispose := s.Dispose(ctx, true)
		for _, err := range []error{classes, holds, put, lift, dispose, s.SetClass(ctx, Class{HolderKind: "a.b"})} {
			if fault.KindOf(err) != fault.Forbidden {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestQuota(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, _ := newService(t, d)
		s.gate = openGate
		ctx, size := keeper(t, "/province/"), int64(len(pdf))
		if err := s.SetClass(ctx, Class{HolderKind: "a.b", HolderBytes: 2 * size, TotalBytes: 3*size + 1}); err != nil {
			t.Fatal(err)
		}
		try := func(holder string) error {
			_, err := s.Put(ctx, Upload{Name: "a.pdf", Reader: bytes.NewReader(pdf), Holder: Holder{"a.b", holder}})
			return err
		}
		if err := errors.Join(try("1"), try("1"), try("2")); err != nil {
			t.Fatal(err)
		}
		for holder, text := range map[string]string{"1": "Các tệp ở đây sẽ vượt", "2": "Hãy báo cán bộ quản trị"} {
			err := try(holder)
			if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || !strings.Contains(f.User().String(), text) {
				t.Errorf("holder %s: %v", holder, err)
			}
		}
		if err := s.SetClass(ctx, Class{HolderKind: UploadKind, HolderBytes: size}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Begin(ctx, "a.pdf", size+1, map[string]string{"word": "w"}); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a transfer beyond the quota: %v", err)
		}
		cs, err := s.Classes(ctx)
		if err != nil || len(cs) != 2 || cs[0].HolderBytes != 2*size {
			t.Errorf("%+v, %v", cs, err)
		}
	})
}

func TestClassIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		class Class
		field string
	}{
		"no kind":       {Class{}, "holder_kind"},
		"negative":      {Class{HolderKind: "a.b", TotalBytes: -1}, "total_bytes"},
		"without act":   {Class{HolderKind: "a.b", KeepDays: 10}, "source_act"},
		"removed terms": {Class{HolderKind: "a.b", RemovedDays: 10}, "source_act"},
		"good":          {Class{HolderKind: "a.b", KeepDays: 10, SourceAct: "x"}, ""},
	} {
		err := c.class.Validate()
		if c.field == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if f, ok := fault.As(err); !ok || len(f.Problems) != 1 || f.Problems[0].Field != c.field {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestHoldOutlivesTheTerm holds that nothing under a hold is ever deleted: not by its room, not when its term has
// ended, not by the sweep; and that it goes when the hold is lifted.
func TestHoldOutlivesTheTerm(t *testing.T) {
	dbtest.Each(t, rooms, func(t *testing.T, d *db.DB) {
		s, c := newService(t, d)
		ctx, held, free := keeper(t, "/province/"), Holder{"a.b", "held"}, Holder{"a.b", "free"}
		f, g := put(t, s, held, "a.pdf", pdf), put(t, s, free, "b.png", png)
		other := put(t, s, Holder{"c.d", "1"}, "c.jpg", jpg) // of a kind without a term
		hold, err := s.PutHold(ctx, held, "Cơ quan điều tra yêu cầu")
		if err != nil {
			t.Fatal(err)
		}
		remove := func(f File, h Holder) error {
			return d.Tx(ctx, func(tx *db.Tx) error { return s.Remove(ctx, tx, f.ID, h) })
		}
		if err := remove(f, held); fault.KindOf(err) != fault.Conflict {
			t.Errorf("removed under a hold: %v", err)
		}
		if err := s.SetClass(ctx, Class{HolderKind: "a.b", KeepDays: 30, RemovedDays: 5, SourceAct: "Quyết định thử"}); err != nil {
			t.Fatal(err)
		}
		dispose := func(dry bool, want Disposal) {
			t.Helper()
			want.DryRun = dry
			if got, err := s.Dispose(ctx, dry); err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
		}
		dispose(false, Disposal{})
		if err := remove(g, free); err != nil {
			t.Fatal(err)
		}
		c.Advance(6 * 24 * time.Hour)
		dispose(true, Disposal{Files: 1, Bytes: g.Size})
		dispose(false, Disposal{Files: 1, Bytes: g.Size})
		c.Advance(30 * 24 * time.Hour)
		dispose(true, Disposal{Held: 1})
		if err := s.disposeDaily(t.Context()); err != nil {
			t.Fatal(err)
		}
		sweep := func() {
			for range 2 {
				if err := s.Sweep(t.Context()); err != nil {
					t.Fatal(err)
				}
				c.Advance(keepUnused + time.Hour)
			}
		}
		sweep()
		if !bytes.Equal(read(t, s, f.ID, held), pdf) || !bytes.Equal(read(t, s, other.ID, Holder{"c.d", "1"}), jpg) {
			t.Error("a file that is kept is gone")
		}
		if _, err := s.LiftHold(ctx, hold.ID, " "); fault.KindOf(err) != fault.Invalid {
			t.Errorf("lifted without a reason: %v", err)
		}
		if lifted, err := s.LiftHold(ctx, hold.ID, "Đã kết thúc"); err != nil || lifted.LiftedBy != "keeper" {
			t.Errorf("%+v, %v", lifted, err)
		}
		if _, err := s.LiftHold(ctx, hold.ID, "Đã kết thúc"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("lifted twice: %v", err)
		}
		dispose(false, Disposal{Files: 1, Bytes: f.Size})
		sweep()
		if sums, _ := onDisk(t, s); len(sums) != 1 || sums[0] != other.SHA256 {
			t.Errorf("%v", sums)
		}
		if hs, err := s.Holds(ctx, "", 10); err != nil || len(hs) != 1 || hs[0].LiftReason != "Đã kết thúc" {
			t.Errorf("%+v, %v", hs, err)
		}
		if got := actions(t, d); !strings.Contains(got, "file.dispose file.hold file.lift_hold") || !strings.Contains(got, "file.set_class") {
			t.Errorf("audit: %s", got)
		}
		for _, h := range []Holder{{}, {"a.b", ""}, {UploadKind, "x"}} {
			if _, err := s.PutHold(ctx, h, "x"); fault.KindOf(err) != fault.Invalid {
				t.Errorf("a hold on %v: %v", h, err)
			}
		}
	})
}

// TestRealClamd scans with Debian's clamd and a signature of the test's own.
func TestRealClamd(t *testing.T) {
	s, _ := newService(t, dbtest.SQLite(t, rooms...))
	s.scanner = realClamd(t)
	if _, err := s.Put(t.Context(), Upload{Name: "sạch.pdf", Reader: bytes.NewReader(append(bytes.Clone(pdf), noise(1, 3<<20)...)), Holder: draftHolder}); err != nil {
		t.Errorf("a clean file: %v", err)
	}
	bad := append(bytes.Clone(pdf), append(noise(2, 300000), testVirus...)...)
	_, err := s.Put(t.Context(), Upload{Name: "bẩn.pdf", Reader: bytes.NewReader(bad), Holder: draftHolder})
	if f, ok := fault.As(err); !ok || f.Kind != fault.Invalid || !strings.Contains(f.User().String(), "có mã độc (LienThong.Test.Signature") {
		t.Errorf("an infected file: %v", err)
	}
	if sums, temp := onDisk(t, s); len(sums) != 1 || temp != 0 {
		t.Errorf("%d contents, %d temporary files", len(sums), temp)
	}
}
