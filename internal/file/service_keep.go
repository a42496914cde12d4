package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// pin (ghim) keeps the sweep away from a content while an upload of it is under
// way: from a content that is there already, or from the new key that is being written.
type pin struct {
	ID        string    `db:"id"`
	SHA256    string    `db:"sha256"`    // of the content; empty for a part or a view
	Key       string    `db:"store_key"` // new key; empty when the content is there already
	ExpiresAt time.Time `db:"expires_at"`
}

// pinFor is how long a write may take before its pin counts as left behind by a program that was killed.
const pinFor = 24 * time.Hour

// errPinLost says that a write took so long that its pin has expired; what it wrote may be swept.
var errPinLost = errors.New("the pin of a write has expired")

// keep stores a draft under a key and runs record in the transaction that makes it a
// content of the store. However it ends, in a kill too, nothing is lost and no garbage
// stays for ever: the key stands in the database before its first byte is written.
func (s *Service) keep(ctx context.Context, w *draft, record func(context.Context, *db.Tx) error) error {
	var err error
	for range 3 {
		if err = s.keepOnce(ctx, w, record); !errors.Is(err, errPinLost) {
			return err
		}
	}
	return err
}

func (s *Service) keepOnce(ctx context.Context, w *draft, record func(context.Context, *db.Tx) error) (err error) {
	p, old, err := s.pinContent(ctx, w)
	if err != nil {
		return err
	}
	kept, spare := false, ""
	defer func() {
		if !kept {
			s.abandon(ctx, p)
		}
	}()
	if p.Key != "" {
		if err := s.store.Put(ctx, p.Key, w.file, w.size); err != nil {
			return storeFault(err)
		}
	}
	err = s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if ok, err := dropPin(ctx, tx, p.ID); err != nil || !ok {
			return errors.Join(err, lostPin(ok))
		}
		if p.Key != "" {
			var err error
			if spare, err = s.adopt(ctx, tx, w, p.Key, old); err != nil {
				return err
			}
		}
		return record(ctx, tx)
	})
	if kept = err == nil; kept && spare != "" {
		s.discard(ctx, spare)
	}
	return err
}

func lostPin(ok bool) error {
	if ok {
		return nil
	}
	return errPinLost
}

// pinContent pins the content of a draft when it is there and whole, else a new key for it. old is the key to be replaced.
func (s *Service) pinContent(ctx context.Context, w *draft) (p pin, old string, err error) {
	p = pin{ID: id.New(), SHA256: w.sum, ExpiresAt: s.clock.Now().Add(pinFor)}
	fresh := contentKey(w.sum)
	var there string
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		c, err := useContent(ctx, tx, w.sum)
		there, old, p.Key = c.Key, "", ""
		switch {
		case errors.Is(err, db.ErrNoRows):
			p.Key = fresh
		case err != nil:
			return err
		case c.DamagedAt != nil:
			p.Key, old = fresh, c.Key
		}
		return insertPin(ctx, tx, p)
	})
	if err != nil || p.Key != "" {
		return p, old, err
	}
	ok, err := s.holds(ctx, there, w.size)
	if err == nil && !ok { // lost in the meantime: this upload heals it
		old, p.Key = there, fresh
		err = s.db.Tx(ctx, func(tx *db.Tx) error {
			ok, err := aimPin(ctx, tx, p)
			return errors.Join(err, lostPin(ok || err != nil))
		})
	}
	if err != nil {
		s.abandon(ctx, p)
	}
	return p, old, err
}

// holds reports whether a key is there with as many bytes as it should have.
func (s *Service) holds(ctx context.Context, key string, size int64) (bool, error) {
	b, err := s.store.Open(ctx, key)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, storeFault(err)
	}
	return b.Size() == size, b.Close()
}

// adopt makes a key the one of its content and throws the other one away, when there are two; it returns that one.
func (s *Service) adopt(ctx context.Context, tx *db.Tx, w *draft, key, old string) (spare string, err error) {
	now := s.clock.Now()
	added, err := insertContent(ctx, tx, content{SHA256: w.sum, Size: w.size, Key: key}, now)
	if err != nil || added {
		return "", err
	}
	spare = key // equal contents came at the same time
	if old != "" {
		healed, err := replaceKey(ctx, tx, w.sum, old, key, w.size)
		if err != nil {
			return "", err
		}
		if healed {
			spare = old
		}
	}
	return spare, throwAway(ctx, tx, spare, now)
}

// discard removes a key that was thrown away. What it cannot do, the sweep does later.
func (s *Service) discard(ctx context.Context, key string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.store.Remove(ctx, key)
	if err == nil {
		err = s.db.Tx(ctx, func(tx *db.Tx) error { return dropTrash(ctx, tx, []string{key}) })
	}
	if err != nil {
		s.log.InfoContext(ctx, "leave a key to the sweep", "key", key, "error", err)
	}
}

// abandon gives up a pin. It works for a visitor who has left too; what it cannot do, the sweep does later.
func (s *Service) abandon(ctx context.Context, p pin) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	thrown := false
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		ok, err := dropPin(ctx, tx, p.ID)
		if thrown = err == nil && ok && p.Key != ""; !thrown {
			return err
		}
		return throwAway(ctx, tx, p.Key, s.clock.Now())
	})
	switch {
	case err != nil:
		s.log.WarnContext(ctx, "leave a pin to the sweep", "error", err)
	case thrown:
		s.discard(ctx, p.Key)
	}
}

// storeFault marks an error of the store of contents.
func storeFault(err error) error { return &storeError{err} }

type storeError struct{ error }

func (e *storeError) Unwrap() error { return e.error }

// noteDamage marks a content that was found lost or changed: the next upload of the same replaces it.
func (s *Service) noteDamage(ctx context.Context, sum string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *db.Tx) error { return markDamaged(ctx, tx, sum, s.clock.Now()) })
	if err != nil {
		s.log.WarnContext(ctx, "note a damaged content", "error", fmt.Errorf("%s: %w", sum, err))
	}
}
