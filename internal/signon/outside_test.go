package signon

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	jose "github.com/go-jose/go-jose/v4"

	"lienthong/internal/kit/fault"
)

// vneid is an outside identity service that can be made to lie.
type vneid struct {
	t     *testing.T
	site  *httptest.Server
	key   *ecdsa.PrivateKey
	nonce string
	claim map[string]any // what the next ID token says, beside the usual
	info  map[string]any // what the userinfo address says
	fail  int            // status of the token address; 0: works
	now   func() time.Time
	down  bool              // describes itself no more
	other *ecdsa.PrivateKey // signs instead of the key that is published
}

func newVNeID(t *testing.T) *vneid {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	v := &vneid{t: t, key: key, info: map[string]any{"sub": "an", "name": "Ksor  Thử", "so_dinh_danh": "052190000001", "birthdate": "1990-05-01", "phone_number": "0905 123 456"}}
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, x any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(x)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		if v.down {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		say(w, map[string]any{"issuer": v.site.URL, "authorization_endpoint": v.site.URL + "/authorize", "token_endpoint": v.site.URL + "/token", "jwks_uri": v.site.URL + "/keys",
			"userinfo_endpoint": v.site.URL + "/userinfo", "id_token_signing_alg_values_supported": []string{"ES256"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: v.key.Public(), KeyID: "1", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("GET /userinfo", func(w http.ResponseWriter, _ *http.Request) { say(w, v.info) })
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		if v.fail != 0 {
			w.WriteHeader(v.fail)
			return
		}
		if r.FormValue("code_verifier") == "" || r.FormValue("code") == "" {
			t.Errorf("asked for a token without PKCE or code: %v", r.Form)
		}
		say(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": v.idToken()})
	})
	v.site = httptest.NewServer(mux)
	t.Cleanup(v.site.Close)
	return v
}

func (v *vneid) idToken() string {
	now := v.now()
	all := map[string]any{"iss": v.site.URL, "sub": "an", "aud": "lien-thong", "iat": now.Unix(), "exp": now.Add(time.Minute).Unix(), "nonce": v.nonce}
	for name, value := range v.claim {
		all[name] = value
	}
	raw, err := json.Marshal(all)
	if err != nil {
		v.t.Error(err)
	}
	key := v.key
	if v.other != nil {
		key = v.other
	}
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "1"}}, nil)
	if err != nil {
		v.t.Error(err)
	}
	signed, err := signer.Sign(raw)
	if err != nil {
		v.t.Error(err)
	}
	token, err := signed.CompactSerialize()
	if err != nil {
		v.t.Error(err)
	}
	return token
}

func (w *world) outside(v *vneid) Outside {
	w.t.Helper()
	v.now = w.clock.Now
	o, err := w.AddOutside(w.admin, Outside{Key: "vneid", Name: "VNeID", Issuer: v.site.URL, ClientID: "lien-thong", Scopes: []string{"profile"},
		Claims: Claims{Name: "name", PersonalID: "so_dinh_danh", BirthDate: "birthdate", Phone: "phone_number"}}, "bí mật")
	if err != nil {
		w.t.Fatal(err)
	}
	return o
}

// leave goes to the service and returns the address at which it answers, with the state it was given.
func (b *browser) leave(v *vneid, next string) *url.URL {
	b.w.t.Helper()
	at := b.get("/signon/go/vneid?" + url.Values{"next": {next}}.Encode())
	if at.away == nil || !strings.HasPrefix(at.away.String(), v.site.URL+"/authorize?") {
		b.w.t.Fatalf("not at the service: %d %v %.300s", at.status, at.away, at.body)
	}
	q := at.away.Query()
	if q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" || q.Get("client_id") != "lien-thong" {
		b.w.t.Errorf("asked: %v", q)
	}
	v.nonce = q.Get("nonce")
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		b.w.t.Fatal(err)
	}
	back.RawQuery = url.Values{"state": {q.Get("state")}, "code": {"c"}}.Encode()
	return back
}

