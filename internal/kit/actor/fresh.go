package actor

import (
	"context"
	"errors"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// ErrStale is in the error of an act that asks for a fresh proof of who acts. Package web asks for it.
var ErrStale = errors.New("the proof of who acts is too old")

// Fresh returns nil when whoever acts has proved lately who they are, else a Forbidden fault that holds ErrStale.
// Acts that bind others or open an account ask for it: approving, giving rights, changing what one signs in with.
func Fresh(ctx context.Context) error {
	a := From(ctx)
	switch {
	case !a.Stale:
		return nil
	case a.Token != "":
		return fault.NewForbidden(i18n.M("Việc này phải do người giữ tài khoản tự đăng nhập và làm, không làm được bằng mã truy cập."))
	}
	return fault.NewForbidden(i18n.M("Việc này cần xác nhận lại người thực hiện. Hãy nhập mã xác nhận hoặc mật khẩu rồi làm lại.")).Wrap(ErrStale)
}
