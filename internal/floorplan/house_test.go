package floorplan

import (
	"flag"
	"go/build"
	"os"
	"path/filepath"
	"testing"
)

var (
	update = flag.Bool("update", false, "write the generated files again")
	seal   = flag.Bool("seal", false, "add new migrations to the list of those that may not change")
)

const top = "../.."

// house reads this repository. It reads the files itself instead of asking the
// go command, so that the test cache knows what the result depends on.
func house(t *testing.T) *House {
	t.Helper()
	h, err := Open(os.DirFS(top))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestGenerated holds that docs/laws.md is current; with -update it writes the page.
func TestGenerated(t *testing.T) {
	h := house(t)
	if *update {
		write(t, lawsFile, h.Laws())
	}
	for _, f := range rule(t, "laws").Check(h) {
		t.Error(f)
	}
}

// TestSealed holds that migrations which were released stay as they are; with -seal it adds those that are new.
func TestSealed(t *testing.T) {
	h := house(t)
	if *seal {
		write(t, sumFile, h.Checksums())
	}
	for _, f := range rule(t, "checksums").Check(h) {
		t.Error(f)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(top, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestHouse holds the walls of this repository.
func TestHouse(t *testing.T) {
	h := house(t)
	for _, r := range Rules {
		t.Run(r.Name, func(t *testing.T) {
			for _, f := range r.Check(h) {
				t.Error(f)
			}
		})
	}
}

// TestModuleLicences reads the licences in the module cache of this machine.
func TestModuleLicences(t *testing.T) {
	cache := os.Getenv("GOMODCACHE")
	if cache == "" {
		cache = filepath.Join(filepath.SplitList(build.Default.GOPATH)[0], "pkg", "mod")
	}
	for _, f := range house(t).ModuleLicences(os.DirFS(cache)) {
		t.Error(f)
	}
}
