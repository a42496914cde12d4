package setting

import (
	"context"
	"fmt"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
)

// Service is what people can do with drafts. It is safe for concurrent use.
type Service struct {
	db    *db.DB
	clock clock.Clock
	units Units
	kinds []Kind
	store store
}

// maxDraft bounds the text of a draft.
const maxDraft = 2 << 20

// may reports whether the actor holds a permission of this room together with that of a kind at the root.
func (s *Service) may(ctx context.Context, permission string, k Kind) (bool, error) {
	path, err := s.units.UnitPath(ctx, "")
	if err != nil {
		return false, fmt.Errorf("path of the root unit: %w", err)
	}
	a := actor.From(ctx)
	return a.Can(permission, path) && a.Can(k.Permission(), path), nil
}

// sees reports whether the actor may look at the drafts of a kind.
func (s *Service) sees(ctx context.Context, k Kind) (bool, error) {
	ok, err := s.may(ctx, PermPropose, k)
	if ok || err != nil {
		return ok, err
	}
	return s.may(ctx, PermApprove, k)
}

func forbidden() error {
	return fault.NewForbidden(i18n.M("Tài khoản này không có quyền với loại thiết lập này. Hãy liên hệ quản trị hệ thống."))
}

// Kinds returns the kinds whose drafts the actor may see.
func (s *Service) Kinds(ctx context.Context) ([]Kind, error) {
	var kinds []Kind
	for _, k := range s.kinds {
		ok, err := s.sees(ctx, k)
		if err != nil {
			return nil, err
		}
		if ok {
			kinds = append(kinds, k)
		}
	}
	return kinds, nil
}

// Kind returns a kind; NotFound when there is none, Forbidden when the actor has nothing to do with it.
func (s *Service) Kind(ctx context.Context, key string) (Kind, error) {
	k, err := s.kind(key)
	if err != nil {
		return nil, err
	}
	ok, err := s.sees(ctx, k)
	if err == nil && !ok {
		err = forbidden()
	}
	return k, err
}

func (s *Service) kind(key string) (Kind, error) {
	for _, k := range s.kinds {
		if k.Key() == key {
			return k, nil
		}
	}
	return nil, fault.NewNotFound(i18n.M("Không có loại thiết lập này."))
}

// Things returns what there is of a kind; with a text only what it names.
func (s *Service) Things(ctx context.Context, kind, text string) ([]Thing, error) {
	k, err := s.Kind(ctx, kind)
	if err != nil {
		return nil, err
	}
	return k.Things(ctx, text)
}

// Export returns the text of a thing as it holds now.
func (s *Service) Export(ctx context.Context, kind, thing string) (string, error) {
	k, err := s.Kind(ctx, kind)
	if err != nil {
		return "", err
	}
	return k.Export(ctx, thing)
}

// Drafts lists drafts of the kinds the actor may see, the latest first.
func (s *Service) Drafts(ctx context.Context, q DraftQuery) ([]Draft, error) {
	if q.Kind != "" {
		if _, err := s.Kind(ctx, q.Kind); err != nil {
			return nil, err
		}
	}
	kinds, err := s.Kinds(ctx)
	if err != nil {
		return nil, err
	}
	q.kinds = nil
	for _, k := range kinds {
		if q.Kind == "" || q.Kind == k.Key() {
			q.kinds = append(q.kinds, k.Key())
		}
	}
	return s.store.list(ctx, s.db, q)
}

// Draft returns one draft with its kind; NotFound, Forbidden.
func (s *Service) Draft(ctx context.Context, draft DraftID) (*Draft, Kind, error) {
	d, err := s.store.draft(ctx, s.db, draft)
	if err != nil {
		return nil, nil, err
	}
	k, err := s.Kind(ctx, d.Kind)
	return d, k, err
}

// Acts returns what was done with a draft.
func (s *Service) Acts(ctx context.Context, draft DraftID) ([]Act, error) {
	if _, _, err := s.Draft(ctx, draft); err != nil {
		return nil, err
	}
	return s.store.acts(ctx, s.db, draft)
}

