package money_test

import (
	"testing"

	"lienthong/internal/kit/money"
)

func TestString(t *testing.T) {
	for in, want := range map[money.VND]string{0: "0 đ", 999: "999 đ", 1000: "1.000 đ", 1234567: "1.234.567 đ", -50000: "-50.000 đ", 1000000000: "1.000.000.000 đ"} {
		if got := in.String(); got != want {
			t.Errorf("%d is shown as %q, want %q", int64(in), got, want)
		}
	}
}