// TestComeFromOutside goes the way of somebody nobody knows, and of the same person the second time.
func TestComeFromOutside(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		v, b := newVNeID(t), w.browser()
		w.outside(v)
		if page := b.get("/dang-nhap?next=/tai-khoan"); !strings.Contains(page.body, `href="/signon/go/vneid?next=%2Ftai-khoan"`) {
			t.Errorf("no button: %.600s", page.body)
		}
		page := b.get(b.leave(v, "/tai-khoan").String())
		if page.at != "/signon/arrival" || !strings.Contains(page.body, "Ksor Thử") || !strings.Contains(page.body, "01/05/1990") {
			t.Fatalf("arrived: %d %s %.500s", page.status, page.at, page.body)
		}
		id := field1(page.body, "id")
		if v := w.browser().get("/signon/arrival?id=" + id); v.status != http.StatusUnprocessableEntity || strings.Contains(v.body, "Ksor") {
			t.Errorf("another browser sees who arrived: %d", v.status)
		}
		if v := w.browser().post("/signon/arrival/make", url.Values{"id": {id}, "consent": {"1"}}); v.status == http.StatusOK && v.at == "/tai-khoan" {
			t.Error("another browser makes the account")
		}
		if page = b.post("/signon/arrival/make", url.Values{"id": {id}}); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "Cần đồng ý") {
			t.Errorf("without consent: %d", page.status)
		}
		if page = b.post("/signon/arrival/make", url.Values{"id": {id}, "consent": {"1"}}); page.at != "/tai-khoan" || !strings.Contains(page.body, "Đã xác thực") {
			t.Fatalf("made: %d %s %.300s", page.status, page.at, page.body)
		}
		if page = b.post("/signon/arrival/make", url.Values{"id": {id}, "consent": {"1"}}); page.status != http.StatusUnprocessableEntity {
			t.Errorf("made twice: %d", page.status)
		}
		if n := w.count(`SELECT COUNT(*) FROM identity_account WHERE verified = TRUE AND personal_id = '052190000001'`); n != 1 {
			t.Errorf("%d accounts", n)
		}
		b = w.browser()
		if page = b.get(b.leave(v, "").String()); page.at != "/tai-khoan/he-thong" || !strings.Contains(page.body, "VNeID") {
			t.Errorf("the second time: %d %s", page.status, page.at)
		}
		if page = b.post("/tai-khoan/he-thong/go-lien-ket", url.Values{"link": {field1(page.body, "link")}}); !strings.Contains(page.body, "cách đăng nhập duy nhất") {
			t.Errorf("took off the only way in: %.300s", page.body)
		}
		b = w.browser()
		back := b.leave(v, "")
		v.info["so_dinh_danh"] = "" // whoever is known needs no number, but the service must tell
		if page = b.get(back.String()); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "không cho biết") {
			t.Errorf("a service that does not tell: %d", page.status)
		}
	})
}

