package portal

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/place"
	"lienthong/internal/procedure"
	design "lienthong/web"
)

type paperRow struct {
	ID, Name, Note string
	Optional       bool
}

type termRow struct{ Channel, Term, Fee string }

type procedureView struct {
	*procedure.Version
	Title, Summary string
	Crumbs         []design.Crumb
	Facts          []design.Fact
	Cases          []design.Chip
	Case           string
	Papers         []paperRow
	Terms          []termRow
	Fees           []design.Fact
	Where          string // receiving agencies in a few words
	Near           string // typed place or agency
	Receivers      []procedure.Agency
	More           int // receivers that are not listed
	Start          string
	WhyNot         string // why it cannot be filed online
	NoProcess      bool
	Steps          []string // how it is handled, when the record tells no sequence
}

// shownReceivers is how many agencies a page lists.
const shownReceivers = 24

func (m *Room) procedure(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	q, err := web.Query(r)
	if err != nil {
		return err
	}
	v, err := m.Procedures.Current(ctx, r.PathValue("code"), clock.Date{})
	if err != nil {
		return err
	}
	view := &procedureView{Version: v, Title: v.Title(i18n.Lang(ctx)), Summary: pick(ctx, v.Spec.Summary, v.Spec.SummaryEN), Near: q.Line("noi")}
	fields, _, err := m.names(ctx, codelist.ProcedureFields)
	if err != nil {
		return err
	}
	view.Crumbs = []design.Crumb{{Text: m.say(ctx, i18n.M("Tất cả thủ tục")), Href: "/thu-tuc"}}
	if name := fields[v.Field]; name != "" {
		view.Crumbs = append(view.Crumbs, design.Crumb{Text: name, Href: address("/thu-tuc", "linh-vuc", v.Field)})
	}
	m.chooseCase(ctx, view, q.Line("truong-hop"))
	if err := m.whereToFile(ctx, view); err != nil {
		return err
	}
	m.answers(ctx, view)
	m.paperList(ctx, view)
	m.mayFileOnline(ctx, view)
	for _, s := range v.Spec.Process.Steps {
		view.Steps = append(view.Steps, s.Public())
	}
	return m.pages.Render(w, r, http.StatusOK, "procedure.html", "public", web.View{Title: view.Title, Data: view})
}

// chooseCase settles which case the page is about: the one chosen, else the first.
func (m *Room) chooseCase(ctx context.Context, v *procedureView, chosen string) {
	if len(v.Spec.Cases) == 0 {
		return
	}
	v.Case = v.Spec.Cases[0].Key
	if _, ok := v.Spec.Case(chosen); ok {
		v.Case = chosen
	}
	for _, c := range v.Spec.Cases {
		v.Cases = append(v.Cases, design.Chip{Label: pick(ctx, c.Name, c.NameEN), Active: c.Key == v.Case,
			Href: address("/thu-tuc/"+v.Code, "truong-hop", c.Key, "noi", v.Near)})
	}
}

// whereToFile says in a few words where it is filed, and lists the agencies that fit what was typed.
func (m *Room) whereToFile(ctx context.Context, v *procedureView) error {
	levels, _, err := m.levels(ctx)
	if err != nil {
		return err
	}
	kinds, err := m.Units.Kinds(ctx)
	if err != nil {
		return err
	}
	var words []string
	for _, sel := range v.Spec.Receivers {
		if sel.Slug != "" {
			u, err := m.Units.BySlug(ctx, sel.Slug)
			if err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
			words = append(words, u.Name)
			continue
		}
		name := ""
		for _, k := range kinds {
			if k.Key == sel.Kind {
				name = pick(ctx, k.Name, k.NameEN)
			}
		}
		if level := levels[sel.Level]; level != "" {
			name = m.say(ctx, i18n.M("%s %s", name, lowerFirst(level)))
		}
		words = append(words, strings.TrimSpace(name))
	}
	words = slices.DeleteFunc(slices.Compact(words), func(s string) bool { return s == "" })
	v.Where = strings.Join(words[:min(3, len(words))], "; ")
	if len(words) > 3 {
		v.Where += "…"
	}
	list, err := m.receivers(ctx, v.Version, v.Near)
	if err != nil {
		return err
	}
	v.More = max(0, len(list)-shownReceivers)
	if v.Near == "" && v.More > 0 { // a dozen out of hundreds helps nobody
		v.More = len(list)
	}
	v.Receivers = list[:len(list)-v.More]
	return nil
}

