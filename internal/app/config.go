package app

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"lienthong/internal/dossier"
	"lienthong/internal/file"
	"lienthong/internal/identity"
	"lienthong/internal/kit/seal"
	"lienthong/internal/kit/web"
	"lienthong/internal/notice"
	"lienthong/internal/portal"
	"lienthong/internal/signon"
)

// Config is every setting of the program. A setting is a field with the tags toml (its key), help (Vietnamese
// sentence) and default; its flag and its environment variable follow from the key: key "web.upload_limit",
// flag --web.upload-limit, variable LIENTHONG_WEB_UPLOAD_LIMIT. A room's settings are its own struct.
type Config struct {
	Data           string        `toml:"data" default:"data" help:"Thư mục dữ liệu: cơ sở dữ liệu SQLite và kho tệp."`
	Database       string        `toml:"database" help:"Cơ sở dữ liệu: sqlite:///thư-mục/tệp.db hoặc postgres://người-dùng:mật-khẩu@máy/tên. Để trống: SQLite trong thư mục dữ liệu."`
	Files          string        `toml:"files" help:"Thư mục kho tệp, dùng chung khi chạy nhiều máy. Để trống: thư mục files trong thư mục dữ liệu."`
	Listen         string        `toml:"listen" default:":8080" help:"Địa chỉ và cổng chờ kết nối HTTP."`
	BaseURL        string        `toml:"base_url" help:"Địa chỉ người dân mở trên trình duyệt, ví dụ https://dichvucong.example.vn. Cần khi chạy sau máy chủ trung gian và để tạo liên kết trong tin nhắn, mã QR."`
	TrustedProxies []string      `toml:"trusted_proxies" help:"Các dải IP của máy chủ trung gian được tin (X-Forwarded-For, X-Forwarded-Proto), ví dụ 10.0.0.5. Chỉ ghi đúng các máy chủ đó: máy nào trong dải cũng tự khai được địa chỉ của mình."`
	Province       string        `toml:"province" default:"gialai" help:"Tỉnh: tên bộ dữ liệu đi kèm chương trình hoặc đường dẫn thư mục."`
	SecretKey      string        `toml:"secret_key" secret:"true" help:"Khóa niêm phong các bí mật trong cơ sở dữ liệu: 32 byte dạng base64, nhiều khóa cách nhau dấu phẩy, khóa mới đứng đầu. Để trống: tệp secret.key trong thư mục dữ liệu, tự tạo lần đầu. Khi chạy nhiều máy, đặt giống nhau ở mọi máy."`
	AutoMigrate    bool          `toml:"auto_migrate" default:"true" help:"Tự cập nhật cấu trúc cơ sở dữ liệu khi khởi động. Khi chạy nhiều máy, đặt false và chạy lienthong migrate một lần."`
	Stop           time.Duration `toml:"stop" default:"30s" help:"Thời gian tối đa chờ các yêu cầu đang xử lý khi dừng chương trình."`

	Log      LogConfig       `toml:"log"`
	Web      WebConfig       `toml:"web"`
	Identity identity.Config `toml:"identity"`
	Signon   signon.Config   `toml:"signon"`
	Dossier  dossier.Config  `toml:"dossier"`
	File     file.Config     `toml:"file"`
	Notice   notice.Config   `toml:"notice"`
	Portal   portal.Config   `toml:"portal"`
}

// LogConfig says what the log looks like.
type LogConfig struct {
	Format string `toml:"format" default:"text" help:"Dạng nhật ký: text hoặc json."`
	Level  string `toml:"level" default:"info" help:"Mức nhật ký: debug, info, warn hoặc error."`
}

// WebConfig bounds what clients may send.
type WebConfig struct {
	BodyLimit   web.Bytes     `toml:"body_limit" default:"1MB" help:"Cỡ lớn nhất của một biểu mẫu không có tệp."`
	UploadLimit web.Bytes     `toml:"upload_limit" default:"100MB" help:"Cỡ lớn nhất của một lần gửi có tệp, tính cả các tệp."`
	Costly      int           `toml:"costly" default:"120" help:"Số lần trong 10 phút một địa chỉ mạng chưa đăng nhập được bắt đầu soạn hồ sơ hoặc gửi tệp qua API, tính riêng trên mỗi máy."`
	Patience    time.Duration `toml:"patience" default:"30s" help:"Thời gian chờ tối đa khi đường truyền đứng yên."`
}