// Start begins a draft of a thing with the text that holds now. Permission: setting.propose and that of the kind.
func (s *Service) Start(ctx context.Context, kind, thing string) (*Draft, error) {
	k, err := s.kind(kind)
	if err != nil {
		return nil, err
	}
	if err := s.mustPropose(ctx, k); err != nil {
		return nil, err
	}
	t, err := k.Thing(ctx, thing)
	if err != nil {
		return nil, err
	}
	text, err := k.Export(ctx, thing)
	if err != nil {
		return nil, err
	}
	d := &Draft{Kind: kind, Thing: thing, Title: t.Title, Base: text, Text: text, State: StateDraft}
	return d, s.begin(ctx, d, "")
}

func (s *Service) mustPropose(ctx context.Context, k Kind) error {
	ok, err := s.may(ctx, PermPropose, k)
	if err == nil && !ok {
		err = forbidden()
	}
	return err
}

// begin stores a new draft of the actor.
func (s *Service) begin(ctx context.Context, d *Draft, note string) error {
	a, now := actor.From(ctx), s.clock.Now()
	d.ID, d.AuthorID, d.Author, d.CreatedAt, d.ChangedAt, d.Revision = DraftID(id.New()), a.ID, a.Name, now, now, 1
	return s.db.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.insert(ctx, tx, d); err != nil {
			return err
		}
		return s.note(ctx, tx, d, "start", note, nil)
	})
}

// note writes what was done into the history of the draft and into the audit chain.
func (s *Service) note(ctx context.Context, tx *db.Tx, d *Draft, act, note string, before any) error {
	a := actor.From(ctx)
	err := s.store.addAct(ctx, tx, Act{ID: id.New(), DraftID: d.ID, Act: act, At: s.clock.Now(), WhoID: a.ID, Who: a.Name, Note: note})
	if err != nil {
		return err
	}
	return audit.Record(ctx, tx, audit.Entry{Action: "setting." + act, Object: "setting.draft", ObjectID: string(d.ID), Before: before, After: d,
		Detail: map[string]any{"kind": d.Kind, "thing": d.Thing, "state": d.State, "valid_from": d.ValidFrom.String(), "note": note}})
}

// change reads a draft, lets fn change it and writes it with its history.
func (s *Service) change(ctx context.Context, draft DraftID, act, note string, fn func(d *Draft) error) (*Draft, error) {
	note = strings.TrimSpace(vntext.NFC(note))
	if len([]rune(note)) > 2000 {
		return nil, fault.NewInvalid("note", i18n.M("Ý kiến dài quá 2.000 chữ cái. Hãy viết gọn hơn."))
	}
	var out *Draft
	err := s.db.Tx(ctx, func(tx *db.Tx) error {
		d, err := s.store.draft(ctx, tx, draft)
		if err != nil {
			return err
		}
		before := *d
		if err := fn(d); err != nil {
			return err
		}
		d.Revision, d.ChangedAt = d.Revision+1, s.clock.Now()
		if err := s.store.update(ctx, tx, d); err != nil {
			return err
		}
		out = d
		return s.note(ctx, tx, d, act, note, before)
	})
	return out, err
}

// own returns a draft whose text the actor may change.
func (s *Service) own(ctx context.Context, draft DraftID) (*Draft, Kind, error) {
	d, k, err := s.Draft(ctx, draft)
	if err != nil {
		return nil, nil, err
	}
	return d, k, s.mustPropose(ctx, k)
}

// Save writes the text of a draft, whoever of those who may propose began it. Errors: Conflict when the revision is not
// the latest or the draft is no longer edited; a text with errors is kept, but cannot be proposed.
func (s *Service) Save(ctx context.Context, draft DraftID, revision int64, text string) (*Draft, error) {
	if _, _, err := s.own(ctx, draft); err != nil {
		return nil, err
	}
	if len(text) > maxDraft {
		return nil, fault.NewInvalid("text", i18n.M("Nội dung lớn hơn %d MB.", maxDraft>>20))
	}
	text = vntext.NFC(strings.ReplaceAll(text, "\r\n", "\n"))
	return s.change(ctx, draft, "save", "", func(d *Draft) error {
		if err := d.at(revision); err != nil {
			return err
		}
		if !d.State.Editable() {
			return fault.NewConflict(i18n.M("Bản thảo không còn sửa được. Hãy rút lại trước khi sửa."))
		}
		d.Text = text
		return nil
	})
}

