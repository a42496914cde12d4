package file

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// Begin starts a transfer of size bytes, when the gate lets the actor. What is too
// large is refused here, before a byte of it comes.
func (s *Service) Begin(ctx context.Context, name string, size int64, meta map[string]string) (Transfer, error) {
	if s.gate == nil {
		return Transfer{}, fault.NewForbidden(i18n.Msg{})
	}
	a, err := s.gate(ctx, meta)
	if err != nil {
		return Transfer{}, err
	}
	if a.Holder.Kind == "" || a.Holder.ID == "" {
		return Transfer{}, errors.New("begin a transfer: the gate named no holder")
	}
	if a.MaxSize <= 0 {
		a.MaxSize = DefaultMaxSize
	}
	u := Upload{Name: name, MaxSize: a.MaxSize, Holder: a.Holder}
	switch {
	case size > a.MaxSize:
		return Transfer{}, s.writeFault(errTooLarge, u)
	case size <= 0:
		return Transfer{}, s.writeFault(errEmpty, u)
	}
	waiting, bytes, err := underWay(ctx, s.db, a.Holder)
	if err != nil {
		return Transfer{}, fmt.Errorf("count transfers: %w", err)
	}
	if err := s.mayHold(ctx, a.Holder, waiting, bytes+size); err != nil {
		return Transfer{}, err
	}
	said, err := json.Marshal(meta)
	if err != nil {
		return Transfer{}, err
	}
	now := s.clock.Now()
	t := Transfer{ID: strings.ToLower(rand.Text()), Holder: a.Holder, Account: actor.From(ctx).ID, Name: givenName(name), Meta: string(said),
		Allow: strings.Join(a.Allow, " "), Size: size, CreatedAt: now, ExpiresAt: now.Add(keepTransfers)}
	return t, s.db.Tx(ctx, func(tx *db.Tx) error { return insertTransfer(ctx, tx, t) })
}

// Transfer returns a transfer to who may continue it.
func (s *Service) Transfer(ctx context.Context, id string) (Transfer, error) {
	t, err := transfer(ctx, s.db, id)
	switch {
	case errors.Is(err, db.ErrNoRows):
		return t, errNoTransfer
	case err != nil:
		return t, fmt.Errorf("find a transfer: %w", err)
	case t.Account != "" && t.Account != actor.From(ctx).ID:
		return Transfer{}, errNoTransfer
	}
	return t, nil
}

// Append takes the next bytes of a transfer and returns how many were kept. What arrived
// before the line broke is kept too, unless the client sent a checksum and it differs.
func (s *Service) Append(ctx context.Context, t Transfer, src io.Reader, sum *checksum) (int64, error) {
	if t.FileID != "" || t.Refused != "" {
		return 0, errOffset
	}
	kept := int64(0)
	for {
		limit := min(chunk, t.Size-t.Received)
		if sum != nil { // nothing of it may be kept before it is known to be right
			limit = t.Size - t.Received
		}
		n, whole, err := s.appendOne(ctx, &t, src, limit, sum)
		kept += n
		if err != nil || !whole || t.Complete() || sum != nil {
			return kept, err
		}
	}
}

// appendOne stores one part; whole is false when the source ended before the limit.
func (s *Service) appendOne(ctx context.Context, t *Transfer, src io.Reader, limit int64, sum *checksum) (n int64, whole bool, err error) {
	f, err := os.CreateTemp(string(s.spool), "part-*")
	if err != nil {
		return 0, false, s.writeFault(err, Upload{})
	}
	w := &draft{file: f}
	defer func() {
		if err := w.close(); err != nil {
			s.log.WarnContext(ctx, "remove a temporary file", "error", err)
		}
	}()
	var to io.Writer = f
	if sum != nil {
		to = io.MultiWriter(f, sum.hash)
	}
	n, readErr := io.Copy(to, io.LimitReader(src, limit))
	switch {
	case full(readErr):
		return 0, false, s.writeFault(readErr, Upload{})
	case !sum.right():
		return 0, false, errChecksum
	case n == 0:
		return 0, false, readErr
	}
	if err := f.Sync(); err != nil {
		return 0, false, s.writeFault(err, Upload{})
	}
	if err := s.keepPiece(ctx, w, piece{TransferID: t.ID, At: t.Received, Size: n, Key: freshKey(partFolder)}); err != nil {
		return 0, false, s.writeFault(err, Upload{})
	}
	t.Received += n
	return n, readErr == nil && n == limit, readErr
}

