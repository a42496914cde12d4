package identity

import (
	"strings"
	"testing"
	"testing/fstest"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/org"
)

func TestRegister(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		good := Registration{Name: "0905 123 456", FullName: " Rơ Châm  H'Mai ", PersonalID: "064.190.001.234", Password: goodPassword, Consent: true}
		acc, err := w.Register(t.Context(), good)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := w.store.account(t.Context(), w.db, acc.ID)
		if err != nil {
			t.Fatal(err)
		}
		if kept.FullName != "Rơ Châm H'Mai" || kept.Phone != "0905123456" || kept.PersonalID != "064190001234" || kept.Verified || kept.Kind != Citizen || len(kept.Names) != 1 {
			t.Errorf("kept %+v", kept)
		}
		if !strings.HasPrefix(kept.PasswordHash, "$argon2id$") || strings.Contains(kept.PasswordHash, goodPassword) {
			t.Errorf("hash %q", kept.PasswordHash)
		}
		for _, c := range []struct {
			name   string
			with   func(*Registration)
			fields string
		}{
			{"taken, written otherwise", func(r *Registration) { r.Name = "+84905123456" }, "name"},
			{"an official's name", func(r *Registration) { r.Name = "tiepnhan.so-tu-phap" }, "name"},
			{"no name", func(r *Registration) { r.Name = "" }, "name"},
			{"password is the number", func(r *Registration) { r.Name, r.Password = "0905123457", "0905123457" }, "password"},
			{"password is the identity number", func(r *Registration) { r.Name, r.Password = "0905123457", "064190001234" }, "password"},
			{"no consent", func(r *Registration) { r.Name, r.Consent = "0905123457", false }, "consent"},
			{"all at once", func(r *Registration) { *r = Registration{PersonalID: "1"} }, "full_name name personal_id password consent"},
		} {
			r := good
			c.with(&r)
			_, err := w.Register(t.Context(), r)
			got := fields(err)
			for _, f := range strings.Fields(c.fields) {
				if got[f] == "" {
					t.Errorf("%s: nothing at %s: %v", c.name, f, err)
				}
			}
			if len(got) != len(strings.Fields(c.fields)) {
				t.Errorf("%s: %v", c.name, got)
			}
		}
	})
}

func TestChangePassword(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		acc := w.citizen("0905123456")
		const fresh = "ba con mèo tam thể"
		here, there := w.signIn("0905123456"), w.signIn("0905123456")
		ctx, _ := w.load(here)
		for _, c := range []struct {
			name, old, fresh, field string
		}{
			{"no old one", "", fresh, "old"},
			{"wrong old one", "sai mật khẩu", fresh, "old"},
			{"too short", goodPassword, "ngắn", "password"},
			{"the same", goodPassword, goodPassword, "password"},
			{"own number", goodPassword, "0905123456", "password"},
		} {
			if err := w.ChangePassword(ctx, c.old, c.fresh); fields(err)[c.field] == "" {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		if err := w.ChangePassword(ctx, goodPassword, fresh); err != nil {
			t.Fatal(err)
		}
		if _, a := w.load(here); !a.SignedIn() {
			t.Error("the own session ended")
		}
		if _, a := w.load(there); a.SignedIn() {
			t.Error("another session goes on")
		}
		if _, err := w.SignIn(t.Context(), "0905123456", goodPassword); err == nil {
			t.Error("the old password counts")
		}
		if _, err := w.SignIn(t.Context(), "0905123456", fresh); err != nil {
			t.Error(err)
		}
		for range 4 {
			wantKind(t, w.ChangePassword(ctx, "sai mật khẩu", goodPassword), fault.Invalid)
		}
		wantKind(t, w.ChangePassword(ctx, "sai mật khẩu", goodPassword), fault.Forbidden)
		wantKind(t, w.ChangePassword(ctx, fresh, goodPassword), fault.Forbidden) // a stolen session cannot guess for ever
		wantKind(t, w.ChangePassword(t.Context(), fresh, goodPassword), fault.Unauthenticated)
		_ = acc
	})
}

func TestUpdateProfile(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		citizen, official := w.citizen("0905123456"), w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "", false)
		p := Profile{FullName: "Tên Mới", BirthDate: clock.MustDate("1990-02-01"), Email: "moi@example.com"}
		for acc, want := range map[*Account]string{&citizen: "Tên Mới", &official: official.FullName} {
			if err := w.UpdateProfile(w.as(*acc), p); err != nil {
				t.Fatal(err)
			}
			me, err := w.Me(w.as(*acc))
			if err != nil || me.FullName != want || me.Email != "moi@example.com" || me.BirthDate != p.BirthDate {
				t.Errorf("%+v, %v", me, err)
			}
		}
		if _, err := w.SignIn(t.Context(), "moi@example.com", goodPassword); err == nil {
			t.Error("a contact address became a sign-in name")
		}
		wantKind(t, w.UpdateProfile(t.Context(), p), fault.Unauthenticated)
		wantKind(t, w.UpdateProfile(w.as(citizen), Profile{}), fault.Invalid)
		_, err := w.Me(w.system)
		wantKind(t, err, fault.Unauthenticated)
	})
}

