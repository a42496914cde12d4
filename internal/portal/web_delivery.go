package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"

	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/money"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

type feeRow struct {
	Name, Amount, Note, Total string
	Field                     *design.Field // number of copies, pages
}

type deliveryView struct {
	applyView
	ReturnBy design.Field
	Address  design.Field
	Fees     []feeRow
	Total    string
}

func (m *Room) delivery(w http.ResponseWriter, r *http.Request) error {
	a, err := m.application(r, stepDelivery)
	if err != nil {
		return err
	}
	return m.showDelivery(w, r, http.StatusOK, a, nil, problemsAt(a.at, a.all))
}

func (m *Room) saveDelivery(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Form(r)
	if err != nil {
		return err
	}
	a, err := m.application(r, stepDelivery)
	if err != nil {
		return err
	}
	f := &a.draft.Filing
	f.ReturnBy, f.ReturnAddress = dossier.Channel(vs.Line("return_by")), vs.Get("return_address")
	var typed []fault.Problem
	f.Fees = nil
	for _, fee := range a.spec().FeesFor(f.CaseKey, dossierOnline) {
		if fee.Per == "" {
			continue
		}
		n, err := vs.Int("fees." + fee.Key)
		if ps, ok := invalid(err); err != nil && ok {
			typed = append(typed, ps...)
		}
		if n != 0 {
			f.Fees = append(f.Fees, dossier.FilingFee{Key: fee.Key, Quantity: n})
		}
	}
	return m.keep(w, r, a, vs, typed, func(status int, ps []fault.Problem) error {
		return m.showDelivery(w, r, status, a, vs, ps)
	})
}

func (m *Room) showDelivery(w http.ResponseWriter, r *http.Request, status int, a *application, vs web.Values, ps []fault.Problem) error {
	ctx := r.Context()
	view := &deliveryView{applyView: m.applyView(ctx, a)}
	var at map[string]string
	view.Problems, at = m.problems(ctx, ps)
	f := a.draft.Filing
	view.ReturnBy = design.Field{Name: "return_by", Label: m.say(ctx, i18n.M("Ông/bà nhận kết quả bằng cách nào?")), Type: "radio", Required: true,
		Value: string(f.ReturnBy), Error: at["return_by"]}
	names, items, err := m.names(ctx, codelist.ReturnChannels)
	if err != nil {
		return err
	}
	channels := dossier.Channels
	if len(items) > 0 {
		channels = nil
		for _, it := range items {
			if dossier.Channel(it.Code).Valid() {
				channels = append(channels, dossier.Channel(it.Code))
			}
		}
	}
	for _, ch := range channels {
		view.ReturnBy.Options = append(view.ReturnBy.Options, design.Option{Value: string(ch), Label: orElse(names[string(ch)], m.say(ctx, ch.Name()))})
	}
	view.Address = design.Field{Name: "return_address", Label: m.say(ctx, i18n.M("Địa chỉ nhận qua bưu chính")), Type: "textarea", Rows: 2, MaxLength: 300, Autocomplete: "street-address",
		Value: orElse(f.ReturnAddress, f.Owner.Address), Error: at["return_address"], Hint: m.say(ctx, i18n.M("Chỉ cần khi nhận qua bưu chính: số nhà, đường, xã, huyện, tỉnh, tên và số điện thoại người nhận."))}
	view.Fees, view.Total = m.fees(ctx, a, vs, at)
	return m.pages.Render(w, r, status, "delivery.html", "public", web.View{Title: "Nhận kết quả và lệ phí", Data: view})
}

// fees lists what is to be paid, with the sum when there is more than one line.
func (m *Room) fees(ctx context.Context, a *application, vs web.Values, at map[string]string) ([]feeRow, string) {
	var rows []feeRow
	var sum int64
	for _, fee := range a.spec().FeesFor(a.draft.Filing.CaseKey, dossierOnline) {
		quantity := int64(1)
		for _, given := range a.draft.Filing.Fees {
			if given.Key == fee.Key && given.Quantity > 0 {
				quantity = given.Quantity
			}
		}
		row := feeRow{Name: fee.Name, Amount: m.amount(ctx, fee), Note: fee.Note, Total: money.VND(fee.Amount * quantity).String()}
		if fee.Per != "" {
			name := "fees." + fee.Key
			value := strconv.FormatInt(quantity, 10)
			if at[name] != "" {
				value = vs.Get(name)
			}
			row.Field = &design.Field{Name: name, Label: m.say(ctx, i18n.M("Số %s: %s", fee.Per, fee.Name)), Value: value, InputMode: "numeric", Width: "short", MaxLength: 6, Error: at[name]}
		}
		sum += fee.Amount * quantity
		rows = append(rows, row)
	}
	switch {
	case !slices.ContainsFunc(rows, func(r feeRow) bool { return r.Field != nil }) && sum == 0:
		return nil, "" // nothing is to be paid
	case len(rows) < 2:
		return rows, ""
	}
	return rows, money.VND(sum).String()
}

func formVersion(d *dossier.Draft) string { return strconv.FormatInt(d.Version, 10) }
