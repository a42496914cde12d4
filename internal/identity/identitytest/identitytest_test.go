package identitytest

import (
	"net/http"
	"testing"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	"lienthong/internal/org/orgtest"
)

func TestHelpers(t *testing.T) {
	dbtest.Each(t, Rooms(), func(t *testing.T, d *db.DB) {
		w := orgtest.New(t, d, clock.NewFake(webtest.Morning))
		s := New(w, map[string]string{"officer": "dossier.process dossier.read"})
		acc := Official(w, s, "chuyenvien.ubnd-10001", "ubnd-10001", "Chuyên viên", "officer")
		Official(w, s, "nobody.ubnd-10001", "ubnd-10001", "Khách", "")
		Citizen(t, s, "0905123456", "Nguyễn Văn Thử")
		site := webtest.New(t, webtest.Look{Clock: w.Clock, Options: func(o *web.Options) {
			o.Session, o.Around = s, []func(http.Handler) http.Handler{s.Around}
		}})
		site.Mux.Handle(s.Routes(site.Renderer, nil)...)
		for _, c := range []struct {
			name string
			kind actor.Kind
			can  bool
		}{{"chuyenvien.ubnd-10001", actor.Staff, true}, {"nobody.ubnd-10001", actor.Staff, false}, {"0905123456", actor.Person, false}} {
			a := Actor(t, s, SignIn(t, site.Mux, c.name, Password))
			if a.Kind != c.kind || a.Can("dossier.process", w.Unit("ubnd-10001/justice").Path) != c.can {
				t.Errorf("%s is %+v", c.name, a)
			}
		}
		if a := Actor(t, s, nil); a.SignedIn() {
			t.Errorf("a visitor is %+v", a)
		}
		able, err := s.Able(w.Ctx, "dossier.read", w.Unit("ubnd-10001").Path)
		if err != nil || len(able) != 1 || able[0] != (identity.Colleague{AccountID: acc.ID, Name: "Trần Thị Mẫu", Title: "Chuyên viên"}) {
			t.Errorf("able = %+v, %v", able, err)
		}
	})
}
