package app

import (
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/id"
	"lienthong/internal/procedure"
)

// TestScreenshots photographs the main pages at both widths into the folder LIENTHONG_SCREENSHOTS: make screenshots.
func TestScreenshots(t *testing.T) {
	folder := os.Getenv("LIENTHONG_SCREENSHOTS")
	if folder == "" {
		t.Skip("LIENTHONG_SCREENSHOTS names no folder; run make screenshots")
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	s := browserSite(t)
	p := s.birth()
	at := s.receiver(p, 0)
	clerk := s.official(procedure.StepReceive, s.placeOf(at, p.Spec.Process.First()).Path)
	s.register("Nguyễn Thị Thử", citizen, "064190000001")
	shown := s.pictures(p)

	for _, width := range []int64{phone, screen} {
		people := map[string]*tab{"": s.browse(width), citizen: s.browse(width), clerk: s.browse(width)}
		people[citizen].signIn(citizen)
		people[clerk].signIn(clerk)
		for _, x := range []struct{ name, who, path string }{
			{"home", "", "/"},
			{"find", "", "/thu-tuc?q=" + url.QueryEscape("khai sinh")},
			{"procedure", "", "/thu-tuc/" + p.Code},
			{"receiver", "", "/nop-ho-so/" + p.Code + "?noi=" + url.QueryEscape(at.Name)},
			{"apply", citizen, "/nop/" + shown.draft + "/to-khai"},
			{"papers", citizen, "/nop/" + shown.draft + "/giay-to"},
			{"review", citizen, "/nop/" + shown.draft + "/xem-lai"},
			{"tracking", citizen, "/ho-so-cua-toi/" + shown.moving},
			{"mine", citizen, "/ho-so-cua-toi"},
			{"lookup", "", "/tra-cuu"},
			{"figures", "", "/so-lieu"},
			{"sign-in", "", "/dang-nhap"},
			{"desk", clerk, "/desk"},
			{"desk-item", clerk, "/desk?open=" + shown.waiting},
			{"desk-dossier", clerk, "/desk/d/" + shown.moving},
			{"counter", clerk, "/desk/counter?owner.personal_id=064190000001&procedure=" + p.Code},
			{"search", clerk, "/desk/search"},
		} {
			people[x.who].photograph(filepath.Join(folder, fmt.Sprintf("%s-%d.png", x.name, width)), x.path)
		}
	}
}

// photograph takes the picture of a page from top to bottom.
func (b *tab) photograph(file, path string) {
	b.t.Helper()
	b.run(chromedp.Navigate(b.srv.URL+path), chromedp.WaitReady("main"))
	b.until("document.readyState === 'complete'")
	b.eval("document.fonts.ready.then(() => { window.fontsReady = true; })")
	b.until("window.fontsReady")
	raw, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(file, raw, 0o644); err != nil { //nolint:gosec // pictures for everybody
		b.t.Fatal(err)
	}
}

// pictured is what the pictures show.
type pictured struct{ draft, waiting, moving string }

// pictures files dossiers in several states at one agency, so that the pages have something to show.
func (s *site) pictures(p *procedure.Version) pictured {
	s.t.Helper()
	at := s.receiver(p, 0)
	var x pictured
	for i, name := range []string{"Rơ Châm Thử", "Nguyễn Văn Mẫu", "Siu Ví Dụ", "Trần Thị Minh Họa", "Nguyễn Thị Thử"} {
		var d dossier.DossierBody
		s.file(citizen, id.New(), s.filing(p, at, dossier.ChannelOnline, owner(name))).want(201).into(&d)
		switch i {
		case 0:
			x.waiting = d.ID
		case 1:
			st, who := s.open(d.ID)
			s.act(who, d.ID, "request-more", map[string]any{"step": st.ID, "items": []string{"Giấy chứng sinh bản rõ nét"}, "reason": "Bản chụp bị mờ"})
		case 2:
			s.finish(d.ID)
		default:
			s.step(d.ID)
			x.moving = d.ID
		}
	}
	var draft struct {
		Code string `json:"resume_code"`
	}
	f := s.filing(p, at, dossier.ChannelOnline, owner("Nguyễn Thị Thử"))
	f.Papers = nil
	s.post(citizen, "/dossier/drafts", map[string]any{"procedure": p.Code, "filing": f}).want(201).into(&draft)
	x.draft = draft.Code
	return x
}
