package identity

import (
	"crypto/rand"
	"hash/crc32"
	"math/big"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// TokenID (mã nội bộ của mã truy cập) names a token for ever; it opens nothing.
type TokenID string

// Token (mã truy cập) lets a program act as an account without its password, with the
// account's rights cut down to Scopes. The token itself is shown once; the database
// keeps its SHA-256 and its last letters. The secrets of a program's account are
// tokens too: several may hold at once, so one can be replaced while the other is used.
type Token struct {
	ID         TokenID    `db:"id"`
	AccountID  AccountID  `db:"account_id"`
	Name       string     `db:"name"`   // what its holder calls it
	Ending     string     `db:"ending"` // its last letters, to tell it from others
	Scopes     Scopes     `db:"-"`
	Networks   []string   `db:"-"` // addresses and ranges it may come from; none: from anywhere
	CreatedBy  AccountID  `db:"created_by"`
	CreatedAt  time.Time  `db:"created_at"`
	ExpiresOn  clock.Date `db:"expires_on"` // the first day on which it opens nothing
	LastUsedAt *time.Time `db:"last_used_at"`
	LastUsedIP string     `db:"last_used_ip"`
	RevokedAt  *time.Time `db:"revoked_at"`
}

// NewToken (yêu cầu tạo mã truy cập) is what somebody asks for.
type NewToken struct {
	Name      string
	Scopes    []string
	Networks  string     // addresses and ranges, with commas or spaces between
	ExpiresOn clock.Date // zero: in tokenDays
}

// How long tokens live.
const (
	tokenDays     = 90
	tokenDaysMost = 366
	warnTokenDays = 14 // before its end its holder is told
	tokensMost    = 20 // of one account that hold at a time
)

// Scopes that are no permission.
const (
	ScopeAll  = "*"    // everything the account may
	ScopeRead = "read" // nothing is changed
)

// Scopes (phạm vi của mã truy cập) are what a token is good for: permissions, "room.*" for
// all of a room, "*" for all the account may, and "read" when nothing may be changed.
// "read" alone is everything the account may see.
type Scopes []string

var scopeForm = regexp.MustCompile(`^([a-z]+\.(\*|[a-z_]+)|\*|read)$`)

// clean sorts scopes and reports the first one that means nothing; known are all permissions.
func (s Scopes) clean(known map[string]bool) (Scopes, i18n.Msg, bool) {
	list := Scopes{}
	for _, v := range s {
		v = strings.TrimSpace(v)
		switch {
		case v == "":
			continue
		case !scopeForm.MatchString(v) || !meant(v, known):
			return nil, i18n.M("Không có phạm vi “%s”.", v), false
		}
		list = append(list, v)
	}
	slices.Sort(list)
	if list = slices.Compact(list); len(list) == 0 {
		return nil, i18n.M("Chọn ít nhất một việc mà mã truy cập được làm."), false
	}
	return list, i18n.Msg{}, true
}

func meant(scope string, known map[string]bool) bool {
	if scope == ScopeAll || scope == ScopeRead || known[scope] {
		return true
	}
	room, ok := strings.CutSuffix(scope, "*")
	if !ok {
		return false
	}
	for p := range known {
		if strings.HasPrefix(p, room) {
			return true
		}
	}
	return false
}

// ReadOnly reports whether nothing may be changed with the token.
func (s Scopes) ReadOnly() bool { return slices.Contains(s, ScopeRead) }

// Allows reports whether a permission lies within the scopes.
func (s Scopes) Allows(permission string) bool {
	room, _, _ := strings.Cut(permission, ".")
	named := false
	for _, v := range s {
		switch v {
		case ScopeAll, permission, room + ".*":
			return true
		case ScopeRead:
		default:
			named = true
		}
	}
	return !named && s.ReadOnly()
}

// cut returns grants with only those permissions that the scopes allow.
func (s Scopes) cut(grants []actor.Grant) []actor.Grant {
	var list []actor.Grant
	for _, g := range grants {
		kept := map[string]bool{}
		for p, ok := range g.Permissions {
			if ok && s.Allows(p) {
				kept[p] = true
			}
		}
		if len(kept) > 0 {
			g.Permissions = kept
			list = append(list, g)
		}
	}
	return list
}

// The form of a token: a prefix that scanners for leaked secrets can look for, random
// letters, and a checksum by which a mistyped one is told from one that was revoked.
const (
	tokenPrefix = "lt_"
	tokenRandom = 32
	tokenSum    = 6
	base62      = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
)

// newSecret returns a new token as it is shown to its holder.
func newSecret() string {
	var b strings.Builder
	b.WriteString(tokenPrefix)
	for range tokenRandom {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(base62))))
		if err != nil {
			panic(err) // never, see crypto/rand
		}
		b.WriteByte(base62[n.Int64()])
	}
	return b.String() + secretSum(b.String())
}

