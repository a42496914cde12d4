package admin

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"lienthong/internal/identity"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
)

type rolesPage struct {
	Rows []roleRow
}

// roleRow is a role in words.
type roleRow struct {
	Key     string
	Name    string
	Allows  []string
	Gives   string // the roles its holders may give
	Holders string // grants of it that hold at the reader's units
	Href    string // those who hold it
	May     bool   // the reader may give it
}

func (room *Room) roleRows(r *http.Request) ([]roleRow, error) {
	ctx := r.Context()
	roles, err := room.Identity.Roles(ctx)
	if err != nil {
		return nil, err
	}
	count, err := room.Identity.Holders(ctx)
	if err != nil {
		return nil, err
	}
	grantable, err := room.Identity.Grantable(ctx)
	if err != nil {
		return nil, err
	}
	may := map[string]bool{}
	for _, g := range grantable {
		may[g.Key] = true
	}
	lang := i18n.Lang(ctx)
	rows := make([]roleRow, len(roles))
	for i, role := range roles {
		rows[i] = roleRow{Key: role.Key, Name: role.In(lang), Gives: roleNames(lang, roles, role.MayGrant), Holders: strconv.Itoa(count[role.Key]), May: may[role.Key],
			Href: "/admin/grants?" + url.Values{"role": {role.Key}}.Encode()}
		for _, p := range role.Permissions {
			rows[i].Allows = append(rows[i].Allows, room.permissionName(ctx, p))
		}
	}
	return rows, nil
}

func (room *Room) roles(w http.ResponseWriter, r *http.Request) error {
	rows, err := room.roleRows(r)
	if err != nil {
		return err
	}
	return room.pages.Render(w, r, http.StatusOK, "roles.html", "desk", web.View{Title: "Vai trò", Data: rolesPage{rows}})
}

func (room *Room) exportRoles(w http.ResponseWriter, r *http.Request) error {
	rows, err := room.roleRows(r)
	if err != nil {
		return err
	}
	ctx := r.Context()
	cols := append(room.columns(ctx, column{i18n.M("Vai trò"), 34}, column{i18n.M("Được làm"), 60}, column{i18n.M("Được trao tiếp các vai trò"), 50}),
		sheet.Column{Title: room.say(ctx, i18n.M("Số lần đang trao")), Kind: sheet.Int})
	return sheet.Send(w, "vai-tro.xlsx", room.say(ctx, i18n.M("Vai trò")), cols, func(row func(...any) error) error {
		for _, x := range rows {
			n, err := strconv.Atoi(x.Holders)
			if err == nil {
				err = row(x.Name, strings.Join(x.Allows, "; "), x.Gives, n)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// rolesOf returns the roles to filter or to give by.
func (room *Room) rolesOf(r *http.Request, given bool) ([]identity.Role, error) {
	if given {
		return room.Identity.Grantable(r.Context())
	}
	return room.Identity.Roles(r.Context())
}
