package signon

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/seal"
)

// TestKeyTimes holds that a key is published before it signs and after, and that there is always one that signs.
func TestKeyTimes(t *testing.T) {
	c := Config{Rotate: 24 * time.Hour}.withDefaults()
	begin := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
	var keys []Key
	for now := begin; now.Before(begin.Add(10 * 24 * time.Hour)); now = now.Add(10 * time.Minute) {
		if from, ok := c.due(keys, now); ok {
			keys = append(keys, Key{ID: now.String(), Seq: int64(len(keys) + 1), CreatedAt: now, UseFrom: from})
		}
		k, ok := signing(keys, now)
		if !ok {
			t.Fatalf("%s: nothing signs", now)
		}
		if now.Sub(begin) > 25*time.Hour && k.UseFrom.Sub(k.CreatedAt) < 6*time.Hour {
			t.Fatalf("%s: signs with a key published %s before its use", now, k.UseFrom.Sub(k.CreatedAt))
		}
		published := c.published(keys, now)
		if !slices.ContainsFunc(published, func(p Key) bool { return p.ID == k.ID }) || len(published) > 3 {
			t.Fatalf("%s: %d published", now, len(published))
		}
		if before, ok := signing(keys, now.Add(-c.Access-leeway)); ok && !slices.ContainsFunc(published, func(p Key) bool { return p.ID == before.ID }) {
			t.Fatalf("%s: tokens that count are signed by a key nobody finds", now)
		}
	}
	if len(keys) < 10 || len(keys) > 11 {
		t.Errorf("%d keys in ten days", len(keys))
	}
	if _, ok := signing(keys, begin.Add(-time.Minute)); ok {
		t.Error("a key signs before its time")
	}
	late := begin.Add(300 * 24 * time.Hour) // the program stood still
	if from, ok := c.due(keys, late); !ok || from.Sub(late) < 6*time.Hour {
		t.Errorf("after standing still the next key signs from %s, %v", from, ok)
	}
}

// TestConfig holds what settings cannot work.
func TestConfig(t *testing.T) {
	for name, c := range map[string]Config{"": {}, "daily": {Rotate: 24 * time.Hour}, "curves": {Algorithm: "ES384"}} {
		if err := c.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for name, c := range map[string]Config{"algorithm": {Algorithm: "none"}, "rotate": {Rotate: time.Minute}, "rotate ": {Rotate: 2 * time.Hour, Access: time.Hour}} {
		if err := c.Validate(); err == nil || !strings.HasPrefix(err.Error(), strings.TrimSpace(name)+":") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestRotation signs people on while keys follow one another: whatever counts is found among the published keys.
func TestRotation(t *testing.T) {
	each(t, Config{Algorithm: "ES256", Rotate: 24 * time.Hour}, func(t *testing.T, w *world) {
		c, secret := w.register(nil)
		w.citizen("0905123456")
		published := func() []string {
			var ids []string
			list, _ := w.fetch(pathKeys, "").body["keys"].([]any)
			for _, k := range list {
				key, _ := k.(map[string]any)
				if key["d"] != nil || key["alg"] != "ES256" {
					t.Errorf("published: %v", key)
				}
				id, _ := key["kid"].(string)
				ids = append(ids, id)
			}
			return ids
		}
		signer := func() string {
			k, err := w.signer(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return k.ID()
		}
		first := signer()
		hint := w.tokens(w.signedIn("0905123456"), c, secret, "openid").text("id_token")
		seen := map[string]bool{first: true}
		for range 5 * 24 {
			w.clock.Advance(time.Hour)
			before := published()
			if err := w.RotateKeys(w.system); err != nil {
				t.Fatal(err)
			}
			if now := signer(); !slices.Contains(before, now) {
				t.Fatalf("signs with a key that was not published before")
			} else {
				seen[now] = true
			}
		}
		if len(seen) < 5 || slices.Contains(published(), first) {
			t.Errorf("%d keys in five days, the first still there: %v", len(seen), slices.Contains(published(), first))
		}
		if n := w.count(`SELECT COUNT(*) FROM signon_key WHERE sealed = '' AND id = ?`, first); n != 1 {
			t.Error("the private half of a spent key is still there")
		}
		b := w.signedIn("0905123456")
		if v := b.get(pathEnd + "?" + url.Values{"id_token_hint": {hint}}.Encode()); v.status != http.StatusOK || strings.Contains(v.body, `action="/signon/end_session"`) {
			t.Errorf("an ID token signed by a spent key is no hint any more: %d", v.status)
		}
		for range 3 { // several nodes at once
			w.clock.Advance(24 * time.Hour)
			errs := make(chan error, 2)
			for range 2 {
				go func() { errs <- w.RotateKeys(w.system) }()
			}
			for range 2 {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
		}
	})
}

// TestNewSealingKey holds that signing goes on when the keys of the program are replaced.
func TestNewSealingKey(t *testing.T) {
	each(t, Config{Algorithm: "ES256"}, func(t *testing.T, w *world) {
		first := seal.Generate()
		old, err := seal.Parse(first)
		if err != nil {
			t.Fatal(err)
		}
		second := seal.Generate()
		both, err := seal.Parse(second + "," + first)
		if err != nil {
			t.Fatal(err)
		}
		only, err := seal.Parse(second)
		if err != nil {
			t.Fatal(err)
		}
		w.secrets = old
		before, err := w.signer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		w.secrets = both
		if err := w.RotateKeys(w.system); err != nil {
			t.Fatal(err)
		}
		w.secrets = only
		if after, err := w.signer(t.Context()); err != nil || after.ID() != before.ID() {
			t.Errorf("after the replacement: %v %v", after.ID(), err)
		}
		w.secrets = old
		if _, err := w.signer(t.Context()); err == nil {
			t.Error("the old key still opens it")
		}
	})
}
