package web

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"os"

	"lienthong/internal/kit/i18n"
)

// inMemory is how much of a body is held in memory while its hash is taken; a longer one goes to a file.
const inMemory = 256 << 10

// spool reads the whole body of a request and returns it, to be read again, with the hash of what the request
// says: its address, which names what the act is about, and its body.
func spool(r *http.Request, folder string) (io.ReadCloser, string, error) {
	s := &spill{folder: folder}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n", r.URL.RequestURI())
	err := hashBody(h, io.TeeReader(r.Body, s), r.Header.Get("Content-Type"))
	if err == nil {
		err = s.rewind()
	}
	if s.err != nil {
		return nil, "", errors.Join(s.err, s.Close())
	}
	if err != nil {
		return nil, "", errors.Join(readError(err, BadRequest(i18n.M("Không đọc được nội dung gửi lên. Hãy gửi lại."))), s.Close())
	}
	return s, hex.EncodeToString(h.Sum(nil)), nil
}

// hashBody reads a body to its end. Of a form with files it hashes the parts and not the boundary between
// them, which clients choose anew every time they send.
func hashBody(h hash.Hash, body io.Reader, contentType string) error {
	mt, params, err := mime.ParseMediaType(contentType)
	if err != nil || mt != "multipart/form-data" || params["boundary"] == "" {
		_, err := io.Copy(h, body)
		return err
	}
	mr := multipart.NewReader(body, params["boundary"])
	for {
		p, err := mr.NextRawPart()
		if errors.Is(err, io.EOF) {
			_, err = io.Copy(io.Discard, body)
			return err
		}
		if err != nil {
			return err
		}
		one := sha256.New()
		n, err := io.Copy(one, p)
		if err != nil {
			return err
		}
		fmt.Fprintf(h, "%q %q %d %x\n", p.Header.Get("Content-Disposition"), p.Header.Get("Content-Type"), n, one.Sum(nil))
	}
}

// spill is a body in memory, or in a file once it is long.
type spill struct {
	folder string
	buf    bytes.Buffer
	f      *os.File
	from   io.Reader
	err    error // of the file, not of the client
}

func (s *spill) Write(p []byte) (int, error) {
	if s.f == nil && s.buf.Len()+len(p) <= inMemory {
		return s.buf.Write(p)
	}
	if s.f == nil {
		f, err := os.CreateTemp(s.folder, "lienthong-body-*")
		if err != nil {
			s.err = fmt.Errorf("make a file for a body: %w", err)
			return 0, s.err
		}
		s.f = f
	}
	n, err := s.f.Write(p)
	if err != nil {
		s.err = fmt.Errorf("spool a body: %w", err)
	}
	return n, err
}

func (s *spill) rewind() error {
	s.from = &s.buf
	if s.f == nil {
		return nil
	}
	s.from = io.MultiReader(&s.buf, s.f)
	_, err := s.f.Seek(0, io.SeekStart)
	return err
}

func (s *spill) Read(p []byte) (int, error) { return s.from.Read(p) }

func (s *spill) Close() error {
	if s.f == nil {
		return nil
	}
	return errors.Join(s.f.Close(), os.Remove(s.f.Name()))
}
