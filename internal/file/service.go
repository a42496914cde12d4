package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"lienthong/internal/audit"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
)

// Put stores an upload for its holder. It refuses, as Invalid on the field "file",
// what is empty, too large, not of an allowed type or infected; a full disk or a
// scanner that does not answer is Unavailable. The name is cleaned, its ending
// follows the content. Put opens a transaction of its own: do not call it inside one.
func (s *Service) Put(ctx context.Context, u Upload) (File, error) {
	return s.put(ctx, u, func(context.Context, *db.Tx, File) error { return nil })
}

// put is Put with something more to do in the transaction that makes the file.
func (s *Service) put(ctx context.Context, u Upload, also func(context.Context, *db.Tx, File) error) (File, error) {
	if u.Holder.Kind == "" || u.Holder.ID == "" || u.Reader == nil {
		return File{}, errors.New("put a file: holder and reader are required")
	}
	if u.MaxSize <= 0 {
		u.MaxSize = DefaultMaxSize
	}
	if u.Allow == nil {
		u.Allow = DefaultTypes()
	}
	if err := s.mayHold(ctx, u.Holder, 0, 0); err != nil {
		return File{}, err
	}
	w, err := s.spool.write(ctx, u.Reader, u.MaxSize)
	if err != nil {
		return File{}, s.writeFault(err, u)
	}
	defer func() {
		if err := w.close(); err != nil {
			s.log.WarnContext(ctx, "remove a temporary file", "error", err)
		}
	}()
	if err := s.withinQuota(ctx, u.Holder, w.size); err != nil {
		return File{}, err
	}
	mediaType, err := inspect(w, u)
	if err != nil {
		return File{}, err
	}
	scanned, err := s.scan(ctx, w, u)
	if err != nil {
		return File{}, err
	}
	f := File{
		ID: ID(id.New()), SHA256: w.sum, Name: cleanName(u.Name, mediaType), Size: w.size, MediaType: mediaType,
		Holder: u.Holder, CreatedBy: actor.From(ctx).ID, CreatedAt: s.clock.Now(),
	}
	err = s.keep(ctx, w, func(ctx context.Context, tx *db.Tx) error {
		if err := insert(ctx, tx, f); err != nil {
			return err
		}
		if err := also(ctx, tx, f); err != nil {
			return err
		}
		if scanned {
			if err := markScanned(ctx, tx, f.SHA256, "", f.CreatedAt); err != nil {
				return err
			}
		}
		return audit.Record(ctx, tx, entry("file.put", f))
	})
	if err != nil {
		return File{}, s.writeFault(err, u)
	}
	return f, nil
}

// tx runs fn in a transaction whose audit rows have the room's time.
func (s *Service) tx(ctx context.Context, fn func(context.Context, *db.Tx) error) error {
	ctx = audit.WithClock(ctx, s.clock)
	return s.db.Tx(ctx, func(tx *db.Tx) error { return fn(ctx, tx) })
}

// entry is the audit entry of an act on a file. The token of an upload is a secret and stays out.
func entry(action string, f File) audit.Entry {
	detail := map[string]any{"name": f.Name, "size": f.Size, "sha256": f.SHA256, "media_type": f.MediaType, "holder_kind": f.Holder.Kind}
	if f.Holder.Kind != UploadKind {
		detail["holder_id"] = f.Holder.ID
	}
	return audit.Entry{Action: action, Object: "file.file", ObjectID: string(f.ID), Detail: detail}
}

// mayHold bounds how many files wait under one upload token. count and bytes are what comes beside those that are there.
func (s *Service) mayHold(ctx context.Context, h Holder, count int, bytes int64) error {
	if err := s.withinQuota(ctx, h, bytes); err != nil {
		return err
	}
	if h.Kind != UploadKind {
		return nil
	}
	n, err := countHeld(ctx, s.db, h)
	if err != nil {
		return fmt.Errorf("count uploads: %w", err)
	}
	if n+count >= maxPending {
		return fault.NewInvalid("file", i18n.M("Đã tải lên %d tệp trong một lần nộp, không thể thêm. Hãy gộp các trang thành một tệp PDF.", n+count))
	}
	return nil
}

