package proof

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/identity/identitytest"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/webtest"
)

// TestStoryOfACode goes from adding an app over signing in with it, losing the phone, and a recovery code, to removing it.
func TestStoryOfACode(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.citizen("0905123456")
		b := h.browser()
		if to := b.signIn("0905123456").Header.Get("Location"); to != "/ho-so-cua-toi" {
			t.Errorf("without a factor the sign-in leads to %s", to)
		}
		if text := b.page("/tai-khoan/xac-thuc").Text(); !strings.Contains(text, "Chưa bật xác thực hai bước") {
			t.Error(text)
		}
		seed, codes := b.seed()
		if len(codes) != 10 {
			t.Fatalf("recovery codes %v", codes)
		}
		if text := b.page("/tai-khoan/xac-thuc").Text(); !strings.Contains(text, "Điện thoại") || !strings.Contains(text, "Còn 10 mã chưa dùng") {
			t.Error(text)
		}
		var kept []string
		if err := h.db.Select(t.Context(), &kept, `SELECT sealed FROM proof_factor UNION ALL SELECT code_hash FROM proof_recovery`); err != nil || len(kept) != 11 {
			t.Fatal(kept, err)
		}
		for _, k := range kept {
			if strings.Contains(k, seed) || strings.Contains(k, codes[0]) {
				t.Error("the database holds a secret as it is")
			}
		}

		b = h.browser()
		if to := b.do(webtest.Scenario{URL: "/dang-nhap", Form: form("name", "0905123456", "password", identitytest.Password, "next", "/nop/1")}).Header.Get("Location"); to != "/dang-nhap/xac-minh?next=%2Fnop%2F1" {
			t.Fatalf("with a factor the sign-in leads to %s", to)
		}
		half := b.cookie
		page := b.page("/dang-nhap/xac-minh?next=%2Fnop%2F1")
		b.post(http.StatusUnprocessableEntity, "/dang-nhap/xac-minh", "code", "000000", "next", "/nop/1")
		done := b.want(http.StatusSeeOther, webtest.Scenario{URL: "/dang-nhap/xac-minh", Form: page.Submit(t, "form[action='/dang-nhap/xac-minh']", form("code", h.code(seed)))})
		if to := done.Header.Get("Location"); to != "/nop/1" || b.cookie == half {
			t.Errorf("after the code: %s, the same token %v", to, b.cookie == half)
		}
		b.page("/tai-khoan")
		old := &browser{h: h, cookie: half}
		old.want(http.StatusSeeOther, webtest.Scenario{URL: "/dang-nhap/xac-minh"})

		b = h.browser() // the phone is lost
		b.signIn("0905123456")
		b.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", strings.ToUpper(codes[3]))
		if text := b.page("/tai-khoan/xac-thuc").Text(); !strings.Contains(text, "còn 9 mã") || !strings.Contains(text, "Còn 9 mã chưa dùng") {
			t.Errorf("nothing is said about the code that was used: %s", text)
		}
		remove := b.page("/tai-khoan/xac-thuc").Submit(t, "form[action='/tai-khoan/xac-thuc/go']", nil)
		b.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan/xac-thuc/go", Form: remove})
		b = h.browser()
		if to := b.signIn("0905123456").Header.Get("Location"); to != "/ho-so-cua-toi" {
			t.Errorf("after removing the app: %s", to)
		}
		want := "identity.enter_password identity.enter_password identity.fail_proof identity.prove identity.sign_in identity.sign_in identity.sign_in identity.sign_in proof.add_factor proof.remove_factor proof.use_recovery_code"
		if got := h.actions(); got != want {
			t.Errorf("written down:\n%s, want\n%s", got, want)
		}
	})
}

