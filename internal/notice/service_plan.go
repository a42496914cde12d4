package notice

import (
	"context"
	"fmt"
	"slices"
	"time"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/id"
)

// planBatch is how many messages one transaction plans.
const planBatch = 100

// errUnknownTopic stands at the dead letter of a message whose topic nobody described.
const errUnknownTopic = "unknown topic"

// person is what the planner knows of a recipient.
type person struct {
	known  bool // has an account that is in use
	c      Contact
	lang   string
	quiet  Quiet
	wishes map[string]map[Channel]bool
}

// wants reports whether a recipient wants a group of topics on a channel; the inbox always shows everything.
func (p person) wants(g Group, ch Channel) bool {
	if ch == InApp {
		return true
	}
	if on, said := p.wishes[g.Key][ch]; said {
		return on
	}
	return slices.Contains(g.Wants, ch)
}

// Plan turns up to a batch of accepted messages into deliveries and returns how many it took.
func (s *Service) Plan(ctx context.Context) (int, error) {
	rows, err := s.store.accepted(ctx, s.db, planBatch)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	people, err := s.people(ctx, rows)
	if err != nil {
		return 0, err
	}
	bad, err := s.badAddresses(ctx, rows, people)
	if err != nil {
		return 0, err
	}
	shown := false
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.bump(ctx, tx, thePlan); err != nil { // nodes plan one after the other, so that messages find those they become one with
			return err
		}
		p := &planner{s: s, ctx: ctx, tx: tx, now: s.clock.Now(), people: people, bad: bad, open: map[string]row{}}
		if err := p.findOpen(rows); err != nil {
			return err
		}
		for _, r := range rows {
			if err := p.plan(r); err != nil {
				return fmt.Errorf("plan message %s: %w", r.ID, err)
			}
		}
		if shown = p.shown; shown {
			return s.store.bump(ctx, tx, theInbox)
		}
		return nil
	})
	if err == nil && shown {
		s.hub.wake()
	}
	return len(rows), err
}

// people looks the accounts of messages up.
func (s *Service) people(ctx context.Context, rows []row) (map[string]person, error) {
	standard, err := ParseQuiet(s.config.Quiet)
	if err != nil {
		return nil, err
	}
	people := map[string]person{"": {quiet: standard}}
	var accounts []string
	for _, r := range rows {
		if _, seen := people[r.AccountID]; seen {
			continue
		}
		p := person{quiet: standard}
		if p.c, p.known, err = s.accounts.Contact(ctx, r.AccountID); err != nil {
			return nil, fmt.Errorf("contact of account %s: %w", r.AccountID, err)
		}
		people[r.AccountID] = p
		accounts = append(accounts, r.AccountID)
	}
	if len(accounts) == 0 {
		return people, nil
	}
	own, err := s.store.persons(ctx, s.db, accounts)
	if err != nil {
		return nil, err
	}
	for _, o := range own {
		p := people[o.AccountID]
		p.lang = o.Lang
		if o.Quiet != "" {
			if p.quiet, err = ParseQuiet(o.Quiet); err != nil {
				return nil, err
			}
		}
		people[o.AccountID] = p
	}
	wishes, err := s.store.wishes(ctx, s.db, accounts)
	if err != nil {
		return nil, err
	}
	for _, w := range wishes {
		p := people[w.AccountID]
		if p.wishes == nil {
			p.wishes = map[string]map[Channel]bool{}
		}
		if p.wishes[w.Topics] == nil {
			p.wishes[w.Topics] = map[Channel]bool{}
		}
		p.wishes[w.Topics][w.Channel] = w.Wanted
		people[w.AccountID] = p
	}
	return people, nil
}

// address returns where a recipient is reached on a channel; the account's own address goes before that of the message.
func address(ch Channel, r row, p person) string {
	pick := func(own, given string) string {
		if own != "" {
			return own
		}
		return given
	}
	switch ch {
	case Email:
		return oneLine(pick(p.c.Email, r.Email))
	case SMS:
		return oneLine(pick(p.c.Phone, r.Phone))
	case Chat:
		return oneLine(pick(p.c.Chat, r.Chat))
	}
	return ""
}

// badAddresses returns which addresses of messages are known to be unreachable, as "channel address".
func (s *Service) badAddresses(ctx context.Context, rows []row, people map[string]person) (map[string]bool, error) {
	bad := map[string]bool{}
	for _, ch := range outside {
		if s.senders[ch] == nil {
			continue
		}
		var all []string
		for _, r := range rows {
			if a := address(ch, r, people[r.AccountID]); a != "" {
				all = append(all, a)
			}
		}
		found, err := s.store.badAddresses(ctx, s.db, ch, all, s.config.Hard)
		if err != nil {
			return nil, err
		}
		for _, a := range found {
			bad[string(ch)+" "+a] = true
		}
	}
	return bad, nil
}

