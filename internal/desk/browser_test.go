package desk_test

import (
	"context"
	"flag"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/web"
	design "lienthong/web"
)

var shots = flag.String("shots", "", "write pictures of the pages to this folder, to look at them")

// people signs in whoever the cookie names.
type people map[string]actor.Actor

func (p people) Load(r *http.Request) (actor.Actor, error) {
	c, err := r.Cookie("as")
	if err != nil {
		return actor.Actor{}, nil //nolint:nilerr // a visitor
	}
	return p[c.Value], nil
}

// patience is how long a test waits for a page before it fails; on a busy machine a page takes its time.
const patience = time.Minute

// tab is a browser in front of the desk.
type tab struct {
	*office
	ctx     context.Context
	url     string
	pressed int // keys so far
}

// browse starts Chromium on the desk; without Chromium or the bundle the test is skipped.
func browse(t *testing.T) *tab {
	t.Helper()
	chromium, err := exec.LookPath("chromium")
	if testing.Short() || err != nil || !design.Built() {
		t.Skip("needs Chromium and the bundle, and is not for -short")
	}
	o := newOffice(t)
	dist, err := fs.Sub(design.Dist, "dist")
	if err != nil {
		t.Fatal(err)
	}
	m := web.NewMux(web.Options{Renderer: o.site.Renderer, Clock: o.Clock, Assets: web.AssetServer(dist), Log: slog.New(slog.DiscardHandler),
		Session: people{"clerk": o.clerk, "officer": o.officer, "leader": o.leader, "district": o.Officer("ubnd-991")}})
	m.Handle(o.room.Routes()...)
	all := http.NewServeMux()
	all.Handle("/", m)
	all.HandleFunc("/as/{who}", func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "as", Value: r.PathValue("who"), Path: "/"})
		http.Redirect(w, r, r.URL.Query().Get("to"), http.StatusSeeOther)
	})
	all.HandleFunc("/axe.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("..", "..", "web", "node_modules", "axe-core", "axe.min.js"))
	})
	server := httptest.NewServer(all)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	b := &tab{office: o, ctx: ctx, url: server.URL}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser, which a time limit would end
		t.Fatal(err)
	}
	return b
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		b.t.Fatal(err)
	}
}

func (b *tab) open(who, path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.url+"/as/"+who+"?to="+strings.ReplaceAll(path, "&", "%26")), chromedp.WaitReady("main"))
	b.until("document.readyState === 'complete'")
}

// until waits for a condition of the page.
func (b *tab) until(js string) {
	b.t.Helper()
	var err error
	for end := time.Now().Add(patience); time.Now().Before(end) && b.ctx.Err() == nil; { // a page that is left ends the question
		if _, err = chromedp.Run(b.ctx, chromedp.Poll[bool]("!!("+js+")", chromedp.WithPollingTimeout(5*time.Second))); err == nil {
			return
		}
	}
	at, _ := b.ask("location.href + ' · ' + document.activeElement.outerHTML.slice(0, 200)")
	b.t.Fatalf("%s: %v at %s", js, err, at)
}

// ask evaluates JavaScript that makes a text.
func (b *tab) ask(js string) (string, error) {
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[string](js))
}

// arrives waits until the page with an address is there and its scripts listen.
func (b *tab) arrives(path string) {
	b.t.Helper()
	b.until("location.pathname.startsWith(" + strconv.Quote(path) + ") && document.readyState === 'complete'")
}

func (b *tab) text(js string) string {
	b.t.Helper()
	s, err := b.ask(js)
	if err != nil {
		b.t.Fatalf("%s: %v", js, err)
	}
	return s
}

// focused waits until the field with a name has the focus on a page whose scripts listen.
func (b *tab) focused(name string) {
	b.t.Helper()
	b.until("document.readyState === 'complete' && document.activeElement.name === " + strconv.Quote(name))
}

