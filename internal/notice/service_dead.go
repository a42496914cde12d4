package notice

import (
	"context"
	"errors"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/notice/internal/deliver"
)

// DeadQuery says which deliveries that did not arrive are wanted.
type DeadQuery struct {
	Text    string  // part of an address, a topic or a reason
	Channel Channel // empty: all
	State   State   // Dead or Failed; empty: both
	After   []string
	Size    int
}

// Keys are what a cursor of the list of dead letters holds.
func (d Delivery) Keys() []string {
	return []string{d.ChangedAt.UTC().Format(time.RFC3339Nano), d.ID}
}

// Masked is the address with most of it hidden: whoever looks after deliveries need not know whom they are for.
func (d Delivery) Masked() string { return deliver.Mask(d.Address) }

// mayManage holds that the actor manages notices.
func mayManage(ctx context.Context) error {
	if who := actor.From(ctx); !who.CanSomewhere(PermManage) {
		if !who.SignedIn() {
			return fault.NewUnauthenticated(i18n.Msg{})
		}
		return fault.NewForbidden(i18n.M("Tài khoản này không quản lý thông báo."))
	}
	return nil
}

// DeadLetters returns up to q.Size+1 deliveries that did not arrive, the latest first. Permission: notice.manage.
func (s *Service) DeadLetters(ctx context.Context, q DeadQuery) ([]Delivery, error) {
	if err := mayManage(ctx); err != nil {
		return nil, err
	}
	before, id := time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), ""
	if len(q.After) == 2 {
		var err error
		if before, err = time.Parse(time.RFC3339Nano, q.After[0]); err != nil {
			return nil, fault.NewInvalid("after", i18n.M("Trang này của danh sách không còn. Hãy xem lại từ đầu danh sách."))
		}
		id = q.After[1]
	}
	return s.store.broken(ctx, s.db, q, before, id)
}

// Retry gives a dead letter a new series of attempts, now. Permission: notice.manage.
func (s *Service) Retry(ctx context.Context, id string) error {
	return s.onDead(ctx, id, "notice.retry", func(tx *db.Tx, d Delivery) error {
		now := s.clock.Now()
		if d.Error == errUnknownTopic {
			if err := s.store.acceptAgain(ctx, tx, d.MessageID); err != nil {
				return err
			}
			d.State = Dropped
		} else {
			d.State = Queued
			if _, err := s.store.good(ctx, tx, d.Channel, d.Address); err != nil {
				return err
			}
		}
		at := now.Add(24 * time.Hour) // whoever repeats it wants it sent
		return s.store.revive(ctx, tx, d, now, at)
	})
}

// Drop puts a dead letter away; it is never sent. Permission: notice.manage.
func (s *Service) Drop(ctx context.Context, id string) error {
	return s.onDead(ctx, id, "notice.drop", func(tx *db.Tx, d Delivery) error {
		d.State = Dropped
		now := s.clock.Now()
		return s.store.revive(ctx, tx, d, now, now)
	})
}

// onDead does something with a dead letter that is still one, and notes it.
func (s *Service) onDead(ctx context.Context, id, action string, fn func(tx *db.Tx, d Delivery) error) error {
	if err := mayManage(ctx); err != nil {
		return err
	}
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.store.lockDead(ctx, tx, id, s.clock.Now())
		if err != nil {
			return err
		}
		if err := fn(tx, d); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "notice.delivery", ObjectID: id, Before: d,
			Detail: map[string]any{"topic": d.Topic, "channel": d.Channel, "error": d.Error}})
	})
	if errors.Is(err, db.ErrNoRows) {
		return fault.NewConflict(i18n.M("Thư này không còn trong danh sách: đã gửi lại hoặc đã bỏ."))
	}
	if err == nil {
		ring()
	}
	return err
}

// Health (tình trạng gửi thông báo) is how the sending stands.
type Health struct {
	Accepted int // not planned yet
	Channels []ChannelHealth
	Dead     int
	Failed   int
}

// ChannelHealth (tình trạng một kênh) is how a channel stands.
type ChannelHealth struct {
	Channel Channel
	Used    bool // has a provider
	Due     int
	Later   int       // waits for its time or for another attempt
	Sent    int       // in the last 24 hours
	Down    time.Time // since when its provider does not answer this node; zero: it does
	Why     string
	Oldest  time.Time // when the oldest that is due was accepted
}

// Health returns how the sending stands. Permission: notice.manage.
func (s *Service) Health(ctx context.Context) (Health, error) {
	if err := mayManage(ctx); err != nil {
		return Health{}, err
	}
	now := s.clock.Now()
	h, err := s.store.health(ctx, s.db, now)
	if err != nil {
		return Health{}, err
	}
	for i := range h.Channels {
		c := &h.Channels[i]
		c.Used = s.senders[c.Channel] != nil
		c.Down, c.Why = s.gates[c.Channel].state()
		if c.Oldest, err = s.store.oldest(ctx, s.db, c.Channel, now); err != nil {
			return Health{}, err
		}
	}
	return h, nil
}

// Report (xác nhận của nhà cung cấp) is what a provider says became of a delivery.
type Report struct {
	ID     string `json:"id"`     // of the delivery
	Status string `json:"status"` // delivered, read, failed (nobody at the address) or returned (try again)
	Reason string `json:"reason"`
}

// TakeReport notes what a provider says. The caller has checked that it is the provider of the channel. A report about a
// delivery that is not of this channel, or that was reported on before, changes nothing.
func (s *Service) TakeReport(ctx context.Context, ch Channel, r Report) error {
	now := s.clock.Now()
	var state State
	switch strings.ToLower(r.Status) {
	case "delivered":
		state = Delivered
	case "read":
		state = Read
	case "failed":
		state = Failed
	case "returned":
		state = Dead
	default:
		return fault.NewInvalid("status", i18n.M("status phải là delivered, read, failed hoặc returned."))
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.store.report(ctx, tx, ch, r.ID, state, oneLine(r.Reason), now)
		if errors.Is(err, db.ErrNoRows) {
			return nil // said already, or not ours
		}
		if err != nil {
			return err
		}
		switch state {
		case Failed:
			return s.store.refused(ctx, tx, ch, d.Address, oneLine(r.Reason), now)
		case Delivered, Read:
			_, err = s.store.good(ctx, tx, ch, d.Address)
		}
		return err
	})
}

// Purge deletes messages that were accepted longer ago than is kept and of which nothing waits.
func (s *Service) Purge(ctx context.Context) error {
	before := s.clock.Now().Add(-s.config.Keep)
	for {
		var n int64
		err := s.db.Tx(ctx, func(tx *db.Tx) (err error) {
			n, err = s.store.purge(ctx, tx, before, 500)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
	}
}
