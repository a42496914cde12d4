package org

import (
	"errors"
	"fmt"
	"io/fs"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
)

// The files of a province that this room reads. The second one may be missing.
const (
	orgFile   = "org.yaml"
	codesFile = "agency-codes.csv"
)

// source is what org.yaml says.
type source struct {
	Kinds []struct {
		Key        string `yaml:"key"`
		Name       string `yaml:"name"`
		NameEN     string `yaml:"name_en"`
		Agency     bool   `yaml:"agency"`
		Government bool   `yaml:"government"`
	} `yaml:"kinds"`
	Sets      map[string][]Division `yaml:"sets"` // lists of divisions that agencies have in common
	Units     []unitRow             `yaml:"units"`
	Templates []templateRow         `yaml:"templates"`
}

// unitRow is an agency that org.yaml names itself.
type unitRow struct {
	Slug       string     `yaml:"slug"`
	Kind       string     `yaml:"kind"`
	Name       string     `yaml:"name"`
	Short      string     `yaml:"short"`
	Place      string     `yaml:"place"`  // code in the first scheme; empty: as the parent
	Parent     string     `yaml:"parent"` // slug; empty: the root
	Use        string     `yaml:"use"`    // name of a set of divisions
	Divisions  []Division `yaml:"divisions"`
	ValidFrom  clock.Date `yaml:"valid_from"`
	ValidTo    clock.Date `yaml:"valid_to"`
	SourceAct  string     `yaml:"source_act"`
	Confidence Confidence `yaml:"confidence"`
	Phone      string     `yaml:"phone"`
	Email      string     `yaml:"email"`
	Address    string     `yaml:"address"`
}

type templateRow struct {
	Template `yaml:",inline"`
	Use      string `yaml:"use"`
}

func readSource(fsys fs.FS) (source, error) {
	raw, err := fs.ReadFile(fsys, orgFile)
	if err != nil {
		return source{}, err
	}
	var src source
	if err := yaml.Load(raw, &src, yaml.WithKnownFields()); err != nil {
		return source{}, fmt.Errorf("%s: %w", orgFile, err)
	}
	if err := src.resolve(); err != nil {
		return source{}, fmt.Errorf("%s: %w", orgFile, err)
	}
	return src, nil
}

// resolve puts the sets of divisions in place and checks what does not need the database.
func (src *source) resolve() error {
	var errs []error
	kinds := map[string]bool{}
	for _, k := range src.Kinds {
		if k.Key == "" || k.Name == "" {
			errs = append(errs, fmt.Errorf("kind %q: key and name are required", k.Key))
		}
		kinds[k.Key] = true
	}
	check := func(where, kind, use string, own []Division, c Confidence) []Division {
		if !kinds[kind] {
			errs = append(errs, fmt.Errorf("%s: unknown kind %q", where, kind))
		}
		set, ok := src.Sets[use]
		if use != "" && !ok {
			errs = append(errs, fmt.Errorf("%s: there is no set %q", where, use))
		}
		if c != "" && c != Verified && c != Provisional {
			errs = append(errs, fmt.Errorf("%s: confidence %q is neither verified nor provisional", where, c))
		}
		all := append(append([]Division{}, set...), own...)
		errs = append(errs, checkDivisions(where, all, kinds)...)
		return all
	}
	seen := map[string]bool{}
	for i := range src.Units {
		u := &src.Units[i]
		u.Divisions = check("unit "+u.Slug, u.Kind, u.Use, u.Divisions, u.Confidence)
		if at := u.Slug + u.ValidFrom.String(); seen[at] {
			errs = append(errs, fmt.Errorf("unit %s stands twice", u.Slug))
		} else {
			seen[at] = true
		}
	}
	for i := range src.Templates {
		t := &src.Templates[i]
		t.Rank = int64(i + 1)
		t.Divisions = check("template "+t.Key, t.Kind, t.Use, t.Divisions, t.Confidence)
		if t.Key == "" || t.Level == "" || t.Name == "" || t.Slug == "" || t.Parent == "" {
			errs = append(errs, fmt.Errorf("template %q: key, level, name, slug and parent are required", t.Key))
		}
	}
	return errors.Join(errs...)
}

// checkDivisions reports keys that are missing or, where one agency would have both, doubled.
func checkDivisions(where string, all []Division, kinds map[string]bool) []error {
	var errs []error
	seen := map[string][]string{}
	for _, d := range all {
		if d.Key == "" || d.Name == "" {
			errs = append(errs, fmt.Errorf("%s: division %q: key and name are required", where, d.Key))
		}
		if d.Confidence != "" && d.Confidence != Verified && d.Confidence != Provisional {
			errs = append(errs, fmt.Errorf("%s: division %s: confidence %q is neither verified nor provisional", where, d.Key, d.Confidence))
		}
		if d.Kind != "" && !kinds[d.Kind] {
			errs = append(errs, fmt.Errorf("%s: division %s: unknown kind %q", where, d.Key, d.Kind))
		}
		if old, ok := seen[d.Key]; ok && (len(old) == 0 || len(d.PlaceKinds) == 0) {
			errs = append(errs, fmt.Errorf("%s: division %s stands twice", where, d.Key))
		}
		seen[d.Key] = d.PlaceKinds
	}
	return errs
}
