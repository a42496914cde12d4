package notice

import (
	"context"
	"errors"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Item (thông báo trong hộp) is a message in somebody's inbox, in the reader's language.
type Item struct {
	ID      string
	Topic   string
	Kind    string // name of the topic
	Subject string
	Body    string
	Link    string // path on the site; may be empty
	At      time.Time
	ReadAt  *time.Time
	Times   int // how many messages became this one
	Urgent  bool
}

// Keys are what a cursor of the inbox holds.
func (i Item) Keys() []string { return []string{i.At.UTC().Format(time.RFC3339Nano), i.ID} }

// InboxQuery says which part of the inbox is wanted.
type InboxQuery struct {
	Unread bool
	After  []string // keys of the last row of the page before
	Size   int
}

func (s *Service) version(ctx context.Context) (int64, error) {
	return s.store.version(ctx, s.db, theInbox)
}

func (s *Service) unreadOf(ctx context.Context, accounts []string) (map[string]int, error) {
	return s.store.unreadOf(ctx, s.db, accounts)
}

// reader returns whose inbox it is.
func reader(ctx context.Context) (string, error) {
	who := actor.From(ctx)
	if who.Kind != actor.Person && who.Kind != actor.Staff || who.ID == "" {
		return "", fault.NewUnauthenticated(i18n.Msg{})
	}
	return who.ID, nil
}

// Unread returns how many messages the actor has not opened; 0 for visitors.
func (s *Service) Unread(ctx context.Context) (int, error) {
	account, err := reader(ctx)
	if err != nil {
		return 0, nil //nolint:nilerr // nobody has no inbox
	}
	return s.store.unread(ctx, s.db, account)
}

// Inbox returns up to q.Size+1 messages of the actor, the newest first: the row too many says that there is a next page.
func (s *Service) Inbox(ctx context.Context, q InboxQuery) ([]Item, error) {
	account, err := reader(ctx)
	if err != nil {
		return nil, err
	}
	before, id := clock.NewDate(9999, 12, 31).At(0, 0), ""
	if len(q.After) == 2 {
		if before, err = time.Parse(time.RFC3339Nano, q.After[0]); err != nil {
			return nil, fault.NewInvalid("after", i18n.M("Trang này của danh sách không còn. Hãy xem lại từ đầu danh sách."))
		}
		id = q.After[1]
	}
	rows, err := s.store.inbox(ctx, s.db, account, q.Unread, before, id, q.Size+1)
	if err != nil {
		return nil, err
	}
	book, err := s.texts.Get(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(rows))
	for i, r := range rows {
		items[i] = s.item(ctx, r, book)
	}
	return items, nil
}

// item renders a row in the reader's language with the text that was in force when it came.
func (s *Service) item(ctx context.Context, r inboxRow, book *textBook) Item {
	lang := i18n.Lang(ctx)
	it := Item{ID: r.ID, Topic: r.Topic, Kind: r.Topic, Subject: r.Topic, Link: r.Link, At: r.CreatedAt, ReadAt: r.ReadAt, Times: r.Said, Urgent: r.Urgency == int(Urgent)}
	topic := s.topics.Topic(r.Topic)
	if topic == nil {
		return it
	}
	it.Kind = topic.Name.In(lang)
	it.Subject = it.Kind
	if text := book.find(topic, InApp, lang, clock.DateOf(r.CreatedAt)); text != nil {
		said := text.Fill(s.words(row{Data: r.Data, Link: r.Link, Name: r.Name}, actor.From(ctx).Name))
		it.Subject, it.Body = said.Subject, said.Body
	}
	return it
}

// Open returns one message of the actor and notes that it was read.
func (s *Service) Open(ctx context.Context, id string) (Item, error) {
	account, err := reader(ctx)
	if err != nil {
		return Item{}, err
	}
	r, err := s.store.inboxItem(ctx, s.db, account, id)
	if errors.Is(err, db.ErrNoRows) {
		return Item{}, fault.NewNotFound(i18n.M("Không có thông báo này trong hộp của ông/bà."))
	}
	if err != nil {
		return Item{}, err
	}
	book, err := s.texts.Get(ctx)
	if err != nil {
		return Item{}, err
	}
	if r.State == Delivered {
		if _, err := s.markRead(ctx, account, id); err != nil {
			return Item{}, err
		}
		now := s.clock.Now()
		r.ReadAt = &now
	}
	return s.item(ctx, r, book), nil
}

// ReadAll notes that the actor has read all messages, and returns how many were new.
func (s *Service) ReadAll(ctx context.Context) (int, error) {
	account, err := reader(ctx)
	if err != nil {
		return 0, err
	}
	n, err := s.markRead(ctx, account, "")
	return int(n), err
}

func (s *Service) markRead(ctx context.Context, account, id string) (n int64, err error) {
	err = s.db.Tx(ctx, func(tx *db.Tx) error {
		if n, err = s.store.markRead(ctx, tx, account, id, s.clock.Now()); err != nil || n == 0 {
			return err
		}
		return s.store.bump(ctx, tx, theInbox)
	})
	if n > 0 {
		s.hub.wake()
	}
	return n, err
}
