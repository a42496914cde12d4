package identity

import (
	"context"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
)

// NewProgram (tài khoản mới của phần mềm) describes the account of a program of another system.
type NewProgram struct {
	Name     string     // names the program to computers: "phan-mem-mot-cua.so-tu-phap"
	FullName string     // names it to people
	UnitID   org.UnitID // answers for it; its administrators keep the account
}

// AddProgram makes the account of a program. Nobody signs in to it: it acts through
// tokens (MakeSecret) and with grants like those of people. Permission:
// identity.manage at the unit. Errors: Invalid by field (name, full_name, unit).
func (s *Service) AddProgram(ctx context.Context, n NewProgram) (Account, error) {
	acc := Account{ID: AccountID(id.New()), Kind: Official, FullName: vntext.Clean(n.FullName), UnitID: n.UnitID, Status: Active, Verified: true, CreatedAt: s.clock.Now()}
	if err := s.manages(ctx, acc.UnitID); err != nil {
		return Account{}, err
	}
	var ps fault.Problems
	name, err := ParseName(n.Name)
	switch {
	case err != nil:
		if err := ps.Merge("", err); err != nil {
			return Account{}, err
		}
	case name.Kind != ShortName:
		ps.Add("name", i18n.M("Tên của phần mềm gồm chữ thường không dấu, số, dấu chấm và gạch nối, ví dụ phan-mem-mot-cua.so-tu-phap."))
	}
	if acc.FullName == "" || len([]rune(acc.FullName)) > 100 {
		ps.Add("full_name", i18n.M("Nhập tên phần mềm, nhiều nhất 100 ký tự."))
	}
	if err := ps.Err(); err != nil {
		return Account{}, err
	}
	acc.Names = []Name{name}
	return acc, s.insert(ctx, acc, "identity.add_program")
}
