package app

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/procedure"
)

// TestBrowserBirth is the story of a birth registration in Chromium: a citizen with a phone, the counter, the
// official and the leader at their desks, one supplement, the result, and the look-up by code and secret.
func TestBrowserBirth(t *testing.T) {
	s := browserSite(t)
	p := s.birth()
	b := s.browse(phone)
	code, secret := b.birthFromPhone(p)

	desk := s.browse(screen)
	desk.byKeys(code, "t", "") // the counter accepts it
	desk.byKeys(code, "b", "Giấy chứng sinh bản rõ nét")

	b.open("/tra-cuu").fill(map[string]string{"code": code, "secret": secret}).follow("Tra cứu")
	b.sees("Giấy chứng sinh bản rõ nét").follow("Bổ sung giấy tờ")
	b.run(chromedp.SetUploadFiles("main input[type=file]", []string{s.paper("rõ nét.pdf")}))
	b.follow("Gửi bổ sung").sees("Đã gửi giấy tờ bổ sung")

	desk.byKeys(code, "c", "")
	desk.byKeys(code, "c", "") // the leader signs
	desk.byKeys(code, "r", "")
	b.open("/ho-so-cua-toi").follow(code).sees("Đã trả kết quả")
	s.whole()
}

// paper writes a small PDF and returns its path.
func (s *site) paper(name string) string {
	s.t.Helper()
	path := filepath.Join(s.t.TempDir(), name)
	if err := os.WriteFile(path, []byte(paperPDF), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

// birthFromPhone goes from the front page to the receipt and returns what stands on it.
func (b *tab) birthFromPhone(p *procedure.Version) (code, secret string) {
	b.t.Helper()
	b.open("/dang-ky").fill(map[string]string{"full_name": "Nguyễn Thị Thử", "name": "0912000001", "personal_id": "064190000001", "password": demoPassword, "repeat": demoPassword, "consent": "1"}).follow("Tạo tài khoản")
	b.open("/").fill(map[string]string{"q": vntext.Fold("khai sinh")})
	b.until("document.querySelector('.lt-suggest [role=option]')") // suggested while typing
	b.leaves(func() { b.keys(kb.Escape + kb.Enter) })
	b.follow(p.Name).sees(p.Name, "Giấy tờ cần có").follow("Nộp trực tuyến")

	near := b.receiver(p, 0)
	b.fill(map[string]string{"noi": vntext.Fold(strings.TrimPrefix(near.Name, "Ủy ban nhân dân "))}).follow("Tìm")
	b.fill(map[string]string{"receiver": string(near.ID)}).follow("Tiếp tục")
	if got := b.eval(`document.querySelector('[name="owner.full_name"]').value`); got != "Nguyễn Thị Thử" {
		b.t.Errorf("the name of the account is not filled in: %q", got)
	}
	b.fill(map[string]string{"owner.phone": "0912000001", "owner.address": "Tổ dân phố 2"}).follow("Tiếp tục")
	b.fill(typed(b.answers(p))).follow("Tiếp tục")
	for i, paper := range b.uploads(p) {
		b.run(chromedp.SetUploadFiles("main section:nth-of-type("+strconv.Itoa(i+1)+") form[data-upload] input[type=file]", []string{b.paper("giay-to-" + paper.Key + ".pdf")}))
	}
	// whoever goes on at once loses no file: the page waits until it has arrived
	b.follow("Tiếp tục").fill(map[string]string{"return_by": string(dossier.ChannelCounter)}).follow("Tiếp tục")
	for _, paper := range b.uploads(p) {
		b.sees("giay-to-" + paper.Key + ".pdf")
	}
	b.sees("Xem lại và nộp", "Nguyễn Thị Thử", near.Name).fill(map[string]string{"agree": "1"}).follow("Nộp hồ sơ")
	b.sees("Đã nhận hồ sơ")
	return b.eval("document.querySelector('.lt-keep').innerText"), b.eval("document.querySelector('aside .lt-code').innerText")
}

// byKeys lets the official whose turn it is do something with the keys of the desk: opens the dossier from the list,
// presses the key of the act, writes what it asks for first, and confirms.
func (b *tab) byKeys(code, key, text string) {
	b.t.Helper()
	in, err := b.House.Dossier.ReadByNumber(b.system(), code)
	if err != nil {
		b.t.Fatal(err)
	}
	_, who := b.site.open(string(in.ID))
	b.as(who).open("/desk/box/todo").sees(code)
	b.keyed = 0
	b.keys("j" + kb.Enter)
	b.until("document.querySelector('#split aside .lt-code')?.textContent === " + strconv.Quote(code))
	b.keys(key)
	b.until("document.querySelector('.lt-confirm[open] form')?.contains(document.activeElement)")
	if text != "" {
		b.keys(text)
	}
	for range 12 { // on to the button that does it
		if b.eval("document.activeElement.matches('.lt-confirm[open] .lt-actions button')") == "true" {
			break
		}
		if text != "" && b.eval("document.activeElement.required && !document.activeElement.value") == "true" {
			b.keys("Theo quy định")
		}
		b.keys(kb.Tab)
	}
	b.leaves(func() { b.keys(kb.Enter) })
	b.until("document.querySelector('.lt-flash')")
	b.t.Logf("%s pressed %d keys for “%s”", who, b.keyed, b.eval("document.querySelector('.lt-flash').innerText"))
}

// counterKeys is how many keys a clerk may press for one dossier at the counter, the phone number included.
const counterKeys = 32

// TestBrowserCounter holds that a clerk receives a dossier at the counter with the keyboard alone and few keys: the
// scanner reads the card, two letters find the procedure, the space bar ticks the papers, Enter accepts.
func TestBrowserCounter(t *testing.T) {
	s := browserSite(t)
	p := s.birth()
	at := s.receiver(p, 0)
	b := s.browse(screen)
	b.signIn(s.official(procedure.StepReceive, s.placeOf(at, p.Spec.Process.First()).Path)).open("/desk/counter")
	b.until(`document.activeElement.name === 'owner.personal_id'`)
	b.keys("064190000005|230000005|Siu Hà Thử|02051990|Nữ|Làng Mẫu, xã Biển Hồ, Pleiku, Gia Lai|01072021" + kb.Enter)
	b.until(`document.activeElement.name === 'owner.phone'`)
	b.keyed = 0 // the scanner typed until here
	b.keys("0912000005" + kb.Enter)
	b.until(`document.activeElement.name === 'procedure'`)
	b.keys("ks")
	b.until("document.querySelector('.lt-suggest [role=option]')")
	i, err := strconv.Atoi(b.eval("[...document.querySelectorAll('.lt-suggest [role=option]')].findIndex((o) => o.innerText.includes(" + strconv.Quote(p.Code) + ") || o.querySelector('span').innerText.startsWith(" + strconv.Quote(p.Name) + "))"))
	if err != nil || i < 0 {
		t.Fatalf("“ks” does not suggest %s: %s", p.Name, b.eval("document.querySelector('.lt-suggest').innerText"))
	}
	b.keys(strings.Repeat(kb.ArrowDown, i) + kb.Enter)
	b.until(`document.activeElement.name === 'all'`)
	b.keys(" ")
	b.until("document.querySelectorAll('[data-required]').length > 0 && [...document.querySelectorAll('[data-required]')].every((x) => x.checked)")
	b.leaves(func() {
		for range 8 {
			focus := b.eval("document.activeElement.name + document.activeElement.value")
			b.keys(kb.Enter)
			b.until("!window.stillHere || document.activeElement.name + document.activeElement.value !== " + strconv.Quote(focus))
			if b.eval("!window.stillHere") == "true" {
				return
			}
			if name := b.eval("document.activeElement.name"); name == "return_by" {
				b.keys(kb.Enter)
				return
			}
		}
	})
	b.until("document.querySelector('.lt-done')")
	b.sees("Mã hồ sơ", "Hẹn trả kết quả trước")
	if b.keyed > counterKeys {
		t.Errorf("%d keys, want no more than %d", b.keyed, counterKeys)
	}
	t.Logf("%d keys", b.keyed)
	in, err := s.House.Dossier.ReadByNumber(s.system(), b.eval("document.querySelector('.lt-keep .lt-code').innerText"))
	if err != nil || in.Owner.FullName != "Siu Hà Thử" || in.Status != dossier.StatusAccepted || slices.ContainsFunc(in.Papers, func(x dossier.Paper) bool { return x.Required && !x.Provided }) {
		t.Errorf("received as %+v, %v", in, err)
	}
}
