package floorplan

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// archive reads files in the form "-- name --" and returns them and the text before the first.
func archive(t *testing.T, name string) (head string, files fstest.MapFS) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	files = fstest.MapFS{}
	var body *strings.Builder
	var current string
	done := func() {
		if body != nil {
			files[current] = &fstest.MapFile{Data: []byte(body.String())}
		}
	}
	var before strings.Builder
	for line := range strings.Lines(string(raw)) {
		name, ok := strings.CutPrefix(line, "-- ")
		name, end := strings.CutSuffix(strings.TrimSpace(name), " --")
		if ok && end {
			done()
			current, body = name, &strings.Builder{}
		} else if body != nil {
			body.WriteString(line)
		} else {
			before.WriteString(line)
		}
	}
	done()
	return before.String(), files
}

func rule(t *testing.T, name string) Rule {
	t.Helper()
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		t.Fatalf("there is no rule %q", name)
	}
	return Rules[i]
}

func open(t *testing.T, files fstest.MapFS) *House {
	t.Helper()
	h, err := Open(files)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestGoodHouse holds that the rules let a house pass that keeps them.
func TestGoodHouse(t *testing.T) {
	_, files := archive(t, "testdata/good.txtar")
	h := open(t, files)
	for _, r := range Rules {
		t.Run(r.Name, func(t *testing.T) {
			for _, f := range r.Check(h) {
				t.Error(f)
			}
		})
	}
}

// TestSeededFaults holds that each rule sees what breaks it and says what to do. The head of an archive in
// testdata/bad has lines "rule: name" and "want: path: part of the message", one for each finding.
func TestSeededFaults(t *testing.T) {
	names, err := filepath.Glob("testdata/bad/*.txtar")
	if err != nil || len(names) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	proven := map[string]bool{}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			_, files := archive(t, "testdata/good.txtar")
			head, more := archive(t, name)
			maps.Copy(files, more)
			var r Rule
			var want []string
			for line := range strings.Lines(head) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
				switch key {
				case "rule":
					r = rule(t, value)
				case "want":
					want = append(want, value)
				case "pad": // "pad: file lines" makes a file longer without filling the archive
					file, count, _ := strings.Cut(value, " ")
					n, err := strconv.Atoi(count)
					if err != nil {
						t.Fatal(err)
					}
					pad := "\n"
					if strings.HasSuffix(file, ".go") {
						pad = "var _ = 0\n"
					}
					files[file].Data = append(files[file].Data, strings.Repeat(pad, n)...)
				}
			}
			proven[r.Name] = true
			compare(t, r.Check(open(t, files)), want)
		})
	}
	for _, r := range Rules {
		if !proven[r.Name] {
			t.Errorf("no archive in testdata/bad breaks the rule %s: a wall that was never hit may be paper", r.Name)
		}
	}
}

// compare matches findings with the wanted "path: part of message", each once.
func compare(t *testing.T, found []Finding, want []string) {
	t.Helper()
	rest := slices.Clone(found)
	for _, w := range want {
		place, part, _ := strings.Cut(w, ": ")
		i := slices.IndexFunc(rest, func(f Finding) bool {
			return strings.HasPrefix(f.String(), place) && strings.Contains(f.Text, part)
		})
		if i < 0 {
			t.Errorf("not seen: %s", w)
			continue
		}
		rest = slices.Delete(rest, i, i+1)
	}
	for _, f := range rest {
		t.Errorf("unexpected: %s", f)
	}
}
