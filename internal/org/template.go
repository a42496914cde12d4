package org

import (
	"fmt"
	"slices"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/place"
)

// Division (phòng, bộ phận) describes a division that agencies of a sort have.
type Division struct {
	Key        string     `yaml:"key" json:"key"`
	Kind       string     `yaml:"kind" json:"kind,omitempty"` // empty: "division"
	Name       string     `yaml:"name" json:"name"`
	Short      string     `yaml:"short" json:"short,omitempty"`
	PlaceKinds []string   `yaml:"place_kinds" json:"place_kinds,omitempty"` // only where the place is of one of these kinds
	Confidence Confidence `yaml:"confidence" json:"confidence,omitempty"`   // empty: that of the agency
}

// Template (quy tắc lập cơ quan theo địa bàn) makes one agency for every place of a
// level. In Name, Short and Slug, {place} is the name of the place within a sentence
// ("phường Yên Đỗ"), {name} that without its kind, {code} its code.
type Template struct {
	Key        string     `yaml:"key" json:"key"`
	Rank       int64      `yaml:"-" json:"-"`
	Level      string     `yaml:"level" json:"level"`
	PlaceKinds []string   `yaml:"place_kinds" json:"place_kinds,omitempty"`
	Kind       string     `yaml:"kind" json:"kind"`
	Name       string     `yaml:"name" json:"name"`
	Short      string     `yaml:"short" json:"short"`
	Slug       string     `yaml:"slug" json:"slug"`
	Parent     string     `yaml:"parent" json:"parent"` // "above": the government of the place above; else a slug, which may hold {code}
	Order      int64      `yaml:"order" json:"order,omitempty"`
	Divisions  []Division `yaml:"divisions" json:"divisions,omitempty"`
	SourceAct  string     `yaml:"source_act" json:"source_act,omitempty"`
	Confidence Confidence `yaml:"confidence" json:"confidence,omitempty"`
}

const parentAbove = "above"

func (t Template) expand(text string, p place.Unit) string {
	return strings.NewReplacer("{place}", p.InText(), "{name}", p.Name, "{code}", p.Code).Replace(text)
}

func (t Template) fits(p place.Unit) bool {
	return p.Level == t.Level && (len(t.PlaceKinds) == 0 || slices.Contains(t.PlaceKinds, p.Kind))
}

// territory is what this room needs to know of all places.
type territory struct {
	places []place.Unit // those above before those below
	byID   map[place.UnitID]place.Unit
	links  map[place.UnitID][]place.Successor
}

// closed is an agency that ended with its place, with its divisions.
type closed struct {
	unit  *Unit
	parts []*Unit
}

// generate makes the agencies that the templates ask for and lets those end whose
// place has ended. What is there already stays, so generating twice changes nothing.
func (b *book) generate(t territory) error {
	var done []closed
	for _, id := range b.tree.ByDepth("") {
		u := b.units[id]
		p, known := t.byID[u.PlaceID]
		if u.Template == "" || !u.IsAgency || !known || p.ValidTo.IsZero() || u.endedBy(p.ValidTo) {
			continue
		}
		done = append(done, closed{u, b.close(u, p.ValidTo)})
	}
	for _, tpl := range b.templates {
		for _, p := range t.places {
			if !tpl.fits(p) {
				continue
			}
			u, created, err := b.ensure(tpl, p, t)
			if err != nil {
				return fmt.Errorf("template %s, %s: %w", tpl.Key, p.FullName(), err)
			}
			if created && !p.ValidTo.IsZero() {
				done = append(done, closed{u, b.allParts(u.ID)})
			}
		}
	}
	for _, c := range done {
		if err := b.follow(c, t); err != nil {
			return err
		}
	}
	return nil
}

// made returns the agency that a template made for a place.
func (b *book) made(template string, p place.UnitID) (*Unit, bool) {
	var found *Unit
	for _, id := range b.places[p] {
		if u := b.units[id]; u.Template == template && u.IsAgency && (found == nil || found.ValidFrom.Before(u.ValidFrom)) {
			found = u
		}
	}
	return found, found != nil
}

// ensure returns the agency of a template for a place, with its divisions, made when it is not there.
func (b *book) ensure(tpl Template, p place.Unit, t territory) (*Unit, bool, error) {
	u, there := b.made(tpl.Key, p.ID)
	if !there {
		parent, err := b.templateParent(tpl, p, t)
		if err != nil {
			return nil, false, err
		}
		yes := true
		n := NewUnit{Kind: tpl.Kind, Name: tpl.expand(tpl.Name, p), ShortName: tpl.expand(tpl.Short, p), Slug: tpl.expand(tpl.Slug, p), Level: p.Level, PlaceID: p.ID,
			ParentID: parent, Rank: tpl.Order, Agency: &yes, template: tpl.Key, confidence: tpl.Confidence}
		if u, err = b.add(n, p.ValidFrom, p.ValidTo, tpl.SourceAct); err != nil {
			return nil, false, err
		}
	}
	if there && !u.ValidTo.IsZero() {
		return u, false, nil
	}
	err := b.ensureDivisions(u, tpl.Divisions, p.Kind, tpl.Key)
	return u, !there, err
}

func (b *book) templateParent(tpl Template, p place.Unit, t territory) (UnitID, error) {
	if tpl.Parent != parentAbove {
		slug := tpl.expand(tpl.Parent, p)
		u, ok := b.bySlug(slug, p.ValidFrom)
		if !ok {
			return "", fmt.Errorf("no unit has the slug %q of the parent", slug)
		}
		return u.ID, nil
	}
	for above := p.ParentID; above != ""; above = t.byID[above].ParentID {
		for _, on := range []clock.Date{p.ValidFrom, t.byID[above].ValidFrom} {
			if u, ok := b.agencyOfPlace(above, "", on); ok {
				return u.ID, nil
			}
		}
	}
	return "", fmt.Errorf("no place above has a government")
}

// ensureDivisions makes the divisions that an agency lacks. One that ended stays ended.
func (b *book) ensureDivisions(u *Unit, want []Division, placeKind, template string) error {
	has := map[string]bool{}
	for _, p := range b.allParts(u.ID) {
		has[p.Key] = true
	}
	for i, d := range want {
		if has[d.Key] || len(d.PlaceKinds) > 0 && !slices.Contains(d.PlaceKinds, placeKind) {
			continue
		}
		kind := d.Kind
		if kind == "" {
			kind = "division"
		}
		confidence := d.Confidence
		if confidence == "" {
			confidence = u.Confidence
		}
		no := false
		n := NewUnit{Kind: kind, Name: d.Name, ShortName: d.Short, Key: d.Key, ParentID: u.ID, Rank: int64(i + 1), Agency: &no, template: template, confidence: confidence}
		part, err := b.add(n, u.ValidFrom, u.ValidTo, u.SourceAct)
		if err != nil {
			return fmt.Errorf("division %s: %w", d.Key, err)
		}
		has[part.Key] = true
	}
	return nil
}

// follow links an agency that ended with its place to the agencies of the places that follow.
func (b *book) follow(c closed, t territory) error {
	for _, l := range t.links[c.unit.PlaceID] {
		to, ok := b.made(c.unit.Template, l.To)
		if !ok {
			continue
		}
		s := succession{SuccessorKind(l.Kind), l.On, l.SourceAct, l.Heir, l.Kind == place.Renamed && !to.endedBy(l.On)}
		if s.kind == Renamed {
			b.keepCodes(c.unit, to, l.On)
		}
		if err := b.hand(c.unit, c.parts, to, s); err != nil {
			return err
		}
	}
	return nil
}
