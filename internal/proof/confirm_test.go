package proof

import (
	"net/http"
	"strings"
	"testing"

	"lienthong/internal/identity"
	"lienthong/internal/identity/identitytest"
	"lienthong/internal/kit/factor"
	"lienthong/internal/kit/webtest"
)

// TestConfirm holds that an act which binds others is asked for anew after a while, and that nothing typed is lost.
func TestConfirm(t *testing.T) {
	h := sqlite(t)
	h.citizen("0905123456")
	b := h.browser()
	b.signIn("0905123456")
	b.post(200, "/desk/always", "act", "approve", "note", "một")
	h.shut()
	b.post(200, "/desk/sometimes", "act", "claim", "note", "hai")
	for _, to := range []string{"/desk/always?x=1", "/desk/sometimes?x=1"} {
		h.acts = nil
		page := b.post(http.StatusForbidden, to, "act", "approve", "note", "dòng 1\ndòng 2 <b>", "proof.password", "x")
		if h.acts != nil || !strings.Contains(page.Text(), "Nội dung đã nhập được giữ nguyên") {
			t.Fatalf("%s: %v %s", to, h.acts, page.Text())
		}
		if text := page.Page.Find("input[value=x]"); text.Length() > 0 {
			t.Error("what was typed as a proof is carried on")
		}
		action := page.Page.Find("#proof").AttrOr("action", "")
		wrong := b.want(http.StatusUnprocessableEntity, webtest.Scenario{URL: action, Form: page.Submit(t, "#proof", form("proof.password", "sai mật khẩu"))})
		if strings.Contains(wrong.Body, "sai mật khẩu") || !strings.Contains(wrong.Text(), "Mật khẩu chưa đúng") {
			t.Error(wrong.Text())
		}
		right := wrong.Submit(t, "#proof", form("proof.password", identitytest.Password))
		a := b.want(http.StatusTemporaryRedirect, webtest.Scenario{URL: wrong.Page.Find("#proof").AttrOr("action", ""), Form: right})
		if got := a.Header.Get("Location"); got != to {
			t.Errorf("sent on to %s, want %s", got, to)
		}
		b.want(200, webtest.Scenario{URL: a.Header.Get("Location"), Form: right}) // as browsers do on 307
		if len(h.acts) != 1 || h.acts[0] != "approve dòng 1\ndòng 2 <b>" {
			t.Errorf("%s: acts %q", to, h.acts)
		}
		h.shut()
	}
	b.do(webtest.Scenario{URL: "/tai-khoan"})
	secret := b.want(http.StatusForbidden, webtest.Scenario{URL: "/desk/secret", Form: form("note", "mật"), Header: nil})
	if strings.Contains(secret.Body, "mật\"") || !strings.Contains(secret.Text(), "chưa được gửi") {
		t.Errorf("a form with a password is carried on: %s", secret.Text())
	}
	page := b.want(http.StatusForbidden, webtest.Scenario{URL: "/tai-khoan/xac-thuc/them"})
	a := b.want(http.StatusSeeOther, webtest.Scenario{URL: page.Page.Find("#proof").AttrOr("action", ""), Form: page.Submit(t, "#proof", form("proof.password", identitytest.Password))})
	if to := a.Header.Get("Location"); to != "/tai-khoan/xac-thuc/them" {
		t.Errorf("back to %s", to)
	}
	for _, evil := range []string{"//evil.example", "https://evil.example", "/\\evil.example"} {
		a := b.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan/xac-nhan?to=" + evil, Form: form("proof.password", identitytest.Password)})
		if to := a.Header.Get("Location"); to != "/" {
			t.Errorf("%s leads to %s", evil, to)
		}
	}
	if page := b.page("/tai-khoan/xac-nhan?next=%2Ftai-khoan"); page.Page.Find("#proof").AttrOr("action", "") != "/tai-khoan/xac-nhan?to=%2ftai-khoan" {
		t.Error(page.Page.Find("#proof").AttrOr("action", ""))
	}
}

// TestConfirmWithFactor holds that the strongest means is asked for, by page and passkey, and that adding one makes the
// other sessions prove anew.
func TestConfirmWithFactor(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		acc := h.official("lanh.dao", "leader")
		elsewhere, b := h.browser(), h.browser()
		elsewhere.signIn("lanh.dao")
		b.signIn("lanh.dao")
		seed, _ := b.seed()
		d, none := b.passkey(acc)
		if len(none) != 0 {
			t.Error("recovery codes came twice")
		}
		page := elsewhere.post(http.StatusForbidden, "/desk/always", "act", "approve", "note", "x")
		if page.Page.Find("[name='proof.password']").Length() > 0 || page.Page.Find("[data-passkey]").Length() != 1 {
			t.Errorf("asked for: %s", page.Text())
		}
		action := page.Page.Find("#proof").AttrOr("action", "")
		elsewhere.want(http.StatusUnprocessableEntity, webtest.Scenario{URL: action, Form: page.Submit(t, "#proof", form("proof.code", "", "proof.password", identitytest.Password))})
		elsewhere.want(http.StatusUnprocessableEntity, webtest.Scenario{URL: action, Form: page.Submit(t, "#proof", form("proof.done", "1"))}) // nothing was done
		elsewhere.want(http.StatusTemporaryRedirect, webtest.Scenario{URL: action, Form: page.Submit(t, "#proof", form("proof.code", h.code(seed)))})
		elsewhere.post(200, "/desk/always", "act", "approve", "note", "x")
		h.shut()
		page = elsewhere.post(http.StatusForbidden, "/desk/always", "act", "approve", "note", "y")
		var o asked
		elsewhere.put(200, "/proof/session/passkey/challenge", nil, &o)
		elsewhere.put(200, "/proof/session/passkey", credential(d.sign(o)), nil)
		elsewhere.want(http.StatusTemporaryRedirect, webtest.Scenario{URL: action, Form: page.Submit(t, "#proof", form("proof.done", "1"))})
		elsewhere.post(200, "/desk/always", "act", "approve", "note", "y")
		h.shut()
		change := elsewhere.post(http.StatusForbidden, "/tai-khoan/mat-khau", "old", identitytest.Password, "password", "ba con mèo tam thể ngủ", "repeat", "ba con mèo tam thể ngủ")
		if strings.Contains(change.Body, "tam thể") {
			t.Error("a password is carried on")
		}
		h.clock.Advance(factor.Period)
	})
}

