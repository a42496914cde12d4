package audit

import "slices"

// walk goes along one lane from its first entry and notes what is wrong with it.
type walk struct {
	report  *Report
	lane    int64
	next    int64            // the number that must come now
	tails   []string         // hashes that the next entry may name as its predecessor
	gap     bool             // entries are missing just before, so the link cannot be checked
	shift   int64            // how far the last moved entry was moved
	tries   int              // searches for the true place so far
	anchors map[int64]string // number → hash noted outside
}

func newWalk(report *Report, lane int64, anchors []Head) *walk {
	w := &walk{report: report, lane: lane, next: 1, tails: []string{genesis}, anchors: map[int64]string{}}
	for _, a := range anchors {
		if a.Lane == lane && a.Seq > 0 {
			w.anchors[a.Seq] = a.Hash
		}
	}
	return w
}

func (w *walk) add(f Fault, from, to int64) {
	w.report.add(Finding{Fault: f, Lane: w.lane, From: from, To: to})
}

// see takes the entries of the lane by number.
func (w *walk) see(r Row) {
	w.report.Entries++
	if r.Seq < 1 {
		w.add(Inserted, r.Seq, r.Seq)
		return
	}
	if r.Seq > w.next {
		w.add(Missing, w.next, r.Seq-1)
		w.gap = true
	}
	w.next = r.Seq + 1
	if noted, ok := w.anchors[r.Seq]; ok && noted != r.Hash {
		w.add(Anchored, r.Seq, r.Seq)
	}
	content := r.computeHash()
	if content == r.Hash {
		if !w.gap && !slices.Contains(w.tails, r.PrevHash) {
			w.add(Unlinked, r.Seq, r.Seq)
		}
		w.gap, w.tails = false, []string{r.Hash}
		return
	}
	w.gap = false
	if lane, seq, ok := w.origin(r); ok {
		w.moved(r, lane, seq)
		return
	}
	w.add(Changed, r.Seq, r.Seq)
	w.tails = []string{r.Hash, content}
}

// nearby is how far from an entry its true place is searched.
const nearby = 64

// origin finds the place where the row has the hash it carries.
func (w *walk) origin(r Row) (lane, seq int64, ok bool) {
	if w.shift != 0 && r.hashAt(r.Lane, r.Seq-w.shift) == r.Hash {
		return r.Lane, r.Seq - w.shift, true
	}
	reach := int64(nearby)
	if w.tries++; w.tries > 1000 { // so much damage that where it came from no longer matters
		reach = 1
	}
	for off := int64(1); off <= reach; off++ {
		for _, seq := range []int64{r.Seq - off, r.Seq + off} {
			if r.hashAt(r.Lane, seq) == r.Hash {
				return r.Lane, seq, true
			}
		}
	}
	for lane := range int64(lanes) {
		if lane != r.Lane && r.hashAt(lane, r.Seq) == r.Hash {
			return lane, r.Seq, true
		}
	}
	return 0, 0, false
}

func (w *walk) moved(r Row, lane, seq int64) {
	if shift := r.Seq - seq; lane == w.lane && shift != w.shift {
		if shift > 0 {
			w.inserted(seq, r.Seq-1)
		}
		w.shift = shift
	}
	w.report.add(Finding{Fault: Moved, Lane: w.lane, From: r.Seq, To: r.Seq, WasLane: lane, Was: seq})
	w.tails = append(w.tails, r.Hash)
	if len(w.tails) > 2*nearby {
		w.tails = slices.Delete(w.tails, 0, nearby)
	}
}

// inserted says that the entries before a part that was moved down are what was put in; they may have been noted as something else.
func (w *walk) inserted(from, to int64) {
	if n := len(w.report.Findings); n > 0 {
		last := &w.report.Findings[n-1]
		if last.Lane == w.lane && last.To == to {
			switch last.Fault {
			case Moved: // two entries changed places
				return
			case Changed, Unlinked:
				if last.From >= from {
					last.Fault, last.From = Inserted, from
					return
				}
			}
		}
	}
	w.add(Inserted, from, to)
}

// end compares the end of the lane with its head.
func (w *walk) end(head Head) {
	switch last := w.next - 1; {
	case last < head.Seq:
		w.add(Truncated, w.next, head.Seq)
	case !slices.Contains(w.tails, head.Hash):
		w.add(HeadWrong, head.Seq, head.Seq)
	}
	for seq := range w.anchors {
		if seq > head.Seq {
			w.add(Anchored, seq, seq)
		}
	}
}
