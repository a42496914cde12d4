package calendar

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"go.yaml.in/yaml/v4"

	"lienthong/internal/kit/clock"
)

// file is the form of province/<name>/calendar.yaml. It holds the province's own
// calendar; hours and days of single units are entered in the program.
type file struct {
	DayMinutes int         `yaml:"day_minutes,omitempty"`
	Late       []fileLate  `yaml:"late_reception,omitempty"`
	Hours      []fileHours `yaml:"hours"`
	Years      []fileYear  `yaml:"years"`
}

type fileLate struct {
	After     ClockTime  `yaml:"after"`
	Units     []Unit     `yaml:"units,omitempty"`
	ValidFrom clock.Date `yaml:"valid_from,omitempty"`
	ValidTo   clock.Date `yaml:"valid_to,omitempty"`
	SourceAct string     `yaml:"source_act,omitempty"`
}

type fileHours struct {
	ValidFrom clock.Date         `yaml:"valid_from,omitempty"`
	ValidTo   clock.Date         `yaml:"valid_to,omitempty"`
	Week      map[string]Periods `yaml:"week"`
	SourceAct string             `yaml:"source_act,omitempty"`
	Note      string             `yaml:"note,omitempty"`
}

type fileYear struct {
	Incomplete bool      `yaml:"incomplete,omitempty"` // the holidays of the year are not all known
	Year       int       `yaml:"year"`
	SourceAct  string    `yaml:"source_act,omitempty"`
	Note       string    `yaml:"note,omitempty"`
	Days       []fileDay `yaml:"days"`
}

// fileDay is one date, or all dates from Date to To.
type fileDay struct {
	Date       clock.Date `yaml:"date"`
	To         clock.Date `yaml:"to,omitempty"`
	Kind       DayKind    `yaml:"kind,omitempty"` // empty: off
	Name       string     `yaml:"name"`
	Periods    Periods    `yaml:"periods,omitempty"`
	SourceAct  string     `yaml:"source_act,omitempty"`
	Confidence Confidence `yaml:"confidence,omitempty"`
}

// ReadData reads a calendar file (YAML). Unknown keys, days given twice, days outside
// their year and hours that overlap in time are errors, named by date.
func ReadData(r io.Reader) (Data, error) {
	dec := yaml.NewDecoder(r)
	dec.KnownFields(true)
	var f file
	if err := dec.Decode(&f); err != nil && !errors.Is(err, io.EOF) {
		return Data{}, fmt.Errorf("read calendar: %w", err)
	}
	d := Data{DayMinutes: f.DayMinutes}
	for _, l := range f.Late {
		d.Late = append(d.Late, LateRule(l))
	}
	for _, h := range f.Hours {
		hours := Hours{ValidFrom: h.ValidFrom, ValidTo: h.ValidTo, SourceAct: h.SourceAct, Note: h.Note}
		if err := hours.Week.fill(h.Week); err != nil {
			return Data{}, fmt.Errorf("hours from %s: %w", h.ValidFrom, err)
		}
		d.Hours = append(d.Hours, hours)
	}
	for _, y := range f.Years {
		if !y.Incomplete {
			d.Years = append(d.Years, Year{y.Year, y.SourceAct, y.Note})
		}
		for _, fd := range y.Days {
			days, err := fd.expand(y.Year)
			if err != nil {
				return Data{}, err
			}
			d.Days = append(d.Days, days...)
		}
	}
	if err := d.Validate(); err != nil {
		return Data{}, err
	}
	return d, nil
}

func (fd fileDay) expand(year int) ([]Day, error) {
	to := fd.To
	if to.IsZero() {
		to = fd.Date
	}
	if fd.Date.Year != year || to.Year != year || to.Before(fd.Date) {
		return nil, fmt.Errorf("day %s to %s does not lie in %d", fd.Date, to, year)
	}
	kind := fd.Kind
	if kind == "" {
		kind = DayOff
	}
	var days []Day
	for d := fd.Date; !d.After(to); d = d.AddDays(1) {
		days = append(days, Day{Date: d, Kind: kind, Name: fd.Name, Periods: fd.Periods, SourceAct: fd.SourceAct, Confidence: fd.Confidence})
	}
	return days, nil
}

