package notice

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// Place (chỗ của một mẫu) is where a text belongs.
type Place struct {
	Topic   string
	Channel Channel
	Lang    string
}

// Version (phiên bản mẫu) is one text that somebody wrote for a place.
type Version struct {
	ID          string
	Text        Text
	State       string // "draft", "published" or "undone"
	ValidFrom   clock.Date
	ChangedBy   string
	ChangedAt   time.Time
	PublishedAt *time.Time
	Holds       bool // what is sent today
}

// Editing (mẫu đang soạn) is what an editor of a text needs to know.
type Editing struct {
	Place
	Name     string
	Names    []string // data that the text may name
	Now      Text     // what is sent today
	Draft    *Version
	Versions []Version // published and undone ones, the latest first
}

func (s *Service) at(p Place) (*Topic, error) {
	t := s.topics.Topic(p.Topic)
	if t == nil || !slices.Contains(t.Channels, p.Channel) || !slices.Contains(Languages, p.Lang) {
		return nil, fault.NewNotFound(i18n.M("Không có mẫu thông báo này."))
	}
	return t, nil
}

// Topics returns all topics that have texts. Permission: notice.manage.
func (s *Service) Topics(ctx context.Context) ([]*Topic, error) {
	if err := mayManage(ctx); err != nil {
		return nil, err
	}
	return s.topics.list, nil
}

// Export returns a text with its draft and its versions. Permission: notice.manage.
func (s *Service) Export(ctx context.Context, p Place) (Editing, error) {
	if err := mayManage(ctx); err != nil {
		return Editing{}, err
	}
	t, err := s.at(p)
	if err != nil {
		return Editing{}, err
	}
	rows, err := s.store.texts(ctx, s.db, p)
	if err != nil {
		return Editing{}, err
	}
	book, err := s.loadBook(ctx, s.db)
	if err != nil {
		return Editing{}, err
	}
	today := clock.Today(s.clock)
	e := Editing{Place: p, Name: t.Name.In(i18n.Lang(ctx)), Names: Names(t.Sample), Now: *book.find(t, p.Channel, p.Lang, today)}
	holds := book.id(t.Key, p.Channel, p.Lang, today)
	for _, r := range rows {
		v := Version{r.ID, Text{r.Subject, r.Body}, r.State, r.ValidFrom, r.ChangedBy, r.ChangedAt, r.PublishedAt, r.ID == holds}
		if r.State == textDraft {
			e.Draft = &v
			continue
		}
		e.Versions = append(e.Versions, v)
	}
	return e, nil
}

// The states of a text.
const (
	textDraft     = "draft"
	textPublished = "published"
	textUndone    = "undone"
)

// Check reports what is wrong with a text for a place, in words for its author.
func (s *Service) Check(p Place, text Text) error {
	t, err := s.at(p)
	if err != nil {
		return err
	}
	var ps fault.Problems
	var wrong textError
	if err := text.Check(p.Channel, t.Sample); errors.As(err, &wrong) {
		switch wrong.what {
		case "empty":
			ps.Add("body", i18n.M("Hãy viết nội dung."))
		case "subject":
			ps.Add("subject", i18n.M("Hãy viết tiêu đề."))
		case "long":
			ps.Add("body", i18n.M("Mẫu dài quá: tiêu đề %d, nội dung %d, SMS %d ký tự.", maxSubject, maxBody, maxSMS))
		case "brackets":
			ps.Add("body", i18n.M("Dấu [[ và ]] phải đi thành cặp, không lồng nhau."))
		default:
			ps.Add("body", i18n.M("Thông báo này không có dữ liệu %s. Dùng được: %s.", wrong.what, "{"+strings.Join(Names(t.Sample), "} {")+"}"))
		}
	}
	return ps.Err()
}

// clean brings a typed text into the form in which it is kept.
func (t Text) clean(ch Channel) Text {
	t.Subject, t.Body = vntext.Clean(t.Subject), tidy(t.Body)
	if ch == SMS || ch == Chat {
		t.Subject = ""
	}
	return t
}

// SaveDraft keeps a text that is not sent yet. Permission: notice.manage.
func (s *Service) SaveDraft(ctx context.Context, p Place, text Text) error {
	if err := mayManage(ctx); err != nil {
		return err
	}
	text = text.clean(p.Channel)
	if err := s.Check(p, text); err != nil {
		return err
	}
	r := textRow{ID: id.New(), Topic: p.Topic, Channel: p.Channel, Lang: p.Lang, Subject: text.Subject, Body: text.Body, State: textDraft, ChangedBy: actor.From(ctx).Name, ChangedAt: s.clock.Now()}
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.saveDraft(ctx, tx, r); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: "notice.draft_text", Object: "notice.template", ObjectID: textKey(p.Topic, p.Channel, p.Lang), After: text})
	})
}

