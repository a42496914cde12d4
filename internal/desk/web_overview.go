package desk

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
	look "lienthong/web"
)

// leads reports whether the reader answers for the work of others, to show the overview.
func leads(ctx context.Context) bool { return actor.From(ctx).CanSomewhere(dossier.PermAssign) }

// beginsAbove reports whether the reader's first page is the overview: who leads without working on dossiers.
func beginsAbove(ctx context.Context) bool {
	return leads(ctx) && !actor.From(ctx).CanSomewhere(dossier.PermProcess)
}

const (
	overviewPath  = "/desk/overview"
	overviewUnits = 20 // shown at once, the others folded
	overviewItems = 6  // of each list
)

// watchPath returns the address of a box of everybody's work.
func watchPath(b dossier.Box) string { return overviewPath + "/" + string(b) }

// overviewPage is what overview.html shows.
type overviewPage struct {
	At        string
	Text      string
	Stats     []look.Stat
	Own       *overviewList // nothing when the reader signs nothing
	Units     []unitRow
	MoreUnits []unitRow
	Late      overviewList
	Soon      overviewList
	WeekText  string
	Weeks     []weekRow
}

// overviewList is the beginning of a list of steps.
type overviewList struct {
	Title, Empty, Href, More string
	Rows                     []listRow
}

// unitRow is the work of one unit as numbers that open and as a bar.
type unitRow struct {
	Name, Agency      string
	Href              string
	Late, Soon        look.Chip
	Later, Wait, Open int
	Bar               []segment
}

// weekRow is one week as numbers and as a bar.
type weekRow struct {
	From                string
	Filed, OnTime, Late int
	Current             bool
	Bar                 []segment
}

// segment is a part of a bar that is a hundred wide.
type segment struct {
	Tone     string
	X, Width float64
}

// bar makes the parts of a bar; a full bar is most wide.
func bar(most int, parts ...segment) []segment {
	var list []segment
	x := 0.0
	for _, p := range parts {
		if p.Width == 0 {
			continue
		}
		p.X, p.Width = x, p.Width*100/float64(max(most, 1))
		x += p.Width
		list = append(list, p)
	}
	return list
}

// overview is the first page of those who lead: what waits for them, what is late and what will be, and where.
func (room *Room) overview(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	o, err := room.Dossiers.Overview(ctx)
	if err != nil {
		return err
	}
	t := room.texts(ctx)
	sum := o.Sum()
	d := &overviewPage{At: web.DateTime(o.At), Text: t.tr(i18n.M("Không có việc nào đang mở.")), WeekText: t.weekText(o.Weeks[len(o.Weeks)-1])}
	if sum.Open() > 0 {
		d.Text = t.tr(i18n.M("Cả đơn vị có %d việc đang mở ở %d bộ phận: %d quá hạn, %d đến hạn trong 3 ngày tới.", sum.Open(), len(o.Units), sum.Late, sum.Soon))
	}
	own := dossier.WorkQuery{Kind: string(procedure.StepApprove)}
	facets, err := room.Dossiers.Facets(ctx, own)
	if err != nil {
		return err
	}
	n := total(facets, own)
	d.Stats = room.overviewStats(ctx, sum, n)
	if actor.From(ctx).CanSomewhere(dossier.PermApprove) {
		list, err := room.overviewList(ctx, listPath(ctx, dossier.BoxToDo), own, n)
		if err != nil {
			return err
		}
		list.Title, list.Empty = t.tr(i18n.M("Chờ ông/bà ký duyệt")), t.tr(i18n.M("Không có việc nào chờ ông/bà ký duyệt."))
		d.Own = &list
	}
	d.Units = unitRows(o.Units)
	if len(d.Units) > overviewUnits {
		d.Units, d.MoreUnits = d.Units[:overviewUnits], d.Units[overviewUnits:]
	}
	d.Weeks = weekRows(o.Weeks)
	if d.Late, err = room.overviewList(ctx, watchPath(dossier.BoxLate), dossier.WorkQuery{Box: dossier.BoxLate, Watch: true}, sum.Late); err != nil {
		return err
	}
	d.Late.Title = t.tr(i18n.M("Quá hạn lâu nhất"))
	if d.Soon, err = room.overviewList(ctx, watchPath(dossier.BoxSoon), dossier.WorkQuery{Box: dossier.BoxSoon, Watch: true}, sum.Soon); err != nil {
		return err
	}
	d.Soon.Title = t.tr(i18n.M("Sắp đến hạn"))
	return room.pages.Render(w, r, http.StatusOK, "overview.html", "desk", web.View{Title: t.tr(i18n.M("Tổng quan")), Data: d})
}

