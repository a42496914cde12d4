package identity

import (
	"testing"

	"lienthong/internal/kit/fault"
)

// TestVerified holds how somebody whom an outside service recognised comes in.
func TestVerified(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc, err := w.AddVerified(w.t.Context(), Verified{By: "vneid", FullName: "Ksor Thử", PersonalID: "052190000001", Phone: "x", Email: "x"})
		if err != nil || !acc.Verified || acc.Phone != "" || acc.Email != "" {
			t.Fatalf("%+v %v", acc, err)
		}
		for field, v := range map[string]Verified{"full_name": {PersonalID: "052190000001"}, "personal_id": {FullName: "Ksor Thử", PersonalID: "1"}} {
			if f, ok := fault.As(second(w.AddVerified(w.t.Context(), v))); !ok || f.Problems[0].Field != field {
				t.Errorf("%s: %v", field, f)
			}
		}
		if _, err := w.SignIn(w.t.Context(), "052190000001", ""); err == nil {
			t.Error("signs in without a password")
		}
		ctx, err := w.scs.Load(w.t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Enter(ctx, acc.ID, "vneid"); err != nil {
			t.Fatal(err)
		}
		if s, ok := w.CurrentSession(ctx); !ok || s.AccountID != acc.ID {
			t.Errorf("session: %+v %v", s, ok)
		}
		if same, err := w.WithPersonalID(w.system, "052190000001"); err != nil || len(same) != 1 {
			t.Errorf("by number: %v %v", same, err)
		}
		if none, err := w.WithPersonalID(w.system, ""); err != nil || len(none) != 0 {
			t.Errorf("without a number: %v %v", none, err)
		}
		citizen := w.citizen("0905123456")
		if err := w.Verify(w.as(citizen), Verified{By: "vneid", FullName: "Tên Thật", PersonalID: "052190000002", BirthDate: w.today().AddDays(-9000)}); err != nil {
			t.Fatal(err)
		}
		h, err := w.Holder(w.system, citizen.ID)
		if err != nil || !h.Account.Verified || h.Account.FullName != "Tên Thật" || h.Account.BirthDate.IsZero() || h.Account.Phone != "0905123456" {
			t.Errorf("verified: %+v %v", h, err)
		}
		official := w.official("can-bo", "so-tu-phap", "Chuyên viên", "officer", false)
		if err := w.Verify(w.as(official), Verified{FullName: "Tên Khác"}); err != nil {
			t.Fatal(err)
		}
		h, err = w.Holder(w.system, official.ID)
		if err != nil || h.Account.FullName == "Tên Khác" || len(h.Posts) != 1 || len(h.Roles) != 1 || h.Roles[0].Role != "officer" {
			t.Errorf("an official: %+v %v", h, err)
		}
		if err := w.SetBlocked(w.system, acc.ID, true); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{"blocked": w.Enter(ctx, acc.ID, "vneid"), "nobody": w.Verify(w.t.Context(), Verified{})} {
			if k := fault.KindOf(err); k != fault.Forbidden && k != fault.Unauthenticated {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Holder(w.system, "x"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("unknown: %v", err)
		}
		program, err := w.AddOfficial(w.system, NewOfficial{Name: "dong-bo", FullName: "Đồng bộ", UnitID: w.unit("so-tu-phap").ID, Password: goodPassword})
		if err != nil {
			t.Fatal(err)
		}
		if list, err := w.Programs(w.system); err != nil || len(list) != 1 || list[0].ID != program.ID {
			t.Errorf("programs: %v %v", list, err)
		}
	})
}

func second[T any](_ T, err error) error { return err }
