package floorplan

import "testing"

func TestCodeLines(t *testing.T) {
	for src, want := range map[string]int{
		"package x\n":                                                1,
		"// Package x.\npackage x\n\n// A.\n":                        1,
		"package x\n\nvar a = `one\n\ntwo\nthree`\n":                 5,
		"package x\n\nfunc f() { // why\n\t/* a\n\tb */\n\tg()\n}\n": 4,
	} {
		if got := codeLines([]byte(src)); got != want {
			t.Errorf("%q has %d lines of code, want %d", src, got, want)
		}
	}
}
