package dossier

import (
	"context"
	"errors"
	"maps"
	"mime/multipart"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"lienthong/internal/file"
	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/vntext"
	"lienthong/internal/kit/web"
)

// fileBody is a file in answers of the API.
type fileBody struct {
	ID        string `json:"id"`
	Part      string `json:"part,omitempty" doc:"Name of the part it came in"`
	Name      string `json:"name"`
	Size      int64  `json:"size" doc:"Bytes"`
	MediaType string `json:"media_type"`
}

// uploadsIn is a form with files; the fields upload_token, code and secret are optional.
type uploadsIn struct {
	RawBody multipart.Form
}

type uploadsOut struct {
	Body struct {
		UploadToken string     `json:"upload_token" doc:"Send it with the ids of the files; only who knows it can attach them"`
		Files       []fileBody `json:"files"`
	}
}

func (s *Service) apiUploads(a *web.API) {
	text := func(doc string) *huma.Schema { return &huma.Schema{Type: huma.TypeString, Description: doc} }
	body := formBody(map[string]*huma.Schema{
		"upload_token": text("Token của lần tải trước, để thêm tệp vào cùng một lượt"),
		"code":         text("Mã hồ sơ, khi không đăng nhập"),
		"secret":       text("Mã tra cứu, khi không đăng nhập")})
	web.Register(a, huma.Operation{OperationID: "dossier.upload", Method: http.MethodPost, Path: "/dossier/uploads", Summary: "Tải tệp lên trước khi đính kèm",
		Description: "Mỗi phần là một tệp. Dùng `upload_token` và mã tệp trong các thao tác bổ sung, chuyển tiếp, thêm tệp. Người không đăng nhập gửi kèm `code` và `secret` của hồ sơ cần bổ sung.",
		RequestBody: body, DefaultStatus: http.StatusCreated, MaxBodyBytes: web.Upload, Metadata: map[string]any{web.Costly: true}}, web.Public, s.apiUpload)
}

func (s *Service) apiUpload(ctx context.Context, in *uploadsIn) (_ *uploadsOut, err error) {
	defer func() { err = errors.Join(err, in.RawBody.RemoveAll()) }()
	if !actor.From(ctx).SignedIn() {
		if err := s.knowsSecret(ctx, field(&in.RawBody, "code"), field(&in.RawBody, "secret")); err != nil {
			return nil, err
		}
	}
	out := &uploadsOut{}
	if out.Body.UploadToken = field(&in.RawBody, "upload_token"); out.Body.UploadToken == "" {
		out.Body.UploadToken = id.New()
	}
	if len(in.RawBody.File) == 0 {
		return nil, errNoFiles
	}
	files, err := s.uploadParts(ctx, out.Body.UploadToken, in.RawBody.File)
	if err != nil {
		return nil, renamed(err, "token", "upload_token")
	}
	out.Body.Files = fileBodies(files)
	return out, nil
}

var errNoFiles = fault.NewInvalid("", i18n.M("Hãy gửi kèm ít nhất một tệp."))

// knowsSecret lets whoever holds the receipt upload what was asked for.
func (s *Service) knowsSecret(ctx context.Context, code, secret string) error {
	if code != "" && secret != "" {
		_, err := s.Track(ctx, code, secret) // fails when the secret is wrong
		return err
	}
	return fault.NewUnauthenticated(i18n.M("Hãy đăng nhập, hoặc nhập mã tra cứu in trên giấy tiếp nhận."))
}

// field returns a text of a form, "" when it was not sent.
func field(form *multipart.Form, name string) string {
	if vs := form.Value[name]; len(vs) > 0 {
		return vntext.Clean(vs[0])
	}
	return ""
}

func fileBodies(parts map[string][]file.File) []fileBody {
	out := []fileBody{}
	for _, part := range slices.Sorted(maps.Keys(parts)) {
		for _, f := range parts[part] {
			out = append(out, fileBody{string(f.ID), part, f.Name, f.Size, f.MediaType})
		}
	}
	return out
}
