package admin

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/identity"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// severalMost is how many people one page offers to act on at once.
const severalMost = 200

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
	roles, err := room.Identity.Grantable(ctx)
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
	under := ""
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
		under = u.Path
	}
	if p.From != "" || p.Text != "" {
		list, more, err := room.peopleOf(ctx, under, p.Text)
		if err != nil {
			return err
		}
		p.More = more
		for _, l := range list {
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
	return web.Redirect(w, r, "/admin/grants/new?"+url.Values{"from": {p.From}, "q": {p.Text}}.Encode())
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
