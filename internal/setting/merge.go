package setting

import (
	"slices"
	"strings"
)

// Hunk (đoạn) is a stretch of lines in the three texts of a draft that others overtook.
type Hunk struct {
	Base, Now, Mine []string
}

// Same reports whether nobody changed the stretch.
func (h Hunk) Same() bool { return slices.Equal(h.Base, h.Now) && slices.Equal(h.Base, h.Mine) }

// Conflict reports whether both changed the stretch, each in another way.
func (h Hunk) Conflict() bool {
	return !slices.Equal(h.Base, h.Now) && !slices.Equal(h.Base, h.Mine) && !slices.Equal(h.Now, h.Mine)
}

// Merge compares three texts line by line: the one a draft began from, the one that holds now, and that of the draft.
func Merge(base, now, mine string) []Hunk {
	o, a, b := linesOf(base), linesOf(now), linesOf(mine)
	toNow, toMine := matches(o, a), matches(o, b)
	var hunks []Hunk
	i, j, k := 0, 0, 0
	for i < len(o) || j < len(a) || k < len(b) {
		n := 0 // lines that are the same in all three
		for i+n < len(o) && toNow[i+n] == j+n && toMine[i+n] == k+n {
			n++
		}
		if n > 0 {
			hunks = append(hunks, Hunk{o[i : i+n], a[j : j+n], b[k : k+n]})
			i, j, k = i+n, j+n, k+n
			continue
		}
		x, y, z := len(o), len(a), len(b) // where all three meet again
		for at := i; at < len(o); at++ {
			if toNow[at] >= j && toMine[at] >= k {
				x, y, z = at, toNow[at], toMine[at]
				break
			}
		}
		hunks = append(hunks, Hunk{o[i:x], a[j:y], b[k:z]})
		i, j, k = x, y, z
	}
	return joined(hunks)
}

// joined brings changes of one item of a list together: both sides may have changed it in different lines, and a mixture
// of the two is what nobody wrote. An item begins with a dash.
func joined(hunks []Hunk) []Hunk {
	var out []Hunk
	for n, h := range hunks {
		last := len(out) - 1
		between := h.Same() && n > 0 && n+1 < len(hunks) && !slices.ContainsFunc(h.Base, beginsItem)
		follows := !h.Same() && last >= 0 && !out[last].Same()
		if last >= 0 && !out[last].Same() && between || follows {
			o := out[last]
			out[last] = Hunk{slices.Concat(o.Base, h.Base), slices.Concat(o.Now, h.Now), slices.Concat(o.Mine, h.Mine)}
			continue
		}
		out = append(out, h)
	}
	return out
}

func beginsItem(line string) bool { return strings.HasPrefix(strings.TrimSpace(line), "- ") }

// Join brings the hunks together: where both sides changed a stretch, now says at which conflict (counted from 0) the text
// that holds now is taken instead of that of the draft.
func Join(hunks []Hunk, now func(conflict int) bool) string {
	var out []string
	n := 0
	for _, h := range hunks {
		switch {
		case h.Conflict():
			if now(n) {
				out = append(out, h.Now...)
			} else {
				out = append(out, h.Mine...)
			}
			n++
		case slices.Equal(h.Base, h.Mine):
			out = append(out, h.Now...)
		default:
			out = append(out, h.Mine...)
		}
	}
	if len(out) == 0 {
		return ""
	}
	return strings.Join(out, "\n") + "\n"
}

func linesOf(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// matches returns for each line of a the line of b that it is in the longest common sequence, -1 where it is in none.
func matches(a, b []string) []int {
	found := make([]int, len(a))
	for i := range found {
		found[i] = -1
	}
	lo := 0
	for lo < len(a) && lo < len(b) && a[lo] == b[lo] {
		found[lo] = lo
		lo++
	}
	ea, eb := len(a), len(b)
	for ea > lo && eb > lo && a[ea-1] == b[eb-1] {
		ea, eb = ea-1, eb-1
		found[ea] = eb
	}
	x, y := a[lo:ea], b[lo:eb]
	if len(x) > maxCompared || len(y) > maxCompared {
		return found // too far apart to say more than that the middle differs
	}
	longest := make([][]int, len(x)+1)
	for i := range longest {
		longest[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				longest[i][j] = longest[i+1][j+1] + 1
			} else {
				longest[i][j] = max(longest[i+1][j], longest[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(x) && j < len(y); {
		switch {
		case x[i] == y[j]:
			found[lo+i] = lo + j
			i, j = i+1, j+1
		case longest[i+1][j] >= longest[i][j+1]:
			i++
		default:
			j++
		}
	}
	return found
}

// maxCompared bounds the lines that are compared each with each.
const maxCompared = 4000
