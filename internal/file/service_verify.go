package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"lienthong/internal/kit/i18n"
)

// Verify reads every content and compares it with its SHA-256. progress, when not
// nil, is told how many were read. Damage is in the report; the error is about the database or ctx.
func (s *Service) Verify(ctx context.Context, progress func(contents, bytes int64)) (Report, error) {
	var r Report
	for after := ""; ; {
		cs, err := contents(ctx, s.db, after, page)
		if err != nil {
			return r, fmt.Errorf("verify files: %w", err)
		}
		for _, c := range cs {
			if err := s.verifyOne(ctx, c, &r); err != nil {
				return r, fmt.Errorf("verify files: %w", err)
			}
			if progress != nil {
				progress(r.Contents, r.Bytes)
			}
		}
		if len(cs) < page {
			return r, nil
		}
		after = cs[len(cs)-1].SHA256
	}
}

func (s *Service) verifyOne(ctx context.Context, c content, r *Report) error {
	size, sum, err := s.hash(ctx, c.Key)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if errors.Is(err, fs.ErrNotExist) {
		files, look := having(ctx, s.db, c.SHA256)
		if look != nil || files == 0 {
			return look // a sweep is at it, or was when the program ended
		}
	}
	r.Contents++
	r.Bytes += size
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.add(Damage{SHA256: c.SHA256, Files: c.Files, Err: err})
		return nil
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.add(Damage{SHA256: c.SHA256, Files: c.Files, Lost: true})
	case sum != c.SHA256 || size != c.Size:
		r.add(Damage{SHA256: c.SHA256, Files: c.Files})
	default:
		return nil
	}
	s.noteDamage(ctx, c.SHA256)
	return nil
}

// hash reads a key and returns its size and SHA-256.
func (s *Service) hash(ctx context.Context, key string) (size int64, sum string, err error) {
	b, err := s.store.Open(ctx, key)
	if err != nil {
		return 0, "", err
	}
	defer b.Close()
	h := sha256.New()
	size, err = io.Copy(h, stopping{ctx, b})
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// Doctor verifies the store for the command line and prints the report in the
// reader's language (text turns a message into it). It reports whether the store is whole.
func (s *Service) Doctor(ctx context.Context, out io.Writer, text func(i18n.Msg) string) (bool, error) {
	r, err := s.Verify(ctx, nil)
	if err != nil {
		return false, err
	}
	if err := s.survey(ctx, &r); err != nil {
		return false, fmt.Errorf("survey the store of files: %w", err)
	}
	for _, m := range r.Lines() {
		if _, err := fmt.Fprintln(out, text(m)); err != nil {
			return false, err
		}
	}
	return r.OK(), nil
}

// survey counts what lies in the store beside the contents in use.
func (s *Service) survey(ctx context.Context, r *Report) error {
	if err := survey(ctx, s.db, r); err != nil {
		return err
	}
	old, keys := s.clock.Now().Add(-keepTemp), []string{}
	count := func() error {
		stray, err := s.strays(ctx, keys)
		r.Strays += int64(len(stray))
		keys = keys[:0]
		return err
	}
	err := s.store.Each(ctx, func(e Entry) error {
		if e.At.Before(old) {
			keys = append(keys, e.Key)
		}
		if len(keys) < page {
			return nil
		}
		return count()
	})
	return errors.Join(err, count())
}
