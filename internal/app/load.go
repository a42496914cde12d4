package app

import (
	"context"
	"fmt"
	"io"
	"io/fs"

	"lienthong/internal/kit/actor"
)

// loader brings one part of a province's data into its room. Loading again changes only what the data changed.
type loader struct {
	name string // word after "import"
	what string
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
		{"places", "đơn vị hành chính", func(ctx context.Context, fsys fs.FS) (loaded, error) {
			r, err := h.Place.Import(ctx, fsys)
			return loaded{fmt.Sprintf("%d mới, %d sáp nhập, chia tách hoặc đổi tên, %d giữ nguyên", r.Added, r.Changed, r.Unchanged), r.Doubts}, err
		}},
	}
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
