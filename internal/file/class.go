package file

import (
	"time"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
)

// Class (quy định theo loại nơi giữ) says for one kind of holder how much it may hold and
// how long its files are kept. It is data; a kind without a class has no bound and keeps for ever.
type Class struct {
	HolderKind  string `db:"holder_kind"`
	KeepDays    int64  `db:"keep_days"`    // days from the upload; 0 is for ever
	RemovedDays int64  `db:"removed_days"` // days a removed file stays as evidence; 0 is for ever
	HolderBytes int64  `db:"holder_bytes"` // that one holder may have; 0 is no bound
	TotalBytes  int64  `db:"total_bytes"`  // that all holders of the kind may have; 0 is no bound
	SourceAct   string `db:"source_act"`   // the act that orders the terms
}

// Validate finds what cannot be: terms come from an act, and nothing is negative.
func (c Class) Validate() error {
	var ps fault.Problems
	if c.HolderKind == "" {
		ps.Add("holder_kind", i18n.M("Hãy chọn loại nơi giữ tệp, ví dụ dossier.dossier."))
	}
	for field, n := range map[string]int64{"keep_days": c.KeepDays, "removed_days": c.RemovedDays, "holder_bytes": c.HolderBytes, "total_bytes": c.TotalBytes} {
		if n < 0 {
			ps.Add(field, i18n.M("Không được nhỏ hơn 0; 0 là không giới hạn."))
		}
	}
	if (c.KeepDays > 0 || c.RemovedDays > 0) && c.SourceAct == "" {
		ps.Add("source_act", i18n.M("Hãy ghi văn bản quy định thời hạn lưu giữ."))
	}
	return ps.Err()
}

// Hold (phong tỏa tệp) forbids to delete the files of a holder, whatever their term, until it is lifted.
type Hold struct {
	ID string `db:"id"`
	Holder
	Reason     string     `db:"reason"`
	PutBy      string     `db:"put_by"`
	PutAt      time.Time  `db:"put_at"`
	LiftedBy   string     `db:"lifted_by"`
	LiftedAt   *time.Time `db:"lifted_at"`
	LiftReason string     `db:"lift_reason"`
}

// Disposal (báo cáo hủy tệp) is what a run over expired files deleted, or would.
type Disposal struct {
	DryRun bool
	Files  int64
	Bytes  int64
	Held   int64 // expired, but under a hold
}

// over is the clear sentence of a quota.
func over(field string, limit int64, whole bool) error {
	if whole {
		return fault.NewInvalid(field, i18n.M("Kho tệp dành cho việc này đã đủ %d MB. Hãy báo cán bộ quản trị.", limit>>20))
	}
	return fault.NewInvalid(field, i18n.M("Các tệp ở đây sẽ vượt %d MB. Hãy gửi tệp nhỏ hơn hoặc xóa bớt tệp không cần.", limit>>20))
}
