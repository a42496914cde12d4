package signon

import (
	"testing"
	"time"

	"lienthong/internal/identity"
	"lienthong/internal/kit/clock"
)

// TestNext holds what a request needs next.
func TestNext(t *testing.T) {
	began := time.Date(2026, 11, 24, 8, 0, 0, 0, time.UTC)
	hour := int64(3600)
	known := viewer{account: "a", since: began.Add(-30 * time.Minute)}
	agreed := func(v viewer, at time.Time, scopes ...string) viewer {
		v.agreed, v.agreedAt = scopes, at
		return v
	}
	fresh := known
	fresh.since = began.Add(time.Second)
	own, outside := Client{Trusted: true}, Client{}
	for name, tc := range map[string]struct {
		r    Request
		c    Client
		v    viewer
		want step
	}{
		"nobody":                          {Request{}, own, viewer{}, stepSignIn},
		"known":                           {Request{}, own, known, stepDone},
		"known, asked to sign in":         {Request{Prompt: []string{"login"}}, own, known, stepAgain},
		"asked to choose":                 {Request{Prompt: []string{"select_account"}}, own, known, stepAgain},
		"signed in for it":                {Request{Prompt: []string{"login"}}, own, fresh, stepDone},
		"another account expected":        {Request{Expected: "b"}, own, fresh, stepAgain},
		"this account expected":           {Request{Expected: "a"}, own, known, stepDone},
		"not too long ago":                {Request{MaxAge: &hour}, own, known, stepDone},
		"too long ago":                    {Request{MaxAge: new(int64)}, own, known, stepAgain},
		"not long ago, for it":            {Request{MaxAge: new(int64)}, own, fresh, stepDone},
		"outside the province":            {Request{Scopes: []string{"openid"}}, outside, known, stepConsent},
		"agreed earlier":                  {Request{Scopes: []string{"openid"}}, outside, agreed(known, began.Add(-time.Hour), "openid", "email"), stepDone},
		"agreed to less":                  {Request{Scopes: []string{"openid", "phone"}}, outside, agreed(known, began.Add(-time.Hour), "openid"), stepConsent},
		"asked to ask again":              {Request{Prompt: []string{"consent"}}, outside, agreed(known, began.Add(-time.Hour)), stepConsent},
		"asked again and agreed":          {Request{Prompt: []string{"consent"}}, outside, agreed(known, began.Add(time.Minute)), stepDone},
		"the province's is never asked":   {Request{Prompt: []string{"consent"}, Scopes: []string{"phone"}}, own, known, stepDone},
		"to sign in comes before consent": {Request{Prompt: []string{"login", "consent"}}, outside, known, stepAgain},
	} {
		tc.r.CreatedAt = began
		if got := tc.r.next(tc.c, tc.v, began.Add(2*time.Minute)); got != tc.want {
			t.Errorf("%s: %s, want %s", name, got, tc.want)
		}
	}
	r, code := Request{ExpiresAt: began}, "x"
	if r.open(began) || !r.open(began.Add(-time.Second)) {
		t.Error("a request is open until it runs out")
	}
	if r.CodeHash = &code; r.open(began.Add(-time.Second)) {
		t.Error("an answered request is open")
	}
}

// TestPick holds how what a service tells is read.
func TestPick(t *testing.T) {
	c := Claims{Name: "name", PersonalID: "id", BirthDate: "born"}
	for name, tc := range map[string]struct {
		all  map[string]any
		want Told
	}{
		"all":             {map[string]any{"sub": "s", "name": " Ksor  Thử ", "id": "052190000001", "born": "1990-05-01", "phone_number": "1"}, Told{Subject: "s", FullName: "Ksor Thử", PersonalID: "052190000001", BirthDate: clock.NewDate(1990, 5, 1)}},
		"another order":   {map[string]any{"sub": "s", "born": "01/05/1990"}, Told{Subject: "s", BirthDate: clock.NewDate(1990, 5, 1)}},
		"not a date":      {map[string]any{"sub": "s", "born": "tháng năm"}, Told{Subject: "s"}},
		"a number":        {map[string]any{"sub": "s", "id": 52190000001}, Told{Subject: "s"}},
		"nothing":         {nil, Told{}},
		"a list of names": {map[string]any{"name": []string{"x"}}, Told{}},
	} {
		if got := c.pick(tc.all); got != tc.want {
			t.Errorf("%s: %+v", name, got)
		}
	}
	v := Told{FullName: "Ksor Thử", PersonalID: "1"}.verified(Outside{Key: "vneid"})
	if v != (identity.Verified{By: "vneid", FullName: "Ksor Thử", PersonalID: "1"}) {
		t.Errorf("%+v", v)
	}
}

// TestWords holds that everything people are shown has words.
func TestWords(t *testing.T) {
	for _, s := range scopes {
		if scopeText(s).Text == s {
			t.Errorf("scope %s has no words", s)
		}
	}
	for _, r := range []Reason{SignedOut, TakenBack, GivenUp, Reused, ClientGone} {
		if r.label().Text == "" {
			t.Errorf("reason %s has no words", r)
		}
	}
	for _, c := range []Client{{Public: true}, {AccountID: "p"}, {AccountID: "p", Redirects: []string{"x"}}, {Redirects: []string{"x"}}} {
		if c.kind().Text == "" {
			t.Errorf("%+v has no words", c)
		}
	}
	for _, p := range Permissions() {
		if p.Name.Text == "" {
			t.Errorf("permission %s has no words", p.Key)
		}
	}
}
