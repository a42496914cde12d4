package file

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"regexp"
	"time"

	"lienthong/internal/kit/id"
)

// Store (nơi chứa nội dung) keeps bytes under keys: a folder or a bucket. A key is
// used once and never again, so an old request to remove one cannot harm what came later.
type Store interface {
	// Put stores the file under a new key. After nil the bytes survive a power cut;
	// after an error there may be something under the key, or nothing.
	Put(ctx context.Context, key string, f *os.File, size int64) error
	// Open returns the bytes of a key; fs.ErrNotExist when there are none.
	Open(ctx context.Context, key string) (Content, error)
	// Remove deletes a key. It is no error that there is none.
	Remove(ctx context.Context, key string) error
	// Each calls fn for every key there is, in no order.
	Each(ctx context.Context, fn func(Entry) error) error
	// Tidy removes what writes that were cut off before a moment left outside of the keys.
	Tidy(ctx context.Context, before time.Time) error
}

// Content (khối nội dung) is the bytes of a key, to be read.
type Content interface {
	io.ReadSeekCloser
	Size() int64
}

// Entry (mục trong nơi chứa) is a key as Each finds it.
type Entry struct {
	Key  string
	Size int64     // bytes
	At   time.Time // when it was written, by the clock of the store
}

// Folders of keys beside those of contents, which lie in two levels of folders by their SHA-256.
const (
	partFolder = "part" // pieces of uploads under way
	viewFolder = "view" // pictures of contents, made again when lost
)

var (
	validKey = regexp.MustCompile(`^(part|view|[0-9a-f]{2}/[0-9a-f]{2})/[0-9a-f][0-9a-z-]*$`)
)

// contentKey returns a key for a content that was never used before.
func contentKey(sum string) string { return sum[:2] + "/" + sum[2:4] + "/" + sum + "-" + id.New() }

// freshKey returns a key in one of the other folders that was never used before.
func freshKey(folder string) string { return folder + "/" + id.New() }

func checkKey(key string) error {
	if !validKey.MatchString(key) {
		return fmt.Errorf("%q is no key of the file store", key)
	}
	return nil
}

// draft is a content that was written to a temporary file of this machine and is kept nowhere yet.
type draft struct {
	file *os.File
	sum  string
	size int64
}

// spool is the folder for drafts.
type spool string

func (d spool) prepare() error { return os.MkdirAll(string(d), 0o750) }

// errTooLarge and errEmpty are about the content that is being written.
var (
	errTooLarge = errors.New("content is larger than allowed")
	errEmpty    = errors.New("content is empty")
)

// write streams r into a temporary file, hashes it and syncs it to the disk. The caller closes the draft.
func (d spool) write(ctx context.Context, r io.Reader, limit int64) (*draft, error) {
	f, err := os.CreateTemp(string(d), "up-*")
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

// close removes the temporary file.
func (w *draft) close() error {
	err := w.file.Close()
	if rm := os.Remove(w.file.Name()); rm != nil && !errors.Is(rm, fs.ErrNotExist) {
		err = errors.Join(err, rm)
	}
	return err
}

// sweep removes temporary files that were last written before a moment.
func (d spool) sweep(before time.Time) error {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return err
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil || !info.ModTime().Before(before) {
			continue
		}
		if err := os.Remove(string(d) + "/" + e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
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

// errChanged says that a content does not have its SHA-256 any more.
var errChanged = errors.New("content is not what was stored")

// checked reads a content and compares it with its SHA-256 on the way: who reads it
// from the first byte to the last gets errChanged instead of the end when it differs.
// Who jumps about, as requests for a range do, reads without the comparison.
type checked struct {
	Content
	sum     string
	damaged func(error)
	hash    hash.Hash
	hashed  int64 // bytes from the start that are in hash
	at      int64
}

func newChecked(b Content, sum string, damaged func(error)) *checked {
	return &checked{Content: b, sum: sum, damaged: damaged, hash: sha256.New()}
}

func (c *checked) Read(p []byte) (int, error) {
	n, err := c.Content.Read(p)
	if c.at == c.hashed {
		c.hash.Write(p[:n])
		c.hashed += int64(n)
	}
	c.at += int64(n)
	if n > 0 && c.hashed == c.Size() && c.at == c.hashed || errors.Is(err, io.EOF) && c.at == c.hashed {
		if hex.EncodeToString(c.hash.Sum(nil)) != c.sum {
			c.damaged(errChanged)
			return 0, errChanged // the last bytes are held back
		}
	}
	return n, err
}

func (c *checked) Seek(offset int64, whence int) (int64, error) {
	at, err := c.Content.Seek(offset, whence)
	if err == nil {
		c.at = at
	}
	return at, err
}