// overviewStats are the numbers on top; each opens. own is how much waits for the reader.
func (room *Room) overviewStats(ctx context.Context, sum dossier.Load, own int) []look.Stat {
	t := room.texts(ctx)
	stat := func(m i18n.Msg, n int, icon, tone, href string) look.Stat {
		s := look.Stat{Label: t.tr(m), Value: strconv.Itoa(n), Icon: icon, Href: href}
		if n > 0 {
			s.Tone = tone
		}
		return s
	}
	waiting := stat(i18n.M("Chờ người nộp"), sum.Waiting(), "player-pause", "", watchPath(dossier.BoxSupplement))
	if sum.Obligation > 0 {
		waiting.Note = t.tr(i18n.M("%d việc chờ nghĩa vụ tài chính", sum.Obligation))
	}
	stats := []look.Stat{
		stat(dossier.BoxLate.Name(), sum.Late, "alarm", "late", watchPath(dossier.BoxLate)),
		stat(dossier.BoxToday.Name(), sum.Today, "clock-exclamation", "warn", watchPath(dossier.BoxToday)),
		stat(dossier.BoxSoon.Name(), sum.Soon, "calendar", "", watchPath(dossier.BoxSoon)),
		waiting,
	}
	if !actor.From(ctx).CanSomewhere(dossier.PermApprove) {
		return stats
	}
	sign := stat(i18n.M("Chờ ông/bà ký duyệt"), own, "signature", "", address(listPath(ctx, dossier.BoxToDo), with(nil, "kind", string(procedure.StepApprove))))
	return append([]look.Stat{sign}, stats...)
}

// overviewList is the beginning of a list of n steps that stands whole at path.
func (room *Room) overviewList(ctx context.Context, path string, q dossier.WorkQuery, n int) (overviewList, error) {
	t := room.texts(ctx)
	vs := filters(q)
	list := overviewList{Empty: t.tr(emptyBox(q.Box)), Href: address(path, vs)}
	q.Limit = overviewItems
	page, err := room.Dossiers.Worklist(ctx, q)
	if err != nil {
		return list, err
	}
	cal, err := room.calendar(ctx)
	if err != nil {
		return list, err
	}
	for i := range page.Items {
		it := &page.Items[i]
		row := room.listRow(t, cal, path, vs, it, "", actor.From(ctx).ID)
		row.Unit = it.UnitName
		list.Rows = append(list.Rows, row)
	}
	if n > len(list.Rows) {
		list.More = t.tr(i18n.M("Xem cả %d việc", n))
	}
	return list, nil
}

// unitRows shows the units beside each other.
func unitRows(units []dossier.Load) []unitRow {
	most := 0
	for _, u := range units {
		most = max(most, u.Open())
	}
	list := make([]unitRow, len(units))
	for i, u := range units {
		in := url.Values{"unit": {string(u.UnitID)}}
		list[i] = unitRow{Name: u.UnitName, Agency: u.AgencyName, Href: address(watchPath(dossier.BoxToDo), in),
			Late:  look.Chip{Count: strconv.Itoa(u.Late), Active: u.Late > 0, Href: address(watchPath(dossier.BoxLate), in)},
			Soon:  look.Chip{Count: strconv.Itoa(u.Soon), Active: u.Soon > 0, Href: address(watchPath(dossier.BoxSoon), in)},
			Later: u.Later, Wait: u.Waiting(), Open: u.Open(),
			Bar: bar(most, segment{Tone: "late", Width: float64(u.Late)}, segment{Tone: "warn", Width: float64(u.Soon)},
				segment{Tone: "ok", Width: float64(u.Later)}, segment{Tone: "mute", Width: float64(u.Waiting())})}
	}
	return list
}

// weekRows shows the weeks beside each other, the present one first.
func weekRows(weeks []dossier.Week) []weekRow {
	most := 0
	for _, w := range weeks {
		most = max(most, w.Finished)
	}
	list := make([]weekRow, 0, len(weeks))
	for i := len(weeks) - 1; i >= 0; i-- {
		w := weeks[i]
		list = append(list, weekRow{From: w.From.Display() + "–" + w.From.AddDays(6).Display(), Filed: w.Filed, OnTime: w.OnTime, Late: w.Late(), Current: i == len(weeks)-1,
			Bar: bar(most, segment{Tone: "ok", Width: float64(w.OnTime)}, segment{Tone: "late", Width: float64(w.Late())})})
	}
	return list
}

// weekText says in a sentence how the present week stands.
func (t texts) weekText(w dossier.Week) string {
	if w.Finished == 0 {
		return t.tr(i18n.M("Tuần này nhận %d hồ sơ, chưa có hồ sơ nào xong.", w.Filed))
	}
	return t.tr(i18n.M("Tuần này nhận %d hồ sơ, xong %d, trong đó %d đúng hạn.", w.Filed, w.Finished, w.OnTime))
}

// watch lists the steps behind the numbers of the overview.
func (room *Room) watch(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	box, ok := parseBox(r.PathValue("box"))
	if !ok || box == dossier.BoxMine {
		return fault.NewNotFound(i18n.M("Không có ngăn việc này. Hãy chọn trong danh sách bên trái."))
	}
	return room.showList(w, r, watched(workQuery(vs, box), vs), vs)
}

// watched makes a query one about everybody's work.
func watched(q dossier.WorkQuery, vs web.Values) dossier.WorkQuery {
	q.Watch, q.Unit = true, org.UnitID(vs.Line("unit"))
	return q
}
