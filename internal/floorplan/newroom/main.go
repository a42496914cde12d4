// Command newroom makes a room that compiles and keeps every rule of the floor
// plan, from the template beside it:
//
//	make new-room NAME=parking
//
// The room keeps short notes for units: rename the noun, take out what is not
// needed, grow from there.
package main

import (
	"embed"
	"flag"
	"fmt"
	"go/scanner"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed all:template
var template embed.FS

const planFile = "internal/floorplan/floorplan.txt"

func main() {
	name := flag.String("name", "", "name of the room: one short English word")
	tier := flag.String("tier", "core", "base, core or front")
	flag.Parse()
	if err := create(".", *name, *tier); err != nil {
		fmt.Fprintln(os.Stderr, "newroom:", err)
		os.Exit(1)
	}
	fmt.Printf(`The room internal/%[1]s is there and on the floor plan. What is left to do:

  1. internal/%[1]s/room.go: say in the package comment what the room is.
  2. Rename Note to the noun of the room; put its Vietnamese term into docs/glossary.md.
  3. internal/app: add the room to the list of migrations, make its service, mount Routes, Operations and Jobs.
  4. Give roles its permissions %[1]s.read and %[1]s.write.
  5. make check
`, *name)
}

var (
	nameForm = regexp.MustCompile(`^[a-z]{1,20}$`)
	vague    = []string{"util", "utils", "common", "helper", "helpers", "base", "manager", "core", "misc", "shared", "internal", "test", "template"}
)

// create writes the room below the top folder of a repository.
func create(top, name, tier string) error {
	if err := checkName(name); err != nil {
		return err
	}
	if tier != "base" && tier != "core" && tier != "front" {
		return fmt.Errorf("the tier is base, core or front, not %q; %s explains them", tier, planFile)
	}
	folder := filepath.Join(top, "internal", name)
	if _, err := os.Stat(folder); err == nil {
		return fmt.Errorf("internal/%s is there already", name)
	}
	plan, err := os.ReadFile(filepath.Join(top, planFile))
	if err != nil {
		return fmt.Errorf("run this from the top folder of the repository: %w", err)
	}
	text, err := onPlan(string(plan), name, tier)
	if err != nil {
		return err
	}
	if err := write(folder, name); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(top, planFile), []byte(text), 0o644)
}

func checkName(name string) error {
	if !nameForm.MatchString(name) || token.IsKeyword(name) || strings.HasSuffix(name, "test") {
		return fmt.Errorf("a room is called by one short English word in small letters, as in make new-room NAME=parking; %q is none", name)
	}
	for _, v := range vague {
		if name == v {
			return fmt.Errorf("%q says nothing about what is in the room; name the thing it is about", name)
		}
	}
	taken, err := identifiers()
	if err == nil && taken[name] {
		err = fmt.Errorf("the sources of a new room use %q as a name already, so a package of that name would not compile; choose another word", name)
	}
	return err
}

// identifiers returns the names that the sources of the template use.
func identifiers() (map[string]bool, error) {
	names := map[string]bool{}
	err := fs.WalkDir(template, "template", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(p, ".go.txt") {
			return err
		}
		raw, err := fs.ReadFile(template, p)
		if err != nil {
			return err
		}
		var s scanner.Scanner
		files := token.NewFileSet()
		s.Init(files.AddFile(p, files.Base(), len(raw)), raw, nil, 0)
		for {
			_, tok, text := s.Scan()
			switch tok {
			case token.EOF:
				return nil
			case token.IDENT:
				names[text] = true
			}
		}
	})
	return names, err
}

// onPlan adds the room as the last one of its tier, unless the plan has it already.
func onPlan(plan, name, tier string) (string, error) {
	last, lines := -1, strings.Split(plan, "\n")
	current := ""
	for i, line := range lines {
		words := strings.Fields(line)
		switch {
		case len(words) == 2 && words[0] != "#":
			current = words[0]
			if words[1] == name {
				if current != tier {
					return "", fmt.Errorf("%s is on the plan as a room of tier %s: say TIER=%s", name, current, current)
				}
				return plan, nil
			}
		case len(words) < 3 || words[0] != "+":
			continue
		}
		if current == tier {
			last = i
		}
	}
	if last < 0 {
		return "", fmt.Errorf("%s has no room of tier %s", planFile, tier)
	}
	added := []string{fmt.Sprintf("%-8s %s", tier, name)}
	if tier == "base" {
		added = append(added, "         + audit          a change of a note leaves a row in the chain")
	}
	return strings.Join(append(lines[:last+1:last+1], append(added, lines[last+1:]...)...), "\n"), nil
}

// write copies the template; its files end in .txt so that no tool takes them for sources of this folder.
func write(folder, name string) error {
	return fs.WalkDir(template, "template", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := fs.ReadFile(template, p)
		if err != nil {
			return err
		}
		rel := strings.TrimSuffix(strings.TrimPrefix(p, "template/"), ".txt")
		to := filepath.Join(folder, filepath.FromSlash(strings.ReplaceAll(rel, "sample", name)))
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			return err
		}
		return os.WriteFile(to, []byte(strings.ReplaceAll(string(raw), "sample", name)), 0o644)
	})
}
