package deliver

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	netmail "net/mail"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail"
)

// How the line to a relay is kept secret.
const (
	StartTLS = "starttls" // required: a relay that does not offer it is not used
	TLS      = "tls"
	NoTLS    = "none"
)

// SMTPConfig says how a relay is reached.
type SMTPConfig struct {
	Address  string // host:port
	TLS      string
	User     string // empty: no sign-in
	Password string
	From     string
	Timeout  time.Duration
	Trust    *tls.Config // instead of the certificates of the machine, for tests
}

// SMTP sends e-mail through a relay, which signs it (DKIM) and delivers it.
type SMTP struct{ c SMTPConfig }

// NewSMTP returns a sender through a relay.
func NewSMTP(c SMTPConfig) *SMTP {
	if c.Timeout <= 0 {
		c.Timeout = 30 * time.Second
	}
	return &SMTP{c}
}

// Send hands an e-mail to the relay. Its Message-ID is made of the delivery, so a repetition has the same.
func (s *SMTP) Send(ctx context.Context, o Outgoing) (string, error) {
	m, err := s.message(o)
	if err != nil {
		return "", err
	}
	client, err := s.client()
	if err != nil {
		return "", &Error{Down, err}
	}
	ctx, cancel := context.WithTimeout(ctx, s.c.Timeout)
	defer cancel()
	conn, err := client.DialToSMTPClientWithContext(ctx)
	if err != nil {
		return "", &Error{Down, err}
	}
	err = client.SendWithSMTPClient(conn, m)
	_ = client.CloseWithSMTPClient(conn) // the relay has answered already
	if err != nil {
		return "", &Error{kindOfSMTP(err), err}
	}
	return m.GetMessageID(), nil
}

// message writes the e-mail. Nothing from outside becomes a header but through the library, which encodes it, and
// without line breaks.
func (s *SMTP) message(o Outgoing) (*mail.Msg, error) {
	refuse := func(kind Kind, err error) (*mail.Msg, error) { return nil, &Error{kind, err} }
	if strings.ContainsAny(o.To+o.Name+o.Subject+o.Leave, "\r\n\x00") {
		return refuse(Refused, errors.New("a line break in a header"))
	}
	m := mail.NewMsg(mail.WithCharset(mail.CharsetUTF8), mail.WithEncoding(mail.EncodingQP))
	from, err := netmail.ParseAddress(s.c.From)
	if err != nil {
		return refuse(Down, err)
	}
	m.FromMailAddress(from)
	if a, err := netmail.ParseAddress(o.To); err != nil || a.Address != o.To {
		return refuse(Address, fmt.Errorf("%q is no address", Mask(o.To)))
	}
	if err := m.AddTo((&netmail.Address{Name: o.Name, Address: o.To}).String()); err != nil {
		return refuse(Address, err)
	}
	m.Subject(o.Subject)
	m.SetDate()
	_, host, _ := strings.Cut(from.Address, "@")
	m.SetMessageIDWithValue(o.ID + "@" + host)
	m.SetGenHeader("Auto-Submitted", "auto-generated")
	m.SetGenHeader("Content-Language", o.Lang)
	if o.Leave != "" {
		m.SetGenHeader("List-Unsubscribe", "<"+o.Leave+">")
		m.SetGenHeader("Precedence", "list")
	}
	m.SetBodyString(mail.TypeTextPlain, o.Text)
	if o.HTML != "" {
		m.AddAlternativeString(mail.TypeTextHTML, o.HTML)
	}
	return m, nil
}

func (s *SMTP) client() (*mail.Client, error) {
	host, port, err := net.SplitHostPort(s.c.Address)
	if err != nil {
		return nil, err
	}
	n, err := strconv.Atoi(port)
	if err != nil {
		return nil, err
	}
	options := []mail.Option{mail.WithPort(n), mail.WithTimeout(s.c.Timeout), mail.WithoutNoop()}
	switch s.c.TLS {
	case TLS:
		options = append(options, mail.WithSSL())
	case NoTLS:
		options = append(options, mail.WithTLSPolicy(mail.NoTLS))
	default:
		options = append(options, mail.WithTLSPolicy(mail.TLSMandatory))
	}
	if s.c.Trust != nil {
		options = append(options, mail.WithTLSConfig(s.c.Trust))
	}
	if s.c.User != "" {
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(s.c.User), mail.WithPassword(s.c.Password))
	}
	return mail.NewClient(host, options...)
}

// kindOfSMTP says what the answer of a relay means: 5xx to RCPT is about the recipient, other 5xx about the message;
// 4xx passes; a line that breaks says nothing about the message.
func kindOfSMTP(err error) Kind {
	var e *mail.SendError
	if !errors.As(err, &e) {
		return Later
	}
	switch code := e.ErrorCode(); {
	case code == 421:
		return Down
	case e.IsTemp() || code/100 == 4:
		return Later
	case code == 530 || code == 535 || e.Reason == mail.ErrSMTPMailFrom && code/100 == 5:
		return Down // we are not allowed to send at all: a matter of settings
	case e.Reason == mail.ErrSMTPRcptTo && code/100 == 5:
		return Address
	case code/100 == 5:
		return Refused
	}
	return Later
}