// TestHalfSession holds that a right password alone opens nothing.
func TestHalfSession(t *testing.T) {
	h := sqlite(t)
	h.citizen("0905123456")
	b := h.browser()
	b.signIn("0905123456")
	seed, _ := b.seed()
	b = h.browser()
	b.signIn("0905123456")
	half := map[string]string{"Cookie": b.cookie}
	bearer := map[string]string{"Authorization": "Bearer " + strings.TrimPrefix(b.cookie, "session=")}
	webtest.Run(t, h.site.Mux, []webtest.Scenario{
		{Name: "account", URL: "/tai-khoan", Header: half, WantStatus: 303, WantLocation: "*"},
		{Name: "factors", URL: "/tai-khoan/xac-thuc", Header: half, WantStatus: 303, WantLocation: "*"},
		{Name: "adding a factor", URL: "/tai-khoan/xac-thuc/them", Header: half, WantStatus: 303, WantLocation: "*"},
		{Name: "the way for those who must", URL: "/dang-nhap/them-xac-thuc", Header: half, WantStatus: 303, WantLocation: "/dang-nhap"},
		{Name: "confirming", URL: "/tai-khoan/xac-nhan", Form: form("proof.code", "123456"), Header: half, WantStatus: 401},
		{Name: "history", URL: "/tai-khoan/lich-su", Header: half, WantStatus: 303, WantLocation: "*"},
		{Name: "an act", URL: "/desk/sometimes", Form: form("act", "x"), Header: half, WantStatus: 401},
		{Name: "the sign-in page leads on", URL: "/dang-nhap?next=%2Fx", Header: half, WantStatus: 303, WantLocation: "/dang-nhap/xac-minh?next=%2Fx"},
		{Name: "API", URL: "/api/v1/identity/me", Header: bearer, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "API: seed", Method: "PUT", URL: "/api/v1/proof/apps/seed", Header: bearer, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "API: passkey", Method: "PUT", URL: "/api/v1/proof/passkeys/challenge", Header: bearer, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "API: proof", Method: "PUT", URL: "/api/v1/proof/session/proof", JSON: map[string]any{"code": h.code(seed)}, Header: bearer, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "API: recovery codes", Method: "PUT", URL: "/api/v1/proof/recovery-codes", Header: bearer, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "nobody verifies", Method: "PUT", URL: "/api/v1/proof/session/code", JSON: map[string]any{"code": h.code(seed)}, WantStatus: 401, WantKind: "unauthenticated"},
		{Name: "nobody's page", URL: "/dang-nhap/xac-minh", WantStatus: 303, WantLocation: "/dang-nhap"},
	})
	if h.acts != nil {
		t.Errorf("acts %v", h.acts)
	}
	h.clock.Advance(11 * time.Minute)
	b.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", h.code(seed))
	b.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"})
}

// TestCodeCounts holds the threats to codes: used twice, of another account, in two tabs, guessed.
func TestCodeCounts(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.citizen("0905123456")
		h.citizen("0905123457")
		one, two := h.browser(), h.browser()
		one.signIn("0905123456")
		two.signIn("0905123457")
		mine, myCodes := one.seed()
		theirs, theirCodes := two.seed()
		tabA, tabB := h.browser(), h.browser()
		tabA.signIn("0905123456")
		tabB.signIn("0905123456")
		wrong := func(b *browser, code string) {
			t.Helper()
			if text := b.post(http.StatusUnprocessableEntity, "/dang-nhap/xac-minh", "code", code).Text(); !strings.Contains(text, "Mã chưa đúng hoặc đã dùng") {
				t.Errorf("%s: %s", code, text)
			}
		}
		code := h.code(mine)
		tabA.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", code)
		wrong(tabB, code)           // seen over the shoulder
		wrong(tabB, h.code(theirs)) // of another account
		wrong(tabB, theirCodes[0])
		tabB.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", myCodes[0])
		tabC := h.browser()
		tabC.signIn("0905123456")
		wrong(tabC, myCodes[0]) // used
		if text := tabC.post(http.StatusUnprocessableEntity, "/dang-nhap/xac-minh", "code", " ").Text(); !strings.Contains(text, "Nhập thông tin xác nhận") {
			t.Error(text)
		}
		for range 3 {
			wrong(tabC, "123456")
		}
		if text := tabC.post(http.StatusUnprocessableEntity, "/dang-nhap/xac-minh", "code", "123456").Text(); !strings.Contains(text, "chưa xác nhận được cho đến 09:1") {
			t.Errorf("after five wrong ones: %s", text)
		}
		h.clock.Advance(factor.Period)
		tabC.post(http.StatusUnprocessableEntity, "/dang-nhap/xac-minh", "code", h.code(mine)) // even the right one
		h.clock.Advance(15 * time.Minute)
		tabD := h.browser()
		tabD.signIn("0905123456")
		tabD.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", h.code(mine))
		var outcomes []string
		if err := h.db.Select(t.Context(), &outcomes, `SELECT means || ' ' || outcome FROM identity_sign_in WHERE outcome IN ('wrong', 'locked') ORDER BY id`); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(outcomes, ", "); got != "totp wrong, totp wrong, recovery wrong, recovery wrong, totp wrong, totp wrong, totp wrong, totp locked" {
			t.Errorf("history: %s", got)
		}
	})
}

