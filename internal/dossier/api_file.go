package dossier

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/file"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
)

// filingPart is the name of the part that holds the filing as JSON.
const filingPart = "dossier"

// maxFilingText bounds the part with the filing, in bytes.
const maxFilingText = 4 << 20

// fileIn is a complete dossier in one call: the part "dossier" holds the Filing
// as JSON; every other part is a file, named in papers[].files by the name of its part.
type fileIn struct {
	RawBody multipart.Form
}

func (s *Service) apiFile(a *web.API) {
	filing := a.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Filing](), true, "")
	web.Register(a, huma.Operation{OperationID: "dossier.file", Method: http.MethodPost, Path: "/dossier/dossiers",
		Summary:     "Nộp một hồ sơ đầy đủ",
		Description: "Một lần gọi: phần `dossier` là JSON (tờ khai, người nộp, giấy tờ, phí); mỗi phần còn lại là một tệp. `papers[].files` ghi tên phần của tệp, hoặc mã tệp đã tải lên trước với `upload_token`.",
		RequestBody: formBody(map[string]*huma.Schema{filingPart: filing}, filingPart), DefaultStatus: http.StatusCreated, MaxBodyBytes: web.Upload},
		web.SignedIn, s.fileOne)
}

// formBody describes a form with files: the parts named, and any number of files.
func formBody(parts map[string]*huma.Schema, required ...string) *huma.RequestBody {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "Một tệp"}
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"multipart/form-data": {
		Schema: &huma.Schema{Type: huma.TypeObject, Properties: parts, Required: required, AdditionalProperties: binary},
	}}}
}

func (s *Service) fileOne(ctx context.Context, in *fileIn) (_ *DossierOut, err error) {
	defer func() { err = errors.Join(err, in.RawBody.RemoveAll()) }()
	f, err := filingOf(&in.RawBody)
	if err != nil {
		return nil, err
	}
	f.RequestKey = "api:" + web.RequestKey(ctx)
	if d, err := s.filed(ctx, f.RequestKey); err != nil {
		return nil, err
	} else if d != nil {
		return &DossierOut{s.body(d, true)}, nil
	}
	parts, err := filesOf(&in.RawBody)
	if err != nil {
		return nil, err
	}
	if err := f.namesParts(parts); err != nil {
		return nil, err
	}
	if f.UploadToken == "" {
		f.UploadToken = id.New()
	}
	uploaded, err := s.uploadParts(ctx, f.UploadToken, parts)
	if err != nil {
		return nil, renamed(err, "token", "upload_token")
	}
	for i := range f.Papers {
		for j, part := range f.Papers[i].Files {
			if fs, ok := uploaded[part]; ok {
				f.Papers[i].Files[j] = string(fs[0].ID)
			}
		}
	}
	d, err := s.File(ctx, *f)
	if err != nil {
		return nil, err
	}
	return &DossierOut{s.body(d, true)}, nil
}

// filingOf reads the part with the filing: a field, or a file as curl sends it.
func filingOf(form *multipart.Form) (*Filing, error) {
	texts := form.Value[filingPart]
	for _, h := range form.File[filingPart] {
		text, err := textOf(h)
		if err != nil {
			return nil, err
		}
		texts = append(texts, text)
	}
	if len(texts) != 1 || strings.TrimSpace(texts[0]) == "" {
		return nil, fault.NewInvalid(filingPart, i18n.M("Thiếu phần “dossier” ghi nội dung hồ sơ dạng JSON."))
	}
	delete(form.File, filingPart)
	delete(form.Value, filingPart)
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		return nil, fault.NewInvalid(name, i18n.M("Phần “%s” không phải là tệp. Hãy gửi kèm tên tệp (filename), hoặc ghi nội dung vào phần “dossier”.", name))
	}
	var f Filing
	dec := json.NewDecoder(strings.NewReader(vntext.NFC(texts[0])))
	dec.DisallowUnknownFields()
	err := dec.Decode(&f)
	if err == nil && dec.More() {
		err = &json.SyntaxError{Offset: dec.InputOffset() + 1}
	}
	if err != nil {
		return nil, filingFault(err)
	}
	f.Form = composed(f.Form)
	return &f, nil
}

func textOf(h *multipart.FileHeader) (string, error) {
	if h.Size > maxFilingText {
		return "", web.TooLarge(maxFilingText)
	}
	r, err := h.Open()
	if err != nil {
		return "", err
	}
	defer r.Close() //nolint:errcheck // read only
	raw, err := io.ReadAll(r)
	return string(bytes.TrimPrefix(raw, []byte("\ufeff"))), err
}

