package app

import (
	"slices"

	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/identity"
	"lienthong/internal/kit/actor"
	"lienthong/internal/notice"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/internal/procedure"
	"lienthong/internal/setting"
	"lienthong/internal/signon"
)

// PermissionWords returns every permission there is, in words, room by room.
func PermissionWords() []actor.Permission {
	return slices.Concat(
		audit.Permissions(),
		place.Permissions(),
		org.Permissions(),
		identity.Permissions(),
		signon.Permissions(),
		calendar.Permissions(),
		codelist.Permissions(),
		file.Permissions(),
		notice.Permissions(),
		procedure.Permissions(),
		dossier.Permissions(),
		setting.Permissions(),
	)
}

// Permissions returns every permission there is. A role may hold no others, so that a mistyped one in roles.yaml is found.
func Permissions() []string {
	words := PermissionWords()
	keys := make([]string, len(words))
	for i, w := range words {
		keys[i] = w.Key
	}
	return keys
}
