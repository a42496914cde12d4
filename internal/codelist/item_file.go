package codelist

import (
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
)

// file is the form of province/<name>/codelists/<key>.yaml.
type file struct {
	List      string     `yaml:"list"`
	Name      string     `yaml:"name"`
	NameEN    string     `yaml:"name_en"`
	Note      string     `yaml:"note"`
	SourceAct string     `yaml:"source_act"`
	Items     []fileItem `yaml:"items"`
}

type fileItem struct {
	Code       string            `yaml:"code"`
	Name       string            `yaml:"name"`
	NameEN     string            `yaml:"name_en"`
	Sort       int               `yaml:"sort"` // 0: the place in the file
	Attributes map[string]string `yaml:"attributes"`
	ValidFrom  clock.Date        `yaml:"valid_from"`
	ValidTo    clock.Date        `yaml:"valid_to"`
	SourceAct  string            `yaml:"source_act"` // empty: that of the list
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
	for n, fi := range f.Items {
		i := Item{l.Key, fi.Code, vntext.Clean(fi.Name), fi.NameEN, fi.Sort, fi.Attributes, fi.ValidFrom, fi.ValidTo, fi.SourceAct}
		if i.Sort == 0 {
			i.Sort = (n + 1) * 10
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
