package dossier

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"lienthong/internal/file"
	"lienthong/internal/kit/web"
)

// apiStreams adds the operations that answer with a file instead of JSON.
func (s *Service) apiStreams(a *web.API) {
	op := func(name, path, summary, mediaType string) huma.Operation {
		binary := &huma.Schema{Type: huma.TypeString, Format: "binary"}
		return huma.Operation{OperationID: "dossier." + name, Method: http.MethodGet, Path: "/dossier/" + path, Summary: summary,
			Responses: map[string]*huma.Response{"200": {Description: "Nội dung tệp", Content: map[string]*huma.MediaType{mediaType: {Schema: binary}}}}}
	}
	const pdf, any = "application/pdf", "application/octet-stream"
	web.Register(a, op("receipt", "dossiers/{id}/receipt", "Giấy tiếp nhận hồ sơ và hẹn trả kết quả", pdf), web.SignedIn, func(ctx context.Context, in *struct {
		ID string `path:"id"`
	}) (*huma.StreamResponse, error) {
		return receiptOf(func(w io.Writer) error { return s.ReceiptPDF(ctx, w, ID(in.ID)) })
	})
	web.Register(a, op("track_receipt", "track/{code}/receipt", "Giấy tiếp nhận theo mã tra cứu", pdf), web.Public, func(ctx context.Context, in *TrackPath) (*huma.StreamResponse, error) {
		return receiptOf(func(w io.Writer) error { return s.TrackedReceiptPDF(ctx, w, in.Code, in.Secret) })
	})
	web.Register(a, op("open_file", "dossiers/{id}/files/{file}", "Tải một tệp của hồ sơ", any), PermRead, func(ctx context.Context, in *struct {
		ID   string `path:"id"`
		File string `path:"file" doc:"files[].id of the dossier"`
	}) (*huma.StreamResponse, error) {
		return served(s.OpenFile(ctx, ID(in.ID), in.File))
	})
	web.Register(a, op("track_file", "track/{code}/files/{file}", "Tải giấy tờ đã nộp hoặc kết quả", any), web.Public, func(ctx context.Context, in *struct {
		TrackPath
		File string `path:"file" doc:"files[].id of the dossier"`
	}) (*huma.StreamResponse, error) {
		return served(s.OpenOwnFile(ctx, in.Code, in.Secret, in.File))
	})
	web.Register(a, op("draft_open_file", "drafts/{code}/files/{file}", "Tải một tệp của hồ sơ đang soạn", any), web.Public, func(ctx context.Context, in *draftFileIn) (*huma.StreamResponse, error) {
		d, err := s.Draft(ctx, in.Code)
		if err != nil {
			return nil, err
		}
		return served(s.OpenDraftFile(ctx, d, in.File))
	})
}

// served answers with an open file and closes it.
func served(content io.ReadSeekCloser, f file.File, err error) (*huma.StreamResponse, error) {
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		defer content.Close() //nolint:errcheck // read only
		r, w := humago.Unwrap(c)
		file.Serve(w, r, content, f, false)
	}}, nil
}

// receiptOf answers with a printed receipt.
func receiptOf(print func(io.Writer) error) (*huma.StreamResponse, error) {
	var b bytes.Buffer
	if err := print(&b); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(c huma.Context) {
		c.SetHeader("Content-Type", "application/pdf")
		c.SetHeader("Content-Disposition", `inline; filename="giay-tiep-nhan.pdf"`)
		c.SetHeader("Content-Length", strconv.Itoa(b.Len()))
		c.SetHeader("Cache-Control", "no-store")
		_, _ = b.WriteTo(c.BodyWriter()) // the client is gone
	}}, nil
}
