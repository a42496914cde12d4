package signon

import (
	"net"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"lienthong/internal/identity"
	"lienthong/internal/kit/fault"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/vntext"
)

// ClientID (mã hệ thống kết nối) is the name under which a client makes itself known.
type ClientID string

// Client (hệ thống kết nối) is a program registered to sign people on, to act by itself through the API, or both.
type Client struct {
	ID        ClientID
	Name      string
	Public    bool               // runs on people's devices and can keep no secret
	Trusted   bool               // a system of the province: nobody is asked for consent
	Redirects []string           // where a sign-on may lead back to, compared letter by letter
	Logouts   []string           // where people may be led after signing out
	Scopes    []string           // what it may be told and, of a program, which permissions it may use
	AccountID identity.AccountID // account of a program that acts by itself; empty: none
	Contact   string             // who answers for it
	CreatedAt time.Time          //
	CreatedBy identity.AccountID //
	EndedAt   *time.Time         // since then it can do nothing
	Secrets   []Secret           // of one client, the newest first; lists do without
}

// Secret (khóa bí mật của hệ thống kết nối) proves that a request comes from the client. Several count at once, so
// that one can be replaced without a pause.
type Secret struct {
	ID        string     `db:"id"`
	ClientID  ClientID   `db:"client_id"`
	Hash      string     `db:"hash" json:"-"`
	Hint      string     `db:"hint"` // its last letters
	CreatedAt time.Time  `db:"created_at"`
	CreatedBy string     `db:"created_by"`
	UsedAt    *time.Time `db:"used_at"` // last use, to the minute
	EndedAt   *time.Time `db:"ended_at"`
}

// The scopes of people: what a client is told of whoever signs on.
const (
	ScopeOpenID     = "openid"
	ScopeProfile    = "profile"
	ScopeEmail      = "email"
	ScopePhone      = "phone"
	ScopePersonalID = "personal_id"
	ScopePosts      = "posts"
	ScopeRoles      = "roles"
	ScopeOffline    = "offline_access"
)

// scopes are the scopes of people in the order of forms.
var scopes = []string{ScopeOpenID, ScopeProfile, ScopeEmail, ScopePhone, ScopePersonalID, ScopePosts, ScopeRoles, ScopeOffline}

// scopeText says what a client learns by a scope.
func scopeText(scope string) i18n.Msg {
	switch scope {
	case ScopeOpenID:
		return i18n.M("Biết người đăng nhập là cùng một người (mã tài khoản)")
	case ScopeProfile:
		return i18n.M("Họ và tên, loại tài khoản, đã xác thực hay chưa")
	case ScopeEmail:
		return i18n.M("Địa chỉ thư điện tử")
	case ScopePhone:
		return i18n.M("Số điện thoại")
	case ScopePersonalID:
		return i18n.M("Số định danh cá nhân và ngày sinh, chỉ khi tài khoản đã xác thực")
	case ScopePosts:
		return i18n.M("Đơn vị và vị trí công tác của cán bộ, công chức")
	case ScopeRoles:
		return i18n.M("Vai trò của cán bộ, công chức trong hệ thống này")
	case ScopeOffline:
		return i18n.M("Giữ đăng nhập lâu dài, cả khi ông/bà không mở trang")
	}
	return i18n.Msg{Text: scope}
}

// isPermission reports whether a scope is one of a program: a permission or "room.*".
func isPermission(scope string) bool { return strings.Contains(scope, ".") }

// personScopes returns the scopes of a list that are about people.
func personScopes(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), isPermission)
}

// programScopes returns the scopes of a list that are permissions.
func programScopes(list []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return !isPermission(s) })
}

// ended reports whether the client can do nothing any more.
func (c Client) ended() bool { return c.EndedAt != nil }

// signsOn reports whether people can sign on to the client.
func (c Client) signsOn() bool { return len(c.Redirects) > 0 }

const (
	maxAddresses = 20
	maxAddress   = 1000
)

// clean brings a client as it was typed into its form and reports all that is wrong with it. known are the
// permissions there are.
func (c *Client) clean(known map[string]bool) fault.Problems {
	var ps fault.Problems
	c.Name, c.Contact = vntext.Clean(c.Name), vntext.Clean(c.Contact)
	switch {
	case c.Name == "":
		ps.Add("name", i18n.M("Nhập tên hệ thống, như người dùng quen gọi."))
	case utf8.RuneCountInString(c.Name) > 100:
		ps.Add("name", i18n.M("Tên hệ thống dài quá 100 ký tự."))
	}
	if utf8.RuneCountInString(c.Contact) > 200 {
		ps.Add("contact", i18n.M("Đầu mối dài quá 200 ký tự."))
	}
	c.Redirects, c.Logouts = addresses(c.Redirects), addresses(c.Logouts)
	c.checkAddresses("redirects", c.Redirects, &ps)
	c.checkAddresses("logouts", c.Logouts, &ps)
	if len(c.Redirects) == 0 && c.AccountID == "" {
		ps.Add("redirects", i18n.M("Nhập ít nhất một địa chỉ quay về, hoặc chọn tài khoản chương trình để hệ thống tự gọi API."))
	}
	if c.Public && c.AccountID != "" {
		ps.Add("account", i18n.M("Chương trình trên thiết bị của người dùng không giữ được khóa bí mật nên không tự gọi API được."))
	}
	c.checkScopes(known, &ps)
	return ps
}

