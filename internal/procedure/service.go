package procedure

import (
	"context"
	"errors"
	"fmt"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
)

// Service answers what procedures there are and takes in new ones. It is safe for concurrent use.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	agencies Agencies
	lists    Lists
	known    Known
	specs    *specCache
}

func notFound() error {
	return fault.NewNotFound(i18n.M("Không tìm thấy thủ tục này. Hãy tìm theo tên hoặc lĩnh vực."))
}

// today returns the day given, or today.
func (s *Service) today(on clock.Date) clock.Date {
	if on.IsZero() {
		return clock.DateOf(s.clock.Now())
	}
	return on
}

// Version returns a version by its id, replaced ones too; NotFound when there is none.
func (s *Service) Version(ctx context.Context, id VersionID) (*Version, error) {
	if v, ok := s.specs.get(id); ok {
		return v, nil
	}
	v, err := selectVersion(ctx, s.db, id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("procedure version %s: %w", id, err)
	}
	s.specs.put(v)
	return v, nil
}

// Current returns the version of a procedure that holds on a day, the zero day
// being today; NotFound when there is none.
func (s *Service) Current(ctx context.Context, code string, on clock.Date) (*Version, error) {
	id, err := selectCurrentID(ctx, s.db, code, s.today(on))
	if errors.Is(err, db.ErrNoRows) {
		return nil, notFound()
	}
	if err != nil {
		return nil, fmt.Errorf("current version of procedure %s: %w", code, err)
	}
	return s.Version(ctx, id)
}

// History returns all versions of a procedure, the newest first; for editors.
func (s *Service) History(ctx context.Context, code string) ([]Past, error) {
	if !actor.From(ctx).CanSomewhere(PermManage) {
		return nil, fault.NewForbidden(i18n.Msg{})
	}
	list, err := selectHistory(ctx, s.db, code)
	if err != nil {
		return nil, fmt.Errorf("history of procedure %s: %w", code, err)
	}
	if len(list) == 0 {
		return nil, notFound()
	}
	return list, nil
}

// Find lists the procedures that hold on a day, the best match of the text first, else by name.
func (s *Service) Find(ctx context.Context, q Query) (Page, error) {
	after, err := parseCursor(q.Cursor)
	if err != nil {
		return Page{}, err
	}
	limit := q.Limit
	if limit <= 0 {
		limit = defaultLimit
	}
	return s.find(ctx, q, after, min(limit, maxLimit))
}

func (s *Service) find(ctx context.Context, q Query, after *cursor, limit int) (Page, error) {
	q.On = s.today(q.On)
	var agency *Agency
	if q.AgencyID != "" {
		a, err := s.agencies.Agency(ctx, q.AgencyID)
		if err != nil {
			return Page{}, fmt.Errorf("find procedures of agency %s: %w", q.AgencyID, err)
		}
		agency = &a
	}
	rows, total, err := selectPage(ctx, s.db, q, agency, after, limit+1)
	if err != nil {
		return Page{}, fmt.Errorf("find procedures: %w", err)
	}
	p := Page{Total: total}
	for i, r := range rows {
		if i == limit {
			last := rows[i-1]
			p.Next = cursor{last.Score, last.VersionID}.String()
			break
		}
		p.Items = append(p.Items, r.Summary)
	}
	return p, nil
}

// Suggest returns at most n procedures for a text while it is typed.
func (s *Service) Suggest(ctx context.Context, text string, n int) ([]Summary, error) {
	if len(newWording(text).words) == 0 {
		return nil, nil
	}
	p, err := s.Find(ctx, Query{Text: text, Limit: n})
	return p.Items, err
}

// Fields returns the fields that have procedures on a day, with how many.
func (s *Service) Fields(ctx context.Context, on clock.Date) ([]FieldCount, error) {
	list, err := selectFields(ctx, s.db, s.today(on))
	if err != nil {
		return nil, fmt.Errorf("fields of procedures: %w", err)
	}
	return list, nil
}

// ReceivedBy returns every procedure that an agency receives on a day, by name.
func (s *Service) ReceivedBy(ctx context.Context, agencyID string, on clock.Date) ([]Summary, error) {
	p, err := s.find(ctx, Query{AgencyID: agencyID, On: on}, nil, 10_000)
	return p.Items, err
}

// Receives reports whether an agency receives a version.
func (s *Service) Receives(ctx context.Context, v *Version, agencyID string) (bool, error) {
	a, err := s.agencies.Agency(ctx, agencyID)
	if err != nil {
		return false, fmt.Errorf("agency %s: %w", agencyID, err)
	}
	return v.Spec.ReceivedBy(a), nil
}

// ReceivedBy reports whether the receivers of the procedure include an agency.
func (s *Spec) ReceivedBy(a Agency) bool {
	for _, r := range s.Receivers {
		if r.Slug != "" && r.Slug == a.Slug ||
			r.Slug == "" && (r.Kind == "" || r.Kind == a.Kind) && (r.Level == "" || r.Level == a.Level) {
			return true
		}
	}
	return false
}

// Receivers returns the agencies with which a version may be filed on a day; with a place only those answerable for it.
func (s *Service) Receivers(ctx context.Context, v *Version, placeID string, on clock.Date) ([]Agency, error) {
	var list []Agency
	seen := map[string]bool{}
	for _, sel := range v.Spec.Receivers {
		agencies, err := s.agencies.Select(ctx, sel, placeID, s.today(on))
		if err != nil {
			return nil, fmt.Errorf("receivers of procedure %s: %w", v.Code, err)
		}
		for _, a := range agencies {
			if !seen[a.ID] {
				seen[a.ID] = true
				list = append(list, a)
			}
		}
	}
	return list, nil
}

// FormLists returns the options of the code lists that the e-form of a version
// uses on a day, for the page and for form.Rules. A list that does not exist is an error.
func (s *Service) FormLists(ctx context.Context, v *Version, on clock.Date) (map[string][]form.Option, error) {
	if v.Spec.Form == nil {
		return nil, nil
	}
	f, err := v.Spec.Form.Form()
	if err != nil {
		return nil, fmt.Errorf("form of procedure %s: %w", v.Code, err)
	}
	lists := map[string][]form.Option{}
	for _, key := range f.CodeLists() {
		options, err := s.lists.Options(ctx, key, s.today(on))
		if err != nil {
			return nil, fmt.Errorf("code list %s of procedure %s: %w", key, v.Code, err)
		}
		lists[key] = options
	}
	return lists, nil
}

// Export returns the versions of a procedure that were not replaced, as a YAML file.
func (s *Service) Export(ctx context.Context, code string) ([]byte, error) {
	ids, err := selectLiveIDs(ctx, s.db, code)
	if err != nil {
		return nil, fmt.Errorf("export procedure %s: %w", code, err)
	}
	if len(ids) == 0 {
		return nil, notFound()
	}
	specs := make([]*Spec, len(ids))
	for i, id := range ids {
		v, err := s.Version(ctx, id)
		if err != nil {
			return nil, err
		}
		specs[i] = v.Spec
	}
	return Dump(specs...)
}
