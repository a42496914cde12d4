package throttle

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

var morning = time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)

func TestNetwork(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
	}{
		{"203.0.113.5", "203.0.113.5", true},
		{"203.0.113.5", "203.0.113.6", false},
		{"2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true},
		{"2001:db8:1:2::1", "2001:db8:1:3::1", false},
	} {
		a, okA := Network(c.a)
		b, okB := Network(c.b)
		if !okA || !okB || (a == b) != c.same {
			t.Errorf("%s and %s: %v %v", c.a, c.b, a, b)
		}
	}
	if _, ok := Network("not an address"); ok {
		t.Error("nonsense is an address")
	}
}

func TestTry(t *testing.T) {
	th := New(2, time.Minute)
	for i, want := range []bool{true, true, false, false} {
		if _, ok := th.Try("203.0.113.5", morning); ok != want {
			t.Errorf("try %d: %v", i+1, ok)
		}
	}
	if _, ok := th.Try("203.0.113.6", morning); !ok {
		t.Error("another address has no tries")
	}
	if _, ok := th.Try("203.0.113.5", morning.Add(30*time.Second)); !ok {
		t.Error("no try came back")
	}
	for range 5 {
		if refund, ok := th.Try("", morning); !ok {
			t.Error("without an address there is no limit")
		} else {
			refund()
		}
	}
}

func TestRefund(t *testing.T) {
	th := New(1, time.Minute)
	for i := range 5 {
		refund, ok := th.Try("203.0.113.5", morning.Add(time.Duration(i)*time.Millisecond))
		if !ok {
			t.Fatalf("try %d", i+1)
		}
		refund()
	}
}

// TestSweep holds that addresses are forgotten, and that many of them do not make every try slow.
func TestSweep(t *testing.T) {
	th := New(2, time.Minute)
	th.Try("203.0.113.5", morning)
	th.Try("203.0.113.9", morning.Add(2*time.Minute))
	if len(th.at) != 1 {
		t.Errorf("%d addresses are kept", len(th.at))
	}
	for i := range many + 10 {
		th.Try(fmt.Sprintf("10.%d.%d.%d", i>>16, i>>8&255, i&255), morning.Add(2*time.Minute))
	}
	swept := th.swept
	th.Try("203.0.113.9", morning.Add(2*time.Minute+time.Millisecond))
	if th.swept != swept {
		t.Error("every try goes through all addresses")
	}
	th.Try("203.0.113.9", morning.Add(2*time.Minute+2*time.Second))
	if th.swept == swept {
		t.Error("many addresses are not swept sooner")
	}
}

func TestAtTheSameTime(t *testing.T) {
	th := New(7, time.Minute)
	var passed atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if _, ok := th.Try("203.0.113.5", morning); ok {
				passed.Add(1)
			}
		})
	}
	wg.Wait()
	if passed.Load() != 7 {
		t.Errorf("%d tries passed", passed.Load())
	}
}