func TestAddOfficial(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		root := w.official("root.admin", "so-noi-vu", "Quản trị", "", false)
		w.grant(root, "administrator", "ubnd-tinh", true)
		local := w.official("local.admin", "so-tu-phap", "Quản trị cơ quan", "", false)
		if _, err := w.Grant(w.system, Grant{AccountID: local.ID, Role: "agency-administrator", UnitID: w.unit("so-tu-phap").ID, Divisions: true, Reason: "thử"}); err != nil {
			t.Fatal(err)
		}
		person := func(slug string) org.PersonID {
			p, err := w.org.AddPerson(w.system, org.Person{FullName: "Vũ Thị Minh Họa", Email: "minhhoa@example.com"})
			if err == nil {
				_, err = w.org.AddPost(w.system, org.Post{PersonID: p.ID, UnitID: w.unit(slug).ID, Title: "Chuyên viên", Main: true})
			}
			if err != nil {
				t.Fatal(err)
			}
			return p.ID
		}
		mine, far := person("so-tu-phap/justice"), person("so-xay-dung")
		acc, err := w.AddOfficial(w.as(local), NewOfficial{Name: "Minh.Hoa", PersonID: mine, Password: goodPassword})
		if err != nil || acc.UnitID != w.unit("so-tu-phap/justice").ID || acc.Email != "minhhoa@example.com" || !acc.Verified || acc.Names[0].Text != "minh.hoa" {
			t.Errorf("%+v, %v", acc, err)
		}
		for _, c := range []struct {
			name string
			as   Account
			n    NewOfficial
			kind fault.Kind
		}{
			{"twice", root, NewOfficial{Name: "minh.hoa2", PersonID: mine, Password: goodPassword}, fault.Conflict},
			{"at another agency", local, NewOfficial{Name: "far.hoa", PersonID: far, Password: goodPassword}, fault.Forbidden},
			{"for no unit", local, NewOfficial{Name: "program", FullName: "Phần mềm", Password: goodPassword}, fault.Forbidden},
			{"by nobody in charge", acc, NewOfficial{Name: "far.hoa", PersonID: far, Password: goodPassword}, fault.Forbidden},
			{"name taken", root, NewOfficial{Name: "minh.hoa", PersonID: far, Password: goodPassword}, fault.Invalid},
			{"phone as name", root, NewOfficial{Name: "0905123456", PersonID: far, Password: goodPassword}, fault.Invalid},
			{"weak password", root, NewOfficial{Name: "far.hoa", PersonID: far, Password: "12345678"}, fault.Invalid},
			{"unknown person", root, NewOfficial{Name: "far.hoa", PersonID: "0190", Password: goodPassword}, fault.NotFound},
			{"program without name", root, NewOfficial{Name: "program", Password: goodPassword}, fault.Invalid},
		} {
			_, err := w.AddOfficial(w.as(c.as), c.n)
			if err == nil || fault.KindOf(err) != c.kind {
				t.Errorf("%s: %v", c.name, err)
			}
		}
		program, err := w.AddOfficial(w.as(root), NewOfficial{Name: "program", FullName: "Phần mềm kết nối", Password: goodPassword})
		if err != nil {
			t.Fatal(err)
		}
		w.grant(program, "integration", "ubnd-tinh", true)
		if a := actor.From(w.as(program)); !a.Can("dossier.file", w.unit("ubnd-90001").Path) || a.PersonID != "" {
			t.Errorf("program is %+v", a)
		}
		_, err = w.AddOfficial(t.Context(), NewOfficial{Name: "x.y.z", PersonID: far, Password: goodPassword})
		wantKind(t, err, fault.Unauthenticated)
	})
}

func TestImportRoles(t *testing.T) {
	each(t, cheap, func(t *testing.T, w *town) {
		again, err := w.ImportRoles(w.system, testFiles(t))
		if err != nil || again.Added+again.Changed+again.Removed != 0 || again.Unchanged != 9 {
			t.Errorf("second import %+v, %v", again, err)
		}
		acc := w.official("chuyen.vien", "so-tu-phap", "Chuyên viên", "officer", true)
		file := func(text string) fstest.MapFS { return fstest.MapFS{"roles.yaml": {Data: []byte(text)}} }
		for name, text := range map[string]string{
			"unknown permission":   "roles: [{key: a, name: A, permissions: [dossier.rule]}]",
			"no permissions":       "roles: [{key: a, name: A}]",
			"no name":              "roles: [{key: a, permissions: [dossier.read]}]",
			"bad key":              "roles: [{key: Á, name: A, permissions: [dossier.read]}]",
			"twice":                "roles: [{key: a, name: A, permissions: [dossier.read]}, {key: a, name: A, permissions: [dossier.read]}]",
			"permission twice":     "roles: [{key: a, name: A, permissions: [dossier.read, dossier.read]}]",
			"grants what is not":   "roles: [{key: a, name: A, permissions: [dossier.read], may_grant: [b]}]",
			"unknown key of a row": "roles: [{key: a, name: A, perms: [dossier.read]}]",
			"no YAML":              "roles: [",
		} {
			_, err := w.ImportRoles(w.system, file(text))
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err = w.ImportRoles(w.system, fstest.MapFS{})
		wantKind(t, err, fault.Invalid)
		_, err = w.ImportRoles(w.as(acc), testFiles(t))
		wantKind(t, err, fault.Forbidden)

		r, err := w.ImportRoles(w.system, file("roles: [{key: reception, name: Một cửa, permissions: [dossier.accept], may_grant: [reception]}, {key: extra, name: Thêm, permissions: [dossier.read]}]"))
		if err != nil || r.Added != 1 || r.Changed != 1 || r.Removed != 7 || len(r.Kept) != 1 || r.Kept[0] != "officer" {
			t.Errorf("another file: %+v, %v", r, err)
		}
		if a := actor.From(w.as(acc)); !a.Can("dossier.process", w.unit("so-tu-phap").Path) {
			t.Error("a role in use was taken away")
		}
		roles, err := w.Roles(w.system)
		if err != nil || len(roles) != 3 {
			t.Errorf("roles %+v, %v", roles, err)
		}
	})
}
