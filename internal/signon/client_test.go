package signon

import (
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18ntest"
)

// TestEnglish holds that every message has a translation.
func TestEnglish(t *testing.T) { i18ntest.English(t, Texts(), os.DirFS(".")) }

// TestCleanClient holds what a registration may say.
func TestCleanClient(t *testing.T) {
	known := map[string]bool{"dossier.read": true}
	good := func(change func(*Client)) Client {
		c := Client{Name: " Thư  công vụ ", Redirects: []string{"https://thu.example.vn/cb", "", " https://thu.example.vn/cb "}, Scopes: []string{"profile", "profile"}}
		if change != nil {
			change(&c)
		}
		return c
	}
	redirect := func(a string) func(*Client) { return func(c *Client) { c.Redirects = []string{a} } }
	public := func(a string) func(*Client) { return func(c *Client) { c.Public, c.Redirects = true, []string{a} } }
	for name, tc := range map[string]struct {
		c     Client
		field string
	}{
		"good":                       {good(nil), ""},
		"this machine":               {good(redirect("http://localhost:8080/cb")), ""},
		"this machine by number":     {good(redirect("http://127.0.0.1/cb")), ""},
		"an app":                     {good(public("vn.gov.gialai.app:/cb")), ""},
		"an app on a server":         {good(redirect("vn.gov.gialai.app:/cb")), "redirects"},
		"no name":                    {good(func(c *Client) { c.Name = " " }), "name"},
		"a long name":                {good(func(c *Client) { c.Name = strings.Repeat("x", 101) }), "name"},
		"a long contact":             {good(func(c *Client) { c.Contact = strings.Repeat("x", 201) }), "contact"},
		"no address":                 {good(redirect("")), "redirects"},
		"unencrypted":                {good(redirect("http://thu.example.vn/cb")), "redirects"},
		"with a star":                {good(redirect("https://*.example.vn/cb")), "redirects"},
		"with a fragment":            {good(redirect("https://thu.example.vn/cb#x")), "redirects"},
		"with a name":                {good(redirect("https://a:b@thu.example.vn/cb")), "redirects"},
		"a path":                     {good(redirect("/cb")), "redirects"},
		"a script":                   {good(redirect("javascript:alert(1)")), "redirects"},
		"a script of an app":         {good(public("javascript:alert(1)")), "redirects"},
		"with a line break":          {good(redirect("https://thu.example.vn/c\nb")), "redirects"},
		"no host":                    {good(redirect("https:///cb")), "redirects"},
		"many":                       {good(func(c *Client) { c.Redirects = numbered(21) }), "redirects"},
		"bad logout":                 {good(func(c *Client) { c.Logouts = []string{"thu.example.vn"} }), "logouts"},
		"unknown scope":              {good(func(c *Client) { c.Scopes = []string{"everything"} }), "permissions"},
		"permission of people":       {good(func(c *Client) { c.Scopes = []string{"dossier.read"} }), "permissions"},
		"a program":                  {good(func(c *Client) { c.AccountID, c.Scopes, c.Redirects = "p", []string{"dossier.read"}, nil }), ""},
		"a whole room":               {good(func(c *Client) { c.AccountID, c.Scopes = "p", []string{"dossier.*"} }), ""},
		"a room that is not":         {good(func(c *Client) { c.AccountID, c.Scopes = "p", []string{"castle.*"} }), "permissions"},
		"a mistyped permission":      {good(func(c *Client) { c.AccountID, c.Scopes = "p", []string{"dossier.raed"} }), "permissions"},
		"a program that may nothing": {good(func(c *Client) { c.AccountID = "p" }), "permissions"},
		"a program on a phone":       {good(func(c *Client) { c.AccountID, c.Public, c.Scopes = "p", true, []string{"dossier.read"} }), "account"},
	} {
		ps := tc.c.clean(known)
		switch {
		case tc.field == "" && len(ps) > 0:
			t.Errorf("%s: %v", name, ps)
		case tc.field != "" && (len(ps) == 0 || ps[0].Field != tc.field):
			t.Errorf("%s: %v, want one at %s", name, ps, tc.field)
		}
	}
	c := good(nil)
	if c.clean(known); c.Name != "Thư công vụ" || len(c.Redirects) != 1 || !slices.Equal(c.Scopes, []string{"openid", "profile"}) {
		t.Errorf("cleaned: %+v", c)
	}
}

func numbered(n int) []string {
	var list []string
	for i := range n {
		list = append(list, "https://thu.example.vn/"+strings.Repeat("x", i+1))
	}
	return list
}

