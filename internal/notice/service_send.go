package notice

import (
	"context"
	"fmt"
	"sync"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
)

type clockKey struct{}

// WithClock returns a context in which Send takes the time from c instead of the machine.
func WithClock(ctx context.Context, c clock.Clock) context.Context {
	return context.WithValue(ctx, clockKey{}, c)
}

func clockFrom(ctx context.Context) clock.Clock {
	if c, ok := ctx.Value(clockKey{}).(clock.Clock); ok {
		return c
	}
	return clock.System{}
}

// Send accepts a message in the caller's transaction: it is sent if and only if the transaction ends well.
func Send(ctx context.Context, tx *db.Tx, m Message) error {
	_, err := SendMany(ctx, tx, []Message{m})
	return err
}

// SendMany accepts messages in the caller's transaction and returns how many are new: those whose key was accepted
// before for the same recipient are left out.
func SendMany(ctx context.Context, tx *db.Tx, list []Message) (int, error) {
	now := clockFrom(ctx).Now()
	rows := make([]row, 0, len(list))
	for _, m := range list {
		r, err := m.accept(now)
		if err != nil {
			return 0, fmt.Errorf("send: %w", err)
		}
		rows = append(rows, r)
	}
	n, err := store{}.insertMessages(ctx, tx, rows)
	if err != nil {
		return 0, fmt.Errorf("send: %w", err)
	}
	ring()
	return n, nil
}

// Send accepts messages in a transaction of its own, at the time of the service's clock.
func (s *Service) Send(ctx context.Context, list ...Message) (n int, err error) {
	if len(list) == 0 {
		return 0, nil
	}
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		n, err = SendMany(WithClock(ctx, s.clock), tx, list)
		return err
	})
	return n, err
}

// bells are the services of this process that listen for new messages.
var bells struct {
	sync.Mutex
	listening map[chan struct{}]bool
}

func listen(c chan struct{}) {
	bells.Lock()
	defer bells.Unlock()
	if bells.listening == nil {
		bells.listening = map[chan struct{}]bool{}
	}
	bells.listening[c] = true
}

func deaf(c chan struct{}) {
	bells.Lock()
	defer bells.Unlock()
	delete(bells.listening, c)
}

// ring tells the services of this process that there may be new messages soon.
func ring() {
	bells.Lock()
	defer bells.Unlock()
	for c := range bells.listening {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}
