package dossier

import (
	"encoding/json"
	"time"

	"lienthong/internal/calendar"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// flow returns the process of the dossier with what its conditions may ask.
func (w *work) flow() flow {
	var form map[string]any
	_ = json.Unmarshal([]byte(w.d.Form), &form) // written by this room; an empty form is nil
	return flow{&w.spec.Process, procedure.Env{Case: w.d.CaseKey, Channel: string(w.d.Channel), Form: form, Applicant: w.d.Owner.facts()}}
}

// agency returns the agency that an address of the process means for this dossier.
func (w *work) agency(at string) (org.Unit, error) {
	receiver, err := w.current(w.ctx, w.d.ReceiverID)
	if err != nil {
		return receiver, err
	}
	handler := receiver
	if at == "handler" {
		if handler, err = w.current(w.ctx, w.d.HandlerID); err != nil {
			return handler, err
		}
	}
	return w.resolve(w.ctx, receiver, handler, at)
}

// start opens the step with a key at its unit, in the part of its agency.
func (w *work) start(key string, from *Step) error {
	step, ok := w.spec.Process.Step(key)
	if !ok {
		return fault.New(fault.Internal, i18n.M("Quy trình không có bước “%s”. Hãy báo quản trị quy trình.", key))
	}
	agency, err := w.agency(step.At)
	if err != nil {
		return err
	}
	unit, err := w.place(w.ctx, agency, step)
	if err != nil {
		return err
	}
	part, err := w.part(agency, key)
	if err != nil {
		return err
	}
	st := Step{ID: id.New(), DossierID: w.d.ID, PartID: part.ID, Key: key, Name: step.Name, PublicName: step.Public(), Kind: string(step.Kind),
		AgencyID: agency.ID, UnitID: unit.ID, UnitPath: unit.Path, UnitName: unit.Name, State: StepReady,
		Position: len(w.steps) + 1, StartedAt: w.now}
	if from != nil {
		st.FromID = from.ID
	}
	if st.DueAt, err = w.stepDue(step, from); err != nil {
		return err
	}
	if err := w.store.insertStep(w.ctx, w.tx, &st); err != nil {
		return err
	}
	w.steps = append(w.steps, st)
	return nil
}

// stepDue returns when a step that starts now is to be finished, nil when its time is not counted.
// The first step after reception follows the rule for late reception.
func (w *work) stepDue(step *procedure.Step, from *Step) (*time.Time, error) {
	term, err := step.Duration()
	if err != nil || term.IsZero() {
		return nil, err
	}
	reception := from == nil || procedure.StepKind(from.Kind) == procedure.StepReceive
	due := w.cal.DueAt(w.now, term, calendar.Opts{Reception: reception}).UTC()
	return &due, nil
}

// part returns the part of an agency, opened anew when it was finished; an
// agency that meets the dossier for the first time gives it a number and has its own term.
func (w *work) part(agency org.Unit, key string) (*Part, error) {
	due, err := w.partDue(agency, key)
	if err != nil {
		return nil, err
	}
	for i := range w.parts {
		p := &w.parts[i]
		if p.UnitID != agency.ID {
			continue
		}
		if p.DoneAt != nil {
			p.DoneAt, p.DueAt = nil, due
			return p, w.store.savePart(w.ctx, w.tx, p)
		}
		return p, nil
	}
	p := Part{ID: id.New(), DossierID: w.d.ID, UnitID: agency.ID, UnitName: agency.Name, Number: w.d.Code,
		Position: len(w.parts) + 1, ArrivedAt: w.now, DueAt: due}
	if len(w.parts) > 0 {
		if p.Number, err = w.number(agency); err != nil {
			return nil, err
		}
	}
	w.parts = append(w.parts, p)
	return &w.parts[len(w.parts)-1], w.store.insertPart(w.ctx, w.tx, &p)
}

// partDue adds up the terms of the steps that an agency does in a row from a step on.
func (w *work) partDue(agency org.Unit, key string) (*time.Time, error) {
	same := func(at string) bool {
		u, err := w.agency(at)
		return err == nil && u.ID == agency.ID
	}
	due, counted := w.now, false
	for _, step := range w.flow().stretch(key, same) {
		term, err := step.Duration()
		if err != nil {
			return nil, err
		}
		if !term.IsZero() {
			due, counted = w.cal.DueAt(due, term, calendar.Opts{Reception: len(w.parts) == 0 && !counted}).UTC(), true
		}
	}
	if !counted {
		return nil, nil
	}
	return &due, nil
}

// finish closes a step and opens what follows by the chosen way. It returns the steps opened.
func (w *work) finish(st *Step, a Act, choice, note string) ([]Step, error) {
	var open, done []string
	for i := range w.steps {
		switch other := &w.steps[i]; {
		case other.ID == st.ID:
		case other.Open():
			open = append(open, other.Key)
		case other.State == StepDone:
			done = append(done, other.Key)
		}
	}
	keys, err := w.flow().starts(st.Key, choice, open, done)
	if err != nil {
		return nil, err
	}
	w.close(st, StepDone, a, note)
	if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
		return nil, err
	}
	had, stID, partID := len(w.steps), st.ID, st.PartID
	for _, key := range keys {
		from := w.stepByID(stID)
		if err := w.start(key, from); err != nil {
			return nil, err
		}
	}
	if err := w.closePart(partID); err != nil {
		return nil, err
	}
	started := w.steps[had:]
	return started, nil
}

