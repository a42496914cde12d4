package province

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"regexp"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/vntext"
)

// File is the file that makes a folder a province.
const File = "province.yaml"

// Province (tỉnh) is what the program shows and presumes about the province it serves.
type Province struct {
	Key        string    `yaml:"key"`        // lower-case letters, digits and hyphens
	Name       string    `yaml:"name"`       // "Tỉnh Gia Lai"
	NameEN     string    `yaml:"name_en"`    // "Gia Lai Province"
	ShortName  string    `yaml:"short_name"` // "Gia Lai"
	Fictitious bool      `yaml:"fictitious"` // made up, for tests and demonstrations
	Place      string    `yaml:"place"`      // code of the province in places.csv
	Government string    `yaml:"government"` // slug of its People's Committee in org.yaml
	Office     Office    `yaml:"office"`
	Mark       Mark      `yaml:"mark"`
	Contact    Contact   `yaml:"contact"`
	Addresses  Addresses `yaml:"addresses"`
	Dossier    Dossier   `yaml:"dossier"`
}

// Office (tên gọi nơi tiếp nhận) holds the names of the places where citizens file, as they are called in the province.
type Office struct {
	Portal        string `yaml:"portal"` // name of the public portal
	PortalEN      string `yaml:"portal_en"`
	ServiceCenter string `yaml:"service_center"` // slug of the provincial service centre, empty when there is none
	Reception     string `yaml:"reception"`      // name of the reception of any other agency
	ReceptionEN   string `yaml:"reception_en"`
}

// Mark (dấu hiệu nhận diện) is the look of the province: a picture or up to three letters, and four colours.
type Mark struct {
	Letters     string `yaml:"letters"`
	Logo        string `yaml:"logo"`        // file in the province's folder, SVG or PNG; may be empty
	Brand       string `yaml:"brand"`       // colour of actions, #rrggbb
	BrandNight  string `yaml:"brand_night"` // the same on a dark page
	Accent      string `yaml:"accent"`
	AccentNight string `yaml:"accent_night"`
}

// Contact (liên hệ) is shown at the foot of public pages; what is empty is not shown.
type Contact struct {
	Address string `yaml:"address"`
	Hotline string `yaml:"hotline"`
	Email   string `yaml:"email"`
}

// Addresses (địa chỉ trang) are the pages of the province outside the program.
type Addresses struct {
	Portal   string `yaml:"portal"` // where this program's portal is published
	Website  string `yaml:"website"`
	Feedback string `yaml:"feedback"`
}

// Dossier (quy ước hồ sơ) holds the conventions for dossiers.
type Dossier struct {
	CodeScheme      string   `yaml:"code_scheme"`       // which agency code begins a dossier code: qcvn102 or qd20
	Channels        []string `yaml:"channels"`          // how dossiers may be filed: counter, online, post
	OnlineCheckTerm string   `yaml:"online_check_term"` // within which an online dossier is accepted or sent back
	KeepDraftDays   int      `yaml:"keep_draft_days"`   // how long an unfinished application is kept
}

var (
	keyForm    = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)
	colourForm = regexp.MustCompile(`^#[0-9a-f]{6}$`)
)

// Load reads and checks province.yaml. Unknown keys are errors.
func Load(fsys fs.FS) (Province, error) {
	raw, err := fs.ReadFile(fsys, File)
	if err != nil {
		return Province{}, fmt.Errorf("read province: %w", err)
	}
	var p Province
	if err := yaml.Load(raw, &p, yaml.WithKnownFields()); err != nil {
		return Province{}, fmt.Errorf("%s: %w", File, err)
	}
	if err := p.check(fsys); err != nil {
		return Province{}, fmt.Errorf("%s: %w", File, err)
	}
	return p, nil
}

func (p Province) check(fsys fs.FS) error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !keyForm.MatchString(p.Key) {
		fail("key %q must be lower-case letters, digits and hyphens", p.Key)
	}
	for _, f := range []struct{ name, value string }{
		{"name", p.Name}, {"name_en", p.NameEN}, {"short_name", p.ShortName}, {"place", p.Place}, {"government", p.Government},
		{"office.portal", p.Office.Portal}, {"office.portal_en", p.Office.PortalEN}, {"office.reception", p.Office.Reception},
		{"office.reception_en", p.Office.ReceptionEN}, {"mark.letters", p.Mark.Letters}, {"dossier.online_check_term", p.Dossier.OnlineCheckTerm},
	} {
		if f.value == "" || vntext.Clean(f.value) != f.value {
			fail("%s is missing or not clean text: %q", f.name, f.value)
		}
	}
	if utf8.RuneCountInString(p.Mark.Letters) > 3 {
		fail("mark.letters: at most three letters")
	}
	for _, c := range []struct{ name, value string }{
		{"brand", p.Mark.Brand}, {"brand_night", p.Mark.BrandNight}, {"accent", p.Mark.Accent}, {"accent_night", p.Mark.AccentNight},
	} {
		if !colourForm.MatchString(c.value) {
			fail("mark.%s: %q is not a colour like #0b5d43", c.name, c.value)
		}
	}
	if p.Mark.Logo != "" {
		if _, err := fs.Stat(fsys, p.Mark.Logo); err != nil {
			fail("mark.logo: %w", err)
		}
	}
	for _, a := range []struct{ name, value string }{{"portal", p.Addresses.Portal}, {"website", p.Addresses.Website}, {"feedback", p.Addresses.Feedback}} {
		if u, err := url.Parse(a.value); a.value != "" && (err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https") {
			fail("addresses.%s: %q is not a web address", a.name, a.value)
		}
	}
	errs = append(errs, p.Dossier.check()...)
	return errors.Join(errs...)
}

func (d Dossier) check() []error {
	var errs []error
	if d.CodeScheme != "qcvn102" && d.CodeScheme != "qd20" {
		errs = append(errs, fmt.Errorf("dossier.code_scheme: %q is neither qcvn102 nor qd20", d.CodeScheme))
	}
	if len(d.Channels) == 0 {
		errs = append(errs, errors.New("dossier.channels: at least one way of filing is needed"))
	}
	for _, c := range d.Channels {
		if c != "counter" && c != "online" && c != "post" {
			errs = append(errs, fmt.Errorf("dossier.channels: %q is none of counter, online, post", c))
		}
	}
	if d.KeepDraftDays <= 0 {
		errs = append(errs, errors.New("dossier.keep_draft_days: a number of days above 0 is needed"))
	}
	return errs
}
