package codelist

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
)

// file is the form of province/<name>/codelists/<key>.yaml.
type file struct {
	List      string     `yaml:"list"`
	Name      string     `yaml:"name"`
	NameEN    string     `yaml:"name_en,omitempty"`
	Note      string     `yaml:"note,omitempty"`
	SourceAct string     `yaml:"source_act,omitempty"`
	Items     []fileItem `yaml:"items"`
}

type fileItem struct {
	Code       string            `yaml:"code"`
	Name       string            `yaml:"name"`
	NameEN     string            `yaml:"name_en,omitempty"`
	Sort       int               `yaml:"sort,omitempty"` // 0: the place of the code in the file
	Attributes map[string]string `yaml:"attributes,omitempty"`
	ValidFrom  clock.Date        `yaml:"valid_from,omitempty"`
	ValidTo    clock.Date        `yaml:"valid_to,omitempty"`
	SourceAct  string            `yaml:"source_act,omitempty"` // empty: that of the list
}

// ReadList reads one list from its file (YAML). Unknown keys, items that Validate refuses and versions
// of a code that overlap in time are errors.
func ReadList(r io.Reader) (List, []Item, error) {
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	var f file
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return List{}, nil, fmt.Errorf("read code list: %w", err)
	}
	l := List{f.List, vntext.Clean(f.Name), f.NameEN, vntext.Clean(f.Note), f.SourceAct}
	if err := l.Validate(); err != nil {
		return List{}, nil, err
	}
	items := make([]Item, 0, len(f.Items))
	places := map[string]int{}
	for _, fi := range f.Items {
		i := Item{l.Key, fi.Code, vntext.Clean(fi.Name), fi.NameEN, fi.Sort, fi.Attributes, fi.ValidFrom, fi.ValidTo, fi.SourceAct}
		if i.Sort == 0 {
			i.Sort = place(places, i.Code)
		}
		if i.SourceAct == "" {
			i.SourceAct = l.SourceAct
		}
		if err := i.Validate(); err != nil {
			return List{}, nil, fmt.Errorf("list %s, item %q: %w", l.Key, fi.Code, err)
		}
		items = append(items, i)
	}
	if err := checkVersions(items); err != nil {
		return List{}, nil, fmt.Errorf("list %s: %w", l.Key, err)
	}
	return l, items, nil
}

// place returns where a code stands among those of a file: all versions of a code stand where its first one does.
func place(places map[string]int, code string) int {
	if places[code] == 0 {
		places[code] = (len(places) + 1) * 10
	}
	return places[code]
}

// WriteList writes a list as the file that ReadList reads back to the same: items in order, places only where they
// are not those of the lines.
func WriteList(l List, items []Item) ([]byte, error) {
	items = slices.Clone(items)
	order(items)
	f := file{List: l.Key, Name: l.Name, NameEN: l.NameEN, Note: l.Note, SourceAct: l.SourceAct, Items: []fileItem{}}
	places := map[string]int{}
	for _, i := range items {
		fi := fileItem{i.Code, i.Name, i.NameEN, i.Sort, i.Attributes, i.ValidFrom, i.ValidTo, i.SourceAct}
		if at := place(places, i.Code); fi.Sort == at {
			fi.Sort = 0
		}
		if fi.SourceAct == l.SourceAct {
			fi.SourceAct = ""
		}
		f.Items = append(f.Items, fi)
	}
	raw, err := yaml.Dump(f, yaml.WithIndent(2), yaml.WithLineWidth(0), yaml.WithQuotePreference(yaml.QuoteDouble))
	if err != nil {
		return nil, fmt.Errorf("write code list %s: %w", l.Key, err)
	}
	return raw, nil
}
