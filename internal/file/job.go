package file

import (
	"time"

	"lienthong/internal/kit/job"
)

// Jobs adds the timers of the room.
func (s *Service) Jobs(r *job.Runner) {
	r.Every("file.sweep", time.Hour, s.Sweep)
	r.Every("file.rescan", time.Hour, s.Rescan)
	r.Daily("file.dispose", 1, 30, s.disposeDaily)
}
