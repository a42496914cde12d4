package dossier

import (
	"time"

	"lienthong/internal/procedure"
)

// Draft (hồ sơ đang soạn) is a filing that an applicant has not sent yet. It is
// found by its resume code, and by the account once its writer has signed in.
type Draft struct {
	ID            string              `db:"id"` // also the token for its uploads
	ResumeCode    string              `db:"resume_code"`
	AccountID     string              `db:"account_id"`
	VersionID     procedure.VersionID `db:"version_id"`
	ProcedureCode string              `db:"procedure_code"`
	ProcedureName string              `db:"procedure_name"`
	Step          string              `db:"step"` // page to go on with
	CreatedAt     time.Time           `db:"created_at"`
	UpdatedAt     time.Time           `db:"updated_at"`
	Version       int64               `db:"version"` // counts savings, so that two open browsers notice one another
	Filing        Filing              `db:"-"`
	FilingJSON    string              `db:"filing"`
}

// DraftLife is how long a draft is kept after it was saved last.
const DraftLife = 30 * 24 * time.Hour

// resumeLength is the number of signs of a resume code.
const resumeLength = 10
