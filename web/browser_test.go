package web

import (
	"context"
	"fmt"
	"image"
	imagecolor "image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// site serves the sample pages and the answers the scripts ask for, and remembers what was posted.
type site struct {
	mu     sync.Mutex
	posted map[string]string
	fail   bool
}

func (s *site) got(path string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posted[path]
}

func (s *site) setFail(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = on
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case r.Method == http.MethodPost && s.fail:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Method == http.MethodPost:
		if err := r.ParseForm(); err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		s.posted[r.URL.Path] = r.PostForm.Encode()
		fmt.Fprint(w, "<p id=posted>ok</p>")
	case r.URL.Path == "/goi-y" || r.URL.Path == "/thu-tuc/goi-y":
		fmt.Fprintf(w, `<li role="option" data-value="Đăng ký khai sinh"><span>Đăng ký khai sinh</span></li><li role="option" data-value="%s"><span>khác</span></li>`, r.URL.Query().Get("q"))
	}
}

// browse starts Chromium on a server with the sample pages; without Chromium or the bundle the test is skipped.
func browse(t *testing.T) (context.Context, string, *site) {
	t.Helper()
	if testing.Short() || !Built() {
		t.Skip("needs the bundle, and is not for -short")
	}
	chromium, err := exec.LookPath("chromium")
	if err != nil {
		t.Skip("no chromium")
	}
	s := &site{posted: map[string]string{}}
	mux := http.NewServeMux()
	for i, sample := range samples {
		page := renderSample(t, i)
		mux.HandleFunc("GET /sample/"+sample.name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(w, page)
		})
	}
	mux.HandleFunc("GET "+Prefix+"{file}", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFileFS(w, r, Dist, "dist/"+r.PathValue("file"))
	})
	mux.HandleFunc("GET /axe.js", func(w http.ResponseWriter, r *http.Request) {
		http.ServeFile(w, r, "node_modules/axe-core/axe.min.js")
	})
	mux.Handle("/", s)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()),
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true))
	ctx, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, stop = chromedp.NewContext(ctx)
	t.Cleanup(stop)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil { // starts the browser, which a time limit would end
		t.Fatal(err)
	}
	return ctx, server.URL + "/sample/", s
}

// patience is how long a test waits for a page before it fails; on a busy machine a page takes its time.
const patience = time.Minute

func run(t *testing.T, ctx context.Context, actions ...chromedp.Action[chromedp.Void]) {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	if err := chromedp.Do(ctx, actions...); err != nil {
		t.Fatal(err)
	}
}

func eval[T any](t *testing.T, ctx context.Context, js string) T {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	v, err := chromedp.Run(ctx, chromedp.Evaluate[T](js))
	if err != nil {
		t.Fatalf("%s: %v", js, err)
	}
	return v
}

// press types as a person does: a script that stops the key also stops its letter. (chromedp sends the letter apart.)
func press(keys string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		for _, r := range keys {
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
	}
}

// write empties a field and types into it.
func write(field, keys string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, tab *chromedp.Target) (chromedp.Void, error) {
		if _, err := chromedp.Focus(field)(ctx, tab); err != nil {
			return chromedp.Void{}, err
		}
		if _, err := chromedp.Evaluate[chromedp.Void]("document.activeElement.select()")(ctx, tab); err != nil {
			return chromedp.Void{}, err
		}
		return press(keys)(ctx, tab)
	}
}

// until waits for a JavaScript condition.
func until(t *testing.T, ctx context.Context, js string) {
	t.Helper()
	if _, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+js+")", chromedp.WithPollingTimeout(patience))); err != nil {
		t.Fatalf("%s: %v", js, err)
	}
}

func visit(t *testing.T, ctx context.Context, url string) {
	t.Helper()
	run(t, ctx, chromedp.Navigate(url), chromedp.WaitReady("main"))
	until(t, ctx, "document.readyState === 'complete'")
}

// click waits until an element stands at the same place in two frames, with no font on its way, and clicks on it.
func click(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	until(t, ctx, fmt.Sprintf(`(() => {
		const r = document.querySelector(%q)?.getBoundingClientRect();
		if (!r?.width) return false;
		const at = [r.x, r.y, r.width, r.height, scrollX, scrollY].join(), stands = window.stood === at;
		window.stood = at;
		return stands && document.fonts.status === 'loaded';
	})()`, selector))
	run(t, ctx, chromedp.Click(selector))
}