// keys types as a person does: a script that stops the key also stops its letter.
func (b *tab) keys(text string) {
	b.t.Helper()
	b.run(func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		for _, r := range text {
			b.pressed++
			events := kb.Encode(r)
			down, up := events[0], events[len(events)-1]
			if len(events) == 3 {
				down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			}
			for _, e := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, *e); err != nil {
					return chromedp.Void{}, err
				}
			}
		}
		return chromedp.Void{}, nil
	})
}

// TestCounterByKeyboard holds that a clerk receives a dossier without touching the mouse.
func TestCounterByKeyboard(t *testing.T) {
	b := browse(t)
	b.run(chromedp.EmulateViewport(1366, 768))
	b.open("clerk", "/desk/counter")
	b.focused("owner.personal_id")
	b.keys(qr + kb.Enter) // by the scanner
	b.focused("owner.phone")
	b.pressed = 0
	if got := b.text("document.querySelector('[name=\"owner.full_name\"]').value + ' ' + document.querySelector('[name=\"owner.birth_date\"]').value"); got != "Siu Hà Thử 02/05/1990" {
		t.Errorf("from the card: %q", got)
	}
	b.keys("0912000003" + kb.Enter)
	b.focused("procedure")
	b.keys("ks")
	b.until("document.querySelector('.lt-suggest [role=option]')")
	b.keys(kb.Enter)
	b.focused("case")
	b.keys(kb.ArrowDown + kb.Enter)
	b.focused("all")
	b.keys(" ")
	b.until("document.querySelectorAll('[data-required]:checked').length === 3")
	b.keys(kb.Enter)
	b.focused("fees.copies")
	b.keys(" " + kb.Enter)
	b.focused("return_by")
	b.keys(kb.Enter)
	b.until("document.querySelector('.lt-done')")
	if b.pressed > 25 { // eleven of them are the phone number
		t.Errorf("%d keys from the card to the receipt", b.pressed)
	}
	b.arrives("/desk/counter/done/")
	b.until("document.activeElement.textContent.includes('In giấy tiếp nhận')")
	b.keys("n")
	b.focused("owner.personal_id")
	page, err := b.Dossiers.Find(b.As(b.clerk), dossier.FindQuery{})
	if err != nil || len(page.Items) != 1 || page.Items[0].OwnerName != "Siu Hà Thử" || page.Items[0].Status != dossier.StatusAccepted {
		t.Errorf("%+v, %v", page.Items, err)
	}
	b.keys(qr + kb.Enter)
	b.until("document.getElementById('person').textContent.includes('Đã điền theo hồ sơ lần trước')")
	b.focused("owner.phone")
	b.keys("0912000004")
	if got := b.text("document.querySelector('[name=\"owner.phone\"]').value"); got != "0912000004" {
		t.Errorf("typed over the number of last time: %q", got)
	}
}

// TestListByKeyboard holds moving through the list, opening beside it, acting and jumping.
func TestListByKeyboard(t *testing.T) {
	b := browse(t)
	b.run(chromedp.EmulateViewport(1366, 768))
	first, second := b.filed("Nguyễn Thị Ánh", false), b.filed("Trần Văn Bình", false)
	b.open("clerk", "/desk")
	b.keys("jj" + kb.Enter)
	b.until("document.querySelector('#split aside .lt-code')?.textContent === '" + second.Code + "'")
	if got := b.text("location.search"); !strings.Contains(got, string(second.ID)) {
		t.Errorf("the address does not name the open dossier: %s", got)
	}
	b.keys("k" + kb.Enter)
	b.until("document.querySelector('#split aside .lt-code')?.textContent === '" + first.Code + "'")
	b.keys("t")
	b.until("document.querySelector('.lt-confirm[open] textarea') === document.activeElement")
	b.keys("Du giay to")
	b.run(func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) { // Ctrl and Enter send the form
		_, err := cdp.Call(ctx, tab, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeRawKeyDown, Key: "Enter", Code: "Enter", WindowsVirtualKeyCode: 13, Modifiers: 2 /* Ctrl */})
		return chromedp.Void{}, err
	})
	b.until("document.querySelector('.lt-flash')?.textContent.includes('Đã tiếp nhận hồ sơ')")
	if v := b.state(b.clerk, first); v.AcceptedAt == nil {
		t.Error("not accepted")
	}
	b.until("document.readyState === 'complete'") // the page is new: its scripts listen from now on
	b.keys("gs")
	b.arrives("/desk/search")
	b.keys("gn")
	b.arrives("/desk/counter")
	b.run(chromedp.EmulateViewport(390, 844))
	b.open("clerk", "/desk")
	b.keys("j" + kb.Enter)
	b.arrives("/desk/d/") // beside the list there is no room
}

