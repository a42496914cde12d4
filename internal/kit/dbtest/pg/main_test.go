package main

import (
	"os"
	"os/exec"
	"testing"
)

// TestRun holds that the command sees the server and that its exit status comes back.
func TestRun(t *testing.T) {
	if os.Getenv("LIENTHONG_TEST_POSTGRES") == "" {
		t.Setenv("LIENTHONG_TEST_POSTGRES", "postgres://nobody@localhost/none") // the command is told, nobody connects
	}
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip("no shell here")
	}
	for _, tt := range []struct {
		name string
		args []string
		want int
		ok   bool
	}{
		{"sees the server", []string{"--", "sh", "-c", `test -n "$LIENTHONG_TEST_POSTGRES" && test "$LIENTHONG_REQUIRE_POSTGRES" = 1`}, 0, true},
		{"status comes back", []string{"sh", "-c", "exit 7"}, 7, true},
		{"killed is not passed", []string{"sh", "-c", "kill -9 $$"}, 1, true},
		{"no command", []string{"--"}, 2, false},
		{"no such command", []string{"no-such-command-here"}, 2, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			code, err := run(tt.args)
			if code != tt.want || (err == nil) != tt.ok {
				t.Errorf("status %d, error %v; want status %d", code, err, tt.want)
			}
		})
	}
}
