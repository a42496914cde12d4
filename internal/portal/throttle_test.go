package portal

import (
	"fmt"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestThrottle holds how many guesses there are, that right ones cost nothing, and that little is kept.
func TestThrottle(t *testing.T) {
	c := clock.NewFake(time.Date(2026, 11, 23, 8, 0, 0, 0, clock.Local))
	g := newThrottle(c, 3, 5)
	for range 100 {
		giveBack, wait := g.try("1.1.1.1", "A")
		if wait > 0 {
			t.Fatal("a right look-up costs a try")
		}
		giveBack()
	}
	for range 3 {
		g.try("1.1.1.1", "A")
	}
	if _, wait := g.try("2.2.2.2", "A"); wait <= 0 || wait > guessBack {
		t.Errorf("another address guesses on at the same code: %v", wait)
	}
	if _, wait := g.try("1.1.1.1", "B"); wait > 0 {
		t.Errorf("another code: %v", wait)
	}
	g.try("1.1.1.1", "")
	if _, wait := g.try("1.1.1.1", "C"); wait <= 0 {
		t.Error("an address may guess for ever")
	}
	c.Advance(guessBack)
	if _, wait := g.try("2.2.2.2", "A"); wait > 0 {
		t.Errorf("tries do not come back: %v", wait)
	}
	for i := range maxKnown + 5000 {
		g.try(fmt.Sprint(i), "")
	}
	if len(g.known) > maxKnown {
		t.Errorf("%d kept", len(g.known))
	}
}

// TestSteps holds which page a field belongs to.
func TestSteps(t *testing.T) {
	for field, want := range map[string]int{"receiver": stepReceiver, "case": stepReceiver, "owner.phone": stepApplicant, "submitter": stepApplicant, "form.child.name": stepForm,
		"papers.1": stepPapers, "return_by": stepDelivery, "fees.copies": stepDelivery, "unknown": stepReceiver} {
		if got := stepOf(field); got != want {
			t.Errorf("%s is on page %d, want %d", field, got, want)
		}
	}
	if stepAt("giay-to") != stepPapers || stepAt("none") != stepReceiver {
		t.Error("slugs")
	}
	if own := problemsAt(stepPapers, []fault.Problem{{Field: "papers.a"}, {Field: "owner.b"}}); len(own) != 1 {
		t.Errorf("%v", own)
	}
}

// TestWords holds small helpers with words.
func TestWords(t *testing.T) {
	for _, c := range []struct {
		text, name string
		want       bool
	}{{"yen do", "Ủy ban nhân dân phường Yên Đỗ", true}, {"phường yên", "Ủy ban nhân dân phường Yên Đỗ", true}, {"en do", "Phường Yên Đỗ", false}, {"", "x", true}} {
		if matches(c.text, c.name) != c.want {
			t.Errorf("%q in %q", c.text, c.name)
		}
	}
	if lowerFirst("UBND xã") != "UBND xã" || lowerFirst("Cấp xã") != "cấp xã" || upperFirst("còn") != "Còn" || upperFirst("") != "" {
		t.Error("first letters")
	}
	if resumeCode(" abcde-23456 ") != "ABCDE23456" || spelled("ABCDE23456") != "ABCDE-23456" || hidden("0912000001") != "09xx xxx 001" {
		t.Error("codes")
	}
	if address("/x", "a", "", "b", "1 2") != "/x?b=1+2" || address("/x") != "/x" {
		t.Error("addresses")
	}
}
