package notice

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/mail"
	"net/url"
	"time"

	"lienthong/internal/notice/internal/deliver"
)

// Config is what an installation may set for this room. The zero value is ready for use: messages are shown in the
// program, nothing is sent outside.
type Config struct {
	SMTP      string `toml:"smtp" help:"Máy chủ thư chuyển tiếp (relay) dạng máy:cổng, ví dụ smtp.example.vn:587. Để trống: không gửi thư điện tử. Chữ ký DKIM do máy chủ này ký."`
	SMTPTLS   string `toml:"smtp_tls" default:"starttls" help:"Mã hóa đường truyền tới máy chủ thư: starttls, tls (cổng 465) hoặc none (chỉ trong mạng nội bộ)."`
	SMTPUser  string `toml:"smtp_user" help:"Tên đăng nhập máy chủ thư; để trống là không đăng nhập."`
	SMTPPass  string `toml:"smtp_password" secret:"true" help:"Mật khẩu máy chủ thư."`
	From      string `toml:"from" help:"Địa chỉ gửi thư, ví dụ khong-tra-loi@example.vn."`
	SMS       string `toml:"sms" help:"Địa chỉ HTTP nhận tin SMS (JSON, ký HMAC); log: chỉ ghi nhật ký, để thử. Để trống: không gửi SMS."`
	SMSSecret string `toml:"sms_secret" secret:"true" help:"Khóa ký các yêu cầu gửi SMS và xác nhận đã gửi."`
	SMSPlain  bool   `toml:"sms_plain" default:"true" help:"Bỏ dấu tiếng Việt trong SMS: 160 ký tự một tin thay vì 70."`
	Chat      string `toml:"chat" help:"Địa chỉ HTTP nhận tin nhắn ứng dụng trò chuyện (JSON, ký HMAC); log: chỉ ghi nhật ký. Để trống: không gửi."`
	ChatKey   string `toml:"chat_secret" secret:"true" help:"Khóa ký các yêu cầu gửi tin trò chuyện và xác nhận đã gửi."`

	Timeout  time.Duration `toml:"timeout" default:"30s" help:"Thời gian chờ một nhà cung cấp nhận một tin."`
	Workers  int           `toml:"workers" default:"4" help:"Số tin gửi cùng lúc trên mỗi kênh của mỗi máy."`
	Attempts int           `toml:"attempts" default:"12" help:"Số lần thử gửi một tin trước khi chuyển vào danh sách thư không gửi được."`
	Hard     int           `toml:"hard_failures" default:"3" help:"Số lần một địa chỉ bị từ chối hẳn trước khi thôi gửi tới địa chỉ đó."`
	Quiet    string        `toml:"quiet" default:"21:00-07:00" help:"Giờ yên tĩnh mặc định, không gửi SMS và thư trừ việc khẩn; none là không có."`
	Streams  int           `toml:"streams" default:"4" help:"Số kết nối nhận thông báo tức thời của một tài khoản trên mỗi máy."`
	Keep     time.Duration `toml:"keep" default:"8760h" help:"Thời gian giữ thông báo đã xong."`
}

func (c Config) withDefaults() Config {
	if c.SMTPTLS == "" {
		c.SMTPTLS = deliver.StartTLS
	}
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	if c.Workers <= 0 {
		c.Workers = 4
	}
	if c.Attempts <= 0 {
		c.Attempts = 12
	}
	if c.Hard <= 0 {
		c.Hard = 3
	}
	if c.Quiet == "" {
		c.Quiet = "21:00-07:00"
	}
	if c.Streams <= 0 {
		c.Streams = 4
	}
	if c.Keep <= 0 {
		c.Keep = 365 * 24 * time.Hour
	}
	return c
}

// Validate finds settings that cannot work: "key: what is wrong".
func (c Config) Validate() error {
	c = c.withDefaults()
	if c.SMTP != "" {
		if _, port, err := net.SplitHostPort(c.SMTP); err != nil || port == "" {
			return errors.New("smtp: phải có dạng máy:cổng, ví dụ smtp.example.vn:587")
		}
		if _, err := mail.ParseAddress(c.From); err != nil {
			return errors.New("from: cần một địa chỉ thư điện tử khi có smtp")
		}
	}
	if c.SMTPTLS != deliver.StartTLS && c.SMTPTLS != deliver.TLS && c.SMTPTLS != deliver.NoTLS {
		return errors.New("smtp_tls: phải là starttls, tls hoặc none")
	}
	for _, hook := range []struct{ key, address, secret string }{{"sms", c.SMS, c.SMSSecret}, {"chat", c.Chat, c.ChatKey}} {
		if hook.address == "" || hook.address == toLog {
			continue
		}
		if u, err := url.Parse(hook.address); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return fmt.Errorf("%s: phải là địa chỉ http hoặc https, hoặc log", hook.key)
		}
		if len(hook.secret) < 16 {
			return fmt.Errorf("%s_secret: cần ít nhất 16 ký tự để ký yêu cầu", hook.key)
		}
	}
	if _, err := ParseQuiet(c.Quiet); err != nil {
		return errors.New("quiet: phải có dạng 21:00-07:00, hoặc none")
	}
	return nil
}

// toLog is the address of a provider that only writes the log.
const toLog = "log"

// senders returns the senders of the settings. A channel without one is not used.
func (c Config) senders(log *slog.Logger) map[Channel]Sender {
	m := map[Channel]Sender{}
	if c.SMTP != "" {
		m[Email] = deliver.NewSMTP(deliver.SMTPConfig{Address: c.SMTP, TLS: c.SMTPTLS, User: c.SMTPUser, Password: c.SMTPPass, From: c.From, Timeout: c.Timeout})
	}
	for ch, hook := range map[Channel][2]string{SMS: {c.SMS, c.SMSSecret}, Chat: {c.Chat, c.ChatKey}} {
		switch hook[0] {
		case "":
		case toLog:
			m[ch] = deliver.Log{Log: log}
		default:
			m[ch] = deliver.NewWebhook(hook[0], []byte(hook[1]), c.Timeout)
		}
	}
	return m
}

// secrets returns the keys with which providers sign what became of a delivery.
func (c Config) secrets() map[string][]byte {
	m := map[string][]byte{}
	if c.SMSSecret != "" {
		m[string(SMS)] = []byte(c.SMSSecret)
	}
	if c.ChatKey != "" {
		m[string(Chat)] = []byte(c.ChatKey)
	}
	return m
}
