package dossier

import (
	"context"
	"encoding/json"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// NewDraft begins an online filing of a procedure. It needs no sign-in.
func (s *Service) NewDraft(ctx context.Context, procedureCode string, f Filing) (*Draft, error) {
	now := s.Clock.Now()
	v, err := s.Procedures.Current(ctx, procedureCode, clock.DateOf(now))
	if err != nil {
		return nil, err
	}
	if !v.Spec.FileableOnline() {
		return nil, fault.NewConflict(i18n.M("Thủ tục này chưa nhận hồ sơ trực tuyến. Hãy nộp trực tiếp hoặc qua bưu chính."))
	}
	f.ProcedureCode, f.Channel = procedureCode, ChannelOnline
	d := &Draft{ID: id.New(), ResumeCode: randomCode(resumeLength), AccountID: citizen(ctx), VersionID: v.ID,
		ProcedureCode: v.Spec.Code, ProcedureName: v.Spec.Name, CreatedAt: now, UpdatedAt: now, Version: 1, Filing: f}
	if err := d.pack(); err != nil {
		return nil, err
	}
	return d, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.insertDraft(ctx, tx, d) })
}

func citizen(ctx context.Context) string {
	if who := actor.From(ctx); who.Kind == actor.Citizen {
		return who.ID
	}
	return ""
}

// maxDraft bounds the size of a draft in bytes.
const maxDraft = 512 << 10

func (d *Draft) pack() error {
	raw, err := json.Marshal(d.Filing)
	if err != nil {
		return err
	}
	if len(raw) > maxDraft {
		return fault.NewInvalid("form", i18n.M("Nội dung tờ khai quá dài. Hãy rút gọn rồi lưu lại."))
	}
	d.FilingJSON = string(raw)
	return nil
}

// Draft returns a draft by its resume code. A draft of an account opens only for
// that account; one begun without sign-in becomes the reader's when they have signed in.
func (s *Service) Draft(ctx context.Context, code string) (*Draft, error) {
	d, err := s.store.draft(ctx, s.DB, CleanSecret(code))
	if noRows(err) || err == nil && d.UpdatedAt.Before(s.Clock.Now().Add(-DraftLife)) {
		return nil, fault.NewNotFound(i18n.M("Không tìm thấy hồ sơ đang soạn. Hồ sơ đang soạn được giữ 30 ngày kể từ lần lưu cuối."))
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(d.FilingJSON), &d.Filing); err != nil {
		return nil, err
	}
	me := citizen(ctx)
	switch {
	case d.AccountID == "" && me != "":
		d.AccountID = me
		return d, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.adoptDraft(ctx, tx, d) })
	case d.AccountID != me && me == "":
		return nil, fault.NewUnauthenticated(i18n.M("Hồ sơ này đã gắn với một tài khoản. Hãy đăng nhập để soạn tiếp."))
	case d.AccountID != me:
		return nil, fault.NewNotFound(i18n.M("Không tìm thấy hồ sơ đang soạn. Hồ sơ đang soạn được giữ 30 ngày kể từ lần lưu cuối."))
	}
	return d, nil
}

// SaveDraft keeps what was entered. It fails with a Conflict when another browser saved in between.
func (s *Service) SaveDraft(ctx context.Context, d *Draft) error {
	if err := d.pack(); err != nil {
		return err
	}
	d.UpdatedAt = s.Clock.Now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.saveDraft(ctx, tx, d)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewConflict(i18n.M("Hồ sơ này vừa được lưu ở một cửa sổ khác. Hãy tải lại trang để thấy nội dung mới nhất."))
		}
		d.Version++
		return nil
	})
}

// Drafts returns the drafts of the signed-in applicant, last saved first.
func (s *Service) Drafts(ctx context.Context) ([]Draft, error) {
	me := citizen(ctx)
	if me == "" {
		return nil, nil
	}
	return s.store.drafts(ctx, s.DB, me, s.Clock.Now().Add(-DraftLife))
}

// DropDraft deletes a draft; its uploads go with the files that nobody attached.
func (s *Service) DropDraft(ctx context.Context, code string) error {
	d, err := s.Draft(ctx, code)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.deleteDraft(ctx, tx, d.ID) })
}

// SendDraft files a draft. Sent twice, it is filed once.
func (s *Service) SendDraft(ctx context.Context, code string) (*Dossier, error) {
	d, err := s.Draft(ctx, code)
	if err != nil {
		return nil, err
	}
	f := d.Filing
	f.RequestKey, f.UploadToken = "draft:"+d.ID, d.ID
	filed, err := s.File(ctx, f)
	if err != nil {
		return nil, err
	}
	return filed, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.deleteDraft(ctx, tx, d.ID) })
}

// SweepDrafts deletes drafts past their life. It is run by a timer.
func (s *Service) SweepDrafts(ctx context.Context) (int64, error) {
	var n int64
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		var err error
		n, err = s.store.sweepDrafts(ctx, tx, s.Clock.Now().Add(-DraftLife))
		return err
	})
	return n, err
}