// TestJoin holds that an account is joined after its holder signed in to it, never silently, and not to somebody else.
func TestJoin(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		v := newVNeID(t)
		w.outside(v)
		acc := w.citizen("0905123456") // names the same number
		b := w.browser()
		page := b.get(b.leave(v, "/tai-khoan/he-thong").String())
		if !strings.Contains(page.body, "Có tài khoản ghi số định danh này") || strings.Contains(page.body, "/signon/arrival/join") {
			t.Fatalf("the choice: %.800s", page.body)
		}
		id := field1(page.body, "id")
		if page = b.post("/signon/arrival/join", url.Values{"id": {id}}); page.status != http.StatusUnauthorized {
			t.Errorf("joined without signing in: %d", page.status)
		}
		if page = b.signIn("0905123456", "/signon/arrival?id="+id); page.at != "/signon/arrival" || !strings.Contains(page.body, "/signon/arrival/join") {
			t.Fatalf("after signing in: %s %.500s", page.at, page.body)
		}
		if page = b.post("/signon/arrival/make", url.Values{"id": {id}, "consent": {"1"}}); page.status != http.StatusUnprocessableEntity {
			t.Errorf("a second account while signed in: %d", page.status)
		}
		if page = b.post("/signon/arrival/join", url.Values{"id": {id}}); page.at != "/tai-khoan/he-thong" || !strings.Contains(page.body, "Gỡ liên kết") {
			t.Fatalf("joined: %d %s %.400s", page.status, page.at, page.body)
		}
		h, err := w.identity.Holder(w.system, acc.ID)
		if err != nil || !h.Account.Verified || h.Account.FullName != "Ksor Thử" {
			t.Errorf("verified: %+v %v", h.Account, err)
		}
		b = w.browser()
		if page = b.get(b.leave(v, "/tai-khoan").String()); page.at != "/tai-khoan" || page.status != http.StatusOK {
			t.Errorf("the second time: %s", page.at)
		}
		other := w.signedInNew("0905999999")
		if page = other.get(other.leave(v, "").String()); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "đã liên kết với một tài khoản khác") {
			t.Errorf("another account: %d %.300s", page.status, page.body)
		}
		v.claim, v.info["sub"], v.info["so_dinh_danh"] = map[string]any{"sub": "binh"}, "binh", "052190000099"
		page = other.get(other.leave(v, "").String())
		if page = other.post("/signon/arrival/join", url.Values{"id": {field1(page.body, "id")}}); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "khác với số ghi") {
			t.Errorf("another number: %d %.300s", page.status, page.body)
		}
		late := w.signedIn("0905123456")
		w.clock.Advance(16 * time.Minute)
		page = late.get(late.leave(v, "").String())
		if page = late.post("/signon/arrival/join", url.Values{"id": {field1(page.body, "id")}}); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "đăng nhập đã lâu") {
			t.Errorf("signed in long ago: %d %.300s", page.status, page.body)
		}
		links, err := w.MyLinks(w.as(acc))
		if err != nil || len(links) != 1 {
			t.Fatalf("links: %v %v", links, err)
		}
		if page = late.post("/tai-khoan/he-thong/go-lien-ket", url.Values{"link": {string(links[0].ID)}}); !strings.Contains(page.body, "Đã gỡ liên kết") {
			t.Errorf("taken off: %.300s", page.body)
		}
		if err := w.Unlink(w.as(acc), links[0].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("taken off twice: %v", err)
		}
	})
}

// signedInNew registers a citizen without a personal number of the service's and signs in.
func (w *world) signedInNew(phone string) *browser {
	w.t.Helper()
	w.citizen(phone)
	return w.signedIn(phone)
}

