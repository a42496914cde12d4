package org

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// CodeReport (báo cáo nhập mã định danh) says what an import of codes did. Rejected
// tells line by line, in Vietnamese, what did not fit; the other lines are taken.
type CodeReport struct {
	Added     int
	Replaced  int // of them, in place of another code of the same unit
	Unchanged int
	Rejected  []Rejected
}

// Rejected (dòng không nhập được) is a line of a file that did not fit.
type Rejected struct {
	Line   int
	Reason i18n.Msg
}

// codeRow is one line of a file of codes.
type codeRow struct {
	line               int
	slug, scheme, code string
	from, to           clock.Date
	confidence         Confidence
	source             string
}

var codesHeader = []string{"slug", "scheme", "code", "valid_from", "valid_to", "confidence", "source"}

// readCodes reads a file of codes: a head and the columns slug, scheme, code,
// valid_from, valid_to, confidence and source, separated by commas.
func readCodes(r io.Reader) ([]codeRow, []Rejected, error) {
	cr := csv.NewReader(r)
	cr.FieldsPerRecord = -1
	head, err := cr.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("read the first line: %w", err)
	}
	head[0] = strings.TrimPrefix(head[0], "\uFEFF")
	if !slices.Equal(head, codesHeader) {
		return nil, nil, fmt.Errorf("the first line must be %q", strings.Join(codesHeader, ","))
	}
	var rows []codeRow
	var bad []Rejected
	for {
		rec, err := cr.Read()
		if errors.Is(err, io.EOF) {
			return rows, bad, nil
		}
		if err != nil {
			return nil, nil, err
		}
		line, _ := cr.FieldPos(0)
		if len(rec) != len(codesHeader) {
			bad = append(bad, Rejected{line, i18n.M("Dòng có %d cột, cần %d cột.", len(rec), len(codesHeader))})
			continue
		}
		row, msg := parseCode(rec)
		if msg != nil {
			bad = append(bad, Rejected{line, *msg})
			continue
		}
		row.line = line
		rows = append(rows, row)
	}
}

func parseCode(rec []string) (codeRow, *i18n.Msg) {
	fail := func(m i18n.Msg) (codeRow, *i18n.Msg) { return codeRow{}, &m }
	for i := range rec {
		rec[i] = vntext.Clean(rec[i])
	}
	row := codeRow{slug: rec[0], scheme: rec[1], code: rec[2], confidence: Confidence(rec[5]), source: rec[6]}
	var err error
	if row.from, err = clock.ParseDate(rec[3]); err != nil {
		return fail(i18n.M("Ngày %q không đúng; viết theo dạng 2018-12-31.", rec[3]))
	}
	if row.to, err = clock.ParseDate(rec[4]); err != nil {
		return fail(i18n.M("Ngày %q không đúng; viết theo dạng 2018-12-31.", rec[4]))
	}
	if !row.to.IsZero() && !row.from.Before(row.to) {
		return fail(i18n.M("Ngày kết thúc phải sau ngày bắt đầu."))
	}
	if row.scheme != SchemeQCVN102 && row.scheme != SchemeQD20 {
		return fail(i18n.M("Bộ mã %q không có; dùng qcvn102 hoặc qd20.", row.scheme))
	}
	if !ValidCode(row.scheme, row.code) {
		return fail(i18n.M("Mã %q không đúng dạng của bộ mã %s.", row.code, row.scheme))
	}
	switch row.confidence {
	case "":
		row.confidence = Verified
	case Verified, Provisional:
	default:
		return fail(i18n.M("Độ tin cậy %q không có; dùng verified hoặc provisional.", row.confidence))
	}
	return row, nil
}

// takeCodes gives the units their codes. A line that does not fit is left out and reported.
func (b *book) takeCodes(rows []codeRow, today clock.Date) CodeReport {
	var r CodeReport
	for _, row := range rows {
		units := b.unitsFor(row)
		if len(units) == 0 {
			r.Rejected = append(r.Rejected, Rejected{row.line, i18n.M("Không có cơ quan nào có tên định danh %q trong thời gian này.", row.slug)})
			continue
		}
		for _, u := range units {
			b.takeCode(u, row, today, &r)
		}
	}
	return r
}

