package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// disk is the folder with the contents: ab/cd/abcd… by SHA-256, and tmp/ for what is being written.
type disk struct{ folder string }

// errTooLarge and errEmpty are about the content that is being written.
var (
	errTooLarge = errors.New("content is larger than allowed")
	errEmpty    = errors.New("content is empty")
)

func (d disk) temp() string { return filepath.Join(d.folder, "tmp") }

func (d disk) path(sum string) string { return filepath.Join(d.folder, sum[:2], sum[2:4], sum) }

var validSum = regexp.MustCompile(`^[0-9a-f]{64}$`)

func (d disk) prepare() error { return os.MkdirAll(d.temp(), 0o750) }

// draft is a content that was written but has no place yet.
type draft struct {
	file *os.File
	sum  string
	size int64
}

// write streams r into a temporary file, hashes it and syncs it to the disk. The caller closes the draft.
func (d disk) write(ctx context.Context, r io.Reader, limit int64) (*draft, error) {
	f, err := os.CreateTemp(d.temp(), "up-*")
	if err != nil {
		return nil, err
	}
	w := &draft{file: f}
	h := sha256.New()
	w.size, err = io.Copy(io.MultiWriter(f, h), io.LimitReader(stopping{ctx, r}, limit+1))
	switch {
	case err != nil:
	case w.size > limit:
		err = errTooLarge
	case w.size == 0:
		err = errEmpty
	default:
		err = f.Sync()
	}
	if err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.sum = hex.EncodeToString(h.Sum(nil))
	return w, nil
}

// stopping is a reader that ends with its context.
type stopping struct {
	ctx context.Context
	r   io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}

// close removes the temporary file, unless it has found its place.
func (w *draft) close() error {
	err := w.file.Close()
	if rm := os.Remove(w.file.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	return err
}

// place moves a draft to where its content belongs. A content that is there
// already is replaced by the same bytes, which also heals a damaged one. Calling it again is harmless.
func (d disk) place(w *draft) error {
	to := d.path(w.sum)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	if err := os.Chmod(w.file.Name(), 0o440); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			_, err = os.Stat(to) // moved by an earlier run of the transaction
		}
		return err
	}
	if err := os.Rename(w.file.Name(), to); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Dir(to), filepath.Dir(filepath.Dir(to)), d.folder} {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

func syncFolder(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (d disk) open(sum string) (*os.File, error) {
	if !validSum.MatchString(sum) {
		return nil, fmt.Errorf("%q is no SHA-256", sum)
	}
	return os.Open(d.path(sum))
}

func (d disk) remove(sum string) error {
	if err := os.Remove(d.path(sum)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// hash reads a content and returns its size and SHA-256.
func (d disk) hash(ctx context.Context, sum string) (size int64, got string, err error) {
	f, err := d.open(sum)
	if err != nil {
		return 0, "", err
	}
	defer f.Close()
	h := sha256.New()
	size, err = io.Copy(h, stopping{ctx, f})
	return size, hex.EncodeToString(h.Sum(nil)), err
}

// each calls fn for every content on the disk that is older than a moment.
func (d disk) each(before time.Time, fn func(sum string) error) error {
	return filepath.WalkDir(d.folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.IsDir() && path == d.temp():
			return fs.SkipDir
		case e.IsDir() || !validSum.MatchString(e.Name()) || path != d.path(e.Name()):
			return nil
		}
		if info, err := e.Info(); err != nil || !info.ModTime().Before(before) {
			return nil // gone in the meantime, or young
		}
		return fn(e.Name())
	})
}

// sweep removes temporary files that were last written before a moment.
func (d disk) sweep(before time.Time) error {
	entries, err := os.ReadDir(d.temp())
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(filepath.Join(d.temp(), e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// full reports whether err says that there is no room on the disk.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