// addresses returns the addresses of a list without empty lines and repetitions.
func addresses(list []string) []string {
	kept := []string{}
	for _, a := range list {
		if a = strings.TrimSpace(a); a != "" && !slices.Contains(kept, a) {
			kept = append(kept, a)
		}
	}
	return kept
}

func (c *Client) checkAddresses(field string, list []string, ps *fault.Problems) {
	if len(list) > maxAddresses {
		ps.Add(field, i18n.M("Chỉ ghi tối đa %d địa chỉ.", maxAddresses))
		return
	}
	for _, a := range list {
		if m, bad := c.badAddress(a); bad {
			ps.Add(field, m)
			return
		}
	}
}

// ownScheme reports whether an address begins as those that a program on a device registers with its system: "vn.gov.gialai.app:/…".
func ownScheme(scheme string) bool { return strings.Contains(scheme, ".") }

// badAddress says what is wrong with an address people are led to.
func (c *Client) badAddress(address string) (i18n.Msg, bool) {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxAddress || strings.ContainsAny(address, " \t\r\n\\*") || u.Scheme == "" || u.Opaque != "" {
		return i18n.M("%q không phải địa chỉ đầy đủ, ví dụ https://thu.gialai.gov.vn/dang-nhap/xong.", address), true
	}
	switch {
	case u.Fragment != "" || strings.Contains(address, "#"):
		return i18n.M("%q có dấu # nên không dùng được.", address), true
	case u.User != nil:
		return i18n.M("%q có tên hoặc mật khẩu trong địa chỉ.", address), true
	case u.Scheme == "https" && u.Host != "", u.Scheme == "http" && loopback(u.Hostname()), c.Public && ownScheme(u.Scheme):
		return i18n.Msg{}, false
	case u.Scheme == "http":
		return i18n.M("%q phải bắt đầu bằng https://; http:// chỉ dùng được cho chính máy đang chạy (localhost).", address), true
	}
	return i18n.M("%q không phải địa chỉ đầy đủ, ví dụ https://thu.gialai.gov.vn/dang-nhap/xong.", address), true
}

func loopback(host string) bool { return host == "localhost" || net.ParseIP(host).IsLoopback() }

func (c *Client) checkScopes(known map[string]bool, ps *fault.Problems) {
	kept := []string{}
	if c.signsOn() {
		kept = append(kept, ScopeOpenID)
	}
	for _, scope := range c.Scopes {
		scope = strings.TrimSpace(scope)
		switch {
		case scope == "" || slices.Contains(kept, scope):
			continue
		case isPermission(scope) && c.AccountID == "":
			ps.Add("permissions", i18n.M("Quyền gọi API chỉ dành cho hệ thống có tài khoản chương trình."))
			return
		case isPermission(scope) && !knownPermission(known, scope), !isPermission(scope) && !slices.Contains(scopes, scope):
			ps.Add("permissions", i18n.M("Không có quyền hay phạm vi %q.", scope))
			return
		}
		kept = append(kept, scope)
	}
	if c.AccountID != "" && len(programScopes(kept)) == 0 {
		ps.Add("permissions", i18n.M("Ghi ít nhất một quyền mà chương trình được dùng, ví dụ dossier.read."))
	}
	c.Scopes = kept
}

// knownPermission reports whether a scope names a permission there is, or all of a room that has some.
func knownPermission(known map[string]bool, scope string) bool {
	room, all := strings.CutSuffix(scope, ".*")
	if !all {
		return known[scope]
	}
	for p := range known {
		if strings.HasPrefix(p, room+".") {
			return true
		}
	}
	return false
}

// Query (điều kiện tìm hệ thống kết nối) says which clients to list. Empty fields do not restrict.
type Query struct {
	Text  string // words of the name, with or without tone marks
	Ended bool   // those that have ended instead of those that count
	After []string
	Size  int
}

// Keys are what a list of clients is sorted by.
func (c Client) Keys() []string { return []string{vntext.Fold(c.Name), string(c.ID)} }
