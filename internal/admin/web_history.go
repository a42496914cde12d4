package admin

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

// deeds are the changes an account can see, in words.
var deeds = map[string]i18n.Msg{
	"identity.register":             i18n.M("tự đăng ký tài khoản"),
	"identity.add_official":         i18n.M("tạo tài khoản"),
	"identity.add_program":          i18n.M("tạo tài khoản phần mềm"),
	"identity.sign_in":              i18n.M("đăng nhập"),
	"identity.fail_sign_in":         i18n.M("nhập sai mật khẩu"),
	"identity.refuse_sign_in":       i18n.M("đăng nhập khi đang bị khóa"),
	"identity.update_profile":       i18n.M("sửa thông tin cá nhân"),
	"identity.change_password":      i18n.M("đổi mật khẩu"),
	"identity.fail_change_password": i18n.M("nhập sai mật khẩu khi đổi mật khẩu"),
	"identity.reset_password":       i18n.M("đặt lại mật khẩu"),
	"identity.block":                i18n.M("khóa tài khoản"),
	"identity.unblock":              i18n.M("mở khóa tài khoản"),
	"identity.end_sessions":         i18n.M("đăng xuất khỏi các thiết bị"),
	"identity.grant":                i18n.M("trao quyền"),
	"identity.revoke":               i18n.M("thu hồi quyền"),
	"identity.limit_grant":          i18n.M("cho quyền hết hiệu lực"),
	"identity.make_token":           i18n.M("tạo mã truy cập"),
	"identity.revoke_token":         i18n.M("thu hồi mã truy cập"),
	"org.add_person":                i18n.M("nhập vào danh sách nhân sự"),
	"org.update_person":             i18n.M("sửa hồ sơ nhân sự"),
	"org.add_post":                  i18n.M("nhận vị trí công tác"),
	"org.end_post":                  i18n.M("thôi vị trí công tác"),
}

type historyPage struct {
	Account identity.Account
	Rows    []deedRow
	Pager   design.Pager
	Export  string
}

type deedRow struct {
	At     time.Time
	Deed   string
	Who    string
	Agency string
	IP     string
}

// deedsOf returns what happened to an account, its grants, its tokens and its person, the latest first.
// Whoever manages the account may see that, also without the permission to read the whole record.
func (room *Room) deedsOf(ctx context.Context, acc identity.Account, after string, limit int) ([]deedRow, string, error) {
	about := []string{string(acc.ID)}
	if acc.PersonID != "" {
		about = append(about, string(acc.PersonID))
		posts, err := room.Org.History(ctx, acc.PersonID)
		if err != nil {
			return nil, "", err
		}
		for _, p := range posts {
			about = append(about, string(p.ID))
		}
	}
	grants, err := room.Identity.Grants(ctx, acc.ID)
	if err != nil {
		return nil, "", err
	}
	for _, g := range grants {
		about = append(about, string(g.ID))
	}
	tokens, err := room.Identity.TokensOf(ctx, acc.ID)
	if err != nil {
		return nil, "", err
	}
	for _, t := range tokens {
		about = append(about, string(t.ID))
	}
	page, err := room.Audit.List(actor.With(ctx, actor.SystemActor), audit.Query{Objects: about, After: after, Limit: limit})
	if err != nil {
		return nil, "", err
	}
	rows := make([]deedRow, len(page.Rows))
	for i, e := range page.Rows {
		rows[i] = deedRow{At: e.At, Deed: e.Action, Who: e.ActorName, Agency: e.Agency, IP: e.IP}
		if m, ok := deeds[e.Action]; ok {
			rows[i].Deed = room.say(ctx, m)
		}
	}
	return rows, page.Next, nil
}

func (room *Room) history(w http.ResponseWriter, r *http.Request) error {
	acc, err := room.Identity.Account(r.Context(), identity.AccountID(r.PathValue("id")))
	if err != nil {
		return err
	}
	base := web.Link("admin", "accounts", acc.ID, "history")
	p := historyPage{Account: acc, Export: base + ".xlsx"}
	after := r.URL.Query().Get("after")
	var next string
	if p.Rows, next, err = room.deedsOf(r.Context(), acc, after, web.PageSize); err != nil {
		return err
	}
	if next != "" {
		p.Pager.Next = base + "?" + url.Values{"after": {next}}.Encode()
	}
	if after != "" {
		p.Pager.Prev = base
	}
	return room.pages.Render(w, r, http.StatusOK, "history.html", "desk", web.View{Title: "Lịch sử thay đổi", Data: p})
}

func (room *Room) exportHistory(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	acc, err := room.Identity.Account(ctx, identity.AccountID(r.PathValue("id")))
	if err != nil {
		return err
	}
	cols := append([]sheet.Column{{Title: room.say(ctx, i18n.M("Thời gian")), Kind: sheet.Time}},
		room.columns(ctx, column{i18n.M("Việc"), 40}, column{i18n.M("Người làm"), 30}, column{i18n.M("Cơ quan"), 40}, column{i18n.M("Địa chỉ mạng"), 20})...)
	return sheet.Send(w, "lich-su.xlsx", acc.FullName, cols, func(row func(...any) error) error {
		for after := ""; ; {
			rows, next, err := room.deedsOf(ctx, acc, after, 500)
			if err != nil {
				return err
			}
			for _, x := range rows {
				if err := row(x.At, x.Deed, x.Who, x.Agency, x.IP); err != nil {
					return err
				}
			}
			if after = next; next == "" {
				return nil
			}
		}
	})
}