// Validate finds values that cannot work, all at once.
func (c Config) Validate() error {
	var errs []error
	bad := func(key, format string, args ...any) {
		errs = append(errs, fmt.Errorf("%s: %s", key, fmt.Sprintf(format, args...)))
	}
	if c.Data == "" {
		bad("data", "phải là một thư mục")
	}
	if c.Database != "" {
		scheme, _, ok := strings.Cut(c.Database, "://")
		if !ok || scheme != "sqlite" && scheme != "postgres" && scheme != "postgresql" {
			bad("database", "phải bắt đầu bằng sqlite:// hoặc postgres://")
		}
	}
	if _, port, err := net.SplitHostPort(c.Listen); err != nil || port == "" {
		bad("listen", "phải có dạng địa-chỉ:cổng, ví dụ :8080 hoặc 127.0.0.1:8080")
	}
	if c.BaseURL != "" && !isOrigin(strings.TrimRight(c.BaseURL, "/")) {
		bad("base_url", "phải là địa chỉ http hoặc https không kèm đường dẫn, ví dụ https://dichvucong.example.vn")
	}
	if _, err := seal.Parse(c.SecretKey); c.SecretKey != "" && err != nil {
		bad("secret_key", "mỗi khóa phải là 32 byte dạng base64, ví dụ do lệnh: openssl rand -base64 32")
	}
	if _, err := c.proxies(); err != nil {
		bad("trusted_proxies", "%v", err)
	}
	if c.Web.BodyLimit == 0 || c.Web.UploadLimit == 0 {
		bad("web", "các giới hạn phải lớn hơn 0")
	}
	if c.Web.Costly == 0 {
		bad("web.costly", "phải lớn hơn 0")
	}
	if c.Web.Patience == 0 {
		bad("web.patience", "phải lớn hơn 0")
	}
	if c.Log.Format != "text" && c.Log.Format != "json" {
		bad("log.format", "phải là text hoặc json")
	}
	if err := new(slog.Level).UnmarshalText([]byte(c.Log.Level)); err != nil {
		bad("log.level", "phải là debug, info, warn hoặc error")
	}
	for _, set := range Settings() {
		if v := reflect.ValueOf(c).FieldByIndex(set.index); v.CanInt() && v.Int() < 0 {
			bad(set.Key, "không được âm")
		}
	}
	of := func(room string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s.%w", room, err))
		}
	}
	of("signon", c.Signon.Validate())
	of("identity", c.Identity.Validate())
	of("dossier", c.Dossier.Validate())
	of("file", c.File.Validate())
	of("notice", c.Notice.Validate())
	of("portal", c.Portal.Validate())
	if len(errs) == 0 {
		return nil
	}
	return failure(ExitConfig, fmt.Errorf("cài đặt chưa đúng: %w", errors.Join(errs...)))
}

// isOrigin reports whether an address is scheme and host and nothing more.
func isOrigin(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Host != "" && (u.Scheme == "http" || u.Scheme == "https") && address == u.Scheme+"://"+u.Host
}

// Secure reports whether people reach the site over https only.
func (c Config) Secure() bool { return strings.HasPrefix(c.BaseURL, "https://") }

// Issuer is the address under which other systems know the site: that of the setting, else of this very machine,
// which serves for trying out.
func (c Config) Issuer() string {
	if c.BaseURL != "" {
		return strings.TrimRight(c.BaseURL, "/")
	}
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return "http://localhost" // Validate says it
	}
	return "http://localhost:" + port
}

func (c Config) proxies() ([]netip.Prefix, error) {
	var list []netip.Prefix
	for _, s := range c.TrustedProxies {
		p, err := netip.ParsePrefix(s)
		if err != nil {
			ip, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return nil, fmt.Errorf("%q không phải địa chỉ IP hay dải IP", s)
			}
			p = netip.PrefixFrom(ip, ip.BitLen())
		}
		list = append(list, p.Masked())
	}
	return list, nil
}

// NewLog returns the log of the settings. Unknown values fall back to text at level info.
func NewLog(w io.Writer, c LogConfig) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // Validate says it
	o := &slog.HandlerOptions{Level: level}
	if c.Format == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// keys returns the keys that seal secrets in the database: the setting, or a file in the data folder that is made when missing.
func (c Config) keys() (*seal.Keyring, error) {
	if c.SecretKey != "" {
		return seal.Parse(c.SecretKey)
	}
	return seal.File(c.keyFile())
}

func (c Config) keyFile() string { return filepath.Join(c.Data, "secret.key") }

// hidePassword returns a database address that may be shown.
func hidePassword(address string) string {
	u, err := url.Parse(address)
	var q url.Values
	if err == nil {
		q, err = url.ParseQuery(u.RawQuery)
	}
	if err != nil {
		scheme, _, _ := strings.Cut(address, "://")
		return scheme + "://…"
	}
	for _, name := range []string{"password", "sslpassword"} {
		if q.Has(name) {
			q.Set(name, "xxxxx")
			u.RawQuery = q.Encode()
		}
	}
	return u.Redacted()
}
