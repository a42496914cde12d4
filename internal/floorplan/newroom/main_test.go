package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"lienthong/internal/floorplan"
)

const top = "../../.."

// TestCreate makes a room of each tier in a copy of this repository; it must keep every rule, compile and pass its tests.
func TestCreate(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a copy of the repository")
	}
	tmp := t.TempDir()
	copyTree(t, tmp)
	rooms := map[string]string{"apiary": "base", "parking": "core", "window": "front"}
	for name, tier := range rooms {
		if err := create(tmp, name, tier); err != nil {
			t.Fatal(err)
		}
	}
	h, err := floorplan.Open(os.DirFS(tmp))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range floorplan.Rules {
		for _, f := range r.Check(h) {
			for name := range rooms {
				if strings.HasPrefix(f.Path, "internal/"+name) || f.Path == planFile || strings.Contains(f.Text, name) {
					t.Errorf("%s: %s", r.Name, f)
				}
			}
		}
	}
	for _, args := range [][]string{
		{"vet", "./internal/apiary/...", "./internal/parking/...", "./internal/window/..."},
		{"test", "-count=1", "./internal/parking/..."},
	} {
		cmd := exec.Command("go", args...)
		cmd.Dir = tmp
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
}

// copyTree copies what a room is built from: the module, the kit, the base rooms, the design system, the plan.
func copyTree(t *testing.T, to string) {
	t.Helper()
	err := filepath.WalkDir(top, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(top, p)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == "testdata" || rel == "data" || rel == "bin"):
			if d.Name() == "dist" { // go:embed wants the folder
				return os.MkdirAll(filepath.Join(to, rel), 0o755)
			}
			return fs.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular() || filepath.Base(filepath.Dir(p)) == "dist" && d.Name() != ".keep":
			return nil
		}
		raw, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), raw, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNames holds which names a room may have.
func TestNames(t *testing.T) {
	for name, ok := range map[string]bool{
		"parking": true, "gis": true, "": false, "Parking": false, "car_park": false, "func": false, "util": false, "parkingtest": false, "đậu": false, "x": true,
		"t": false, "db": false, "note": false, "web": false, "string": false, // would not compile
	} {
		if err := checkName(name); (err == nil) != ok {
			t.Errorf("%q: %v", name, err)
		}
	}
}

// TestOnPlan holds where the line of a new room goes.
func TestOnPlan(t *testing.T) {
	const plan = "# plan\n\nbase a\n     + z  why\n\ncore b\ncore c\n\nfront d\n"
	for _, tt := range []struct{ name, tier, want, err string }{
		{"x", "core", "core c\ncore     x\n\nfront d\n", ""},
		{"x", "base", "+ z  why\nbase     x\n         + audit", ""},
		{"x", "front", "front d\nfront    x\n", ""},
		{"b", "core", plan, ""},
		{"b", "front", "", "TIER=core"},
		{"x", "kit", "", "no room of tier kit"},
	} {
		got, err := onPlan(plan, tt.name, tt.tier)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%s %s: error %v, want %s", tt.tier, tt.name, err, tt.err)
			}
		} else if err != nil || !strings.Contains(got, tt.want) {
			t.Errorf("%s %s: %v\n%s", tt.tier, tt.name, err, got)
		}
	}
}

// TestCreateRefuses holds what is said when a room cannot be made, and that nothing is left behind.
func TestCreateRefuses(t *testing.T) {
	tmp := t.TempDir()
	if err := create(tmp, "parking", "core"); err == nil || !strings.Contains(err.Error(), "top folder") {
		t.Errorf("without a plan: %v", err)
	}
	plan := filepath.Join(tmp, planFile)
	if err := os.MkdirAll(filepath.Dir(plan), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(plan, []byte("core a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, tier, want string }{
		{"parking", "attic", "base, core or front"},
		{"floorplan", "core", "there already"},
		{"Parking", "core", "small letters"},
		{"manager", "core", "says nothing"},
		{"A", "front", "small letters"},
		{"event", "front", "choose another word"},
	} {
		if err := create(tmp, tt.name, tt.tier); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s %s: %v, want %q", tt.tier, tt.name, err, tt.want)
		}
	}
	left, err := os.ReadDir(filepath.Join(tmp, "internal"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
