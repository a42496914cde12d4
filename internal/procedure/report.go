package procedure

import (
	"fmt"
	"io/fs"
	"strings"

	"lienthong/internal/kit/fault"
)

// Report (báo cáo) is what came of an import or of a check of files.
type Report struct {
	Files []FileReport
}

// FileReport (kết quả từng tệp) is what came of one file, or of one record of the national database.
type FileReport struct {
	File      string
	Code      string
	Name      string
	Added     int // versions that are new
	Changed   int // versions that took the place of one with the same day of validity
	Unchanged int
	Retired   int // versions that the file no longer has
	Warnings  []Warning
	Err       error // nothing of the file was taken
}

// Failed reports whether a file could not be taken.
func (r Report) Failed() bool {
	for _, f := range r.Files {
		if f.Err != nil {
			return true
		}
	}
	return false
}

// Count returns how many versions were added, changed, left and retired, and how many files failed.
func (r Report) Count() (added, changed, unchanged, retired, failed int) {
	for _, f := range r.Files {
		added, changed, unchanged, retired = added+f.Added, changed+f.Changed, unchanged+f.Unchanged, retired+f.Retired
		if f.Err != nil {
			failed++
		}
	}
	return added, changed, unchanged, retired, failed
}

// Warned returns the number of warnings.
func (r Report) Warned() int {
	n := 0
	for _, f := range r.Files {
		n += len(f.Warnings)
	}
	return n
}

// String returns the report as text in Vietnamese: what is wrong first, file by file, and the sums at the end.
func (r Report) String() string {
	var b strings.Builder
	for _, f := range r.Files {
		for _, line := range problems(f.File, f.Err) {
			fmt.Fprintf(&b, "LỖI      %s\n", line)
		}
		for _, w := range f.Warnings {
			fmt.Fprintf(&b, "cảnh báo %s: %s\n", f.File, w)
		}
	}
	added, changed, unchanged, retired, failed := r.Count()
	fmt.Fprintf(&b, "%d tệp: %d phiên bản mới, %d thay đổi, %d giữ nguyên, %d thôi dùng; %d tệp lỗi, %d cảnh báo.\n",
		len(r.Files), added, changed, unchanged, retired, failed, r.Warned())
	return b.String()
}

// problems returns the lines of an error; those of Load name file and line themselves.
func problems(file string, err error) []string {
	if err == nil {
		return nil
	}
	f, ok := fault.As(err)
	if !ok || len(f.Problems) == 0 {
		text := err.Error()
		if ok {
			text = f.User().String()
		}
		return []string{file + ": " + text}
	}
	lines := make([]string, len(f.Problems))
	for i, p := range f.Problems {
		lines[i] = p.Field + ": " + p.Msg.String()
		if !strings.HasPrefix(p.Field, file) {
			lines[i] = file + " " + lines[i]
		}
	}
	return lines
}

// LintFS checks the files of a file system without importing them. Unchanged counts their versions.
func LintFS(fsys fs.FS, known Known) (Report, error) {
	files, err := LoadFS(fsys)
	if err != nil {
		return Report{}, err
	}
	var r Report
	for _, l := range files {
		f := newFileReport(l, known)
		if f.Err == nil {
			f.Unchanged = len(l.Specs)
		}
		r.Files = append(r.Files, f)
	}
	return r, nil
}

func newFileReport(l Loaded, known Known) FileReport {
	f := FileReport{File: l.File, Err: l.Err}
	if f.Err != nil {
		return f
	}
	for _, s := range l.Specs {
		f.Code, f.Name = s.Code, s.Name
		f.Warnings = append(f.Warnings, Lint(s, known)...)
	}
	return f
}
