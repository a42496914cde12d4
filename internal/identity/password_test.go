package identity

import (
	"crypto/sha1"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// TestPasswordRules holds who may have which password, wherever one is set.
func TestPasswordRules(t *testing.T) {
	leaked := "con voi uống nước suối"
	file := filepath.Join(t.TempDir(), "leaked.txt")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%X:42\n", sha1.Sum([]byte(leaked))), 0o600); err != nil {
		t.Fatal(err)
	}
	c := cheap
	c.BreachList = file
	if err := c.Validate(); err != nil {
		t.Fatal(err)
	}
	w := newTown(t, sqlite(t), c)
	citizen := Account{Kind: Citizen, FullName: "Ksor Thử", PersonalID: "064190001234", BirthDate: clock.MustDate("1990-05-07"), Phone: "0905123456", Names: []Name{{"0905123456", Phone}}}
	official := Account{Kind: Official, FullName: "Trần Văn Nghiêm", Names: []Name{{"tran.nghiem", ShortName}}}
	for _, one := range []struct {
		acc  Account
		p    string
		want string // part of the sentence
	}{
		{citizen, "xe đạp xanh", ""}, {citizen, goodPassword, ""}, {official, goodPassword, ""},
		{citizen, "ngắn", "ít nhất 8"}, {official, "xe đạp xanh", "ít nhất 12"},
		{citizen, "07051990", "ngày sinh"}, {citizen, "ksorthu1", "ngày sinh"}, {citizen, "0905123456", "số điện thoại"}, {citizen, "064190001234", "số giấy tờ"},
		{official, "trannghiem2026", "hàng"}, {official, "trần văn nghiêm 1", "ngày sinh"}, {official, "Cán bộ một cửa", ""}, {official, "chuyenvien2026", "từ quen"},
		{citizen, "matkhau123", "phổ biến"}, {official, "maatj khaaur 1", "phổ biến"}, {citizen, "qwertyuiop", "hàng phím"}, {official, "abcabcabcabc", "lặp lại"},
		{citizen, leaked, "đã lộ"}, {official, leaked, "đã lộ"},
	} {
		m, bad, err := w.refusedPassword(cleanPassword(one.p), one.acc)
		if err != nil || bad != (one.want != "") && one.want != "hàng" || one.want != "hàng" && !strings.Contains(m.String(), one.want) {
			t.Errorf("%s of %s: %v %q %v", one.p, one.acc.FullName, bad, m, err)
		}
	}
	_, err := w.Register(t.Context(), Registration{Name: "0905123456", FullName: "Ksor Thử", Password: leaked, Consent: true})
	if !strings.Contains(fields(err)["password"], "đã lộ") {
		t.Errorf("registered: %v", err)
	}
	acc := w.official("tran.nghiem", "so-tu-phap", "Chuyên viên", "", false)
	if err := w.ChangePassword(w.as(acc), goodPassword, leaked); !strings.Contains(fields(err)["password"], "đã lộ") {
		t.Errorf("changed: %v", err)
	}
	if err := w.ResetPassword(w.system, acc.ID, leaked); !strings.Contains(fields(err)["password"], "đã lộ") {
		t.Errorf("reset: %v", err)
	}
	if err := w.ResetPassword(w.system, acc.ID, "xe đạp xanh"); !strings.Contains(fields(err)["password"], "12") {
		t.Errorf("too short for an official: %v", err)
	}
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	wantKind(t, w.ResetPassword(w.system, acc.ID, "ba con mèo tam thể"), fault.Unavailable)
	if err := c.Validate(); err == nil || !strings.Contains(err.Error(), "breach_list") {
		t.Errorf("a list that is not there: %v", err)
	}
}
