package desk

import (
	"context"
	"io"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"lienthong/internal/dossier"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/web"
)

// order is an act that somebody sent off.
type order struct {
	dossier dossier.ID
	act     dossier.Act
	n       string // number of the form on its page
	step    string
	back    string
	values  web.Values
	token   string
	kept    []keptFile
}

func (o *order) get(field string) string {
	return o.values.Get(string(o.act) + "." + o.n + "." + field)
}

func (o *order) line(field string) string {
	return o.values.Line(string(o.act) + "." + o.n + "." + field)
}

// files are the ids of what was uploaded.
func (o *order) files() []string {
	ids := make([]string, len(o.kept))
	for i, k := range o.kept {
		ids[i] = k.ID
	}
	return ids
}

// doer hands an order to the dossier room.
type doer func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error)

// doers are the acts that can be sent to /desk/d/{id}/{act}.
var doers = map[dossier.Act]doer{
	dossier.ActClaim: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Claim(ctx, o.dossier, o.step)
	},
	dossier.ActRelease: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Release(ctx, o.dossier, o.step)
	},
	dossier.ActAccept: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Accept(ctx, o.dossier, o.step, o.get("note"))
	},
	dossier.ActForward: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Forward(ctx, o.dossier, dossier.Onward{StepID: o.step, Choice: o.get("choice"), Note: o.get("note"), Results: o.files(), UploadToken: o.token})
	},
	dossier.ActBack: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Back(ctx, o.dossier, o.step, o.get("reason"))
	},
	dossier.ActRequestMore: requestMore,
	dossier.ActRefuse: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Refuse(ctx, o.dossier, o.step, o.get("reason"))
	},
	dossier.ActStop: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Stop(ctx, o.dossier, o.step, o.get("reason"))
	},
	dossier.ActExtend: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Extend(ctx, o.dossier, o.step, o.line("term"), o.get("reason"))
	},
	dossier.ActObligation: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Oblige(ctx, o.dossier, o.step, o.get("note"))
	},
	dossier.ActObligationMet: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.ObligationMet(ctx, o.dossier, o.step, o.get("note"))
	},
	dossier.ActReturn: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Return(ctx, o.dossier, dossier.HandOver{StepID: o.step, To: o.line("to"), By: dossier.Channel(o.get("by")), Note: o.get("note")})
	},
	dossier.ActAssign: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Assign(ctx, o.dossier, o.step, o.get("to"), o.get("note"))
	},
	dossier.ActAttach: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.AddFiles(ctx, o.dossier, o.step, dossier.AttachmentKind(o.get("kind")), o.files(), o.token)
	},
	dossier.ActCheckPapers: checkPapers,
	dossier.ActCollectFee:  collectFees,
	dossier.ActSupplement:  supplement,
	dossier.ActWithdraw: func(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
		return s.Withdraw(ctx, o.dossier, "", o.get("reason"))
	},
}

func requestMore(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
	name := string(o.act) + "." + o.n + ".days"
	days, err := o.values.Int(name)
	if err != nil || days < 0 || days > 1000 {
		return nil, fault.NewInvalid("days", i18n.M("Hãy nhập số ngày làm việc, ví dụ 10."))
	}
	return s.RequestMore(ctx, o.dossier, dossier.MoreRequest{StepID: o.step, Items: strings.Split(o.get("items"), "\n"), Reason: o.get("reason"), Days: int(days)})
}

// checkPapers reads check.<paper>, note.<paper>, originals.<paper>, copies.<paper> and provided.<paper>.
func checkPapers(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
	var findings []dossier.Finding
	for _, paper := range o.values.All("paper") {
		originals, err := o.values.Int("originals." + paper)
		if err != nil {
			return nil, err
		}
		copies, err := o.values.Int("copies." + paper)
		if err != nil {
			return nil, err
		}
		f := dossier.Finding{PaperID: paper, Check: dossier.PaperCheck(o.values.Get("check." + paper)), Note: o.values.Line("note." + paper),
			Originals: int(originals), Copies: int(copies)}
		switch f.Check {
		case dossier.CheckOK, dossier.CheckWrong:
			f.Provided = true
		case dossier.CheckNone:
			f.Provided = o.values.Bool("provided." + paper)
		}
		findings = append(findings, f)
	}
	return s.CheckPapers(ctx, o.dossier, o.step, findings)
}

// collectFees reads paid (keys of fees) and quantity.<key>.
func collectFees(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
	var paid []dossier.FilingFee
	for _, key := range o.values.All("paid") {
		q, err := o.values.Int("quantity." + key)
		if err != nil {
			return nil, err
		}
		if q < 1 || q > 10000 {
			return nil, fault.NewInvalid("fees", i18n.M("Số lượng từ 1 đến 10.000."))
		}
		paid = append(paid, dossier.FilingFee{Key: key, Quantity: q, Paid: true})
	}
	return s.CollectFees(ctx, o.dossier, o.step, paid)
}

func supplement(ctx context.Context, s *dossier.Service, o *order) (*dossier.Dossier, error) {
	m := dossier.MoreAnswer{Note: o.get("note")}
	prefix := string(o.act) + "." + o.n + ".paper."
	for name := range o.values {
		if key, ok := strings.CutPrefix(name, prefix); ok && o.values.Bool(name) {
			m.Papers = append(m.Papers, dossier.FilingPaper{Key: key, Provided: true})
		}
	}
	for _, line := range strings.Split(o.get("extra"), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			m.Papers = append(m.Papers, dossier.FilingPaper{Name: line, Provided: true})
		}
	}
	return s.Supplement(ctx, o.dossier, m)
}

