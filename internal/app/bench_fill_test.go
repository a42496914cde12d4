package app

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// fillOffice (nơi giải quyết) is an agency that dossiers are made up for.
type fillOffice struct {
	Unit      org.Unit
	Code      string // of dossier codes
	Divisions []org.Unit
	Weight    int     // its share of all dossiers is Weight of the sum
	Open      float64 // the share of its dossiers that wait, whatever their age; others wait when they are young
}

// fillStock is what a large number of dossiers is made up of.
type fillStock struct {
	Offices    []fillOffice
	Procedures []procedure.Summary
	Officials  []string // account ids that steps are claimed by
	Until      time.Time
	Seed       uint64
}

// filler writes dossiers below the services, as fast as the database takes rows. The same stock gives the same dossiers.
type filler struct {
	s       fillStock
	r       *rand.Rand
	pick    []int // offices, by weight
	numbers map[string]int64
	seq     uint64
	known   map[string]bool // paths of steps
}

// newFiller returns a filler.
func newFiller(s fillStock) *filler {
	f := &filler{s: s, r: rand.New(rand.NewPCG(s.Seed, 2018)), numbers: map[string]int64{}, known: map[string]bool{}}
	for i, o := range s.Offices {
		for range o.Weight {
			f.pick = append(f.pick, i)
		}
	}
	return f
}

// span is the time over which dossiers are spread.
const span = 2 * 365 * 24 * time.Hour

// young is the age below which a dossier may still wait.
const young = 20 * 24 * time.Hour

// Fill writes n dossiers, the oldest first, and leaves the index
func (f *filler) Fill(ctx context.Context, d *db.DB, n int) error {
	const batch = 2000
	for at := 0; at < n; at += batch {
		var rows made
		for i := at; i < min(at+batch, n); i++ {
			f.dossier(&rows, f.s.Until.Add(-span+time.Duration(float64(span)*float64(i)/float64(n))))
		}
		if err := d.Tx(ctx, func(tx *db.Tx) error { return rows.insert(ctx, tx) }); err != nil {
			return fmt.Errorf("write dossiers from %d: %w", at, err)
		}
	}
	return nil
}

// newID makes a UUIDv7 of a moment.
func (f *filler) newID(at time.Time) string {
	var u uuid.UUID
	f.seq++
	binary.BigEndian.PutUint64(u[:8], uint64(at.UnixMilli())<<16|0x7000|f.seq&0xfff)
	binary.BigEndian.PutUint64(u[8:], f.r.Uint64()>>2|1<<63)
	return u.String()
}

// dossierRow has the columns of a dossier that are not those of its type.
type dossierRow struct {
	dossier.Dossier
	OwnerJSON       string `db:"owner"`
	SubmitterJSON   string `db:"submitter"`
	OwnerName       string `db:"owner_name"`
	OwnerPersonalID string `db:"owner_personal_id"`
	OwnerPhone      string `db:"owner_phone"`
	SearchText      string `db:"search_text"`
}

// made is what was made up and waits to be written.
type made struct {
	dossiers []dossierRow
	papers   []dossier.Paper
	fees     []dossier.Fee
	parts    []dossier.Part
	steps    []stepRow
	events   []dossier.Event
	places   []placeRow
}

// stepRow has the columns of a step that are not those of its type.
type stepRow struct {
	dossier.Step
	Waits     dossier.Status `db:"waits"`
	Ends      time.Time      `db:"ends_at"`
	Field     string         `db:"field"`
	Procedure string         `db:"procedure_code"`
}

type placeRow struct {
	Above string `db:"above"`
	Place string `db:"place"`
}