// TestRemovedMeanwhile holds that half a sign-in does not become whole when the factor it waits for goes away, nor
// when the password is set or the account blocked.
func TestRemovedMeanwhile(t *testing.T) {
	h := sqlite(t)
	acc := h.citizen("0905123456")
	owner := h.browser()
	owner.signIn("0905123456")
	_, codes := owner.seed()
	thief := h.browser()
	thief.signIn("0905123456")
	owner.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan/xac-thuc/go", Form: owner.page("/tai-khoan/xac-thuc").Submit(t, "form[action='/tai-khoan/xac-thuc/go']", nil)})
	if to := thief.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", codes[0]).Header.Get("Location"); to != "/dang-nhap" {
		t.Errorf("leads to %s", to)
	}
	thief.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"})
	seed, codes := owner.seed()
	thief.signIn("0905123456")
	if err := h.ids.SetBlocked(h.world.Ctx, acc.ID, true); err != nil {
		t.Fatal(err)
	}
	thief.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", codes[0])
	thief.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"})
	if err := h.ids.SetBlocked(h.world.Ctx, acc.ID, false); err != nil {
		t.Fatal(err)
	}
	thief.signIn("0905123456")
	if err := h.ids.ResetPassword(h.world.Ctx, acc.ID, "ba con mèo tam thể ngủ"); err != nil {
		t.Fatal(err)
	}
	thief.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", h.code(seed))
	thief.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"})
}