// TestManage holds who registers clients, that a secret can be replaced without a pause, and that an ended client stays ended.
func TestManage(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, first := w.register(nil)
		w.citizen("0905123456")
		signsOn := func(secret string) bool {
			wi := newWish(c, "openid")
			return w.exchange(c, secret, wi, w.code(w.signedIn("0905123456"), wi)).status == http.StatusOK
		}
		second, err := w.AddSecret(w.admin, c.ID)
		if err != nil || second == first {
			t.Fatalf("a second secret: %v", err)
		}
		if !signsOn(first) || !signsOn(second) {
			t.Error("both secrets should count")
		}
		got, err := w.Client(w.admin, c.ID)
		if err != nil || len(got.Secrets) != 2 || got.Secrets[1].UsedAt == nil || !strings.HasSuffix(first, got.Secrets[1].Hint) {
			t.Fatalf("secrets: %+v %v", got.Secrets, err)
		}
		if err := w.EndSecret(w.admin, c.ID, got.Secrets[1].ID); err != nil {
			t.Fatal(err)
		}
		if err := w.EndSecret(w.admin, c.ID, got.Secrets[1].ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("ended twice: %v", err)
		}
		if signsOn(first) || !signsOn(second) {
			t.Error("the first secret still counts, or the second does not")
		}
		for i := 1; i < maxSecrets; i++ {
			if _, err := w.AddSecret(w.admin, c.ID); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.AddSecret(w.admin, c.ID); fault.KindOf(err) != fault.Conflict {
			t.Errorf("one secret too many: %v", err)
		}
		public, none := w.register(func(c *Client) { c.Public = true })
		if _, err := w.AddSecret(w.admin, public.ID); none != "" || fault.KindOf(err) != fault.Conflict {
			t.Errorf("a secret for an app: %q %v", none, err)
		}
		changed := got
		changed.Name, changed.Public = "Thư mới", true
		if err := w.UpdateClient(w.admin, changed); err != nil {
			t.Fatal(err)
		}
		if got, err = w.Client(w.admin, c.ID); err != nil || got.Name != "Thư mới" || got.Public {
			t.Errorf("changed: %+v %v", got, err)
		}
		changed.AccountID, changed.Scopes = "nobody", []string{"dossier.read"}
		if err := w.UpdateClient(w.admin, changed); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a program that is none: %v", err)
		}
		if err := w.EndClient(w.admin, c.ID); err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{"end": w.EndClient(w.admin, c.ID), "change": w.UpdateClient(w.admin, got), "end a secret": w.EndSecret(w.admin, c.ID, "x")} {
			if fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s after the end: %v", name, err)
			}
		}
		if v := w.signedIn("0905123456").get(newWish(c, "openid").path()); v.status != http.StatusNotFound {
			t.Errorf("signing on after the end: %d", v.status)
		}
		if n := w.count(`SELECT COUNT(*) FROM audit_entry WHERE action LIKE 'signon.%client' OR action LIKE 'signon.%secret'`); n < 9 {
			t.Errorf("%d rows of audit", n)
		}
	})
}

