package dossier

import (
	"context"
	"encoding/json"
	"time"

	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/event"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// Service is what people and programs can do with dossiers.
type Service struct {
	Deps
	store   store
	guesses guesses
}

// work is a dossier taken for one act: what was loaded, who acts and when.
type work struct {
	*Service
	ctx         context.Context
	tx          *db.Tx
	who         actor.Actor
	now         time.Time
	d           *Dossier
	spec        *procedure.Spec
	cal         *calendar.Calendar
	steps       []Step
	parts       []Part
	from        Status
	supplements []Supplement
	then        []Act // what followed by itself, told after the act
	idle        bool  // nothing was to be done: nothing is written
}

// act runs fn on a dossier that is locked for the transaction, checks the table
// of states before and writes everything that belongs to a change after.
func (s *Service) act(ctx context.Context, d ID, a Act, fn func(w *work) error, mayKnow ...func(w *work) error) (*Dossier, error) {
	var out *Dossier
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		w, err := s.take(ctx, tx, d)
		if err != nil {
			return err
		}
		before := *w.d
		if err := w.d.allowed(a); err != nil {
			return w.conceal(err, mayKnow)
		}
		if to := rules[a].to; to != 0 {
			w.d.Status = to
		}
		if err := fn(w); err != nil {
			return err
		}
		if out = w.d; w.idle {
			return nil
		}
		if err := s.store.save(ctx, tx, w.d); err != nil {
			return err
		}
		return w.record(a, &before)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// actAt is act for what is done at an open step: the actor may work on it, and
// the step offers the act.
func (s *Service) actAt(ctx context.Context, d ID, stepID string, a Act, fn func(w *work, st *Step) error) (*Dossier, error) {
	return s.act(ctx, d, a, func(w *work) error {
		st, err := w.step(stepID)
		if err != nil {
			return err
		}
		if err := w.may(st, a); err != nil {
			return err
		}
		return fn(w, st)
	})
}

// conceal returns the conflict to those who may know the state of the dossier;
// others learn only what the check of their rights says.
func (w *work) conceal(conflict error, mayKnow []func(w *work) error) error {
	if len(mayKnow) == 0 {
		mayKnow = []func(w *work) error{(*work).takesPart}
	}
	for _, check := range mayKnow {
		if err := check(w); err != nil {
			return err
		}
	}
	return conflict
}

// takesPart holds that the actor may read the dossier or work on one of its steps.
func (w *work) takesPart() error {
	for _, st := range w.steps {
		if w.who.Can(permissionOf(procedure.StepKind(st.Kind)), st.UnitPath) {
			return nil
		}
	}
	return w.mayRead(w.ctx, w.who, w.parts, w.steps)
}

func (s *Service) take(ctx context.Context, tx *db.Tx, d ID) (*work, error) {
	w := &work{Service: s, ctx: ctx, tx: tx, who: actor.From(ctx), now: s.Clock.Now()}
	var err error
	if w.d, err = s.store.lock(ctx, tx, d); err != nil {
		return nil, notFound(err)
	}
	w.from = w.d.Status
	return w, w.load()
}

// load reads what belongs to the dossier.
func (w *work) load() error {
	v, err := w.Procedures.Version(w.ctx, w.d.VersionID)
	if err != nil {
		return err
	}
	w.spec = v.Spec
	if w.cal, err = w.Calendars.For(w.ctx, string(w.d.ReceiverID)); err != nil {
		return err
	}
	if w.steps, err = w.store.steps(w.ctx, w.tx, w.d.ID); err != nil {
		return err
	}
	if w.parts, err = w.store.parts(w.ctx, w.tx, w.d.ID); err != nil {
		return err
	}
	w.supplements, err = w.store.supplements(w.ctx, w.tx, w.d.ID)
	return err
}

func notFound(err error) error {
	if noRows(err) {
		return fault.NewNotFound(i18n.M("Không tìm thấy hồ sơ này. Hãy kiểm tra lại mã hồ sơ."))
	}
	return err
}

// eventNames are the events that tell other rooms about acts.
var eventNames = map[Act]string{
	ActFile: "dossier.filed", ActAccept: "dossier.accepted", ActRefuse: "dossier.refused",
	ActRequestMore: "dossier.supplement_requested", ActSupplement: "dossier.supplemented",
	ActForward: "dossier.forwarded", ActStop: "dossier.stopped", ActExpire: "dossier.stopped",
	ActWithdraw: "dossier.withdrawn", ActFinish: "dossier.finished", ActReturn: "dossier.returned",
	ActMoveToSuccessor: "dossier.moved", ActBack: "dossier.sent_back", ActExtend: "dossier.extended",
	ActObligation: "dossier.obligation_announced", ActObligationMet: "dossier.obligation_met", ActAssign: "dossier.assigned",
}

// record writes the audit entry of an act and tells other rooms.
func (w *work) record(a Act, before any) error {
	err := audit.Record(w.ctx, w.tx, audit.Entry{
		Action: "dossier." + string(a), Object: "dossier.dossier", ObjectID: string(w.d.ID),
		UnitID: string(w.d.ReceiverID), Before: before, After: w.d, Detail: map[string]any{"code": w.d.Code},
	})
	if err != nil {
		return err
	}
	for _, told := range append([]Act{a}, w.then...) {
		if err := w.tell(told); err != nil {
			return err
		}
	}
	w.then = nil
	return nil
}

func (w *work) tell(a Act) error {
	name, ok := eventNames[a]
	if !ok {
		return nil
	}
	if a == ActExpire && w.d.Status == StatusRefused {
		name = eventNames[ActRefuse]
	}
	return event.Publish(w.ctx, w.tx, name, Happened{ID: w.d.ID, Code: w.d.Code, Act: a, Status: w.d.Status, At: w.now,
		ReceiverID: w.d.ReceiverID, ProcedureCode: w.d.ProcedureCode})
}

// note writes a line of the history.
func (w *work) note(a Act, unit org.Unit, st *Step, public bool, note string, x detail) error {
	raw, err := json.Marshal(x)
	if err != nil {
		return err
	}
	e := Event{ID: id.New(), DossierID: w.d.ID, At: w.now, Act: a, From: w.from, To: w.d.Status,
		ActorID: w.who.ID, ActorName: w.who.Name, ActorTitle: w.who.Title, UnitID: unit.ID, UnitName: unit.Name,
		Public: public, Note: note, Detail: string(raw)}
	if st != nil {
		e.StepName = st.Name
	}
	w.from = w.d.Status
	return w.store.insertEvent(w.ctx, w.tx, e)
}

// step returns an open step of the dossier on which the actor may work.
func (w *work) step(stepID string) (*Step, error) {
	for i := range w.steps {
		st := &w.steps[i]
		if st.ID != stepID {
			continue
		}
		if !w.who.Can(permissionOf(procedure.StepKind(st.Kind)), st.UnitPath) {
			return nil, fault.NewForbidden(i18n.M("Bước “%s” thuộc %s; tài khoản này không có quyền xử lý ở đó.", st.Name, st.UnitName))
		}
		if !st.Open() {
			return nil, w.gone(st)
		}
		return st, nil
	}
	return nil, fault.NewNotFound(i18n.M("Không tìm thấy bước xử lý này của hồ sơ."))
}

func (w *work) gone(st *Step) error {
	if st.DoneBy != "" && st.DoneAt != nil {
		return fault.NewConflict(i18n.M("Bước “%s” đã được %s xử lý lúc %s. Hãy tải lại trang để xem tình trạng mới nhất.", st.Name, st.DoneBy, display(*st.DoneAt)))
	}
	return fault.NewConflict(i18n.M("Bước “%s” không còn chờ xử lý. Hãy tải lại trang để xem tình trạng mới nhất.", st.Name))
}

// hold makes the actor the one who works on the step; it fails when a colleague does.
func (w *work) hold(st *Step) error {
	switch {
	case st.State == StepClaimed && st.AssigneeID != w.who.ID:
		return fault.NewConflict(i18n.M("Bước “%s” đã được %s nhận lúc %s.", st.Name, st.AssigneeName, display(*st.ClaimedAt)))
	case st.State == StepReady:
		st.State, st.AssigneeID, st.AssigneeName, st.ClaimedAt = StepClaimed, w.who.ID, w.who.Name, &w.now
	}
	return nil
}

// unit returns the unit that a step lies at, for the history.
func (w *work) unit(id org.UnitID) (org.Unit, error) { return w.Units.Unit(w.ctx, id) }

// may reports whether the process lets this act happen at this step, beyond
// what belongs to the kind of step. See actions.go for the table.
func (w *work) may(st *Step, a Act) error {
	if allows(w.spec, w.d, st, a) {
		return nil
	}
	return fault.NewConflict(i18n.M("Quy trình của thủ tục này không cho phép việc đó ở bước “%s”.", st.Name))
}