// TestEnrolForm holds what can be wrong with adding an app.
func TestEnrolForm(t *testing.T) {
	h := sqlite(t)
	h.citizen("0905123456")
	h.citizen("0905123457")
	b, other := h.browser(), h.browser()
	b.signIn("0905123456")
	other.signIn("0905123457")
	page := b.page("/tai-khoan/xac-thuc/them")
	seed := strings.ReplaceAll(page.Page.Find(".lt-code").Text(), " ", "")
	ticket := page.Page.Find("input[name=ticket]").AttrOr("value", "")
	if strings.Contains(ticket, seed) || page.Page.Find("svg[role=img]").Length() != 1 {
		t.Error("the seed can be read in the form, or there is no QR code")
	}
	again := b.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", "000000", "name", "Máy")
	if got := strings.ReplaceAll(again.Page.Find(".lt-code").Text(), " ", ""); got != seed || again.Page.Find("#f-name").AttrOr("value", "") != "Máy" {
		t.Errorf("another seed after a mistyped code: %s", got)
	}
	b.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", h.code(seed), "name", strings.Repeat("x", 61))
	other.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", h.code(seed))
	b.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", "x", "code", h.code(seed))
	second := h.browser()
	second.signIn("0905123456")
	second.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", h.code(seed)) // of another session
	b.post(http.StatusOK, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", h.code(seed))
	for i := 1; i < factorsMost; i++ {
		page = b.page("/tai-khoan/xac-thuc/them")
		ticket = page.Page.Find("input[name=ticket]").AttrOr("value", "")
		seed = strings.ReplaceAll(page.Page.Find(".lt-code").Text(), " ", "")
		b.post(http.StatusSeeOther, "/tai-khoan/xac-thuc/them", "ticket", ticket, "code", h.code(seed))
	}
	page = b.page("/tai-khoan/xac-thuc/them")
	seed = strings.ReplaceAll(page.Page.Find(".lt-code").Text(), " ", "")
	full := b.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", page.Page.Find("input[name=ticket]").AttrOr("value", ""), "code", h.code(seed))
	if !strings.Contains(full.Text(), "đã có 10 cách xác thực") {
		t.Error(full.Text())
	}
	page = other.page("/tai-khoan/xac-thuc/them")
	h.clock.Advance(21 * time.Minute)
	other.signIn("0905123457")
	late := other.post(http.StatusUnprocessableEntity, "/tai-khoan/xac-thuc/them", "ticket", page.Page.Find("input[name=ticket]").AttrOr("value", ""), "code", "000000")
	if !strings.Contains(late.Text(), "hết hạn") {
		t.Error(late.Text())
	}
}

// TestRolesDemand holds that whoever has a role that demands a second factor adds one before anything else.
func TestRolesDemand(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		h.official("lanh.dao", "leader")
		h.official("chuyen.vien", "")
		early := h.browser()
		early.signIn("lanh.dao")
		early.page("/tai-khoan")
		h.roles(true)
		early.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"}) // also whoever was signed in already
		free := h.browser()
		if to := free.signIn("chuyen.vien").Header.Get("Location"); to != "/desk" {
			t.Errorf("a role that demands nothing leads to %s", to)
		}
		b := h.browser()
		if to := b.signIn("lanh.dao").Header.Get("Location"); to != "/dang-nhap/them-xac-thuc" {
			t.Fatalf("leads to %s", to)
		}
		b.want(http.StatusUnauthorized, webtest.Scenario{URL: "/desk/always", Form: form("act", "x")})
		b.want(http.StatusUnauthorized, webtest.Scenario{URL: "/api/v1/identity/me"})
		page := b.page("/dang-nhap/them-xac-thuc?next=%2Ftai-khoan")
		seed := strings.ReplaceAll(page.Page.Find(".lt-code").Text(), " ", "")
		half := b.cookie
		done := b.want(http.StatusOK, webtest.Scenario{URL: "/dang-nhap/them-xac-thuc", Form: page.Submit(t, "form[action='/dang-nhap/them-xac-thuc']", form("code", h.code(seed)))})
		if to := done.Page.Find("a.btn-primary").AttrOr("href", ""); to != "/dang-nhap?next=%2Ftai-khoan" || len(codesOn(done)) != 10 || b.cookie == half {
			t.Errorf("goes on at %s with %d codes, same token %v", to, len(codesOn(done)), b.cookie == half)
		}
		b.page("/tai-khoan")
		b.post(http.StatusOK, "/desk/always", "act", "x") // adding it was a fresh proof
		h.clock.Advance(factor.Period)
		b = h.browser()
		var in identity.SignInV1
		b.put(200, "/identity/session", map[string]any{"name": "lanh.dao", "password": identitytest.Password}, &in)
		if in.Stage != identity.Verify || in.Me != nil {
			t.Errorf("API: %+v", in)
		}
		b.put(200, "/identity/session", map[string]any{"name": "lanh.dao", "password": identitytest.Password, "code": h.code(seed)}, &in)
		if in.Stage != identity.Whole || in.Me == nil {
			t.Errorf("API with the code: %+v", in)
		}
	})
}
