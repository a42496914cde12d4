package notice

import (
	"context"
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Preferences (lựa chọn nhận thông báo) is what somebody wants to be told, and how. The inbox shows everything always.
type Preferences struct {
	Lang   string             // "vi" or "en"; empty: Vietnamese
	Quiet  string             // "21:00-07:00" or "none"; empty: as everybody
	Usual  string             // quiet hours of everybody
	Groups []GroupChoice      // what can be chosen
	Reach  map[Channel]string // where the reader is reached, by channel; empty: no address, missing: not in use
}

// GroupChoice (lựa chọn cho một nhóm) is a group of topics with the channels on which it is wanted.
type GroupChoice struct {
	Key      string
	Name     string
	Channels []Channel        // besides the inbox, those that some topic of the group uses
	On       map[Channel]bool // wanted
}

// groupsFor returns the groups that concern a kind of people, with the channels of their topics that are in use.
func (s *Service) groupsFor(kind actor.Kind) []Group {
	var list []Group
	for _, g := range s.topics.Groups {
		if g.For == "person" && kind == actor.Staff || g.For == "staff" && kind != actor.Staff {
			continue
		}
		list = append(list, g)
	}
	return list
}

func (s *Service) channelsOf(group string) []Channel {
	var list []Channel
	for _, ch := range outside {
		used := slices.ContainsFunc(s.topics.list, func(t *Topic) bool { return t.Group == group && slices.Contains(t.Channels, ch) })
		if used && s.senders[ch] != nil {
			list = append(list, ch)
		}
	}
	return list
}

// Preferences returns what the actor wants.
func (s *Service) Preferences(ctx context.Context) (Preferences, error) {
	account, err := reader(ctx)
	if err != nil {
		return Preferences{}, err
	}
	p := Preferences{Usual: s.config.Quiet, Reach: map[Channel]string{}}
	people, err := s.people(ctx, []row{{AccountID: account}})
	if err != nil {
		return Preferences{}, err
	}
	who := people[account]
	for _, ch := range outside {
		if s.senders[ch] != nil {
			p.Reach[ch] = address(ch, row{}, who)
		}
	}
	chosen, err := s.store.persons(ctx, s.db, []string{account})
	if err != nil {
		return Preferences{}, err
	}
	if len(chosen) > 0 {
		p.Lang, p.Quiet = chosen[0].Lang, chosen[0].Quiet
	}
	for _, g := range s.groupsFor(actor.From(ctx).Kind) {
		c := GroupChoice{Key: g.Key, Name: g.Name.In(i18n.Lang(ctx)), Channels: s.channelsOf(g.Key), On: map[Channel]bool{}}
		for _, ch := range c.Channels {
			c.On[ch] = who.wants(g, ch)
		}
		p.Groups = append(p.Groups, c)
	}
	return p, nil
}

// SetPreferences keeps what the actor wants. Groups and channels that are not in it stay as they are.
func (s *Service) SetPreferences(ctx context.Context, p Preferences) error {
	account, err := reader(ctx)
	if err != nil {
		return err
	}
	var ps fault.Problems
	if p.Lang != "" && !slices.Contains(Languages, p.Lang) {
		ps.Add("lang", i18n.M("Chọn tiếng Việt hoặc tiếng Anh."))
	}
	if p.Quiet != "" {
		q, err := ParseQuiet(p.Quiet)
		if err != nil {
			ps.Add("quiet", i18n.M("Giờ yên tĩnh gồm hai giờ khác nhau trong ngày, ví dụ 21:00 và 07:00."))
		}
		p.Quiet = q.String()
	}
	var wishes []wish
	known := s.groupsFor(actor.From(ctx).Kind)
	for _, c := range p.Groups {
		if !slices.ContainsFunc(known, func(g Group) bool { return g.Key == c.Key }) {
			ps.Add("groups", i18n.M("Không có nhóm thông báo “%s”.", c.Key))
			continue
		}
		for _, ch := range outside {
			if on, said := c.On[ch]; said {
				wishes = append(wishes, wish{account, c.Key, ch, on})
			}
		}
	}
	if err := ps.Err(); err != nil {
		return err
	}
	before, err := s.Preferences(ctx)
	if err != nil {
		return err
	}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.savePerson(ctx, tx, own{account, p.Lang, p.Quiet, s.clock.Now()}); err != nil {
			return err
		}
		for _, w := range wishes {
			if err := s.store.saveWish(ctx, tx, w); err != nil {
				return err
			}
		}
		return s.record(ctx, tx, audit.Entry{Action: "notice.set_preferences", Object: "notice.person", ObjectID: account, Before: before.Groups, After: p.Groups,
			Detail: map[string]any{"lang": p.Lang, "quiet": p.Quiet}})
	})
}

// record writes an audit entry at the time of the service's clock.
func (s *Service) record(ctx context.Context, tx *db.Tx, e audit.Entry) error {
	return audit.Record(audit.WithClock(ctx, s.clock), tx, e)
}
