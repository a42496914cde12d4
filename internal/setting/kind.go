package setting

import (
	"context"

	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/i18n"
)

// Kind (loại thiết lập) is a sort of things that can be set: it knows how to read, check, compare and apply their texts.
type Kind interface {
	Key() string        // in addresses: "codelist"
	Name() i18n.Msg     // "Danh mục dùng chung"
	Permission() string // needed besides those of this room
	Folder() string     // of the files in the folder of a province, "" for its top
	// Things returns what there is of the kind, at most maxThings, in the order to show it; with a text only what it names.
	Things(ctx context.Context, text string) ([]Thing, error)
	// Thing returns one thing; NotFound when there is none.
	Thing(ctx context.Context, key string) (Thing, error)
	// Export returns the text of a thing as it holds now; NotFound when there is none.
	Export(ctx context.Context, key string) (string, error)
	// Check says what is wrong with a text and what is odd about it. Only a text without errors can be proposed.
	Check(ctx context.Context, key, text string) ([]Finding, error)
	// Compare says in words what differs between two texts without errors.
	Compare(ctx context.Context, before, after string) ([]Change, error)
	// Apply makes text hold from a day on where base held. Doing it twice comes to the same.
	Apply(ctx context.Context, key, base, text string, from clock.Date) error
}

// Thing (mục thiết lập) is one thing of a kind.
type Thing struct {
	Key   string
	Title string
	Note  string // what else helps to find it
	File  string // name of its file in the folder of the kind
}

// maxThings bounds a list of things; a text finds the others.
const maxThings = 100

// Finding (điều phát hiện) is an error of a text, or a warning.
type Finding struct {
	Line    int    // from 1; 0 when it is not about one line
	Step    string // key of the step of a process it is about
	Text    i18n.Msg
	Warning bool
}

// failed reports whether there is an error among findings.
func failed(found []Finding) bool {
	for _, f := range found {
		if !f.Warning {
			return true
		}
	}
	return false
}

// Change (điểm khác) is one difference between two texts in words.
type Change struct {
	What ChangeKind
	Text i18n.Msg
}

// ChangeKind (loại thay đổi) says what happened to a part.
type ChangeKind string

// The kinds of changes.
const (
	Added   ChangeKind = "added"   // thêm
	Removed ChangeKind = "removed" // bỏ
	Edited  ChangeKind = "edited"  // sửa
)

// Name returns the word for a kind of change.
func (k ChangeKind) Name() i18n.Msg {
	switch k {
	case Added:
		return i18n.M("Thêm")
	case Removed:
		return i18n.M("Bỏ")
	}
	return i18n.M("Sửa")
}

// field notes that one field of a part changed from one text to another.
func field(changes []Change, part, name i18n.Msg, before, after string) []Change {
	if before == after {
		return changes
	}
	m := i18n.M("%s: %s “%s” → “%s”", part, name, before, after)
	switch {
	case before == "":
		m = i18n.M("%s: %s ghi “%s”", part, name, after)
	case after == "":
		m = i18n.M("%s: %s bỏ “%s”", part, name, before)
	}
	return append(changes, Change{Edited, m})
}
