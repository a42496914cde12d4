package app

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lienthong/internal/kit/dbtest"
	design "lienthong/web"
)

// The widths at which pages are looked at: a phone and an office screen.
const (
	phone  = 390
	screen = 1366
)

// patience is how long a test waits for a page before it fails; on a busy machine a page takes its time.
const patience = time.Minute

// publicBudget is what a public page may weigh on the wire, with everything on it.
const publicBudget = 100 << 10

// tab is a tab of Chromium on the site.
type tab struct {
	*site
	ctx   context.Context
	width int64
	keyed int // keys pressed
}

// browserSite serves a province for a browser.
func browserSite(t *testing.T) *site {
	t.Helper()
	if testing.Short() {
		t.Skip("drives a browser")
	}
	if !design.Built() {
		t.Skip("the bundle is not built; run make web")
	}
	s := newSite(t, "gialai", dbtest.SQLiteAddress(t))
	s.srv.Close()
	mux := http.NewServeMux()
	mux.Handle("/", s.Handler())
	mux.HandleFunc("GET /axe.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, filepath.Join("..", "..", "web", "node_modules", "axe-core", "axe.min.js"))
	})
	s.srv = httptest.NewServer(mux)
	t.Cleanup(s.srv.Close)
	return s
}

// chromium returns the browser; without one the test is skipped, or fails when LIENTHONG_REQUIRE_CHROMIUM is set.
func chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if os.Getenv("LIENTHONG_REQUIRE_CHROMIUM") != "" {
		t.Fatal("Chromium is required here (LIENTHONG_REQUIRE_CHROMIUM) but not installed")
	}
	t.Skip("no Chromium on this machine; install the package chromium")
	return ""
}

// browse opens a fresh browser of a width.
func (s *site) browse(width int64) *tab {
	s.t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(s.t)), chromedp.NoSandbox, chromedp.UserDataDir(s.t.TempDir()))
	for _, flag := range []string{"disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update", "disable-sync", "disable-smooth-scrolling"} {
		options = append(options, chromedp.Flag(flag, true))
	}
	ctx, stop := chromedp.NewExecAllocator(s.t.Context(), options...)
	s.t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	s.t.Cleanup(stop)
	b := &tab{site: s, ctx: ctx}
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser, which a time limit would end
		s.t.Fatal(err)
	}
	b.resize(width)
	return b
}

// in returns the tab for a subtest.
func (b *tab) in(s *site) *tab {
	c := *b
	c.site = s
	return &c
}

func (b *tab) resize(width int64) {
	b.t.Helper()
	b.width = width
	b.run(chromedp.EmulateViewport(width, 844))
}

func (b *tab) run(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := b.try(actions...); err != nil {
		b.t.Fatalf("%v at %s", err, b.where())
	}
}

func (b *tab) try(actions ...chromedp.Action[chromedp.Void]) error {
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	return chromedp.Do(ctx, actions...)
}

// ask evaluates JavaScript that makes a text.
func (b *tab) ask(js string) (string, error) {
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	return chromedp.Run(ctx, chromedp.Evaluate[string](js))
}

// where says what the browser shows, for messages.
func (b *tab) where() string {
	at, err := b.ask(`location.pathname + location.search + ' · focus ' + document.activeElement.outerHTML.slice(0, 160) + ' · ' + (document.querySelector('main')?.innerText ?? '').replace(/\s+/g, ' ').slice(0, 900)`)
	if err != nil {
		return err.Error()
	}
	return at
}

// eval returns a text made by JavaScript.
func (b *tab) eval(js string) string {
	b.t.Helper()
	s, err := b.ask("String(" + js + ")")
	if err != nil {
		b.t.Fatalf("%s: %v at %s", js, err, b.where())
	}
	return s
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
	b.t.Fatalf("%s: %v at %s", js, err, b.where())
}

// settled holds when a page is there, its scripts listen and its fonts have arrived, so that nothing moves any more.
const settled = "document.readyState === 'complete' && document.querySelector('main')?.offsetHeight > 0 && document.fonts.status === 'loaded'"

// open goes to an address and judges the page.
func (b *tab) open(path string) *tab {
	b.t.Helper()
	b.run(chromedp.Navigate(b.srv.URL + path))
	b.until(settled)
	b.judge()
	return b
}

// reload looks at the same page again.
func (b *tab) reload() *tab {
	b.t.Helper()
	return b.open(b.eval("location.pathname + location.search"))
}

