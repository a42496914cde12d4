package file

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	_ "image/png" // pictures that people send
	"io"
	"io/fs"
	"os"
	"os/exec"
	"slices"
	"time"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // as above

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// A view is a small picture of a content: of a photo, or of the first page of a PDF. It is made when it is first
// asked for, kept in the store, and made again when it is lost.
const (
	viewSide    = 480              // pixels of the longer side
	maxPixels   = 40 << 20         // of a picture that is decoded; its size is known before
	maxView     = 1 << 20          // bytes
	viewTime    = 20 * time.Second // for a page of a PDF
	viewLimits  = "ulimit -t 10 -v 1500000 -f 40960 -c 0"
	viewProgram = "pdftoppm" // of poppler-utils
)

// pictures are the types of which Go itself makes a view.
var pictures = []string{JPEG, PNG, WebP}

var errNoView = fault.NewNotFound(i18n.M("Tệp này không có ảnh xem trước. Hãy mở tệp để xem."))

// HasView reports whether a view is made of a media type on this machine.
func (s *Service) HasView(mediaType string) bool {
	if slices.Contains(pictures, mediaType) {
		return true
	}
	_, err := exec.LookPath(viewProgram)
	return mediaType == PDF && err == nil
}

// View returns a JPEG of a file that the caller has opened, with the permission that takes. NotFound when
// none can be made of it: it is of another type, broken, or larger than is safe to unpack.
func (s *Service) View(ctx context.Context, f File, content io.ReadSeeker) ([]byte, error) {
	if !s.HasView(f.MediaType) {
		return nil, errNoView
	}
	if kept, err := s.keptView(ctx, f.SHA256); err == nil {
		return kept, nil
	}
	select { // few at a time: a large picture takes much memory
	case s.viewing <- struct{}{}:
		defer func() { <-s.viewing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	made, err := s.makeView(ctx, f, content)
	if err != nil {
		s.log.InfoContext(ctx, "no view of a file", "file", f.ID, "error", err)
		return nil, errNoView
	}
	if err := s.keepView(ctx, f.SHA256, made); err != nil {
		s.log.WarnContext(ctx, "a view cannot be kept", "file", f.ID, "error", err)
	}
	return made, nil
}

func (s *Service) keptView(ctx context.Context, sum string) ([]byte, error) {
	key, err := viewOf(ctx, s.db, sum)
	if err != nil {
		return nil, err
	}
	b, err := s.store.Open(ctx, key)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, s.db.Tx(ctx, func(tx *db.Tx) error { return dropView(ctx, tx, key) }))
	}
	if err != nil {
		return nil, err
	}
	defer b.Close()
	return io.ReadAll(io.LimitReader(b, maxView))
}

func (s *Service) makeView(ctx context.Context, f File, content io.ReadSeeker) ([]byte, error) {
	if f.MediaType == PDF {
		return s.firstPage(ctx, content)
	}
	c, _, err := image.DecodeConfig(content)
	if err != nil {
		return nil, err
	}
	if c.Width <= 0 || c.Height <= 0 || int64(c.Width)*int64(c.Height)*int64(depth(c.ColorModel)) > maxPixels*4 {
		return nil, fmt.Errorf("%d×%d pixels are too many", c.Width, c.Height)
	}
	if _, err := content.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	from, _, err := image.Decode(stopping{ctx, content})
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	err = jpeg.Encode(&out, small(from), &jpeg.Options{Quality: 75})
	return out.Bytes(), err
}

// depth is how many bytes a decoded pixel takes.
func depth(m color.Model) int {
	switch m {
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	case color.GrayModel:
		return 1
	case color.YCbCrModel:
		return 3
	}
	return 4
}

// small shrinks a picture onto white paper.
func small(from image.Image) image.Image {
	b := from.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > viewSide {
		w, h = max(1, w*viewSide/longer), max(1, h*viewSide/longer)
	}
	to := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(to, to.Bounds(), image.White, image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, b, draw.Over, nil)
	return to
}

// firstPage lets poppler draw the first page, in a process with little time and memory.
func (s *Service) firstPage(ctx context.Context, content io.Reader) ([]byte, error) {
	in, err := os.CreateTemp(string(s.spool), "view-*")
	if err != nil {
		return nil, err
	}
	defer os.Remove(in.Name())
	_, err = io.Copy(in, stopping{ctx, content})
	if err = errors.Join(err, in.Close()); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, viewTime)
	defer cancel()
	out := &bounded{limit: maxView}
	cmd := exec.CommandContext(ctx, "sh", "-c", viewLimits+`; exec `+viewProgram+` -q -f 1 -l 1 -singlefile -jpeg -scale-to "$2" "$1"`, "sh", in.Name(), fmt.Sprint(viewSide))
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.WaitDelay = os.TempDir(), []string{"PATH=" + os.Getenv("PATH")}, out, time.Second
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", viewProgram, err)
	}
	if c, kind, err := image.DecodeConfig(bytes.NewReader(out.Bytes())); err != nil || kind != "jpeg" || max(c.Width, c.Height) > viewSide {
		return nil, errors.Join(errors.New("no picture came"), err)
	}
	return out.Bytes(), nil
}

// bounded is a buffer that takes no more than its limit.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, errTooLarge
	}
	return b.Buffer.Write(p)
}

// keepView stores a view, with a pin before as for everything.
func (s *Service) keepView(ctx context.Context, sum string, made []byte) error {
	w, err := s.spool.write(ctx, bytes.NewReader(made), maxView)
	if err != nil {
		return err
	}
	defer func() { _ = w.close() }()
	p := pin{ID: id.New(), Key: freshKey(viewFolder), ExpiresAt: s.clock.Now().Add(pinFor)}
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return insertPin(ctx, tx, p) }); err != nil {
		return err
	}
	err = s.store.Put(ctx, p.Key, w.file, w.size)
	if err == nil {
		err = s.db.Tx(ctx, func(tx *db.Tx) error {
			if ok, err := dropPin(ctx, tx, p.ID); err != nil || !ok {
				return errors.Join(err, lostPin(ok))
			}
			added, err := insertView(ctx, tx, sum, p.Key, w.size)
			if err == nil && !added {
				err = throwAway(ctx, tx, p.Key, s.clock.Now())
			}
			return err
		})
	}
	if err != nil {
		s.abandon(ctx, p)
	}
	return err
}

// sweepViews throws away views of contents that are gone.
func (s *Service) sweepViews(ctx context.Context, now time.Time) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		keys, err := dropOrphanViews(ctx, tx)
		for _, key := range keys {
			if err == nil {
				err = throwAway(ctx, tx, key, now)
			}
		}
		return err
	})
}
