package setting

import (
	"time"

	"lienthong/internal/kit/job"
)

// Jobs adds the timers of the room.
func (s *Service) Jobs(r *job.Runner) {
	r.Every("setting.apply", time.Minute, s.ApplyDue)
}
