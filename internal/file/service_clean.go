package file

import (
	"context"
	"errors"
	"fmt"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/db"
)

// keepUploads is how long an upload may wait to be attached, keepUnused how long a
// content stays that no file has any more (a backup that is being made still wants
// it), keepTemp how long an unfinished write may stand still.
const (
	keepUploads = 48 * time.Hour
	keepUnused  = 24 * time.Hour
	keepTemp    = 24 * time.Hour
)

// page is how many rows are worked on at a time.
const page = 500

// Sweep (dọn kho tệp) deletes uploads that nobody attached within two days, contents
// that no file has had for a day, keys that nothing in the database knows and
// temporary files of writes that were cut off. What a holder has, or once had, stays.
// Any number of nodes may sweep at once, and be killed at it.
func (s *Service) Sweep(ctx context.Context) error {
	now := s.clock.Now()
	if err := errors.Join(s.spool.sweep(now.Add(-keepTemp)), s.store.Tidy(ctx, now.Add(-keepTemp))); err != nil {
		return fmt.Errorf("sweep temporary files: %w", err)
	}
	for _, step := range []struct {
		name string
		run  func(context.Context, time.Time) error
	}{
		{"delete uploads nobody attached", s.sweepUploads},
		{"end transfers that stand still", s.sweepTransfers},
		{"free pins that were left behind", s.sweepPins},
		{"give up contents no file has", s.sweepUnused},
		{"drop views of contents that are gone", s.sweepViews},
		{"find keys nothing knows", s.sweepStray},
		{"empty the trash", s.sweepTrash},
	} {
		if err := step.run(ctx, now); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	return nil
}

func (s *Service) sweepUploads(ctx context.Context, now time.Time) error {
	for n := page; n == page; {
		err := s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
			sums, err := dropUploads(ctx, tx, now.Add(-keepUploads), page)
			if n = len(sums); err != nil || n == 0 {
				return err
			}
			return audit.Record(ctx, tx, audit.Entry{Action: "file.purge", Object: "file.file", Detail: map[string]any{"count": n, "sha256": sums}})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// sweepPins throws away the keys of writes whose program was killed. A write that is only very slow finds its pin gone and begins anew.
func (s *Service) sweepPins(ctx context.Context, now time.Time) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		keys, err := dropPins(ctx, tx, now)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if key == "" {
				continue
			}
			if err := throwAway(ctx, tx, key, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// sweepUnused marks contents that no file and no pin has, and throws away those that were marked a day ago and still have none.
func (s *Service) sweepUnused(ctx context.Context, now time.Time) error {
	err := s.db.Tx(ctx, func(tx *db.Tx) error { return markUnused(ctx, tx, now) })
	if err != nil {
		return err
	}
	for after := ""; ; {
		sums, err := unused(ctx, s.db, after, now.Add(-keepUnused), page)
		if err != nil {
			return err
		}
		for _, sum := range sums {
			if err := s.sweepContent(ctx, sum, now); err != nil {
				return err
			}
		}
		if len(sums) < page {
			return nil
		}
		after = sums[len(sums)-1]
	}
}

func (s *Service) sweepContent(ctx context.Context, sum string, now time.Time) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		key, err := dropContent(ctx, tx, sum)
		if err != nil || key == "" {
			return err
		}
		return throwAway(ctx, tx, key, now)
	})
}

// sweepStray throws away old keys of the store that no row names. Such a key can never come to be named:
// it was pinned before it was written, and a key is used once.
func (s *Service) sweepStray(ctx context.Context, now time.Time) error {
	var keys []string
	flush := func() error {
		stray, err := s.strays(ctx, keys)
		keys = keys[:0]
		if err != nil || len(stray) == 0 {
			return err
		}
		return s.db.Tx(ctx, func(tx *db.Tx) error {
			for _, key := range stray {
				if err := throwAway(ctx, tx, key, now); err != nil {
					return err
				}
			}
			return nil
		})
	}
	err := s.store.Each(ctx, func(e Entry) error {
		if !e.At.Before(now.Add(-keepTemp)) {
			return nil
		}
		if keys = append(keys, e.Key); len(keys) < page {
			return nil
		}
		return flush()
	})
	if err != nil {
		return err
	}
	return flush()
}

// strays returns the keys that no row names.
func (s *Service) strays(ctx context.Context, keys []string) ([]string, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	named, err := namedKeys(ctx, s.db, keys)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, key := range named {
		known[key] = true
	}
	var stray []string
	for _, key := range keys {
		if !known[key] {
			stray = append(stray, key)
		}
	}
	return stray, nil
}

// sweepTrash removes what was thrown away. A kill in the middle means that a key is removed twice.
func (s *Service) sweepTrash(ctx context.Context, _ time.Time) error {
	for after := ""; ; {
		keys, err := trash(ctx, s.db, after, page)
		if err != nil {
			return err
		}
		for _, key := range keys {
			if err := s.store.Remove(ctx, key); err != nil {
				return err
			}
		}
		if len(keys) > 0 {
			if err := s.db.Tx(ctx, func(tx *db.Tx) error { return dropTrash(ctx, tx, keys) }); err != nil {
				return err
			}
		}
		if len(keys) < page {
			return nil
		}
		after = keys[len(keys)-1]
	}
}
