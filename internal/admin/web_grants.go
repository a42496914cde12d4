package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	design "lienthong/web"
)

// severalMost is how many grants or people one page offers to act on at once.
const severalMost = 200

type grantsPage struct {
	wrongs
	Unit, Role, On, Reason string
	Roles                  []design.Option
	Rows                   []heldRow
	More                   int // beyond severalMost
	Export                 string
	Failed                 []string
}

type heldRow struct {
	identity.HeldGrant
	Href   string
	Role   string
	Ticked bool
}

func (room *Room) grants(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return room.showGrants(w, r, grantsPage{Unit: q.Line("unit"), Role: q.Line("role")}, nil)
}

// found returns the grants that the filters ask for; Invalid at "unit" when that is none.
func (room *Room) found(ctx context.Context, unit, role string) ([]identity.HeldGrant, error) {
	var id org.UnitID
	if unit != "" {
		u, err := room.Identity.FindUnit(ctx, unit)
		if err != nil {
			return nil, err
		}
		id = u.ID
	}
	return room.Identity.GrantsAt(ctx, id, role)
}

func (room *Room) showGrants(w http.ResponseWriter, r *http.Request, p grantsPage, ticked map[string]bool) error {
	ctx := r.Context()
	lang := i18n.Lang(ctx)
	roles, err := room.rolesOf(r, false)
	if err != nil {
		return err
	}
	p.Roles = append([]design.Option{{Label: room.say(ctx, i18n.M("Tất cả"))}}, roleOptions(lang, roles)...)
	list, err := room.found(ctx, p.Unit, p.Role)
	if err != nil {
		found, ok := room.wrongsOf(ctx, err)
		if !ok {
			return err
		}
		p.wrongs = found
	}
	if p.More = len(list) - severalMost; p.More > 0 {
		list = list[:severalMost]
	}
	for _, g := range list {
		row := heldRow{HeldGrant: g, Href: web.Link("identity", "accounts", g.AccountID), Role: g.RoleName, Ticked: ticked[string(g.ID)]}
		if lang != i18n.Source && g.RoleEN != "" {
			row.Role = g.RoleEN
		}
		p.Rows = append(p.Rows, row)
	}
	p.Export = "/admin/grants.xlsx?" + url.Values{"unit": {p.Unit}, "role": {p.Role}}.Encode()
	return room.pages.Render(w, r, p.status(), "grants.html", "desk", web.View{Title: "Quyền đang trao", Data: p})
}

func (room *Room) exportGrants(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	list, err := room.found(ctx, q.Line("unit"), q.Line("role"))
	if err != nil {
		return err
	}
	cols := append(room.columns(ctx, column{i18n.M("Họ và tên"), 30}, column{i18n.M("Vai trò"), 30}, column{i18n.M("Đơn vị"), 50}, column{i18n.M("Phạm vi"), 30}),
		sheet.Column{Title: room.say(ctx, i18n.M("Từ ngày")), Kind: sheet.Date}, sheet.Column{Title: room.say(ctx, i18n.M("Hết hiệu lực từ ngày")), Kind: sheet.Date}, sheet.Column{Title: room.say(ctx, i18n.M("Căn cứ"))})
	return sheet.Send(w, "quyen-dang-trao.xlsx", room.say(ctx, i18n.M("Quyền đang trao")), cols, func(row func(...any) error) error {
		for _, g := range list {
			if err := row(g.FullName, g.RoleName, g.Unit, room.say(ctx, reachText(g.Grant)), g.ValidFrom, g.ValidTo, g.Reason); err != nil {
				return err
			}
		}
		return nil
	})
}

// reachText says how far a grant reaches.
func reachText(g identity.Grant) i18n.Msg {
	switch {
	case g.Below:
		return i18n.M("Đơn vị đó và mọi cơ quan, đơn vị cấp dưới")
	case g.Divisions:
		return i18n.M("Đơn vị đó và các phòng, bộ phận của đơn vị")
	}
	return i18n.M("Chỉ đơn vị đó")
}

func (room *Room) endGrants(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := grantsPage{Unit: form.Line("unit"), Role: form.Line("role"), On: form.Line("on"), Reason: form.Line("reason")}
	ticked := map[string]bool{}
	for _, g := range form.All("grant") {
		ticked[g] = true
	}
	on, err := form.Date("on")
	if err == nil {
		err = checkSeveral(len(ticked), p.Reason, i18n.M("Đánh dấu ít nhất một quyền."))
	}
	done := 0
	for _, g := range form.All("grant") {
		if err != nil {
			break
		}
		one := room.Identity.EndGrant(ctx, identity.GrantID(g), on, p.Reason)
		if one == nil {
			done++
			delete(ticked, g)
			continue
		}
		f, ok := fault.As(one)
		if !ok {
			return one
		}
		p.Failed = append(p.Failed, room.say(ctx, f.User()))
	}
	if err != nil {
		var ok bool
		if p.wrongs, ok = room.wrongsOf(ctx, err); !ok {
			return err
		}
		return room.showGrants(w, r, p, ticked)
	}
	if len(p.Failed) > 0 {
		for _, text := range p.Failed {
			p.Problems = append(p.Problems, design.Problem{Text: text})
		}
		return room.showGrants(w, r, p, ticked)
	}
	msg := i18n.M("Đã thu hồi %s quyền.", strconv.Itoa(done))
	if clock.DateOf(room.Clock.Now()).Before(on) {
		msg = i18n.M("%s quyền sẽ hết hiệu lực từ ngày %s.", strconv.Itoa(done), on.Display())
	}
	room.pages.AddFlash(w, r, web.FlashOK, msg)
	return web.Redirect(w, r, "/admin/grants?"+url.Values{"unit": {p.Unit}, "role": {p.Role}}.Encode())
}