// planner turns the messages of one transaction into deliveries.
type planner struct {
	s      *Service
	ctx    context.Context
	tx     *db.Tx
	now    time.Time
	people map[string]person
	bad    map[string]bool
	open   map[string]row // messages that may take in others, by collapse key
	shown  bool           // something came into an inbox
}

func (p *planner) findOpen(rows []row) error {
	var keys []string
	for _, r := range rows {
		if r.Collapse != "" {
			keys = append(keys, r.Collapse)
		}
	}
	found, err := p.s.store.collapsible(p.ctx, p.tx, keys, p.now)
	for _, r := range found {
		p.open[r.Collapse] = r
	}
	return err
}

func (p *planner) plan(r row) error {
	topic := p.s.topics.Topic(r.Topic)
	who := p.people[r.AccountID]
	r.State = statePlanned
	if topic == nil {
		r.State = stateUnknown
	} else {
		if r.Urgency == asTopic {
			r.Urgency = int(topic.urgency)
		}
		if r.ExpiresAt == nil {
			at := r.CreatedAt.Add(topic.expires)
			r.ExpiresAt = &at
		}
	}
	if r.Lang == "" {
		r.Lang = who.lang
	}
	if r.Lang != "en" {
		r.Lang = Languages[0]
	}
	into, fits := p.open[r.Collapse]
	fits = fits && topic != nil && r.Collapse != "" && r.Urgency >= into.Urgency // what is more urgent does not wait
	switch {
	case fits:
		r.State, r.Into = stateCollapsed, &into.ID
	case r.Collapse != "" && topic != nil:
		until := r.CreatedAt.Add(collapseFor)
		r.CollapseUntil = &until
	}
	kept, err := p.s.store.planned(p.ctx, p.tx, r)
	if err != nil || !kept {
		return err
	}
	switch {
	case topic == nil:
		d := p.delivery(r, InApp, "")
		d.State, d.Error = Dead, errUnknownTopic
		return p.s.store.insertDelivery(p.ctx, p.tx, d)
	case fits:
		p.shown = p.shown || r.AccountID != ""
		return p.s.store.takeIn(p.ctx, p.tx, into, r, p.now)
	}
	if r.Collapse != "" {
		p.open[r.Collapse] = r
	}
	for _, ch := range topic.Channels {
		if err := p.onChannel(r, topic, who, ch); err != nil {
			return err
		}
	}
	return nil
}

func (p *planner) delivery(r row, ch Channel, to string) Delivery {
	d := Delivery{ID: id.New(), MessageID: r.ID, Topic: r.Topic, Channel: ch, AccountID: r.AccountID, Address: to, Lang: r.Lang, Urgency: r.Urgency, State: Queued,
		DueAt: p.now, ExpiresAt: r.ExpiresAt, CreatedAt: p.now, ChangedAt: p.now}
	if r.Collapse != "" && ch != InApp {
		d.Lane = string(ch) + " " + r.Collapse
	}
	return d
}

// onChannel writes the delivery of a message on one channel, if there is to be one.
func (p *planner) onChannel(r row, topic *Topic, who person, ch Channel) error {
	if ch == InApp {
		if !who.known {
			return nil
		}
		d := p.delivery(r, ch, "")
		d.State, d.SentAt = Delivered, &p.now
		p.shown = true
		return p.s.store.insertDelivery(p.ctx, p.tx, d)
	}
	to := address(ch, r, who)
	if to == "" || p.s.senders[ch] == nil {
		return nil
	}
	d := p.delivery(r, ch, to)
	if r.CollapseUntil != nil && r.Urgency != int(Urgent) {
		d.DueAt = *r.CollapseUntil
	}
	switch {
	case r.ExpiresAt != nil && !p.now.Before(*r.ExpiresAt):
		d.State = Expired
	case !who.wants(p.s.topics.Group(topic.Group), ch):
		d.State = Skipped
	case p.bad[string(ch)+" "+to]:
		d.State, d.Error = Failed, "address refused before"
	case r.Urgency != int(Urgent):
		d.Quiet = who.quiet.String()
		if until := who.quiet.Until(d.DueAt); until.After(d.DueAt) {
			d.State, d.DueAt = Held, until
		}
	}
	return p.s.store.insertDelivery(p.ctx, p.tx, d)
}
