package identity

import (
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
)

// TestAppoint holds how the first administrator comes into a program without people, and that a mistake leaves nothing behind.
func TestAppoint(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		good := Appointment{Name: "quantri", FullName: "Rơ Châm H'Mai", Title: "Quản trị hệ thống", Role: "administrator", Reason: "Quyết định 1", Password: goodPassword}
		for name, c := range map[string]struct {
			change func(*Appointment)
			kind   fault.Kind
			text   string
		}{
			"no name":            {func(a *Appointment) { a.Name = "" }, fault.Invalid, ""},
			"a telephone":        {func(a *Appointment) { a.Name = "0905123456" }, fault.Invalid, "không bằng số điện thoại"},
			"no full name":       {func(a *Appointment) { a.FullName = "" }, fault.Invalid, "Nhập họ và tên."},
			"a weak password":    {func(a *Appointment) { a.Password = "12345678" }, fault.Invalid, ""},
			"a role unknown":     {func(a *Appointment) { a.Role = "king" }, fault.Invalid, "Chọn một vai trò"},
			"no reason":          {func(a *Appointment) { a.Reason = "" }, fault.Invalid, "căn cứ"},
			"a unit unknown":     {func(a *Appointment) { a.Unit = "so-x" }, fault.Invalid, "so-x"},
			"everything at once": {func(a *Appointment) { a.Name, a.FullName, a.Role = "", "", "" }, fault.Invalid, ""},
		} {
			a := good
			c.change(&a)
			_, err := w.Appoint(w.system, a)
			wantKind(t, err, c.kind)
			if f, ok := fault.As(err); ok && !strings.Contains(err.Error(), c.text) {
				t.Errorf("%s: %v", name, f)
			}
		}
		if people, err := w.org.SearchPeople(w.system, "ro cham", 9); err != nil || len(people) > 0 {
			t.Errorf("mistakes leave %v behind, %v", people, err)
		}
		acc, err := w.Appoint(w.system, good)
		if err != nil {
			t.Fatal(err)
		}
		w.signIn("quantri")
		if _, err := w.List(w.as(acc), Query{Kind: Citizen}); err != nil {
			t.Errorf("the administrator may not administer: %v", err)
		}
		_, err = w.Appoint(w.system, good)
		wantKind(t, err, fault.Conflict)
		_, err = w.Appoint(w.as(acc), Appointment{Name: "hai"})
		wantKind(t, err, fault.Forbidden)
		second := good
		second.Name, second.FullName, second.Unit = "quantri.2", "Siu Thử", "so-tu-phap"
		if acc, err = w.Appoint(w.system, second); err != nil || acc.UnitID != w.unit("so-tu-phap").ID {
			t.Errorf("%+v, %v", acc, err)
		}
		if got := w.actions(); !slices.Contains(got, "identity.add_official") || !slices.Contains(got, "identity.grant") {
			t.Errorf("record %q", got)
		}
	})
}