// TestLies holds that no answer that is not right lets anybody in, that each is told in words, and that the sign-in page works on.
func TestLies(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		v := newVNeID(t)
		w.outside(v)
		clean := func() { v.claim, v.fail, v.other, v.info["sub"] = nil, 0, nil, "an" }
		edit := func(name, value string) func(*url.URL) {
			return func(u *url.URL) {
				q := u.Query()
				if q.Set(name, value); value == "" {
					q.Del(name)
				}
				u.RawQuery = q.Encode()
			}
		}
		for name, tc := range map[string]struct {
			lie    func()
			answer func(*url.URL)
			says   string
			status int
		}{
			"wrong nonce":          {lie: func() { v.nonce = "x" }, says: "không hợp lệ"},
			"no nonce":             {lie: func() { v.claim = map[string]any{"nonce": ""} }, says: "không hợp lệ"},
			"wrong issuer":         {lie: func() { v.claim = map[string]any{"iss": "https://xau.example.com"} }, says: "không hợp lệ"},
			"for somebody else":    {lie: func() { v.claim = map[string]any{"aud": "other"} }, says: "không hợp lệ"},
			"run out":              {lie: func() { v.claim = map[string]any{"exp": v.now().Add(-time.Hour).Unix()} }, says: "không hợp lệ"},
			"another key":          {lie: func() { v.other = stranger }, says: "không hợp lệ"},
			"another's userinfo":   {lie: func() { v.info["sub"] = "x" }, says: "không hợp lệ"},
			"code refused":         {lie: func() { v.fail = http.StatusBadRequest }, says: "không hợp lệ"},
			"service broken":       {lie: func() { v.fail = http.StatusBadGateway }, says: "chưa trả lời", status: http.StatusServiceUnavailable},
			"declined":             {answer: edit("error", "access_denied"), says: "không xác nhận"},
			"mixed up":             {answer: edit("iss", "https://khac.example.com"), says: "không hợp lệ"},
			"another state":        {answer: edit("state", "x"), says: "không bắt đầu ở trình duyệt này"},
			"no state":             {answer: edit("state", ""), says: "không bắt đầu ở trình duyệt này"},
			"no code":              {lie: func() { v.fail = http.StatusBadRequest }, answer: edit("code", ""), says: "không hợp lệ"},
			"two codes":            {lie: func() { v.fail = http.StatusBadRequest }, answer: func(u *url.URL) { u.RawQuery += "&code=d" }, says: "không hợp lệ"},
			"at another service's": {answer: func(u *url.URL) { u.Path = "/signon/from/khac" }, says: "không bắt đầu ở trình duyệt này"},
		} {
			b := w.browser()
			back := b.leave(v, "")
			if tc.lie != nil {
				tc.lie()
			}
			if tc.answer != nil {
				tc.answer(back)
			}
			want := tc.status
			if want == 0 {
				want = http.StatusUnprocessableEntity
			}
			page := b.get(back.String())
			if page.status != want || !strings.Contains(page.body, tc.says) || !strings.Contains(page.body, `href="/dang-nhap"`) {
				t.Errorf("%s: %d %s %.400s", name, page.status, page.at, page.body)
			}
			if n := w.count(`SELECT COUNT(*) FROM identity_session`); n != 0 {
				t.Fatalf("%s: somebody is in", name)
			}
			clean()
		}
		b := w.browser()
		back := b.leave(v, "")
		if page := w.browser().get(back.String()); page.status != http.StatusUnprocessableEntity {
			t.Errorf("in another browser: %d", page.status)
		}
		if page := b.get(back.String()); page.at != "/signon/arrival" {
			t.Errorf("in the right one: %d", page.status)
		}
		if page := b.get(back.String()); page.status != http.StatusUnprocessableEntity {
			t.Errorf("twice: %d", page.status)
		}
		back = b.leave(v, "")
		w.clock.Advance(arrivalTime + time.Second)
		if page := b.get(back.String()); page.status != http.StatusUnprocessableEntity {
			t.Errorf("too late: %d", page.status)
		}
		b.leave(v, "")
		v.down = true
		if page := b.get("/signon/go/vneid"); page.away == nil {
			t.Errorf("what it said of itself is believed for a while: %d", page.status)
		}
		w.clock.Advance(knownTime)
		if page := b.get("/signon/go/vneid"); page.status != http.StatusServiceUnavailable || !strings.Contains(page.body, "VNeID chưa trả lời") {
			t.Errorf("down: %d %.300s", page.status, page.body)
		}
		v.site.Close()
		w.clock.Advance(knownTime)
		if page := b.get("/signon/go/vneid"); page.status != http.StatusServiceUnavailable {
			t.Errorf("gone: %d", page.status)
		}
		if page := b.get("/dang-nhap"); page.status != http.StatusOK {
			t.Errorf("the sign-in page: %d", page.status)
		}
		if page := b.get("/signon/go/khac"); page.status != http.StatusNotFound {
			t.Errorf("an unknown service: %d", page.status)
		}
	})
}

