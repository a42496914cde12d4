package setting

import (
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// words are the keys of the files in words.
var words = map[string]i18n.Msg{
	"name": i18n.M("tên"), "name_en": i18n.M("tên tiếng Anh"), "code": i18n.M("mã"), "sort": i18n.M("thứ tự"), "attributes": i18n.M("thuộc tính"),
	"valid_from": i18n.M("áp dụng từ"), "valid_to": i18n.M("thôi áp dụng từ"), "source_act": i18n.M("văn bản căn cứ"), "items": i18n.M("Mục"),
	"years": i18n.M("Năm"), "days": i18n.M("Ngày"), "hours": i18n.M("Giờ làm việc"), "week": i18n.M("tuần làm việc"), "kind": i18n.M("loại"),
	"periods": i18n.M("buổi làm việc"), "confidence": i18n.M("căn cứ"), "note": i18n.M("ghi chú"), "incomplete": i18n.M("chưa đủ ngày nghỉ"),
	"late_reception": i18n.M("Quy tắc nhận sau giờ"), "day_minutes": i18n.M("số phút của một ngày làm việc"), "steps": i18n.M("Bước"),
	"term": i18n.M("thời hạn"), "at": i18n.M("nơi xử lý"), "division": i18n.M("bộ phận"), "next": i18n.M("đường đi tiếp"), "parallel": i18n.M("nhánh song song"),
	"waits_for": i18n.M("chờ xong"), "may": i18n.M("việc được làm thêm"), "output": i18n.M("kết quả lập ra"), "public": i18n.M("lời cho người dân"),
	"when": i18n.M("điều kiện"), "label": i18n.M("chữ trên nút"), "papers": i18n.M("Giấy tờ"), "fees": i18n.M("Khoản thu"), "terms": i18n.M("Thời hạn"),
	"cases": i18n.M("Trường hợp"), "results": i18n.M("Kết quả"), "legal": i18n.M("Căn cứ pháp lý"), "receivers": i18n.M("Nơi tiếp nhận"),
	"channels": i18n.M("cách nộp"), "amount": i18n.M("số tiền"), "originals": i18n.M("số bản chính"), "copies": i18n.M("số bản sao"),
	"optional": i18n.M("không bắt buộc"), "template": i18n.M("mẫu"), "summary": i18n.M("tóm tắt"), "summary_en": i18n.M("tóm tắt tiếng Anh"),
	"conditions": i18n.M("yêu cầu, điều kiện"), "sequence": i18n.M("trình tự"), "decision": i18n.M("quyết định công bố"), "online": i18n.M("mức dịch vụ trực tuyến"),
	"keywords": i18n.M("từ khóa"), "applicants": i18n.M("đối tượng"), "handler": i18n.M("cơ quan có thẩm quyền"), "symbol": i18n.M("ký hiệu quy trình"),
	"source": i18n.M("nguồn quy trình"), "title": i18n.M("nhãn"), "required": i18n.M("trường bắt buộc"), "properties": i18n.M("Trường của biểu mẫu"), "form": i18n.M("Biểu mẫu"),
}

// word returns a key in words, the key itself where there is none.
func word(key string) i18n.Msg {
	if m, ok := words[key]; ok {
		return m
	}
	return i18n.M("%s", key)
}

// compareTexts says what differs between two YAML files, keys of the top that are ignored left out.
func compareTexts(before, after string, ignore ...string) ([]Change, error) {
	a, err := parseNode(before)
	if err != nil {
		return nil, err
	}
	b, err := parseNode(after)
	if err != nil {
		return nil, err
	}
	c := comparison{ignore: ignore}
	c.mapping(i18n.Msg{}, a, b)
	return c.changes, nil
}

func parseNode(text string) (*yaml.Node, error) {
	n := new(yaml.Node)
	if err := yaml.Unmarshal([]byte(text), n); err != nil {
		return nil, fmt.Errorf("compare: %w", err)
	}
	if n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	return n, nil
}

// comparison gathers changes while it walks two trees.
type comparison struct {
	ignore  []string
	changes []Change
}

func (c *comparison) add(what ChangeKind, m i18n.Msg) {
	c.changes = append(c.changes, Change{what, m})
}

// mapping compares the values of two mappings key by key.
func (c *comparison) mapping(part i18n.Msg, a, b *yaml.Node) {
	top := part.Text == ""
	for _, key := range keysOf(a, b) {
		if top && slices.Contains(c.ignore, key) {
			continue
		}
		c.value(part, key, at(a, key), at(b, key))
	}
}

// value compares one value of a part.
func (c *comparison) value(part i18n.Msg, key string, a, b *yaml.Node) {
	name := word(key)
	switch {
	case isList(a) || isList(b):
		c.list(part, key, a, b)
	case isMapping(a) && isMapping(b) && key == "properties":
		c.fields(part, a, b)
	case isMapping(a) && isMapping(b) && part.Text == "":
		for _, k := range keysOf(a, b) {
			c.value(part, k, at(a, k), at(b, k))
		}
	case isMapping(a) && isMapping(b):
		for _, k := range keysOf(a, b) {
			c.value(i18n.M("%s, %s", part, name), k, at(a, k), at(b, k))
		}
	case isMapping(a) || isMapping(b):
		c.only(a, b, name)
	case part.Text == "":
		before, after := plain(a), plain(b)
		if before != after {
			c.add(Edited, i18n.M("%s: “%s” → “%s”", name, before, after))
		}
	default:
		c.changes = field(c.changes, part, name, plain(a), plain(b))
	}
}

// only notes a part that is on one side alone.
func (c *comparison) only(a, b *yaml.Node, m i18n.Msg) {
	switch {
	case a == nil && b != nil:
		c.add(Added, m)
	case b == nil && a != nil:
		c.add(Removed, m)
	default:
		c.add(Edited, m)
	}
}

// fields compares the fields of an e-form.
func (c *comparison) fields(_ i18n.Msg, a, b *yaml.Node) {
	for _, key := range keysOf(a, b) {
		x, y := at(a, key), at(b, key)
		title := plain(at(y, "title"))
		if title == "" {
			title = plain(at(x, "title"))
		}
		if title == "" {
			title = key
		}
		part := i18n.M("%s “%s”", word("properties"), title)
		if x == nil || y == nil {
			c.only(x, y, part)
			continue
		}
		c.mapping(part, x, y)
	}
}

// list compares lists whose items are known by a key of their own.
func (c *comparison) list(part i18n.Msg, key string, a, b *yaml.Node) {
	x, y := itemsOf(a), itemsOf(b)
	label := func(n *yaml.Node) i18n.Msg {
		if part.Text == "" {
			return i18n.M("%s “%s”", word(key), titleOf(n))
		}
		return i18n.M("%s, %s “%s”", part, word(key), titleOf(n))
	}
	var kept, now []string
	for _, id := range x.order {
		if y.byID[id] == nil {
			c.add(Removed, label(x.byID[id]))
			continue
		}
		kept = append(kept, id)
	}
	for _, id := range y.order {
		old := x.byID[id]
		if old == nil {
			c.add(Added, label(y.byID[id]))
			continue
		}
		now = append(now, id)
		c.mapping(label(old), old, y.byID[id])
	}
	if !slices.Equal(kept, now) {
		c.add(Edited, i18n.M("%s: đổi thứ tự", word(key)))
	}
}

// items are the items of a list by what they are known by.
type items struct {
	order []string
	byID  map[string]*yaml.Node
}

func itemsOf(n *yaml.Node) items {
	out := items{byID: map[string]*yaml.Node{}}
	if n == nil {
		return out
	}
	for _, c := range n.Content {
		id := identity(c)
		for out.byID[id] != nil {
			id += "'"
		}
		out.order = append(out.order, id)
		out.byID[id] = c
	}
	return out
}

// identity is what an item is known by.
func identity(n *yaml.Node) string {
	for _, key := range []string{"key", "code", "number", "date", "year", "to", "after", "name"} {
		if v := plain(at(n, key)); v != "" {
			if key == "code" {
				v += "@" + plain(at(n, "valid_from"))
			}
			return v
		}
	}
	if v := plain(at(n, "valid_from")); v != "" {
		return v
	}
	return plain(n)
}

// titleOf names an item for people.
func titleOf(n *yaml.Node) string {
	for _, key := range []string{"date", "name", "label", "number", "year", "to", "term", "code", "key", "valid_from"} {
		v := plain(at(n, key))
		if v == "" {
			continue
		}
		if d, err := clock.ParseDate(v); err == nil {
			return d.Display()
		}
		return v
	}
	return plain(n)
}

// isList reports whether a node is a list of mappings.
func isList(n *yaml.Node) bool {
	return n != nil && n.Kind == yaml.SequenceNode && slices.ContainsFunc(n.Content, isMapping)
}

func isMapping(n *yaml.Node) bool { return n != nil && n.Kind == yaml.MappingNode }

// at returns the value of a key; nil where there is none.
func at(n *yaml.Node, key string) *yaml.Node {
	if !isMapping(n) {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// keysOf returns the keys of two mappings, those of the second first.
func keysOf(a, b *yaml.Node) []string {
	var keys []string
	for _, n := range []*yaml.Node{b, a} {
		if !isMapping(n) {
			continue
		}
		for i := 0; i+1 < len(n.Content); i += 2 {
			if !slices.Contains(keys, n.Content[i].Value) {
				keys = append(keys, n.Content[i].Value)
			}
		}
	}
	return keys
}

// plain returns a value on one line.
func plain(n *yaml.Node) string {
	if n == nil {
		return ""
	}
	if n.Kind == yaml.ScalarNode {
		return n.Value
	}
	var parts []string
	for _, c := range n.Content {
		parts = append(parts, plain(c))
	}
	return strings.Join(parts, ", ")
}
