package codelist

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/versioned"
)

// Service answers from the lists, which it keeps in memory, and changes them. It is safe for concurrent use.
// Reading needs no permission: code lists are public.
type Service struct {
	db    *db.DB
	clock clock.Clock
	units Units
	cache *versioned.Cache[*book]
}

// book is everything as of one version; it does not change.
type book struct {
	lists []List
	items map[string][]Item            // by list, in order
	codes map[string]map[string][]Item // by list and code
}

// freshness bounds how long another node's change can go unseen.
const freshness = 2 * time.Second

// Lists returns all lists by key.
func (s *Service) Lists(ctx context.Context) ([]List, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	return slices.Clone(b.lists), nil
}

// Items returns the items of a list that hold on a date, in order; the zero date means today.
// Errors: fault.NotFound for a list nobody loaded. The items must not be changed.
func (s *Service) Items(ctx context.Context, list string, on clock.Date) ([]Item, error) {
	all, err := s.History(ctx, list)
	if err != nil {
		return nil, err
	}
	on = s.day(on)
	items := make([]Item, 0, len(all))
	for _, i := range all {
		if i.ValidOn(on) {
			items = append(items, i)
		}
	}
	return items, nil
}

// History returns all versions of all items of a list, in order. Errors as Items.
func (s *Service) History(ctx context.Context, list string) ([]Item, error) {
	b, err := s.book(ctx)
	if err != nil {
		return nil, err
	}
	items, ok := b.items[list]
	if !ok {
		return nil, fault.NewNotFound(i18n.M("Không có danh mục “%s”.", list))
	}
	return slices.Clone(items), nil
}

// Item returns the version of a code for a date; the zero date means today. Where no version holds
// on the date it is the last one before, so that old records keep a name.
// Errors: fault.NotFound for a list or code that never was.
func (s *Service) Item(ctx context.Context, list, code string, on clock.Date) (Item, error) {
	b, err := s.book(ctx)
	if err != nil {
		return Item{}, err
	}
	if b.items[list] == nil {
		return Item{}, fault.NewNotFound(i18n.M("Không có danh mục “%s”.", list))
	}
	i, err := nearest(b.codes[list][code], s.day(on))
	if err != nil {
		return Item{}, fault.NewNotFound(i18n.M("Không có mã “%s” trong danh mục.", code)).Wrap(err)
	}
	return i, nil
}

// Name returns the name of a code on a date in the language of the reader. Errors as Item.
func (s *Service) Name(ctx context.Context, list, code string, on clock.Date) (string, error) {
	i, err := s.Item(ctx, list, code, on)
	if err != nil {
		return "", err
	}
	return i.Text(ctx), nil
}

// Has reports whether a code may be chosen on a date; the zero date means today. A list nobody loaded has no codes.
func (s *Service) Has(ctx context.Context, list, code string, on clock.Date) (bool, error) {
	b, err := s.book(ctx)
	if err != nil {
		return false, err
	}
	on = s.day(on)
	return slices.ContainsFunc(b.codes[list][code], func(i Item) bool { return i.ValidOn(on) }), nil
}

func (s *Service) day(on clock.Date) clock.Date { return on.Or(clock.Today(s.clock)) }

func (s *Service) book(ctx context.Context) (*book, error) { return s.cache.Get(ctx, s.db) }

func readBook(ctx context.Context, q db.Querier) (*book, error) {
	b := &book{items: map[string][]Item{}, codes: map[string]map[string][]Item{}}
	lists, err := selectLists(ctx, q)
	if err != nil {
		return nil, err
	}
	b.lists = lists
	for _, l := range lists {
		b.items[l.Key], b.codes[l.Key] = []Item{}, map[string][]Item{}
	}
	rows, err := selectItems(ctx, q)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		i, err := r.item()
		if err != nil {
			return nil, err
		}
		b.items[i.List] = append(b.items[i.List], i)
	}
	for _, items := range b.items {
		order(items)
		for _, i := range items {
			b.codes[i.List][i.Code] = append(b.codes[i.List][i.Code], i)
		}
	}
	for _, codes := range b.codes {
		for _, versions := range codes {
			slices.SortFunc(versions, func(x, y Item) int { return x.ValidFrom.Compare(y.ValidFrom) })
		}
	}
	return b, nil
}

// allow returns fault.Forbidden unless the actor may change the lists of the province.
func (s *Service) allow(ctx context.Context) error {
	a := actor.From(ctx)
	if a.Kind == actor.System {
		return nil
	}
	if !a.SignedIn() {
		return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập để sửa danh mục."))
	}
	path, err := s.units.UnitPath(ctx, "")
	if err != nil {
		return fmt.Errorf("path of the root unit: %w", err)
	}
	if !a.Can(PermManage, path) {
		return fault.NewForbidden(i18n.M("Tài khoản này không có quyền sửa danh mục dùng chung của tỉnh."))
	}
	return nil
}
