package codelist

import (
	"io/fs"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestProceduresUseKnownCodes: the province's procedure files name fields, life events, kinds of
// applicants and code lists that are shipped beside them.
func TestProceduresUseKnownCodes(t *testing.T) {
	known := map[string]map[string]bool{}
	for key, items := range shipped(t) {
		known[key] = map[string]bool{}
		for _, i := range items {
			known[key][i.Code] = true
		}
	}
	dir := os.DirFS("../../province/gialai/procedures")
	names, err := fs.Glob(dir, "*.yaml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d procedure files, %v", len(names), err)
	}
	uses := map[string]*regexp.Regexp{
		ProcedureFields: regexp.MustCompile(`(?m)^field: *(\S+)`),
		LifeEvents:      regexp.MustCompile(`(?m)^life_events: *\[(.*)\]`),
		ApplicantKinds:  regexp.MustCompile(`(?m)^applicants: *\[(.*)\]`),
	}
	list := regexp.MustCompile(`x-codelist: *([a-z_]+)`)
	for _, name := range names {
		raw, err := fs.ReadFile(dir, name)
		if err != nil {
			t.Fatal(err)
		}
		for key, use := range uses {
			for _, m := range use.FindAllStringSubmatch(string(raw), -1) {
				for code := range strings.SplitSeq(m[1], ",") {
					if code = strings.TrimSpace(code); code != "" && !known[key][code] {
						t.Errorf("%s: %q is not in the list %s", name, code, key)
					}
				}
			}
		}
		for _, m := range list.FindAllStringSubmatch(string(raw), -1) {
			if known[m[1]] == nil {
				t.Errorf("%s: there is no code list %s", name, m[1])
			}
		}
	}
}