// receivers returns the agencies that receive a procedure; with a text only those whose name
// or whose territory fits it, with or without tone marks, the territory's first.
func (m *Room) receivers(ctx context.Context, v *procedure.Version, text string) ([]procedure.Agency, error) {
	all, err := m.Procedures.Receivers(ctx, v, "", clock.Date{})
	if err != nil || text == "" {
		return all, err
	}
	var found []procedure.Agency
	add := func(list ...procedure.Agency) {
		for _, a := range list {
			if !slices.ContainsFunc(found, func(b procedure.Agency) bool { return a.ID == b.ID }) {
				found = append(found, a)
			}
		}
	}
	var named []procedure.Agency
	for _, a := range all {
		if matches(text, a.Name) {
			named = append(named, a)
		}
	}
	if as := slices.IndexFunc(named, func(a procedure.Agency) bool { return says(text, a.Name) }); as >= 0 {
		named = slices.DeleteFunc(named, func(a procedure.Agency) bool { return !says(text, a.Name) })
	}
	add(named...)
	places, err := m.Places.Search(ctx, text, place.SearchOptions{Limit: 8})
	if err != nil {
		return nil, err
	}
	for _, hit := range places {
		here, err := m.Procedures.Receivers(ctx, v, string(hit.Unit.ID), clock.Date{})
		if err != nil {
			return nil, err
		}
		add(here...)
		if len(here) > 0 {
			continue
		}
		below, err := m.below(ctx, hit.Unit.ID)
		if err != nil {
			return nil, err
		}
		for _, a := range all {
			if below[a.PlaceID] {
				add(a)
			}
		}
	}
	return found, nil
}

// below returns the places within a place, of all levels.
func (m *Room) below(ctx context.Context, id place.UnitID) (map[string]bool, error) {
	ids := map[string]bool{}
	for todo := []place.UnitID{id}; len(todo) > 0; todo = todo[1:] {
		children, err := m.Places.Children(ctx, todo[0], clock.Date{})
		if err != nil {
			return nil, err
		}
		for _, c := range children {
			if !ids[string(c.ID)] {
				ids[string(c.ID)] = true
				todo = append(todo, c.ID)
			}
		}
	}
	return ids, nil
}

// answers fills the row under the title: where, how long, how much.
func (m *Room) answers(ctx context.Context, v *procedureView) {
	spec := v.Spec
	channels := spec.Channels()
	var terms, fees []string
	for _, ch := range channels {
		row := termRow{Channel: m.channel(ctx, ch), Fee: m.feeWords(ctx, spec.FeesFor(v.Case, ch))}
		if t, ok := spec.TermFor(ch, v.Case); ok {
			row.Term = m.term(ctx, t.Term)
		}
		terms, fees = append(terms, row.Term), append(fees, row.Fee)
		v.Terms = append(v.Terms, row)
	}
	terms, fees = slices.Compact(terms), slices.Compact(fees)
	if len(terms) == 1 && len(fees) == 1 {
		v.Terms = nil // the same whichever way it is filed: the row under the title says it
	}
	v.Facts = []design.Fact{
		{Label: m.say(ctx, i18n.M("Nơi nộp")), Value: v.Where, Icon: "map-pin"},
		{Label: m.say(ctx, i18n.M("Thời hạn giải quyết")), Value: m.differs(ctx, terms), Icon: "clock"},
		{Label: m.say(ctx, i18n.M("Phí, lệ phí")), Value: m.differs(ctx, fees), Icon: "coin"},
	}
	for _, f := range spec.FeesFor(v.Case, "") {
		if len(fees) == 1 && len(spec.FeesFor(v.Case, "")) == 1 && f.Amount == 0 {
			break // said above
		}
		v.Fees = append(v.Fees, design.Fact{Label: f.Name, Value: m.amount(ctx, f)})
	}
}

