package proof

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/webtest"
)

func credential(raw json.RawMessage) map[string]any { return map[string]any{"credential": raw} }

// TestStoryOfAPasskey goes from making a passkey over signing in with it alone, and after the password, to a copy of it.
func TestStoryOfAPasskey(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		acc := h.citizen("0905123456")
		b := h.browser()
		if !strings.Contains(b.page("/dang-nhap").Body, `data-begin="/api/v1/proof/passkey/challenge"`) {
			t.Error("the sign-in page offers no passkey")
		}
		b.signIn("0905123456")
		d, codes := b.passkey(acc)
		if len(codes) != 10 {
			t.Errorf("recovery codes %v", codes)
		}
		alone := h.browser()
		var o asked
		var in identity.SignInV1
		alone.put(200, "/proof/passkey/challenge", nil, &o)
		answer := d.sign(o)
		alone.put(200, "/proof/passkey", credential(answer), &in)
		if in.Stage != identity.Whole || in.Me == nil || in.Me.ID != string(acc.ID) {
			t.Fatalf("signed in as %+v", in)
		}
		alone.page("/tai-khoan")
		h.browser().put(422, "/proof/passkey", credential(answer), nil) // the same answer again

		second := h.browser()
		if to := second.signIn("0905123456").Header.Get("Location"); to != "/dang-nhap/xac-minh" {
			t.Fatalf("leads to %s", to)
		}
		if page := second.page("/dang-nhap/xac-minh"); page.Page.Find("[data-passkey]").Length() != 1 || !strings.Contains(page.Text(), "Mã dự phòng") {
			t.Errorf("%s", page.Text())
		}
		second.put(200, "/proof/session/passkey/challenge", nil, &o)
		second.put(200, "/proof/session/passkey", credential(d.sign(o)), &in)
		if in.Stage != identity.Whole {
			t.Fatalf("after the passkey %+v", in)
		}
		second.page("/tai-khoan")

		copied := *d
		alone = h.browser()
		alone.put(200, "/proof/passkey/challenge", nil, &o)
		d.cred.Counter = 10
		alone.put(200, "/proof/passkey", credential(d.sign(o)), nil)
		thief := h.browser()
		thief.put(200, "/proof/passkey/challenge", nil, &o)
		a := thief.put(403, "/proof/passkey", credential(copied.sign(o)), nil)
		if !strings.Contains(a.Body, "sao chép") {
			t.Error(a.Body)
		}
		if text := second.page("/tai-khoan/lich-su?outcome=refused").Text(); !strings.Contains(text, "Khóa truy cập") || !strings.Contains(text, "Bị từ chối") {
			t.Errorf("the history is silent about the copy: %s", text)
		}
		if got := h.actions(); !strings.Contains(got, "proof.refuse_passkey_copy") {
			t.Error(got)
		}
		if err := h.ids.SetBlocked(h.world.Ctx, acc.ID, true); err != nil {
			t.Fatal(err)
		}
		alone = h.browser()
		alone.put(200, "/proof/passkey/challenge", nil, &o)
		if a := alone.put(403, "/proof/passkey", credential(d.sign(o)), nil); !strings.Contains(a.Body, "đã bị khóa") {
			t.Error(a.Body)
		}
	})
}

// TestChallenges holds that the answer to a challenge counts for its purpose, its account and its session only, for a while.
func TestChallenges(t *testing.T) {
	h := sqlite(t)
	one, two := h.citizen("0905123456"), h.citizen("0905123457")
	b, other := h.browser(), h.browser()
	b.signIn("0905123456")
	other.signIn("0905123457")
	mine, _ := b.passkey(one)
	theirs, _ := other.passkey(two)
	half := h.browser()
	half.signIn("0905123456")
	var alone, verify, prove, enrol asked
	h.browser().put(200, "/proof/passkey/challenge", nil, &alone)
	half.put(200, "/proof/session/passkey/challenge", nil, &verify)
	b.put(200, "/proof/session/passkey/challenge", nil, &prove)
	b.put(200, "/proof/passkeys/challenge", nil, &enrol)
	for name, try := range map[string]func(){
		"the challenge of a sign-in after the password": func() { half.put(422, "/proof/session/passkey", credential(mine.sign(alone)), nil) },
		"the challenge of a session in another one":     func() { half.put(422, "/proof/session/passkey", credential(mine.sign(prove)), nil) },
		"somebody else's passkey after the password":    func() { half.put(422, "/proof/session/passkey", credential(theirs.sign(verify)), nil) },
		"the challenge of a proof for a passkey alone":  func() { h.browser().put(422, "/proof/passkey", credential(mine.sign(prove)), nil) },
		"the challenge of a new passkey in another one": func() { other.put(422, "/proof/passkeys", credential(mine.make(enrol)), nil) },
		"a challenge nobody posed": func() {
			h.browser().put(422, "/proof/passkey", credential(mine.sign(asked{json.RawMessage(`{"challenge":"AAAA","rpId":"dichvucong.example.vn"}`)})), nil)
		},
		"no answer at all":          func() { h.browser().put(422, "/proof/passkey", credential(json.RawMessage(`{}`)), nil) },
		"a passkey proof of nobody": func() { h.browser().put(401, "/proof/session/passkey/challenge", nil, nil) },
		"a proof by passkey of an account with none": func() {
			x := h.browser()
			h.citizen("0905123458")
			x.signIn("0905123458")
			x.put(409, "/proof/session/passkey/challenge", nil, nil)
		},
		"the same passkey enrolled once more, elsewhere": func() {
			var o asked
			other.put(200, "/proof/passkeys/challenge", nil, &o)
			other.put(409, "/proof/passkeys", credential(mine.make(o)), nil)
		},
	} {
		t.Run(name, func(*testing.T) { try() })
	}
	h.browser().put(200, "/proof/passkey/challenge", nil, &alone)
	h.clock.Advance(6 * time.Minute)
	h.browser().put(422, "/proof/passkey", credential(mine.sign(alone)), nil)
	if err := h.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := h.db.Get(t.Context(), &n, `SELECT COUNT(*) FROM proof_challenge`); err != nil || n != 0 {
		t.Errorf("%d challenges are left, %v", n, err)
	}
}