// TestWhoManages tries everything as a stranger, as a citizen and as somebody who manages one unit only.
func TestWhoManages(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		c, _ := w.register(nil)
		u, err := w.org.BySlug(w.system, "so-tu-phap")
		if err != nil {
			t.Fatal(err)
		}
		for name, ctx := range map[string]struct {
			who  actor.Actor
			want fault.Kind
		}{
			"a stranger":        {actor.Actor{}, fault.Unauthenticated},
			"a citizen":         {actor.Actor{ID: "c", Kind: actor.Person}, fault.Forbidden},
			"manager of a unit": {actor.Actor{ID: "m", Kind: actor.Staff, Grants: []actor.Grant{{Permissions: map[string]bool{PermManage: true}, UnitPath: u.Path, Below: true}}}, fault.Forbidden},
		} {
			as := actor.With(t.Context(), ctx.who)
			calls := map[string]error{"update": w.UpdateClient(as, c), "end": w.EndClient(as, c.ID), "end secret": w.EndSecret(as, c.ID, "x")}
			_, calls["list"] = w.Clients(as, Query{})
			_, calls["read"] = w.Client(as, c.ID)
			_, _, calls["add"] = w.AddClient(as, c)
			_, calls["secret"] = w.AddSecret(as, c.ID)
			_, calls["visits"] = w.Visits(as, c.ID, "", 1)
			_, calls["programs"] = w.Programs(as)
			for call, err := range calls {
				if fault.KindOf(err) != ctx.want {
					t.Errorf("%s: %s: %v", name, call, err)
				}
			}
		}
		for name, err := range map[string]error{"consents": second(w.MyConsents(t.Context())), "visits": second(w.MyVisits(t.Context(), "", 1)), "take back": w.TakeBack(t.Context(), c.ID)} {
			if fault.KindOf(err) != fault.Unauthenticated {
				t.Errorf("%s of nobody: %v", name, err)
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

// TestPages goes through the pages of an administrator: register, read the secret once, change, replace, end, lists and sheets.
func TestPages(t *testing.T) {
	each(t, Config{}, func(t *testing.T, w *world) {
		acc := w.official("quan-tri", "so-tu-phap", "auditor")
		root, err := w.org.Root(w.system)
		if err != nil {
			t.Fatal(err)
		}
		w.grant(acc, "administrator", root.ID)
		b := w.signedIn("quan-tri")
		if v := b.get("/signon/clients"); !strings.Contains(v.body, "Chưa có hệ thống nào") {
			t.Errorf("empty: %d %.300s", v.status, v.body)
		}
		if v := b.get("/signon/clients/new"); v.status != http.StatusOK || !strings.Contains(v.body, "redirect_uri") {
			t.Errorf("form: %d", v.status)
		}
		form := url.Values{"name": {"Thư công vụ"}, "public": {"no"}, "trusted": {"yes"}, "redirects": {"http://thu.example.vn/cb"}, "scopes": {"profile", "email"}}
		if v := b.post("/signon/clients", form); v.status != http.StatusUnprocessableEntity || !strings.Contains(v.body, "phải bắt đầu bằng https://") || !strings.Contains(v.body, "http://thu.example.vn/cb") {
			t.Errorf("wrong: %d %.500s", v.status, v.body)
		}
		form.Set("redirects", "https://thu.example.vn/cb\r\nhttps://thu2.example.vn/cb")
		v := b.post("/signon/clients", form)
		if v.status != http.StatusOK || !strings.Contains(v.body, "ltk_") || !strings.Contains(v.body, w.issuer) {
			t.Fatalf("registered: %d %.500s", v.status, v.body)
		}
		list, err := w.Clients(w.admin, Query{Text: "thu cong"})
		if err != nil || len(list) != 1 || len(list[0].Redirects) != 2 {
			t.Fatalf("list: %+v %v", list, err)
		}
		at := "/signon/clients/" + string(list[0].ID)
		if v := b.get(at); v.status != http.StatusOK || strings.Contains(v.body, "ltk_") {
			t.Errorf("the secret is shown twice: %d", v.status)
		}
		if v := b.get(at + "/edit"); !strings.Contains(v.body, "https://thu2.example.vn/cb") {
			t.Errorf("edit: %d", v.status)
		}
		form.Set("name", "Thư điện tử")
		if v := b.post(at+"/edit", form); v.at != at || !strings.Contains(v.body, "Thư điện tử") {
			t.Errorf("saved: %d %s", v.status, v.at)
		}
		form.Set("name", "")
		if v := b.post(at+"/edit", form); v.status != http.StatusUnprocessableEntity {
			t.Errorf("no name: %d", v.status)
		}
		if v := b.post(at+"/secrets", nil); !strings.Contains(v.body, "ltk_") {
			t.Errorf("another secret: %d", v.status)
		}
		c, err := w.Client(w.admin, list[0].ID)
		if err != nil {
			t.Fatal(err)
		}
		if v := b.post(at+"/secrets/end", url.Values{"secret": {c.Secrets[0].ID}}); v.at != at {
			t.Errorf("ended secret: %d %s", v.status, v.at)
		}
		for _, sheet := range []string{"/signon/clients/export.xlsx?q=thu", at + "/visits.xlsx"} {
			if v := b.get(sheet); v.status != http.StatusOK || !strings.HasPrefix(v.body, "PK") {
				t.Errorf("%s: %d", sheet, v.status)
			}
		}
		if v := b.post(at+"/end", nil); v.at != at || !strings.Contains(v.body, "Đã ngừng") {
			t.Errorf("ended: %d", v.status)
		}
		if v := b.post(at+"/end", nil); v.status != http.StatusUnprocessableEntity {
			t.Errorf("ended twice: %d", v.status)
		}
		if v := b.get("/signon/clients?ended=1"); !strings.Contains(v.body, "Thư điện tử") {
			t.Errorf("ended ones: %.300s", v.body)
		}
		if v := b.get("/signon/clients?q=khong"); !strings.Contains(v.body, "Không có hệ thống nào khớp") {
			t.Errorf("nothing found: %.300s", v.body)
		}
		if v := b.get("/signon/clients/x"); v.status != http.StatusNotFound {
			t.Errorf("unknown: %d", v.status)
		}
		w.citizen("0905123456")
		if v := w.signedIn("0905123456").get("/signon/clients"); v.status != http.StatusForbidden {
			t.Errorf("a citizen: %d", v.status)
		}
	})
}
