package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"lienthong/internal/kit/actor"
	"lienthong/internal/org"
)

// loader brings one part of a province's data into its room. Loading again changes only what the data changed.
type loader struct {
	name string // word after "import"
	what string
	file string // in the folder of a province; what is not there is not loaded
	load func(ctx context.Context, fsys fs.FS) (loaded, error)
}

// loaded says what a loader did.
type loaded struct {
	summary string
	notes   []string // what a person should look at
}

// loaders are in the order in which one part may refer to another.
func (h *House) loaders() []loader {
	return []loader{
		{"places", "đơn vị hành chính", "places.csv", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			r, err := h.Place.Import(ctx, fsys)
			return loaded{fmt.Sprintf("%d mới, %d sáp nhập, chia tách hoặc đổi tên, %d giữ nguyên", r.Added, r.Changed, r.Unchanged), r.Doubts}, err
		}},
		{"org", "cơ quan và phòng ban", "org.yaml", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			r, err := h.Org.Import(ctx, fsys)
			done := loaded{summary: fmt.Sprintf("%d mới, %d giữ nguyên, %d mã đơn vị mới", r.Added, r.Unchanged, r.Codes.Added)}
			if r.Provisional > 0 {
				done.notes = append(done.notes, fmt.Sprintf("%d đơn vị còn dùng tên hoặc mã tạm", r.Provisional))
			}
			done.notes = append(done.notes, rejected(r.Codes)...)
			return done, err
		}},
		{"roles", "vai trò", "roles.yaml", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			r, err := h.Identity.ImportRoles(ctx, fsys)
			done := loaded{summary: fmt.Sprintf("%d mới, %d thay đổi, %d bỏ, %d giữ nguyên", r.Added, r.Changed, r.Removed, r.Unchanged)}
			for _, key := range r.Kept {
				done.notes = append(done.notes, "vai trò "+key+" không còn trong tệp nhưng đang được giao")
			}
			return done, err
		}},
		{"calendar", "lịch làm việc và ngày nghỉ", "calendar.yaml", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			f, err := fsys.Open("calendar.yaml")
			if err != nil {
				return loaded{}, err
			}
			defer f.Close()
			r, err := h.Calendar.Import(ctx, f)
			return loaded{summary: fmt.Sprintf("%d mục ghi mới, %d mục bỏ, %d mục người dùng đã sửa được giữ", r.Written, r.Removed, r.Kept)}, err
		}},
		{"codelists", "danh mục dùng chung", "codelists", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			dir, err := fs.Sub(fsys, "codelists")
			if err != nil {
				return loaded{}, err
			}
			r, err := h.Codelist.ImportDir(ctx, dir)
			return loaded{summary: fmt.Sprintf("%d mục ghi mới, %d mục bỏ, %d mục người dùng đã sửa được giữ", r.Written, r.Removed, r.Kept)}, err
		}},
		{"procedures", "thủ tục hành chính", "procedures", h.loadProcedures},
	}
}

func (h *House) loadProcedures(ctx context.Context, fsys fs.FS) (loaded, error) {
	dir, err := fs.Sub(fsys, "procedures")
	if err != nil {
		return loaded{}, err
	}
	r, err := h.Procedure.Import(ctx, dir)
	if err != nil {
		return loaded{}, err
	}
	added, changed, unchanged, retired, failed := r.Count()
	done := loaded{summary: fmt.Sprintf("%d mới, %d thay đổi, %d giữ nguyên, %d thôi áp dụng", added, changed, unchanged, retired)}
	if failed > 0 {
		return done, failure(ExitConfig, fmt.Errorf("%d tệp thủ tục có lỗi:\n%s", failed, r))
	}
	return done, nil
}

// rejected returns the lines of a code file that did not fit.
func rejected(r org.CodeReport) []string {
	var notes []string
	for _, x := range r.Rejected {
		notes = append(notes, fmt.Sprintf("dòng %d: %s", x.Line, x.Reason))
	}
	return notes
}

// LoadProvince loads the named parts of a province's data, all when none is named, and tells out what
// was done; with notes also what a person should look at.
func (h *House) LoadProvince(ctx context.Context, fsys fs.FS, out io.Writer, notes bool, parts ...string) error {
	ctx = actor.With(ctx, actor.SystemActor)
	var known []string
	for _, l := range h.loaders() {
		known = append(known, l.name)
	}
	for _, p := range parts {
		if !contains(known, p) {
			return failure(ExitConfig, fmt.Errorf("không có phần dữ liệu %q%s", p, meant(p, known)))
		}
	}
	for _, l := range h.loaders() {
		if len(parts) > 0 && !contains(parts, l.name) {
			continue
		}
		if _, err := fs.Stat(fsys, l.file); errors.Is(err, fs.ErrNotExist) {
			fmt.Fprintf(out, "Không nạp %s: dữ liệu của tỉnh không có %s.\n", l.what, l.file)
			continue
		}
		done, err := l.load(ctx, fsys)
		if err != nil {
			return fmt.Errorf("nạp %s: %w", l.what, err)
		}
		fmt.Fprintf(out, "Đã nạp %s: %s.\n", l.what, done.summary)
		for _, n := range done.notes {
			if notes {
				fmt.Fprintf(out, "  cần đối chiếu: %s\n", n)
			}
		}
	}
	return nil
}