func want[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestPublicScripts(t *testing.T) {
	ctx, url, s := browse(t)
	open := func(name string) { visit(t, ctx, url+name) }

	t.Run("the error summary has the focus and leads to the field", func(t *testing.T) {
		open("apply")
		until(t, ctx, "document.activeElement.className === 'lt-summary'")
		// by the link itself, not by a place on the page, which moves while the fonts arrive
		run(t, ctx, chromedp.Evaluate[chromedp.Void]("document.querySelector('.lt-summary a[href=\"#f-phone\"]').click()"))
		until(t, ctx, "document.activeElement.id === 'f-phone'")
	})

	t.Run("a change is saved, also after the network was away", func(t *testing.T) {
		open("apply")
		s.setFail(true)
		run(t, ctx, write("#f-name", "Siu Blĭk"+kb.Tab))
		until(t, ctx, "document.querySelector('[data-autosave-state]').textContent.startsWith('Chưa lưu')")
		s.setFail(false)
		run(t, ctx, chromedp.Evaluate[chromedp.Void]("dispatchEvent(new Event('online'))"))
		until(t, ctx, "document.querySelector('[data-autosave-state]').textContent.startsWith('Đã lưu lúc')")
		if got := s.got("/luu"); !strings.Contains(got, "Siu+Bl%C4%ADk") || strings.Contains(got, "scan") {
			t.Errorf("saved %q", got)
		}
	})

	t.Run("dates are written out", func(t *testing.T) {
		open("apply")
		run(t, ctx, write("#f-born", "1-2-2026"+kb.Tab))
		want(t, "date", eval[string](t, ctx, "document.getElementById('f-born').value"), "01/02/2026")
	})

	t.Run("suggestions by the keyboard", func(t *testing.T) {
		open("home")
		run(t, ctx, write("#f-q", "khai"))
		until(t, ctx, "document.querySelectorAll('#f-q-list [role=option]').length === 2 && !document.querySelector('#f-q-list').hidden")
		run(t, ctx, press(kb.ArrowDown))
		want(t, "active", eval[string](t, ctx, "document.getElementById('f-q').getAttribute('aria-activedescendant')"), "f-q-list-0")
		run(t, ctx, press(kb.Enter))
		want(t, "value", eval[string](t, ctx, "document.getElementById('f-q').value"), "Đăng ký khai sinh")
		want(t, "expanded", eval[string](t, ctx, "document.getElementById('f-q').getAttribute('aria-expanded')"), "false")
	})

	t.Run("a question can be closed", func(t *testing.T) {
		open("track")
		click(t, ctx, ".lt-confirm > summary")
		until(t, ctx, "document.activeElement.closest('.lt-confirm form') !== null")
		run(t, ctx, press(kb.Escape))
		want(t, "open", eval[bool](t, ctx, "document.querySelector('.lt-confirm').open"), false)
	})
}

func TestDeskScripts(t *testing.T) {
	ctx, url, s := browse(t)
	open := func(name string) { visit(t, ctx, url+name) }

	t.Run("the officials' keys", func(t *testing.T) {
		open("desk")
		row := "[...document.querySelectorAll('[data-row]')].findIndex((r) => r.getAttribute('aria-selected') === 'true')"
		run(t, ctx, press("j"), press("j"), press("k"))
		want(t, "row", eval[int](t, ctx, row), 1)
		run(t, ctx, press(kb.Enter))
		want(t, "opened", eval[string](t, ctx, "location.hash"), "#H21.65-261120-0011")
		run(t, ctx, press("g"), press("q"))
		want(t, "jump", eval[string](t, ctx, "location.hash"), "#1")
		run(t, ctx, press("?"))
		want(t, "keys", eval[bool](t, ctx, "document.getElementById('keys').open"), true)
		run(t, ctx, press(kb.Escape), press("/"))
		want(t, "search", eval[string](t, ctx, "document.activeElement.id"), "q")
		run(t, ctx, press("j"))
		want(t, "typing is typing", eval[string](t, ctx, "document.getElementById('q').value"), "j")
	})

	t.Run("the counter by the keyboard alone", func(t *testing.T) {
		open("counter")
		run(t, ctx, write("#f-personal_id", "064190001234|230000000|Nguyễn Thị Thu Hằng|14021990|Nữ|Pleiku, Gia Lai|01072021"+kb.Enter))
		want(t, "name", eval[string](t, ctx, "document.getElementById('f-name').value"), "Nguyễn Thị Thu Hằng")
		want(t, "birth", eval[string](t, ctx, "document.getElementById('f-birth').value"), "14/02/1990")
		want(t, "number", eval[string](t, ctx, "document.getElementById('f-personal_id').value"), "064190001234")
		want(t, "next is the first empty field", eval[string](t, ctx, "document.activeElement.id"), "f-phone")
		run(t, ctx, press("0905123456"+kb.Enter), press("ks"))
		until(t, ctx, "!document.querySelector('#f-procedure-list').hidden")
		run(t, ctx, press(kb.ArrowDown), press(kb.Enter))
		want(t, "procedure", eval[string](t, ctx, "document.getElementById('f-procedure').value"), "Đăng ký khai sinh")
		run(t, ctx, press(kb.Enter), press(kb.ArrowDown), press(kb.ArrowDown), press(" "))
		want(t, "ticked", eval[bool](t, ctx, "document.getElementById('a3').checked"), true)
		run(t, ctx, press(kb.Enter))
		run(t, ctx, chromedp.WaitReady("#posted"))
		if got := s.got("/counter"); !strings.Contains(got, "phone=0905123456") || !strings.Contains(got, "personal_id=064190001234") {
			t.Errorf("sent %q", got)
		}
	})
}

// photo writes a JPEG the size of a phone's.
func photo(t *testing.T) string {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 3000, 4000))
	for i := range img.Pix {
		img.Pix[i] = byte(i * 2654435761 >> 7)
	}
	img.Set(0, 0, imagecolor.White)
	path := filepath.Join(t.TempDir(), "IMG_0001.jpg")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestPhotoIsCroppedAndShrunk(t *testing.T) {
	ctx, url, _ := browse(t)
	run(t, ctx, chromedp.Navigate(url+"apply"), chromedp.WaitReady("#f-scan"), chromedp.SetUploadFiles("#f-scan", []string{photo(t)}))
	run(t, ctx, chromedp.WaitVisible(".lt-crop .lt-crop-handle"))
	run(t, ctx, chromedp.Focus(".lt-crop-handle"))
	for range 10 { // to a fifth of the width, a fifth of the height
		run(t, ctx, press(kb.ArrowRight), press(kb.ArrowDown))
	}
	click(t, ctx, ".lt-crop .btn-primary")
	until(t, ctx, "document.querySelector('.lt-photo-note') !== null")
	run(t, ctx, chromedp.Evaluate[chromedp.Void](`createImageBitmap(document.getElementById('f-scan').files[0]).then((b) => { window.bitmap = b.width + 'x' + b.height; })`))
	until(t, ctx, "window.bitmap")
	want(t, "size", eval[string](t, ctx, "window.bitmap"), "1200x1600")
	want(t, "name", eval[string](t, ctx, "document.getElementById('f-scan').files[0].name"), "IMG_0001.jpg")
}

// TestAccessible runs axe on every sample, narrow and wide.
func TestAccessible(t *testing.T) {
	if _, err := os.Stat("node_modules/axe-core"); err != nil {
		t.Skip("axe-core is not installed")
	}
	ctx, url, _ := browse(t)
	for _, width := range []int64{390, 1366} {
		for _, s := range samples {
			run(t, ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(url+s.name), chromedp.WaitReady("main"),
				chromedp.Evaluate[chromedp.Void](`{const s = document.createElement('script'); s.src = '/axe.js'; s.onload = () => axe.run(document).then((r) => { window.found = r.violations.map((v) => v.id + ': ' + v.nodes[0].html); }); document.head.append(s);}`))
			until(t, ctx, "window.found")
			for _, f := range eval[[]string](t, ctx, "window.found") {
				t.Errorf("%s at %d: %s", s.name, width, f)
			}
			if over := eval[int](t, ctx, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
				t.Errorf("%s at %d is %d px too wide", s.name, width, over)
			}
		}
	}
}
