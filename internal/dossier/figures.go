package dossier

// Figures (số liệu chung) are what the front page says about the whole province.
type Figures struct {
	ReceivedToday int `db:"received_today"` // filed since midnight
	Open          int `db:"open"`           // accepted and not finished
	Finished      int `db:"finished"`       // with a result since the first of the month
	OnTime        int `db:"on_time"`        // of these, not after the promised time
}

// Late returns how many of the finished dossiers were late.
func (f Figures) Late() int { return f.Finished - f.OnTime }
