package audit

import (
	"context"
	"fmt"
	"io"

	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
)

// Verify goes through the whole record and reports what is wrong with it. It
// reads page by page, so memory does not grow with the record, and may run while
// entries are added: what is added after its begin is left to the next run.
// anchors are heads of earlier reports that were kept outside the system.
// progress, when not nil, is told how many of how many entries were seen. The
// error is about reading the database; damage is in the report.
func Verify(ctx context.Context, d *db.DB, progress func(done, total int64), anchors ...Head) (Report, error) {
	heads, err := readHeads(ctx, d)
	if err != nil {
		return Report{}, fmt.Errorf("verify the audit record: %w", err)
	}
	report := Report{Heads: heads}
	var total int64
	have := map[int64]bool{}
	for _, h := range heads {
		total += h.Seq
		have[h.Lane] = true
	}
	for lane := range int64(lanes) {
		if !have[lane] {
			report.add(Finding{Fault: HeadLost, Lane: lane})
		}
	}
	for _, h := range heads {
		w := newWalk(&report, h.Lane, anchors)
		err := eachRow(ctx, d, h, func(r Row) {
			w.see(r)
			if progress != nil && report.Entries%pageSize == 0 {
				progress(report.Entries, total)
			}
		})
		if err != nil {
			return report, fmt.Errorf("verify the audit record: %w", err)
		}
		w.end(h)
	}
	beyond, err := readBeyond(ctx, d, maxFindings)
	if err != nil {
		return report, fmt.Errorf("verify the audit record: %w", err)
	}
	for _, p := range beyond {
		report.add(Finding{Fault: Beyond, Lane: p.Lane, From: p.Seq, To: p.Seq})
	}
	if progress != nil {
		progress(report.Entries, total)
	}
	return report, nil
}

// Doctor verifies the record for the command line and prints the report in the
// reader's language (text turns a message into it). It reports whether the record is whole.
func Doctor(ctx context.Context, d *db.DB, out io.Writer, text func(i18n.Msg) string, anchors ...Head) (bool, error) {
	report, err := Verify(ctx, d, nil, anchors...)
	if err != nil {
		return false, err
	}
	for _, m := range report.Lines() {
		if _, err := fmt.Fprintln(out, text(m)); err != nil {
			return false, err
		}
	}
	return report.OK(), nil
}
