package app

import (
	"fmt"

	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
)

type accountVerb struct {
	Admin accountAdmin `cmd:"" help:"Tạo tài khoản quản trị toàn tỉnh và in mật khẩu." detail:"Dùng cho người quản trị đầu tiên, hoặc khi không ai đăng nhập quản trị được nữa. Người khác được tạo trong chương trình, mục Tài khoản và phân quyền. Cần nạp dữ liệu tỉnh trước: lienthong import province."`
}

type accountAdmin struct {
	FullName string `name:"full-name" required:"" placeholder:"họ-tên" help:"Họ và tên người quản trị."`
	Unit     string `name:"unit" placeholder:"đơn-vị" help:"Đơn vị công tác, ví dụ so-thong-tin-va-truyen-thong; để trống là cơ quan đứng đầu tỉnh."`
	Reason   string `name:"reason" placeholder:"căn-cứ" default:"Tạo bằng lệnh lienthong account admin" help:"Căn cứ, ví dụ số quyết định phân công; được ghi vào nhật ký."`
	Name     string `arg:"" name:"tên" help:"Tên đăng nhập hoặc thư điện tử công vụ."`
}

// The role and the title of who administers the whole province.
const (
	adminRole  = "administrator"
	adminTitle = "Quản trị hệ thống"
)

// Run makes the account and prints its password, which is nowhere else.
func (v accountAdmin) Run(s *session) error {
	return s.withExisting(func(a *App) error {
		password := newPassword()
		acc, err := a.House.Identity.Appoint(actor.With(s.ctx, actor.SystemActor), identity.Appointment{Name: v.Name, FullName: v.FullName,
			Title: adminTitle, Unit: v.Unit, Role: adminRole, Reason: v.Reason, Password: password})
		if err != nil {
			if fault.KindOf(err) == fault.Invalid {
				err = failure(ExitConfig, err)
			}
			return fmt.Errorf("tạo tài khoản: %w", err)
		}
		s.printf("Đã tạo tài khoản quản trị cho %s.\n\n  Tên đăng nhập: %s\n  Mật khẩu:      %s\n\nMật khẩu chỉ hiện lần này. Hãy đăng nhập rồi đổi ở trang Tài khoản.\n", acc.FullName, acc.Names[0].Text, password)
		return nil
	})
}
