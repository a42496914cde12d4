// Package id makes identifiers: UUID version 7 (RFC 9562), which sort by the time they were made.
package id

import "github.com/google/uuid"

// New returns a new identifier. It panics only when the system has no randomness.
func New() string { return uuid.Must(uuid.NewV7()).String() }

// Valid reports whether s has the form of an identifier.
func Valid(s string) bool { return len(s) == 36 && uuid.Validate(s) == nil }
