package setting

import (
	"context"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// KindCodelists is the key of the code lists among the kinds.
const KindCodelists = "codelist"

// Codelists makes the code lists a kind.
func Codelists(s *codelist.Service) Kind { return codelists{s} }

type codelists struct{ service *codelist.Service }

func (codelists) Key() string        { return KindCodelists }
func (codelists) Name() i18n.Msg     { return i18n.M("Danh mục dùng chung") }
func (codelists) Permission() string { return codelist.PermManage }
func (codelists) Folder() string     { return "codelists" }

func (k codelists) Things(ctx context.Context, text string) ([]Thing, error) {
	lists, err := k.service.Lists(ctx)
	if err != nil {
		return nil, err
	}
	text = vntext.Fold(text)
	var things []Thing
	for _, l := range lists {
		t := codelistThing(l)
		if strings.Contains(vntext.Fold(t.Title+" "+t.Key), text) && len(things) < maxThings {
			things = append(things, t)
		}
	}
	return things, nil
}

func codelistThing(l codelist.List) Thing {
	return Thing{Key: l.Key, Title: l.Name, Note: l.SourceAct, File: l.Key + ".yaml"}
}

func (k codelists) list(ctx context.Context, key string) (codelist.List, error) {
	lists, err := k.service.Lists(ctx)
	if err != nil {
		return codelist.List{}, err
	}
	for _, l := range lists {
		if l.Key == key {
			return l, nil
		}
	}
	return codelist.List{}, fault.NewNotFound(i18n.M("Không có danh mục “%s”.", key))
}

func (k codelists) Thing(ctx context.Context, key string) (Thing, error) {
	l, err := k.list(ctx, key)
	return codelistThing(l), err
}

func (k codelists) Export(ctx context.Context, key string) (string, error) {
	l, err := k.list(ctx, key)
	if err != nil {
		return "", err
	}
	items, err := k.service.History(ctx, key)
	if err != nil {
		return "", err
	}
	raw, err := codelist.WriteList(l, items)
	return string(raw), err
}

func (codelists) Check(_ context.Context, key, text string) ([]Finding, error) {
	l, items, err := codelist.ReadList(strings.NewReader(text))
	if err != nil {
		return findingsOf(err), nil
	}
	var found []Finding
	if l.Key != key {
		found = append(found, Finding{Text: i18n.M("Tệp là của danh mục “%s”, không phải “%s”.", l.Key, key)})
	}
	for _, i := range items {
		if i.NameEN == "" && i.ValidTo.IsZero() {
			found = append(found, Finding{Warning: true, Text: i18n.M("Mã “%s” chưa có tên tiếng Anh.", i.Code)})
		}
	}
	if len(items) == 0 {
		found = append(found, Finding{Text: i18n.M("Danh mục không còn mục nào.")})
	}
	return found, nil
}

func (codelists) Compare(_ context.Context, before, after string) ([]Change, error) {
	return compareTexts(before, after)
}

func (k codelists) Apply(ctx context.Context, _, base, text string, from clock.Date) error {
	_, old, err := codelist.ReadList(strings.NewReader(base))
	if err != nil {
		return err
	}
	l, next, err := codelist.ReadList(strings.NewReader(text))
	if err != nil {
		return err
	}
	return k.service.Replace(ctx, l, codelist.Settle(old, next, from))
}

// findingsOf returns what an error of reading a file says, one finding a problem.
func findingsOf(err error) []Finding {
	f, ok := fault.As(err)
	if !ok || len(f.Problems) == 0 {
		return []Finding{{Text: i18n.M("Chưa đọc được nội dung: %s", err.Error())}}
	}
	var found []Finding
	for _, p := range f.Problems {
		found = append(found, Finding{Text: p.Msg})
	}
	return found
}
