package desk_test

import (
	"context"
	"io/fs"
	"net/url"
	"strings"
	"testing"

	"lienthong/internal/calendar"
	"lienthong/internal/desk"
	"lienthong/internal/dossier"
	"lienthong/internal/dossier/dossiertest"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/kit/webtest"
	design "lienthong/web"
)

// commune and other are two communes of the small province.
const (
	commune = "ubnd-99101"
	other   = "ubnd-99102"
)

// office is the small province with a desk in front of it.
type office struct {
	*dossiertest.World
	t       *testing.T
	site    *webtest.Site
	room    *desk.Room
	clerk   actor.Actor
	officer actor.Actor
	leader  actor.Actor
}

func newOffice(t *testing.T) *office {
	t.Helper()
	return officeOn(t, dbtest.SQLite(t, dossiertest.Migrations()...))
}

func officeOn(t *testing.T, d *db.DB) *office {
	t.Helper()
	w := dossiertest.New(t, d)
	o := &office{World: w, t: t, clerk: w.Clerk(commune), officer: w.Officer(commune), leader: w.Leader(commune)}
	cat := &i18n.Catalog{}
	for _, texts := range []fs.FS{web.Texts(), form.Texts(), desk.Overlays(), calendar.Texts(), dossier.Overlays(), design.I18n} {
		if err := cat.Load(texts); err != nil {
			t.Fatal(err)
		}
	}
	rd := web.NewRenderer(web.Look{Layouts: []fs.FS{design.Layout}, Asset: design.Asset, Icon: design.Icon, Clock: w.Clock, Catalog: cat,
		Site: func(context.Context) any { return design.Province{Name: "Thử"} },
		Nav:  func(ctx context.Context, _, path string) any { return o.room.Nav(ctx, path) }})
	o.site = webtest.New(t, webtest.Look{Clock: w.Clock, Options: func(op *web.Options) { op.Renderer = rd }})
	o.site.Renderer = rd
	o.room = desk.New(desk.Deps{Dossiers: w.Dossiers, Procedures: w.Procedures, Calendars: w.Calendars, Lists: w.Lists, Clock: w.Clock, Renderer: rd, Catalog: cat})
	o.site.Mux.Handle(o.room.Routes()...)
	return o
}

// do answers one request and judges it.
func (o *office) do(sc webtest.Scenario) *webtest.Answer {
	o.t.Helper()
	var got *webtest.Answer
	check := sc.Check
	sc.Check = func(t *testing.T, a *webtest.Answer) {
		got = a
		if check != nil {
			check(t, a)
		}
	}
	if sc.Name == "" {
		sc.Name = sc.Method + " " + sc.URL
	}
	o.site.Run(o.t, []webtest.Scenario{sc})
	if got == nil {
		o.t.FailNow()
	}
	return got
}

// filed files a birth registration at the counter of the commune.
func (o *office) filed(name string, accept bool) *dossier.Dossier {
	o.t.Helper()
	f := dossier.Filing{ProcedureCode: "9.000001", CaseKey: "usual", Channel: dossier.ChannelCounter, ReceiverID: o.Unit(commune).ID,
		Owner: dossiertest.Applicant(name), Accept: accept, RequestKey: id.New()}
	if accept {
		for _, key := range []string{"declaration", "birth-note", "identity"} {
			f.Papers = append(f.Papers, dossier.FilingPaper{Key: key, Provided: true, Originals: 1})
		}
	}
	d, err := o.Dossiers.File(o.As(o.clerk), f)
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// land files an interlinked dossier and accepts it.
func (o *office) land() *dossier.Dossier {
	o.t.Helper()
	d, err := o.Dossiers.File(o.As(o.clerk), dossier.Filing{ProcedureCode: "9.000002", Channel: dossier.ChannelCounter, ReceiverID: o.Unit(commune).ID,
		Owner: dossiertest.Applicant("Siu Blĭk"), Accept: true, Papers: []dossier.FilingPaper{{Key: "request", Provided: true}, {Key: "map", Provided: true}}})
	if err != nil {
		o.t.Fatal(err)
	}
	return d
}

// at is the address of an open dossier.
func at(d *dossier.Dossier) string { return "/desk/d/" + string(d.ID) }

// state reads a dossier as somebody sees it.
func (o *office) state(as actor.Actor, d *dossier.Dossier) *dossier.View {
	o.t.Helper()
	v, err := o.Dossiers.Read(o.As(as), d.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	return v
}

// actForm is the selector of an act's form on the page.
func actForm(d *dossier.Dossier, act dossier.Act) string {
	return `form[action="` + at(d) + "/" + string(act) + `"]`
}

// press opens a dossier as somebody, fills in the form of an act as a browser would and sends it.
// Names in with are those behind "act.0.", but for the rows of papers and fees.
func (o *office) press(as actor.Actor, d *dossier.Dossier, act dossier.Act, with map[string]string, status int, want ...string) *webtest.Answer {
	o.t.Helper()
	page := o.do(webtest.Scenario{As: as, URL: at(d)})
	typed := url.Values{}
	n := page.Page.Find(actForm(d, act)+` input[name="n"]`).AttrOr("value", "0")
	for name, v := range with {
		switch first, _, _ := strings.Cut(name, "."); first {
		case "check", "quantity", "paid":
		default:
			if first != "note" || first == name {
				name = string(act) + "." + n + "." + name
			}
		}
		typed[name] = []string{v}
	}
	sc := webtest.Scenario{Name: string(act), As: as, Method: "POST", URL: at(d) + "/" + string(act), Form: page.Submit(o.t, actForm(d, act), typed), WantStatus: status, WantText: want}
	if status == 303 {
		sc.WantLocation, sc.WantText = at(d), nil
	}
	a := o.do(sc)
	if status != 303 || len(want) == 0 {
		return a
	}
	o.do(webtest.Scenario{Name: "after " + string(act), As: as, URL: at(d), Header: map[string]string{"Cookie": a.Cookies()}, WantText: want})
	return a
}
