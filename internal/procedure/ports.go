package procedure

import (
	"context"
	"slices"

	"lienthong/internal/codelist"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/form"
	"lienthong/internal/org"
	"lienthong/internal/place"
)

// AgenciesFrom answers for Agencies out of the organisation and the territory of the province.
func AgenciesFrom(o *org.Service, p *place.Service) Agencies { return agencies{o, p} }

type agencies struct {
	org   *org.Service
	place *place.Service
}

func agencyOf(u org.Unit) Agency {
	return Agency{ID: string(u.ID), Slug: u.Slug, Name: u.Name, Kind: u.Kind, Level: u.Level, PlaceID: string(u.PlaceID)}
}

// Agency returns one agency.
func (a agencies) Agency(ctx context.Context, id string) (Agency, error) {
	u, err := a.org.Unit(ctx, org.UnitID(id))
	return agencyOf(u), err
}

// Select returns the agencies that a selector names. With a place these are the
// agencies of the place and of the larger places it lies in.
func (a agencies) Select(ctx context.Context, sel Selector, placeID string, on clock.Date) ([]Agency, error) {
	around, err := a.around(ctx, placeID, on)
	if err != nil {
		return nil, err
	}
	units, err := a.org.List(ctx, org.Filter{Kind: sel.Kind, Level: sel.Level, Agencies: true, On: on})
	if err != nil {
		return nil, err
	}
	var found []Agency
	for _, u := range units {
		if (sel.Slug == "" || u.Slug == sel.Slug) && (around == nil || slices.Contains(around, u.PlaceID)) {
			found = append(found, agencyOf(u))
		}
	}
	return found, nil
}

// around returns a place with the places it lies in; nil without a place.
func (a agencies) around(ctx context.Context, placeID string, on clock.Date) ([]place.UnitID, error) {
	if placeID == "" {
		return nil, nil
	}
	parents, err := a.place.Parents(ctx, place.UnitID(placeID), on)
	if err != nil {
		return nil, err
	}
	ids := []place.UnitID{place.UnitID(placeID)}
	for _, p := range parents {
		ids = append(ids, p.ID)
	}
	return ids, nil
}

// ListsFrom answers for Lists out of the code lists.
func ListsFrom(c *codelist.Service) Lists { return lists{c} }

type lists struct{ codes *codelist.Service }

// Options returns the entries of a code list.
func (l lists) Options(ctx context.Context, list string, on clock.Date) ([]form.Option, error) {
	items, err := l.codes.Items(ctx, list, on)
	if err != nil {
		return nil, err
	}
	options := make([]form.Option, len(items))
	for i, it := range items {
		options[i] = form.Option{Value: it.Code, Label: it.Name, LabelEN: it.NameEN}
	}
	return options, nil
}