// TestWithoutPasskeys holds that a site without a name on the network works on without passkeys.
func TestWithoutPasskeys(t *testing.T) {
	h := newHouse(t, dbtest.SQLite(t, rooms...))
	keys, err := seal.Parse(seal.Generate())
	if err != nil {
		t.Fatal(err)
	}
	*h.Service = *New(Deps{DB: h.db, Clock: h.clock, Accounts: h.ids, Secrets: keys, Address: "http://10.0.0.5:8080"})
	h.citizen("0905123456")
	b := h.browser()
	if b.page("/dang-nhap").Page.Find("[data-passkey]").Length() > 0 {
		t.Error("a passkey is offered")
	}
	b.put(503, "/proof/passkey/challenge", nil, nil)
	b.put(503, "/proof/passkey", credential(json.RawMessage(`{}`)), nil)
	b.signIn("0905123456")
	for _, path := range []string{"/proof/passkeys/challenge", "/proof/session/passkey/challenge"} {
		b.put(503, path, nil, nil)
	}
	for _, path := range []string{"/proof/passkeys", "/proof/session/passkey"} {
		b.put(503, path, credential(json.RawMessage(`{}`)), nil)
	}
	seed, _ := b.seed()
	b = h.browser()
	b.signIn("0905123456")
	b.post(http.StatusSeeOther, "/dang-nhap/xac-minh", "code", h.code(seed))
}

// TestFactorOperations holds what programs do with factors.
func TestFactorOperations(t *testing.T) {
	h := sqlite(t)
	h.citizen("0905123456")
	b := h.browser()
	b.signIn("0905123456")
	var seed seedBody
	b.put(200, "/proof/apps/seed", nil, &seed)
	b.put(422, "/proof/apps", map[string]any{"ticket": seed.Ticket, "code": "000000"}, nil)
	var made struct {
		Codes []string `json:"recovery_codes"`
	}
	b.put(200, "/proof/apps", map[string]any{"ticket": seed.Ticket, "code": h.code(seed.Seed)}, &made)
	if len(made.Codes) != 10 || !strings.HasPrefix(seed.Address, "otpauth://totp/") {
		t.Errorf("%+v %+v", made, seed)
	}
	first := slices.Clone(made.Codes)
	b.put(200, "/proof/recovery-codes", nil, &made)
	var list factorsBody
	b.want(200, webtest.Scenario{URL: "/api/v1/proof/factors", Check: nil}).Into(t, &list)
	if len(list.Factors) != 1 || list.Recovery != 10 || list.Factors[0].Kind != identity.ByCode || list.Factors[0].Name != "Ứng dụng xác thực" {
		t.Errorf("%+v", list)
	}
	in := h.browser()
	in.signIn("0905123456")
	in.put(422, "/proof/session/code", map[string]any{"code": first[0]}, nil)
	in.put(200, "/proof/session/code", map[string]any{"code": made.Codes[0]}, nil)
	h.shut()
	for _, sc := range []webtest.Scenario{
		{Method: "DELETE", URL: "/api/v1/proof/factors/" + string(list.Factors[0].ID)},
		{Method: "PUT", URL: "/api/v1/proof/recovery-codes"},
		{Method: "PUT", URL: "/api/v1/proof/apps/seed"},
		{Method: "PUT", URL: "/api/v1/proof/passkeys/challenge"},
	} {
		if a := in.want(403, sc); !strings.Contains(a.Body, `"kind":"unproved"`) {
			t.Errorf("%s: %s", sc.URL, a.Body)
		}
	}
	in.put(422, "/proof/session/proof", map[string]any{"password": "whatever"}, nil) // the strongest means is asked for
	in.put(204, "/proof/session/proof", map[string]any{"code": h.code(seed.Seed)}, nil)
	in.want(404, webtest.Scenario{Method: "DELETE", URL: "/api/v1/proof/factors/none"})
	in.want(204, webtest.Scenario{Method: "DELETE", URL: "/api/v1/proof/factors/" + string(list.Factors[0].ID)})
	if a := in.want(409, webtest.Scenario{Method: "PUT", URL: "/api/v1/proof/recovery-codes"}); !strings.Contains(a.Body, "Mã dự phòng chỉ có khi") {
		t.Error(a.Body)
	}
	stranger := h.browser()
	stranger.want(401, webtest.Scenario{URL: "/api/v1/proof/factors"})
}
