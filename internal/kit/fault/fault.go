// Package fault sorts every error a user can meet into seven kinds and carries
// two texts with each: the log text (English, the error chain) and the user
// text (Vietnamese, actionable). Package web alone maps kinds to pages and to
// problem documents (RFC 9457).
package fault

import (
	"errors"
	"strings"

	"lienthong/internal/kit/i18n"
)

// Kind says what sort of trouble an error is.
type Kind int

// The seven kinds. Anything unclassified is Internal.
const (
	Internal Kind = iota
	NotFound
	Invalid
	Conflict
	Forbidden
	Unauthenticated
	Unavailable
)

var kindNames = [...]string{"internal", "not_found", "invalid", "conflict", "forbidden", "unauthenticated", "unavailable"}

// String returns the stable machine name of the kind, as used in logs and problem documents.
func (k Kind) String() string { return kindNames[k] }

// Problem is one thing wrong with one field of the input. Field is the name of
// the form field or the JSON pointer without the leading slash; it may be empty.
type Problem struct {
	Field string
	Msg   i18n.Msg
}

// Error is a classified error. The zero Msg falls back to a general sentence of the kind.
type Error struct {
	Kind     Kind
	Msg      i18n.Msg
	Problems []Problem
	cause    error
}

// Error returns the log text.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Kind.String())
	if e.Msg.Text != "" {
		b.WriteString(": ")
		b.WriteString(e.Msg.String())
	}
	for _, p := range e.Problems {
		b.WriteString("; ")
		if p.Field != "" {
			b.WriteString(p.Field)
			b.WriteString(": ")
		}
		b.WriteString(p.Msg.String())
	}
	if e.cause != nil {
		b.WriteString(": ")
		b.WriteString(e.cause.Error())
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// Wrap returns a copy of e with err as its cause.
func (e *Error) Wrap(err error) *Error {
	c := *e
	c.cause = err
	return &c
}

// User returns the sentence for the user: the message of the error, or a general one of its kind.
func (e *Error) User() i18n.Msg {
	if e.Msg.Text != "" {
		return e.Msg
	}
	if len(e.Problems) == 1 {
		return e.Problems[0].Msg
	}
	return general(e.Kind)
}

func general(k Kind) i18n.Msg {
	switch k {
	case NotFound:
		return i18n.M("Không tìm thấy nội dung này. Hãy kiểm tra lại đường dẫn hoặc tìm từ trang chủ.")
	case Invalid:
		return i18n.M("Thông tin chưa đúng. Hãy sửa các mục được đánh dấu rồi gửi lại.")
	case Conflict:
		return i18n.M("Nội dung vừa được người khác thay đổi. Hãy tải lại trang rồi thực hiện lại.")
	case Forbidden:
		return i18n.M("Tài khoản này không có quyền thực hiện việc này.")
	case Unauthenticated:
		return i18n.M("Hãy đăng nhập để tiếp tục.")
	case Unavailable:
		return i18n.M("Hệ thống đang bận. Hãy thử lại sau ít phút.")
	}
	return i18n.M("Hệ thống gặp lỗi. Dữ liệu đã lưu không bị ảnh hưởng; hãy thử lại hoặc báo mã lỗi cho bộ phận hỗ trợ.")
}

// New returns an error of a kind with a sentence for the user.
func New(k Kind, m i18n.Msg) *Error { return &Error{Kind: k, Msg: m} }

// NewNotFound and its siblings are short forms of New.
func NewNotFound(m i18n.Msg) *Error { return New(NotFound, m) }

// NewConflict says that the state does not allow the act (any more).
func NewConflict(m i18n.Msg) *Error { return New(Conflict, m) }

// NewForbidden says that the actor may not do this.
func NewForbidden(m i18n.Msg) *Error { return New(Forbidden, m) }

// NewUnauthenticated says that the actor must sign in first.
func NewUnauthenticated(m i18n.Msg) *Error { return New(Unauthenticated, m) }

// NewUnavailable says that a part of the system does not answer now.
func NewUnavailable(m i18n.Msg) *Error { return New(Unavailable, m) }

// NewInvalid says that one field of the input is wrong.
func NewInvalid(field string, m i18n.Msg) *Error {
	return &Error{Kind: Invalid, Problems: []Problem{{field, m}}}
}

// Problems collects everything wrong with an input, so that the user sees all of it at once.
type Problems []Problem

// Add notes one problem.
func (ps *Problems) Add(field string, m i18n.Msg) { *ps = append(*ps, Problem{field, m}) }

// Merge takes over the problems of err under a field prefix when err is an Invalid fault.
// It returns err unchanged when it is anything else but nil.
func (ps *Problems) Merge(prefix string, err error) error {
	if err == nil {
		return nil
	}
	f, ok := As(err)
	if !ok || f.Kind != Invalid {
		return err
	}
	for _, p := range f.Problems {
		ps.Add(prefix+p.Field, p.Msg)
	}
	if len(f.Problems) == 0 {
		ps.Add(strings.TrimSuffix(prefix, "."), f.User())
	}
	return nil
}

// Err returns nil when there is no problem, else one Invalid error with all of them.
func (ps Problems) Err() error {
	if len(ps) == 0 {
		return nil
	}
	return &Error{Kind: Invalid, Problems: ps}
}

// As returns the classified error inside err.
func As(err error) (*Error, bool) {
	var f *Error
	ok := errors.As(err, &f)
	return f, ok
}

// KindOf returns the kind of err; Internal when it is not classified.
func KindOf(err error) Kind {
	if f, ok := As(err); ok {
		return f.Kind
	}
	return Internal
}
