package db

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/jmoiron/sqlx"
)

// mostTogether is how many transactions share one commit at most, so that the first of them does not wait for long.
const mostTogether = 64

// group lets transactions on SQLite share commits. There is one writing connection, and every commit waits for the disk;
// so the transactions that wait for the connection meanwhile run one after the other inside one, each in a savepoint of
// its own, and are committed together. Nobody is told that it succeeded before the disk has it. See docs/adr/0011.
type group struct {
	write *sqlx.DB

	mu      sync.Mutex
	waiting []*member
	running bool
}

// member is a transaction in a group.
type member struct {
	ctx   context.Context
	turn  chan *sqlx.Tx // its turn: run in this transaction
	ran   chan error    // how it went
	ended chan error    // committed, or not
	err   error         // why it failed
	left  bool          // gave up before its turn; under group.mu
	begun bool          // under group.mu
}

// do runs fn in the transaction of a group and returns when that is committed.
func (g *group) do(ctx context.Context, fn func(*sqlx.Tx) error) error {
	m := &member{ctx: ctx, turn: make(chan *sqlx.Tx), ran: make(chan error), ended: make(chan error, 1)}
	g.mu.Lock()
	g.waiting = append(g.waiting, m)
	if !g.running {
		g.running = true
		go g.run()
	}
	g.mu.Unlock()
	done := ctx.Done()
	for {
		select {
		case tx := <-m.turn:
			done = nil // its statements end with ctx; what they did is decided by the group
			m.call(tx, fn)
		case err := <-m.ended:
			return err
		case <-done:
			done = nil
			g.mu.Lock()
			m.left = !m.begun
			g.mu.Unlock()
			if m.left {
				return fmt.Errorf("wait for the database: %w", ctx.Err())
			}
		}
	}
}

// call runs fn; a panic goes on up after the group knows.
func (m *member) call(tx *sqlx.Tx, fn func(*sqlx.Tx) error) {
	err := errors.New("the transaction did not return")
	defer func() { m.ran <- err }()
	err = fn(tx)
}

// next takes the next transaction that still wants to run.
func (g *group) next() *member {
	g.mu.Lock()
	defer g.mu.Unlock()
	for len(g.waiting) > 0 {
		m := g.waiting[0]
		g.waiting[0] = nil
		if g.waiting = g.waiting[1:]; !m.left {
			m.begun = true
			return m
		}
	}
	return nil
}

// again puts transactions that ran in a lost commit back to the front.
func (g *group) again(ms []*member) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(ms, g.waiting...)
}

// run commits groups until nobody waits.
func (g *group) run() {
	for {
		g.once()
		g.mu.Lock()
		if len(g.waiting) == 0 {
			g.waiting, g.running = nil, false
			g.mu.Unlock()
			return
		}
		g.mu.Unlock()
	}
}

// once commits one group.
func (g *group) once() {
	first := g.next()
	if first == nil {
		return
	}
	tx, err := g.write.BeginTxx(context.Background(), nil)
	if err != nil {
		first.ended <- fmt.Errorf("begin: %w", err)
		return
	}
	var done, failed []*member
	for m := first; m != nil; {
		err, whole := turn(tx, m)
		if !whole { // SQLite undid everything, also what others did before
			m.ended <- err
			_ = tx.Rollback() //nolint:errcheck // there is nothing left to undo
			g.again(append(done, failed...))
			return
		}
		if m.err = err; err != nil {
			failed = append(failed, m)
		} else {
			done = append(done, m)
		}
		if m = nil; len(done)+len(failed) < mostTogether {
			m = g.next()
		}
	}
	if len(done) == 0 {
		_ = tx.Rollback() //nolint:errcheck // nothing was done
	} else if err = tx.Commit(); err != nil {
		err = fmt.Errorf("commit: %w", err)
	}
	for _, m := range done {
		m.ended <- err
	}
	for _, m := range failed { // only now: it may have failed for what another one wrote, and its caller looks for that
		m.ended <- m.err
	}
}

// turn runs one transaction in its savepoint. whole says whether the transaction around it is still there: some errors,
// such as a full disk or a statement that was interrupted, undo all of it.
func turn(tx *sqlx.Tx, m *member) (err error, whole bool) {
	if _, err := tx.Exec(`SAVEPOINT member`); err != nil {
		return fmt.Errorf("begin: %w", err), false
	}
	m.turn <- tx
	if err = <-m.ran; err == nil {
		if _, lost := tx.Exec(`RELEASE member`); lost != nil {
			return fmt.Errorf("commit: %w", lost), false
		}
		return nil, true
	}
	if _, lost := tx.Exec(`ROLLBACK TO member`); lost != nil {
		return err, false
	}
	if _, lost := tx.Exec(`RELEASE member`); lost != nil {
		return err, false
	}
	return err, true
}
