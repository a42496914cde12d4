package file

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"

	"lienthong/internal/kit/vntext"
)

// ID (mã tệp) identifies a file.
type ID string

// Holder (nơi giữ tệp) is the thing a file belongs to: its kind, as room.noun, and its id.
type Holder struct {
	Kind string `db:"holder_kind"`
	ID   string `db:"holder_id"`
}

// UploadKind is the kind of holders that are not things yet: the id is a token that only the uploader knows.
const UploadKind = "upload"

// File (tệp) is a file as its holder knows it.
type File struct {
	ID        ID     `db:"id"`
	SHA256    string `db:"sha256"`     // of the content, lower-case hexadecimal
	Name      string `db:"name"`       // clean, with an ending that fits the content
	Size      int64  `db:"size"`       // bytes
	MediaType string `db:"media_type"` // by content
	Holder
	CreatedBy string     `db:"created_by"` // account; may be empty
	CreatedAt time.Time  `db:"created_at"`
	RemovedAt *time.Time `db:"removed_at"`
}

// Upload (tệp tải lên) is a file on its way in.
type Upload struct {
	Name    string    // as the client calls it
	Reader  io.Reader // read once, to the end or to MaxSize
	MaxSize int64     // bytes; DefaultMaxSize when 0
	Holder  Holder    // required
	Allow   []string  // media types; DefaultTypes when nil
}

// DefaultMaxSize is the limit for uploads that name none, in bytes.
const DefaultMaxSize = 50 << 20

// maxPending is how many files may wait under one upload token.
const maxPending = 200

// Media types that a call may allow.
const (
	PDF  = "application/pdf"
	JPEG = "image/jpeg"
	PNG  = "image/png"
	WebP = "image/webp"
	HEIC = "image/heic"
	HEIF = "image/heif"
	DOC  = "application/msword"
	DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLS  = "application/vnd.ms-excel"
	XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	ODT  = "application/vnd.oasis.opendocument.text"
	ODS  = "application/vnd.oasis.opendocument.spreadsheet"
	ZIP  = "application/zip" // not among DefaultTypes
)

// endings are the name endings of each media type, the usual one first.
var endings = map[string][]string{
	PDF: {".pdf"}, JPEG: {".jpg", ".jpeg", ".jfif"}, PNG: {".png"}, WebP: {".webp"}, HEIC: {".heic", ".heif"}, HEIF: {".heif", ".heic"},
	DOC: {".doc"}, DOCX: {".docx"}, XLS: {".xls"}, XLSX: {".xlsx"}, ODT: {".odt"}, ODS: {".ods"}, ZIP: {".zip"},
}

// DefaultTypes are what citizens and officials may upload when the call says nothing else.
func DefaultTypes() []string {
	return []string{PDF, JPEG, PNG, WebP, HEIC, HEIF, DOC, DOCX, XLS, XLSX, ODT, ODS}
}

// Endings returns the name endings of media types, for the accept attribute of a file field; nil means DefaultTypes.
func Endings(types []string) []string {
	if types == nil {
		types = DefaultTypes()
	}
	var all []string
	for _, t := range types {
		for _, e := range endings[t] {
			if !slices.Contains(all, e) {
				all = append(all, e)
			}
		}
	}
	return all
}

// Scanner (bộ quét mã độc) looks for malware in a content. It returns the name of
// what it found, or nothing; an error means that it could not look, and the upload is refused.
type Scanner interface {
	Scan(ctx context.Context, content io.Reader) (threat string, err error)
}

// maxName is how long a name may be, in characters, ending included.
const maxName = 200

// harmless returns the last part of a path without what is unsafe on some system or in a header, or deceives the eye.
func harmless(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case r == '/' || r == '\\':
			return '/'
		case strings.ContainsRune(`<>:"|?*`, r):
			return '_'
		case unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == unicode.ReplacementChar: // U+202E turns "fdp.exe" around
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	return strings.Trim(vntext.Clean(path.Base("/"+name)), "/ ")
}

// givenName returns a name as its owner knows it, ending included, for messages about a file that is refused.
func givenName(name string) string {
	name = harmless(name)
	if r := []rune(name); len(r) > maxName {
		name = string(r[:maxName]) + "…"
	}
	if name == "" {
		return "tệp"
	}
	return name
}

// cleanName returns a name that is safe on every system and in every header,
// with an ending that tells the truth about the content.
func cleanName(name, mediaType string) string {
	name = harmless(name)
	fits := endings[mediaType]
	stem, end := name, strings.ToLower(path.Ext(name))
	if slices.Contains(fits, end) {
		stem = name[:len(name)-len(end)]
	} else {
		if known(end) {
			stem = name[:len(name)-len(end)]
		}
		end = ""
		if len(fits) > 0 {
			end = fits[0]
		}
	}
	stem = strings.Trim(stem, ". ")
	if stem == "" {
		stem = "tệp"
	}
	if r := []rune(stem); len(r) > maxName-len(end) {
		stem = strings.TrimRight(string(r[:maxName-len(end)]), ". ")
	}
	return stem + end
}

// known reports whether an ending belongs to a type that may be uploaded.
func known(end string) bool {
	for _, es := range endings {
		if slices.Contains(es, end) {
			return true
		}
	}
	return false
}
