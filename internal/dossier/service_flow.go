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
	if st.DueAt, err = w.stepDue(step, agency.ID, from); err != nil {
		return err
	}
	if err := w.store.insertStep(w.ctx, w.tx, &st); err != nil {
		return err
	}
	w.steps = append(w.steps, st)
	return nil
}

// stepDue returns when a step that starts now is to be finished, nil when its time is not counted.
// The first step after reception follows the rule for late reception. The time is that of the agency which works.
func (w *work) stepDue(step *procedure.Step, agency org.UnitID, from *Step) (*time.Time, error) {
	term, err := step.Duration()
	if err != nil || term.IsZero() {
		return nil, err
	}
	cal, err := w.Calendars.For(w.ctx, string(agency))
	if err != nil {
		return nil, err
	}
	reception := from == nil || procedure.StepKind(from.Kind) == procedure.StepReceive
	due := cal.DueAt(w.now, term, calendar.Opts{Reception: reception}).UTC()
	return &due, nil
}

// part returns the part of an agency, opened anew when it was finished; an
// agency that meets the dossier for the first time gives it a number and has its own term.
func (w *work) part(agency org.Unit, key string) (*Part, error) {
	due, err := w.partDue(agency, key, len(w.parts) == 0)
	if err != nil {
		return nil, err
	}
	for i := range w.parts {
		p := &w.parts[i]
		if p.UnitID != agency.ID {
			continue
		}
		if p.DoneAt != nil {
			p.DoneAt = nil
			if due != nil { // a step without a term leaves the term the agency had
				p.DueAt = due
			}
			return p, w.store.savePart(w.ctx, w.tx, p)
		}
		return p, nil
	}
	p := Part{ID: id.New(), DossierID: w.d.ID, UnitID: agency.ID, UnitName: agency.Name, Number: w.d.Code, Position: len(w.parts) + 1, ArrivedAt: w.now, DueAt: due}
	if len(w.parts) > 0 {
		if p.Number, err = w.number(agency); err != nil {
			return nil, err
		}
	}
	w.parts = append(w.parts, p)
	return &w.parts[len(w.parts)-1], w.store.insertPart(w.ctx, w.tx, &p)
}

// partDue adds up the terms of the steps that an agency does in a row from a step on, counted from now.
func (w *work) partDue(agency org.Unit, key string, reception bool) (*time.Time, error) {
	cal, err := w.Calendars.For(w.ctx, string(agency.ID))
	if err != nil {
		return nil, err
	}
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
			due, counted = cal.DueAt(due, term, calendar.Opts{Reception: reception && !counted}).UTC(), true
		}
	}
	if !counted {
		return nil, nil
	}
	return &due, nil
}