// unitsFor returns the units that have the slug of a line within its time: one after another when the unit was renamed.
func (b *book) unitsFor(row codeRow) []*Unit {
	var found []*Unit
	for _, id := range b.slugs[row.slug] {
		if u := b.units[id]; overlap(u.ValidFrom, u.ValidTo, row.from, row.to) {
			found = append(found, u)
		}
	}
	return found
}

func (b *book) takeCode(u *Unit, row codeRow, today clock.Date, r *CodeReport) {
	c := Code{u.ID, row.scheme, row.code, later(row.from, u.ValidFrom), earlier(row.to, u.ValidTo), row.confidence, row.source}
	for i := range b.codes[u.ID] {
		if old := &b.codes[u.ID][i]; old.Scheme == c.Scheme && old.Code == c.Code {
			b.confirm(old, c, r)
			return
		}
	}
	if other := b.holder(c); other != nil && (other.Confidence != Provisional || c.Confidence == Provisional) {
		r.Rejected = append(r.Rejected, Rejected{row.line, i18n.M("Mã %s đang thuộc %s.", c.Code, b.units[other.UnitID].Name)})
		return
	} else if other != nil {
		if row.from.IsZero() { // no date given: the other unit had it until yesterday
			c.ValidFrom = later(c.ValidFrom, today)
		}
		b.endCode(other.UnitID, other, c.ValidFrom)
	}
	for i := 0; i < len(b.codes[u.ID]); i++ {
		old := &b.codes[u.ID][i]
		if old.Scheme != c.Scheme || !overlap(old.ValidFrom, old.ValidTo, c.ValidFrom, c.ValidTo) {
			continue
		}
		if old.Confidence != Provisional && c.Confidence == Provisional {
			r.Unchanged++ // what is known stays
			return
		}
		if row.from.IsZero() { // no date given: the old code was used until yesterday
			c.ValidFrom = later(c.ValidFrom, today)
		}
		b.endCode(u.ID, old, c.ValidFrom)
		r.Replaced++
		i = -1
	}
	b.indexCode(c)
	b.dirty.recoded[u.ID] = true
	r.Added++
}

// confirm takes over what a file says about a code that the unit has already.
func (b *book) confirm(old *Code, c Code, r *CodeReport) {
	if old.Confidence == Provisional && c.Confidence == Verified {
		old.Confidence, old.Source = Verified, c.Source
		b.dirty.recoded[old.UnitID] = true
		r.Added++
		return
	}
	r.Unchanged++
}

// holder returns the same code of another unit at the same time.
func (b *book) holder(c Code) *Code {
	for _, id := range b.byCode[[2]string{c.Scheme, c.Code}] {
		for i := range b.codes[id] {
			o := &b.codes[id][i]
			if id != c.UnitID && o.Scheme == c.Scheme && o.Code == c.Code && overlap(o.ValidFrom, o.ValidTo, c.ValidFrom, c.ValidTo) {
				return o
			}
		}
	}
	return nil
}

// endCode ends a code on a date; one that would never have been valid is forgotten.
func (b *book) endCode(id UnitID, c *Code, on clock.Date) {
	b.dirty.recoded[id] = true
	if c.ValidFrom.Before(on) {
		c.ValidTo = on
		return
	}
	code := c.Code
	scheme := c.Scheme
	b.codes[id] = slices.DeleteFunc(b.codes[id], func(x Code) bool { return x.Scheme == scheme && x.Code == code })
	key := [2]string{scheme, code}
	b.byCode[key] = slices.DeleteFunc(b.byCode[key], func(x UnitID) bool { return x == id })
}

func later(a, b clock.Date) clock.Date {
	if a.Before(b) {
		return b
	}
	return a
}

// earlier returns the earlier of two ends; zero is open.
func earlier(a, b clock.Date) clock.Date {
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}
