package app

import (
	"lienthong/internal/audit"
	"lienthong/internal/calendar"
	"lienthong/internal/codelist"
	"lienthong/internal/dossier"
	"lienthong/internal/identity"
	"lienthong/internal/org"
	"lienthong/internal/place"
	"lienthong/internal/procedure"
)

// Permissions returns every permission there is. A role may hold no others, so that a mistyped one in roles.yaml is found.
func Permissions() []string {
	return []string{
		audit.PermRead,
		place.PermManage,
		org.PermManage,
		identity.PermManage,
		calendar.PermManage,
		codelist.PermManage,
		procedure.PermManage,
		dossier.PermRead, dossier.PermAccept, dossier.PermProcess, dossier.PermApprove, dossier.PermReturn, dossier.PermAssign, dossier.PermFile,
	}
}
