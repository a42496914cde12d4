package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"slices"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/vntext"
)

// rolesFile is the file of a province that says which roles there are.
const rolesFile = "roles.yaml"

// Role (vai trò) is a list of permissions under one name. MayGrant are the roles
// that somebody with this role and identity.manage may give to others at the units
// of their own grant, beside roles whose permissions they hold themselves.
type Role struct {
	Key         string   `db:"key" yaml:"key"`
	Rank        int64    `db:"rank" yaml:"-"`
	Name        string   `db:"name" yaml:"name"`
	NameEN      string   `db:"name_en" yaml:"name_en"`
	Permissions []string `db:"-" yaml:"permissions"`
	MayGrant    []string `db:"-" yaml:"may_grant"`

	SecondFactor bool `db:"second_factor" yaml:"second_factor"` // whoever holds it needs more than a password
}

var roleKeyForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// readRoles reads roles.yaml. Permissions that no room knows are errors: a role that
// silently lacks a permission is worse than a file that cannot be loaded.
func readRoles(fsys fs.FS, known map[string]bool) ([]Role, error) {
	raw, err := fs.ReadFile(fsys, rolesFile)
	if err != nil {
		return nil, err
	}
	var src struct {
		Roles []Role `yaml:"roles"`
	}
	if err := yaml.Load(raw, &src, yaml.WithKnownFields()); err != nil {
		return nil, fmt.Errorf("%s: %w", rolesFile, err)
	}
	if err := checkRoles(src.Roles, known); err != nil {
		return nil, fmt.Errorf("%s: %w", rolesFile, err)
	}
	return src.Roles, nil
}

func checkRoles(roles []Role, known map[string]bool) error {
	var errs []error
	keys := map[string]bool{}
	for i := range roles {
		r := &roles[i]
		r.Rank = int64(i + 1)
		r.Name, r.NameEN = vntext.Clean(r.Name), vntext.Clean(r.NameEN)
		switch {
		case !roleKeyForm.MatchString(r.Key):
			errs = append(errs, fmt.Errorf("role %q: a key is small letters, digits and hyphens", r.Key))
		case keys[r.Key]:
			errs = append(errs, fmt.Errorf("role %s stands twice", r.Key))
		}
		keys[r.Key] = true
		if r.Name == "" || len(r.Permissions) == 0 {
			errs = append(errs, fmt.Errorf("role %s: name and permissions are required", r.Key))
		}
		for _, p := range r.Permissions {
			if !known[p] {
				errs = append(errs, fmt.Errorf("role %s: no room knows the permission %q", r.Key, p))
			}
		}
		slices.Sort(r.Permissions)
		slices.Sort(r.MayGrant)
		if len(slices.Compact(slices.Clone(r.Permissions))) != len(r.Permissions) || len(slices.Compact(slices.Clone(r.MayGrant))) != len(r.MayGrant) {
			errs = append(errs, fmt.Errorf("role %s: a permission or role stands twice", r.Key))
		}
	}
	for _, r := range roles {
		for _, g := range r.MayGrant {
			if !keys[g] {
				errs = append(errs, fmt.Errorf("role %s: may grant %q, which is no role", r.Key, g))
			}
		}
	}
	return errors.Join(errs...)
}

// equal reports whether two roles say the same.
func (r Role) equal(o Role) bool {
	return r.Key == o.Key && r.Rank == o.Rank && r.Name == o.Name && r.NameEN == o.NameEN && r.SecondFactor == o.SecondFactor && slices.Equal(r.Permissions, o.Permissions) && slices.Equal(r.MayGrant, o.MayGrant)
}