func (m *made) insert(ctx context.Context, tx *db.Tx) error {
	for _, t := range []struct {
		table, columns string
		rows           any
	}{
		{"dossier_dossier", `id, code, secret, version_id, procedure_code, procedure_name, field, case_key, channel, return_by, return_address,
			receiver_id, handler_id, status, resumes, account_id, owner, submitter, authorised, sets, form, filed_at, accepted_at, due_at,
			paused_at, finished_at, returned_at, returned_to, extended, supplements, version, owner_name, owner_personal_id, owner_phone, search_text`, m.dossiers},
		{"dossier_paper", `id, dossier_id, position, key, name, originals, copies, provided, required, verdict, verdict_note`, m.papers},
		{"dossier_fee", `id, dossier_id, key, name, kind, amount, quantity, paid_at, paid_to`, m.fees},
		{"dossier_part", `id, dossier_id, unit_id, unit_name, number, position, arrived_at, due_at, done_at`, m.parts},
		{"dossier_step", `id, dossier_id, part_id, key, name, public_name, kind, agency_id, unit_id, unit_path, unit_name, state, assignee_id,
			assignee_name, from_id, position, started_at, due_at, claimed_at, done_at, done_by, outcome, note, waits, ends_at, field, procedure_code`, m.steps},
		{"dossier_place", "above, place", m.places},
		{"dossier_event", `id, dossier_id, seq, at, act, from_status, to_status, actor_id, actor_name, actor_title, unit_id, unit_name, step_name,
			public, note, detail`, m.events},
	} {
		if err := tx.InsertAll(ctx, t.table, t.columns, t.rows); err != nil {
			return fmt.Errorf("%s: %w", t.table, err)
		}
	}
	return nil
}

// dossier makes up one dossier with what belongs to it.
func (f *filler) dossier(m *made, filed time.Time) {
	filed = filed.UTC().Truncate(time.Microsecond)
	o := &f.s.Offices[one(f.r, f.pick)]
	p := one(f.r, f.s.Procedures)
	if f.r.IntN(3) > 0 { // a few procedures make most of the work
		p = f.s.Procedures[f.r.IntN(min(8, len(f.s.Procedures)))]
	}
	code := f.number(o.Code, filed)
	owner := dossier.Applicant{Kind: dossier.ApplicantCitizen, FullName: personName(f.r), PersonalID: fmt.Sprintf("064%09d", f.r.IntN(1e9)),
		Phone: fmt.Sprintf("09%08d", f.r.IntN(1e8)), Address: "Số " + fmt.Sprint(1+f.r.IntN(300)) + " đường Thử Nghiệm"}
	raw, _ := json.Marshal(owner) //nolint:errchkjson // nothing in it fails
	due := filed.Add(time.Duration(3+f.r.IntN(27)) * 24 * time.Hour).Truncate(time.Minute)
	d := dossierRow{Dossier: dossier.Dossier{ID: dossier.ID(f.newID(filed)), Code: code, Secret: "TEST22", VersionID: p.VersionID, ProcedureCode: p.Code,
		ProcedureName: p.Name, Field: p.Field, Channel: one(f.r, []dossier.Channel{dossier.ChannelCounter, dossier.ChannelCounter, dossier.ChannelOnline}),
		ReturnBy: dossier.ChannelCounter, ReceiverID: o.Unit.ID, HandlerID: o.Unit.ID, Status: dossier.StatusReturned, Sets: 1, Form: "{}",
		FiledAt: filed, AcceptedAt: &filed, DueAt: &due, Version: 3},
		OwnerJSON: string(raw), SubmitterJSON: string(raw), OwnerName: owner.FullName, OwnerPersonalID: owner.PersonalID, OwnerPhone: owner.Phone,
		SearchText: vntext.Fold(strings.Join([]string{code, p.Name, owner.FullName, owner.PersonalID, owner.Phone}, " "))}
	f.end(&d, o)
	m.dossiers = append(m.dossiers, d)
	for i := range 3 {
		m.papers = append(m.papers, dossier.Paper{ID: f.newID(filed), DossierID: d.ID, Position: i + 1, Name: fmt.Sprint("Giấy tờ ", i+1), Originals: 1, Provided: true, Required: i == 0})
	}
	if f.r.IntN(2) == 0 {
		m.fees = append(m.fees, dossier.Fee{ID: f.newID(filed), DossierID: d.ID, Key: "fee", Name: "Lệ phí", Kind: "charge", Amount: 8000, Quantity: 1, PaidAt: &filed, PaidTo: "Trần Thị Mẫu"})
	}
	part := dossier.Part{ID: f.newID(filed), DossierID: d.ID, UnitID: o.Unit.ID, UnitName: o.Unit.Name, Number: code, Position: 1, ArrivedAt: filed, DueAt: &due, DoneAt: d.FinishedAt}
	m.parts = append(m.parts, part)
	f.steps(m, &d, o, part.ID)
	for i, act := range []dossier.Act{dossier.ActFile, dossier.ActAccept} {
		m.events = append(m.events, dossier.Event{ID: f.newID(filed), DossierID: d.ID, Seq: int64(i + 1), At: filed, Act: act, To: d.Status, ActorID: "a", ActorName: "Trần Thị Mẫu",
			ActorTitle: "Chuyên viên", UnitID: o.Unit.ID, UnitName: o.Unit.Name, Public: true, Detail: "{}"})
	}
}

