package dossier

import (
	"context"
	"encoding/json"
	"io"
	"slices"

	"lienthong/internal/file"
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
	if who := actor.From(ctx); who.Kind == actor.Person {
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
		return d, s.DB.Tx(ctx, func(tx *db.Tx) error {
			n, err := s.store.adoptDraft(ctx, tx, d)
			if err == nil && n == 0 { // another account was faster
				err = fault.NewNotFound(i18n.M("Không tìm thấy hồ sơ đang soạn. Hồ sơ đang soạn được giữ 30 ngày kể từ lần lưu cuối."))
			}
			return err
		})
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
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := s.store.saveDraft(ctx, tx, d)
		if err != nil {
			return err
		}
		if n == 0 {
			return fault.NewConflict(i18n.M("Hồ sơ này vừa được lưu ở một cửa sổ khác. Hãy tải lại trang để thấy nội dung mới nhất."))
		}
		return nil
	})
	if err == nil {
		d.Version++
	}
	return err
}

// Drafts returns the drafts of the signed-in applicant, last saved first.
func (s *Service) Drafts(ctx context.Context) ([]Draft, error) {
	me := citizen(ctx)
	if me == "" {
		return nil, nil
	}
	return s.store.drafts(ctx, s.DB, me, s.Clock.Now().Add(-DraftLife))
}

// DropDraft deletes a draft and its files.
func (s *Service) DropDraft(ctx context.Context, code string) error {
	d, err := s.Draft(ctx, code)
	if err != nil {
		return err
	}
	return s.drop(ctx, d.ID)
}

func (s *Service) drop(ctx context.Context, draft string) error {
	files, err := s.Files.List(ctx, DraftHolder(draft))
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, f := range files {
			if err := s.Files.Remove(ctx, tx, f.ID, DraftHolder(draft)); err != nil {
				return err
			}
		}
		return s.store.deleteDraft(ctx, tx, draft)
	})
}

// maxDraftFiles bounds the files of one draft.
const maxDraftFiles = 100

// UploadToDraft stores a file for a paper of a draft; SaveDraft keeps that it belongs to it.
func (s *Service) UploadToDraft(ctx context.Context, d *Draft, paperKey, name string, r io.Reader) (file.File, error) {
	if err := s.mayAdd(ctx, d, paperKey); err != nil {
		return file.File{}, err
	}
	f, err := s.Files.Put(ctx, file.Upload{Name: name, Reader: r, MaxSize: MaxFile, Holder: DraftHolder(d.ID)})
	if err != nil {
		return file.File{}, err
	}
	d.give(paperKey, f)
	return f, nil
}

// TakeTransfer gives the file of an upload that came in pieces to a paper of a draft; SaveDraft keeps that it belongs to it.
func (s *Service) TakeTransfer(ctx context.Context, d *Draft, paperKey, transfer string) (file.File, error) {
	if err := s.mayAdd(ctx, d, paperKey); err != nil {
		return file.File{}, err
	}
	f, err := s.Files.Received(ctx, transfer)
	if err != nil {
		return file.File{}, err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		moved, err := s.Files.Attach(ctx, tx, []file.ID{f.ID}, f.Holder, DraftHolder(d.ID))
		if err == nil {
			f = moved[0]
		}
		return err
	})
	if err != nil {
		return file.File{}, err
	}
	d.give(paperKey, f)
	return f, nil
}

// mayAdd bounds the files of a draft.
func (s *Service) mayAdd(ctx context.Context, d *Draft, paperKey string) error {
	files, err := s.DraftFiles(ctx, d)
	if err == nil && len(files) >= maxDraftFiles {
		err = fault.NewInvalid("papers."+paperKey, i18n.M("Hồ sơ đã có %d tệp. Hãy gộp các trang thành một tệp PDF.", maxDraftFiles))
	}
	return err
}

// give adds a file to a paper.
func (d *Draft) give(paperKey string, f file.File) {
	p := d.Filing.paper(paperKey)
	if p == nil {
		d.Filing.Papers = append(d.Filing.Papers, FilingPaper{Key: paperKey})
		p = &d.Filing.Papers[len(d.Filing.Papers)-1]
	}
	p.Provided, p.Files = true, append(p.Files, string(f.ID))
}

// DraftFiles returns the files of a draft by their ids.
func (s *Service) DraftFiles(ctx context.Context, d *Draft) (map[string]file.File, error) {
	files, err := s.Files.List(ctx, DraftHolder(d.ID))
	if err != nil {
		return nil, err
	}
	byID := map[string]file.File{}
	for _, f := range files {
		byID[string(f.ID)] = f
	}
	return byID, nil
}

// RemoveDraftFile takes a file out of a draft and saves it.
func (s *Service) RemoveDraftFile(ctx context.Context, d *Draft, fileID string) error {
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.Files.Remove(ctx, tx, file.ID(fileID), DraftHolder(d.ID))
	})
	if err != nil {
		return err
	}
	for i := range d.Filing.Papers {
		p := &d.Filing.Papers[i]
		p.Files = slices.DeleteFunc(p.Files, func(f string) bool { return f == fileID })
		p.Provided = len(p.Files) > 0
	}
	return s.SaveDraft(ctx, d)
}

// OpenDraftFile opens a file of a draft for whoever holds the draft.
func (s *Service) OpenDraftFile(ctx context.Context, d *Draft, fileID string) (io.ReadSeekCloser, file.File, error) {
	return s.Files.Open(ctx, file.ID(fileID), DraftHolder(d.ID))
}

// SendDraft files a draft. Sent twice, it is filed once.
func (s *Service) SendDraft(ctx context.Context, code string) (*Dossier, error) {
	d, err := s.Draft(ctx, code)
	if err != nil {
		if sent, serr := s.sent(ctx, code); sent != nil || serr != nil {
			return sent, serr
		}
		return nil, err
	}
	f := d.Filing
	f.RequestKey, f.draft = draftKey(d.ResumeCode), d.ID
	filed, err := s.File(ctx, f)
	if err != nil {
		return nil, err
	}
	return filed, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.deleteDraft(ctx, tx, d.ID) })
}

// SweepDrafts deletes drafts past their life with their files. It is run by a timer and returns how many.
func (s *Service) SweepDrafts(ctx context.Context) (int, error) {
	old, err := s.store.oldDrafts(ctx, s.DB, s.Clock.Now().Add(-DraftLife))
	if err != nil {
		return 0, err
	}
	for i, draft := range old {
		if err := s.drop(ctx, draft); err != nil {
			return i, err
		}
	}
	return len(old), nil
}