// inspect tells the type of a draft and refuses what may not come in.
func inspect(w *draft, u Upload) (string, error) {
	mediaType, err := sniff(w.file, w.size)
	if err != nil {
		return "", fmt.Errorf("look into an upload: %w", err)
	}
	if !slices.Contains(u.Allow, mediaType) {
		name := givenName(u.Name)
		refused := i18n.M("Tệp “%s” không thuộc loại được nhận. Hãy gửi tệp %s.", name, kinds(u.Allow))
		switch {
		case mediaType != macros && slices.Contains(Endings(u.Allow), strings.ToLower(path.Ext(name))):
			refused = i18n.M("Tệp “%s” có nội dung khác với đuôi tên và không thuộc loại được nhận. Hãy mở lại tệp, lưu đúng loại rồi gửi; các loại được nhận: %s.", name, kinds(u.Allow))
		case mediaType == macros:
			refused = i18n.M("Tệp “%s” có chứa macro nên không được nhận. Hãy lưu lại thành tệp không có macro hoặc tệp PDF.", name)
		}
		return "", fault.NewInvalid("file", refused)
	}
	return mediaType, nil
}

// kinds names media types for people: "PDF, JPG hoặc PNG".
func kinds(types []string) string {
	var names []string
	for _, t := range types {
		if e := endings[t]; len(e) > 0 {
			if n := strings.ToUpper(e[0][1:]); !slices.Contains(names, n) {
				names = append(names, n)
			}
		}
	}
	return strings.Join(names, ", ")
}

// writeFault turns the errors of writing into what the user can act on.
func (s *Service) writeFault(err error, u Upload) error {
	name := givenName(u.Name)
	switch {
	case errors.Is(err, errTooLarge):
		return fault.NewInvalid("file", i18n.M("Tệp “%s” lớn hơn giới hạn %d MB. Hãy chụp lại với cỡ nhỏ hơn hoặc chia thành nhiều tệp.", name, max(1, u.MaxSize>>20)))
	case errors.Is(err, errEmpty):
		return fault.NewInvalid("file", i18n.M("Tệp “%s” không có nội dung. Hãy chọn lại tệp.", name))
	case full(err):
		return fault.NewUnavailable(i18n.M("Máy chủ tạm hết chỗ lưu tệp nên chưa nhận được tệp này. Hãy thử lại sau; cán bộ quản trị cần giải phóng ổ đĩa.")).Wrap(err)
	}
	if failed := new(storeError); errors.As(err, &failed) && !errors.Is(err, context.Canceled) {
		return errStoreSilent().Wrap(fmt.Errorf("store an upload: %w", err))
	}
	return fmt.Errorf("store an upload: %w", err)
}

func errStoreSilent() *fault.Error {
	return fault.NewUnavailable(i18n.M("Kho tệp tạm không trả lời nên chưa nhận được tệp này. Hãy thử lại sau ít phút."))
}