// finish closes a step and opens what follows by the chosen way. It returns the steps opened.
func (w *work) finish(st *Step, a Act, choice, note string) ([]Step, error) {
	keys, err := w.follows(st, choice)
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

// follows returns the keys of the steps that begin when a step is finished. A
// dossier is never left without an open step before its result is handed over.
func (w *work) follows(st *Step, choice string) ([]string, error) {
	var open []string
	for i := range w.steps {
		if o := &w.steps[i]; o.ID != st.ID && o.Open() {
			open = append(open, o.Key)
		}
	}
	keys, err := w.flow().starts(st.Key, choice, open, w.branchesDone(st))
	if err != nil || len(keys)+len(open) > 0 || procedure.StepKind(st.Kind) == procedure.StepReturn {
		return keys, err
	}
	var done []string
	for i := range w.steps {
		if w.steps[i].State == StepDone {
			done = append(done, w.steps[i].Key)
		}
	}
	if keys = w.flow().waiting(done); len(keys) > 0 {
		return keys, nil
	}
	return nil, fault.NewConflict(i18n.M("Quy trình không có bước nào sau bước “%s”. Hãy báo quản trị quy trình.", st.Name))
}

// branchesDone returns the keys of the parallel branches of a step that need not be
// opened again when it was sent back and is finished once more: those whose first step was
// done last, and for the same way to the fork. After a loop forward the way is another one.
func (w *work) branchesDone(fork *Step) []string {
	ways := map[string]string{} // step id → keys of the steps that led there
	last := map[string]StepState{}
	for i := range w.steps {
		st := &w.steps[i]
		ways[st.ID] = ways[st.FromID] + "/" + st.Key
	}
	for i := range w.steps {
		if st := &w.steps[i]; ways[st.ID] == ways[fork.ID]+"/"+st.Key {
			last[st.Key] = st.State
		}
	}
	var done []string
	for key, state := range last {
		if state == StepDone {
			done = append(done, key)
		}
	}
	return done
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
// Time that the clock stood still until then makes nobody late.
func (w *work) end() error {
	if err := w.unpause(); err != nil {
		return err
	}
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
	now := minuteOf(w.now)
	w.d.FinishedAt = &now
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
		now := minuteOf(w.now)
		w.d.Status, w.d.FinishedAt = StatusDone, &now
		agency, err := w.unit(st.AgencyID)
		if err != nil {
			return err
		}
		if err := w.note(ActFinish, agency, nil, true, "", detail{}); err != nil {
			return err
		}
		w.then = append(w.then, ActFinish)
		return nil
	}
	return nil
}

// pause stops the clock; the status before is kept for the way back.
//
// Law: 61/2018/NĐ-CP Đ.19
func (w *work) pause(st *Step) {
	now := minuteOf(w.now)
	w.d.Resumes, w.d.PausedAt = w.from, &now
	if w.from == StatusAccepted && procedure.StepKind(st.Kind) != procedure.StepReceive {
		w.d.Resumes = StatusProcessing // whoever asks works on it, claimed or not
	}
}

// resume brings the dossier back to the status before the pause and lets the clock run again.
func (w *work) resume() (calendar.Answer, error) {
	if w.d.PausedAt == nil {
		return calendar.Answer{}, nil
	}
	w.d.Status = w.d.Resumes
	return w.restart()
}

// unpause lets the clock run again where it stands still; the status is set by the caller.
func (w *work) unpause() error {
	if w.d.PausedAt == nil {
		return nil
	}
	_, err := w.restart()
	return err
}

// restart moves every due date by the time the clock stood still.
func (w *work) restart() (calendar.Answer, error) {
	var answer calendar.Answer
	paused := *w.d.PausedAt
	w.d.Resumes, w.d.PausedAt = 0, nil
	if w.d.DueAt != nil {
		term, err := w.spec.ResolveTerm(string(w.d.Channel), w.d.CaseKey)
		if err != nil {
			return answer, err
		}
		answer = w.cal.Shift(*w.d.DueAt, paused, w.now, term.Unit)
		due := answer.At.UTC()
		w.d.DueAt = &due
	}
	for i := range w.steps {
		if st := &w.steps[i]; st.Open() && st.DueAt != nil {
			var err error
			if st.DueAt, err = w.shifted(*st.DueAt, st.AgencyID, maxTime(paused, st.StartedAt)); err != nil {
				return answer, err
			}
			if err := w.store.saveStep(w.ctx, w.tx, st); err != nil {
				return answer, err
			}
		}
	}
	for i := range w.parts {
		if p := &w.parts[i]; p.DoneAt == nil && p.DueAt != nil {
			var err error
			if p.DueAt, err = w.shifted(*p.DueAt, p.UnitID, maxTime(paused, p.ArrivedAt)); err != nil {
				return answer, err
			}
			if err := w.store.savePart(w.ctx, w.tx, p); err != nil {
				return answer, err
			}
		}
	}
	return answer, nil
}

// shifted moves the due date of a step, whose terms are working time of its agency, over a pause.
func (w *work) shifted(due time.Time, agency org.UnitID, paused time.Time) (*time.Time, error) {
	cal, err := w.Calendars.For(w.ctx, string(agency))
	if err != nil {
		return nil, err
	}
	at := cal.Shift(due, paused, w.now, calendar.WorkingHours).At.UTC()
	return &at, nil
}

func maxTime(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
