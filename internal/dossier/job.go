package dossier

import (
	"context"
	"log/slog"
	"time"
)

// Timer is work that this room wants done every so often; app runs it.
type Timer struct {
	Name  string
	Every time.Duration
	Run   func(ctx context.Context) error
}

// Timers returns the room's timers: requests for papers that ran out, and old drafts.
func (s *Service) Timers() []Timer {
	count := func(what string, run func(context.Context) (int, error)) func(context.Context) error {
		return func(ctx context.Context) error {
			n, err := run(ctx)
			if n > 0 {
				slog.InfoContext(ctx, "dossier timer", "what", what, "count", n)
			}
			return err
		}
	}
	return []Timer{
		{"dossier.expire_supplements", 10 * time.Minute, count("supplements expired", s.ExpireSupplements)},
		{"dossier.sweep_drafts", 6 * time.Hour, count("drafts deleted", s.SweepDrafts)},
	}
}
