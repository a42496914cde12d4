package identity

import (
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/org"
)

// demoFile is the file of a province that describes the people of a demonstration.
const demoFile = "demo.yaml"

// demoSource is what demo.yaml says.
type demoSource struct {
	Officials []demoRule    `yaml:"officials"`
	People    []demoPerson  `yaml:"people"`
	Citizens  []demoCitizen `yaml:"citizens"`
	Shown     []demoShown   `yaml:"shown"`
}

// demoRule makes one official in every agency that fits. In Name and User, {slug}
// is the slug of the agency and {n} its number.
type demoRule struct {
	User      string   `yaml:"user"`
	Name      string   `yaml:"name"`
	Title     string   `yaml:"title"`
	Kinds     []string `yaml:"kinds"`
	Levels    []string `yaml:"levels"`
	Divisions []string `yaml:"divisions"` // keys; the post is at the first that the agency has
	Role      string   `yaml:"role"`
}

// demoPerson is one official; At is the unit of the grant, Unit where the post is.
type demoPerson struct {
	User  string `yaml:"user"`
	Name  string `yaml:"name"`
	Title string `yaml:"title"`
	Unit  string `yaml:"unit"`
	Role  string `yaml:"role"`
	At    string `yaml:"at"`
	Below bool   `yaml:"below"`
}

type demoCitizen struct {
	Login      string     `yaml:"login"`
	Name       string     `yaml:"name"`
	PersonalID string     `yaml:"personal_id"`
	BirthDate  clock.Date `yaml:"birth_date"`
	Address    string     `yaml:"address"`
}

type demoShown struct {
	User string `yaml:"user"`
	As   string `yaml:"as"`
}

// DemoSignIn (tài khoản dùng thử) is one line of the table that the verb demo prints.
type DemoSignIn struct {
	Name string // to sign in with
	Who  string // full name
	As   string // "Tiếp nhận hồ sơ của sở"
	Unit string // agency of the post, empty for citizens
}

// DemoReport (kết quả tạo tài khoản dùng thử) says what the import of a demonstration did.
type DemoReport struct {
	Officials int // made now
	Citizens  int // made now
	Unchanged int // there already
	SignIns   []DemoSignIn
}

func readDemo(fsys fs.FS) (demoSource, error) {
	raw, err := fs.ReadFile(fsys, demoFile)
	if err != nil {
		return demoSource{}, err
	}
	var src demoSource
	if err := yaml.Load(raw, &src, yaml.WithKnownFields()); err != nil {
		return demoSource{}, fmt.Errorf("%s: %w", demoFile, err)
	}
	var errs []error
	for _, r := range src.Officials {
		if !strings.Contains(r.User, "{slug}") || r.Name == "" || r.Title == "" || r.Role == "" || len(r.Divisions) == 0 {
			errs = append(errs, fmt.Errorf("official %q: user with {slug}, name, title, divisions and role are required", r.User))
		}
	}
	for _, p := range src.People {
		if p.User == "" || p.Name == "" || p.Title == "" || p.Unit == "" || p.Role == "" || p.At == "" {
			errs = append(errs, fmt.Errorf("person %q: user, name, title, unit, role and at are required", p.User))
		}
	}
	for _, c := range src.Citizens {
		if n, err := ParseName(c.Login); err != nil || n.Kind == ShortName || c.Name == "" {
			errs = append(errs, fmt.Errorf("citizen %q: a phone number or e-mail address and a name are required", c.Login))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return demoSource{}, fmt.Errorf("%s: %w", demoFile, err)
	}
	return src, nil
}

// demoOfficial is one official to be made.
type demoOfficial struct {
	user, name, title, role string
	unit                    org.Unit // of the post
	at                      org.Unit // of the grant
	below                   bool
}

// fits reports whether a rule makes an official in an agency.
func (r demoRule) fits(u org.Unit) bool {
	return (len(r.Kinds) == 0 || slices.Contains(r.Kinds, u.Kind)) && (len(r.Levels) == 0 || slices.Contains(r.Levels, u.Level))
}

// in makes the official of a rule in an agency with its divisions; ok is false when the agency has none of those the rule names.
func (r demoRule) in(agency org.Unit, divisions []org.Unit, n int) (demoOfficial, bool) {
	fill := strings.NewReplacer("{slug}", agency.Slug, "{n}", strconv.Itoa(n)).Replace
	for _, key := range r.Divisions {
		i := slices.IndexFunc(divisions, func(d org.Unit) bool { return d.Key == key })
		if i < 0 {
			continue
		}
		return demoOfficial{user: fill(r.User), name: fill(r.Name), title: r.Title, role: r.Role, unit: divisions[i], at: agency}, true
	}
	return demoOfficial{}, false
}
