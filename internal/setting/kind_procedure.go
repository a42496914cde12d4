package setting

import (
	"context"
	"strings"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/procedure"
)

// KindProcedures is the key of the procedures among the kinds.
const KindProcedures = "procedure"

// Procedures makes the procedures a kind: the record, the e-form and the process of the version that holds today.
func Procedures(s *procedure.Service) Kind { return procedures{s} }

type procedures struct{ service *procedure.Service }

func (procedures) Key() string        { return KindProcedures }
func (procedures) Name() i18n.Msg     { return i18n.M("Thủ tục và quy trình") }
func (procedures) Permission() string { return procedure.PermManage }
func (procedures) Folder() string     { return "procedures" }

func (k procedures) Things(ctx context.Context, text string) ([]Thing, error) {
	p, err := k.service.Find(ctx, procedure.Query{Text: text, Limit: maxThings})
	if err != nil {
		return nil, err
	}
	things := make([]Thing, len(p.Items))
	for i, s := range p.Items {
		things[i] = Thing{Key: s.Code, Title: s.Name, Note: s.Code, File: vntext.Slug(s.Name) + ".yaml"}
	}
	return things, nil
}

func (k procedures) Thing(ctx context.Context, key string) (Thing, error) {
	v, err := k.service.Current(ctx, key, clock.Date{})
	if err != nil {
		return Thing{}, err
	}
	return Thing{Key: v.Code, Title: v.Name, Note: v.Code, File: vntext.Slug(v.Name) + ".yaml"}, nil
}

func (k procedures) Export(ctx context.Context, key string) (string, error) {
	v, err := k.service.Current(ctx, key, clock.Date{})
	if err != nil {
		return "", err
	}
	raw, err := procedure.Dump(v.Spec)
	return string(raw), err
}

// readProcedure reads the one version of a draft.
func readProcedure(text string) (*procedure.Spec, error) {
	specs, err := procedure.Load("", strings.NewReader(text))
	if err != nil {
		return nil, err
	}
	if len(specs) != 1 {
		return nil, fault.NewInvalid("text", i18n.M("Bản thảo thủ tục chỉ chứa một phiên bản."))
	}
	return specs[0], nil
}

func (k procedures) Check(_ context.Context, key, text string) ([]Finding, error) {
	spec, err := readProcedure(text)
	if err != nil {
		return findingsOf(err), nil
	}
	var found []Finding
	if spec.Code != key {
		found = append(found, Finding{Text: i18n.M("Mã thủ tục trong bản thảo là %s, phải giữ nguyên là %s.", spec.Code, key)})
	}
	for _, w := range procedure.Lint(spec, procedure.Known{}) {
		found = append(found, Finding{Warning: true, Step: stepOf(spec, w.Path), Text: w.Msg})
	}
	return found, nil
}

// stepOf returns the key of the step that a path such as "process.steps.2.next" is about.
func stepOf(spec *procedure.Spec, path string) string {
	rest, ok := strings.CutPrefix(path, "process.steps.")
	if !ok {
		return ""
	}
	n := 0
	for _, r := range rest {
		if r < '0' || r > '9' {
			break
		}
		n = n*10 + int(r-'0')
	}
	if n >= len(spec.Process.Steps) {
		return ""
	}
	return spec.Process.Steps[n].Key
}

func (procedures) Compare(_ context.Context, before, after string) ([]Change, error) {
	return compareTexts(before, after, "valid_from", "valid_to")
}

func (k procedures) Apply(ctx context.Context, _, _, text string, from clock.Date) error {
	spec, err := readProcedure(text)
	if err != nil {
		return err
	}
	return k.service.Succeed(ctx, spec, from)
}
