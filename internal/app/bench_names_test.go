package app

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// The parts of made-up names, the frequent ones more often: a province where a third of the people are called Nguyễn and
// where Jrai and Ba Na names are as usual as those of the Kinh.
var (
	families = parts(`Nguyễn 31, Trần 10, Lê 9, Phạm 6, Huỳnh 4, Võ 4, Đặng 3, Bùi 3, Hoàng 3, Phan 3, Đỗ 2, Hồ 2, Ngô 1, Dương 1, Lý 1,
		Siu 4, Rơ Châm 3, Ksor 3, Rmah 2, Rah Lan 2, Nay 1, Kpă 1, Đinh 2`)
	middles = parts(`Thị 25, Văn 20, Ngọc 6, Minh 5, Thanh 5, Hữu 4, Đức 4, Quốc 4, Xuân 4, Kim 3, Bích 2, Hồng 3, Thu 3, Anh 2, Gia 2, Bảo 2, H 4, Y 2`)
	givens  = parts(`Anh 5, Hoa 3, Hương 4, Lan 3, Mai 3, Nga 2, Ngọc 3, Phương 4, Thảo 3, Trang 3, Tuấn 4, Hùng 4, Dũng 3, Minh 4, Nam 3, Long 2,
		Sơn 2, Thắng 2, Tùng 2, Bình 3, Hải 3, Hà 4, Linh 4, Yến 2, Vy 1, Khánh 1, Đạt 2, Phúc 2, Thịnh 1, Tâm 2, Nhung 1, Oanh 1, Quyên 1, Út 1,
		Pưih 1, Blơm 1, Hnhem 1, Thuyên 1, Chi 1, Loan 1, Cường 2, Vinh 1, Quang 2, Tiến 1, Trung 2, Việt 1, Kiên 1, Giang 1, Duyên 1, Nguyệt 1`)
)

// parts reads "name weight, name weight".
func parts(list string) []string {
	var all []string
	for item := range strings.SplitSeq(list, ",") {
		words := strings.Fields(item)
		n := 0
		if _, err := fmt.Sscan(words[len(words)-1], &n); err != nil {
			panic(err) // the lists are constant
		}
		for range n {
			all = append(all, strings.Join(words[:len(words)-1], " "))
		}
	}
	return all
}

func one[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// personName makes up a name.
func personName(r *rand.Rand) string {
	name := one(r, families) + " " + one(r, middles)
	if r.IntN(3) == 0 {
		name += " " + one(r, middles)
	}
	return name + " " + one(r, givens)
}