// filingFault says what is wrong with the JSON of a filing, and where.
func filingFault(err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fault.NewInvalid(filingPart, i18n.M("Phần “dossier” không phải JSON hợp lệ: lỗi ở byte thứ %d.", syntax.Offset)).Wrap(err)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.NewInvalid(filingPart, i18n.M("Phần “dossier” không phải JSON hợp lệ: nội dung bị cắt ngang.")).Wrap(err)
	case errors.As(err, &kind):
		return fault.NewInvalid(kind.Field, i18n.M("Mục “%s” không đúng kiểu dữ liệu ghi trong mô tả API.", kind.Field)).Wrap(err)
	}
	if _, name, ok := strings.Cut(err.Error(), "unknown field "); ok {
		name = strings.Trim(name, `"`)
		return fault.NewInvalid(name, i18n.M("Nội dung hồ sơ có mục “%s” mà mô tả API không có. Hãy bỏ mục này hoặc sửa lại tên.", name)).Wrap(err)
	}
	return fault.NewInvalid(filingPart, i18n.M("Phần “dossier” có giá trị không đúng dạng, ví dụ ngày phải ghi 2018-11-23.")).Wrap(err)
}

// composed returns answers of an e-form with all texts in composed form, also those that JSON wrote as escapes.
func composed(form map[string]any) map[string]any {
	for k, v := range form {
		form[k] = composedValue(v)
	}
	return form
}

func composedValue(v any) any {
	switch v := v.(type) {
	case string:
		return vntext.NFC(v)
	case map[string]any:
		return composed(v)
	case []any:
		for i := range v {
			v[i] = composedValue(v[i])
		}
	}
	return v
}

// filesOf returns the files of a form by the names of their parts, composed as the names in papers[].files are.
func filesOf(form *multipart.Form) (map[string][]*multipart.FileHeader, error) {
	parts := map[string][]*multipart.FileHeader{}
	for name, headers := range form.File {
		name = vntext.NFC(name)
		if parts[name] = append(parts[name], headers...); len(parts[name]) > 1 {
			return nil, fault.NewInvalid(name, i18n.M("Mỗi phần chỉ chứa một tệp."))
		}
	}
	return parts, nil
}

// namesParts holds that the papers name exactly the files that came along, and files uploaded before.
func (f *Filing) namesParts(parts map[string][]*multipart.FileHeader) error {
	var ps fault.Problems
	named := map[string]bool{}
	for _, p := range f.Papers {
		for _, part := range p.Files {
			if _, ok := parts[part]; !ok && f.UploadToken == "" {
				ps.Add("papers", i18n.M("Không có tệp nào ở phần “%s”.", part))
			}
			named[part] = true
		}
	}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		if !named[part] {
			ps.Add(part, i18n.M("Không giấy tờ nào ghi phần “%s” trong papers[].files.", part))
		}
	}
	return ps.Err()
}

// uploadParts stores the files of a form under a token and returns them by the names of their parts.
func (s *Service) uploadParts(ctx context.Context, token string, parts map[string][]*multipart.FileHeader) (map[string][]file.File, error) {
	return eachPart(parts, func(_, name string, r io.Reader) (file.File, error) { return s.Upload(ctx, token, name, r) })
}

// eachPart hands the files of a form to put, in the order of the names of their parts. What put finds wrong is said of the part.
func eachPart(parts map[string][]*multipart.FileHeader, put func(part, name string, r io.Reader) (file.File, error)) (map[string][]file.File, error) {
	stored := map[string][]file.File{}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		for _, h := range parts[part] {
			f, err := putPart(part, h, put)
			if err != nil {
				return nil, err
			}
			stored[part] = append(stored[part], f)
		}
	}
	return stored, nil
}

func putPart(part string, h *multipart.FileHeader, put func(part, name string, r io.Reader) (file.File, error)) (file.File, error) {
	r, err := h.Open()
	if err != nil {
		return file.File{}, err
	}
	defer r.Close() //nolint:errcheck // read only
	f, err := put(part, web.FileName(h.Filename), r)
	return f, renamed(err, "file", part)
}

// renamed returns an Invalid fault with what is said about one field said about another.
func renamed(err error, from, to string) error {
	f, ok := fault.As(err)
	if !ok {
		return err
	}
	for i := range f.Problems {
		if f.Problems[i].Field == from {
			f.Problems[i].Field = to
		}
	}
	return err
}
