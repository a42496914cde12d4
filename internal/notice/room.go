// Package notice is the one outbox for what the program tells people: in the program, by e-mail, SMS and chat (tiếng Việt: thông báo).
//
// A room says what happened to whom with Send, in its own transaction: one row of
// notice_message, nothing else is asked or waited for. A planner turns accepted
// messages into deliveries, one for each channel, by the topic, by what the
// recipient wants and by quiet hours; messages with one collapse key become one
// while the first still waits. Workers of each channel claim due deliveries by
// lease, as package job does, and hand them to a sender: at least once, with the
// id of the delivery as key, so that a provider can tell a repetition.
//
// What cannot be delivered now is tried again, later each time; what cannot be
// delivered at all becomes a dead letter and waits for a person. When a provider
// does not answer at all, nothing of its channel is claimed for a while and no
// message loses an attempt. Messages of one lane (recipient and thing) keep their
// order; a message nobody needs any more expires.
//
// Texts are data: topics with their texts come in YAML files with the program and
// with the province, and are replaced by versions people publish. A text names the
// data of its message as {code}; the data are never read as text with names in it.
//
// Law: 61/2018/NĐ-CP (the applicant is told what becomes of the dossier; see the province's topics).
// Words: message (thông báo) is what one recipient is told; delivery (lượt gửi) is a message on one channel; topic (loại thông báo) is what a message is about; lane (luồng) is what keeps its order; quiet hours (giờ yên tĩnh) are when nobody is disturbed; dead letter (thư không gửi được) is a delivery given up.
// Tables: notice_message, notice_delivery, notice_version, notice_preference, notice_person, notice_address, notice_template.
// Events out: none.
// Events in: none; app turns events of other rooms into messages.
// Not here: who is to be told of what (app), accounts and their addresses (identity), mail between officials (mail), gateways for SMS and chat (they are senders behind Sender).
package notice

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"
	"time"

	"lienthong/internal/kit/actor"
	"lienthong/internal/kit/clock"
	"lienthong/internal/kit/db"
	"lienthong/internal/kit/i18n"
	"lienthong/internal/kit/id"
	"lienthong/internal/kit/migrate"
	"lienthong/internal/notice/internal/deliver"
)

// PermManage lets an administrator look at deliveries, repeat and drop dead letters, and change texts.
const PermManage = "notice.manage"

// Permissions are what the room lets people do, in words.
func Permissions() []actor.Permission {
	return []actor.Permission{
		{Key: PermManage, Name: i18n.M("Quản lý thông báo: thư không gửi được, mẫu thông báo")},
	}
}

//go:embed migrations/*.sql
var migrations embed.FS

//go:embed i18n/*.json
var texts embed.FS

//go:embed templates/*.html
var templates embed.FS

// Migrations returns the tables of the room.
func Migrations() migrate.Room { return migrate.Sub("notice", migrations) }

// Texts returns the overlays of the room for i18n.Catalog.Load.
func Texts() fs.FS { return texts }

// Contact (liên hệ) is how an account is reached.
type Contact struct {
	Name  string
	Email string
	Phone string
	Chat  string // id at the chat provider
}

// Accounts knows how accounts are reached. ok is false when there is no such account or it is blocked.
type Accounts interface {
	Contact(ctx context.Context, account string) (c Contact, ok bool, err error)
}

// Sender hands one delivery to a provider; see the errors of package deliver for what may go wrong.
type Sender = deliver.Sender

// Outgoing (tin gửi đi) is a delivery in the form its provider gets.
type Outgoing = deliver.Outgoing

// Deps is what the room is built from. DB, Clock, Accounts and Topics are required.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Accounts Accounts
	Topics   *Topics
	BaseURL  string             // where people reach the site, for links in e-mail and SMS
	Site     string             // name of the site, in e-mail
	Senders  map[Channel]Sender // instead of those of Config
	Log      *slog.Logger       // slog.Default when nil
	Config   Config
}

// Service accepts messages, delivers them, and shows people theirs.
type Service struct {
	db       *db.DB
	clock    clock.Clock
	accounts Accounts
	topics   *Topics
	base     string
	site     string
	senders  map[Channel]Sender
	log      *slog.Logger
	config   Config
	lease    string
	store    store
	hub      *hub
	gates    map[Channel]*gate
	texts    *bookCache
	readers  map[string][]byte // keys of providers that report what became of a delivery

	bell chan struct{}
}

// New returns the service. Settings that cannot work are found by Config.Validate.
func New(d Deps) *Service {
	d.Config = d.Config.withDefaults()
	if d.Log == nil {
		d.Log = slog.Default()
	}
	s := &Service{db: d.DB, clock: d.Clock, accounts: d.Accounts, topics: d.Topics, base: d.BaseURL, site: d.Site, senders: d.Senders, log: d.Log,
		config: d.Config, lease: id.New(), gates: map[Channel]*gate{}, bell: make(chan struct{}, 1)}
	if s.senders == nil {
		s.senders = d.Config.senders(d.Log)
	}
	s.hub = newHub(s.unreadOf, s.version, d.Config.Streams, d.Log)
	s.texts = newBookCache(s)
	s.readers = d.Config.secrets()
	for _, ch := range outside {
		s.gates[ch] = &gate{}
	}
	listen(s.bell)
	return s
}

// defaultPoll is how often a node looks for work of other nodes.
const defaultPoll = time.Second
