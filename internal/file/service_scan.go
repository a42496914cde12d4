package file

import (
	"context"
	"fmt"
	"io"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// scan looks for malware in a draft. looked is false when nobody did: no scanner is set, or it
// does not answer and the installation takes files then all the same.
func (s *Service) scan(ctx context.Context, w *draft, u Upload) (looked bool, err error) {
	if s.scanner == nil {
		return false, nil
	}
	threat, err := s.scanner.Scan(ctx, io.NewSectionReader(w.file, 0, w.size))
	switch {
	case err != nil && s.scanLater && ctx.Err() == nil:
		s.log.WarnContext(ctx, "an upload is taken unscanned and will be scanned later", "sha256", w.sum, "error", err)
		return false, nil
	case err != nil:
		return false, fault.NewUnavailable(i18n.M("Chưa quét được mã độc trong tệp nên chưa thể nhận. Hãy thử lại sau ít phút.")).Wrap(fmt.Errorf("scan an upload: %w", err))
	case threat != "":
		s.log.WarnContext(ctx, "an upload is infected", "threat", threat, "sha256", w.sum)
		return true, fault.NewInvalid("file", i18n.M("Tệp “%s” có mã độc (%s) nên không được nhận. Hãy quét máy của bạn rồi gửi tệp khác.", givenName(u.Name), threat))
	}
	return true, nil
}

// Rescan scans contents that were taken unscanned, and those whose last scan is older than the installation wants.
// What is found infected stays where it is, as evidence, and opens for nobody any more.
func (s *Service) Rescan(ctx context.Context) error {
	if s.scanner == nil {
		return nil
	}
	before := time.Time{}
	if s.rescanDays > 0 {
		before = s.clock.Now().AddDate(0, 0, -s.rescanDays)
	}
	for after := ""; ; {
		cs, err := unscanned(ctx, s.db, after, before, page)
		if err != nil {
			return fmt.Errorf("list contents to scan: %w", err)
		}
		for _, c := range cs {
			if err := s.rescanOne(ctx, c); err != nil {
				return fmt.Errorf("scan a content again: %w", err)
			}
		}
		if len(cs) < page {
			return nil
		}
		after = cs[len(cs)-1].SHA256
	}
}

func (s *Service) rescanOne(ctx context.Context, c content) error {
	b, err := s.store.Open(ctx, c.Key)
	if err != nil {
		s.log.WarnContext(ctx, "a content cannot be scanned", "sha256", c.SHA256, "error", err)
		return nil // doctor says that it is lost
	}
	defer b.Close()
	threat, err := s.scanner.Scan(ctx, b)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := markScanned(ctx, tx, c.SHA256, threat, s.clock.Now()); err != nil || threat == "" {
			return err
		}
		s.log.ErrorContext(ctx, "a stored content is infected", "threat", threat, "sha256", c.SHA256)
		return audit.Record(ctx, tx, audit.Entry{Action: "file.quarantine", Object: "file.content", ObjectID: c.SHA256, Detail: map[string]any{"threat": threat}})
	})
}