// act does what a form of the open dossier asks for.
func (room *Room) act(w http.ResponseWriter, r *http.Request) error {
	act := dossier.Act(r.PathValue("act"))
	do := doers[act]
	if do == nil {
		return fault.NewNotFound(i18n.M("Không có việc này. Hãy mở lại hồ sơ và chọn trong danh sách việc."))
	}
	o, err := room.readOrder(r, act)
	if o == nil {
		return err
	}
	ctx := r.Context()
	var d *dossier.Dossier
	if err == nil {
		d, err = do(ctx, room.Dossiers, o)
	}
	switch fault.KindOf(err) {
	case fault.Invalid, fault.Conflict:
		if err != nil {
			return room.again(w, r, o, err)
		}
	}
	if err != nil {
		return web.Carry(err, o.carried())
	}
	room.pages.AddFlash(w, r, web.FlashOK, room.said(ctx, act, d))
	to := "/desk/d/" + string(o.dossier)
	if o.back != "" {
		to = backTo(o.back)
	}
	return web.Redirect(w, r, to)
}

// again shows the dossier as it is now, with the form that could not be taken and the reason.
func (room *Room) again(w http.ResponseWriter, r *http.Request, o *order, cause error) error {
	v, err := room.Dossiers.Read(r.Context(), o.dossier)
	if err != nil { // a stranger learns nothing, not even the state that stood in the way
		return err
	}
	t := room.texts(r.Context())
	p, err := room.page(r, v, o.back, typed{act: o.act, n: o.n, values: o.values, token: o.token, kept: o.kept, err: cause})
	if err != nil {
		return err
	}
	f, _ := fault.As(cause)
	if f.Kind == fault.Conflict {
		p.Alert = t.tr(f.User())
		if !p.reopened() {
			p.Unsaved = o.written()
		}
		return room.showItem(w, r, statusOf(cause), p)
	}
	shown := (&actForm{Act: string(o.act), N: o.n}).name
	if o.act == dossier.ActCheckPapers || o.act == dossier.ActCollectFee {
		shown = func(string) string { return string(o.act) }
	}
	p.Problems = t.problemsOf(cause, shown).List
	return room.showItem(w, r, statusOf(cause), p)
}

// carried are the fields of the form with the files that were stored, to be sent once more.
func (o *order) carried() web.Values {
	vs := maps.Clone(o.values)
	vs["token"], vs["kept"] = []string{o.token}, nil
	for _, k := range o.kept {
		vs["kept"] = append(vs["kept"], k.Value())
	}
	return vs
}

// written are the lines of free text in a form.
func (o *order) written() []string {
	var lines []string
	for _, field := range []string{"items", "extra", "reason", "note"} {
		for line := range strings.Lines(o.get(field)) {
			if line = strings.TrimSpace(line); line != "" {
				lines = append(lines, line)
			}
		}
	}
	return lines
}

// readOrder reads a form and stores the files in it. A file that is refused ends in an
// Invalid fault beside the order, so that nothing typed is lost.
func (room *Room) readOrder(r *http.Request, act dossier.Act) (*order, error) {
	o := &order{dossier: dossier.ID(r.PathValue("id")), act: act, token: id.New()}
	up := uploads{room: room, ctx: r.Context(), token: &o.token}
	vs, err := web.Multipart(r, dossier.MaxFile, func(p web.Part, sofar web.Values) error {
		k, err := up.take(p, sofar)
		if k != nil {
			o.kept = append(o.kept, *k)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	o.values, o.n, o.step, o.back = vs, vs.Line("n"), vs.Line("step"), vs.Get("back")
	if _, err := strconv.Atoi(o.n); err != nil {
		o.n = "0"
	}
	if token := vs.Line("token"); id.Valid(token) {
		o.token = token
	}
	o.kept = append(parseKept(vs.All("kept")), o.kept...)
	return o, up.refused
}

// uploads stores the files of a form while it is read.
type uploads struct {
	room    *Room
	ctx     context.Context
	token   *string
	refused error // first file that was not taken
}

// take stores one file under the token of the form, which stands before the files.
func (u *uploads) take(p web.Part, sofar web.Values) (*keptFile, error) {
	if token := sofar.Line("token"); id.Valid(token) {
		*u.token = token
	}
	f, err := u.room.Dossiers.Upload(u.ctx, *u.token, p.Name, p)
	if err == nil {
		return &keptFile{string(f.ID), f.Name}, nil
	}
	if fault.KindOf(err) != fault.Invalid {
		return nil, err
	}
	if u.refused == nil {
		f, _ := fault.As(err)
		u.refused = fault.NewInvalid("files", f.User())
	}
	_, err = io.Copy(io.Discard, p) // the rest of the form is wanted still
	if fault.KindOf(err) == fault.Invalid {
		return nil, nil // over the limit: said already
	}
	return nil, err
}

func parseKept(list []string) []keptFile {
	var kept []keptFile
	for _, s := range list {
		if fileID, name, ok := strings.Cut(s, "|"); ok && id.Valid(fileID) {
			kept = append(kept, keptFile{fileID, name})
		}
	}
	return kept
}
