package identity

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/alexedwards/argon2id"

	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/password"
)

// The shortest passwords: citizens choose one on a phone, officials open the data of others.
const (
	shortestPassword = 8
	shortestOfficial = 12
)

// houseWords are words of public offices that officials try first.
var houseWords = []string{"cán bộ", "công chức", "tiếp nhận", "chuyên viên", "lãnh đạo", "văn thư", "một cửa", "hồ sơ", "dịch vụ công", "công dân", "ủy ban", "liên thông"}

// cleanPassword brings the letters of a password into one form: keyboards differ in how they compose them.
func cleanPassword(p string) string { return password.Clean(p) }

// shortest is how many letters a password of an account of a kind must have.
func (k Kind) shortest() int {
	if k == Official {
		return shortestOfficial
	}
	return shortestPassword
}

// knownOf are the texts that others know of the holder of an account.
func knownOf(acc Account) []string {
	about := []string{acc.FullName, acc.PersonalID, acc.Phone, acc.Email, acc.BirthDate.String()}
	for _, n := range acc.Names {
		about = append(about, n.Text)
	}
	return about
}

// weakPassword says why a password, cleaned, is refused; about are texts that others know of its holder.
func weakPassword(p string, shortest int, about ...string) (i18n.Msg, bool) {
	switch password.Judge(p, shortest, append(houseWords, about...)...) {
	case password.Good:
		return i18n.Msg{}, false
	case password.Empty:
		return i18n.M("Nhập mật khẩu."), true
	case password.Short:
		return i18n.M("Mật khẩu cần ít nhất %d ký tự.", shortest), true
	case password.Long:
		return i18n.M("Mật khẩu dài quá %d ký tự.", password.Longest), true
	case password.Row:
		return i18n.M("Mật khẩu này chỉ là hàng phím liền nhau hoặc lặp lại nên dễ bị đoán. Hãy ghép ba từ không liên quan, ví dụ tên cây, đồ vật và con số riêng."), true
	case password.Known:
		return i18n.M("Mật khẩu không được là tên, số điện thoại, ngày sinh, số giấy tờ, tên đăng nhập hay từ quen của công việc."), true
	}
	return i18n.M("Mật khẩu này quá phổ biến nên dễ bị đoán. Hãy ghép ba từ không liên quan, ví dụ tên cây, đồ vật và con số riêng."), true
}

// refusedPassword says why an account may not have a password, cleaned; also when it is on the list of leaked ones.
func (s *Service) refusedPassword(p string, acc Account) (why i18n.Msg, bad bool, err error) {
	if why, bad = weakPassword(p, acc.Kind.shortest(), knownOf(acc)...); bad || s.breaches == nil {
		return why, bad, nil
	}
	n, err := s.breaches.Count(p)
	if err != nil {
		return why, true, fault.NewUnavailable(i18n.M("Chưa kiểm tra được mật khẩu với danh sách đã lộ. Hãy thử lại sau hoặc báo quản trị hệ thống.")).Wrap(err)
	}
	if n > 0 {
		return i18n.M("Mật khẩu này đã lộ ở nơi khác và nằm trong danh sách kẻ xấu dùng để thử. Hãy chọn mật khẩu khác."), true, nil
	}
	return why, false, nil
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

func (h *hasher) make(ctx context.Context, plain string) (hash string, err error) {
	err = h.slot(ctx, func() error {
		hash, err = argon2id.CreateHash(plain, h.params)
		return err
	})
	return hash, err
}

// matches compares a password with a hash; with the hash of nothing when it is
// empty, which takes as long and is never true. Stale says that the hash was made
// with other parameters than those of today.
func (h *hasher) matches(ctx context.Context, plain, hash string) (ok, stale bool, err error) {
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
		ok, p, err = argon2id.CheckHash(plain, hash)
		stale = p != nil && (p.Memory != h.params.Memory || p.Iterations != h.params.Iterations)
		return err
	})
	return ok && known, stale, err
}
