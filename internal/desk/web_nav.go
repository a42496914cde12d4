package desk

import (
	"context"
	"strconv"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/i18n"
	look "lienthong/web"
)

// Nav returns the desk's part of the left column for the reader: the boxes with their counts, the counter, the search.
// path is the page that is shown. The site puts it into the layout.
func (room *Room) Nav(ctx context.Context, path string) []look.NavGroup {
	who := actor.From(ctx)
	if !who.CanSomewhere(dossier.PermRead) {
		return nil
	}
	if b, ok := strings.CutPrefix(path, "/desk/box/"); ok {
		path = boxPath(dossier.Box(b)) // one box, one address
	}
	t := room.texts(ctx)
	counts, err := room.Dossiers.Counts(ctx)
	if err != nil { // the page itself is more important than its numbers
		room.Log.WarnContext(ctx, "counts of the worklist", "error", err)
	}
	work := look.NavGroup{Label: t.tr(i18n.M("Việc cần làm"))}
	for _, s := range boxSigns {
		it := look.NavItem{Label: t.tr(s.Box.Name()), Href: listPath(ctx, s.Box), Icon: s.Icon, Key: s.Key, Current: path == boxPath(s.Box)}
		if n := counts[s.Box]; n > 0 {
			it.Count, it.Tone = strconv.Itoa(n), s.Tone
		}
		work.Items = append(work.Items, it)
	}
	groups := []look.NavGroup{work}
	if leads(ctx) {
		above := look.NavGroup{Label: t.tr(i18n.M("Đơn vị")), Items: []look.NavItem{{Label: t.tr(i18n.M("Tổng quan")), Href: overviewPath, Icon: "chart-bar", Key: "l",
			Current: path == overviewPath || strings.HasPrefix(path, overviewPath+"/")}}}
		groups = []look.NavGroup{above, work}
	}
	var counter []look.NavItem
	if who.CanSomewhere(dossier.PermAccept) {
		counter = append(counter, look.NavItem{Label: t.tr(i18n.M("Tiếp nhận tại quầy")), Href: "/desk/counter", Icon: "device-desktop", Key: "n", Current: strings.HasPrefix(path, "/desk/counter")})
	}
	if who.CanSomewhere(dossier.PermReturn) {
		counter = append(counter, look.NavItem{Label: t.tr(i18n.M("Trả kết quả")), Href: "/desk?kind=return", Icon: "file-check", Key: "r"})
	}
	if len(counter) > 0 {
		groups = append(groups, look.NavGroup{Label: t.tr(i18n.M("Quầy")), Items: counter})
	}
	return append(groups, look.NavGroup{Label: t.tr(i18n.M("Hồ sơ")), Items: []look.NavItem{
		{Label: t.tr(i18n.M("Tra cứu hồ sơ")), Href: "/desk/search", Icon: "search", Key: "s", Current: path == "/desk/search"}}})
}

// mayReceive reports whether the reader works at a counter, to show the way there.
func mayReceive(ctx context.Context) bool { return actor.From(ctx).CanSomewhere(dossier.PermAccept) }
