package identity

import (
	"net/http"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
)

// exportSize is how many rows are read at a time for a workbook.
const exportSize = 200

// export sends the list of accounts with its filters as a workbook, all pages of it.
func (h *pages) export(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	ctx, lang := r.Context(), i18n.Lang(r.Context())
	say := func(m i18n.Msg) string { return h.catalog.Msg(lang, m) }
	col := func(m i18n.Msg, width float64) sheet.Column { return sheet.Column{Title: say(m), Width: width} }
	cols := []sheet.Column{col(i18n.M("Họ và tên"), 30), col(i18n.M("Tên đăng nhập"), 30), col(i18n.M("Loại tài khoản"), 16),
		col(i18n.M("Đơn vị quản lý tài khoản"), 50), col(i18n.M("Tình trạng"), 18)}
	q := accountsQuery(vs)
	q.Size = exportSize
	return sheet.Send(w, "tai-khoan.xlsx", say(i18n.M("Tài khoản và phân quyền")), cols, func(row func(...any) error) error {
		for {
			list, err := h.s.List(ctx, q)
			if err != nil {
				return err
			}
			more := len(list) > q.Size
			for _, l := range list[:min(len(list), q.Size)] {
				if err := row(l.FullName, l.Name, say(l.Kind.label()), l.Unit, h.state(lang, Account{Status: l.Status, Verified: l.Verified}).Text); err != nil {
					return err
				}
				q.After = l.Keys()
			}
			if !more {
				return nil
			}
		}
	})
}
