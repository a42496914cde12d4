package admin

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// whoPage answers "who can do this here, and why?".
type whoPage struct {
	wrongs
	Permission  string
	Unit        string
	UnitName    string
	Permissions []design.Option
	Asked       bool
	Name        string // of the permission
	Rows        []whoRow
	Export      string
	refused     error // why there is no answer
}

// whoRow is one person with the reasons in words.
type whoRow struct {
	Entitled
	Href string
	Why  []reasonRow
}

// reasonRow is one chain from a grant to a unit.
type reasonRow struct {
	Text string
	Note string
}

func (room *Room) whoCan(w http.ResponseWriter, r *http.Request) error {
	p, err := room.findWho(r)
	if err != nil {
		return err
	}
	return room.pages.Render(w, r, p.status(), "who.html", "desk", web.View{Title: "Ai làm được việc này, và vì sao?", Data: p})
}

// findWho reads the question and finds the answer.
func (room *Room) findWho(r *http.Request) (whoPage, error) {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return whoPage{}, err
	}
	p := whoPage{Permission: q.Line("permission"), Unit: q.Line("unit"), Permissions: room.permissionOptions(ctx)}
	if p.Permission == "" && p.Unit == "" {
		return p, nil
	}
	u, err := room.Identity.FindUnit(ctx, p.Unit)
	var list []Entitled
	if err == nil {
		list, err = room.WhoCan(ctx, p.Permission, u.ID)
	}
	if err != nil {
		var ok bool
		p.refused = err
		if p.wrongs, ok = room.wrongsOf(ctx, err); !ok {
			return p, err
		}
		return p, nil
	}
	p.Asked, p.Name, p.UnitName = true, room.permissionName(ctx, p.Permission), u.Name
	p.Export = "/admin/why.xlsx?" + url.Values{"permission": {p.Permission}, "unit": {u.Slug}}.Encode()
	for _, e := range list {
		row := whoRow{Entitled: e}
		if e.Managed {
			row.Href = web.Link("identity", "accounts", e.AccountID)
		}
		for _, reason := range e.Reasons {
			row.Why = append(row.Why, room.reasonRow(ctx, reason))
		}
		p.Rows = append(p.Rows, row)
	}
	return p, nil
}

// reasonRow puts a reason into words.
func (room *Room) reasonRow(ctx context.Context, reason Reason) reasonRow {
	if i18n.Lang(ctx) != i18n.Source && reason.RoleEN != "" {
		reason.RoleName = reason.RoleEN
	}
	g := reason.Grant
	parts := []string{room.say(ctx, i18n.M("từ ngày %s", g.ValidFrom.Display()))}
	if !g.ValidTo.IsZero() {
		parts[0] = room.say(ctx, i18n.M("từ ngày %s đến trước ngày %s", g.ValidFrom.Display(), g.ValidTo.Display()))
	}
	if reason.ByName != "" {
		parts = append(parts, room.say(ctx, i18n.M("người trao: %s", reason.ByName)))
	}
	if g.Reason != "" {
		parts = append(parts, room.say(ctx, i18n.M("căn cứ: %s", g.Reason)))
	}
	return reasonRow{room.say(ctx, reason.Text()), strings.Join(parts, " · ")}
}

func (room *Room) exportWhoCan(w http.ResponseWriter, r *http.Request) error {
	p, err := room.findWho(r)
	switch {
	case err != nil:
		return err
	case p.refused != nil:
		return p.refused
	case !p.Asked:
		return room.known("")
	}
	ctx := r.Context()
	title := room.say(ctx, i18n.M("%s tại %s", p.Name, p.UnitName))
	cols := room.columns(ctx, column{i18n.M("Họ và tên"), 30}, column{i18n.M("Chức danh"), 30}, column{i18n.M("Vì sao"), 70}, column{i18n.M("Chi tiết"), 60})
	return sheet.Send(w, "ai-lam-duoc.xlsx", title, cols, func(row func(...any) error) error {
		for _, x := range p.Rows {
			for _, why := range x.Why {
				if err := row(x.FullName, x.Title, why.Text, why.Note); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// column is a column of a workbook.
type column struct {
	title i18n.Msg
	width float64
}

func (room *Room) columns(ctx context.Context, list ...column) []sheet.Column {
	cols := make([]sheet.Column, len(list))
	for i, c := range list {
		cols[i] = sheet.Column{Title: room.say(ctx, c.title), Width: c.width}
	}
	return cols
}

// whyPage answers "what can this person do here, and why or why not?".
type whyPage struct {
	wrongs
	Account identity.Account
	Unit    string
	Name    string // of the unit
	Can     []verdictRow
	Cannot  []verdictRow
}

type verdictRow struct {
	Name string
	Text string
	Note string
}

func (room *Room) why(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	p := whyPage{Unit: q.Line("unit")}
	if p.Account, err = room.Identity.Account(ctx, identity.AccountID(r.PathValue("id"))); err != nil {
		return err
	}
	if p.Unit == "" && p.Account.UnitID != "" {
		u, err := room.Org.Successor(ctx, p.Account.UnitID, room.today())
		if err == nil {
			p.Unit = u.Slug
		}
	}
	if p.Unit != "" {
		if err := room.answer(ctx, &p); err != nil {
			return err
		}
	}
	return room.pages.Render(w, r, p.status(), "why.html", "desk", web.View{Title: p.Account.FullName, Data: p})
}

// answer fills in the verdicts of all permissions.
func (room *Room) answer(ctx context.Context, p *whyPage) error {
	u, err := room.Identity.FindUnit(ctx, p.Unit)
	var verdicts []Verdict
	if err == nil {
		verdicts, err = room.Why(ctx, p.Account.ID, u.ID)
	}
	if err != nil {
		var ok bool
		if p.wrongs, ok = room.wrongsOf(ctx, err); !ok {
			return err
		}
		return nil
	}
	roles, err := room.Identity.Roles(ctx)
	if err != nil {
		return err
	}
	p.Name = u.Name
	lang := i18n.Lang(ctx)
	for _, perm := range room.Permissions { // in the order of the rooms
		for _, v := range verdicts {
			if v.Permission != perm.Key {
				continue
			}
			row := verdictRow{Name: room.say(ctx, perm.Name), Text: room.say(ctx, v.Text(roleNames(lang, roles, v.Roles)))}
			if v.Allowed {
				row.Note = room.reasonRow(ctx, v.Reasons[0]).Note
				p.Can = append(p.Can, row)
			} else {
				p.Cannot = append(p.Cannot, row)
			}
		}
	}
	return nil
}
