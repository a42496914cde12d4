package app

import (
	"context"
	"io"
	"io/fs"
	"net/http"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/kit/throttle"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// costlyWithin is the time for which WebConfig.Costly counts.
const costlyWithin = 10 * time.Minute

// mount puts everything on the site: pages of the rooms, the API, the bundle, and the answers for those who watch the program.
func (a *App) mount() {
	h := a.House
	dist, err := fs.Sub(design.Dist, "dist")
	if err != nil {
		panic(err) // the name is constant
	}
	proxies, err := a.Config.proxies()
	if err != nil {
		panic(err) // Validate has seen it
	}
	a.Mux = web.NewMux(web.Options{
		Renderer:       h.Renderer,
		Log:            a.Log,
		Clock:          h.Clock,
		BaseURL:        a.Config.BaseURL,
		TrustedProxies: proxies,
		BodyLimit:      int64(a.Config.Web.BodyLimit),
		UploadLimit:    int64(a.Config.Web.UploadLimit),
		Patience:       a.Config.Web.Patience,
		Session:        h.Identity,
		Around:         []func(http.Handler) http.Handler{h.Identity.Around},
		Costly:         throttle.New(a.Config.Web.Costly, costlyWithin),
		Idempotency:    h.Keys,
		Assets:         web.AssetServer(dist),
	})
	a.API = web.NewAPI(a.Mux, web.APIInfo{Title: "Liên Thông – " + h.Province.Name, Version: "1", Description: aboutAPI, SessionCookie: identity.CookieName(a.Config.Secure())})

	h.Audit.Operations(a.API)
	h.Place.API(a.API)
	h.Org.API(a.API)
	h.Identity.Operations(a.API)
	h.Admin.Operations(a.API)
	h.Signon.Operations(a.API)
	h.Proof.API(a.API)
	h.Calendar.API(a.API)
	h.Codelist.API(a.API)
	h.File.API(a.API)
	h.Notice.API(a.API)
	h.Procedure.API(a.API)
	h.Dossier.API(a.API)
	h.Setting.Operations(a.API)

	a.Mux.Handle(h.Identity.Routes(h.Renderer, h.Catalog)...)
	a.Mux.Handle(h.Notice.Routes(h.Renderer, h.Catalog)...)
	a.Mux.Handle(h.Signon.Routes(h.Renderer)...)
	a.Mux.Handle(h.Proof.Routes(h.Renderer, h.Catalog)...)
	a.Mux.Handle(h.File.Routes()...)
	a.Mux.Handle(h.Portal.Routes()...)
	a.Mux.Handle(h.desk()...)
	a.Mux.Handle(h.Setting.Routes(h.Renderer, h.Catalog)...)
	a.Mux.Handle(h.Admin.Routes()...)
	a.Mux.Handle(a.watched()...)
	a.Mux.Handle(h.logo()...)
}

// watched are the addresses for load balancers and monitors.
func (a *App) watched() []web.Route {
	return []web.Route{
		{Method: http.MethodGet, Pattern: "/healthz", Permission: web.Public, Name: "app.live", Quiet: true, Handler: a.live},
		{Method: http.MethodGet, Pattern: "/readyz", Permission: web.Public, Name: "app.ready", Quiet: true, Handler: a.ready},
	}
}

// live says that the program runs.
func (a *App) live(w http.ResponseWriter, _ *http.Request) error {
	return plain(w, http.StatusOK, "ok")
}

// ready says whether requests should be sent here: the database answers, its tables are up to date, and the program is not stopping.
func (a *App) ready(w http.ResponseWriter, r *http.Request) error {
	ctx, cancel := context.WithTimeout(r.Context(), 2*time.Second)
	defer cancel()
	if a.stopping.Load() {
		return plain(w, http.StatusServiceUnavailable, "stopping")
	}
	var one int
	if err := a.DB.Get(ctx, &one, `SELECT 1`); err != nil {
		a.Log.Warn("database does not answer", "error", err)
		return plain(w, http.StatusServiceUnavailable, "database does not answer")
	}
	if !a.migrated.Load() {
		pending, err := migrate.Pending(ctx, a.DB, Migrations()...)
		if err != nil || len(pending) > 0 {
			a.Log.Warn("tables are not up to date", "rooms", pending, "error", err)
			return plain(w, http.StatusServiceUnavailable, "tables are not up to date")
		}
		a.migrated.Store(true)
	}
	return plain(w, http.StatusOK, "ok")
}

func plain(w http.ResponseWriter, status int, text string) error {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, err := io.WriteString(w, text+"\n")
	return err
}

// aboutAPI says what holds for all operations.
const aboutAPI = "Mọi việc làm được trên trang đều có ở đây, với cùng quyền. Danh sách trả về từng trang; gửi lại giá trị next vào after để đọc tiếp cho đến hết. " +
	"Bảng Excel trên trang là chính danh sách đó: chương trình đọc hết các trang thì có đủ các dòng của bảng. " +
	"Mỗi POST cần tiêu đề Idempotency-Key; gửi lại cùng khóa thì nhận lại câu trả lời cũ, việc không làm hai lần."
