package notice

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/notice/internal/deliver"
)

// perWorker is how many deliveries are claimed for each worker at a time.
const perWorker = 4

// leaseFor is how long a node keeps what it claimed: long enough for a worker to try all of its deliveries.
func (s *Service) leaseFor() time.Duration { return perWorker*s.config.Timeout + time.Minute }

// errStopped is the outcome of a delivery that was not tried because the gate closed or the node stops.
var errStopped = errors.New("not tried")

// Deliver claims a batch of due deliveries of a channel, tries them, and returns how many it claimed.
func (s *Service) Deliver(ctx context.Context, ch Channel) (int, error) {
	sender := s.senders[ch]
	if sender == nil {
		return 0, nil
	}
	now, g := s.clock.Now(), s.gates[ch]
	n := g.width(now, perWorker*s.config.Workers)
	if n == 0 {
		return 0, nil
	}
	claimed, err := s.store.claim(ctx, s.db, ch, s.lease, now, now.Add(s.leaseFor()), n)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	book, err := s.texts.Get(ctx)
	if err != nil {
		return 0, err
	}
	messages, err := s.store.messages(ctx, s.db, claimed)
	if err != nil {
		return 0, err
	}
	work := make(chan Delivery, len(claimed))
	for _, d := range claimed {
		work <- d
	}
	close(work)
	var workers sync.WaitGroup
	for range min(s.config.Workers, len(claimed)) {
		workers.Go(func() {
			for d := range work {
				s.try(ctx, sender, d, messages[d.MessageID], book)
			}
		})
	}
	workers.Wait()
	return len(claimed), nil
}

// try sends one delivery and writes its outcome.
func (s *Service) try(ctx context.Context, sender Sender, d Delivery, m row, book *textBook) {
	now, g := s.clock.Now(), s.gates[d.Channel]
	var reference string
	var err error
	quiet, qerr := ParseQuiet(d.Quiet)
	switch until := quiet.Until(now); {
	case d.ExpiresAt != nil && !now.Before(*d.ExpiresAt):
		d.State = Expired
	case qerr == nil && until.After(now):
		d.State, d.DueAt, d.Attempts = Held, until, d.Attempts-1
	case d.Attempts > s.config.Attempts:
		d.State, d.Error = Dead, fmt.Sprintf("given up: the node ended during each of %d attempts", s.config.Attempts)
	case ctx.Err() != nil || g.closed(now):
		err = errStopped
	default:
		reference, err = s.hand(ctx, sender, d, m, book)
		s.outcome(&d, reference, err, s.clock.Now())
		err = errors.Join(err, ctx.Err())
	}
	if errors.Is(err, errStopped) {
		d.Attempts--
	}
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if serr := s.settle(after, d, deliver.KindOf(err) == deliver.Address && err != nil); serr != nil {
		s.log.ErrorContext(ctx, "write the outcome of a delivery", "delivery", d.ID, "error", serr)
	}
}

// hand renders a message and gives it to the sender. A panic in there is an error of this message.
func (s *Service) hand(ctx context.Context, sender Sender, d Delivery, m row, book *textBook) (reference string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &deliver.Error{Kind: deliver.Refused, Err: fmt.Errorf("panic: %v\n%s", p, debug.Stack())}
		}
	}()
	o, err := s.outgoing(d, m, book)
	if err != nil {
		return "", &deliver.Error{Kind: deliver.Refused, Err: err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.config.Timeout)
	defer cancel()
	return sender.Send(ctx, o)
}

// outcome decides what becomes of a delivery that was tried.
func (s *Service) outcome(d *Delivery, reference string, err error, now time.Time) {
	g := s.gates[d.Channel]
	if err == nil {
		g.open()
		d.State, d.Error, d.Reference, d.SentAt = Sent, "", oneLine(reference), &now
		return
	}
	d.Error = storable(err)
	switch deliver.KindOf(err) {
	case deliver.Down:
		g.down(now, d.Error)
		d.Attempts--
		s.log.Warn("a provider of messages is down", "channel", d.Channel, "error", err)
		return
	case deliver.Address:
		d.State = Failed
	case deliver.Refused:
		d.State = Dead
	default:
		if d.Attempts >= s.config.Attempts {
			d.State = Dead
		} else {
			d.DueAt = now.Add(backoff(d.Attempts))
		}
	}
	g.open() // it answers
}

// settle writes the outcome of a delivery that this node still holds.
func (s *Service) settle(ctx context.Context, d Delivery, badAddress bool) error {
	now := s.clock.Now()
	d.ChangedAt = now
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		kept, err := s.store.settle(ctx, tx, d, s.lease)
		if err != nil || !kept {
			return err
		}
		switch {
		case badAddress:
			return s.store.refused(ctx, tx, d.Channel, d.Address, d.Error, now)
		case d.State == Sent && d.Channel == Email: // of the others the provider reports later
			_, err = s.store.good(ctx, tx, d.Channel, d.Address)
		}
		return err
	})
}

// storable is an error as it is kept: one line that is not endless.
func storable(err error) string {
	s := strings.ReplaceAll(strings.ToValidUTF8(err.Error(), "\uFFFD"), "\x00", "")
	return oneLine(s)
}

// Work does in this goroutine all that is due by the clock: plans and delivers until nothing is left. For tests and tools.
func (s *Service) Work(ctx context.Context) error {
	for {
		n, err := s.Plan(ctx)
		if err != nil {
			return err
		}
		for _, ch := range outside {
			m, err := s.Deliver(ctx, ch)
			if err != nil {
				return err
			}
			n += m
		}
		if n == 0 {
			return nil
		}
	}
}

// Run plans and delivers until ctx ends, on each node, and wakes those who listen for their messages.
func (s *Service) Run(ctx context.Context) error {
	defer deaf(s.bell)
	var all sync.WaitGroup
	all.Go(func() { s.hub.run(ctx) })
	planned := make([]chan struct{}, 0, len(outside))
	for _, ch := range outside {
		if s.senders[ch] == nil {
			continue
		}
		more := make(chan struct{}, 1)
		planned = append(planned, more)
		all.Go(func() { s.loop(ctx, more, func(ctx context.Context) (int, error) { return s.Deliver(ctx, ch) }) })
	}
	all.Go(func() {
		s.loop(ctx, s.bell, func(ctx context.Context) (int, error) {
			n, err := s.Plan(ctx)
			for _, more := range planned {
				if n == 0 {
					break
				}
				select {
				case more <- struct{}{}:
				default:
				}
			}
			return n, err
		})
	})
	all.Wait()
	return nil
}

// loop repeats work: at once while there is some, soon after the bell, else each second.
func (s *Service) loop(ctx context.Context, bell <-chan struct{}, work func(context.Context) (int, error)) {
	wait := defaultPoll
	for ctx.Err() == nil {
		n, err := work(ctx)
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "deliver notices", "error", err)
			n = 0
		}
		if n > 0 {
			wait = time.Millisecond
			continue
		}
		select {
		case <-ctx.Done():
		case <-bell: // perhaps before the transaction has ended: look several times
			wait = time.Millisecond
		case <-time.After(wait):
			wait = min(2*wait, defaultPoll)
		}
	}
}