// Attach moves files to the thing that holds them from now on, in the caller's
// transaction, and returns them in the order of ids. from is the holder they were put
// under, an upload token or a draft: who does not know it gets NotFound, for all of them.
func (s *Service) Attach(ctx context.Context, tx *db.Tx, ids []ID, from, to Holder) ([]File, error) {
	if from.Kind == "" || from.ID == "" || to.Kind == "" || to.Kind == UploadKind || to.ID == "" || from == to {
		return nil, fmt.Errorf("attach files: from %q to %q is not from one holder to another", from.Kind, to.Kind)
	}
	files := make([]File, 0, len(ids))
	seen := map[ID]bool{}
	for _, id := range ids {
		if seen[id] {
			continue
		}
		seen[id] = true
		f, err := move(ctx, tx, id, from, to)
		if errors.Is(err, db.ErrNoRows) {
			return nil, fault.NewNotFound(i18n.M("Tệp đã tải lên không còn nữa hoặc không thuộc phiên này. Hãy tải tệp lên lại."))
		}
		if err != nil {
			return nil, fmt.Errorf("attach file %s: %w", id, err)
		}
		if err := audit.Record(ctx, tx, entry("file.attach", f)); err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

var errNoFile = fault.NewNotFound(i18n.M("Không tìm thấy tệp này. Tệp có thể đã bị gỡ bỏ."))

// Open opens a file for who names its holder and may see that holder, which the
// caller has checked. It leaves an entry in the audit record, in a transaction of
// its own: do not call it inside one. The caller closes the reader.
func (s *Service) Open(ctx context.Context, id ID, h Holder) (io.ReadSeekCloser, File, error) {
	f, err := s.find(ctx, id, h)
	if err != nil {
		return nil, File{}, err
	}
	content, err := s.read(ctx, f.SHA256)
	if _, said := fault.As(err); said {
		return nil, File{}, err
	}
	if err != nil {
		s.log.ErrorContext(ctx, "the content of a file cannot be opened", "file", id, "error", err)
		return nil, File{}, fault.NewUnavailable(i18n.M("Chưa đọc được nội dung tệp này. Hãy thử lại sau; nếu vẫn không được, hãy báo bộ phận hỗ trợ.")).Wrap(err)
	}
	err = s.tx(ctx, func(ctx context.Context, tx *db.Tx) error { return audit.Record(ctx, tx, entry("file.read", f)) })
	if err != nil {
		return nil, File{}, errors.Join(fmt.Errorf("open file %s: %w", id, err), content.Close())
	}
	return content, f, nil
}

// read opens a content. Whoever reads it whole gets an error instead of its end when it was changed.
func (s *Service) read(ctx context.Context, sum string) (*checked, error) {
	c, err := contentOf(ctx, s.db, sum)
	if err != nil {
		return nil, err
	}
	if c.Threat != "" {
		return nil, fault.NewForbidden(i18n.M("Tệp này có mã độc (%s) nên bị cách ly, không mở được. Hãy yêu cầu người gửi nộp lại tệp khác.", c.Threat))
	}
	b, err := s.store.Open(ctx, c.Key)
	if errors.Is(err, fs.ErrNotExist) {
		s.noteDamage(ctx, sum)
	}
	if err != nil {
		return nil, err
	}
	return newChecked(b, sum, func(err error) {
		s.log.ErrorContext(ctx, "a content has changed", "sha256", sum, "error", err)
		s.noteDamage(ctx, sum)
	}), nil
}

// Info returns what is known of a file to who names its holder, without opening it.
func (s *Service) Info(ctx context.Context, id ID, h Holder) (File, error) { return s.find(ctx, id, h) }

func (s *Service) find(ctx context.Context, id ID, h Holder) (File, error) {
	f, err := find(ctx, s.db, id, h)
	if errors.Is(err, db.ErrNoRows) {
		return File{}, errNoFile
	}
	if err != nil {
		return File{}, fmt.Errorf("find file %s: %w", id, err)
	}
	return f, nil
}

// List returns the files of a holder, the oldest first.
func (s *Service) List(ctx context.Context, h Holder) ([]File, error) {
	files, err := listHeld(ctx, s.db, h)
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	return files, nil
}

// Remove takes a file away from its holder, in the caller's transaction. The
// content of a file that was attached is kept as evidence; nobody can open it any more.
func (s *Service) Remove(ctx context.Context, tx *db.Tx, id ID, h Holder) error {
	if held, err := underHold(ctx, tx, h); err != nil || held {
		return errors.Join(err, refuseHeld(held))
	}
	f, err := remove(ctx, tx, id, h, s.clock.Now())
	if errors.Is(err, db.ErrNoRows) {
		return errNoFile
	}
	if err != nil {
		return fmt.Errorf("remove file %s: %w", id, err)
	}
	return audit.Record(ctx, tx, entry("file.remove", f))
}

func refuseHeld(held bool) error {
	if held {
		return errHeld
	}
	return nil
}
