package notice

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/versioned"
)

// bookCache keeps the published texts in memory; a change on another node is seen after seconds.
type bookCache struct {
	c *versioned.Cache[*textBook]
	d *db.DB
}

const textsEvery = 2 * time.Second

func newBookCache(s *Service) *bookCache {
	return &bookCache{d: s.db, c: versioned.New(textsEvery, s.clock.Now, versioned.Source[*textBook]{
		Version: func(ctx context.Context, q db.Querier) (int64, error) { return s.store.version(ctx, q, theTexts) },
		Load:    s.loadBook,
		Lock:    func(ctx context.Context, tx *db.Tx) error { return s.store.bump(ctx, tx, theTexts) },
	})}
}

// Get returns the texts.
func (b *bookCache) Get(ctx context.Context) (*textBook, error) { return b.c.Get(ctx, b.d) }

func (s *Service) loadBook(ctx context.Context, q db.Querier) (*textBook, error) {
	rows, err := s.store.published(ctx, q)
	if err != nil {
		return nil, err
	}
	b := &textBook{editions: map[string][]edition{}}
	for _, r := range rows {
		key := textKey(r.Topic, r.Channel, r.Lang)
		b.editions[key] = append(b.editions[key], edition{Text{r.Subject, r.Body}, r.ValidFrom, r.ID})
	}
	return b, nil
}