// secretSum returns the checksum of what stands before it.
func secretSum(s string) string {
	n := crc32.ChecksumIEEE([]byte(s))
	sum := make([]byte, tokenSum)
	for i := tokenSum - 1; i >= 0; i-- {
		sum[i] = base62[n%62]
		n /= 62
	}
	return string(sum)
}

// looksLikeSecret reports whether a text begins like a token, be it mistyped.
func looksLikeSecret(s string) bool { return strings.HasPrefix(s, tokenPrefix) }

// wellFormed reports whether a token is whole: of the right length and with the right checksum.
func wellFormed(s string) bool {
	if len(s) != len(tokenPrefix)+tokenRandom+tokenSum || !looksLikeSecret(s) {
		return false
	}
	at := len(s) - tokenSum
	return secretSum(s[:at]) == s[at:]
}

// HoldsOn reports whether the token opens anything on a date.
func (t Token) HoldsOn(on clock.Date) bool { return t.RevokedAt == nil && on.Before(t.ExpiresOn) }

// EndsSoon reports whether the token ends within the days in which its holder is warned.
func (t Token) EndsSoon(on clock.Date) bool {
	return t.HoldsOn(on) && !on.AddDays(warnTokenDays).Before(t.ExpiresOn)
}

// from reports whether an address is one the token may come from.
func (t Token) from(ip string) bool {
	if len(t.Networks) == 0 {
		return true
	}
	at, err := netip.ParseAddr(ip)
	if err != nil {
		return false
	}
	return slices.ContainsFunc(t.Networks, func(n string) bool {
		p, err := netip.ParsePrefix(n)
		return err == nil && p.Contains(at.Unmap())
	})
}

// parseNetworks reads addresses and ranges; each comes back as a range.
func parseNetworks(typed string) ([]string, i18n.Msg, bool) {
	var list []string
	for _, w := range strings.FieldsFunc(typed, func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' || r == '\t' }) {
		p, err := netip.ParsePrefix(w)
		if err != nil {
			a, err := netip.ParseAddr(w)
			if err != nil {
				return nil, i18n.M("“%s” không phải địa chỉ mạng. Ví dụ đúng: 10.1.2.3 hoặc 10.1.2.0/24.", w), false
			}
			p = netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen())
		}
		list = append(list, p.Masked().String())
	}
	if len(list) > 20 {
		return nil, i18n.M("Nhập nhiều nhất 20 địa chỉ mạng."), false
	}
	slices.Sort(list)
	return slices.Compact(list), i18n.Msg{}, true
}

// check brings a wish into its form and reports all that is wrong with it.
func (n *NewToken) check(today clock.Date, known map[string]bool) (Scopes, []string, error) {
	var ps fault.Problems
	switch n.Name = vntext.Clean(n.Name); {
	case n.Name == "":
		ps.Add("name", i18n.M("Đặt tên để sau này nhận ra mã, ví dụ tên phần mềm dùng mã."))
	case utf8.RuneCountInString(n.Name) > 100:
		ps.Add("name", i18n.M("Tên dài quá 100 ký tự."))
	}
	scopes, m, ok := Scopes(n.Scopes).clean(known)
	if !ok {
		ps.Add("scopes", m)
	}
	networks, m, ok := parseNetworks(n.Networks)
	if !ok {
		ps.Add("networks", m)
	}
	if n.ExpiresOn.IsZero() {
		n.ExpiresOn = today.AddDays(tokenDays)
	}
	if !today.Before(n.ExpiresOn) || today.AddDays(tokenDaysMost).Before(n.ExpiresOn) {
		ps.Add("expires_on", i18n.M("Ngày hết hạn phải sau hôm nay và trong vòng một năm."))
	}
	return scopes, networks, ps.Err()
}
