package deliver

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log"
	"math/big"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// relay is a mail server that does as it is told.
type relay struct {
	mu     sync.Mutex
	got    []string // whole messages
	rcpt   error
	data   error
	hangup bool          // drops the line after RCPT
	hold   chan struct{} // not nil: answers nothing until it is closed
}

func (r *relay) NewSession(c *smtp.Conn) (smtp.Session, error) { return &session{r, c}, nil }

type session struct {
	r *relay
	c *smtp.Conn
}

func (s *session) Reset()                               {}
func (s *session) Logout() error                        { return nil }
func (s *session) Mail(string, *smtp.MailOptions) error { return nil }
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.hangup {
		_ = s.c.Conn().Close()
	}
	return s.r.rcpt
}

func (s *session) Data(body io.Reader) error {
	if s.r.hold != nil {
		<-s.r.hold
	}
	raw, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	s.r.mu.Lock()
	defer s.r.mu.Unlock()
	if s.r.data != nil {
		return s.r.data
	}
	s.r.got = append(s.r.got, string(raw))
	return nil
}

// certificate makes one for localhost.
func certificate(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}, pool
}

// start runs a relay and returns a sender to it.
func start(t *testing.T, r *relay, how string) *SMTP {
	t.Helper()
	cert, pool := certificate(t)
	s := smtp.NewServer(r)
	s.Domain, s.ErrorLog = "localhost", log.New(io.Discard, "", 0)
	if how != "plain" {
		s.TLSConfig = &tls.Config{Certificates: []tls.Certificate{cert}}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if how == TLS {
		ln = tls.NewListener(ln, s.TLSConfig)
	}
	go func() { _ = s.Serve(ln) }()
	t.Cleanup(func() { _ = s.Close() })
	if how == "plain" {
		how = StartTLS
	}
	return NewSMTP(SMTPConfig{Address: ln.Addr().String(), TLS: how, From: "Cổng dịch vụ công <cong@example.vn>", Timeout: 5 * time.Second,
		Trust: &tls.Config{RootCAs: pool, ServerName: "localhost", MinVersion: tls.VersionTLS12}})
}

func letter() Outgoing {
	return Outgoing{ID: "0192", Channel: "email", To: "mai@example.vn", Name: "Rơ Châm Y Mai", Subject: "Hồ sơ H21.15-261123-0007 được tiếp nhận: hẹn trả trước 17:00 ngày 25/11/2026",
		Text: "Kính gửi ông/bà,\n\nĐã tiếp nhận.", HTML: "<p>Đã tiếp nhận &lt;b&gt;.</p>", Lang: "vi"}
}

func TestSMTP(t *testing.T) {
	for _, how := range []string{StartTLS, TLS, NoTLS} {
		t.Run(how, func(t *testing.T) {
			r := &relay{}
			s := start(t, r, how)
			o := letter()
			o.Leave = "https://dvc.example.vn/notice/preferences"
			ref, err := s.Send(context.Background(), o)
			if err != nil || ref != "<0192@example.vn>" || len(r.got) != 1 {
				t.Fatalf("%q %v %d", ref, err, len(r.got))
			}
			m, err := mail.ReadMessage(strings.NewReader(r.got[0]))
			if err != nil {
				t.Fatal(err)
			}
			word := func(name string) string {
				text, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get(name))
				if err != nil {
					t.Error(err)
				}
				return text
			}
			if word("Subject") != o.Subject || word("To") != `"Rơ Châm Y Mai" <mai@example.vn>` && word("To") != `Rơ Châm Y Mai <mai@example.vn>` || !strings.Contains(word("From"), "Cổng dịch vụ công") {
				t.Errorf("headers: %q %q %q", word("Subject"), word("To"), word("From"))
			}
			for _, line := range strings.Split(strings.SplitN(r.got[0], "\r\n\r\n", 2)[0], "\r\n") {
				if len(line) > 998 || !ascii(line) {
					t.Errorf("header line %q", line)
				}
			}
			if m.Header.Get("List-Unsubscribe") != "<"+o.Leave+">" || m.Header.Get("Auto-Submitted") != "auto-generated" {
				t.Errorf("%v", m.Header)
			}
			checkParts(t, m, o)
		})
	}
}

func ascii(s string) bool { return strings.IndexFunc(s, func(r rune) bool { return r > 126 }) < 0 }

// checkParts holds that text and HTML arrive as they were.
func checkParts(t *testing.T, m *mail.Message, o Outgoing) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("%s %v", kind, err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{o.Text, o.HTML} {
		p, err := parts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		raw, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || strings.TrimSpace(strings.ReplaceAll(string(raw), "\r\n", "\n")) != want {
			t.Errorf("%q %v", raw, err)
		}
	}
}