// TestLooks holds that no page is too wide and that axe finds nothing, on a phone and on a desk.
func TestLooks(t *testing.T) {
	b := browse(t)
	x, done := b.filed("Rơ Châm H'Nga", false), b.filed("Nguyễn Văn Dũng", true)
	land := b.land()
	b.Clock.Advance(26 * time.Hour)
	b.filed("Trần Thị Bích Ngọc", false)
	file := b.Upload(b.As(b.officer), "0190a0a0-0000-7000-8000-000000000001", "to-trinh.pdf")
	v := b.state(b.officer, done)
	if _, err := b.Dossiers.AddFiles(b.As(b.officer), done.ID, v.Offers[0].Step.ID, dossier.AttachmentWork, []string{file}, "0190a0a0-0000-7000-8000-000000000001"); err != nil {
		t.Fatal(err)
	}
	more := b.filed("Lê Quang Phúc", false)
	if _, err := b.Dossiers.RequestMore(b.As(b.clerk), more.ID, dossier.MoreRequest{StepID: b.state(b.clerk, more).Offers[0].Step.ID, Items: []string{"Giấy chứng sinh"}, Reason: "Ảnh mờ"}); err != nil {
		t.Fatal(err)
	}
	pages := []struct{ name, who, path string }{
		{"list", "clerk", "/desk"}, {"overview", "leader", "/desk/overview"}, {"watch", "leader", "/desk/overview/late"}, {"empty", "leader", "/desk/box/mine"}, {"split", "clerk", "/desk?open=" + string(x.ID)},
		{"item-clerk", "clerk", at(x)}, {"item-officer", "officer", at(done)}, {"item-district", "district", at(land)}, {"item-asked", "clerk", at(more)},
		{"counter", "clerk", "/desk/counter"}, {"counter-papers", "clerk", "/desk/counter?procedure=9.000001&case=late&owner.personal_id=064190000001"},
		{"done", "clerk", "/desk/counter/done/" + string(done.ID)}, {"search", "clerk", "/desk/search"},
	}
	for _, width := range []int64{390, 1366} {
		b.run(chromedp.EmulateViewport(width, 844))
		for _, p := range pages {
			b.open(p.who, p.path)
			b.look(p.name, width)
		}
	}
}

// look judges the page that is shown, and takes its picture.
func (b *tab) look(name string, width int64) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](`{const s = document.createElement('script'); s.src = '/axe.js'; s.onload = () => axe.run(document).then((r) => { window.found = r.violations.map((v) => v.id + ': ' + v.nodes[0].html).join('\n') || 'nothing'; }); s.onerror = () => { window.found = 'nothing'; }; document.head.append(s);}`))
	b.until("window.found")
	if found := b.text("window.found"); found != "nothing" {
		b.t.Errorf("%s at %d: %s", name, width, found)
	}
	if over := b.text("String(document.documentElement.scrollWidth - innerWidth)"); over != "0" && !strings.HasPrefix(over, "-") {
		b.t.Errorf("%s at %d is %s px too wide", name, width, over)
	}
	if *shots == "" {
		return
	}
	raw, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(*shots, name+"-"+strconv.FormatInt(width, 10)+".png"), raw, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
