package identity

import (
	"net/http"
	"strings"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	design "lienthong/web"
)

// mePage is what an account shows to its holder.
type mePage struct {
	wrongs
	Form     string // "profile", "password" or "post": which form the wrongs are about
	Account  Account
	Official bool
	State    design.Status
	Names    string
	Profile  profileForm
	Posts    []design.Option
	Post     string
	Sessions []sessionRow
	Factors  bool
	Shortest int
}

// profileForm is a profile as it is typed.
type profileForm struct {
	FullName, PersonalID, BirthDate, Phone, Email, Address string
}

// sessionRow is one session in the list.
type sessionRow struct {
	ID      SessionID
	Device  string
	Session Session
	Here    bool
	Way     i18n.Msg
}

func (h *pages) me(w http.ResponseWriter, r *http.Request) error {
	return h.showMe(w, r, mePage{}, nil)
}

// showMe shows the account, with what was typed into the profile when typed is not nil.
func (h *pages) showMe(w http.ResponseWriter, r *http.Request, p mePage, typed *profileForm) error {
	ctx := r.Context()
	var err error
	if p.Account, err = h.s.Me(ctx); err != nil {
		return err
	}
	a := p.Account
	p.Official, p.Shortest = a.Kind == Official, a.Kind.shortest()
	p.Profile = profileForm{a.FullName, a.PersonalID, a.BirthDate.Display(), a.Phone, a.Email, a.Address}
	if typed != nil {
		p.Profile = *typed
		if p.Official {
			p.Profile.FullName = a.FullName
		}
	}
	p.State = design.Status{Tone: "warn", Text: h.catalog.Msg(i18n.Lang(ctx), a.StatusText())}
	if a.Verified {
		p.State.Tone = "ok"
	}
	var names []string
	for _, n := range a.Names {
		names = append(names, n.Text)
	}
	p.Names = strings.Join(names, ", ")
	held, here, err := h.s.Posts(ctx)
	if err != nil {
		return err
	}
	p.Post = string(here)
	for _, post := range held {
		o := design.Option{Value: string(post.ID), Label: post.Title, Hint: post.Unit}
		if post.Agency != post.Unit {
			o.Hint += ", " + post.Agency
		}
		p.Posts = append(p.Posts, o)
	}
	if p.Factors, err = h.s.Guarded(ctx, a.ID); err != nil {
		return err
	}
	sessions, err := h.s.Sessions(ctx)
	if err != nil {
		return err
	}
	mine, _ := h.s.current(ctx)
	for _, s := range sessions {
		p.Sessions = append(p.Sessions, sessionRow{s.ID, device(s.UserAgent), s, s.ID == mine.ID, s.Means.label()})
	}
	return h.p.Render(w, r, statusFor(p.wrongs), "me.html", "public", web.View{Title: "Tài khoản", Data: p})
}

// again shows the account with what is wrong with one of its forms, or says that all is well.
func (h *pages) again(w http.ResponseWriter, r *http.Request, form string, err error, typed *profileForm, done i18n.Msg) error {
	if err == nil {
		h.p.AddFlash(w, r, web.FlashOK, done)
		return web.Redirect(w, r, "/tai-khoan")
	}
	found, ok := h.wrongsOf(r.Context(), err)
	if !ok {
		return err
	}
	return h.showMe(w, r, mePage{wrongs: found, Form: form}, typed)
}

func (h *pages) updateProfile(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	typed := profileForm{form.Line("full_name"), form.Line("personal_id"), form.Line("birth_date"), form.Line("phone"), form.Line("email"), form.Line("address")}
	p := Profile{FullName: typed.FullName, PersonalID: typed.PersonalID, Phone: typed.Phone, Email: typed.Email, Address: typed.Address}
	me, err := h.s.Me(r.Context())
	if err != nil {
		return err
	}
	if me.Kind == Official {
		p.FullName = me.FullName // stands there to be read
	}
	if p.BirthDate, err = form.Date("birth_date"); err != nil {
		if more := p.clean(h.s.today()).Err(); more != nil {
			err = both(more, err)
		}
	} else {
		err = h.s.UpdateProfile(r.Context(), p)
	}
	return h.again(w, r, "profile", err, &typed, i18n.M("Đã lưu thông tin cá nhân."))
}

func (h *pages) changePassword(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if err = repeated(form); err == nil {
		err = h.s.ChangePassword(r.Context(), form.Get("old"), form.Get("password"))
	}
	if err == nil {
		err = h.s.renew(r.Context())
	}
	return h.again(w, r, "password", err, nil, i18n.M("Đã đổi mật khẩu. Các thiết bị khác đã được đăng xuất."))
}

func (h *pages) changePost(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	err = h.s.ActIn(r.Context(), org.PostID(form.Line("post")))
	return h.again(w, r, "post", err, nil, i18n.M("Đã chuyển vị trí làm việc."))
}

// everywhereElse as the session to end stands for all but this one.
const everywhereElse = "others"

func (h *pages) endSession(w http.ResponseWriter, r *http.Request) error {
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	if id := form.Line("session"); id == everywhereElse {
		err = h.s.EndOtherSessions(r.Context())
	} else {
		err = h.s.EndSession(r.Context(), SessionID(id))
	}
	if fault.KindOf(err) == fault.NotFound {
		err = nil // it had ended already
	}
	return h.again(w, r, "", err, nil, i18n.M("Đã kết thúc phiên đăng nhập."))
}

// device says in a few words what browser a session was begun with: "Chrome · Windows".
func device(agent string) string {
	first := func(names ...[2]string) string {
		for _, n := range names {
			if strings.Contains(agent, n[0]) {
				return n[1]
			}
		}
		return ""
	}
	browser := first([2]string{"Edg", "Edge"}, [2]string{"OPR/", "Opera"}, [2]string{"coc_coc", "Cốc Cốc"}, [2]string{"Firefox/", "Firefox"},
		[2]string{"Chrome/", "Chrome"}, [2]string{"Safari/", "Safari"})
	system := first([2]string{"Android", "Android"}, [2]string{"iPhone", "iPhone"}, [2]string{"iPad", "iPad"}, [2]string{"Windows", "Windows"},
		[2]string{"Mac OS", "macOS"}, [2]string{"Linux", "Linux"})
	return strings.Trim(browser+" · "+system, " ·")
}
