package dossier

import (
	"context"
	"encoding/json"

	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/form"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// File files a complete dossier: people, answers, papers with their files, fees.
// Citizens file online for themselves; clerks with dossier.accept at the counter
// of their agency (and accept at once when f.Accept is set); programs with
// dossier.file. The same RequestKey never files twice: the dossier that is there is returned.
//
// Law: 61/2018/NĐ-CP Đ.17; 01/2018/TT-VPCP Đ.19
func (s *Service) File(ctx context.Context, f Filing) (*Dossier, error) {
	if d, err := s.filed(ctx, f.RequestKey); d != nil || err != nil {
		return d, err
	}
	f.clean()
	day := clock.DateOf(s.Clock.Now())
	v, err := s.Procedures.Current(ctx, f.ProcedureCode, day)
	if err != nil {
		return nil, err
	}
	receiver, err := s.receiver(ctx, v, f.ReceiverID)
	if err != nil {
		return nil, err
	}
	if err := s.mayFile(ctx, &f, v.Spec, receiver); err != nil {
		return nil, err
	}
	lists, err := s.Procedures.FormLists(ctx, v, day)
	if err != nil {
		return nil, err
	}
	if err := f.validate(v.Spec, form.Rules{On: day, Lists: lists, Lang: i18n.Lang(ctx)}); err != nil {
		return nil, err
	}
	var out *Dossier
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		w, err := s.file(ctx, tx, v, receiver, &f)
		if err == nil {
			out = w.d
		}
		return err
	})
	if db.IsUnique(err) && f.RequestKey != "" { // the same request arrived twice at the same time
		if d, ferr := s.filed(ctx, f.RequestKey); d != nil || ferr != nil {
			return d, ferr
		}
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// filed returns the dossier that was filed with a request key, or nil.
func (s *Service) filed(ctx context.Context, key string) (*Dossier, error) {
	if key == "" {
		return nil, nil
	}
	d, err := s.store.byRequestKey(ctx, s.DB, key)
	if noRows(err) {
		return nil, nil
	}
	return d, err
}

// receiver returns the agency that a dossier is filed with, when the procedure may be filed there.
func (s *Service) receiver(ctx context.Context, v *procedure.Version, unit org.UnitID) (org.Unit, error) {
	if unit == "" {
		return org.Unit{}, fault.NewInvalid("receiver", i18n.M("Hãy chọn cơ quan tiếp nhận hồ sơ."))
	}
	u, err := s.current(ctx, unit)
	if err != nil {
		return u, err
	}
	ok, err := s.Procedures.Receives(ctx, v, string(u.ID))
	if err == nil && !ok {
		err = fault.NewInvalid("receiver", i18n.M("%s không tiếp nhận thủ tục “%s”. Hãy chọn cơ quan khác trong danh sách.", u.Name, v.Name))
	}
	return u, err
}

// current returns the unit, or the one that took its place when it has ended.
func (s *Service) current(ctx context.Context, unit org.UnitID) (org.Unit, error) {
	u, err := s.Units.Unit(ctx, unit)
	if err != nil {
		return u, err
	}
	today := clock.DateOf(s.Clock.Now())
	if u.ValidTo.IsZero() || u.ValidTo.After(today) {
		return u, nil
	}
	return s.Units.Successor(ctx, unit, today)
}

// mayFile checks who files through which channel.
func (s *Service) mayFile(ctx context.Context, f *Filing, spec *procedure.Spec, receiver org.Unit) error {
	who := actor.From(ctx)
	if who.Can(PermFile, receiver.Path) {
		if !f.Accept {
			return nil
		}
		at, err := s.place(ctx, receiver, spec.Process.First())
		f.Accept = err == nil && who.Can(PermAccept, at.Path) // filing for others is not accepting
		return err
	}
	if f.Channel == ChannelOnline {
		switch {
		case !who.SignedIn():
			return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập để nộp hồ sơ trực tuyến. Nội dung đã nhập được giữ lại."))
		case who.Kind != actor.Person:
			return fault.NewForbidden(i18n.M("Hồ sơ trực tuyến do công dân, tổ chức nộp bằng tài khoản của mình."))
		}
		f.Accept = false
		return nil
	}
	at, err := s.place(ctx, receiver, spec.Process.First())
	if err != nil {
		return err
	}
	if !who.Can(PermAccept, at.Path) {
		return fault.NewForbidden(i18n.M("Tài khoản này không tiếp nhận hồ sơ tại %s.", receiver.Name))
	}
	return nil
}

// file writes a new dossier and its first step in the transaction of the caller.
func (s *Service) file(ctx context.Context, tx *db.Tx, v *procedure.Version, receiver org.Unit, f *Filing) (*work, error) {
	w := &work{Service: s, ctx: ctx, tx: tx, who: actor.From(ctx), now: s.Clock.Now(), spec: v.Spec, from: StatusNew}
	form, err := json.Marshal(f.Form)
	if err != nil {
		return nil, err
	}
	w.d = &Dossier{ID: ID(id.New()), Secret: newSecret(), VersionID: v.ID, ProcedureCode: v.Spec.Code,
		ProcedureName: v.Spec.Name, Field: v.Spec.Field, CaseKey: f.CaseKey, Channel: f.Channel, ReturnBy: f.ReturnBy,
		ReturnAddress: f.ReturnAddress, ReceiverID: receiver.ID, Status: StatusNew, Authorised: f.Authorised, Sets: f.Sets,
		Form: string(form), FiledAt: w.now, Owner: f.Owner, Submitter: f.Submitter, Version: 1}
	if w.who.Kind == actor.Person {
		w.d.AccountID = w.who.ID
	}
	if w.cal, err = s.Calendars.For(ctx, string(receiver.ID)); err != nil {
		return nil, err
	}
	handler, err := s.resolve(ctx, receiver, receiver, v.Spec.Handler)
	if err != nil {
		return nil, err
	}
	w.d.HandlerID = handler.ID
	if w.d.Code, err = w.number(receiver); err != nil {
		return nil, err
	}
	if err := s.store.insert(ctx, tx, w.d, f.searchText(w.d.Code, v.Spec.Name), f.RequestKey); err != nil {
		return nil, err
	}
	if err := w.insertPapers(f); err != nil {
		return nil, err
	}
	if err := w.insertFees(f); err != nil {
		return nil, err
	}
	return w, w.begin(receiver, f.Accept)
}

// begin starts the first step of a new dossier and, at the counter, accepts at once.
func (w *work) begin(receiver org.Unit, accept bool) error {
	if err := w.start(w.spec.Process.First().Key, nil); err != nil {
		return err
	}
	if err := w.note(ActFile, receiver, nil, true, "", detail{Number: w.d.Code}); err != nil {
		return err
	}
	if err := w.record(ActFile, nil); err != nil {
		return err
	}
	if !accept {
		return w.store.follow(w.ctx, w.tx, w.d)
	}
	st := &w.steps[0]
	if err := w.hold(st); err != nil {
		return err
	}
	w.d.Status = StatusAccepted
	if err := w.accept(st, ""); err != nil {
		return err
	}
	if err := w.store.save(w.ctx, w.tx, w.d); err != nil {
		return err
	}
	return w.record(ActAccept, nil)
}

// number takes the next code of a unit for today.
func (w *work) number(u org.Unit) (string, error) {
	day := clock.DateOf(w.now)
	code, err := w.Units.Code(w.ctx, u.ID, w.Config.CodeScheme, day)
	if err != nil {
		return "", err
	}
	n, err := w.store.next(w.ctx, w.tx, code.Code, day)
	if err != nil {
		return "", err
	}
	return Number(code.Code, day, n), nil
}

func (w *work) insertPapers(f *Filing) error {
	var papers []Paper
	add := func(p Paper, files []string) error {
		p.ID, p.DossierID, p.Position = id.New(), w.d.ID, len(papers)+1
		papers = append(papers, p)
		return w.attach(AttachmentPaper, p.ID, files, f.uploads())
	}
	listed := map[string]bool{}
	for _, p := range w.spec.PapersFor(f.CaseKey, "") {
		listed[p.Key] = true
		row := Paper{Key: p.Key, Name: p.Name, Originals: p.Originals, Copies: p.Copies, Required: !p.Optional}
		var files []string
		if given := f.paper(p.Key); given != nil {
			row.Provided, files = given.Provided, given.Files
			if given.Originals+given.Copies > 0 {
				row.Originals, row.Copies = given.Originals, given.Copies
			}
		}
		if p.EForm && f.Channel == ChannelOnline && len(f.Form) > 0 {
			row.Provided = true
		}
		if err := add(row, files); err != nil {
			return err
		}
	}
	for _, p := range f.Papers {
		if listed[p.Key] {
			continue
		}
		err := add(Paper{Name: p.Name, Originals: p.Originals, Copies: p.Copies, Provided: p.Provided}, p.Files)
		if err != nil {
			return err
		}
	}
	return w.store.insertPapers(w.ctx, w.tx, papers...)
}

// maxFiles bounds the files attached at once, to one paper or as results.
const maxFiles = 50

// attach moves uploaded files to the dossier.
func (w *work) attach(kind AttachmentKind, paperID string, files []string, from file.Holder) error {
	if len(files) == 0 {
		return nil
	}
	if from.ID == "" || len(files) > maxFiles {
		return fault.NewInvalid("files", i18n.M("Phiên tải tệp đã hết, hoặc có quá %d tệp. Hãy tải lại trang rồi chọn lại tệp.", maxFiles))
	}
	ids := make([]file.ID, len(files))
	for i, f := range files {
		ids[i] = file.ID(f)
	}
	moved, err := w.Files.Attach(w.ctx, w.tx, ids, from, holder(w.d.ID))
	if err != nil {
		return err
	}
	for _, m := range moved {
		err := w.store.insertAttachment(w.ctx, w.tx, Attachment{ID: id.New(), DossierID: w.d.ID, PaperID: paperID, Kind: kind,
			FileID: string(m.ID), Name: m.Name, Size: m.Size, MediaType: m.MediaType, AddedBy: w.who.Name, AddedAt: w.now})
		if err != nil {
			return err
		}
	}
	return nil
}

// UploadHolder returns the holder of files that wait to be attached; the token is known only to whoever uploads.
func UploadHolder(token string) file.Holder { return file.Holder{Kind: file.UploadKind, ID: token} }

// DraftHolder returns the holder of the files of a draft.
func DraftHolder(draft string) file.Holder { return file.Holder{Kind: "dossier.draft", ID: draft} }

func holder(d ID) file.Holder { return file.Holder{Kind: "dossier.dossier", ID: string(d)} }

func (w *work) insertFees(f *Filing) error {
	for _, fee := range w.spec.FeesFor(f.CaseKey, string(f.Channel)) {
		row := Fee{ID: id.New(), DossierID: w.d.ID, Key: fee.Key, Name: fee.Name, Kind: string(fee.Kind), Amount: fee.Amount, Quantity: 1}
		for _, given := range f.Fees {
			if given.Key != fee.Key {
				continue
			}
			if given.Quantity > 0 {
				row.Quantity = given.Quantity
			}
			if given.Paid && w.who.Kind == actor.Staff {
				row.PaidAt, row.PaidTo = &w.now, w.who.Name
			}
		}
		if err := w.store.insertFee(w.ctx, w.tx, row); err != nil {
			return err
		}
	}
	return nil
}

// resolve returns the agency that an address of the process means: receiver,
// handler, above:<level> or agency:<slug>; the successor where it has ended.
func (s *Service) resolve(ctx context.Context, receiver, handler org.Unit, at string) (org.Unit, error) {
	p, err := procedure.ParsePlace(at)
	if err != nil {
		return org.Unit{}, err
	}
	switch p.Kind {
	case procedure.AtCompetent:
		return handler, nil
	case procedure.AtAbove:
		u, err := s.Units.AgencyAbove(ctx, receiver.ID, p.Arg)
		if err != nil {
			return u, err
		}
		return s.current(ctx, u.ID)
	case procedure.AtAgency:
		u, err := s.Units.BySlug(ctx, p.Arg)
		if err != nil {
			return u, err
		}
		return s.current(ctx, u.ID)
	}
	return receiver, nil
}

// place returns the division of an agency that does a step, or the agency when the step names none that is there.
func (s *Service) place(ctx context.Context, agency org.Unit, step *procedure.Step) (org.Unit, error) {
	if step.Division == "" {
		return agency, nil
	}
	u, err := s.Units.DivisionByKey(ctx, agency.ID, step.Division)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return agency, nil
	}
	return u, err
}
