package app

import "errors"

// Exit codes of the program, for scripts and service managers.
const (
	ExitOK       = 0
	ExitFailed   = 1 // the verb could not do its work
	ExitConfig   = 2 // a mistyped verb, flag or setting; trying again changes nothing
	ExitDatabase = 3 // the database is away, locked, or newer than the program
	ExitFindings = 4 // doctor found something wrong
)

// exitError is an error with the exit code it ends the program with.
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

func failure(code int, err error) error { return &exitError{code, err} }

// ExitCode returns the code an error ends the program with; ExitOK for nil.
func ExitCode(err error) int {
	var e *exitError
	switch {
	case err == nil:
		return ExitOK
	case errors.As(err, &e):
		return e.code
	}
	return ExitFailed
}
