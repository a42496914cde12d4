package app

import (
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/province"
)

type serveVerb struct{}

// Run serves until the program is told to stop.
func (serveVerb) Run(s *session) error {
	return s.withApp(func(a *App) error {
		if _, port, err := net.SplitHostPort(a.Config.Listen); err == nil {
			s.printf("Liên Thông – %s: mở http://localhost:%s trên trình duyệt. Dừng bằng Ctrl+C.\n", a.House.Province.Name, port)
		}
		return a.Run(s.ctx)
	})
}

type migrateVerb struct{}

// Run brings the tables up to date.
func (migrateVerb) Run(s *session) error {
	if err := s.settings.Validate(); err != nil {
		return err
	}
	d, err := openDatabase(s.ctx, s.settings)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := refuseNewer(s.ctx, d); err != nil {
		return err
	}
	if err := Migrate(s.ctx, d); err != nil {
		return err
	}
	s.printf("Cơ sở dữ liệu %s đã đúng phiên bản.\n", hidePassword(s.settings.DatabaseURL()))
	return nil
}

type demoVerb struct {
	PeopleOnly bool   `name:"people-only" help:"Chỉ tạo tài khoản, không tạo hồ sơ dùng thử."`
	Password   string `name:"demo-password" placeholder:"mật-khẩu" help:"Mật khẩu của mọi tài khoản dùng thử; để trống thì chương trình đặt ngẫu nhiên và in ra."`
}

// Run makes the demonstration province.
func (v demoVerb) Run(s *session) error {
	s.settings.AutoMigrate = true
	now := time.Now()
	cl := clock.NewFake(now)
	return s.withApp(func(a *App) error { return a.House.demo(s.ctx, s.out, cl, now, demoOptions{v.Password, !v.PeopleOnly}) }, WithClock(cl))
}

type importVerb struct {
	Province importProvince `cmd:"" help:"Nạp dữ liệu của một tỉnh: đơn vị hành chính, cơ quan, lịch, danh mục." detail:"Nạp lại chỉ thay đổi phần dữ liệu đã đổi; nội dung do người dùng sửa trong chương trình được giữ nguyên."`
	Codes    importCodes    `cmd:"" help:"Nạp mã định danh của cơ quan, đơn vị từ tệp CSV." detail:"Dòng không khớp đơn vị nào được in ra cùng lý do; các dòng khác vẫn được nạp."`
}

type importProvince struct {
	From  string   `name:"from" placeholder:"thư-mục" help:"Thư mục dữ liệu, hoặc tên bộ dữ liệu đi kèm; mặc định là tỉnh trong cài đặt."`
	Parts []string `arg:"" optional:"" name:"phần" help:"Chỉ nạp các phần này: places, org, roles, calendar, codelists; để trống là nạp tất cả."`
}

// Run loads the data of a province, or parts of it.
func (v importProvince) Run(s *session) error {
	return s.withApp(func(a *App) error {
		from := a.House.Files
		if v.From != "" {
			var err error
			if from, err = province.Open(v.From); err != nil {
				return failure(ExitConfig, fmt.Errorf("không mở được dữ liệu %q: %w", v.From, err))
			}
		}
		return a.House.LoadProvince(s.ctx, from, s.out, true, v.Parts...)
	})
}

type importCodes struct {
	File string `arg:"" name:"tệp" help:"Tệp CSV."`
}

// Run loads codes of agencies.
func (v importCodes) Run(s *session) error {
	return s.withApp(func(a *App) error {
		f, err := os.Open(v.File)
		if err != nil {
			return failure(ExitConfig, fmt.Errorf("không mở được tệp: %w", err))
		}
		defer f.Close()
		r, err := a.House.Org.ImportCodes(actor.With(s.ctx, actor.SystemActor), f)
		if err != nil {
			return fmt.Errorf("nạp mã: %w", err)
		}
		s.printf("Đã nạp %d mã mới (%d thay mã cũ), %d giữ nguyên, %d dòng không nạp được.\n", r.Added, r.Replaced, r.Unchanged, len(r.Rejected))
		for _, note := range rejected(r) {
			s.printf("  %s\n", note)
		}
		return nil
	})
}

type versionVerb struct{}

// Run prints the version.
func (versionVerb) Run(s *session) error {
	s.printf("lienthong %s\n", Version())
	return nil
}

// Version returns the release of the program, or the revision it was built from.
func Version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := b.Main.Version
	if v != "" && v != "(devel)" {
		return v
	}
	for _, s := range b.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return "devel " + s.Value[:12]
		}
	}
	return "devel (" + b.GoVersion + ")"
}
