package web_test

import (
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/dbtest"
	"lienthong/internal/kit/web"
)

// TestSecretRoutesKeepNothing holds that of a body with a password not even a hash is kept.
func TestSecretRoutesKeepNothing(t *testing.T) {
	dbtest.Each(t, tables, func(t *testing.T, d *db.DB) {
		s, a, _ := newActs(t, d, clock.NewFake(noon))
		s.Handle(web.Route{Method: "POST", Pattern: "/api/v1/passwords", Permission: web.Public, Name: "thing.password", Handler: a.handle, Secret: true})
		for i := range 2 {
			w := s.do("POST", "/api/v1/passwords", strings.NewReader(`{"password":"hush"}`), "Idempotency-Key", key)
			if w.Code != 201 || a.n.Load() != int32(i+1) {
				t.Errorf("request %d: %d after %d acts", i, w.Code, a.n.Load())
			}
		}
		if w := s.do("POST", "/api/v1/passwords", strings.NewReader("x")); w.Code != 400 {
			t.Errorf("without a key: %d", w.Code)
		}
		var n int
		if err := d.Get(t.Context(), &n, `SELECT COUNT(*) FROM web_idempotency`); err != nil || n != 0 {
			t.Errorf("%d rows are kept, %v", n, err)
		}
	})
}