// Comment adds what somebody thinks of a draft.
func (s *Service) Comment(ctx context.Context, draft DraftID, note string) (*Draft, error) {
	if _, _, err := s.Draft(ctx, draft); err != nil {
		return nil, err
	}
	if strings.TrimSpace(note) == "" {
		return nil, fault.NewInvalid("note", i18n.M("Hãy ghi ý kiến."))
	}
	return s.change(ctx, draft, "comment", note, func(*Draft) error { return nil })
}

// Proposal (đề nghị duyệt) says from when a draft is to hold and on what it rests.
type Proposal struct {
	Revision  int64
	ValidFrom clock.Date
	SourceAct string
	Note      string
}

// Propose asks for the approval of a draft. Errors: Invalid when the text has errors, nothing changed, or the day is past;
// Conflict when what the draft began from no longer holds (see Rebase).
func (s *Service) Propose(ctx context.Context, draft DraftID, p Proposal) (*Draft, error) {
	d, k, err := s.own(ctx, draft)
	if err != nil {
		return nil, err
	}
	var ps fault.Problems
	if p.ValidFrom.IsZero() || p.ValidFrom.Before(clock.Today(s.clock)) {
		ps.Add("valid_from", i18n.M("Hãy ghi ngày áp dụng từ hôm nay trở đi."))
	}
	p.SourceAct = vntext.Clean(p.SourceAct)
	if p.SourceAct == "" {
		ps.Add("source_act", i18n.M("Hãy ghi số, ký hiệu văn bản làm căn cứ, hoặc lý do nếu không có văn bản."))
	}
	found, err := k.Check(ctx, d.Thing, d.Text)
	if err != nil {
		return nil, err
	}
	if failed(found) {
		ps.Add("text", i18n.M("Nội dung còn lỗi. Hãy sửa các lỗi được nêu rồi đề nghị lại."))
	}
	if d.Text == d.Base {
		ps.Add("text", i18n.M("Bản thảo chưa thay đổi gì so với bản đang áp dụng."))
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if err := s.fresh(ctx, k, d); err != nil {
		return nil, err
	}
	return s.change(ctx, draft, movePropose.act, p.Note, func(d *Draft) error {
		if err := d.at(p.Revision); err != nil {
			return err
		}
		d.ValidFrom, d.SourceAct, d.DecidedBy, d.DecidedByID = p.ValidFrom, p.SourceAct, "", ""
		return d.make(movePropose)
	})
}

// fresh returns Conflict when what a draft began from no longer holds.
func (s *Service) fresh(ctx context.Context, k Kind, d *Draft) error {
	now, err := k.Export(ctx, d.Thing)
	if err != nil {
		return err
	}
	if now != d.Base {
		return fault.NewConflict(i18n.M("Trong lúc soạn, một thay đổi khác của mục này đã được áp dụng. Hãy mở trang so sánh ba bản và ghép trước khi đề nghị."))
	}
	return nil
}

// Withdraw takes a proposed or approved draft back to be edited: its author may, and who may approve.
func (s *Service) Withdraw(ctx context.Context, draft DraftID, note string) (*Draft, error) {
	d, k, err := s.Draft(ctx, draft)
	if err != nil {
		return nil, err
	}
	ok, err := s.may(ctx, PermApprove, k)
	if err != nil {
		return nil, err
	}
	if !ok && d.AuthorID != actor.From(ctx).ID {
		return nil, forbidden()
	}
	return s.change(ctx, draft, moveWithdraw.act, note, func(d *Draft) error {
		d.DecidedBy, d.DecidedByID = "", ""
		return d.make(moveWithdraw)
	})
}

// Drop gives a draft up; it stays in the history.
func (s *Service) Drop(ctx context.Context, draft DraftID, note string) (*Draft, error) {
	if _, _, err := s.own(ctx, draft); err != nil {
		return nil, err
	}
	return s.change(ctx, draft, moveDrop.act, note, func(d *Draft) error { return d.make(moveDrop) })
}
