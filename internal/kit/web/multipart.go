package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"path"
	"strings"
	"unicode"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// Part is a file inside a form. Its content can be read once, inside the callback.
type Part struct {
	Field       string
	Name        string // file name without folders, as the client gave it
	ContentType string // as the client claims
	io.Reader
}

// maxFieldBytes is how much text all fields of one multipart form may hold together.
const maxFieldBytes = 4 << 20

// Multipart reads a form with files. Every file is handed to file as it arrives and is never held in memory;
// reading more than fileLimit bytes of one ends in an Invalid fault on its field. Fields that were not sent
// before a file are not in the values yet when file is called; the values returned are complete.
// A form without files (URL-encoded) is read as by Form.
func Multipart(r *http.Request, fileLimit int64, file func(p Part, sofar Values) error) (Values, error) {
	if mt, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); mt != "multipart/form-data" {
		return Form(r)
	}
	unreadable := BadRequest(i18n.M("Không đọc được biểu mẫu. Hãy tải lại trang rồi gửi lại."))
	mr, err := r.MultipartReader()
	if err != nil {
		return nil, unreadable
	}
	vs, err := cleanValues(r.URL.Query())
	if err != nil {
		return nil, err
	}
	in := infoOf(r.Context())
	in.parts = Values{}
	left := int64(maxFieldBytes)
	for n := 0; ; n++ {
		p, err := mr.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return vs, nil
		case err != nil:
			return nil, readError(err, unreadable)
		case n >= maxFields:
			return nil, BadRequest(i18n.M("Biểu mẫu có quá nhiều mục."))
		}
		if err := onePart(p, vs, in, &left, fileLimit, file); err != nil {
			return nil, readError(err, err)
		}
	}
}

// readError keeps what says more than otherwise.
func readError(err, otherwise error) error {
	var big *http.MaxBytesError
	if errors.As(err, &big) {
		return TooLarge(big.Limit)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return BadRequest(i18n.M("Đường truyền bị ngắt khi đang gửi. Hãy gửi lại."))
	}
	return otherwise
}

func onePart(p *multipart.Part, vs Values, in *info, left *int64, fileLimit int64, file func(Part, Values) error) error {
	defer p.Close()
	field := p.FormName()
	_, params, _ := mime.ParseMediaType(p.Header.Get("Content-Disposition"))
	if _, isFile := params["filename"]; !isFile {
		raw, err := io.ReadAll(io.LimitReader(p, *left+1))
		if err != nil {
			return err
		}
		if *left -= int64(len(raw)); *left < 0 {
			return TooLarge(maxFieldBytes)
		}
		if err := vs.add(field, string(raw)); err != nil {
			return err
		}
		return in.parts.add(field, string(raw))
	}
	name := FileName(params["filename"])
	if name == "" {
		_, err := io.Copy(io.Discard, io.LimitReader(p, 1)) // a file field left empty
		return err
	}
	in.files = true
	return file(Part{Field: field, Name: name, ContentType: p.Header.Get("Content-Type"),
		Reader: &limited{r: p, left: fileLimit, limit: fileLimit, field: field, name: name}}, vs)
}

// FileName returns a file name as clients send it without folders and control characters, composed, at most 200 bytes; "" when nothing is left.
func FileName(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) { // among them those that turn the direction of writing and hide an ending
			return -1
		}
		return r
	}, vntext.Clean(strings.ReplaceAll(s, `\`, "/")))
	s = path.Base("/" + s)
	if s == "/" || s == "." || s == ".." {
		return ""
	}
	if len(s) > 200 {
		ext := path.Ext(s)
		if len(ext) > 20 {
			ext = ""
		}
		s = strings.ToValidUTF8(s[:200-len(ext)], "") + ext
	}
	return s
}

// limited reads a file up to its limit, and fails beyond it.
type limited struct {
	r           io.Reader
	left, limit int64
	field, name string
}

func (l *limited) Read(b []byte) (int, error) {
	if l.left <= 0 {
		var one [1]byte
		n, err := l.r.Read(one[:])
		if n > 0 {
			return 0, fault.NewInvalid(l.field, i18n.M("Tệp “%s” lớn hơn giới hạn %s. Hãy chụp lại với cỡ nhỏ hơn hoặc chia thành nhiều tệp.", l.name, Size(l.limit)))
		}
		return 0, err
	}
	if int64(len(b)) > l.left {
		b = b[:l.left]
	}
	n, err := l.r.Read(b)
	l.left -= int64(n)
	return n, err
}