// checkSeveral reports what a form about several grants lacks.
func checkSeveral(n int, reason string, none i18n.Msg) error {
	var ps fault.Problems
	if n == 0 {
		ps.Add("several", none)
	}
	if reason == "" {
		ps.Add("reason", i18n.M("Ghi căn cứ, ví dụ số quyết định."))
	}
	return ps.Err()
}

// newGrantsPage gives a role to several people at once.
type newGrantsPage struct {
	wrongs
	From, Text                                            string // whose people are offered
	Role, Unit, Reach, Reason, ValidFrom, ValidTo, Listed string
	Roles, Reaches, People                                []design.Option
	More                                                  bool
	Given                                                 int
	Failed                                                []string
}

func (room *Room) newGrants(w http.ResponseWriter, r *http.Request) error {
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	return room.showNewGrants(w, r, newGrantsPage{From: q.Line("from"), Text: q.Line("q")}, nil)
}

func (room *Room) showNewGrants(w http.ResponseWriter, r *http.Request, p newGrantsPage, ticked map[string]bool) error {
	ctx := r.Context()
	roles, err := room.rolesOf(r, true)
	if err != nil {
		return err
	}
	p.Roles = roleOptions(i18n.Lang(ctx), roles)
	p.Reaches = []design.Option{
		{Value: "unit", Label: room.say(ctx, reachText(identity.Grant{}))},
		{Value: "divisions", Label: room.say(ctx, reachText(identity.Grant{Divisions: true}))},
		{Value: "below", Label: room.say(ctx, reachText(identity.Grant{Below: true}))},
	}
	if p.Reach == "" {
		p.Reach = "divisions"
	}
	query := identity.Query{Text: p.Text, Kind: identity.Official, Size: severalMost}
	if p.From != "" {
		u, err := room.Identity.FindUnit(ctx, p.From)
		if err != nil {
			found, ok := room.wrongsOf(ctx, err)
			if !ok {
				return err
			}
			found.Errors["from"] = found.Errors["unit"]
			delete(found.Errors, "unit")
			for i := range found.Problems {
				found.Problems[i].Field = "from"
			}
			p.wrongs = found
			return room.pages.Render(w, r, p.status(), "give.html", "desk", web.View{Title: "Trao quyền cho nhiều người", Data: p})
		}
		query.Unit = u.ID
	}
	if p.From != "" || p.Text != "" {
		list, err := room.Identity.List(ctx, query)
		if err != nil {
			return err
		}
		p.More = len(list) > severalMost
		for _, l := range list[:min(len(list), severalMost)] {
			p.People = append(p.People, design.Option{Value: string(l.ID), Label: l.FullName, Hint: l.Name + " · " + l.Unit, Selected: ticked[string(l.ID)]})
		}
	}
	return room.pages.Render(w, r, p.status(), "give.html", "desk", web.View{Title: "Trao quyền cho nhiều người", Data: p})
}

func (room *Room) giveGrants(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	form, err := web.Form(r)
	if err != nil {
		return err
	}
	p := newGrantsPage{From: form.Line("from"), Text: form.Line("q"), Role: form.Line("role"), Unit: form.Line("unit"), Reach: form.Line("reach"),
		Reason: form.Line("reason"), ValidFrom: form.Line("valid_from"), ValidTo: form.Line("valid_to")}
	ticked := map[string]bool{}
	for _, id := range form.All("several") {
		ticked[id] = true
	}
	if err := room.giveAll(ctx, form, &p, ticked); err != nil {
		var ok bool
		if p.wrongs, ok = room.wrongsOf(ctx, err); !ok {
			return err
		}
		return room.showNewGrants(w, r, p, ticked)
	}
	for _, text := range p.Failed {
		p.Problems = append(p.Problems, design.Problem{Text: text})
	}
	if len(p.Failed) > 0 {
		return room.showNewGrants(w, r, p, ticked)
	}
	room.pages.AddFlash(w, r, web.FlashOK, i18n.M("Đã trao quyền cho %s người.", strconv.Itoa(p.Given)))
	return web.Redirect(w, r, "/admin/grants?"+url.Values{"unit": {p.Unit}, "role": {p.Role}}.Encode())
}

// giveAll gives the role to everybody ticked and notes whom it could not be given to, and why.
func (room *Room) giveAll(ctx context.Context, form web.Values, p *newGrantsPage, ticked map[string]bool) error {
	g := identity.Grant{Role: p.Role, Divisions: p.Reach == "divisions", Below: p.Reach == "below", Reason: p.Reason}
	err := checkSeveral(len(ticked), p.Reason, i18n.M("Đánh dấu ít nhất một người."))
	if err != nil {
		return err
	}
	if g.ValidFrom, err = form.Date("valid_from"); err != nil {
		return err
	}
	if g.ValidTo, err = form.Date("valid_to"); err != nil {
		return err
	}
	u, err := room.Identity.FindUnit(ctx, p.Unit)
	if err != nil {
		return err
	}
	g.UnitID = u.ID
	for _, id := range form.All("several") {
		g.AccountID = identity.AccountID(id)
		_, err := room.Identity.Grant(ctx, g)
		f, ok := fault.As(err)
		switch {
		case err == nil:
			p.Given++
			delete(ticked, id)
		case !ok:
			return err
		case len(f.Problems) > 0 && p.Given == 0 && len(p.Failed) == 0: // about what was typed, not about a person
			return err
		default:
			acc, aerr := room.Identity.Account(ctx, g.AccountID)
			if aerr != nil {
				return aerr
			}
			p.Failed = append(p.Failed, acc.FullName+": "+room.say(ctx, f.User()))
		}
	}
	return nil
}