// leaves does something after which another page is shown, and judges that page.
func (b *tab) leaves(do func()) {
	b.t.Helper()
	b.eval("window.stillHere = true")
	do()
	b.until("!window.stillHere && " + settled)
	b.judge()
}

// mark finds the first visible element whose text contains the words, brings it into view and waits until it stands
// still. It ends the test when there is none or when something lies over it.
func (b *tab) mark(selector, text string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`[...document.querySelectorAll(%s)].some((el) => el.checkVisibility() && !el.closest('[aria-hidden=true]') && el.textContent.replace(/\s+/g, ' ').includes(%s))`, strconv.Quote(selector), strconv.Quote(text)))
	b.eval(fmt.Sprintf(`(() => {
		document.querySelectorAll('[data-marked]').forEach((el) => el.removeAttribute('data-marked'));
		const el = [...document.querySelectorAll(%s)].find((el) => el.checkVisibility() && !el.closest('[aria-hidden=true]') && el.textContent.replace(/\s+/g, ' ').includes(%s));
		el.setAttribute('data-marked', '');
		el.scrollIntoView({ block: 'center', behavior: 'instant' });
	})()`, strconv.Quote(selector), strconv.Quote(text)))
	b.still("[data-marked]")
	over := b.eval(`(() => {
		const el = document.querySelector('[data-marked]'), r = el.getBoundingClientRect(), at = document.elementFromPoint(r.x + Math.min(r.width / 2, 20), r.y + r.height / 2);
		return at === null || el.contains(at) || at.contains(el) ? '' : at.outerHTML.slice(0, 200);
	})()`)
	if over != "" {
		b.t.Fatalf("%q cannot be clicked, over it lies %s", text, over)
	}
}

// still waits until an element stands at the same place in two frames and no font is on its way.
func (b *tab) still(selector string) {
	b.t.Helper()
	b.until(fmt.Sprintf(`(() => {
		const r = document.querySelector(%s).getBoundingClientRect(), at = [r.x, r.y, r.width, r.height, scrollX, scrollY].join(), stands = window.stood === at;
		window.stood = at;
		return stands && document.fonts.status === 'loaded';
	})()`, strconv.Quote(selector)))
}

// click clicks on the first visible element whose text contains the words.
func (b *tab) click(selector, text string) *tab {
	b.t.Helper()
	b.mark(selector, text)
	b.run(chromedp.Click("[data-marked]"))
	return b
}

// follow clicks on a link or button that leads to another page.
func (b *tab) follow(text string) *tab {
	b.t.Helper()
	b.leaves(func() { b.click("main a[href], main button:not([hidden])", text) })
	return b
}

func (b *tab) sees(texts ...string) *tab {
	b.t.Helper()
	for _, text := range texts {
		if !strings.Contains(b.eval(`document.body.innerText.replace(/\s+/g, ' ')`), text) {
			b.t.Fatalf("the page does not say %q: %s", text, b.where())
		}
	}
	return b
}

// fill fills in fields of the page by their names, as a person does: types, chooses, ticks.
func (b *tab) fill(values map[string]string) *tab {
	b.t.Helper()
	for _, name := range slices.Sorted(maps.Keys(values)) {
		value := values[name]
		field := fmt.Sprintf("main [name=%s]:not([type=hidden])", strconv.Quote(name))
		switch kind := b.eval(fmt.Sprintf("(document.querySelector(%s) ?? {type: 'none'}).type", strconv.Quote(field))); kind {
		case "none":
			b.t.Fatalf("there is no field %q: %s", name, b.where())
		case "radio", "checkbox":
			b.tick(field + "[value=" + strconv.Quote(value) + "]")
		case "select-one":
			b.run(chromedp.Focus(field))
			b.eval(fmt.Sprintf("(() => { const el = document.querySelector(%s); el.value = %s; el.dispatchEvent(new Event('change', {bubbles: true})); })()", strconv.Quote(field), strconv.Quote(value)))
		default:
			b.run(chromedp.Focus(field))
			b.eval("document.activeElement.select()")
			b.keys(value)
		}
	}
	return b
}

// tick clicks on a box or button of a choice.
func (b *tab) tick(selector string) {
	b.t.Helper()
	b.eval(fmt.Sprintf("document.querySelector(%s).scrollIntoView({ block: 'center', behavior: 'instant' })", strconv.Quote(selector)))
	b.still(selector)
	b.run(chromedp.Click(selector))
	b.until(fmt.Sprintf("document.querySelector(%s).checked", strconv.Quote(selector)))
}