// Validate checks what single entries cannot: days and years given twice, hours of a
// unit that overlap in time; and that a calendar can be built from the data.
func (d Data) Validate() error {
	type key struct {
		unit string
		date clock.Date
	}
	seen := map[key]bool{}
	for _, day := range d.Days {
		if err := day.Validate(); err != nil {
			return fmt.Errorf("day %s: %w", day.Date, err)
		}
		k := key{day.UnitID, day.Date}
		if seen[k] {
			return fmt.Errorf("day %s is given twice", day.Date)
		}
		seen[k] = true
	}
	years := map[int]bool{}
	for _, y := range d.Years {
		if years[y.Year] {
			return fmt.Errorf("year %d is given twice", y.Year)
		}
		years[y.Year] = true
	}
	for i, a := range d.Hours {
		if err := a.Validate(); err != nil {
			return fmt.Errorf("hours from %s: %w", a.ValidFrom, err)
		}
		for _, b := range d.Hours[:i] {
			if a.UnitID == b.UnitID && overlap(a, b) {
				return fmt.Errorf("hours from %s and from %s overlap in time", b.ValidFrom, a.ValidFrom)
			}
		}
	}
	_, err := Build(d)
	return err
}

func overlap(a, b Hours) bool {
	return (b.ValidTo.IsZero() || a.ValidFrom.Before(b.ValidTo)) && (a.ValidTo.IsZero() || b.ValidFrom.Before(a.ValidTo))
}

// WriteData writes the province's own calendar as the file that ReadData reads back to the same; what belongs to single
// units is left out.
func WriteData(d Data) ([]byte, error) {
	f := file{DayMinutes: d.DayMinutes}
	for _, l := range d.Late {
		f.Late = append(f.Late, fileLate(l))
	}
	for _, h := range d.Hours {
		if h.UnitID == "" {
			f.Hours = append(f.Hours, fileHours{h.ValidFrom, h.ValidTo, h.Week.names(), h.SourceAct, h.Note})
		}
	}
	slices.SortFunc(f.Hours, func(a, b fileHours) int { return a.ValidFrom.Compare(b.ValidFrom) })
	years := map[int]*fileYear{}
	for _, y := range d.Years {
		years[y.Year] = &fileYear{Year: y.Year, SourceAct: y.SourceAct, Note: y.Note}
	}
	for _, day := range d.Days {
		if day.UnitID != "" {
			continue
		}
		y := years[day.Date.Year]
		if y == nil {
			y = &fileYear{Year: day.Date.Year, Incomplete: true}
			years[day.Date.Year] = y
		}
		kind := day.Kind
		if kind == DayOff {
			kind = ""
		}
		y.Days = append(y.Days, fileDay{Date: day.Date, Kind: kind, Name: day.Name, Periods: day.Periods, SourceAct: day.SourceAct, Confidence: day.Confidence})
	}
	for _, n := range slices.Sorted(maps.Keys(years)) {
		y := *years[n]
		slices.SortFunc(y.Days, func(a, b fileDay) int { return a.Date.Compare(b.Date) })
		f.Years = append(f.Years, y)
	}
	raw, err := yaml.Dump(f, yaml.WithIndent(2), yaml.WithLineWidth(0), yaml.WithQuotePreference(yaml.QuoteDouble))
	if err != nil {
		return nil, fmt.Errorf("write calendar: %w", err)
	}
	return raw, nil
}

// names returns the periods by the names of the weekdays, days off left out.
func (w Week) names() map[string]Periods {
	m := map[string]Periods{}
	for i, ps := range w {
		if len(ps) > 0 {
			m[weekdayKeys[i]] = ps
		}
	}
	return m
}