// Publish makes the draft what is sent from a day on; the zero Date is today. Permission: notice.manage.
func (s *Service) Publish(ctx context.Context, p Place, from clock.Date) error {
	today := clock.Today(s.clock)
	from = from.Or(today)
	if from.Before(today) {
		return fault.NewInvalid("valid_from", i18n.M("Ngày áp dụng không được trước hôm nay."))
	}
	return s.onText(ctx, p, "notice.publish_text", map[string]any{"valid_from": from.String()}, func(tx *db.Tx) error {
		n, err := s.store.publish(ctx, tx, p, from, actor.From(ctx).Name, s.clock.Now())
		if err == nil && n == 0 {
			err = fault.NewConflict(i18n.M("Không có bản nháp để ban hành: có thể người khác vừa ban hành hoặc đã bỏ."))
		}
		return err
	})
}

// Undo takes the latest published text back, so that the one before it is sent again. Permission: notice.manage.
func (s *Service) Undo(ctx context.Context, p Place, version string) error {
	return s.onText(ctx, p, "notice.undo_text", map[string]any{"version": version}, func(tx *db.Tx) error {
		n, err := s.store.undo(ctx, tx, p, version, actor.From(ctx).Name, s.clock.Now())
		if err == nil && n == 0 {
			err = fault.NewConflict(i18n.M("Bản này không còn là bản mới nhất đang áp dụng. Hãy tải lại trang."))
		}
		return err
	})
}

// DropDraft throws the draft away. Permission: notice.manage.
func (s *Service) DropDraft(ctx context.Context, p Place) error {
	return s.onText(ctx, p, "notice.drop_text", nil, func(tx *db.Tx) error { return s.store.dropDraft(ctx, tx, p) })
}

// onText changes the texts of a place; all nodes read them again.
func (s *Service) onText(ctx context.Context, p Place, action string, detail map[string]any, fn func(tx *db.Tx) error) error {
	if err := mayManage(ctx); err != nil {
		return err
	}
	if _, err := s.at(p); err != nil {
		return err
	}
	return s.texts.c.Locked(ctx, s.db, func(tx *db.Tx) error {
		if err := fn(tx); err != nil {
			return err
		}
		return s.record(ctx, tx, audit.Entry{Action: action, Object: "notice.template", ObjectID: textKey(p.Topic, p.Channel, p.Lang), Detail: detail})
	})
}

// Preview (bản xem trước) is a text as somebody gets it, with made-up data.
type Preview struct {
	Channel Channel
	Lang    string
	Subject string
	Text    string
	HTML    string // e-mail
	Plain   Length // SMS without marks
	Marked  Length // SMS with marks
	Sent    bool   // SMS: sent with marks
}

// Preview shows a text with the sample data of its topic. Permission: notice.manage.
func (s *Service) Preview(ctx context.Context, p Place, text Text) (Preview, error) {
	if err := mayManage(ctx); err != nil {
		return Preview{}, err
	}
	t, err := s.at(p)
	if err != nil {
		return Preview{}, err
	}
	text = text.clean(p.Channel)
	if err := s.Check(p, text); err != nil {
		return Preview{}, err
	}
	data := map[string]any{}
	for name, v := range t.Sample {
		data[name] = v
	}
	const link = "/tra-cuu"
	data[nameName], data[nameSite], data[nameLink] = "Nguyễn Văn An", s.site, strings.TrimRight(s.base, "/")+link
	said := text.Fill(data)
	o := s.compose(t, Delivery{Channel: p.Channel, Lang: p.Lang, AccountID: "x"}, said, link, "Nguyễn Văn An")
	v := Preview{Channel: p.Channel, Lang: p.Lang, Subject: o.Subject, Text: o.Text, HTML: o.HTML, Sent: !s.config.SMSPlain}
	if p.Channel == SMS {
		v.Marked, v.Plain = SMSLength(said.Body), SMSLength(Unmarked(said.Body))
	}
	return v, nil
}

// String names a place for logs.
func (p Place) String() string { return fmt.Sprintf("%s/%s/%s", p.Topic, p.Channel, p.Lang) }
