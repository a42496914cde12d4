package app

import (
	"context"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/org"
	"lienthong/internal/place"
)

// keepEvents is how long delivered events stay in the outbox, to look into.
const keepEvents = 30 * 24 * time.Hour

// subscribe is the table of who is told what, and of the timers.
//
// Events are delivered at least once and in the order of their key; subscribers bear a second delivery.
//
//	event                 → subscriber              what it does
func (h *House) subscribe() {
	h.Bus.Subscribe("org.follow_places", place.EventUnitEnded, h.Org.FollowPlaces) // agencies end and begin with their places
	h.Bus.Subscribe("org.follow_places", place.EventUnitAdded, h.Org.FollowPlaces)
	h.Bus.Subscribe("identity.move_accounts", org.EventUnitEnded, h.Identity.UnitEnded)  // accounts a unit keeps go to its heir
	h.Bus.Subscribe("dossier.move_open_work", org.EventUnitEnded, h.Dossier.OnUnitEnded) // dossiers under way go to the heir
	h.Bus.Subscribe("dossier.follow_paths", org.EventUnitMoved, h.Dossier.OnUnitMoved)   // who sees a dossier follows the tree
	for _, name := range dossierNews {
		h.Bus.Subscribe("notice.tell_of_dossiers", name, h.dossierNotices().tell) // applicants and officials are told
	}

	// timers
	h.Jobs.Every("web.clean_keys", time.Hour, func(ctx context.Context) error {
		_, err := h.Keys.Clean(ctx)
		return err
	})
	h.Jobs.Daily("event.purge", 2, 30, func(ctx context.Context) error {
		return h.Bus.Purge(ctx, h.Clock.Now().Add(-keepEvents))
	})
	h.Jobs.Daily("org.new_day", 0, 0, h.NewDay)
	h.Jobs.Daily("identity.clean", 2, 45, h.Identity.Clean)
	h.Jobs.Daily("proof.clean", 2, 50, h.Proof.Clean)
	h.Jobs.Daily("identity.warn_tokens", 7, 0, h.Identity.WarnTokens)
	h.Signon.Jobs(h.Jobs)
	h.Jobs.Daily("notice.morning", 7, 30, h.morning)
	h.Jobs.Daily("notice.purge", 3, 15, h.Notice.Purge)
	h.File.Jobs(h.Jobs)
	h.Setting.Jobs(h.Jobs)
	for _, t := range h.Dossier.Timers() {
		h.Jobs.Every(t.Name, t.Every, t.Run)
	}
}

// NewDay lets what takes effect today take effect: places end, their agencies with them, units move, and the other
// rooms are told. It runs at 00:00, and at the start of a node that was down then; running it again does nothing.
func (h *House) NewDay(ctx context.Context) error {
	ctx = actor.With(ctx, actor.SystemActor)
	if err := h.Place.Announce(ctx); err != nil {
		return err
	}
	return h.Org.Announce(ctx)
}
