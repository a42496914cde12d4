package dossier

import (
	"context"
	"io"
	"slices"
	"time"

	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/org"
	"lienthong/internal/procedure"
)

// errNotYours is shown as "not found", so that nobody learns which dossiers there are.
var errNotYours = db.ErrNoRows

func newPaper(d ID, position int, name string) Paper {
	return Paper{ID: id.New(), DossierID: d, Position: position, Name: name, Originals: 1, Provided: true}
}

// View (hồ sơ trên bàn làm việc) is everything an official sees of a dossier.
type View struct {
	*Dossier
	Version     *procedure.Version
	Receiver    org.Unit
	Handler     org.Unit
	Papers      []Paper
	Files       []Attachment
	Fees        []Fee
	Parts       []Part
	Steps       []Step
	Events      []Event // newest first
	Supplements []Supplement
	Offers      []Offer // what the reader can do
	Now         time.Time
}

// Offer (việc có thể làm) is an open step with the acts that the reader may do on it.
type Offer struct {
	Step    Step
	Acts    []Act
	Choices []procedure.Branch // ways on; more than one means that the official chooses
	Mine    bool               // claimed by the reader
	Assign  bool               // the reader may give it to a colleague
	Before  string             // name of the step that "back" leads to
}

// Has reports whether the offer holds an act.
func (o Offer) Has(a Act) bool { return slices.Contains(o.Acts, a) }

// Read returns a dossier for an official of one of its agencies.
func (s *Service) Read(ctx context.Context, d ID) (*View, error) {
	x, err := s.store.byID(ctx, s.DB, d)
	if err != nil {
		return nil, notFound(err)
	}
	v := &View{Dossier: x, Now: s.Clock.Now()}
	if err := s.lookUp(ctx, v); err != nil {
		return nil, err
	}
	if err := s.mayRead(ctx, actor.From(ctx), v.Parts, v.Steps); err != nil {
		return nil, err
	}
	if v.Version, err = s.Procedures.Version(ctx, x.VersionID); err != nil {
		return nil, err
	}
	if v.Receiver, err = s.Units.Unit(ctx, x.ReceiverID); err != nil {
		return nil, err
	}
	if v.Handler, err = s.Units.Unit(ctx, x.HandlerID); err != nil {
		return nil, err
	}
	slices.Reverse(v.Events)
	v.Offers, err = s.offers(ctx, v)
	return v, err
}

func (s *Service) lookUp(ctx context.Context, v *View) (err error) {
	if v.Papers, err = s.store.papers(ctx, s.DB, v.ID); err != nil {
		return err
	}
	if v.Files, err = s.store.attachments(ctx, s.DB, v.ID); err != nil {
		return err
	}
	if v.Fees, err = s.store.fees(ctx, s.DB, v.ID); err != nil {
		return err
	}
	if v.Parts, err = s.store.parts(ctx, s.DB, v.ID); err != nil {
		return err
	}
	if v.Steps, err = s.store.steps(ctx, s.DB, v.ID); err != nil {
		return err
	}
	if v.Events, err = s.store.events(ctx, s.DB, v.ID); err != nil {
		return err
	}
	v.Supplements, err = s.store.supplements(ctx, s.DB, v.ID)
	return err
}

// mayRead lets officials see the dossiers of their agencies and the steps of their divisions.
func (s *Service) mayRead(ctx context.Context, who actor.Actor, parts []Part, steps []Step) error {
	for _, st := range steps {
		if who.Can(PermRead, st.UnitPath) {
			return nil
		}
	}
	for _, p := range parts {
		u, err := s.Units.Unit(ctx, p.UnitID)
		if err != nil {
			return err
		}
		if who.Can(PermRead, u.Path) {
			return nil
		}
	}
	return notFound(errNotYours)
}

func (s *Service) offers(ctx context.Context, v *View) ([]Offer, error) {
	who := actor.From(ctx)
	w := work{Service: s, ctx: ctx, d: v.Dossier, spec: v.Version.Spec}
	var offers []Offer
	for _, st := range v.Steps {
		if !st.Open() {
			continue
		}
		o := Offer{Step: st, Mine: st.State == StepClaimed && st.AssigneeID == who.ID, Assign: who.Can(PermAssign, st.UnitPath) && v.Allows(ActAssign)}
		if who.Can(permissionOf(procedure.StepKind(st.Kind)), st.UnitPath) && (st.State == StepReady || o.Mine) {
			o.Acts = possible(v.Version.Spec, v.Dossier, &st)
		}
		if o.Has(ActForward) {
			var err error
			if o.Choices, err = w.flow().choices(st.Key); err != nil {
				return nil, err
			}
		}
		if i := slices.IndexFunc(v.Steps, func(b Step) bool { return b.ID == st.FromID }); i >= 0 {
			o.Before = v.Steps[i].Name
		}
		if len(o.Acts) > 0 || o.Assign {
			offers = append(offers, o)
		}
	}
	return offers, nil
}

// OpenFile opens a file of a dossier for an official of its agencies.
func (s *Service) OpenFile(ctx context.Context, d ID, attachmentID string) (io.ReadSeekCloser, file.File, error) {
	v, err := s.Read(ctx, d)
	if err != nil {
		return nil, file.File{}, err
	}
	return s.open(ctx, d, v.Files, attachmentID)
}

// OpenOwnFile opens a file of a dossier for its applicant.
func (s *Service) OpenOwnFile(ctx context.Context, number, secret, attachmentID string) (io.ReadSeekCloser, file.File, error) {
	st, err := s.Track(ctx, number, secret)
	if err != nil {
		return nil, file.File{}, err
	}
	return s.open(ctx, st.ID, st.Files, attachmentID)
}

func (s *Service) open(ctx context.Context, d ID, files []Attachment, attachmentID string) (io.ReadSeekCloser, file.File, error) {
	i := slices.IndexFunc(files, func(a Attachment) bool { return a.ID == attachmentID })
	if i < 0 {
		return nil, file.File{}, fault.NewNotFound(i18n.M("Không tìm thấy tệp này trong hồ sơ."))
	}
	return s.Files.Open(ctx, file.ID(files[i].FileID), holder(d))
}

// ReadByNumber is Read for a code, or for the number that an agency gave the dossier.
func (s *Service) ReadByNumber(ctx context.Context, number string) (*View, error) {
	number, ok := CleanCode(number)
	if !ok {
		return nil, fault.NewInvalid("code", i18n.M("Mã hồ sơ chưa đúng. Mã có dạng H21.15-261123-0007, in trên giấy tiếp nhận hồ sơ."))
	}
	d, err := s.store.byNumber(ctx, s.DB, number)
	if err != nil {
		return nil, notFound(err)
	}
	return s.Read(ctx, d.ID)
}

// Upload stores a file that is to be attached to a dossier later; only whoever knows the token can attach it.
func (s *Service) Upload(ctx context.Context, token, name string, r io.Reader) (file.File, error) {
	if !id.Valid(token) {
		return file.File{}, fault.NewInvalid("token", i18n.M("Phiên tải tệp đã hết. Hãy tải lại trang rồi chọn lại tệp."))
	}
	return s.Files.Put(ctx, file.Upload{Name: name, Reader: r, MaxSize: MaxFile, Holder: UploadHolder(token)})
}

// MaxFile is the largest file that a dossier takes, in bytes.
const MaxFile = 50 << 20
