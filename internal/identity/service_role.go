package identity

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// RolesReport (kết quả nạp vai trò) says what an import of roles did.
type RolesReport struct {
	Added     int
	Changed   int
	Unchanged int
	Removed   int      // no longer in the file, and no grant names them
	Kept      []string // no longer in the file, but granted: they stay as they were
}

// ImportRoles takes over the roles of a province from its file roles.yaml. It is
// for the system and for those who hold identity.manage over the whole province.
// Permissions no room knows make the whole file Invalid.
func (s *Service) ImportRoles(ctx context.Context, fsys fs.FS) (RolesReport, error) {
	if actor.From(ctx).Kind != actor.System {
		if err := s.manages(ctx, ""); err != nil {
			return RolesReport{}, err
		}
	}
	roles, err := readRoles(fsys, s.known)
	if errors.Is(err, fs.ErrNotExist) {
		return RolesReport{}, fault.NewInvalid("", i18n.M("Thư mục dữ liệu của tỉnh thiếu tệp roles.yaml.")).Wrap(err)
	}
	if err != nil {
		return RolesReport{}, fault.NewInvalid("", i18n.M("Tệp vai trò chưa đúng: %s", err.Error())).Wrap(err)
	}
	var report RolesReport
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		report = RolesReport{}
		old, err := s.store.roles(ctx, tx)
		if err != nil {
			return err
		}
		if err := s.saveRoles(ctx, tx, old, roles, &report); err != nil {
			return fmt.Errorf("save roles: %w", err)
		}
		if report.Added+report.Changed+report.Removed == 0 {
			return nil
		}
		if err := s.store.bump(ctx, tx); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "identity.import_roles", Object: "identity.role", ObjectID: "import", Before: old, After: roles,
			Detail: map[string]any{"added": report.Added, "changed": report.Changed, "removed": report.Removed}})
	})
	return report, err
}

func (s *Service) saveRoles(ctx context.Context, tx *db.Tx, old, roles []Role, report *RolesReport) error {
	find := func(in []Role, key string) int {
		return slices.IndexFunc(in, func(r Role) bool { return r.Key == key })
	}
	var changed []Role
	for _, r := range roles {
		switch i := find(old, r.Key); {
		case i < 0:
			report.Added++
		case old[i].equal(r):
			report.Unchanged++
			continue
		default:
			report.Changed++
		}
		if err := s.store.saveRole(ctx, tx, r); err != nil {
			return err
		}
		changed = append(changed, r)
	}
	for _, r := range changed {
		if err := s.store.saveMayGrant(ctx, tx, r); err != nil {
			return err
		}
	}
	for _, r := range old {
		if find(roles, r.Key) >= 0 {
			continue
		}
		used, err := s.store.roleIsUsed(ctx, tx, r.Key)
		if err != nil {
			return err
		}
		if used {
			report.Kept = append(report.Kept, r.Key)
			continue
		}
		report.Removed++
		if err := s.store.dropRole(ctx, tx, r.Key); err != nil {
			return err
		}
	}
	return nil
}
