package app

import (
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// stage is where stories are played in Chromium: a citizen's phone and the screens of two officials.
type stage struct {
	*site
	phone, desk, other *tab
}

// TestBrowserStories tells in Chromium what happens to dossiers that are filed already: every act that a story is
// about is done on its page, by whoever does it.
func TestBrowserStories(t *testing.T) {
	stories := []struct {
		name string
		tell func(s *stage)
	}{
		{"filed at the counter of a department", departmentInBrowser},
		{"through agencies of several levels", interlinkedInBrowser},
		{"not accepted", refusalInBrowser},
		{"withdrawn", withdrawalInBrowser},
		{"two clerks want the same dossier", claimInBrowser},
		{"the unit is merged while a dossier is under way", mergerInBrowser},
	}
	s := browserSite(t)
	s.register("Nguyễn Thị Thử", citizen, "064190000001")
	hand, desk, other := s.browse(phone), s.browse(screen), s.browse(screen)
	for i, story := range stories {
		t.Run(story.name, func(t *testing.T) {
			s := s.in(t)
			s.clock.Set(storyTime.AddDate(0, 0, 14*i))
			story.tell(&stage{s, hand.in(s), desk.in(s), other.in(s)})
			s.settle()
			s.whole()
		})
	}
}

// opens finds a dossier in the list of the desk and opens it beside the list.
func (b *tab) opens(code string) *tab {
	b.t.Helper()
	b.open("/desk/box/todo").click("[data-list] [data-row] a", code)
	b.until("document.querySelector('#split aside .lt-code')?.textContent === " + strconv.Quote(code))
	return b
}

// turn lets the official whose turn it is sit down at the desk and open the dossier. It returns the step and who it is.
func (b *tab) turn(d string) (dossier.Step, string) {
	b.t.Helper()
	st, who := b.site.open(d)
	b.as(who).opens(b.inside(d).Code)
	return st, who
}

// unfold opens the form of an act and types into its first field.
func (b *tab) unfold(button, text string) *tab {
	b.t.Helper()
	b.click("main .lt-confirm > summary", button)
	b.until("document.querySelector('.lt-confirm[open] form')?.contains(document.activeElement)")
	if text != "" {
		b.keys(text)
	}
	return b
}

// confirm presses the button that does what the open form asks for.
func (b *tab) confirm() *tab {
	b.t.Helper()
	b.leaves(func() { b.click("main .lt-confirm[open] .lt-actions button:not([type=button])", "") })
	return b
}

// does unfolds an act, types what there is to say, confirms and waits for the message.
func (b *tab) does(button, text string) *tab {
	b.t.Helper()
	b.unfold(button, text).confirm()
	b.until("document.querySelector('.lt-flash[role=status]')")
	return b
}

// holds ends the test when a part of the page lacks one of the texts.
func (b *tab) holds(selector string, texts ...string) *tab {
	b.t.Helper()
	for _, text := range texts {
		if got := b.eval("[...document.querySelectorAll(" + strconv.Quote(selector) + ")].map((el) => el.textContent.replace(/\\s+/g, ' ')).join(' · ')"); !strings.Contains(got, text) {
			b.t.Fatalf("%s does not say %q: %s; %s", selector, text, got, b.where())
		}
	}
	return b
}

// lacks ends the test when something stands on the page.
func (b *tab) lacks(selector, text string) *tab {
	b.t.Helper()
	if got := b.eval("[...document.querySelectorAll(" + strconv.Quote(selector) + ")].map((el) => el.textContent.replace(/\\s+/g, ' ')).join(' · ')"); strings.Contains(got, text) {
		b.t.Fatalf("%s says %q: %s; %s", selector, text, got, b.where())
	}
	return b
}

// asks does something after which the page asks the server for a part of itself, and waits until the answer has its place.
func (b *tab) asks(do func()) {
	b.t.Helper()
	b.eval("(() => { window.answered = false; document.addEventListener('htmx:afterRequest', () => { window.answered = true; }, { once: true }); })()")
	do()
	b.until("window.answered && !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")
}

// lookUp is the citizen looking a dossier up by what stands on the receipt.
func (b *tab) lookUp(d dossier.DossierBody) *tab {
	b.t.Helper()
	return b.open("/tra-cuu").fill(map[string]string{"code": d.Code, "secret": d.Secret}).follow("Tra cứu").sees(d.Code)
}

// toEnd lets all who are left do their steps at the desk, one after the other. at sees the open dossier before each.
func (s *stage) toEnd(d string, at func(st dossier.Step)) {
	s.t.Helper()
	for range 30 {
		if s.inside(d).Status == dossier.StatusReturned {
			return
		}
		st, who := s.desk.turn(d)
		at(st)
		s.desk.does(buttonOf[procedure.StepKind(st.Kind)], "")
		s.t.Logf("%s: “%s”", who, s.desk.eval("document.querySelector('.lt-flash').innerText"))
		s.settle()
	}
	s.t.Fatal("the dossier goes round in a circle")
}

// departmentInBrowser is the counter of a department with the mouse: the person, the papers, the fee, the receipt; and
// the phone of the person, who looks up what stands on the receipt.
func departmentInBrowser(s *stage) {
	p := s.ofDepartment()
	at := s.receiver(p, 0)
	b := s.desk.as(s.official(procedure.StepReceive, s.placeOf(at, p.Spec.Process.First()).Path))
	b.open("/desk").follow("Tiếp nhận hồ sơ")
	b.asks(func() { b.fill(map[string]string{"owner.personal_id": "064190000003"}).keys(kb.Tab) }) // was here before?
	b.fill(map[string]string{"owner.full_name": "Lê Văn Ví Dụ", "owner.phone": "0912000003", "owner.address": "Tổ dân phố 3"})
	if kinds := p.Spec.Applicants; len(kinds) > 0 && !slices.Contains(kinds, dossier.ApplicantCitizen) {
		b.click("#person summary", "Doanh nghiệp").fill(map[string]string{"owner.organisation": "Công ty Thử Nghiệm", "owner.tax_code": "5900000001"})
	}
	b.fill(map[string]string{"procedure": p.Code})
	b.asks(func() { b.click("[role=option]", p.Name) })
	if len(p.Spec.Cases) > 0 {
		b.asks(func() { b.fill(map[string]string{"case": caseOf(p)}).keys(kb.Tab) })
	}
	b.until("document.querySelector('[data-papers] [name=all]')")

	// nothing is accepted without its papers, and what was typed stays
	b.follow("Tiếp nhận và in")
	if got := b.eval(`document.querySelector('[name="owner.full_name"]').value`); got != "Lê Văn Ví Dụ" || b.eval("document.querySelectorAll('[data-papers] .lt-field-error').length > 0") != "true" {
		s.t.Errorf("without papers: the name is %q at %s", got, b.where())
	}
	b.tick("[name=all]")
	for _, name := range strings.Fields(b.eval(`[...document.querySelectorAll('input[name^="fees."]')].map((el) => el.name).join(' ')`)) {
		b.tick("[name=" + strconv.Quote(name) + "]")
	}
	b.follow("Tiếp nhận và in").sees("Mã hồ sơ", "Hẹn trả kết quả trước", "Lê Văn Ví Dụ")
	b.eval("fetch(document.querySelector('a[target=print]').href).then((r) => r.text()).then((text) => { window.printed = text.slice(0, 4); })")
	b.until("window.printed === '%PDF'")
	number := b.eval("document.querySelector('.lt-keep .lt-code').innerText")
	in, err := s.House.Dossier.ReadByNumber(s.system(), number)
	if err != nil || in.ReceiverID != at.ID || in.Channel != dossier.ChannelCounter || in.DueAt == nil {
		s.t.Fatalf("received as %+v, %v", in, err)
	}
	d := dossier.DossierBody{Code: number, Secret: b.eval("document.querySelectorAll('.lt-keep .lt-code')[1].innerText")}
	s.phone.lookUp(d).sees("Hẹn trả kết quả trước " + web.DateTime(in.DueAt))
	s.finish(string(in.ID))
	s.phone.lookUp(d).sees("Đã trả kết quả")
}

// interlinkedInBrowser goes from a commune through the agencies above it and back: at each desk the dossier has the
// number and the term of that agency, on the phone it is one line.
func interlinkedInBrowser(s *stage) {
	p := s.interlinked()
	at := s.receiver(p, 0)
	channel, who := dossier.ChannelCounter, s.official(procedure.StepReceive, s.placeOf(at, p.Spec.Process.First()).Path)
	if p.Spec.Online >= 3 {
		channel, who = dossier.ChannelOnline, citizen
	}
	var d dossier.DossierBody
	s.file(who, id.New(), s.filing(p, at, channel, owner("Rơ Châm Thử"))).want(201).into(&d)
	seen := map[org.UnitID]bool{}
	s.toEnd(d.ID, func(st dossier.Step) {
		parts := s.inside(d.ID).Parts
		part := parts[slices.IndexFunc(parts, func(x dossier.Part) bool { return x.ID == st.PartID })]
		head := "aside .lt-item-head"
		s.desk.holds(head, d.Code, st.UnitName, st.Name)
		if st.DueAt != nil {
			s.desk.holds(head+" .lt-item-where .lt-due", web.DateTime(st.DueAt))
			s.desk.holds("[data-row][aria-selected=true] .lt-due", web.DateTime(st.DueAt))
		}
		if part.Number != d.Code {
			s.desk.holds(head, "Số của cơ quan: "+part.Number)
			s.desk.holds("[data-row][aria-selected=true]", "Số của cơ quan: "+part.Number)
		}
		for _, x := range parts {
			if x.ID != part.ID {
				s.desk.lacks(head, "Số của cơ quan: "+x.Number) // it is another agency's
			}
			if len(parts) > 1 {
				s.desk.holds(".lt-parts li", x.UnitName, x.Number)
			}
		}
		if seen[st.AgencyID] {
			return
		}
		seen[st.AgencyID] = true
		s.phone.lookUp(d)
		for _, x := range parts { // one line, from the first agency on
			s.phone.holds(".lt-line", x.UnitName)
		}
		s.phone.holds(".lt-line [aria-current=step]", part.UnitName)
	})
	in := s.inside(d.ID)
	if len(seen) != agenciesOf(p) || len(in.Parts) != len(seen) {
		s.t.Errorf("%d agencies worked on it, %d parts, want %d", len(seen), len(in.Parts), agenciesOf(p))
	}
	s.phone.lookUp(d).sees("Đã trả kết quả")
	if n := s.phone.eval("document.querySelectorAll('.lt-line').length"); n != "1" {
		s.t.Errorf("the citizen sees %s lines", n)
	}
	for _, x := range in.Parts[1:] {
		s.phone.holds(".lt-line", x.UnitName).holds(".lt-facts", x.UnitName, x.Number)
	}
	last := in.Parts[len(in.Parts)-1] // the number of any agency leads to it
	s.phone.open("/tra-cuu").fill(map[string]string{"code": last.Number}).follow("Tra cứu").sees(d.Code, last.UnitName)
}

func refusalInBrowser(s *stage) {
	d := s.fileBirth(0)
	s.phone.as(citizen).open("/ho-so-cua-toi").follow(d.Code).sees("Đã nhận hồ sơ")
	s.desk.turn(d.ID)
	s.desk.unfold("Không tiếp nhận", "")
	s.desk.click("main .lt-confirm[open] .lt-actions button", "Không tiếp nhận")
	s.desk.until("document.activeElement === document.querySelector('.lt-confirm[open] textarea:invalid')") // not without a reason
	s.desk.keys("Cha mẹ cư trú ở tỉnh khác")
	s.desk.confirm().sees("Đã từ chối tiếp nhận hồ sơ " + d.Code)
	s.phone.reload().sees("Không được tiếp nhận", "Cha mẹ cư trú ở tỉnh khác").lacks("summary", "Rút hồ sơ")
	s.desk.open("/desk").lacks("[data-row]", d.Code)
}

func withdrawalInBrowser(s *stage) {
	d := s.fileBirth(0)
	s.step(d.ID)
	s.desk.turn(d.ID)
	s.desk.follow("Nhận xử lý").sees("Ông/bà đã nhận xử lý hồ sơ " + d.Code)
	s.desk.opens(d.Code).unfold("Chuyển bước", "Đủ điều kiện")

	s.phone.as(citizen).open("/ho-so-cua-toi").follow(d.Code)
	s.phone.unfold("Rút hồ sơ", "").click("main .lt-confirm[open] button", "Thôi") // thinks again
	s.phone.until("!document.querySelector('.lt-confirm[open]')")
	s.phone.unfold("Rút hồ sơ", "Gia đình chuyển nơi cư trú").confirm().sees("Người nộp đã rút hồ sơ", "Gia đình chuyển nơi cư trú").lacks("summary", "Rút hồ sơ")

	// the official who had it open reads what happened
	s.desk.confirm().holds("[role=alert]", "rút").holds(".lt-line", "Gia đình chuyển nơi cư trú").lacks("main button, main summary", "Chuyển bước")
	s.desk.open("/desk").lacks("[data-row]", d.Code)
}

// claimInBrowser has two clerks with the same dossier on their screens.
func claimInBrowser(s *stage) {
	d := s.fileBirth(0)
	st, first := s.site.open(d.ID)
	second := s.hire("them."+s.unit(st.AgencyID).Slug, s.roleFor(dossier.PermAccept), s.unit(st.AgencyID))
	both := map[*tab]string{s.desk: first, s.other: second}
	for b, who := range both {
		b.as(who).opens(d.Code).mark("main button", "Nhận xử lý")
		b.eval("window.stillHere = true")
	}
	var wg sync.WaitGroup
	for b := range both { // at the same time
		wg.Go(func() {
			if err := b.try(chromedp.Click("[data-marked]")); err != nil {
				s.t.Error(err)
			}
		})
	}
	wg.Wait()
	for b := range both {
		b.until("!window.stillHere && " + settled)
	}
	winner, loser := s.desk, s.other
	if s.other.eval("!!document.querySelector('.lt-flash[role=status]')") == "true" {
		winner, loser = s.other, s.desk
	}
	has := s.inside(d.ID).Steps[0].AssigneeName
	winner.holds(".lt-flash", "Ông/bà đã nhận xử lý hồ sơ "+d.Code).holds("header .lt-menu-name", has)
	loser.judge()
	loser.holds("[role=alert]", "đã được "+has+" nhận lúc").holds(".lt-item-where", has).lacks("main button", "Nhận xử lý")
	loser.open("/desk").holds("[data-row]", has) // and sees it in the list, with who has it

	// given back and taken again while the colleague writes: what was written is still there
	winner.opens(d.Code).follow("Thôi nhận")
	loser.opens(d.Code).unfold("Tiếp nhận", "Đã đối chiếu bản chính")
	winner.opens(d.Code).follow("Nhận xử lý")
	loser.confirm().holds("[role=alert]", "đã được "+has+" nhận lúc").holds("main", "Đã đối chiếu bản chính")
	winner.opens(d.Code).follow("Thôi nhận")
	loser.opens(d.Code).does("Tiếp nhận", "Đã đối chiếu bản chính").sees("Đã tiếp nhận hồ sơ " + d.Code)
	s.phone.lookUp(d).sees("Đã đối chiếu bản chính")
}

// mergerInBrowser merges the unit of an official who has a dossier open.
func mergerInBrowser(s *stage) {
	p := s.birth()
	n := len(s.receivers(p)) - 1 // the others are used by other stories
	ending, heir := s.receiver(p, n), s.receiver(p, n-1)
	tomorrow := clock.DateOf(s.clock.Now()).AddDays(1)
	d := s.fileBirth(n)
	s.step(d.ID)
	if _, err := s.House.Org.Merge(s.system(), org.Merge{From: []org.UnitID{ending.ID}, Into: heir.ID, On: tomorrow, SourceAct: "01/NQ-THỬ"}); err != nil {
		s.t.Fatal(err)
	}
	s.settle()
	s.clock.Set(tomorrow.AddDays(-1).At(23, 55)) // late on the last day of the unit
	_, who := s.desk.turn(d.ID)
	s.desk.follow("Nhận xử lý")
	s.desk.opens(d.Code).unfold("Chuyển bước", "Đủ điều kiện")
	colleague := s.other.as(s.heirs(d.ID, heir)).open("/desk").lacks("[data-row]", d.Code)

	// the page is old now, but its official works for the heir: what he wrote arrives
	s.clock.Set(tomorrow.At(0, 20))
	s.settle()
	colleague.opens(d.Code).holds(".lt-line", "chuyển đến "+heir.Name, "01/NQ-THỬ").holds("[data-row]", "chưa ai nhận")
	s.desk.confirm().sees("Đã chuyển hồ sơ " + d.Code)
	if st := s.inside(d.ID).Steps[1]; st.DoneBy == "" || st.AgencyID != heir.ID || st.Note != "Đủ điều kiện" {
		s.t.Errorf("%s wrote on the old page, the step is %+v", who, st)
	}
	// and the colleague who had it open in the list reads that it is done
	colleague.unfold("Chuyển bước", "Chưa đủ").confirm().holds("[role=alert]", "đã được").holds("main", "Chưa đủ")

	s.clock.Set(tomorrow.At(8, 0))
	s.toEnd(d.ID, func(st dossier.Step) {
		if st.AgencyID != heir.ID {
			s.t.Errorf("“%s” is at %s", st.Name, st.UnitName)
		}
	})
	s.phone.as(citizen).open("/ho-so-cua-toi").follow(d.Code).sees("Đã trả kết quả")
	s.phone.holds(".lt-line", "chuyển đến "+heir.Name, "01/NQ-THỬ")
}

// heirs returns an official of the heir who can do the open step of a dossier that moves there.
func (s *site) heirs(d string, heir org.Unit) string {
	s.t.Helper()
	st, _ := s.open(d)
	step, ok := s.birth().Spec.Process.Step(st.Key)
	if !ok {
		s.t.Fatalf("the process has no step %q", st.Key)
	}
	return s.official(procedure.StepKind(st.Kind), s.placeOf(heir, step).Path)
}