// TestManageOutside goes through the pages on which outside services are kept.
func TestManageOutside(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		v := newVNeID(t)
		acc := w.official("quan-tri", "so-tu-phap", "auditor")
		root, err := w.org.Root(w.system)
		if err != nil {
			t.Fatal(err)
		}
		w.grant(acc, "administrator", root.ID)
		b := w.signedIn("quan-tri")
		if page := b.get("/signon/outside"); !strings.Contains(page.body, "Chưa có dịch vụ nào") {
			t.Errorf("empty: %d", page.status)
		}
		if page := b.get("/signon/outside/new"); page.status != http.StatusOK {
			t.Errorf("form: %d", page.status)
		}
		form := url.Values{"key": {"VNeID"}, "name": {"VNeID"}, "issuer": {v.site.URL}, "client_id": {"lien-thong"}, "secret": {"bí mật"}, "scopes": {"openid profile"},
			"claim_name": {"name"}, "claim_personal_id": {"so_dinh_danh"}}
		for field, value := range map[string]string{"key": "1", "name": "", "issuer": "http://vneid.example.vn", "client_id": "", "secret": "", "scopes": "a\"b", "claim_name": ""} {
			bad := url.Values{}
			for k := range form {
				bad.Set(k, form.Get(k))
			}
			bad.Set(field, value)
			if page := b.post("/signon/outside", bad); page.status != http.StatusUnprocessableEntity {
				t.Errorf("bad %s: %d", field, page.status)
			}
		}
		page := b.post("/signon/outside", form)
		if page.status != http.StatusOK || !strings.Contains(page.body, w.issuer+"/signon/from/vneid") || strings.Contains(page.body, "bí mật<") {
			t.Fatalf("added: %d %.400s", page.status, page.body)
		}
		if page := b.post("/signon/outside", form); page.status != http.StatusUnprocessableEntity || !strings.Contains(page.body, "đã dùng cho một dịch vụ khác") {
			t.Errorf("twice: %d", page.status)
		}
		list, err := w.Outsides(w.admin)
		if err != nil || len(list) != 1 || strings.Contains(list[0].Sealed, "bí mật") {
			t.Fatalf("list: %+v %v", list, err)
		}
		at := "/signon/outside/" + string(list[0].ID)
		form.Set("name", "Định danh thử")
		form.Del("secret")
		if page := b.post(at, form); page.at != at || !strings.Contains(page.body, "Định danh thử") {
			t.Errorf("changed: %d", page.status)
		}
		form.Set("name", "")
		if page := b.post(at, form); page.status != http.StatusUnprocessableEntity {
			t.Errorf("changed badly: %d", page.status)
		}
		if page := w.browser().get("/dang-nhap"); !strings.Contains(page.body, "Định danh thử") {
			t.Error("no button")
		}
		if page := b.post(at+"/end", url.Values{"ended": {"1"}}); page.at != at || !strings.Contains(page.body, "Mở lại") {
			t.Errorf("ended: %d", page.status)
		}
		if page := w.browser().get("/dang-nhap"); strings.Contains(page.body, "Định danh thử") {
			t.Error("still a button")
		}
		if page := w.browser().get("/signon/go/vneid"); page.status != http.StatusNotFound {
			t.Errorf("leaves for an ended service: %d", page.status)
		}
		if page := b.post(at+"/end", nil); page.at != at {
			t.Errorf("opened again: %d", page.status)
		}
		if page := b.get("/signon/outside/x"); page.status != http.StatusNotFound {
			t.Errorf("unknown: %d", page.status)
		}
		for name, ctx := range map[string]context.Context{"a stranger": t.Context(), "a citizen": w.as(w.citizen("0905123456"))} {
			_, list := w.Outsides(ctx)
			_, read := w.Outside(ctx, "x")
			_, add := w.AddOutside(ctx, Outside{}, "")
			for call, err := range map[string]error{"list": list, "read": read, "add": add, "update": w.UpdateOutside(ctx, Outside{}, ""), "end": w.SetOutsideEnded(ctx, "x", true)} {
				if k := fault.KindOf(err); k != fault.Unauthenticated && k != fault.Forbidden {
					t.Errorf("%s: %s: %v", name, call, err)
				}
			}
		}
	})
}
