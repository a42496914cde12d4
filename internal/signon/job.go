package signon

import (
	"time"

	"lienthong/internal/kit/job"
)

// Jobs sets the timers of the room.
func (s *Service) Jobs(r *job.Runner) {
	r.Every("signon.rotate_keys", 10*time.Minute, s.RotateKeys)
	r.Daily("signon.clean", 2, 50, s.Clean)
}