// keepPiece stores a part under its key, with a pin before and one transaction after.
func (s *Service) keepPiece(ctx context.Context, w *draft, p piece) error {
	now := s.clock.Now()
	mark := pin{ID: id.New(), Key: p.Key, ExpiresAt: now.Add(pinFor)}
	if err := s.db.Tx(ctx, func(tx *db.Tx) error { return insertPin(ctx, tx, mark) }); err != nil {
		return err
	}
	err := s.store.Put(ctx, p.Key, w.file, p.Size)
	if err != nil {
		s.abandon(ctx, mark)
		return storeFault(err)
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if ok, err := dropPin(ctx, tx, mark.ID); err != nil || !ok {
			return errors.Join(err, lostPin(ok))
		}
		ok, err := advance(ctx, tx, p.TransferID, p.At, p.At+p.Size, now.Add(keepTransfers))
		if err != nil {
			return err
		}
		if !ok {
			return errOffset // another request was faster, or the transfer has ended
		}
		return insertPiece(ctx, tx, p)
	})
	if err != nil {
		s.abandon(ctx, mark)
	}
	return err
}

// Finish takes a complete transfer in as a file, with everything that is checked of an
// upload. A refusal is remembered; when the scanner or the store do not answer, it can be tried again.
func (s *Service) Finish(ctx context.Context, t Transfer) (Transfer, error) {
	if !t.Complete() || t.FileID != "" || t.Refused != "" {
		return t, nil
	}
	ps, err := pieces(ctx, s.db, t.ID)
	if err != nil {
		return t, fmt.Errorf("list the parts of a transfer: %w", err)
	}
	whole := &chain{ctx: ctx, store: s.store, left: ps}
	defer whole.close()
	u := Upload{Name: t.Name, Reader: whole, MaxSize: t.Size, Holder: t.Holder}
	if t.Allow != "" {
		u.Allow = strings.Fields(t.Allow)
	}
	end := func(ctx context.Context, tx *db.Tx, f ID, refused string) error {
		ok, err := endTransfer(ctx, tx, t.ID, f, refused)
		if err == nil && !ok {
			err = errBusy
		}
		if err != nil {
			return err
		}
		return s.throwPieces(ctx, tx, t.ID)
	}
	f, err := s.put(ctx, u, func(ctx context.Context, tx *db.Tx, f File) error { return end(ctx, tx, f.ID, "") })
	if err == nil {
		t.FileID = f.ID
		return t, nil
	}
	if refusal, ok := fault.As(err); ok && refusal.Kind == fault.Invalid {
		t.Refused = refusal.User().String()
		if err := s.db.Tx(ctx, func(tx *db.Tx) error { return end(ctx, tx, "", t.Refused) }); err != nil {
			return t, err
		}
	}
	return t, err
}

func (s *Service) throwPieces(ctx context.Context, tx *db.Tx, id string) error {
	keys, err := dropPieces(ctx, tx, id)
	if err != nil {
		return err
	}
	for _, key := range keys {
		if err := throwAway(ctx, tx, key, s.clock.Now()); err != nil {
			return err
		}
	}
	return nil
}

// chain reads the parts of a transfer one after the other and opens each when it is its turn.
type chain struct {
	ctx   context.Context
	store Store
	left  []piece
	open  Content
}

func (c *chain) Read(p []byte) (int, error) {
	for {
		if c.open == nil {
			if len(c.left) == 0 {
				return 0, io.EOF
			}
			next, err := c.store.Open(c.ctx, c.left[0].Key)
			if err != nil {
				return 0, storeFault(err)
			}
			c.open, c.left = next, c.left[1:]
		}
		n, err := c.open.Read(p)
		if errors.Is(err, io.EOF) {
			c.close()
			if err = nil; n == 0 {
				continue
			}
		}
		return n, err
	}
}

func (c *chain) close() {
	if c.open != nil {
		_ = c.open.Close() // it was only read
		c.open = nil
	}
}

// Cancel ends a transfer that is not wanted any more and throws its parts away.
func (s *Service) Cancel(ctx context.Context, id string) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.throwPieces(ctx, tx, id); err != nil {
			return err
		}
		ok, err := deleteTransfer(ctx, tx, id)
		if err == nil && !ok {
			err = errNoTransfer
		}
		return err
	})
}

// sweepTransfers ends transfers that stood still for two days.
func (s *Service) sweepTransfers(ctx context.Context, now time.Time) error {
	for n := page; n == page; {
		ids, err := expiredTransfers(ctx, s.db, now, page)
		if err != nil {
			return err
		}
		n = len(ids)
		for _, id := range ids {
			if err := s.Cancel(ctx, id); err != nil && fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
	}
	return nil
}

// Received returns the file of a transfer that has ended well, to who may continue the
// transfer: the file and the holder it waits under.
func (s *Service) Received(ctx context.Context, id string) (File, error) {
	t, err := s.Transfer(ctx, id)
	if err != nil {
		return File{}, err
	}
	if t.Refused != "" {
		return File{}, fault.NewInvalid("file", i18n.M("%s", t.Refused))
	}
	if t.FileID == "" {
		return File{}, fault.NewInvalid("file", i18n.M("Tệp “%s” chưa tải lên xong. Hãy tải tiếp rồi gửi lại.", t.Name))
	}
	return s.find(ctx, t.FileID, t.Holder)
}
