package web

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"lienthong/internal/kit/i18n"
)

// Bounds of the number of rows on a page.
const (
	PageSize    = 50
	MaxPageSize = 200
)

// Paging is which part of a list is asked for: Size rows after the row with the keys After, or from the start when After is nil.
type Paging struct {
	Size  int
	After []string
}

// PagingOf reads ?after= and ?size=. keys is the number of values in a cursor of this list.
func PagingOf(r *http.Request, keys int) (Paging, error) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("size"))
	return NewPaging(size, q.Get("after"), keys)
}

// NewPaging brings size into its bounds and reads a cursor; an unknown one is an Invalid fault.
func NewPaging(size int, after string, keys int) (Paging, error) {
	if size <= 0 {
		size = PageSize
	}
	p := Paging{Size: min(size, MaxPageSize)}
	if after == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil || len(raw) > 2048 {
		return Paging{}, gone()
	}
	if json.Unmarshal(raw, &p.After) != nil || len(p.After) != keys {
		return Paging{}, gone()
	}
	return p, nil
}

// Cursor returns the cursor of a row: the values it is sorted by, the last of them unique.
func Cursor(keys ...string) string {
	raw, err := json.Marshal(keys)
	if err != nil {
		panic(err) // strings
	}
	return base64.RawURLEncoding.EncodeToString(raw)
}

// NextPage returns the address of the same list after the row with these keys.
func NextPage(r *http.Request, keys ...string) string {
	q := r.URL.Query()
	q.Set("after", Cursor(keys...))
	return (&url.URL{Path: r.URL.Path, RawQuery: q.Encode()}).String()
}

// PageQuery is the paging of an API list; embed it in the input.
type PageQuery struct {
	Size  int    `query:"size" minimum:"1" maximum:"200" default:"50" doc:"Rows on a page"`
	After string `query:"after" maxLength:"3000" doc:"Cursor of the page before, its field next"`
}

// Paging reads the query; keys is the number of values in a cursor of this list.
func (q PageQuery) Paging(keys int) (Paging, error) { return NewPaging(q.Size, q.After, keys) }

// PageOf is one page of an API list.
type PageOf[T any] struct {
	Items []T    `json:"items" doc:"The rows"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page, absent on the last one"`
}

// NewPageOf makes a page from up to size+1 rows: the row too many says that there is a next page.
func NewPageOf[T any](rows []T, size int, keys func(T) []string) PageOf[T] {
	if rows == nil {
		rows = []T{}
	}
	if len(rows) <= size {
		return PageOf[T]{Items: rows}
	}
	rows = rows[:size]
	return PageOf[T]{Items: rows, Next: Cursor(keys(rows[size-1])...)}
}

// PageFrom makes a page of a list that is whole in memory and in order. key names a row for good; a cursor whose
// row is gone is an Invalid fault.
func PageFrom[T any](rows []T, q PageQuery, key func(T) string) (PageOf[T], error) {
	p, err := q.Paging(1)
	if err != nil {
		return PageOf[T]{}, err
	}
	if p.After != nil {
		i := slices.IndexFunc(rows, func(row T) bool { return key(row) == p.After[0] })
		if i < 0 {
			return PageOf[T]{}, gone()
		}
		rows = rows[i+1:]
	}
	return NewPageOf(rows, p.Size, func(row T) []string { return []string{key(row)} }), nil
}

func gone() error {
	return BadRequest(i18n.M("Trang này của danh sách không còn. Hãy xem lại từ đầu danh sách."))
}