// keys types as a person does: a script that stops the key also stops its letter.
func (b *tab) keys(text string) {
	b.t.Helper()
	b.run(func(ctx context.Context, to *chromedp.Target) (chromedp.Void, error) {
		for _, r := range text {
			b.keyed++
			events := kb.Encode(r)
			down, up := events[0], events[len(events)-1]
			if len(events) == 3 {
				down.Text, down.UnmodifiedText = events[1].Text, events[1].UnmodifiedText
			}
			for _, e := range []*input.DispatchKeyEventParams{down, up} {
				if _, err := cdp.Call(ctx, to, input.DispatchKeyEvent, *e); err != nil {
					return chromedp.Void{}, err
				}
			}
		}
		return chromedp.Void{}, nil
	})
}

// as lets somebody sit down at the browser: whoever was signed in signs out first.
func (b *tab) as(name string) *tab {
	b.t.Helper()
	if b.eval("!!document.querySelector('.lt-menu-name')") == "true" {
		b.click("header summary:has(.lt-menu-name)", "")
		b.leaves(func() { b.click("header button", "Đăng xuất") })
	}
	return b.signIn(name)
}

// signIn signs in on the page for it.
func (b *tab) signIn(name string) *tab {
	b.t.Helper()
	b.open("/dang-nhap").fill(map[string]string{"name": name, "password": demoPassword}).follow("Đăng nhập")
	if strings.HasPrefix(b.eval("location.pathname"), "/dang-nhap") {
		b.t.Fatalf("%s cannot sign in: %s", name, b.where())
	}
	return b
}

var (
	idsInPath  = regexp.MustCompile(`/[^/]*\d[^/]*`)
	idsInTitle = regexp.MustCompile(`\S*\d\S*`)
)

// judge looks at a page that was not looked at before on this site, on a phone and on an office screen: axe finds nothing
// serious, nothing is too wide, and a public page weighs less than it may.
func (b *tab) judge() {
	b.t.Helper()
	page := idsInPath.ReplaceAllString(b.eval("location.pathname"), "/…") + " “" + idsInTitle.ReplaceAllString(b.eval("document.querySelector('h1')?.innerText"), "…") + "”"
	if b.shared.judged[page] {
		return
	}
	b.shared.judged[page] = true
	b.weigh(page)
	width := b.width
	for _, w := range []int64{phone + screen - width, width} {
		b.resize(w)
		b.axe(page)
	}
}

// weigh holds the budget of public pages: everything that came over the wire, compressed.
func (b *tab) weigh(page string) {
	b.t.Helper()
	if b.eval("document.documentElement.classList.contains('lt-public')") != "true" {
		return
	}
	b.eval("document.fonts.ready.then(() => { window.fontsReady = true; })")
	b.until("window.fontsReady")
	weight, err := strconv.Atoi(b.eval("[...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')].filter((e) => !e.name.endsWith('/axe.js')).reduce((sum, e) => sum + e.encodedBodySize, 0)"))
	if err != nil {
		b.t.Fatal(err)
	}
	b.t.Logf("%s: %d KB", page, weight>>10)
	if weight == 0 || weight > publicBudget {
		b.t.Errorf("%s weighs %d bytes, more than %d", page, weight, publicBudget)
	}
}

func (b *tab) axe(page string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](`{
		window.found = undefined;
		const look = () => axe.run(document).then((r) => { window.found = r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join(' ')).join('\n') || 'nothing'; });
		if (window.axe) look();
		else {
			const s = document.createElement('script');
			s.src = '/axe.js';
			s.onload = look;
			s.onerror = () => { window.found = 'axe-core is not installed; run make web'; };
			document.head.append(s);
		}
	}`))
	b.until("window.found")
	if found := b.eval("window.found"); found != "nothing" {
		b.t.Errorf("%s at %d: %s", page, b.width, found)
	}
	if over, err := strconv.Atoi(b.eval("document.documentElement.scrollWidth - innerWidth")); err != nil || over > 0 {
		b.t.Errorf("%s at %d is %d pixels too wide: %s", page, b.width, over, b.eval("[...document.querySelectorAll('body *')].filter((el) => el.getBoundingClientRect().right > innerWidth && !el.closest('.lt-side, .lt-chips')).map((el) => el.outerHTML.slice(0, 120)).slice(0, 5).join(' ')"))
	}
}
