package app

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/i18n"
)

type doctorVerb struct {
	Config doctorConfig `cmd:"" help:"In mọi cài đặt đang có hiệu lực và nơi đặt từng cài đặt."`
	Files  doctorFiles  `cmd:"" help:"Kiểm tra kho tệp: tệp nào mất hoặc nội dung đã đổi so với khi nhận."`
	Audit  doctorAudit  `cmd:"" help:"Kiểm tra chuỗi nhật ký kiểm toán: có dòng nào bị sửa, xóa hoặc chèn không." detail:"Các mốc đối chiếu in ở cuối nên được lưu ngoài hệ thống; đưa lại bằng --anchors để chứng minh mọi dòng trước mốc còn nguyên."`
}

type doctorConfig struct{}

// Run prints the settings in force.
func (doctorConfig) Run(s *session) error {
	for _, set := range Settings() {
		value := set.text(s.settings)
		switch {
		case set.Key == "database":
			value = hidePassword(s.settings.DatabaseURL())
		case set.Secret && value != "":
			value = hidden
		}
		s.printf("%-24s %-40s (%s)\n", set.Key, value, s.from[set.Key].Name)
	}
	return s.settings.Validate()
}

type doctorFiles struct{}

// Run verifies the store of files.
func (doctorFiles) Run(s *session) error {
	return s.withExisting(func(a *App) error {
		whole, err := a.House.File.Doctor(s.ctx, s.out, i18n.Msg.String)
		if err != nil {
			return err
		}
		if !whole {
			return failure(ExitFindings, errors.New("kho tệp không còn nguyên vẹn"))
		}
		return nil
	})
}

type doctorAudit struct {
	Anchors string `name:"anchors" placeholder:"tệp" help:"Tệp chứa các mốc đối chiếu của lần kiểm tra trước, mỗi dòng: làn dòng mã-băm."`
}

// Run verifies the chain of the audit record.
func (v doctorAudit) Run(s *session) error {
	anchors, err := readAnchors(v.Anchors)
	if err != nil {
		return err
	}
	return s.withExisting(func(a *App) error {
		report, err := audit.Verify(s.ctx, a.DB, nil, anchors...)
		if err != nil {
			return err
		}
		for _, line := range report.Lines() {
			s.printf("%s\n", line)
		}
		if !report.OK() {
			return failure(ExitFindings, errors.New("nhật ký kiểm toán không còn nguyên vẹn"))
		}
		return nil
	})
}

// readAnchors reads lines "lane seq hash"; other lines, such as the sentences around them, are passed over.
func readAnchors(file string) ([]audit.Head, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, failure(ExitConfig, fmt.Errorf("không đọc được tệp mốc đối chiếu: %w", err))
	}
	var heads []audit.Head
	for line := range strings.Lines(string(raw)) {
		f := strings.Fields(line)
		if len(f) != 3 || len(f[2]) != 64 {
			continue
		}
		lane, err1 := strconv.ParseInt(f[0], 10, 64)
		seq, err2 := strconv.ParseInt(f[1], 10, 64)
		if errors.Join(err1, err2) == nil {
			heads = append(heads, audit.Head{Lane: lane, Seq: seq, Hash: f[2]})
		}
	}
	if len(heads) == 0 {
		return nil, failure(ExitConfig, fmt.Errorf("tệp %s không có mốc đối chiếu nào", file))
	}
	return heads, nil
}
