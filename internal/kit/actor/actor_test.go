package actor_test

import (
	"context"
	"strings"
	"testing"

	"lienthong/internal/kit/actor"
)

func grant(path string, below bool, permissions ...string) actor.Grant {
	held := map[string]bool{}
	for _, p := range permissions {
		held[p] = true
	}
	return actor.Grant{UnitPath: path, Below: below, Permissions: held}
}

func TestCan(t *testing.T) {
	a := actor.Actor{Kind: actor.Staff, Grants: []actor.Grant{grant("/p/d/", true, "x.read"), grant("/p/e/", false, "x.read", "x.write"), grant("", true, "x.all")}}
	tests := []struct {
		permission, path string
		want             bool
	}{
		{"x.read", "/p/d/", true}, {"x.read", "/p/d/1/", true}, {"x.read", "/p/", false}, {"x.read", "/p/dd/", false},
		{"x.read", "/p/e/", true}, {"x.read", "/p/e/1/", false}, {"x.write", "/p/d/", false}, {"x.write", "/p/e/", true},
		{"x.all", "/p/", false}, {"x.read", "", false}, {"y.read", "/p/d/", false},
	}
	for _, tt := range tests {
		if got := a.Can(tt.permission, tt.path); got != tt.want {
			t.Errorf("Can(%s, %s) = %v", tt.permission, tt.path, got)
		}
	}
	if !a.CanSomewhere("x.write") || a.CanSomewhere("y.read") {
		t.Error("CanSomewhere is wrong")
	}
	if s := actor.SystemActor; !s.Can("any.thing", "/p/") || !s.CanSomewhere("any.thing") {
		t.Error("the system may not do everything")
	}
	if (actor.Actor{}).Can("x.read", "/p/d/") || (actor.Actor{}).SignedIn() || !a.SignedIn() {
		t.Error("a visitor may do something, or is signed in")
	}
}

func TestHavingDropsWhatIsContained(t *testing.T) {
	a := actor.Actor{Grants: []actor.Grant{
		grant("/p/d/1/", false, "x"), grant("/p/d/", true, "x"), grant("/p/e/", false, "x"), grant("/p/e/", true, "x"),
		grant("/p/e/2/", true, "x"), grant("/p/f/", false, "x"), grant("/p/f/3/", true, "x"), grant("", true, "x"), grant("/p/", true, "y"),
	}}
	var got []string
	for _, g := range a.Having("x") {
		s := g.UnitPath
		if g.Below {
			s += "*"
		}
		got = append(got, s)
	}
	if s := strings.Join(got, " "); s != "/p/d/* /p/e/* /p/f/ /p/f/3/*" {
		t.Errorf("kept %q", s)
	}
	if len(a.Having("z")) != 0 {
		t.Error("a permission nobody gave")
	}
}

func TestContext(t *testing.T) {
	if a := actor.From(context.Background()); a.ID != "" || a.SignedIn() {
		t.Errorf("an empty context holds %+v", a)
	}
	if a := actor.From(actor.With(context.Background(), actor.Actor{ID: "7"})); a.ID != "7" {
		t.Errorf("got %+v", a)
	}
}
