package sheet

import (
	"errors"
	"mime"
	"net/http"
)

// Media is the content type of a workbook.
const Media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// Send answers a request with a workbook to be saved as name: the title, then the columns with the rows of fill. The
// rows lie aside until the end, so after an error nothing has been sent and the caller answers with a page.
func Send(w http.ResponseWriter, name, title string, cols []Column, fill func(row func(values ...any) error) error) error {
	b, err := newBook(w, title, cols, title)
	if err != nil {
		return err
	}
	if err := fill(b.Row); err != nil {
		return errors.Join(err, b.f.Close())
	}
	w.Header().Set("Content-Type", Media)
	w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return b.Close()
}
