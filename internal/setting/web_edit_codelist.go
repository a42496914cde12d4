package setting

import (
	"cmp"
	"slices"
	"strings"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// editCodelist puts, removes and moves items of a list, and takes in pasted lines. A name that changes becomes a new
// version on the day the draft comes into force; what is removed ends on it (see codelist.Settle).
func editCodelist(text string, v typed) (string, error) {
	l, list, err := codelist.ReadList(strings.NewReader(text))
	if err != nil {
		return "", err
	}
	switch v.Get("op") {
	case "list":
		l.Name, l.NameEN, l.Note, l.SourceAct = v.Line("list_name"), v.Line("list_name_en"), v.Line("list_note"), v.Line("list_source_act")
		err = l.Validate()
	case "put":
		list, err = putItem(l, list, v)
	case "remove":
		var n int
		if n, err = v.number("n", len(list)); err == nil {
			list = slices.Delete(list, n, n+1)
		}
	case "up", "down":
		err = moveItem(list, v)
	case "paste":
		list, err = pasteItems(l, list, v.lines("lines"))
	default:
		err = unknownEdit()
	}
	if err != nil {
		return "", err
	}
	raw, err := codelist.WriteList(l, list)
	return string(raw), err
}

// putItem writes the item with the place n, or a new one at the end.
func putItem(l codelist.List, list []codelist.Item, v typed) ([]codelist.Item, error) {
	i := codelist.Item{List: l.Key, Sort: nextSort(list)}
	n := len(list)
	if v.Get("n") != "" {
		var err error
		if n, err = v.number("n", len(list)); err != nil {
			return nil, err
		}
		i = list[n]
	} else {
		i.Code = v.Line("code")
		if slices.ContainsFunc(list, func(j codelist.Item) bool { return j.Code == i.Code && j.ValidTo.IsZero() }) {
			return nil, fault.NewInvalid("code", i18n.M("Mã “%s” đã có trong danh mục.", i.Code))
		}
		list = append(list, i)
	}
	i.Name, i.NameEN, i.SourceAct = v.Line("name"), v.Line("name_en"), cmp.Or(v.Line("source_act"), l.SourceAct)
	attributes, err := attributesOf(v.lines("attributes"))
	if err != nil {
		return nil, err
	}
	i.Attributes = attributes
	list[n] = i
	return list, i.Validate()
}

func nextSort(list []codelist.Item) int {
	last := 0
	for _, i := range list {
		last = max(last, i.Sort)
	}
	return last + 10
}

// attributesOf reads lines "name = value".
func attributesOf(lines []string) (map[string]string, error) {
	var m map[string]string
	for _, l := range lines {
		name, value, ok := strings.Cut(l, "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		if !ok || name == "" {
			return nil, fault.NewInvalid("attributes", i18n.M("Mỗi thuộc tính ghi một dòng theo mẫu tên = giá trị."))
		}
		if m == nil {
			m = map[string]string{}
		}
		m[name] = value
	}
	return m, nil
}

// moveItem changes places with the neighbour that is shown before or after.
func moveItem(list []codelist.Item, v typed) error {
	n, err := v.number("n", len(list))
	if err != nil {
		return err
	}
	step := 1
	if v.Get("op") == "up" {
		step = -1
	}
	m := n + step
	for m >= 0 && m < len(list) && !list[m].ValidTo.IsZero() { // what has ended is not shown
		m += step
	}
	if m < 0 || m >= len(list) {
		return nil
	}
	list[n], list[m] = list[m], list[n]
	for i := range list {
		list[i].Sort = (i + 1) * 10
	}
	return nil
}

// pasteItems takes lines of a sheet: code, name, English name, with tabs or semicolons between. Known codes get the new names.
func pasteItems(l codelist.List, list []codelist.Item, lines []string) ([]codelist.Item, error) {
	if len(lines) == 0 {
		return nil, fault.NewInvalid("lines", i18n.M("Hãy dán các dòng gồm mã, tên và tên tiếng Anh."))
	}
	for n, line := range lines {
		sep := ";"
		if strings.Contains(line, "\t") {
			sep = "\t"
		}
		cells := append(strings.Split(line, sep), "", "")
		i := codelist.Item{List: l.Key, Code: strings.TrimSpace(cells[0]), Name: strings.TrimSpace(cells[1]), NameEN: strings.TrimSpace(cells[2]),
			Sort: nextSort(list), SourceAct: l.SourceAct}
		if i.Validate() != nil {
			return nil, fault.NewInvalid("lines", i18n.M("Dòng %d chưa đúng: cần mã không dấu, dấu chấm phẩy hoặc tab, rồi tên.", n+1))
		}
		at := slices.IndexFunc(list, func(j codelist.Item) bool { return j.Code == i.Code && j.ValidTo.IsZero() })
		if at < 0 {
			list = append(list, i)
			continue
		}
		list[at].Name, list[at].NameEN = i.Name, cmp.Or(i.NameEN, list[at].NameEN)
	}
	return list, nil
}