// end decides how far a dossier has come.
func (f *filler) end(d *dossierRow, o *fillOffice) {
	age := f.s.Until.Sub(d.FiledAt)
	waits := f.r.Float64() < o.Open || age < young && f.r.Float64() > float64(age)/float64(young)
	at := d.FiledAt.Add(time.Duration(f.r.Int64N(int64(30 * 24 * time.Hour)))).Truncate(time.Microsecond)
	switch n := f.r.IntN(100); {
	case waits && n < 5:
		d.Status, d.Resumes, d.PausedAt, d.Supplements = dossier.StatusSupplement, dossier.StatusProcessing, &at, 1
	case waits && n < 6:
		d.Status, d.Resumes, d.PausedAt = dossier.StatusObligation, dossier.StatusProcessing, &at
	case waits && n < 12:
		d.Status, d.FinishedAt = dossier.StatusDone, &at
	case waits && n < 20:
		d.Status, d.AcceptedAt, d.DueAt = dossier.StatusNew, nil, nil
	case waits:
		d.Status = dossier.StatusProcessing
	case n < 3:
		d.Status, d.FinishedAt = dossier.StatusRefused, &at
	case n < 5:
		d.Status, d.FinishedAt = dossier.StatusWithdrawn, &at
	default:
		d.FinishedAt, d.ReturnedAt, d.ReturnedTo = &at, &at, "Người nộp"
	}
}

// steps makes up the way of a dossier through its office.
func (f *filler) steps(m *made, d *dossierRow, o *fillOffice, part string) {
	kinds := []string{"receive", "work", "approve", "return"}
	reached := 1 + f.r.IntN(2) // the open step of one in work
	switch {
	case d.Status == dossier.StatusNew:
		reached = 0
	case d.Status == dossier.StatusDone:
		reached = 3
	case d.Status.Ended():
		reached = 4
	}
	for i, kind := range kinds[:min(reached+1, 4)] {
		at := o.Unit
		if len(o.Divisions) > 0 {
			at = o.Divisions[(i+len(d.ProcedureCode))%len(o.Divisions)]
			if kind == "receive" || kind == "return" {
				at = o.Divisions[0]
			}
		}
		st := dossier.Step{ID: f.newID(d.FiledAt), DossierID: d.ID, PartID: part, Key: kind, Name: "Bước " + kind, Kind: kind, AgencyID: o.Unit.ID,
			UnitID: at.ID, UnitPath: at.Path, UnitName: at.Name, State: dossier.StepDone, Position: i + 1, StartedAt: d.FiledAt, DoneAt: d.FinishedAt}
		if i == reached {
			st.State, st.DoneAt = dossier.StepReady, nil
			if f.r.IntN(3) == 0 && len(f.s.Officials) > 0 {
				st.State, st.AssigneeID, st.AssigneeName, st.ClaimedAt = dossier.StepClaimed, one(f.r, f.s.Officials), "Lê Văn Ví Dụ", &d.FiledAt
			}
			if due := d.FiledAt.Add(time.Duration(5+f.r.IntN(20)) * 24 * time.Hour).Truncate(time.Minute); kind != "return" && f.r.IntN(4) > 0 {
				st.DueAt = &due
			}
		}
		row := stepRow{Step: st, Ends: time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), Field: d.Field, Procedure: d.ProcedureCode}
		if d.Status.Paused() {
			row.Waits = d.Status
		}
		if d.DueAt != nil && d.Status != dossier.StatusDone {
			row.Ends = *d.DueAt
		}
		if st.DueAt != nil {
			row.Ends = *st.DueAt
		}
		m.steps = append(m.steps, row)
		if !f.known[st.UnitPath] {
			f.known[st.UnitPath] = true
			for i := 1; i < len(st.UnitPath); i++ {
				if st.UnitPath[i] == '/' {
					m.places = append(m.places, placeRow{st.UnitPath[:i+1], st.UnitPath})
				}
			}
		}
	}
}

func (f *filler) number(code string, at time.Time) string {
	day := clock.DateOf(at)
	key := code + day.String()
	f.numbers[key]++
	return dossier.Number(code, day, f.numbers[key])
}
