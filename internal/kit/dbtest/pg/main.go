// Command pg runs a command beside a PostgreSQL server of its own, so that all
// packages of a test run share one:
//
//	go run ./internal/kit/dbtest/pg -- go test ./...
//
// The command finds the server's address in LIENTHONG_TEST_POSTGRES; tests that
// need PostgreSQL then fail instead of being skipped. The exit status is that of the command.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"lienthong/internal/kit/dbtest"
)

func main() {
	code, err := run(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "pg:", err)
	}
	os.Exit(code)
}

// run returns the exit status of the command, or 2 when it could not be run.
func run(args []string) (int, error) {
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		return 2, errors.New("name the command to run: pg -- go test ./")
	}
	address, stop := os.Getenv("LIENTHONG_TEST_POSTGRES"), func() error { return nil }
	if address == "" {
		var err error
		if address, stop, err = dbtest.Serve(); err != nil {
			return 2, err
		}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM) // the terminal tells the command too; the server stops after it
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), "LIENTHONG_TEST_POSTGRES="+address, "LIENTHONG_REQUIRE_POSTGRES=1")
	err := cmd.Start()
	if err == nil {
		go func() {
			for s := range signals {
				_ = cmd.Process.Signal(s)
			}
		}()
		err = cmd.Wait()
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), stop()
	}
	if err != nil {
		return 2, errors.Join(err, stop())
	}
	return 0, stop()
}
