package audit

// Head (đầu chuỗi) is the last entry of a lane: its number and its hash. Seq 0 is an empty lane.
type Head struct {
	Lane int64  `db:"lane"`
	Seq  int64  `db:"seq"`
	Hash string `db:"hash"`
}
