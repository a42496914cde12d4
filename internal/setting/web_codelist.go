package setting

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/web"
)

// codelistEditor is the form of a code list.
type codelistEditor struct {
	List   codelist.List
	Rows   []codelistRow
	Ended  []codelist.Item
	Chosen *codelistRow // the row that is open for editing; nil: the form for a new one
}

type codelistRow struct {
	codelist.Item
	N          string // its place
	Attributes string // lines name = value
}

func newCodelistEditor(text string, typed web.Values, today clock.Date) (*codelistEditor, error) {
	l, list, err := codelist.ReadList(strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	e := &codelistEditor{List: l}
	for n, i := range list {
		if !i.ValidTo.IsZero() && !i.ValidTo.After(today) {
			e.Ended = append(e.Ended, i)
			continue
		}
		row := codelistRow{i, strconv.Itoa(n), attributeLines(i.Attributes)}
		e.Rows = append(e.Rows, row)
		if typed.Line("n") == row.N {
			e.Chosen = &row
		}
	}
	return e, nil
}

func attributeLines(m map[string]string) string {
	var b strings.Builder
	for _, k := range slices.Sorted(maps.Keys(m)) {
		b.WriteString(k + " = " + m[k] + "\n")
	}
	return b.String()
}
