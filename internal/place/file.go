package place

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/vntext"
)

// The files of a province that this room reads. The last one may be missing.
const (
	levelsFile  = "levels.yaml"
	placesFile  = "places.csv"
	changesFile = "place-changes.yaml"
)

// source is what the files of a province say about its units.
type source struct {
	Schemes []Scheme
	Levels  []Level
	Kinds   []Kind
	rows    []placeRow
	changes []changeRow
}

type levelsDoc struct {
	Schemes []struct {
		Key  string `yaml:"key"`
		Name string `yaml:"name"`
	} `yaml:"schemes"`
	Levels []struct {
		Key    string `yaml:"key"`
		Rank   int64  `yaml:"rank"`
		Name   string `yaml:"name"`
		NameEN string `yaml:"name_en"`
		Kinds  []struct {
			Key    string `yaml:"key"`
			Name   string `yaml:"name"`
			NameEN string `yaml:"name_en"`
		} `yaml:"kinds"`
	} `yaml:"levels"`
}

// placeRow is one line of places.csv.
type placeRow struct {
	line               int
	code, level, kind  string
	name, parent       string
	validFrom, validTo clock.Date
	act                string
	confidence         Confidence
}

// changeRow is one entry of place-changes.yaml: exactly one of Merge, Split, Rename and Abolish.
// Units are named by their code in the first scheme on the day before.
type changeRow struct {
	On         clock.Date `yaml:"on"`
	Act        string     `yaml:"act"`
	Confidence Confidence `yaml:"confidence"`
	Note       string     `yaml:"note"`
	Merge      *struct {
		From []string `yaml:"from"`
		Into string   `yaml:"into"`
		New  *newRow  `yaml:"new"`
	} `yaml:"merge"`
	Split *struct {
		From string   `yaml:"from"`
		New  []newRow `yaml:"new"`
		Heir string   `yaml:"heir"` // code of the heir
	} `yaml:"split"`
	Rename *struct {
		Code string `yaml:"code"`
		Name string `yaml:"name"`
		Kind string `yaml:"kind"`
	} `yaml:"rename"`
	Abolish string `yaml:"abolish"`
}

type newRow struct {
	Code   string `yaml:"code"`
	Kind   string `yaml:"kind"`
	Name   string `yaml:"name"`
	Parent string `yaml:"parent"`
}

// readSource reads the files of a province. The error names file and line of everything that is wrong.
func readSource(fsys fs.FS) (source, error) {
	var src source
	var doc levelsDoc
	if err := readYAML(fsys, levelsFile, &doc); err != nil {
		return source{}, err
	}
	for i, s := range doc.Schemes {
		src.Schemes = append(src.Schemes, Scheme{s.Key, int64(i + 1), vntext.Clean(s.Name)})
	}
	for _, l := range doc.Levels {
		src.Levels = append(src.Levels, Level{l.Key, l.Rank, vntext.Clean(l.Name), l.NameEN})
		for i, k := range l.Kinds {
			src.Kinds = append(src.Kinds, Kind{k.Key, l.Key, int64(i + 1), vntext.Clean(k.Name), k.NameEN})
		}
	}
	if err := src.checkLists(); err != nil {
		return source{}, fmt.Errorf("%s: %w", levelsFile, err)
	}
	var err error
	if src.rows, err = readPlaces(fsys); err != nil {
		return source{}, err
	}
	var changes struct {
		Changes []changeRow `yaml:"changes"`
	}
	if err := readYAML(fsys, changesFile, &changes); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return source{}, err
	}
	src.changes = changes.Changes
	return src, nil
}

func (src source) checkLists() error {
	var errs []error
	if len(src.Schemes) == 0 {
		errs = append(errs, errors.New("no schemes of codes"))
	}
	if len(src.Levels) == 0 {
		errs = append(errs, errors.New("no levels"))
	}
	ranks, keys := map[int64]string{}, map[string]bool{}
	for _, l := range src.Levels {
		if l.Key == "" || l.Name == "" || l.Rank <= 0 {
			errs = append(errs, fmt.Errorf("level %q: key, name and a rank above 0 are required", l.Key))
		}
		if other, taken := ranks[l.Rank]; taken {
			errs = append(errs, fmt.Errorf("levels %q and %q have the same rank %d", other, l.Key, l.Rank))
		}
		ranks[l.Rank] = l.Key
	}
	for _, k := range src.Kinds {
		if k.Key == "" || k.Name == "" {
			errs = append(errs, fmt.Errorf("kind %q of level %q: key and name are required", k.Key, k.Level))
		}
		if keys[k.Key] {
			errs = append(errs, fmt.Errorf("kind %q stands twice", k.Key))
		}
		keys[k.Key] = true
	}
	return errors.Join(errs...)
}

func readYAML(fsys fs.FS, name string, dest any) error {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := yaml.Load(raw, dest, yaml.WithKnownFields()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

var placesHeader = []string{"code", "level", "kind", "name", "parent_code", "valid_from", "valid_to", "source_act", "confidence"}

func readPlaces(fsys fs.FS) ([]placeRow, error) {
	f, err := fsys.Open(placesFile)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	head, err := r.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", placesFile, err)
	}
	if len(head) > 0 {
		head[0] = strings.TrimPrefix(head[0], "\uFEFF")
	}
	if !slices.Equal(head, placesHeader) {
		return nil, fmt.Errorf("%s: line 1: the columns must be %s", placesFile, strings.Join(placesHeader, ","))
	}
	var rows []placeRow
	var errs []error
	for {
		rec, err := r.Read()
		if err == io.EOF {
			return rows, errors.Join(errs...)
		}
		if err != nil {
			return nil, errors.Join(append(errs, fmt.Errorf("%s: %w", placesFile, err))...)
		}
		line, _ := r.FieldPos(0)
		row, err := parsePlace(rec)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: line %s: %w", placesFile, strconv.Itoa(line), err))
			continue
		}
		row.line = line
		rows = append(rows, row)
	}
}

func parsePlace(rec []string) (placeRow, error) {
	for i := range rec {
		rec[i] = vntext.Clean(rec[i])
	}
	row := placeRow{code: rec[0], level: rec[1], kind: rec[2], name: rec[3], parent: rec[4], act: rec[7], confidence: Confidence(rec[8])}
	var err error
	if row.validFrom, err = clock.ParseDate(rec[5]); err != nil {
		return placeRow{}, err
	}
	if row.validTo, err = clock.ParseDate(rec[6]); err != nil {
		return placeRow{}, err
	}
	if row.code == "" {
		return placeRow{}, errors.New("a code is required")
	}
	return row, checkConfidence(row.confidence)
}

func checkConfidence(c Confidence) error {
	switch c {
	case "", Verified, Unchecked, Open:
		return nil
	}
	return fmt.Errorf("confidence %q is none of verified, unchecked, open", c)
}
