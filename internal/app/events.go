package app

import (
	"context"
	"time"

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
	h.Jobs.Daily("place.announce", 0, 5, h.Place.Announce)
	h.Jobs.Daily("org.announce", 0, 15, h.Org.Announce)
	h.Jobs.Daily("identity.clean", 2, 45, h.Identity.Clean)
	h.Jobs.Daily("proof.clean", 2, 50, h.Proof.Clean)
	h.Jobs.Daily("identity.warn_tokens", 7, 0, h.Identity.WarnTokens)
	h.Signon.Jobs(h.Jobs)
	h.Jobs.Daily("notice.morning", 7, 30, h.morning)
	h.Jobs.Daily("notice.purge", 3, 15, h.Notice.Purge)
	h.File.Jobs(h.Jobs)
	for _, t := range h.Dossier.Timers() {
		h.Jobs.Every(t.Name, t.Every, t.Run)
	}
}
