package password

import (
	"bytes"
	"crypto/sha1" //nolint:gosec // the lists people download are of SHA-1
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
)

// Breaches is a list of leaked passwords: a file with a line "SHA-1:count" for each, sorted by the hash, as it can be
// downloaded. It is searched where it lies; next to nothing of it is ever in memory. The file may be exchanged for a
// newer one while the program runs.
type Breaches struct{ path string }

const (
	hashLength = 2 * sha1.Size
	longest    = 80 // bytes of a line
	samples    = 64 // lines looked at before a list is trusted
)

// ErrList is the error of a file that is no such list.
var ErrList = errors.New("not a sorted list of lines SHA-1:count")

// OpenBreaches looks at a list here and there and returns it.
func OpenBreaches(path string) (*Breaches, error) {
	b := &Breaches{path}
	return b, b.with(func(f io.ReaderAt, size int64) error {
		last := ""
		for i := range int64(samples) {
			_, line, err := lineAt(f, size, i*(size-1)/(samples-1))
			if err != nil {
				return err
			}
			hash, _, err := entry(line)
			if err != nil {
				return err
			}
			if hash < last {
				return fmt.Errorf("%w: %s stands after %s", ErrList, hash[:8], last[:8])
			}
			last = hash
		}
		return nil
	})
}

func (b *Breaches) with(fn func(f io.ReaderAt, size int64) error) error {
	f, err := os.Open(b.path)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	if st.IsDir() || st.Size() < hashLength {
		return ErrList
	}
	return fn(f, st.Size())
}

// Count returns how often a password was found among leaked ones; 0 when it is not on the list.
func (b *Breaches) Count(p string) (n int64, err error) {
	sum := sha1.Sum([]byte(p)) //nolint:gosec // see above
	want := strings.ToUpper(hex.EncodeToString(sum[:]))
	err = b.with(func(f io.ReaderAt, size int64) error {
		n, err = search(f, size, want)
		return err
	})
	return n, err
}

// search halves the part of the file in which the hash must stand; lo and hi are beginnings of lines.
func search(f io.ReaderAt, size int64, want string) (int64, error) {
	for lo, hi := int64(0), size; lo < hi; {
		start, line, err := lineAt(f, size, lo+(hi-lo)/2)
		if err != nil {
			return 0, err
		}
		hash, n, err := entry(line)
		switch {
		case err != nil:
			return 0, err
		case want == hash:
			return n, nil
		case want < hash:
			hi = start
		default:
			lo = start + int64(len(line))
		}
	}
	return 0, nil
}

// lineAt returns the line around a byte, with its end, and where it begins.
func lineAt(f io.ReaderAt, size, at int64) (start int64, line []byte, err error) {
	from := max(0, at-longest)
	buf := make([]byte, min(size, at+longest)-from)
	if _, err := f.ReadAt(buf, from); err != nil && !errors.Is(err, io.EOF) {
		return 0, nil, err
	}
	begin := bytes.LastIndexByte(buf[:at-from], '\n') + 1
	end := bytes.IndexByte(buf[at-from:], '\n')
	switch {
	case begin == 0 && from > 0:
		return 0, nil, ErrList
	case end >= 0:
		end += int(at-from) + 1
	case from+int64(len(buf)) == size:
		end = len(buf)
	default:
		return 0, nil, ErrList
	}
	return from + int64(begin), buf[begin:end], nil
}

// entry reads a line; without a count it counts once.
func entry(line []byte) (hash string, n int64, err error) {
	hash, count, counted := strings.Cut(strings.ToUpper(strings.TrimSpace(string(line))), ":")
	if len(hash) != hashLength || strings.Trim(hash, "0123456789ABCDEF") != "" {
		return "", 0, ErrList
	}
	if !counted {
		return hash, 1, nil
	}
	if n, err = strconv.ParseInt(strings.TrimSpace(count), 10, 64); err != nil {
		return "", 0, fmt.Errorf("%w: %w", ErrList, err)
	}
	return hash, max(n, 1), nil
}
