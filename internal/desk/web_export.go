package desk

import (
	"net/http"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/sheet"
	"lienthong/internal/kit/web"
)

// exportSize is how many rows are read at a time for a workbook.
const exportSize = 200

// exportWork sends the worklist with its filters as a workbook, all pages of it.
func (room *Room) exportWork(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	box, ok := parseBox(vs.Line("box"))
	if !ok {
		return fault.NewNotFound(i18n.M("Không có ngăn việc này. Hãy chọn trong danh sách bên trái."))
	}
	t, ctx := room.texts(r.Context()), r.Context()
	q := workQuery(vs, box)
	if vs.Bool("watch") {
		q = watched(q, vs)
	}
	q.Limit = exportSize
	cols := t.columns(i18n.M("Mã hồ sơ"), i18n.M("Số của cơ quan"), i18n.M("Thủ tục"), i18n.M("Chủ hồ sơ"), i18n.M("Điện thoại"), i18n.M("Trạng thái"),
		i18n.M("Kênh nộp"), i18n.M("Bước"), i18n.M("Đơn vị"), i18n.M("Người xử lý"))
	cols = append(cols, t.timeColumns(i18n.M("Nộp lúc"), i18n.M("Hạn của bước"), i18n.M("Hẹn trả"))...)
	return sheet.Send(w, "cong-viec.xlsx", t.tr(box.Name()), cols, func(row func(...any) error) error {
		for {
			page, err := room.Dossiers.Worklist(ctx, q)
			if err != nil {
				return err
			}
			for i := range page.Items {
				it := &page.Items[i]
				err := row(it.Code, it.Number, it.ProcedureName, it.OwnerName, it.OwnerPhone, t.tr(it.Status.Name()), t.tr(it.Channel.Name()),
					it.StepName, it.UnitName, it.AssigneeName, it.FiledAt, it.StepDue, it.DossierDue)
				if err != nil {
					return err
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return nil
			}
		}
	})
}

// exportFound sends what the search finds as a workbook, all pages of it.
func (room *Room) exportFound(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	q, err := room.findQuery(r, vs)
	if err != nil {
		return err
	}
	t, ctx := room.texts(r.Context()), r.Context()
	q.Limit = exportSize
	cols := t.columns(i18n.M("Mã hồ sơ"), i18n.M("Thủ tục"), i18n.M("Chủ hồ sơ"), i18n.M("Trạng thái"), i18n.M("Kênh nộp"))
	cols = append(cols, t.timeColumns(i18n.M("Nộp lúc"), i18n.M("Tiếp nhận lúc"), i18n.M("Hẹn trả"), i18n.M("Xong lúc"))...)
	cols = append(cols, sheet.Column{Title: t.tr(i18n.M("Đúng hạn")), Width: 12})
	return sheet.Send(w, "ho-so.xlsx", t.tr(i18n.M("Tra cứu hồ sơ")), cols, func(row func(...any) error) error {
		for {
			page, err := room.Dossiers.Find(ctx, q)
			if err != nil {
				return err
			}
			for i := range page.Items {
				it := &page.Items[i]
				err := row(it.Code, it.ProcedureName, it.OwnerName, t.tr(it.Status.Name()), t.tr(it.Channel.Name()), it.FiledAt, it.AcceptedAt, it.DueAt, it.FinishedAt, room.kept(t, it))
				if err != nil {
					return err
				}
			}
			if q.Cursor = page.Next; q.Cursor == "" {
				return nil
			}
		}
	})
}

// kept says whether the promised time is kept.
func (room *Room) kept(t texts, it *dossier.Item) string {
	switch {
	case it.DueAt == nil:
		return ""
	case it.Late(room.Clock.Now()):
		return t.tr(i18n.M("Quá hạn"))
	case it.FinishedAt != nil:
		return t.tr(i18n.M("Đúng hạn"))
	}
	return t.tr(i18n.M("Còn hạn"))
}

func (t texts) columns(titles ...i18n.Msg) []sheet.Column {
	cols := make([]sheet.Column, len(titles))
	for i, m := range titles {
		cols[i] = sheet.Column{Title: t.tr(m), Width: 24}
	}
	return cols
}

func (t texts) timeColumns(titles ...i18n.Msg) []sheet.Column {
	cols := make([]sheet.Column, len(titles))
	for i, m := range titles {
		cols[i] = sheet.Column{Title: t.tr(m), Kind: sheet.Time}
	}
	return cols
}
