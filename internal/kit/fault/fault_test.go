package fault_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

func TestKinds(t *testing.T) {
	m := i18n.M("Hãy thử %s.", "lại")
	tests := []struct {
		err  error
		kind fault.Kind
		name string
		user string
	}{
		{fault.NewNotFound(m), fault.NotFound, "not_found", "Hãy thử lại."},
		{fault.NewConflict(m), fault.Conflict, "conflict", "Hãy thử lại."},
		{fault.NewForbidden(m), fault.Forbidden, "forbidden", "Hãy thử lại."},
		{fault.NewUnauthenticated(m), fault.Unauthenticated, "unauthenticated", "Hãy thử lại."},
		{fault.NewUnavailable(m), fault.Unavailable, "unavailable", "Hãy thử lại."},
		{fault.NewInvalid("phone", m), fault.Invalid, "invalid", "Hãy thử lại."},
		{fault.New(fault.NotFound, i18n.Msg{}), fault.NotFound, "not_found", "Không tìm thấy"},
		{fault.New(fault.Conflict, i18n.Msg{}), fault.Conflict, "conflict", "tải lại trang"},
		{fault.New(fault.Invalid, i18n.Msg{}), fault.Invalid, "invalid", "Hãy sửa"},
		{fault.New(fault.Forbidden, i18n.Msg{}), fault.Forbidden, "forbidden", "không có quyền"},
		{fault.New(fault.Unauthenticated, i18n.Msg{}), fault.Unauthenticated, "unauthenticated", "đăng nhập"},
		{fault.New(fault.Unavailable, i18n.Msg{}), fault.Unavailable, "unavailable", "đang bận"},
		{fault.New(fault.Internal, i18n.Msg{}), fault.Internal, "internal", "mã lỗi"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			wrapped := fmt.Errorf("do it: %w", tt.err)
			if k := fault.KindOf(wrapped); k != tt.kind || k.String() != tt.name {
				t.Errorf("kind %v (%s), want %v (%s)", k, k, tt.kind, tt.name)
			}
			f, ok := fault.As(wrapped)
			if !ok || !strings.Contains(f.User().String(), tt.user) {
				t.Errorf("the user reads %q, want %q", f.User(), tt.user)
			}
		})
	}
	if fault.KindOf(errors.New("plain")) != fault.Internal {
		t.Error("an error nobody classified is not internal")
	}
	if _, ok := fault.As(nil); ok {
		t.Error("nil was taken for a fault")
	}
}

func TestWrapKeepsCauseAndOriginal(t *testing.T) {
	cause := errors.New("disk full")
	plain := fault.NewUnavailable(i18n.M("Kho tệp đầy."))
	wrapped := plain.Wrap(cause)
	if !errors.Is(wrapped, cause) || errors.Is(plain, cause) {
		t.Error("the cause must be in the copy and not in the original")
	}
	if got := wrapped.Error(); got != "unavailable: Kho tệp đầy.: disk full" {
		t.Errorf("log text %q", got)
	}
}

func TestProblems(t *testing.T) {
	var ps fault.Problems
	if ps.Err() != nil {
		t.Fatal("no problem is an error")
	}
	ps.Add("name", i18n.M("Thiếu tên."))
	other := errors.New("broken")
	if err := ps.Merge("owner.", other); err != other {
		t.Errorf("an error that is no Invalid was swallowed: %v", err)
	}
	if err := ps.Merge("owner.", nil); err != nil {
		t.Errorf("nil became %v", err)
	}
	if err := ps.Merge("owner.", fault.NewInvalid("phone", i18n.M("Sai số."))); err != nil {
		t.Error(err)
	}
	if err := ps.Merge("form.", fault.New(fault.Invalid, i18n.M("Sai cả."))); err != nil {
		t.Error(err)
	}
	f, ok := fault.As(ps.Err())
	if !ok || f.Kind != fault.Invalid || len(f.Problems) != 3 {
		t.Fatalf("got %v", ps.Err())
	}
	var fields []string
	for _, p := range f.Problems {
		fields = append(fields, p.Field)
	}
	if got := strings.Join(fields, " "); got != "name owner.phone form" {
		t.Errorf("fields %q", got)
	}
	if got := f.Error(); got != "invalid; name: Thiếu tên.; owner.phone: Sai số.; form: Sai cả." {
		t.Errorf("log text %q", got)
	}
}