func TestSMTPFailures(t *testing.T) {
	smtpErr := func(code int) error { return &smtp.SMTPError{Code: code, Message: "as told"} }
	for _, c := range []struct {
		name  string
		relay *relay
		how   string
		want  Kind
	}{
		{"unknown recipient", &relay{rcpt: smtpErr(550)}, StartTLS, Address},
		{"greylisted", &relay{rcpt: smtpErr(451)}, StartTLS, Later},
		{"refused as spam", &relay{data: smtpErr(554)}, StartTLS, Refused},
		{"full disk", &relay{data: smtpErr(452)}, StartTLS, Later},
		{"drops the line", &relay{hangup: true}, StartTLS, Later},
		{"no TLS offered", &relay{}, "plain", Down},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := start(t, c.relay, c.how)
			_, err := s.Send(context.Background(), letter())
			if err == nil || KindOf(err) != c.want {
				t.Errorf("%s: %v", KindOf(err), err)
			}
			if len(c.relay.got) != 0 {
				t.Error("it arrived")
			}
		})
	}
	t.Run("not there", func(t *testing.T) {
		s := NewSMTP(SMTPConfig{Address: "127.0.0.1:1", From: "a@example.vn"})
		if _, err := s.Send(context.Background(), letter()); KindOf(err) != Down {
			t.Error(err)
		}
	})
	t.Run("slow", func(t *testing.T) {
		r := &relay{hold: make(chan struct{})}
		s := start(t, r, StartTLS)
		s.c.Timeout = 200 * time.Millisecond
		_, err := s.Send(context.Background(), letter())
		close(r.hold)
		if err == nil {
			t.Error("it waited for ever and said it went well")
		}
	})
	t.Run("not trusted", func(t *testing.T) {
		s := start(t, &relay{}, TLS)
		s.c.Trust = &tls.Config{ServerName: "localhost", MinVersion: tls.VersionTLS12}
		if _, err := s.Send(context.Background(), letter()); KindOf(err) != Down {
			t.Error(err)
		}
	})
}

// TestHeaderInjection holds that nothing from outside makes a header or a recipient.
func TestHeaderInjection(t *testing.T) {
	r := &relay{}
	s := start(t, r, StartTLS)
	for name, change := range map[string]func(*Outgoing){
		"subject":       func(o *Outgoing) { o.Subject = "x\r\nBcc: evil@example.com" },
		"name":          func(o *Outgoing) { o.Name = "x\nBcc: evil@example.com" },
		"address":       func(o *Outgoing) { o.To = "mai@example.vn\r\nRCPT TO:<evil@example.com>" },
		"two addresses": func(o *Outgoing) { o.To = "mai@example.vn, evil@example.com" },
		"name in it":    func(o *Outgoing) { o.To = "x <evil@example.com>" },
		"no address":    func(o *Outgoing) { o.To = "mai" },
		"leave":         func(o *Outgoing) { o.Leave = "https://x\r\nBcc: evil@example.com" },
	} {
		o := letter()
		change(&o)
		if _, err := s.Send(context.Background(), o); KindOf(err) != Refused && KindOf(err) != Address {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(r.got) != 0 {
		t.Errorf("%d arrived", len(r.got))
	}
	o := letter()
	o.Name, o.Subject = `", evil@example.com, "`, "=?utf-8?q?Bcc:_evil@example.com?= \u202e"
	o.Text = "x\r\n.\r\nMAIL FROM:<evil@example.com>"
	if _, err := s.Send(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader([]byte(r.got[0])))
	if err != nil {
		t.Fatal(err)
	}
	to, err := m.Header.AddressList("To")
	if err != nil || len(to) != 1 || to[0].Address != "mai@example.vn" || len(r.got) != 1 || m.Header.Get("Bcc") != "" {
		t.Errorf("%v %v", to, err)
	}
}

func TestKindOf(t *testing.T) {
	if KindOf(errors.New("x")) != Later || KindOf(errors.Join(&Error{Down, errors.New("x")}, nil)) != Down {
		t.Error("kinds")
	}
	for address, want := range map[string]string{"0905123456": "09xxxxx456", "nguyen@example.vn": "ngu…@example.vn", "ab@x": "ab…@x", "123": "xxx", "": ""} {
		if got := Mask(address); got != want {
			t.Errorf("%q: %q", address, got)
		}
	}
}