func (w *work) stepByID(stepID string) *Step {
	for i := range w.steps {
		if w.steps[i].ID == stepID {
			return &w.steps[i]
		}
	}
	return nil
}

func (w *work) close(st *Step, state StepState, a Act, note string) {
	st.State, st.Outcome, st.Note = state, string(a), note
	now := w.now
	st.DoneAt, st.DoneBy = &now, w.who.Name
}

// closePart marks a part as done when its agency has no open step left.
func (w *work) closePart(partID string) error {
	for i := range w.steps {
		if w.steps[i].PartID == partID && w.steps[i].Open() {
			return nil
		}
	}
	for i := range w.parts {
		p := &w.parts[i]
		if p.ID == partID && p.DoneAt == nil {
			now := w.now
			p.DoneAt = &now
			return w.store.savePart(w.ctx, w.tx, p)
		}
	}
	return nil
}

// end closes everything that is open when a dossier ends before its result.
func (w *work) end() error {
	for i := range w.steps {
		st := &w.steps[i]
		if !st.Open() {
			continue
		}
		st.State = StepCancelled
		now := w.now
		st.DoneAt = &now
		if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
			return err
		}
		if err := w.closePart(st.PartID); err != nil {
			return err
		}
	}
	now := w.now
	w.d.FinishedAt, w.d.PausedAt, w.d.Resumes = &now, nil, 0
	return nil
}

// reach makes the dossier done when a return step was opened and nothing else is open.
//
// Law: 61/2018/NĐ-CP Đ.20
func (w *work) reach(started []Step) error {
	for _, st := range started {
		if procedure.StepKind(st.Kind) != procedure.StepReturn {
			continue
		}
		now := w.now
		w.d.Status, w.d.FinishedAt = StatusDone, &now
		agency, err := w.unit(st.AgencyID)
		if err != nil {
			return err
		}
		if err := w.note(ActFinish, agency, nil, true, "", detail{}); err != nil {
			return err
		}
		return w.tell(ActFinish)
	}
	return nil
}

// pause stops the clock; the status before is kept for the way back.
//
// Law: 61/2018/NĐ-CP Đ.19
func (w *work) pause() {
	now := w.now
	w.d.Resumes, w.d.PausedAt = w.from, &now
}

// resume lets the clock run again: every due date moves by the time it stood still.
func (w *work) resume() (calendar.Answer, error) {
	var answer calendar.Answer
	if w.d.PausedAt == nil {
		return answer, nil
	}
	paused := *w.d.PausedAt
	w.d.Status, w.d.Resumes, w.d.PausedAt = w.d.Resumes, 0, nil
	unit := calendar.WorkingDays
	if w.d.DueAt != nil {
		term, err := w.spec.ResolveTerm(string(w.d.Channel), w.d.CaseKey)
		if err != nil {
			return answer, err
		}
		unit = term.Unit
		answer = w.cal.Shift(*w.d.DueAt, paused, w.now, unit)
		due := answer.At.UTC()
		w.d.DueAt = &due
	}
	for i := range w.steps {
		if st := &w.steps[i]; st.Open() && st.DueAt != nil {
			st.DueAt = w.shifted(*st.DueAt, maxTime(paused, st.StartedAt))
			if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
				return answer, err
			}
		}
	}
	for i := range w.parts {
		if p := &w.parts[i]; p.DoneAt == nil && p.DueAt != nil {
			p.DueAt = w.shifted(*p.DueAt, maxTime(paused, p.ArrivedAt))
			if err := w.store.savePart(w.ctx, w.tx, p); err != nil {
				return answer, err
			}
		}
	}
	return answer, nil
}

// shifted moves the due date of a step, whose terms are working time, over a pause.
func (w *work) shifted(due, paused time.Time) *time.Time {
	at := w.cal.Shift(due, paused, w.now, calendar.WorkingHours).At.UTC()
	return &at
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
