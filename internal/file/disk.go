package file

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// disk is the folder with the contents: ab/cd/abcd… by SHA-256, and tmp/ for what is being written.
type disk struct{ folder string }

// Folder returns the store in a folder of one file system, which is made when missing.
// Nodes that share the folder share the store.
func Folder(name string) (Store, error) {
	if err := os.MkdirAll(name, 0o750); err != nil {
		return nil, err
	}
	return disk{name}, nil
}

// tempFolder is the folder beside the keys for what is being written.
const tempFolder = "tmp"

func (d disk) path(key string) string { return filepath.Join(d.folder, filepath.FromSlash(key)) }

// Put moves a name of the file to its place; when the file lies on another file system, a copy of it.
func (d disk) Put(ctx context.Context, key string, f *os.File, size int64) error {
	if err := checkKey(key); err != nil {
		return err
	}
	to := d.path(key)
	if err := os.MkdirAll(filepath.Dir(to), 0o750); err != nil {
		return err
	}
	err := os.Link(f.Name(), to)
	if err != nil && !errors.Is(err, fs.ErrExist) {
		err = d.copy(ctx, to, f, size)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Chmod(to, 0o440); err != nil {
		return err
	}
	for _, dir := range []string{filepath.Dir(to), filepath.Dir(filepath.Dir(to)), d.folder} {
		if err := syncFolder(dir); err != nil {
			return err
		}
	}
	return nil
}

// copy writes beside the keys first, so that no key ever holds half a content.
func (d disk) copy(ctx context.Context, to string, f *os.File, size int64) error {
	temp := filepath.Join(d.folder, tempFolder)
	if err := os.MkdirAll(temp, 0o750); err != nil {
		return err
	}
	out, err := os.CreateTemp(temp, "copy-*")
	if err != nil {
		return err
	}
	defer os.Remove(out.Name())
	_, err = io.Copy(out, stopping{ctx, io.NewSectionReader(f, 0, size)})
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return err
	}
	return os.Link(out.Name(), to)
}

func syncFolder(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Open opens a key.
func (d disk) Open(_ context.Context, key string) (Content, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	f, err := os.Open(d.path(key))
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: key, Err: errors.New("is no file")}
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return reader{f, info.Size()}, nil
}

// reader hides that a content is a file on the disk, which could be written to.
type reader struct {
	f    *os.File
	size int64
}

func (r reader) Read(p []byte) (int, error)                { return r.f.Read(p) }
func (r reader) Seek(off int64, whence int) (int64, error) { return r.f.Seek(off, whence) }
func (r reader) Close() error                              { return r.f.Close() }
func (r reader) Size() int64                               { return r.size }

// Remove deletes a key.
func (d disk) Remove(_ context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	if err := os.Remove(d.path(key)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Each walks through the folder. Names that are no keys are none of ours.
func (d disk) Each(ctx context.Context, fn func(Entry) error) error {
	return filepath.WalkDir(d.folder, func(path string, e fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case e.IsDir():
			return nil
		}
		key := filepath.ToSlash(strings.TrimPrefix(path, d.folder+string(filepath.Separator)))
		if !validKey.MatchString(key) {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil // gone in the meantime
		}
		return fn(Entry{key, info.Size(), info.ModTime()})
	})
}

// Tidy removes copies that were cut off.
func (d disk) Tidy(_ context.Context, before time.Time) error {
	err := spool(filepath.Join(d.folder, tempFolder)).sweep(before)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// full reports whether err says that there is no room on the disk.
func full(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
