package org

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/namesearch"
	"lienthong/internal/kit/vntext"
)

const (
	personColumns = `id, full_name, birth_date, phone, email, created_at`
	postColumns   = `id, person_id, unit_id, title, main, rank, valid_from, valid_to, source_act`
)

func (store) person(ctx context.Context, q db.Querier, person PersonID) (Person, error) {
	var p Person
	err := q.Get(ctx, &p, `SELECT `+personColumns+` FROM org_person WHERE id = ?`, person)
	return p, err
}

func (store) insertPerson(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := tx.Exec(ctx, `INSERT INTO org_person (id, full_name, name_fold, birth_date, phone, email, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		p.ID, p.FullName, vntext.Fold(p.FullName), p.BirthDate, p.Phone, p.Email, p.CreatedAt)
	if err != nil {
		return fmt.Errorf("insert person: %w", err)
	}
	return nil
}

func (store) updatePerson(ctx context.Context, tx *db.Tx, p Person) error {
	_, err := tx.Exec(ctx, `UPDATE org_person SET full_name = ?, name_fold = ?, birth_date = ?, phone = ?, email = ? WHERE id = ?`,
		p.FullName, vntext.Fold(p.FullName), p.BirthDate, p.Phone, p.Email, p.ID)
	if err != nil {
		return fmt.Errorf("update person: %w", err)
	}
	return nil
}

// lockPerson keeps other changes of a person's posts waiting; db.ErrNoRows when there is no such person.
func (store) lockPerson(ctx context.Context, tx *db.Tx, person PersonID) error {
	n, err := tx.Exec(ctx, `UPDATE org_person SET phone = phone WHERE id = ?`, person)
	if err == nil && n == 0 {
		return db.ErrNoRows
	}
	return err
}

// lockUnit keeps changes of a unit waiting, and reads when it ends: somebody may have ended it meanwhile.
func (store) lockUnit(ctx context.Context, tx *db.Tx, u *Unit) error {
	if _, err := tx.Exec(ctx, `UPDATE org_unit SET announced = announced WHERE id = ?`, u.ID); err != nil {
		return fmt.Errorf("lock unit: %w", err)
	}
	return tx.Get(ctx, &u.ValidTo, `SELECT valid_to FROM org_unit WHERE id = ?`, u.ID)
}

func (store) searchPeople(ctx context.Context, q db.Querier, query namesearch.Query, limit int) ([]Person, error) {
	if len(query.Words) == 0 {
		return nil, nil
	}
	var where []string
	var args []any
	for _, w := range query.Words { // folded text holds letters, digits and spaces only
		where = append(where, `' ' || name_fold LIKE ?`)
		args = append(args, "% "+w+"%")
	}
	args = append(args, query.Folded, max(limit*5, 100))
	var found []Person
	if err := q.Select(ctx, &found, `SELECT `+personColumns+` FROM org_person WHERE `+strings.Join(where, ` AND `)+`
		ORDER BY CASE WHEN name_fold = ? THEN 0 ELSE 1 END, name_fold, id LIMIT ?`, args...); err != nil {
		return nil, fmt.Errorf("search people: %w", err)
	}
	exact := func(p Person) int {
		switch lower := vntext.Lower(p.FullName); {
		case lower == query.Lower:
			return 0
		case strings.Contains(lower, query.Lower):
			return 1
		}
		return 2
	}
	slices.SortStableFunc(found, func(x, y Person) int {
		if c := cmp.Compare(exact(x), exact(y)); c != 0 {
			return c
		}
		return vntext.Compare(x.FullName, y.FullName)
	})
	return found[:min(limit, len(found))], nil
}

func (store) insertPost(ctx context.Context, tx *db.Tx, p Post) error {
	if _, err := tx.NamedExec(ctx, `INSERT INTO org_post (id, person_id, unit_id, title, main, rank, valid_from, valid_to, source_act)
		VALUES (:id, :person_id, :unit_id, :title, :main, :rank, :valid_from, :valid_to, :source_act)`, p); err != nil {
		return fmt.Errorf("insert post: %w", err)
	}
	return nil
}

func (store) post(ctx context.Context, q db.Querier, post PostID) (Post, error) {
	var p Post
	err := q.Get(ctx, &p, `SELECT `+postColumns+` FROM org_post WHERE id = ?`, post)
	return p, err
}

func (store) postsOf(ctx context.Context, q db.Querier, person PersonID) ([]Post, error) {
	var posts []Post
	if err := q.Select(ctx, &posts, `SELECT `+postColumns+` FROM org_post WHERE person_id = ? ORDER BY main DESC, rank, valid_from, id`, person); err != nil {
		return nil, fmt.Errorf("read posts: %w", err)
	}
	return posts, nil
}

func (store) endPost(ctx context.Context, tx *db.Tx, post PostID, on clock.Date) error {
	_, err := tx.Exec(ctx, `UPDATE org_post SET valid_to = ? WHERE id = ?`, on, post)
	return err
}

// handPosts lets the posts at an ended unit end, and go on at the unit that follows.
func (s store) handPosts(ctx context.Context, tx *db.Tx, from, to UnitID, on clock.Date) error {
	var posts []Post
	if err := tx.Select(ctx, &posts, `SELECT `+postColumns+` FROM org_post WHERE unit_id = ? AND (valid_to IS NULL OR valid_to > ?)`, from, on); err != nil {
		return fmt.Errorf("read posts of an ended unit: %w", err)
	}
	for _, p := range posts {
		switch {
		case to != "" && !p.ValidFrom.Before(on): // begins at the follower
			if _, err := tx.Exec(ctx, `UPDATE org_post SET unit_id = ? WHERE id = ?`, to, p.ID); err != nil {
				return err
			}
			continue
		case !p.ValidFrom.Before(on): // never comes to be
			if _, err := tx.Exec(ctx, `DELETE FROM org_post WHERE id = ?`, p.ID); err != nil {
				return err
			}
			continue
		}
		if err := s.endPost(ctx, tx, p.ID, on); err != nil {
			return err
		}
		if to == "" {
			continue
		}
		p.ID, p.UnitID, p.ValidFrom = PostID(id.New()), to, on
		if err := s.insertPost(ctx, tx, p); err != nil {
			return err
		}
	}
	return nil
}

// carryOn hands the posts at a unit that ends to its heir, and on from there when that one ends too.
func (s store) carryOn(ctx context.Context, tx *db.Tx, u Unit) error {
	for !u.ValidTo.IsZero() {
		var heirs []UnitID
		if err := tx.Select(ctx, &heirs, `SELECT to_id FROM org_successor WHERE from_id = ? AND heir`, u.ID); err != nil {
			return fmt.Errorf("read heir: %w", err)
		}
		next := Unit{}
		if len(heirs) > 0 {
			next.ID = heirs[0]
			if err := s.lockUnit(ctx, tx, &next); err != nil {
				return err
			}
		}
		if err := s.handPosts(ctx, tx, u.ID, next.ID, u.ValidTo); err != nil {
			return err
		}
		u = next
	}
	return nil
}

// dropCarried takes back that a post goes on at the heir of its unit.
func (store) dropCarried(ctx context.Context, tx *db.Tx, p Post) error {
	for !p.ValidTo.IsZero() {
		err := tx.Get(ctx, &p, `DELETE FROM org_post WHERE person_id = ? AND title = ? AND main = ? AND valid_from = ?
			AND unit_id IN (SELECT to_id FROM org_successor WHERE from_id = ? AND heir AND on_date = ?) RETURNING `+postColumns,
			p.PersonID, p.Title, p.Main, p.ValidTo, p.UnitID, p.ValidTo)
		if errors.Is(err, db.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("take back a post that goes on: %w", err)
		}
	}
	return nil
}

// members returns the holders of posts at units on a date, in the order of the units.
func (store) members(ctx context.Context, q db.Querier, units []UnitID, on clock.Date) ([]Member, error) {
	place := map[UnitID]int{}
	for i, u := range units {
		place[u] = i
	}
	var found []Member
	for part := range slices.Chunk(units, 500) { // databases limit the number of parameters
		query, args, err := db.In(`SELECT o.id, o.person_id, o.unit_id, o.title, o.main, o.rank, o.valid_from, o.valid_to, o.source_act, p.full_name, p.phone, p.email
			FROM org_post o JOIN org_person p ON p.id = o.person_id
			WHERE o.unit_id IN (?) AND (o.valid_from IS NULL OR o.valid_from <= ?) AND (o.valid_to IS NULL OR o.valid_to > ?)`, part, on, on)
		if err != nil {
			return nil, err
		}
		var some []Member
		if err := q.Select(ctx, &some, query, args...); err != nil {
			return nil, fmt.Errorf("read members: %w", err)
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(x, y Member) int {
		if c := cmp.Compare(place[x.UnitID], place[y.UnitID]); c != 0 {
			return c
		}
		if c := cmp.Compare(x.Rank, y.Rank); c != 0 {
			return c
		}
		return vntext.Compare(x.FullName, y.FullName)
	})
	return found, nil
}
