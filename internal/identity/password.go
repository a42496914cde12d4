package identity

import (
	"context"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"

	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

const (
	shortestPassword = 8
	longestPassword  = 128 // runes; longer ones only cost time
)

// common are the passwords that everybody tries first. A password is also refused
// when it is one of them with digits or signs after it.
var common = words(`
	12345678 123456789 1234567890 0123456789 987654321 9876543210 0987654321 11111111 00000000 88888888 66666666 99999999
	12341234 12121212 123123123 112233445566 11223344 1122334455 147258369 123654789 741852963 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
	qwertyuiop qwerty12 asdfghjkl zxcvbnm1 qwerty123 qazwsxedc abcd1234 abc12345 abcdefgh a1b2c3d4 aa123456 aaaaaaaa abc123456
	password passw0rd password1 p@ssword p@ssw0rd welcome letmein1 iloveyou sunshine princess football baseball superman
	trustno1 dragon12 michael1 charlie1 jennifer computer internet whatever starwars monkey12 master12 killer12
	matkhau1 matkhau123 matkhaumoi matkhaune mat-khau khongbiet khongnho khongco1 dangnhap taikhoan xinchao1
	anhyeuem emyeuanh yeuemnhieu yeuanhnhieu anhnhoem tinhyeu1 concochu giadinh1 mevabo12 contrai1 congai12 chongyeu voyeu123
	vietnam1 vietnam123 saigon123 hanoi123 pleiku123 gialai123 gialai2018 taynguyen haiphong danang123
	canbo123 congchuc tiepnhan chuyenvien lanhdao1 vanthu123 quantri1 admin123 administrator root1234 motcua123
	hoso1234 dichvucong congdan1 nguyen123 nguyenvan nguyenthi tranvan1 lethi123 test1234 demo1234 changeme default1
	matkhau vietnam gialai pleiku saigon hanoi qwerty abc abcd admin test demo canbo motcua anhyeu emyeu iloveu
	abc@123 abcd@1234 admin@123 gialai@123 123456@a 123456a@ 12345678a a12345678 123456aa
`)

func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[w] = true
	}
	return set
}

// cleanPassword brings the letters of a password into one form: keyboards differ in how they compose them.
func cleanPassword(p string) string { return strings.TrimSpace(vntext.NFC(p)) }

// weakPassword says why a password is refused; about are texts that others know of its holder.
func weakPassword(p string, about ...string) (i18n.Msg, bool) {
	n := utf8.RuneCountInString(p)
	switch {
	case p == "":
		return i18n.M("Nhập mật khẩu."), true
	case n < shortestPassword:
		return i18n.M("Mật khẩu cần ít nhất %d ký tự.", shortestPassword), true
	case n > longestPassword:
		return i18n.M("Mật khẩu dài quá %d ký tự.", longestPassword), true
	}
	low := strings.ToLower(p)
	stem := strings.TrimRight(low, "0123456789!@#$%^&*().,?-_ ")
	if common[low] || stem != "" && common[stem] || strings.Count(low, low[:1]) == len(low) {
		return i18n.M("Mật khẩu này quá phổ biến nên dễ bị đoán. Hãy ghép ba từ không liên quan, ví dụ tên cây, đồ vật và con số riêng."), true
	}
	for _, known := range about {
		known = strings.ToLower(known)
		if local, _, ok := strings.Cut(known, "@"); ok && local == low {
			known = local
		}
		if known != "" && known == low {
			return i18n.M("Mật khẩu không được trùng với tên đăng nhập hoặc số giấy tờ."), true
		}
	}
	return i18n.Msg{}, false
}

// hasher computes password hashes, as many at a time as there are processors: each takes much memory.
type hasher struct {
	params *argon2id.Params
	slots  chan struct{}
	count  atomic.Int64 // computations so far

	once  sync.Once
	decoy string
	err   error
}

func newHasher(c Config) *hasher {
	return &hasher{
		params: &argon2id.Params{Memory: uint32(c.HashMemory), Iterations: uint32(c.HashIterations), Parallelism: 1, SaltLength: 16, KeyLength: 32},
		slots:  make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
}

func (h *hasher) slot(ctx context.Context, fn func() error) error {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		h.count.Add(1)
		return fn()
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (h *hasher) make(ctx context.Context, password string) (hash string, err error) {
	err = h.slot(ctx, func() error {
		hash, err = argon2id.CreateHash(password, h.params)
		return err
	})
	return hash, err
}

// matches compares a password with a hash; with the hash of nothing when it is
// empty, which takes as long and is never true. Stale says that the hash was made
// with other parameters than those of today.
func (h *hasher) matches(ctx context.Context, password, hash string) (ok, stale bool, err error) {
	known := hash != ""
	if !known {
		h.once.Do(func() { h.decoy, h.err = argon2id.CreateHash("no account has this password", h.params) })
		if h.err != nil {
			return false, false, h.err
		}
		hash = h.decoy
	}
	err = h.slot(ctx, func() error {
		var p *argon2id.Params
		ok, p, err = argon2id.CheckHash(password, hash)
		stale = p != nil && (p.Memory != h.params.Memory || p.Iterations != h.params.Iterations)
		return err
	})
	return ok && known, stale, err
}
