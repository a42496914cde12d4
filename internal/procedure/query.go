package procedure

import (
	"encoding/base64"
	"strconv"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Query says which procedures to list; empty parts do not restrict.
type Query struct {
	Text       string // with or without tone marks
	Field      string
	Level      string // level of the receiving agencies
	AgencyID   string // an agency that receives it
	LifeEvent  string
	Applicant  string     // kind of applicant
	OnlineOnly bool       // only those that take dossiers online
	On         clock.Date // zero: today
	Cursor     string     // Page.Next of the page before
	Limit      int        // 1 to 200; 0 is 20
}

// Page is a part of a list.
type Page struct {
	Items []Summary
	Next  string // cursor of the next page; empty on the last
	Total int
}

// FieldCount (số thủ tục của lĩnh vực) is a field with the number of its procedures.
type FieldCount struct {
	Field string `db:"field" json:"field"`
	Count int    `db:"count" json:"count"`
}

const (
	defaultLimit = 20
	maxLimit     = 200
	maxWords     = 12  // of a search text; the rest changes nothing
	maxTyped     = 200 // characters of a search text
)

// wording is a search text in the forms it is compared in.
type wording struct {
	lower  string // with tone marks; empty when the text has none
	folded string
	words  []string
}

func newWording(text string) wording {
	r := []rune(vntext.Lower(text))
	if len(r) > maxTyped {
		r = r[:maxTyped]
	}
	w := wording{lower: string(r), folded: vntext.Fold(string(r))}
	w.words = strings.Fields(w.folded)
	if len(w.words) > maxWords {
		w.words = w.words[:maxWords]
	}
	return w
}

// cursor is the place after which a page begins.
type cursor struct {
	Score int
	ID    VersionID
}

func (c cursor) String() string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(c.Score) + " " + string(c.ID)))
}

func parseCursor(s string) (*cursor, error) {
	if s == "" {
		return nil, nil
	}
	bad := fault.NewInvalid("cursor", i18n.M("Dấu trang không đúng. Hãy bắt đầu lại từ trang đầu."))
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return nil, bad
	}
	score, id, ok := strings.Cut(string(raw), " ")
	n, err := strconv.Atoi(score)
	if !ok || err != nil || len(id) != 36 {
		return nil, bad
	}
	return &cursor{n, VersionID(id)}, nil
}