// TestLostFactors holds that administrators take lost factors away with a reason, for people they manage, and that the sessions end.
func TestLostFactors(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		leader := h.official("lanh.dao", "leader")
		admin := h.official("quan.tri", "administrator")
		outside := identitytest.Official(h.world, h.ids, "quan.tri.khac", "so-tnmt", "Quản trị", "administrator")
		b, by, far := h.browser(), h.browser(), h.browser()
		b.signIn("lanh.dao")
		b.seed()
		by.signIn("quan.tri")
		far.signIn("quan.tri.khac")
		to := "/proof/accounts/" + string(leader.ID) + "/remove"
		if form := by.page("/identity/accounts/" + string(leader.ID)).Page.Find("form[action='" + to + "']"); form.Length() != 1 {
			t.Error("the page of the account does not offer it")
		}
		far.post(http.StatusNotFound, to, "reason", "mất máy")
		b.post(http.StatusForbidden, to, "reason", "mất máy")
		by.post(http.StatusForbidden, "/proof/accounts/"+string(admin.ID)+"/remove", "reason", "của mình")
		by.post(http.StatusSeeOther, to, "reason", " ")
		if text := by.page("/identity/accounts/" + string(leader.ID)).Text(); !strings.Contains(text, "Ghi lý do") {
			t.Error(text)
		}
		h.shut()
		by.post(http.StatusForbidden, to, "reason", "mất máy")
		by.signIn("quan.tri")
		b.page("/tai-khoan")
		by.want(http.StatusNoContent, webtest.Scenario{Method: "PUT", URL: "/api/v1/proof/accounts/" + string(leader.ID) + "/lost-factors", JSON: map[string]any{"reason": "mất máy, đã đối chiếu"}})
		b.want(http.StatusSeeOther, webtest.Scenario{URL: "/tai-khoan"})
		by.post(http.StatusSeeOther, to, "reason", "lần nữa")
		if text := by.page("/identity/accounts/" + string(leader.ID)).Text(); !strings.Contains(text, "không có cách xác thực nào") {
			t.Error(text)
		}
		if to := b.signIn("lanh.dao").Header.Get("Location"); to != "/desk" {
			t.Errorf("afterwards the password leads to %s", to)
		}
		var reason string
		if err := h.db.Get(t.Context(), &reason, `SELECT detail FROM audit_entry WHERE action = 'proof.remove_factors'`); err != nil || !strings.Contains(reason, "đã đối chiếu") {
			t.Errorf("%s %v", reason, err)
		}
		_ = outside
	})
}

// TestTokensCannotProve holds that a program with a token does nothing that asks for a fresh proof.
func TestTokensCannotProve(t *testing.T) {
	h := sqlite(t)
	acc := h.citizen("0905123456")
	b := h.browser()
	b.signIn("0905123456")
	var made struct {
		Secret string `json:"secret"`
	}
	b.want(http.StatusCreated, webtest.Scenario{Method: "POST", URL: "/api/v1/identity/tokens", JSON: map[string]any{"name": "Thử", "scopes": []string{"*"}}}).Into(t, &made)
	key := made.Secret
	for _, sc := range []webtest.Scenario{
		{Method: "PUT", URL: "/api/v1/proof/recovery-codes"},
		{Method: "PUT", URL: "/api/v1/proof/apps/seed"},
		{Method: "PUT", URL: "/api/v1/proof/session/proof", JSON: map[string]any{"password": identitytest.Password}},
		{URL: "/api/v1/proof/factors"},
	} {
		sc.Header = map[string]string{"Authorization": "Bearer " + key}
		if a := webtest.Do(t, h.site.Mux, sc); a.Status != 403 && a.Status != 401 || strings.Contains(a.Body, "unproved") {
			t.Errorf("%s: %d %s", sc.URL, a.Status, a.Body)
		}
	}
	h.shut()
	if a := b.want(403, webtest.Scenario{Method: "POST", URL: "/api/v1/identity/tokens", JSON: map[string]any{"name": "Thử 2", "scopes": []string{"*"}}}); !strings.Contains(a.Body, "unproved") {
		t.Errorf("a stolen cookie makes a token: %s", a.Body)
	}
	_, _ = acc, identity.ByCode
}