// differs returns the one text there is, or says that it depends on the way of filing.
func (m *Room) differs(ctx context.Context, texts []string) string {
	switch len(texts) {
	case 0:
		return m.say(ctx, i18n.M("Theo thông báo của cơ quan"))
	case 1:
		return texts[0]
	}
	return m.say(ctx, i18n.M("Tùy cách nộp, từ %s", texts[0]))
}

func (m *Room) channel(ctx context.Context, ch string) string {
	switch ch {
	case procedure.ChannelOnline:
		return m.say(ctx, i18n.M("Trực tuyến"))
	case procedure.ChannelPost:
		return m.say(ctx, i18n.M("Qua bưu chính"))
	}
	return m.say(ctx, i18n.M("Tại quầy"))
}

func (m *Room) feeWords(ctx context.Context, fees []procedure.Fee) string {
	var words []string
	for _, f := range fees {
		if f.Amount > 0 {
			words = append(words, m.amount(ctx, f))
		}
	}
	if len(words) == 0 {
		return m.say(ctx, i18n.M("Không thu"))
	}
	return strings.Join(words, " + ")
}

func (m *Room) paperList(ctx context.Context, v *procedureView) {
	for i, p := range v.Spec.PapersFor(v.Case, "") {
		row := paperRow{ID: "p" + strconv.Itoa(i), Name: pick(ctx, p.Name, p.NameEN), Optional: p.Optional}
		row.Note = strings.Join(slices.DeleteFunc([]string{m.copies(ctx, p), p.Note, m.paperOnline(ctx, v.Spec, p)}, func(s string) bool { return s == "" }), " ")
		v.Papers = append(v.Papers, row)
	}
}

// copies says how many of a paper are handed in.
func (m *Room) copies(ctx context.Context, p procedure.Paper) string {
	switch {
	case p.ShowOnly:
		return m.say(ctx, i18n.M("Chỉ xuất trình, không nộp."))
	case p.Originals > 0 && p.Copies > 0:
		return m.say(ctx, i18n.M("%d bản chính, %d bản sao.", p.Originals, p.Copies))
	case p.Originals > 0:
		return m.say(ctx, i18n.M("%d bản chính.", p.Originals))
	case p.Copies > 0:
		return m.say(ctx, i18n.M("%d bản sao.", p.Copies))
	}
	return ""
}

func (m *Room) paperOnline(ctx context.Context, s *procedure.Spec, p procedure.Paper) string {
	if p.EForm && s.FileableOnline() {
		return m.say(ctx, i18n.M("Nộp trực tuyến thì điền ngay trên trang, không cần tờ giấy."))
	}
	return ""
}

// mayFileOnline gives the way to the application, or the reason why there is none.
func (m *Room) mayFileOnline(ctx context.Context, v *procedureView) {
	switch {
	case v.Spec.FileableOnline():
		v.Start = address("/nop-ho-so/"+v.Code, "truong-hop", v.Case, "noi", v.Near)
	case v.Spec.Process.Generic:
		v.WhyNot = m.say(ctx, i18n.M("Tỉnh chưa công bố quy trình điện tử của thủ tục này."))
	default:
		v.WhyNot = m.say(ctx, i18n.M("Thủ tục này đang ở mức độ %d: xem thông tin trên mạng, nộp giấy tờ tại cơ quan hoặc qua bưu chính.", v.Online))
	}
}
