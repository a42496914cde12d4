package audit

import (
	"encoding/base64"
	"fmt"
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Query (điều kiện tra cứu nhật ký) says which entries to list. Empty fields do not restrict.
type Query struct {
	Object   string // room.noun
	ObjectID string
	Objects  []string // ids: any of them
	ActorID  string
	Action   string // room.verb
	UnitID   string
	From     time.Time // included
	To       time.Time // not included
	After    string    // Page.Next of the page before
	Limit    int       // 50 when 0, at most 500
}

// Page (trang kết quả) is one page of entries, the latest first. Next is empty on the last page.
type Page struct {
	Rows []Row
	Next string
}

// place is where a page begins: just before this entry.
type place struct {
	At        time.Time
	Lane, Seq int64
}

func (p place) String() string {
	return base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, "%d %d %d", p.At.UnixMicro(), p.Lane, p.Seq))
}

func parsePlace(s string) (place, error) {
	var micro int64
	var p place
	raw, err := base64.RawURLEncoding.DecodeString(s)
	if err == nil {
		_, err = fmt.Sscanf(string(raw), "%d %d %d", &micro, &p.Lane, &p.Seq)
	}
	p.At = time.UnixMicro(micro).UTC()
	possible := p.At.Year() >= 1970 && p.At.Year() <= 9999 && p.Lane >= 0 && p.Lane < lanes && p.Seq > 0
	if err != nil || !possible || p.String() != s {
		return place{}, fault.NewInvalid("after", i18n.M("Vị trí trang không đúng. Hãy mở lại trang đầu."))
	}
	return p, nil
}
