package desk

import (
	"bytes"
	"net/http"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/web"
)

// file sends a file of a dossier; browsers show PDF and pictures, with ?download=1 nothing.
func (room *Room) file(w http.ResponseWriter, r *http.Request) error {
	vs, err := web.Query(r)
	if err != nil {
		return err
	}
	content, f, err := room.Dossiers.OpenFile(r.Context(), dossier.ID(r.PathValue("id")), r.PathValue("attachment"))
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // read only
	file.Serve(w, r, content, f, !vs.Bool("download"))
	return nil
}

// picture sends a small picture of a file: of a photo, or of the first page of a PDF.
func (room *Room) picture(w http.ResponseWriter, r *http.Request) error {
	content, f, err := room.Dossiers.OpenFile(r.Context(), dossier.ID(r.PathValue("id")), r.PathValue("attachment"))
	if err != nil {
		return err
	}
	defer content.Close() //nolint:errcheck // read only
	if room.Previews == nil {
		return fault.NewNotFound(i18n.Msg{})
	}
	picture, err := room.Previews.View(r.Context(), f, content)
	if err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", file.JPEG)
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, max-age=3600")
	_, err = w.Write(picture)
	return err
}

// receipt sends the receipt (Mẫu 01) for printing.
func (room *Room) receipt(w http.ResponseWriter, r *http.Request) error {
	v, err := room.Dossiers.Read(r.Context(), dossier.ID(r.PathValue("id")))
	if err != nil {
		return err
	}
	var page bytes.Buffer // one sheet; nothing is sent when it cannot be made
	if err := room.Dossiers.ReceiptPDF(r.Context(), &page, v.ID); err != nil {
		return err
	}
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Disposition", `inline; filename="`+v.Code+`.pdf"`)
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'")
	_, err = page.WriteTo(w)
	return err
}
