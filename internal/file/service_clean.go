package file

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/db"
)

// keepUploads is how long an upload may wait to be attached, keepTemp how long an unfinished write may stand still.
const (
	keepUploads = 48 * time.Hour
	keepTemp    = 24 * time.Hour
)

// page is how many rows are worked on at a time.
const page = 500

// errUndo rolls a transaction back that has done its work.
var errUndo = errors.New("undo")

// Sweep deletes uploads that nobody attached within two days, contents that no
// file has, contents without a row (of transactions that failed) and temporary
// files of writes that were cut off. What a holder has, or once had, stays.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	if err := s.disk.sweep(now.Add(-keepTemp)); err != nil {
		return fmt.Errorf("sweep temporary files: %w", err)
	}
	for {
		n := 0
		err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
			sums, err := dropUploads(ctx, tx, now.Add(-keepUploads), page)
			if n = len(sums); err != nil || n == 0 {
				return err
			}
			return audit.Record(ctx, tx, audit.Entry{Action: "file.purge", Object: "file.file", Detail: map[string]any{"count": n, "sha256": sums}})
		})
		if err != nil {
			return fmt.Errorf("delete uploads nobody attached: %w", err)
		}
		if n < page {
			break
		}
	}
	if err := s.sweepUnused(ctx); err != nil {
		return fmt.Errorf("delete contents no file has: %w", err)
	}
	if err := s.disk.each(now.Add(-keepTemp), func(sum string) error { return s.sweepStray(ctx, sum) }); err != nil {
		return fmt.Errorf("delete contents without a row: %w", err)
	}
	return nil
}

func (s *Service) sweepUnused(ctx context.Context) error {
	for after := ""; ; {
		sums, err := unused(ctx, s.db, after, page)
		if err != nil {
			return err
		}
		for _, sum := range sums {
			err := s.db.Tx(ctx, func(tx *db.Tx) error {
				dropped, err := dropContent(ctx, tx, sum)
				if err != nil || !dropped {
					return err
				}
				return s.disk.remove(sum)
			})
			if err != nil {
				return err
			}
		}
		if len(sums) < page {
			return nil
		}
		after = sums[len(sums)-1]
	}
}

// sweepStray removes a content on the disk that has no row. It holds the row's place while it does, so that no upload comes in between.
func (s *Service) sweepStray(ctx context.Context, sum string) error {
	has, err := recorded(ctx, s.db, sum)
	if err != nil || has {
		return err
	}
	var removed error
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		claimed, err := claimContent(ctx, tx, sum, s.clock.Now())
		if err != nil || !claimed {
			return err
		}
		removed = s.disk.remove(sum)
		return errUndo
	})
	if errors.Is(err, errUndo) {
		return removed
	}
	return err
}
