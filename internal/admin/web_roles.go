package admin

import (
	"net/http"
	"strings"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
)

type rolesPage struct {
	Rows []roleRow
}

// roleRow is a role in words.
type roleRow struct {
	Key    string
	Name   string
	Allows []string
	Gives  string // the roles its holders may give
	May    bool   // the reader may give it
}

func (room *Room) roleRows(r *http.Request) ([]roleRow, error) {
	ctx := r.Context()
	roles, err := room.Identity.Roles(ctx)
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
		rows[i] = roleRow{Key: role.Key, Name: roleName(lang, role), Gives: roleNames(lang, roles, role.MayGrant), May: may[role.Key]}
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
	cols := room.columns(ctx, column{i18n.M("Vai trò"), 34}, column{i18n.M("Được làm"), 60}, column{i18n.M("Được trao tiếp các vai trò"), 50})
	return sheet.Send(w, "vai-tro.xlsx", room.say(ctx, i18n.M("Vai trò")), cols, func(row func(...any) error) error {
		for _, x := range rows {
			if err := row(x.Name, strings.Join(x.Allows, "; "), x.Gives); err != nil {
				return err
			}
		}
		return nil
	})
}
