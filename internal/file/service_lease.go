package file

import (
	"context"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// A lease gives a transfer to one request at a time, on whichever node. It spares work only: that parts
// follow one another is held by the transaction that moves the end of the transfer.

// leaseLook is how often a waiting request looks whether a transfer is free.
const leaseLook = 200 * time.Millisecond

// takeLease waits until the transfer is free or its lease has run out. NotFound says that there is no such transfer.
func (s *Service) takeLease(ctx context.Context, transferID string) (who string, err error) {
	who = id.New()
	look := time.NewTicker(leaseLook)
	defer look.Stop()
	for {
		got := false
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			now := s.clock.Now()
			var err error
			if got, err = lease(ctx, tx, transferID, who, now, now.Add(s.lease)); err != nil || got {
				return err
			}
			there, err := want(ctx, tx, transferID)
			if err == nil && !there {
				err = errNoTransfer
			}
			return err
		})
		if err != nil || got {
			return who, err
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-look.C:
		}
	}
}

// keepLease renews a lease until ctx ends, and calls wanted once when another request asks for it or it is lost.
func (s *Service) keepLease(ctx context.Context, transferID, who string, wanted func()) {
	look := time.NewTicker(s.lease / 8)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		asked := false
		err := s.db.Tx(ctx, func(tx *db.Tx) error {
			var err error
			asked, err = renew(ctx, tx, transferID, who, s.clock.Now().Add(s.lease))
			return err
		})
		if ctx.Err() != nil {
			return
		}
		if err != nil || asked {
			wanted()
		}
	}
}

func (s *Service) dropLease(ctx context.Context, transferID, who string) error {
	return s.db.Tx(ctx, func(tx *db.Tx) error { return release(ctx, tx, transferID, who) })
}
