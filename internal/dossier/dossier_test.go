package dossier

import (
	"strings"
	"testing"
	"time"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
)

// clockTime reads a moment of the local zone.
func clockTime(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, clock.Local)
	if err != nil {
		panic(err)
	}
	return t
}

func TestNumber(t *testing.T) {
	for _, tt := range []struct {
		unit string
		day  string
		n    int64
		want string
	}{
		{"H21.15", "2026-11-23", 7, "H21.15-261123-0007"},
		{"000.00.15.H21", "2018-12-31", 9999, "000.00.15.H21-181231-9999"},
		{"H21.65.3", "2019-01-01", 10000, "H21.65.3-190101-10000"},
	} {
		got := Number(tt.unit, clock.MustDate(tt.day), tt.n)
		if got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
		if back, ok := CleanCode(got); !ok || back != got {
			t.Errorf("CleanCode(%s) = %s, %v", got, back, ok)
		}
	}
}

func TestCleanCode(t *testing.T) {
	for in, want := range map[string]string{
		"H21.15-261123-0007":          "H21.15-261123-0007",
		" h21.15 - 261123 - 0007 ":    "H21.15-261123-0007",
		"H21.15–261123–0007":          "H21.15-261123-0007",
		"000.00.53.H48-220921-0099":   "000.00.53.H48-220921-0099",
		"H21.65-220914-0011":          "H21.65-220914-0011",
		"":                            "",
		"H21.15-261123-007":           "",
		"' OR 1=1 --":                 "",
		"H21.15-261123-0007; DROP":    "",
		strings.Repeat("H21.15-", 99): "",
	} {
		got, ok := CleanCode(in)
		if ok != (want != "") || ok && got != want {
			t.Errorf("CleanCode(%q) = %q, %v; want %q", in, got, ok, want)
		}
	}
}

func TestSecretIsReadable(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		s := newSecret()
		if len(s) != secretLength || strings.Trim(s, secretAlphabet) != "" {
			t.Fatalf("secret %q", s)
		}
		if CleanSecret(" "+strings.ToLower(s)+" ") != s {
			t.Fatalf("typed in lower case, %q is lost", s)
		}
		seen[s] = true
	}
	if len(seen) < 990 {
		t.Errorf("only %d of 1000 secrets differ", len(seen))
	}
}

func TestApplicantValidate(t *testing.T) {
	good := Applicant{FullName: "  Nguyễn  Thị Thử ", PersonalID: "064 190 000 001", Phone: "+84 912345678"}
	tests := []struct {
		name   string
		change func(a *Applicant)
		want   string // fields with a problem
	}{
		{"complete", func(a *Applicant) {}, ""},
		{"decomposed name is composed", func(a *Applicant) { a.FullName = "Nguye\u0302\u0303n Thi\u0323 Thu\u031b\u0309" }, ""},
		{"no name", func(a *Applicant) { a.FullName = " " }, "full_name"},
		{"markup in the name", func(a *Applicant) { a.FullName = "<script>" }, "full_name"},
		{"identity number too short", func(a *Applicant) { a.PersonalID = "12345" }, "personal_id"},
		{"no identity number", func(a *Applicant) { a.PersonalID = "" }, "personal_id"},
		{"passport", func(a *Applicant) { a.PersonalID = "b1234567" }, ""},
		{"neither phone nor mail", func(a *Applicant) { a.Phone = "" }, "phone"},
		{"mail instead of phone", func(a *Applicant) { a.Phone, a.Email = "", "Thu@Example.vn" }, ""},
		{"bad mail", func(a *Applicant) { a.Email = "thu@" }, "email"},
		{"bad phone", func(a *Applicant) { a.Phone = "12" }, "phone"},
		{"business without name", func(a *Applicant) { a.Kind = ApplicantBusiness }, "organisation"},
		{"business", func(a *Applicant) {
			a.Kind, a.Organisation, a.TaxCode, a.PersonalID = ApplicantBusiness, "Công ty Thử", "5900123456", ""
		}, ""},
		{"bad tax code", func(a *Applicant) { a.TaxCode = "12" }, "tax_code"},
		{"unknown kind", func(a *Applicant) { a.Kind = "robot" }, "kind"},
		{"endless address", func(a *Applicant) { a.Address = strings.Repeat("a", 301) }, "address"},
		{"all wrong at once", func(a *Applicant) { *a = Applicant{Email: "x", TaxCode: "x"} }, "full_name personal_id tax_code email"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := good
			tt.change(&a)
			err := a.Clean().Validate()
			var fields []string
			if f, ok := fault.As(err); ok {
				for _, p := range f.Problems {
					fields = append(fields, p.Field)
				}
			}
			if got := strings.Join(fields, " "); got != tt.want {
				t.Errorf("problems at %q, want %q (%v)", got, tt.want, err)
			}
		})
	}
}

func TestLate(t *testing.T) {
	due, now := clockTime("2026-11-23 17:00"), clockTime("2026-11-24 08:00")
	before, after := due.Add(-time.Minute), due.Add(time.Minute)
	tests := []struct {
		name string
		d    Dossier
		want bool
	}{
		{"no due date yet", Dossier{}, false},
		{"open and past due", Dossier{DueAt: &due}, true},
		{"finished in time", Dossier{DueAt: &due, FinishedAt: &before}, false},
		{"finished on the minute", Dossier{DueAt: &due, FinishedAt: &due}, false},
		{"finished late", Dossier{DueAt: &due, FinishedAt: &after}, true},
		{"paused in time", Dossier{DueAt: &due, PausedAt: &before}, false},
		{"paused when late already", Dossier{DueAt: &due, PausedAt: &after}, true},
	}
	for _, tt := range tests {
		if got := tt.d.Late(now); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestMark(t *testing.T) {
	m := mark{clockTime("2026-11-23 17:00").UTC(), "0190a"}
	back, err := parseMark(m.String())
	if err != nil || !back.at.Equal(m.at) || back.id != m.id {
		t.Errorf("got %+v, %v", back, err)
	}
	for _, bad := range []string{"x", "!!", "MjAyNg", mark{id: strings.Repeat("a", 99)}.String()} {
		if _, err := parseMark(bad); fault.KindOf(err) != fault.Invalid {
			t.Errorf("cursor %q: %v", bad, err)
		}
	}
}
